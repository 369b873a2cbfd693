/*
** How much may be asked at once of a service that throttles: see throttle.h.
**
** Additive increase and multiplicative decrease, as TCP does it: many users of one quota then share
** it, none knowing of the others.
*/
#include "request/throttle.h"

#define FIRST_INTERVAL 50 /* milliseconds */
#define LONGEST_INTERVAL 2000
#define AT_ONCE_MAX 64.0 /* above that, the settings alone decide */

void throttle_started(struct throttle *throttle, int64_t now) { throttle->last_started = now; }

void throttle_cut(struct throttle *throttle, int64_t under_way, int64_t started, int64_t now) {
  double at_once = throttle->at_once > 0 ? throttle->at_once : AT_ONCE_MAX;

  if (throttle->at_once > 0 && started < throttle->last_cut) return;
  if (at_once > (double)under_way) at_once = (double)under_way;
  throttle->at_once = at_once / 2 > 1 ? at_once / 2 : 1;
  throttle->interval = throttle->interval ? throttle->interval * 2 : FIRST_INTERVAL;
  if (throttle->interval > LONGEST_INTERVAL) throttle->interval = LONGEST_INTERVAL;
  throttle->last_cut = now;
}

void throttle_ease(struct throttle *throttle) {
  if (throttle->at_once <= 0) return;
  throttle->at_once += 1 / throttle->at_once;
  throttle->interval -= throttle->interval / 8 + 1;
  if (throttle->interval < 0) throttle->interval = 0;
  if (throttle->at_once >= AT_ONCE_MAX) throttle->at_once = 0;
}

int64_t throttle_at_once(const struct throttle *throttle, int64_t most) {
  if (throttle->at_once <= 0 || throttle->at_once >= (double)most) return most;
  return (int64_t)throttle->at_once;
}

int64_t throttle_wait(const struct throttle *throttle, int64_t now) {
  int64_t wait = throttle->last_started + throttle->interval - now;

  return throttle->interval && wait > 0 ? wait : 0;
}
