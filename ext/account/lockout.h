/*
** Access keys that the service has refused: what keeps a connection from locking one.
**
** The gateway locks an access key for five minutes once more than five signatures in a row were wrong (Huawei
** Cloud's guides to signing and to API Gateway). A statement sends one at most, but a host may repeat a
** statement that fails. So behind the third refusal in a row of the same credentials, and behind each one
** from then on, they are not sent for five minutes; others are at once. It keeps a hash of what was
** refused, no secret. It must not know requests, nor read a clock.
*/
#ifndef SWR_LOCKOUT_H
#define SWR_LOCKOUT_H

#include <stddef.h>
#include <stdint.h>

#include "account/credentials.h"

#define LOCKOUT_HASH_SIZE 32

/* All zeros: nothing was refused. Of one connection. */
struct lockout {
  unsigned char hash[LOCKOUT_HASH_SIZE]; /* SHA-256 of the credentials that were refused last */
  int64_t refusals;                      /* of these, in a row */
  int64_t refused_at;                    /* the last one; milliseconds of any clock, as below */
};

/* The service refused, or accepted, a request with these credentials. Tokens are not looked at. */
void lockout_refused(struct lockout *lockout, const struct credentials *credentials, int64_t now);
void lockout_accepted(struct lockout *lockout, const struct credentials *credentials);

/* Milliseconds until these credentials may be sent again; 0: now. */
int64_t lockout_wait(const struct lockout *lockout, const struct credentials *credentials,
                     int64_t now);

/* Says why nothing is sent for `wait` milliseconds, and what to do. */
void lockout_explain(const struct lockout *lockout, int64_t wait, char *out, size_t size);

#endif
