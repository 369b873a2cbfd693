/*
** Base URLs that credentials may be sent to.
*/
#ifndef SWR_ENDPOINT_H
#define SWR_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>

#define ENDPOINT_MAX 512 /* bytes, NUL included */

enum endpoint_status {
  ENDPOINT_OK,
  ENDPOINT_NOT_A_URL,     /* or one with credentials, a query or a fragment, or too long */
  ENDPOINT_WRONG_SCHEME,  /* neither https nor http */
  ENDPOINT_NOT_PROTECTED, /* plain http to another machine than this one */
  ENDPOINT_NO_MEMORY
};

/*
** Writes `text` as a base URL in normal form, without a slash at its end, to `url`. A text without
** a scheme is taken as https. Plain http is for loopback addresses alone: 127.0.0.0/8, ::1 and
** localhost, which libcurl itself resolves to them.
*/
enum endpoint_status endpoint_parse(const char *text, char url[ENDPOINT_MAX]);

/* True if a base URL in that form leads to this machine. Without memory it is false. */
bool endpoint_is_loopback(const char *url);

/*
** True if a base URL in that form is one of SWR's own: https://swr-api.<region>.<domain>, with no
** port. The domains are Huawei Cloud's two, where nobody else has names that begin so.
*/
bool endpoint_is_public_swr(const char *url);

/* The same of IAM's own: https://iam.<region>.<domain>/v3. */
bool endpoint_is_public_iam(const char *url);

#endif
