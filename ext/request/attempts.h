/*
** The attempts at one request: pauses between them, their number, and the deadline of all together.
**
** It must not know what is requested, nor what makes an attempt fail. It reads no clock: `now` and
** all other times are milliseconds of one that never goes back.
*/
#ifndef SWR_ATTEMPTS_H
#define SWR_ATTEMPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "account/limits.h"

struct attempts {
  int64_t deadline;      /* milliseconds from `started` for all attempts and pauses */
  int64_t retries;       /* further attempts that may be made */
  int64_t count;         /* made so far */
  int64_t started;       /* moves on by what was forgiven */
  int64_t resume_at;     /* when the next attempt is due */
  int64_t ended;         /* set by attempts_end */
  int64_t watched_until; /* when it was last waited for; at first, when it was started */
  bool past_deadline;    /* another attempt would have been too late */
};

/* Begins now. */
void attempts_begin(struct attempts *attempts, const struct limits *limits, int64_t now);

/* Milliseconds until the deadline; negative after it. */
int64_t attempts_time_left(const struct attempts *attempts, int64_t now);

/*
** After an attempt that failed: sets resume_at, or returns false if there is to be no other one.
** The pause is at least `retry_after`, what the server asked for; `random`, any number, is its
** jitter.
*/
bool attempts_pause(struct attempts *attempts, int64_t now, uint64_t random, int64_t retry_after);

/* No attempt follows. */
void attempts_end(struct attempts *attempts, int64_t now);

/*
** What passes between two waits is not spent waiting, but in the host's own hands, and does not
** count against the deadline: at the beginning of a wait, and at its end. `now` is the time of
** either; the clock is read once for all that are waited for. attempts_forgive before
** attempts_watched forgives the wait itself.
*/
void attempts_forgive(struct attempts *attempts, int64_t now);
void attempts_watched(struct attempts *attempts, int64_t now);

#define ATTEMPTS_TEXT_MAX 256 /* bytes, NUL included */

/*
** Once they ended, writes ` Tried 3 times in 7 s. Request id: 4f2e.`: the first sentence unless
** there was one attempt, in time, the second unless `request_id` is empty; where there was no
** attempt, ` Not asked.` at the end.
*/
void attempts_describe(const struct attempts *attempts, const char *request_id,
                       char text[ATTEMPTS_TEXT_MAX]);

#endif
