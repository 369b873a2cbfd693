/*
** Signatures of requests with an access key: SDK-HMAC-SHA256, as the API gateway checks them.
**
** The rules are those of Huawei Cloud's "API request signing guide": a canonical request, its hash
** in a string to sign, and an HMAC with the secret key itself. Pure: it must not know how a request
** is sent, nor where keys come from.
*/
#ifndef SWR_SIGNATURE_H
#define SWR_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#define SIGNATURE_DATE_SIZE 17 /* `20240115T103045Z` and the NUL */
#define SIGNATURE_HEX_SIZE 65  /* 64 hexadecimal digits and the NUL */

struct signed_header {
  const char *name;  /* in lower case */
  const char *value; /* without white space around it */
};

/* A request without a body. */
struct signature_request {
  const char *method;
  const char *path;       /* decoded: `$` stands for itself */
  const char *query_name; /* one parameter, decoded; NULL if there is none */
  const char *query_value;
  const struct signed_header *headers; /* those to be signed, sorted by name */
  size_t header_count;
};

/* The time of a request as X-Sdk-Date has it, in UTC. */
void signature_date(time_t time, char date[SIGNATURE_DATE_SIZE]);

/*
** Writes the signature in hexadecimal. `date` is also the value of the header x-sdk-date. False
** when out of memory.
*/
bool signature_make(const struct signature_request *request, const char *date,
                    const char *secret_key, char signature[SIGNATURE_HEX_SIZE]);

/*
** Writes the value of the Authorization header, at most `size` bytes with the NUL. False when out
** of memory, or if it does not fit.
*/
bool signature_authorization(const struct signature_request *request, const char *date,
                             const char *access_key, const char *secret_key, char *value,
                             size_t size);

/*
** Makes OpenSSL set up what signatures take, once in a process: best done early, since it may stay
** unusable where memory is short in the midst of it. False if it cannot be used.
*/
bool signature_prepare(void);

/* Name and version of the library that computes it; static. */
const char *signature_library(void);

#endif
