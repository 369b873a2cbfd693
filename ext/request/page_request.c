/*
** The request of one page through all its attempts: see page_request.h.
**
** What is tried again follows the table of errors in the README. Where the credentials are a password, an
** attempt first waits for a token; one that the service does not accept is renewed once, unless the request
** has waited for it: a new one that is refused says that the next would be too.
*/
#include "request/page_request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "request/attempts.h"
#include "request/iam_session.h"
#include "request/request_headers.h"

/* Milliseconds: an exchange with IAM that began with a request ends by the same deadline, and says more. */
#define TOKEN_GRACE 1000

enum state { WAITING, FOR_TOKEN, IN_FLIGHT, ENDED };

struct page_request {
  struct service *service;
  struct page_request *next;
  struct page_request **link; /* what points at this request */
  struct access *access;      /* referenced */
  const struct listing *listing;
  const struct place *place;
  struct page_response answer;
  enum state state;
  enum page_verdict verdict;
  struct transfer *transfer; /* while IN_FLIGHT */
  int64_t sent;              /* when the last attempt was, by the transport's clock */
  struct attempts attempts;
  struct secrets secrets; /* those of the attempt */
  /* Where the credentials are a password: */
  struct iam_session *session; /* referenced; joined while FOR_TOKEN */
  struct iam_token *token;     /* referenced: that of the attempt */
  bool fresh;                  /* it has waited for a token: a refusal is final */
  bool no_token;               /* it failed since there was none */
};

static void end(struct page_request *request, enum page_verdict verdict) {
  request->state = ENDED;
  request->verdict = verdict;
  attempts_end(&request->attempts, request->service);
}

static void try_again_later(struct page_request *request) {
  if (attempts_pause(&request->attempts, request->service, request->answer.retry_after)) {
    request->state = WAITING;
  } else {
    end(request, PAGE_FAILED);
  }
}

static void on_header(void *context, const char *name, size_t name_size, const char *value,
                      size_t value_size) {
  struct page_request *request = context;

  page_response_header(&request->answer, name, name_size, value, value_size);
}

static bool on_body(void *context, int status, const char *bytes, size_t size) {
  struct page_request *request = context;

  return page_response_body(&request->answer, status, bytes, size);
}

/* What an answer says of the credentials. */
static void note_credentials(struct page_request *request, enum page_verdict verdict) {
  struct access *access = request->access;
  struct lockout *lockout = &request->service->lockout;

  if (verdict == PAGE_READY || verdict == PAGE_ABSENT) {
    access_accept(access);
    lockout_accepted(lockout, &access->credentials);
  } else if (request->answer.unauthorized) {
    lockout_refused(lockout, &access->credentials, service_now(request->service));
  }
}

static void begin_attempt(struct page_request *request);

/* True if the token was refused and another one is to be tried. */
static bool renew_token(struct page_request *request, const struct transport_result *result) {
  bool fresh = request->fresh;

  if (!request->session || result->status != 401) return false;
  iam_session_discard(request->session, request->token);
  request->fresh = true;
  return !fresh;
}

static void on_done(void *context, const struct transport_result *result) {
  struct page_request *request = context;
  enum page_verdict verdict = page_response_finish(&request->answer, result);

  request->transfer = NULL;
  if (request->answer.throttled) {
    throttle_cut(&request->service->throttle, page_requests_under_way(request->service),
                 request->sent, service_now(request->service));
  } else if (result->outcome == TRANSPORT_COMPLETE) {
    throttle_ease(&request->service->throttle);
  }
  note_credentials(request, verdict);
  if (verdict == PAGE_AGAIN) {
    try_again_later(request);
  } else if (verdict == PAGE_FAILED && renew_token(request, result)) {
    begin_attempt(request);
  } else {
    end(request, verdict);
  }
}

static const struct transport_handler handler = {
    .header = on_header, .body = on_body, .done = on_done};

/* `token` is NULL where the request is to be signed. */
static void send_attempt(struct page_request *request, const char *token) {
  const struct access *access = request->access;
  struct transport *transport = request->service->transport;
  char url[ENDPOINT_MAX + JOBS_TARGET_MAX];
  char target[JOBS_TARGET_MAX];
  struct request_headers headers;
  struct transport_request wire = {
      .url = url,
      .headers = (const char *const *)headers.lines,
      .user_agent = USER_AGENT,
      .ca_file = access->ca_file,
      .idle_timeout = (long)access->timeout,
      .time_limit = attempts_time_left(&request->attempts, request->service)};

  if (wire.time_limit < 1) wire.time_limit = 1;
  jobs_target(request->place, &request->answer.window, target);
  snprintf(url, sizeof url, "%s%s", access->base_url, target);
  request->attempts.count++;
  request->state = IN_FLIGHT;
  request->sent = service_now(request->service);
  throttle_started(&request->service->throttle, request->sent);
  page_response_reset(&request->answer);
  if (request_headers_make(&headers, access, token, request->place, &request->answer.window,
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
  int64_t wait =
      lockout_wait(lockout, &request->access->credentials, service_now(request->service));

  if (wait == 0) return false;
  lockout_explain(lockout, wait, request->answer.problem, sizeof request->answer.problem);
  end(request, PAGE_FAILED);
  return true;
}

/* Takes the token of a session that is ready. */
static void take_token(struct page_request *request) {
  iam_token_release(request->token);
  request->token = iam_session_token(request->session);
  request->secrets.count = 0;
  credentials_secrets(&request->access->credentials, &request->secrets);
  secrets_add(&request->secrets, request->token->text);
}

/* What has become of the token that the request waits for? */
static void look_for_token(struct page_request *request) {
  enum iam_session_state state = iam_session_state(request->session);
  int64_t time_left = attempts_time_left(&request->attempts, request->service);

  if (state == IAM_SESSION_UNDER_WAY && time_left > -TOKEN_GRACE) return;
  if (state == IAM_SESSION_READY) take_token(request);
  iam_session_leave(request->session);
  switch (state) {
    case IAM_SESSION_READY:
      send_attempt(request, request->token->text);
      break;
    case IAM_SESSION_NO_MEMORY:
      end(request, PAGE_NO_MEMORY);
      break;
    case IAM_SESSION_FAILED:
      request->no_token = true;
      end(request, PAGE_FAILED);
      break;
    default:
      snprintf(request->answer.problem, sizeof request->answer.problem,
               "the deadline has passed while IAM was asked for a token.");
      end(request, PAGE_FAILED);
  }
}

static void begin_attempt(struct page_request *request) {
  if (held_back(request)) return;
  if (!request->session) {
    send_attempt(request, request->access->credentials.token);
    return;
  }
  request->state = FOR_TOKEN;
  iam_session_join(request->session, request->access);
  if (iam_session_state(request->session) == IAM_SESSION_UNDER_WAY) {
    request->fresh = true;
  } else {
    look_for_token(request);
  }
}

struct page_request *page_request_start(struct service *service, struct access *access,
                                        const struct listing *listing, const struct place *place,
                                        const struct page_window *window) {
  struct page_request *request = calloc(1, sizeof *request);

  if (!request) return NULL;
  if (access->credentials.login.user_password) {
    request->session = iam_session_open(service, access);
    if (!request->session) {
      free(request);
      return NULL;
    }
  }
  request->service = service;
  request->access = access_retain(access);
  request->listing = listing;
  request->place = place;
  request->next = service->requests;
  if (request->next) request->next->link = &request->next;
  request->link = &service->requests;
  service->requests = request;
  credentials_secrets(&access->credentials, &request->secrets);
  page_response_init(&request->answer, listing, place, window, service->decoder, &request->secrets,
                     credentials_advice(&access->credentials));
  attempts_begin(&request->attempts, service, access);
  begin_attempt(request);
  return request;
}

bool page_request_ended(const struct page_request *request) { return request->state == ENDED; }

const struct page_window *page_request_window(const struct page_request *request) {
  return &request->answer.window;
}

/* Rows are decoded when somebody looks at them, and not before. */
static void decode(struct page_request *request) {
  if (request->state == ENDED && request->verdict == PAGE_READY) {
    request->verdict = page_response_decode(&request->answer);
  }
}

enum page_verdict page_request_verdict(struct page_request *request) {
  decode(request);
  return request->verdict;
}

struct page_response *page_request_answer(struct page_request *request) {
  decode(request);
  return &request->answer;
}

void page_request_explain(struct page_request *request, struct service_error *error) {
  const struct page_response *answer = &request->answer;
  char filter[FILTER_MAX];
  char target[JOBS_TARGET_MAX];
  char tries[160];

  decode(request);
  if (request->no_token) {
    service_fail(error, "%s/%s: %s", request->place->name_space, request->place->name,
                 iam_session_problem(request->session));
    return;
  }
  jobs_filter(&answer->window, filter);
  jobs_target(request->place, &answer->window, target);
  target[strcspn(target, "?")] = '\0';
  attempts_describe(&request->attempts, tries, sizeof tries);
  service_fail(error, "%s/%s: %s%s%s%s%s %s: GET %s%s with filter %s.", request->place->name_space,
               request->place->name, answer->problem, tries,
               answer->request_id[0] ? " Request id: " : "", answer->request_id,
               answer->request_id[0] ? "." : "", request->attempts.count ? "Asked" : "Not asked",
               request->access->base_url, target, filter);
}

void page_request_close(struct page_request *request) {
  struct transport *transport;

  if (!request) return;
  transport = request->service->transport;
  if (request->transfer) transport->methods->cancel(transport, request->transfer);
  if (request->state == FOR_TOKEN) iam_session_leave(request->session);
  iam_token_release(request->token);
  iam_session_close(request->session);
  *request->link = request->next;
  if (request->next) request->next->link = request->link;
  page_response_free(&request->answer);
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
    int64_t now;
    int64_t wait;
    int64_t pace;
    if (request->state == FOR_TOKEN) {
      look_for_token(request);
      if (request->state == ENDED) most = 0; /* its owner need not wait */
    }
    if (request->state != WAITING) continue;
    now = service_now(service); /* one that was sent before may have taken its time */
    pace = throttle_wait(&service->throttle, now);
    wait = request->attempts.resume_at - now;
    if (pace > wait) wait = pace;
    if (wait <= 0 && in_flight(service) >= throttle_at_once(&service->throttle, CONCURRENCY_MAX)) {
      continue; /* the answer to one of these wakes it up */
    }
    if (wait <= 0) {
      begin_attempt(request);
    } else if (wait < most) {
      most = wait;
    }
  }
  return most;
}

void page_requests_forgive(struct service *service, int64_t now) {
  for (struct page_request *request = service->requests; request; request = request->next) {
    if (request->state != ENDED) attempts_forgive(&request->attempts, now);
  }
}

void page_requests_watched(struct service *service, int64_t now) {
  for (struct page_request *request = service->requests; request; request = request->next) {
    attempts_watched(&request->attempts, now);
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
    bytes += page_response_footprint(&request->answer);
  }
  return bytes;
}
