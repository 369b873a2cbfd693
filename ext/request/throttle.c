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
#define MARGIN 20        /* milliseconds, and a fiftieth of a window: requests arrive unevenly */

void throttle_started(struct throttle *throttle, int64_t now) {
  throttle->last_started = now;
  throttle->starts[throttle->start_count++ % THROTTLE_STARTS_MAX] = now;
}

void throttle_cut(struct throttle *throttle, int64_t under_way, int64_t started, int64_t now) {
  double at_once = throttle->at_once > 0 ? throttle->at_once : AT_ONCE_MAX;

  if (throttle->at_once > 0 && started < throttle->last_cut) return;
  if (at_once > (double)under_way) at_once = (double)under_way;
  throttle->at_once = at_once / 2 > 1 ? at_once / 2 : 1;
  throttle->interval = throttle->interval ? throttle->interval * 2 : FIRST_INTERVAL;
  if (throttle->interval > LONGEST_INTERVAL) throttle->interval = LONGEST_INTERVAL;
  throttle->last_cut = now;
}

/* ---- windows ---- */

/* When the last but `back` was sent. */
static int64_t started_before(const struct throttle *throttle, int64_t back) {
  return throttle->starts[(throttle->start_count - 1 - back) % THROTTLE_STARTS_MAX];
}

/* The time in which so many may be sent; a little longer than the service says. */
static int64_t kept_length(const struct throttle_window *window) {
  return window->length + window->length / 50 + MARGIN;
}

/* Milliseconds until a window takes another one. */
static int64_t window_wait(const struct throttle *throttle, const struct throttle_window *window,
                           int64_t now) {
  int64_t length = kept_length(window);
  int64_t wait;

  if (!throttle->start_count) return 0;
  if (window->limit > THROTTLE_STARTS_MAX) { /* so many are not known: evenly, then */
    wait = throttle->last_started + length / window->limit + 1 - now;
  } else {
    if (throttle->start_count < window->limit) return 0;
    wait = started_before(throttle, window->limit - 1) + length - now;
  }
  return wait > 0 ? wait : 0;
}

int64_t throttle_window_wait(const struct throttle *throttle, int64_t now) {
  int64_t longest = throttle->blocked_until - now;

  for (size_t i = 0; i < throttle->window_count; i++) {
    int64_t wait = window_wait(throttle, &throttle->windows[i], now);
    if (wait > longest) longest = wait;
  }
  return longest > 0 ? longest : 0;
}

/* Keeps a window in mind; one of a length that is known has a new limit. True if it is news. */
static bool remember(struct throttle *throttle, const struct throttle_window *window) {
  size_t at = 0;

  while (at < throttle->window_count && throttle->windows[at].length != window->length) at++;
  if (at < throttle->window_count && throttle->windows[at].limit == window->limit) return false;
  if (at == THROTTLE_WINDOWS_MAX) at--;
  if (at == throttle->window_count) throttle->window_count++;
  throttle->windows[at] = *window;
  return true;
}

bool throttle_learn(struct throttle *throttle, const struct throttle_window *window,
                    int64_t started, int64_t now) {
  bool news;

  if (window->limit < 1 || window->length < 1 || window->length > THROTTLE_WINDOW_LONGEST) {
    return false;
  }
  news = remember(throttle, window);
  if (news) throttle->learnt = now;
  /* Others use it up as well, or the service counts in another way: it is tried now and then. */
  if (!window_wait(throttle, window, now)) throttle->blocked_until = now + window->length / 4;
  return news || started <= throttle->learnt;
}

/* What may be waited for windows without an answer in between. */
static int64_t patience(const struct throttle *throttle) {
  int64_t longest = 0;

  for (size_t i = 0; i < throttle->window_count; i++) {
    int64_t length = kept_length(&throttle->windows[i]);
    if (length > longest) longest = length;
  }
  return longest;
}

bool throttle_has_patience(const struct throttle *throttle) {
  return throttle->waited < patience(throttle);
}

/* ---- the rate ---- */

static int64_t rate_wait(const struct throttle *throttle, int64_t now) {
  int64_t wait;

  if (!throttle->rate || !throttle->start_count) return 0;
  wait = throttle->last_started + (1000000 + throttle->rate - 1) / throttle->rate - now;
  return wait > 0 ? wait : 0;
}

int64_t throttle_hold(const struct throttle *throttle, int64_t now) {
  int64_t wait = throttle_window_wait(throttle, now);
  int64_t pace = rate_wait(throttle, now);

  return wait > pace ? wait : pace;
}

bool throttle_forgives(struct throttle *throttle, int64_t since, int64_t now) {
  if (throttle_window_wait(throttle, since) == 0) return rate_wait(throttle, since) > 0;
  if (!throttle_has_patience(throttle)) return false;
  throttle->waited += now - since;
  return true;
}

/* ---- all together ---- */

void throttle_ease(struct throttle *throttle) {
  throttle->waited = 0;
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
  int64_t hold = throttle_hold(throttle, now);
  int64_t wait = throttle->interval ? throttle->last_started + throttle->interval - now : 0;

  return wait > hold ? wait : hold;
}
