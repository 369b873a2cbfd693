/*
** The headers of a request for a page: what the API asks for, and the credentials.
**
** It must not know how a request is sent, nor how often.
*/
#ifndef SWR_REQUEST_HEADERS_H
#define SWR_REQUEST_HEADERS_H

#include <stddef.h>
#include <time.h>

#include "account/access.h"
#include "api/target.h"
#include "base/status.h"

#define REQUEST_HEADERS_MAX 6

/* `Name: value`, each owned, wiped when freed. */
struct request_headers {
  char *lines[REQUEST_HEADERS_MAX];
  size_t count;
};

/*
** Makes the headers of a request that is sent at `time`: with the token, or where that is NULL
** signed with the access key. A signature is good for fifteen minutes. SERVICE_OK or
** SERVICE_NO_MEMORY; freed by the caller in either case.
*/
enum service_status request_headers_make(struct request_headers *headers,
                                         const struct access *access, const char *token,
                                         const struct target *target, time_t time);

void request_headers_free(struct request_headers *headers);

#endif
