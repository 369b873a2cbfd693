/*
** The body of an answer that is an error, in every shape that SWR, the gateway in front of it and
** IAM are known to send.
**
** It must not know which request failed, nor what is done about it.
*/
#ifndef SWR_ANSWER_ERROR_H
#define SWR_ANSWER_ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/redact.h"

/* Texts fit to be shown (see redact.h); empty where the body does not say. */
struct answer_error {
  char code[64];
  char message[512];
  char request_id[80];
};

/*
** Reads the body. Shapes: `[{errorCode, errorMessage, detail}]`; `{errors: [...]}` of the same; the
** same members at the top; `{error_code, error_msg, request_id}`; `{error: {code, message, title}}`
** and `{code, message}`, codes as text or integer. A body that is no JSON gives its own beginning,
** without markup, as the message. Secrets are cut out. False when out of memory.
*/
bool answer_error_read(struct answer_error *error, const char *body, size_t size,
                       const struct secrets *secrets);

/*
** Writes `HTTP 401, APIGW.0301: Incorrect IAM authentication information.`, cut where it does not
** fit.
*/
void answer_error_describe(const struct answer_error *error, int status, char *text, size_t size);

/* True if the code is one of SWR itself (`SVCSTG.SWR.…`), and not of the gateway in front of it. */
bool answer_error_is_swr(const struct answer_error *error);

/* True if the code says that a limit is above what the service gives. */
bool answer_error_is_limit(const struct answer_error *error);

/* True if the code says that the service does not know the column of an order. */
bool answer_error_is_order(const struct answer_error *error);

/* True if the code is one of SWR's and the gateway's codes for too many requests. */
bool answer_error_is_throttling(const struct answer_error *error);

/*
** The quota that a refusal for too many requests names, `... over ratelimit,limit:200,time:5
** minute`: so many in so many milliseconds. False if it names none.
*/
bool answer_error_window(const struct answer_error *error, int64_t *limit, int64_t *length);

#endif
