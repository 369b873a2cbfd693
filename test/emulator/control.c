/*
** The emulator's shared state: deciding the answer of each API request, logging it, and applying
** what was ordered to happen after it. Must not know the HTTP library.
**
** Everything is decided under one lock when a request arrives, so that answers, request ids, the
** log and delayed changes have one and the same order; delays come afterwards, outside the lock.
*/
#include "control.h"
#include "change.h"
#include "log.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

bool control_open(struct control *control, const char *log_name) {
  control->log_file = -1;
  if (log_name) {
    control->log_file = open(log_name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (control->log_file < 0) return false;
  }
  if (pipe(control->stop_pipe) != 0) return false;
  return pthread_mutex_init(&control->lock, NULL) == 0;
}

void control_stop(struct control *control) { close(control->stop_pipe[1]); }

void control_close(struct control *control) {
  close(control->stop_pipe[0]);
  if (control->log_file >= 0) close(control->log_file);
  while (control->scripts) {
    struct script *next = control->scripts->next;
    script_free(control->scripts);
    control->scripts = next;
  }
  change_drop(&control->changes);
  iam_reset(&control->iam);
  text_free(&control->log_line);
  dataset_free(&control->data);
  pthread_mutex_destroy(&control->lock);
}

static int64_t now_milliseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* A sleep that the end of the emulator cuts short, else SIGTERM would wait for the slowest one. */
void control_pause(struct control *control, int64_t milliseconds) {
  int64_t end = now_milliseconds() + milliseconds;
  struct pollfd stop = {.fd = control->stop_pipe[0], .events = POLLIN, .revents = 0};
  while (milliseconds > 0) {
    if (poll(&stop, 1, (int)milliseconds) > 0) return;
    milliseconds = end - now_milliseconds();
  }
}

static char *duplicate(const char *string) {
  size_t length = strlen(string) + 1;
  return memcpy(memory_or_exit(NULL, length), string, length);
}

static void make_request_id(const struct control *control, char id[33]) {
  uint64_t high = hash_mix(control->data.seed ^ hash_mix(control->requests));
  snprintf(id, 33, "%016llx%016llx", (unsigned long long)high,
           (unsigned long long)hash_mix(high ^ control->requests));
}

static int64_t draw_delay(const struct control *control) {
  int64_t delay = control->now.latency;
  if (control->now.latency_jitter) {
    uint64_t hash = hash_mix(control->data.seed + control->requests * 977);
    delay += (int64_t)(hash % ((uint64_t)control->now.latency_jitter + 1));
  }
  return delay;
}

static void apply_script(const struct script *script, struct delivery *delivery) {
  if (!script->altered) {
    delivery->answer.status = script->status;
    text_add(&delivery->answer.body, script->body.at, script->body.length);
  }
  if (script->has_type) {
    free(delivery->type);
    delivery->type = duplicate(script->type);
  }
  text_add(&delivery->headers, script->headers.at, script->headers.length);
  delivery->cut = script->cut;
  delivery->hang = script->hang;
  delivery->reset = script->reset;
  delivery->chunked = script->chunked;
}

/* Whether the window has no room for one more request; what the gateway says then, to *refusal. */
static bool throttled(struct control *control, struct text *refusal) {
  const struct options *options = &control->now;
  struct timespec now;
  int64_t milliseconds;
  if (!options->rate_limit) return false;
  clock_gettime(CLOCK_MONOTONIC, &now);
  milliseconds = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
  if (milliseconds - control->rate_since >= options->rate_window) {
    control->rate_since = milliseconds;
    control->rate_count = 0;
  }
  if (++control->rate_count <= options->rate_limit) return false;
  text_str(refusal, "The throttling threshold has been reached: policy user over ratelimit,limit:");
  text_number(refusal, options->rate_limit);
  text_str(refusal, ",time:");
  text_number(refusal, options->rate_window % 60000 ? options->rate_window / 1000
                                                    : options->rate_window / 60000);
  text_str(refusal, options->rate_window % 60000 ? " second" : " minute");
  return true;
}

void control_serve(struct control *control, const struct api_request *request,
                   uint64_t connection_number, struct delivery *delivery) {
  struct script *script;
  struct verdict verdict;
  struct text refusal = {0};
  memset(delivery, 0, sizeof *delivery);
  delivery->cut = -1;
  pthread_mutex_lock(&control->lock);
  control->requests++;
  if (++control->in_flight > control->most_in_flight) control->most_in_flight = control->in_flight;
  make_request_id(control, delivery->request_id);
  delivery->type =
      duplicate(control->now.charset ? "application/json;charset=utf-8" : "application/json");
  authenticate(request, &control->now, &control->guard, &control->iam, &verdict);
  script = script_due(&control->scripts);
  if (iam_asked(request) && (!script || script->altered)) {
    iam_answer(&control->iam, request, &control->now, &delivery->answer, &delivery->headers);
  } else if (!script && throttled(control, &refusal)) {
    contract_throttle(text_end(&refusal), delivery->request_id, &delivery->answer);
  } else if (!script || script->altered) {
    contract_answer(request, verdict.good ? NULL : text_end(&verdict.refusal), &control->data,
                    &control->now, delivery->request_id, control->requests, &delivery->answer);
  }
  if (script) {
    apply_script(script, delivery);
    script_used(&control->scripts);
  }
  delivery->delay = draw_delay(control);
  delivery->clock = control->now.clock;
  if (control->log_file >= 0) {
    log_request(control->log_file, &control->log_line, request,
                delivery->reset ? 0 : delivery->answer.status, delivery->answer.records,
                connection_number, &verdict);
  }
  text_free(&refusal);
  text_free(&verdict.refusal);
  change_tick(&control->changes, &control->data);
  pthread_mutex_unlock(&control->lock);
}

void control_served(struct control *control) {
  pthread_mutex_lock(&control->lock);
  control->in_flight--;
  pthread_mutex_unlock(&control->lock);
}

void delivery_free(struct delivery *delivery) {
  free(delivery->type);
  text_free(&delivery->headers);
  text_free(&delivery->answer.body);
}

bool walk_begin(struct walk *walk, struct control *control, const char *image) {
  size_t length = strlen(image);
  memset(walk, 0, sizeof *walk);
  walk->control = control;
  if (length > IMAGE_MAX || !dataset_find(&control->data, image)) return false;
  memcpy(walk->image, image, length + 1);
  return true;
}

/*
** Adds the next few records, false after the last: a million of them must neither be held in
** memory nor keep the lock. What is purged or inserted meanwhile is left out or comes in.
*/
bool walk_next(struct walk *walk, struct text *out) {
  enum { BATCH = 64 };
  struct control *control = walk->control;
  const struct repository *repository;
  int64_t end, last;
  struct record_form form;
  if (walk->closed) return false;
  pthread_mutex_lock(&control->lock);
  repository = dataset_find(&control->data, walk->image);
  if (!repository) { /* removed meanwhile */
    text_str(out, walk->opened ? "]\n" : "[]\n");
    walk->closed = true;
    pthread_mutex_unlock(&control->lock);
    return true;
  }
  form.repo_name = control->now.repo_name;
  form.pretty = control->now.pretty;
  end = repository_end(repository);
  if (walk->position < repository->first) walk->position = repository->first;
  last = end - walk->position > BATCH ? walk->position + BATCH : end;
  for (; walk->position < last; walk->position++) {
    if (repository_hides(repository, walk->position)) continue;
    text_str(out, walk->opened ? ",\n" : "[");
    repository_record(repository, walk->position, &form, out);
    walk->opened = true;
  }
  if (walk->position >= end) {
    text_str(out, walk->opened ? "]\n" : "[]\n");
    walk->closed = true;
  }
  pthread_mutex_unlock(&control->lock);
  return true;
}
