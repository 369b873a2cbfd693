/*
** One attempt at a token from IAM: the body that is sent, and the answer: headers and bytes come
** in, a token or a verdict come out.
**
** `POST /v3/auth/tokens`, "Obtaining a User Token Through Password Authentication" of IAM's API
** reference. It must not know how often a token is asked for, nor where the bytes come from.
*/
#ifndef SWR_IAM_RESPONSE_H
#define SWR_IAM_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "account/iam_login.h"
#include "base/buffer.h"
#include "base/redact.h"
#include "network/transport.h"
#include "request/verdict.h"

#define IAM_TARGET "/auth/tokens"   /* after auth_url */
#define IAM_QUERY "?nocatalog=true" /* without the list of all services, which is long */

struct iam_response {
  const struct secrets *secrets; /* set by iam_response_init, not owned */
  /* What came back. */
  char *token;           /* owned, wiped when freed; may be taken out */
  int64_t lifetime;      /* seconds, at least one, that the token is good for from its issue on */
  struct conclusion end; /* VERDICT_READY until something is wrong */
  char code[64];         /* of an error; empty if none */
  char request_id[80];   /* from the header or the body; empty if none */
  int status;            /* of HTTP; 0: there was no answer */
  /* Private. */
  struct buffer body;
};

/*
** The JSON of a request for a token of the login's project. Owned by the caller, to be wiped; NULL
** when out of memory. With it, in *quoted, the password as it stands there, between its quotation
** marks: also owned and to be wiped, and also a secret.
*/
char *iam_body(const struct iam_login *login, char **quoted);

/* Ready for the first attempt. The secrets are cut out of every text, and must outlive it. */
void iam_response_init(struct iam_response *answer, const struct secrets *secrets);

/* Ready for another attempt; also gives all memory back. */
void iam_response_reset(struct iam_response *answer);

/* The calls of struct transport_handler; iam_response_body returns false to end the transfer. */
void iam_response_header(struct iam_response *answer, const char *name, size_t name_size,
                         const char *value, size_t value_size);
bool iam_response_body(struct iam_response *answer, const char *bytes, size_t size);

/* `time` is this machine's, for an answer that does not say when the token was issued. */
enum verdict iam_response_finish(struct iam_response *answer, const struct transport_result *result,
                                 time_t time);

#endif
