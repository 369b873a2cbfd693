/*
** How much may be asked at once, and how fast, of a service that throttles.
**
** Each answer that throttles halves the number of requests at once and doubles the pause between
** two of them; each one that does not brings a little of both back. It must not know what is asked,
** nor which answers throttle.
*/
#ifndef SWR_THROTTLE_H
#define SWR_THROTTLE_H

#include <stdint.h>

struct throttle {
  double at_once;       /* requests; 0: as many as the settings allow */
  int64_t interval;     /* milliseconds between two requests */
  int64_t last_started; /* by the transport's clock, as are all times here */
  int64_t last_cut;
};

/* A request was sent. */
void throttle_started(struct throttle *throttle, int64_t now);

/*
** A request that was sent at `started`, one of `under_way`, was throttled. What was sent before the
** last cut says nothing new.
*/
void throttle_cut(struct throttle *throttle, int64_t under_way, int64_t started, int64_t now);

/* A request was answered without being throttled. */
void throttle_ease(struct throttle *throttle);

/* Requests that may be sent at once, of `most` that the settings allow; at least 1. */
int64_t throttle_at_once(const struct throttle *throttle, int64_t most);

/* Milliseconds until the next request may be sent; 0 if it may be now. */
int64_t throttle_wait(const struct throttle *throttle, int64_t now);

#endif
