/*
** The request of one page through all its attempts: see page_request.h.
**
** What is tried again, and how long, follows the table of errors in the README: pauses grow from
** a quarter of a second to ten seconds, each jittered; what the server says by Retry-After is
** kept; the deadline bounds all attempts and pauses together.
*/
#include "service/page_request.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "service/request_headers.h"
#include "service/version.h"

#define FIRST_PAUSE 250 /* milliseconds */
#define LONGEST_PAUSE 10000
#define USER_AGENT "swr_sync_job/" SWR_VERSION_TEXT

enum state { WAITING, IN_FLIGHT, ENDED };

struct page_request {
  struct service *service;
  struct page_request *next;
  struct page_request **link; /* what points at this request */
  struct access *access;      /* referenced */
  const struct repository *repository;
  struct page_answer answer;
  enum state state;
  enum page_verdict verdict;
  struct transfer *transfer; /* while IN_FLIGHT */
  int64_t started;           /* by the transport's clock, milliseconds, as are all below */
  int64_t resume_at;         /* while WAITING */
  int64_t sent;              /* the last attempt */
  int64_t ended;
  int64_t watched_until; /* when it was last waited for; at first, when it was started */
  int64_t attempts;
  bool past_deadline;
};

static int64_t now(const struct page_request *request) {
  struct transport *transport = request->service->transport;

  return transport->methods->now(transport);
}

static int64_t time_left(const struct page_request *request) {
  return request->started + request->access->deadline * 1000 - now(request);
}

static void end(struct page_request *request, enum page_verdict verdict) {
  request->state = ENDED;
  request->verdict = verdict;
  request->ended = now(request);
}

/* Milliseconds to wait before the next attempt. */
static int64_t pause_before_next(struct page_request *request) {
  int64_t pause = FIRST_PAUSE;

  for (int64_t i = 1; i < request->attempts && pause < LONGEST_PAUSE; i++) pause *= 2;
  if (pause > LONGEST_PAUSE) pause = LONGEST_PAUSE;
  pause = service_random(request->service, pause / 2, pause);
  return request->answer.retry_after > pause ? request->answer.retry_after : pause;
}

static void try_again_later(struct page_request *request) {
  int64_t pause = pause_before_next(request);

  if (request->attempts > request->access->retries) {
    end(request, PAGE_FAILED);
  } else if (pause >= time_left(request)) {
    request->past_deadline = true;
    end(request, PAGE_FAILED);
  } else {
    request->state = WAITING;
    request->resume_at = now(request) + pause;
  }
}

static void on_header(void *context, const char *name, size_t name_size, const char *value,
                      size_t value_size) {
  struct page_request *request = context;

  page_answer_header(&request->answer, name, name_size, value, value_size);
}

static bool on_body(void *context, int status, const char *bytes, size_t size) {
  struct page_request *request = context;

  return page_answer_body(&request->answer, status, bytes, size);
}

/* What an answer says of the credentials. */
static void note_credentials(struct page_request *request, enum page_verdict verdict) {
  struct access *access = request->access;
  struct lockout *lockout = &request->service->lockout;

  if (verdict == PAGE_READY || verdict == PAGE_ABSENT) {
    access->accepted = true;
    lockout_accepted(lockout, &access->credentials);
  } else if (request->answer.unauthorized) {
    lockout_refused(lockout, &access->credentials, now(request));
  }
}

static void on_done(void *context, const struct transport_result *result) {
  struct page_request *request = context;
  enum page_verdict verdict = page_answer_finish(&request->answer, result);

  request->transfer = NULL;
  if (request->answer.throttled) {
    throttle_cut(&request->service->throttle, page_requests_under_way(request->service),
                 request->sent, now(request));
  } else if (result->outcome == TRANSPORT_COMPLETE) {
    throttle_ease(&request->service->throttle);
  }
  note_credentials(request, verdict);
  if (verdict == PAGE_AGAIN) {
    try_again_later(request);
  } else {
    end(request, verdict);
  }
}

static const struct transport_handler handler = {
    .header = on_header, .body = on_body, .done = on_done};

static void start_attempt(struct page_request *request) {
  const struct access *access = request->access;
  struct transport *transport = request->service->transport;
  char url[ENDPOINT_MAX + JOBS_TARGET_MAX];
  char target[JOBS_TARGET_MAX];
  struct request_headers headers;
  struct transport_request wire = {.url = url,
                                   .headers = (const char *const *)headers.lines,
                                   .user_agent = USER_AGENT,
                                   .ca_file = access->ca_file,
                                   .idle_timeout = (long)access->timeout,
                                   .time_limit = time_left(request)};

  if (wire.time_limit < 1) wire.time_limit = 1;
  jobs_target(request->repository, &request->answer.window, target);
  snprintf(url, sizeof url, "%s%s", access->base_url, target);
  request->attempts++;
  request->state = IN_FLIGHT;
  request->sent = now(request);
  throttle_started(&request->service->throttle, request->sent);
  page_answer_reset(&request->answer);
  if (request_headers_make(&headers, access, request->repository, &request->answer.window,
                           time(NULL)) == SERVICE_OK) {
    wire.header_count = headers.count;
    request->transfer = transport->methods->start(transport, &wire, &handler, request);
  }
  if (!request->transfer) end(request, PAGE_NO_MEMORY);
  request_headers_free(&headers);
}

/* Ends a request before it is sent if its credentials would come near to being locked. */
static bool held_back(struct page_request *request) {
  const struct lockout *lockout = &request->service->lockout;
  int64_t wait = lockout_wait(lockout, &request->access->credentials, now(request));

  if (wait == 0) return false;
  lockout_explain(lockout, wait, request->answer.problem, sizeof request->answer.problem);
  end(request, PAGE_FAILED);
  return true;
}

/* What is sent and could be echoed; a secret key never is. */
static const char *secret_of(const struct access *access) {
  const struct credentials *credentials = &access->credentials;

  return credentials->token ? credentials->token : credentials->security_token;
}

struct page_request *page_request_start(struct service *service, struct access *access,
                                        const struct repository *repository,
                                        const struct jobs_window *window) {
  struct page_request *request = calloc(1, sizeof *request);

  if (!request) return NULL;
  request->service = service;
  request->access = access_retain(access);
  request->repository = repository;
  request->next = service->requests;
  if (request->next) request->next->link = &request->next;
  request->link = &service->requests;
  service->requests = request;
  page_answer_init(&request->answer, repository, window, service->decoder, secret_of(access));
  request->started = now(request);
  request->watched_until = request->started;
  if (!held_back(request)) start_attempt(request);
  return request;
}

bool page_request_ended(const struct page_request *request) { return request->state == ENDED; }

enum page_verdict page_request_verdict(const struct page_request *request) {
  return request->verdict;
}

struct page_answer *page_request_answer(struct page_request *request) {
  return &request->answer;
}

void page_request_explain(const struct page_request *request, struct service_error *error) {
  const struct page_answer *answer = &request->answer;
  char filter[FILTER_MAX];
  char target[JOBS_TARGET_MAX];
  char tries[160] = "";

  jobs_filter(&answer->window, filter);
  jobs_target(request->repository, &answer->window, target);
  target[strcspn(target, "?")] = '\0';
  if (request->attempts > 1 || request->past_deadline) {
    snprintf(tries, sizeof tries, " Tried %" PRId64 " time%s in %" PRId64 " s%s.",
             request->attempts, request->attempts == 1 ? "" : "s",
             (request->ended - request->started + 500) / 1000,
             request->past_deadline ? "; another try would pass the deadline" : "");
  }
  service_fail(error, "%s/%s: %s%s%s%s%s %s: GET %s%s with filter %s.",
               request->repository->name_space, request->repository->name, answer->problem, tries,
               answer->request_id[0] ? " Request id: " : "", answer->request_id,
               answer->request_id[0] ? "." : "", request->attempts ? "Asked" : "Not asked",
               request->access->base_url, target, filter);
}

void page_request_close(struct page_request *request) {
  struct transport *transport;

  if (!request) return;
  transport = request->service->transport;
  if (request->transfer) transport->methods->cancel(transport, request->transfer);
  *request->link = request->next;
  if (request->next) request->next->link = request->link;
  page_answer_free(&request->answer);
  access_release(request->access);
  free(request);
}

static int64_t in_flight(const struct service *service) {
  int64_t count = 0;

  for (const struct page_request *request = service->requests; request; request = request->next) {
    count += request->state == IN_FLIGHT;
  }
  return count;
}

int64_t page_requests_resume(struct service *service, int64_t most) {
  for (struct page_request *request = service->requests; request; request = request->next) {
    int64_t wait;
    int64_t pace;
    if (request->state != WAITING) continue;
    wait = request->resume_at - now(request);
    pace = throttle_wait(&service->throttle, now(request));
    if (pace > wait) wait = pace;
    if (wait <= 0 && in_flight(service) >= throttle_at_once(&service->throttle, CONCURRENCY_MAX)) {
      continue; /* the answer to one of these wakes it up */
    }
    if (wait <= 0) {
      start_attempt(request);
    } else if (wait < most) {
      most = wait;
    }
  }
  return most;
}

void page_requests_forgive(struct service *service) {
  for (struct page_request *request = service->requests; request; request = request->next) {
    if (request->state != ENDED) request->started += now(request) - request->watched_until;
  }
}

void page_requests_watched(struct service *service) {
  for (struct page_request *request = service->requests; request; request = request->next) {
    request->watched_until = now(request);
  }
}

int64_t page_requests_under_way(const struct service *service) {
  int64_t count = 0;

  for (const struct page_request *request = service->requests; request; request = request->next) {
    count += request->state != ENDED;
  }
  return count;
}

size_t page_requests_bytes(const struct service *service) {
  size_t bytes = 0;

  for (const struct page_request *request = service->requests; request; request = request->next) {
    bytes += job_page_footprint(&request->answer.page);
  }
  return bytes;
}
