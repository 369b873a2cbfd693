/*
** How much may be asked at once, and how fast, of a service that throttles.
**
** - Each answer that throttles halves the number of requests at once and doubles the pause between
**   two of them; each one that does not brings a little of both back.
** - One that names its window (200 requests in 5 minutes) is taken at its word: no more are sent in
**   any time of that length from then on, refused ones included. What was under way when the window
**   was learnt is refused; what follows is not, unless others use the same quota.
** - The user may set a rate.
**
** It must not know what is asked, nor which answers throttle. All times are the transport's clock.
*/
#ifndef SWR_THROTTLE_H
#define SWR_THROTTLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define THROTTLE_WINDOWS_MAX 4
#define THROTTLE_STARTS_MAX 1024
#define THROTTLE_WINDOW_LONGEST 600000 /* milliseconds; nobody waits for an hour or a day to end */

/* So many requests in so long. */
struct throttle_window {
  int64_t limit;
  int64_t length; /* milliseconds */
};

/* Zero: nothing is known, and nothing set. */
struct throttle {
  double at_once;       /* requests; 0: as many as the settings allow */
  int64_t interval;     /* milliseconds between two requests */
  int64_t last_started; /* by the transport's clock, as are all times here */
  int64_t last_cut;
  int64_t rate; /* thousandths of requests a second; 0: any */
  struct throttle_window windows[THROTTLE_WINDOWS_MAX];
  size_t window_count;
  int64_t learnt;        /* when the last of them came to be known */
  int64_t blocked_until; /* the quota is used up, and not by this connection alone */
  int64_t waited;        /* for windows, since the last answer that did not throttle */
  int64_t start_count;   /* requests sent so far, */
  int64_t starts[THROTTLE_STARTS_MAX]; /* and when the last of them were, as a ring */
};

/* A request was sent. */
void throttle_started(struct throttle *throttle, int64_t now);

/*
** A request that was sent at `started`, one of `under_way`, was throttled. What was sent before the
** last cut says nothing new.
*/
void throttle_cut(struct throttle *throttle, int64_t under_way, int64_t started, int64_t now);

/*
** A request that was sent at `started` was refused, and told this window. False if that is of no
** use: it is too long to be waited for, or was known when the request was sent, and kept.
*/
bool throttle_learn(struct throttle *throttle, const struct throttle_window *window,
                    int64_t started, int64_t now);

/* A request was answered without being throttled. */
void throttle_ease(struct throttle *throttle);

/* Requests that may be sent at once, of `most` that the settings allow; at least 1. */
int64_t throttle_at_once(const struct throttle *throttle, int64_t most);

/* Milliseconds until the next request may be sent; 0 if it may be now. */
int64_t throttle_wait(const struct throttle *throttle, int64_t now);

/* Of these, what no request may pass by: windows and the rate; and windows alone. */
int64_t throttle_hold(const struct throttle *throttle, int64_t now);
int64_t throttle_window_wait(const struct throttle *throttle, int64_t now);

/*
** Whether the time from `since` to `now`, which requests have waited for their turn, is to count
** against their deadlines: not where the rate made them wait, nor a window, once for its length
** without an answer.
*/
bool throttle_forgives(struct throttle *throttle, int64_t since, int64_t now);

/* True if a window may still be waited for: see throttle_forgives. */
bool throttle_has_patience(const struct throttle *throttle);

#endif
