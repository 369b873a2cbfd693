/*
** Access keys and passwords that the service has refused: what keeps a process from locking them.
**
** The gateway locks an access key for five minutes once more than five signatures in a row were
** wrong (Huawei Cloud's guides to signing and to API Gateway), and IAM a user after some wrong
** passwords. A statement sends one wrong at most, but a host may repeat statements that fail, on as
** many connections as it has threads. So three tries of the same credentials may be under way or
** have failed in a row in a process; after that, and after each further one that is refused, they
** are not sent for five minutes. Others are at once. It keeps hashes of credentials, no secrets. It
** must not know requests, nor read a clock.
*/
#ifndef SWR_LOCKOUT_H
#define SWR_LOCKOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "account/credentials.h"

#define LOCKOUT_HASH_SIZE 32
#define LOCKOUT_ENTRIES 64 /* credentials that are known at a time; those used last */

/* What is known of the credentials of one hash. */
struct lockout_entry {
  unsigned char hash[LOCKOUT_HASH_SIZE]; /* SHA-256 */
  bool accepted;                         /* the service's last word on them */
  int64_t refusals;                      /* in a row */
  int64_t trying;                        /* under way, of those that are not known to be right */
  int64_t refused_at; /* the last time; milliseconds of one clock for all, as below */
  int64_t used;       /* the table's count when it was looked for last; 0: not in use */
};

/* All zeros: nothing is known. May be used from several threads. */
struct lockout {
  struct lockout_entry entries[LOCKOUT_ENTRIES];
  int64_t count;
};

/*
** The one of this process, beside curl_global_init the only state that connections share: what is
** locked is locked for all of them.
*/
struct lockout *lockout_of_process(void);

enum lockout_answer { LOCKOUT_ACCEPTED, LOCKOUT_REFUSED, LOCKOUT_UNKNOWN };

/*
** Credentials that can be locked are an access key or else a login; a token that was given is
** neither, may always be tried, and has no hash. False for it, and when out of memory.
*/
bool lockout_hash(const struct credentials *credentials, unsigned char hash[LOCKOUT_HASH_SIZE]);

/*
** Milliseconds until these credentials may be sent again; 0: they have not been refused so often.
*/
int64_t lockout_wait(struct lockout *lockout, const struct credentials *credentials, int64_t now);

/* A try that is under way. */
struct lockout_try {
  bool counted;   /* its credentials can be locked */
  bool no_memory; /* it was not begun for want of memory */
  unsigned char hash[LOCKOUT_HASH_SIZE];
};

/*
** Begins a try. False if as many are under way as may be wrong: it is to be asked again when one of
** them may have ended; and when out of memory. Each that has begun ends by lockout_end, whatever
** becomes of it, which needs no memory.
*/
bool lockout_begin(struct lockout *lockout, const struct credentials *credentials, int64_t now,
                   struct lockout_try *attempt);
void lockout_end(struct lockout *lockout, const struct lockout_try *attempt,
                 enum lockout_answer answer, int64_t now);

/* Says why nothing is sent for `wait` milliseconds; and what to do, in static sentences. */
void lockout_explain(struct lockout *lockout, const struct credentials *credentials, int64_t wait,
                     char *out, size_t size);
const char *lockout_advice(const struct credentials *credentials);

#endif
