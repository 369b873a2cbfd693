/*
** One question to a server through all its attempts: see exchange.h.
*/
#include "request/exchange.h"

#include <stdio.h>

#include "base/always.h"
#include "base/redact.h"
#include "base/version.h"

#define USER_AGENT "swr_sync_job/" SWR_VERSION_TEXT

#define OTHERS_TRY 20 /* milliseconds until it is looked whether others have tried the same */

/* ---- one exchange ---- */

static void link_first(struct exchange *exchange) {
  struct exchanges *all = exchange->all;

  exchange->next = all->first;
  if (exchange->next) exchange->next->link = &exchange->next;
  exchange->link = &all->first;
  all->first = exchange;
}

static void unlink_exchange(struct exchange *exchange) {
  *exchange->link = exchange->next;
  if (exchange->next) exchange->next->link = exchange->link;
}

void exchange_open(struct exchange *exchange, struct exchanges *all,
                   const struct exchange_methods *methods) {
  exchange->methods = methods;
  exchange->all = all;
  link_first(exchange);
}

void exchange_to_front(struct exchange *exchange) {
  unlink_exchange(exchange);
  link_first(exchange);
}

void exchange_weigh(struct exchange *exchange) {
  size_t bytes = exchange->methods->footprint ? exchange->methods->footprint(exchange) : 0;

  exchange->all->footprint += bytes - exchange->footprint;
  exchange->footprint = bytes;
}

/* Keeps the count of those that have not ended, and of what all hold. */
static void set_state(struct exchange *exchange, enum exchange_state state) {
  size_t *under_way = &exchange->all->under_way;

  if (exchange->state != EXCHANGE_ENDED) --*under_way;
  if (state != EXCHANGE_ENDED) ++*under_way;
  exchange->state = state;
  exchange_weigh(exchange);
}

void exchange_hold(struct exchange *exchange) { set_state(exchange, EXCHANGE_HELD); }

void exchange_reset(struct exchange *exchange) {
  struct transport *transport = exchange->all->transport;

  if (exchange->transfer) {
    transport->methods->cancel(transport, exchange->transfer);
    request_log_cancel(&exchange->all->log, exchange->logged,
                       exchanges_now(exchange->all) - exchange->sent);
  }
  exchange->transfer = NULL;
  exchange_judge(exchange, LOCKOUT_UNKNOWN);
  access_release(exchange->access);
  exchange->access = NULL;
  exchange->secrets.count = 0;
}

void exchange_close(struct exchange *exchange) {
  exchange_reset(exchange);
  set_state(exchange, EXCHANGE_ENDED);
  exchange->all->footprint -= exchange->footprint;
  unlink_exchange(exchange);
}

void exchange_begin(struct exchange *exchange, struct access *access, bool guarded) {
  exchange->access = access_retain(access);
  exchange->guarded = guarded;
  exchange->new_connection = false;
  exchange->waits_since = exchanges_now(exchange->all);
  exchange->secrets.count = 0;
  access_secrets(access, &exchange->secrets);
  attempts_begin(&exchange->attempts, &access->limits, exchanges_now(exchange->all));
  exchange->throttled = false;
  if (exchange->methods->paced) exchange->all->throttle.rate = access->limits.rate;
}

bool exchange_admit(struct exchange *exchange, struct conclusion *end) {
  struct lockout *lockout = exchange->all->lockout;
  const struct credentials *credentials = &exchange->access->credentials;
  int64_t now = exchanges_now(exchange->all);
  int64_t wait;

  if (NEVER(!exchange->guarded)) return true; /* who sends nothing to be locked does not ask */
  wait = lockout_wait(lockout, credentials, now);
  if (wait > 0) {
    lockout_explain(lockout, credentials, wait, end->problem, sizeof end->problem);
    conclude_advice(end, "%s", lockout_advice(credentials));
    exchange_end(exchange, VERDICT_FAILED);
    return false;
  }
  exchange->trying = lockout_begin(lockout, credentials, now, &exchange->attempt);
  if (exchange->trying) return true;
  if (exchange->attempt.no_memory) {
    exchange_end(exchange, VERDICT_NO_MEMORY);
    return false;
  }
  if (exchange_time_left(exchange) > 0) {
    set_state(exchange, EXCHANGE_PAUSED);
    exchange->attempts.resume_at = now + OTHERS_TRY;
  } else {
    conclude(end, VERDICT_FAILED,
             "the deadline has passed while others tried the same credentials.");
    conclude_advice(end, "%s", GIVE_MORE_TIME);
    exchange_end(exchange, VERDICT_FAILED);
  }
  return false;
}

bool exchange_must_wait(struct exchange *exchange) {
  int64_t now = exchanges_now(exchange->all);

  if (throttle_hold(&exchange->all->throttle, now) == 0) return false;
  set_state(exchange, EXCHANGE_PAUSED);
  exchange->attempts.resume_at = now;
  return true;
}

/*
** The first from `exchange` on that has not ended, of which `*left` are there; NULL if none is. A
** walk ends with the last of them: answers that wait to be read may be many, and to look at each is
** to fetch it from far away in memory, for every answer that comes.
*/
static struct exchange *next_under_way(struct exchange *exchange, size_t *left) {
  if (!*left) return NULL;
  while (ALWAYS(exchange) && exchange->state == EXCHANGE_ENDED) exchange = exchange->next;
  --*left;
  return exchange;
}

/* The service is there, and answers: who has been refused has not waited in vain. */
static void encourage(const struct exchange *answered, int64_t now) {
  int64_t statement = access_statement(answered->access);
  size_t left = answered->all->under_way;
  struct exchange *other = next_under_way(answered->all->first, &left);

  for (; other; other = next_under_way(other->next, &left)) {
    if (other->state != EXCHANGE_PAUSED || !other->methods->paced) continue;
    if (!other->throttled && other->attempts.count) continue;
    if (access_statement(other->access) == statement) other->attempts.started = now;
  }
}

void exchange_paced(struct exchange *exchange, bool answered, bool throttled,
                    const struct throttle_window *quota) {
  struct exchanges *all = exchange->all;
  int64_t now = exchanges_now(all);
  bool learnt;

  exchange->throttled = throttled;
  if (throttled) {
    learnt = throttle_learn(&all->throttle, quota, exchange->sent, now);
    if (!learnt) throttle_cut(&all->throttle, exchanges_under_way(all), exchange->sent, now);
    /* It says itself when to ask again, so that this is no try that failed. */
    if (quota->limit && throttle_has_patience(&all->throttle)) exchange->attempts.retries++;
  } else if (answered) {
    throttle_ease(&all->throttle);
    encourage(exchange, now);
  }
}

void exchange_judge(struct exchange *exchange, enum lockout_answer answer) {
  if (!exchange->trying) return;
  exchange->trying = false;
  lockout_end(exchange->all->lockout, &exchange->attempt, answer, exchanges_now(exchange->all));
}

/* ---- what the log has of it ---- */

static void log_attempt(struct exchange *exchange, const struct transport_request *wire,
                        const char *table, const char *place) {
  char url[REQUEST_URL_MAX];
  char shown[REQUEST_PLACE_MAX];
  const struct request_start start = {.statement = access_statement(exchange->access),
                                      .table = table,
                                      .method = wire->put    ? "PUT"
                                                : wire->body ? "POST"
                                                             : "GET",
                                      .place = shown,
                                      .url = url,
                                      .attempt = exchange->attempts.count,
                                      .waited = exchange->sent - exchange->waits_since};

  secrets_mask(wire->url, &exchange->secrets, url, sizeof url);
  secrets_mask(place, &exchange->secrets, shown, sizeof shown);
  exchange->logged = request_log_add(&exchange->all->log, &start);
}

void exchange_answered(struct exchange *exchange, const struct transport_result *result,
                       const char *code, const char *request_id, const char *error) {
  int64_t now = exchanges_now(exchange->all);
  const struct request_end end = {.status = result->status,
                                  .took = now - exchange->sent,
                                  .code = code,
                                  .request_id = request_id,
                                  .error = error};

  request_log_finish(&exchange->all->log, exchange->logged, &end);
  exchange->waits_since = now;
}

/* The HTTP library sends again by itself what a connection that stood idle did not take. */
static void on_sent(void *context, bool reused) {
  struct exchange *exchange = context;

  exchange->logged = request_log_sent(&exchange->all->log, exchange->logged, reused,
                                      exchanges_now(exchange->all) - exchange->sent);
}

/* ---- one attempt ---- */

static void on_header(void *context, const char *name, size_t name_size, const char *value,
                      size_t value_size) {
  struct exchange *exchange = context;

  exchange->methods->header(exchange, name, name_size, value, value_size);
}

static bool on_body(void *context, int status, const char *bytes, size_t size) {
  struct exchange *exchange = context;

  request_log_received(&exchange->all->log, exchange->logged, size);
  return exchange->methods->body(exchange, status, bytes, size);
}

static void on_done(void *context, const struct transport_result *result) {
  struct exchange *exchange = context;

  exchange->transfer = NULL;
  exchange->methods->done(exchange, result);
}

static const struct transport_handler handler = {
    .sent = on_sent, .header = on_header, .body = on_body, .done = on_done};

bool exchange_send(struct exchange *exchange, struct transport_request *wire, const char *table,
                   const char *place) {
  struct exchanges *all = exchange->all;

  set_state(exchange, EXCHANGE_IN_FLIGHT);
  exchange->sent = exchanges_now(all);
  exchange->attempts.count++;
  all->sent++;
  all->sent_again += exchange->attempts.count > 1;
  if (exchange->methods->paced) throttle_started(&all->throttle, exchange->sent);
  wire->user_agent = USER_AGENT;
  wire->proxy = access_proxy(exchange->access);
  wire->ca_file = exchange->access->ca_file;
  wire->ca_directory = exchange->access->ca_directory;
  wire->fresh_connection = exchange->new_connection;
  wire->idle_timeout = (long)exchange->access->limits.timeout;
  wire->time_limit = attempts_time_left(&exchange->attempts, exchange->sent);
  if (wire->time_limit < 1) wire->time_limit = 1;
  log_attempt(exchange, wire, table, place);
  exchange->transfer = all->transport->methods->start(all->transport, wire, &handler, exchange);
  if (!exchange->transfer) {
    request_log_finish(&all->log, exchange->logged,
                       &(struct request_end){.error = "out of memory."});
  }
  return exchange->transfer != NULL;
}

static uint64_t next_random(struct exchanges *all) {
  uint64_t x = all->random_state | 1;

  x ^= x << 13; /* xorshift64 */
  x ^= x >> 7;
  x ^= x << 17;
  return all->random_state = x;
}

bool exchange_pause(struct exchange *exchange, const struct transport_result *result) {
  struct exchanges *all = exchange->all;
  int64_t now = exchanges_now(all);
  int64_t least = result->retry_after;
  int64_t window = exchange->methods->paced ? throttle_window_wait(&all->throttle, now) : 0;

  exchange_judge(exchange, LOCKOUT_UNKNOWN);
  if (window > least && !throttle_has_patience(&all->throttle)) least = window;
  if (!attempts_pause(&exchange->attempts, now, next_random(all), least)) return false;
  exchange->new_connection = status_wants_new_connection(result->status);
  set_state(exchange, EXCHANGE_PAUSED);
  return true;
}

void exchange_end(struct exchange *exchange, enum verdict verdict) {
  exchange_judge(exchange, LOCKOUT_UNKNOWN);
  set_state(exchange, EXCHANGE_ENDED);
  exchange->verdict = verdict;
  attempts_end(&exchange->attempts, exchanges_now(exchange->all));
}

int64_t exchange_time_left(const struct exchange *exchange) {
  return attempts_time_left(&exchange->attempts, exchanges_now(exchange->all));
}

/* ---- all of them ---- */

int64_t exchanges_now(const struct exchanges *all) {
  return all->transport->methods->now(all->transport);
}

static int64_t count_paced(const struct exchanges *all, bool in_flight) {
  int64_t count = 0;
  size_t left = all->under_way;
  struct exchange *exchange = next_under_way(all->first, &left);

  for (; exchange; exchange = next_under_way(exchange->next, &left)) {
    if (!exchange->methods->paced) continue;
    count += !in_flight || exchange->state == EXCHANGE_IN_FLIGHT;
  }
  return count;
}

int64_t exchanges_under_way(const struct exchanges *all) { return count_paced(all, false); }

/*
** True if as many are in flight as the throttle allows: an answer to one of them wakes others up.
*/
static bool is_full(const struct exchanges *all) {
  return count_paced(all, true) >= throttle_at_once(&all->throttle, CONCURRENCY_MAX);
}

/* Milliseconds until the next attempt of one that is paused. */
static int64_t pause_left(const struct exchange *exchange) {
  int64_t now = exchanges_now(exchange->all); /* one sent before may have taken its time */
  int64_t wait = exchange->attempts.resume_at - now;
  int64_t pace = exchange->methods->paced ? throttle_wait(&exchange->all->throttle, now) : 0;

  return wait > pace ? wait : pace;
}

/* Starts what is due. Returns the milliseconds until something is, at most `most`. */
static int64_t resume(struct exchanges *all, int64_t most) {
  for (struct exchange *exchange = all->first; exchange; exchange = exchange->next) {
    int64_t wait;
    if (exchange->state != EXCHANGE_PAUSED && exchange->state != EXCHANGE_HELD) continue;
    wait = exchange->state == EXCHANGE_PAUSED ? pause_left(exchange) : 0;
    if (wait > 0) {
      if (wait < most) most = wait;
      continue;
    }
    if (exchange->state == EXCHANGE_PAUSED && exchange->methods->paced && is_full(all)) continue;
    exchange->methods->resume(exchange);
    if (exchange->state == EXCHANGE_ENDED) most = 0; /* who waits for it need not wait */
  }
  return most;
}

void exchanges_move(struct exchanges *all, int64_t now, int64_t milliseconds) {
  struct exchange *exchange;
  int64_t begin = now;
  size_t left = all->under_way;
  bool forgiven;

  exchange = next_under_way(all->first, &left);
  for (; exchange; exchange = next_under_way(exchange->next, &left)) {
    attempts_forgive(&exchange->attempts, now);
  }
  all->transport->methods->drive(all->transport, resume(all, milliseconds));
  now = exchanges_now(all);
  forgiven = throttle_forgives(&all->throttle, begin, now);
  left = all->under_way;
  exchange = next_under_way(all->first, &left);
  for (; exchange; exchange = next_under_way(exchange->next, &left)) {
    bool waits = exchange->state == EXCHANGE_PAUSED && exchange->methods->paced;
    if (waits && forgiven) attempts_forgive(&exchange->attempts, now);
    attempts_watched(&exchange->attempts, now);
  }
}

size_t exchanges_footprint(const struct exchanges *all) { return all->footprint; }

void exchanges_destroy(struct exchanges *all) {
  while (all->first) all->first->methods->destroy(all->first);
  if (all->transport) all->transport->methods->destroy(all->transport);
  all->transport = NULL;
  request_log_free(&all->log);
}
