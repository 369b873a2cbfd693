/*
** The request of one page through all its attempts: see page_request.h.
**
** What is tried again follows the table of errors in the README. Where the credentials are a
** password, an attempt first waits for a token; one that the service does not accept is renewed
** once, unless the request has waited for it: a new one that is refused says that the next would be
** too.
*/
#include "request/page_request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory_bounds.h"
#include "request/exchange.h"
#include "request/iam_session.h"
#include "request/place_text.h"
#include "request/request_headers.h"

/*
** Milliseconds: an exchange with IAM that began with a request ends by the same deadline, and says
** more.
*/
#define TOKEN_GRACE 1000

struct page_request {
  struct exchange exchange; /* EXCHANGE_HELD: it waits for a token */
  struct service *service;
  const struct place *place;
  struct target target;
  struct page_response answer;
  /* Where the credentials are a password: */
  struct iam_session *session; /* referenced; joined while EXCHANGE_HELD */
  struct iam_token *token;     /* referenced: that of the attempt */
  bool fresh;                  /* it has waited for a token: a refusal is final */
  bool tallied;                /* its rows are counted */
  bool no_token;               /* it failed since there was none */
};

static void on_header(struct exchange *exchange, const char *name, size_t name_size,
                      const char *value, size_t value_size) {
  struct page_request *request = (struct page_request *)exchange;

  page_response_header(&request->answer, name, name_size, value, value_size);
}

static bool on_body(struct exchange *exchange, int status, const char *bytes, size_t size) {
  struct page_request *request = (struct page_request *)exchange;

  if (!page_response_body(&request->answer, status, bytes, size)) return false;
  exchange_weigh(exchange);
  if (page_response_footprint(&request->answer) < LARGE_ANSWER ||
      exchanges_footprint(exchange->all) < ALL_ANSWERS_MAX) {
    return true;
  }
  page_response_refuse(&request->answer,
                       "the answers that are under way take more than 128 MB together.",
                       "Ask for less at once (settings page_size and concurrency).");
  return false;
}

/* What an answer says of the credentials. */
static void note_credentials(struct page_request *request, enum verdict verdict) {
  if (verdict == VERDICT_READY || verdict == VERDICT_ABSENT) {
    access_accept(request->exchange.access);
    exchange_judge(&request->exchange, LOCKOUT_ACCEPTED);
  } else {
    exchange_judge(&request->exchange,
                   request->answer.unauthorized ? LOCKOUT_REFUSED : LOCKOUT_UNKNOWN);
  }
}

static void log_answer(struct page_request *request, const struct transport_result *result,
                       enum verdict verdict) {
  const struct page_response *answer = &request->answer;
  const char *error = answer->end.problem;

  if (verdict == VERDICT_NO_MEMORY) error = "out of memory.";
  exchange_answered(&request->exchange, result, answer->code, answer->request_id, error);
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

static void on_done(struct exchange *exchange, const struct transport_result *result) {
  struct page_request *request = (struct page_request *)exchange;
  enum verdict verdict = page_response_finish(&request->answer, result);

  log_answer(request, result, verdict);
  if (verdict == VERDICT_READY || verdict == VERDICT_ABSENT) {
    request->service->tally.places +=
        request->answer.page.listing->found_by && request->answer.window.offset == 0;
  }
  exchange_paced(exchange, result->outcome == TRANSPORT_COMPLETE, request->answer.throttled,
                 &request->answer.quota);
  note_credentials(request, verdict);
  if (verdict == VERDICT_AGAIN) {
    if (!exchange_pause(exchange, result)) exchange_end(exchange, VERDICT_FAILED);
  } else if (verdict == VERDICT_FAILED && renew_token(request, result)) {
    begin_attempt(request);
  } else {
    exchange_end(exchange, verdict);
  }
}

/* `token` is NULL where the request is to be signed. */
static void send_attempt(struct page_request *request, const char *token) {
  const struct access *access = request->exchange.access;
  char url[ENDPOINT_MAX + TARGET_TEXT_MAX];
  char text[TARGET_TEXT_MAX];
  struct request_headers headers;
  struct transport_request wire = {.url = url, .headers = (const char *const *)headers.lines};
  const char *carried = token ? token : access->credentials.security_token;
  time_t now = time(NULL);
  bool sent;

  target_text(&request->target, text);
  snprintf(url, sizeof url, "%s%s", access->base_url, text);
  page_response_reset(&request->answer);
  request->answer.signed_at = token ? 0 : (int64_t)now;
  request->answer.token_size = carried ? strlen(carried) : 0;
  sent = request_headers_make(&headers, access, token, &request->target, now) == SERVICE_OK;
  wire.header_count = headers.count;
  sent = sent && exchange_send(&request->exchange, &wire, request->answer.page.listing->table,
                               place_label(request->place));
  if (!sent) exchange_end(&request->exchange, VERDICT_NO_MEMORY);
  request_headers_free(&headers);
}

/* Takes the token of a session that is ready. */
static void take_token(struct page_request *request) {
  struct exchange *exchange = &request->exchange;

  iam_token_release(request->token);
  request->token = iam_session_token(request->session);
  exchange->secrets.count = 0;
  access_secrets(exchange->access, &exchange->secrets);
  secrets_add(&exchange->secrets, request->token->text);
}

/* What has become of the token that the request waits for? */
static void look_for_token(struct page_request *request) {
  struct exchange *exchange = &request->exchange;
  bool under_way = iam_session_under_way(request->session);
  enum verdict verdict = iam_session_verdict(request->session);

  if (under_way && exchange_time_left(exchange) > -TOKEN_GRACE) return;
  if (!under_way && verdict == VERDICT_READY) take_token(request);
  iam_session_leave(request->session);
  if (!under_way && verdict == VERDICT_READY && exchange_must_wait(exchange)) return;
  if (under_way) {
    conclude(&request->answer.end, VERDICT_FAILED,
             "the deadline has passed while IAM was asked for a token.");
    conclude_advice(&request->answer.end, "%s", GIVE_MORE_TIME);
    exchange_end(exchange, VERDICT_FAILED);
  } else if (verdict == VERDICT_READY) {
    send_attempt(request, request->token->text);
  } else {
    request->no_token = verdict != VERDICT_NO_MEMORY;
    exchange_end(exchange, verdict);
  }
}

static void begin_attempt(struct page_request *request) {
  if (exchange_must_wait(&request->exchange)) return;
  if (!request->session) {
    if (exchange_admit(&request->exchange, &request->answer.end)) {
      send_attempt(request, request->exchange.access->credentials.token);
    }
    return;
  }
  exchange_hold(&request->exchange);
  iam_session_join(request->session, request->exchange.access);
  if (iam_session_under_way(request->session)) {
    request->fresh = true;
  } else {
    look_for_token(request);
  }
}

static void resume(struct exchange *exchange) {
  struct page_request *request = (struct page_request *)exchange;

  if (exchange->state == EXCHANGE_HELD) {
    look_for_token(request);
  } else {
    begin_attempt(request);
  }
}

static bool interrupted(void *context) { return service_interrupted(context); }

/*
** An answer that is still to come takes memory, too: what it will probably have counts from the
** start. So does the request itself: of a long list of places without jobs there is nothing else,
** and no end of them.
*/
static size_t footprint(const struct exchange *exchange) {
  const struct page_request *request = (const struct page_request *)exchange;
  const struct page_response *answer = &request->answer;
  size_t here = page_response_footprint(answer);
  size_t expected = exchange->state == EXCHANGE_ENDED ? 0 : page_response_expected(answer);

  return sizeof *request + (here > expected ? here : expected);
}

static void destroy(struct exchange *exchange) {
  page_request_close((struct page_request *)exchange);
}

static const struct exchange_methods methods = {.paced = true,
                                                .resume = resume,
                                                .header = on_header,
                                                .body = on_body,
                                                .done = on_done,
                                                .footprint = footprint,
                                                .destroy = destroy};

struct page_request *page_request_start(struct service *service, struct access *access,
                                        const struct listing *listing, const struct place *place,
                                        const struct page_window *window) {
  return page_request_start_columns(service, access, listing, place, window, EVERY_COLUMN);
}

struct page_request *page_request_start_columns(struct service *service, struct access *access,
                                                const struct listing *listing,
                                                const struct place *place,
                                                const struct page_window *window, uint32_t wanted) {
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
  request->place = place;
  target_make(&request->target, listing, place, window, access->project);
  exchange_open(&request->exchange, &service->exchanges, &methods);
  exchange_begin(&request->exchange, access, !request->session);
  page_response_init(&request->answer, listing, wanted, place, window, &request->exchange.secrets,
                     credentials_advice(&access->credentials));
  page_response_watch(&request->answer, interrupted, service);
  request->answer.page.spares = &service->spares;
  begin_attempt(request);
  return request;
}

bool page_request_ended(const struct page_request *request) {
  return request->exchange.state == EXCHANGE_ENDED;
}

const struct page_window *page_request_window(const struct page_request *request) {
  return &request->answer.window;
}

static void tally(struct page_request *request) {
  struct service_tally *tally = &request->service->tally;

  if (request->tallied) return;
  request->tallied = true;
  tally->pages++;
  tally->rows += (int64_t)request->answer.page.row_count;
}

/* Rows are decoded when somebody looks at them, and not before. */
static void decode(struct page_request *request) {
  struct exchange *exchange = &request->exchange;

  if (exchange->state == EXCHANGE_ENDED && exchange->verdict == VERDICT_READY) {
    exchange->verdict = page_response_decode(&request->answer);
    tally(request);
    exchange_weigh(exchange);
    request_log_decoded(&exchange->all->log, exchange->logged, request->answer.page.row_count,
                        exchange->verdict == VERDICT_READY ? NULL : request->answer.end.problem);
  }
}

enum verdict page_request_verdict(struct page_request *request) {
  decode(request);
  return request->exchange.verdict;
}

struct page_response *page_request_answer(struct page_request *request) {
  decode(request);
  return &request->answer;
}

/* What to do where nothing better is known. */
static const char *otherwise(const struct page_request *request) {
  return request->exchange.attempts.count > 1
             ? "Run the query again later; SELECT swr_error() tells all of the request."
             : "SELECT swr_error() tells all of the request.";
}

void page_request_explain(struct page_request *request, struct service_error *error) {
  const struct page_response *answer = &request->answer;
  const struct conclusion *end = &answer->end;
  const struct attempts *attempts = &request->exchange.attempts;
  /* Who never answered is named: it may be the wrong one. */
  bool silent = attempts->count && !request->no_token && !answer->status;
  char tries[ATTEMPTS_TEXT_MAX] = "";
  char where[PLACE_TEXT_MAX];

  decode(request);
  if (request->no_token) {
    end = iam_session_problem(request->session);
  } else {
    attempts_describe(attempts, answer->request_id, tries);
  }
  service_fail(error, "%s: %s%s%s%s%s", place_text(request->exchange.access, request->place, where),
               end->problem, tries, silent ? " Asked: " : "",
               silent ? request->exchange.access->base_url : "", silent ? "/." : "");
  service_advise(error, "%s", end->advice[0] ? end->advice : otherwise(request));
  error->request =
      request->no_token ? iam_session_logged(request->session) : request->exchange.logged;
}

void page_request_close(struct page_request *request) {
  if (!request) return;
  if (request->exchange.state == EXCHANGE_HELD) iam_session_leave(request->session);
  iam_token_release(request->token);
  iam_session_close(request->session);
  page_response_free(&request->answer);
  exchange_close(&request->exchange);
  free(request);
}
