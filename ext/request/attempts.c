/*
** The attempts at one request: see attempts.h.
**
** What is kept follows the table of errors in the README: pauses grow from a quarter of a second to
** ten seconds, each jittered; what the server says by Retry-After is kept; the deadline bounds all
** attempts and pauses together.
*/
#include "request/attempts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define FIRST_PAUSE 250 /* milliseconds */
#define LONGEST_PAUSE 10000

void attempts_begin(struct attempts *attempts, const struct limits *limits, int64_t now) {
  memset(attempts, 0, sizeof *attempts);
  attempts->deadline = limits->deadline * 1000;
  attempts->retries = limits->retries;
  attempts->started = now;
  attempts->watched_until = now;
}

int64_t attempts_time_left(const struct attempts *attempts, int64_t now) {
  return attempts->started + attempts->deadline - now;
}

/* Milliseconds to wait before the next attempt: from half of the step to all of it. */
static int64_t pause_before_next(const struct attempts *attempts, uint64_t random,
                                 int64_t retry_after) {
  int64_t pause = FIRST_PAUSE;

  for (int64_t i = 1; i < attempts->count && pause < LONGEST_PAUSE; i++) pause *= 2;
  if (pause > LONGEST_PAUSE) pause = LONGEST_PAUSE;
  pause = pause / 2 + (int64_t)(random % (uint64_t)(pause - pause / 2 + 1));
  return retry_after > pause ? retry_after : pause;
}

bool attempts_pause(struct attempts *attempts, int64_t now, uint64_t random, int64_t retry_after) {
  int64_t pause = pause_before_next(attempts, random, retry_after);

  if (attempts->count > attempts->retries) return false;
  attempts->past_deadline = pause >= attempts_time_left(attempts, now);
  attempts->resume_at = now + pause;
  return !attempts->past_deadline;
}

void attempts_end(struct attempts *attempts, int64_t now) { attempts->ended = now; }

void attempts_forgive(struct attempts *attempts, int64_t now) {
  attempts->started += now - attempts->watched_until;
  attempts->watched_until = now;
}

void attempts_watched(struct attempts *attempts, int64_t now) { attempts->watched_until = now; }

void attempts_describe(const struct attempts *attempts, const char *request_id,
                       char text[ATTEMPTS_TEXT_MAX]) {
  size_t used = 0;

  text[0] = '\0';
  if (attempts->count > 1 || attempts->past_deadline) {
    snprintf(text, ATTEMPTS_TEXT_MAX, " Tried %" PRId64 " time%s in %" PRId64 " s%s.",
             attempts->count, attempts->count == 1 ? "" : "s",
             (attempts->ended - attempts->started + 500) / 1000,
             attempts->past_deadline ? "; another try would pass the deadline" : "");
    used = strlen(text);
  }
  snprintf(text + used, ATTEMPTS_TEXT_MAX - used, "%s%s%s%s", request_id[0] ? " Request id: " : "",
           request_id, request_id[0] ? "." : "", attempts->count ? "" : " Not asked.");
}
