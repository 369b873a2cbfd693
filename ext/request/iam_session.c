/*
** The tokens that IAM gives for names and passwords: see iam_session.h.
**
** The password itself is held by whoever has read the settings, and here only while an exchange is
** under way; a session is known by a digest.
*/
#include "request/iam_session.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "request/exchange.h"
#include "request/iam_response.h"

#define SESSIONS_MAX 64   /* that are kept unused; there are some forty regions */
#define MARGIN 300        /* seconds before its end that a token is given up */
#define REFUSAL_MS 300000 /* that a refused login is not sent again */
#define NAME_SHOWN 80     /* bytes of a name in a message */

struct iam_session {
  struct exchange exchange; /* VERDICT_READY with no token: nothing is known */
  unsigned char key[LOCKOUT_HASH_SIZE];
  int references;
  int waiting;             /* who have joined and not left */
  struct iam_token *token; /* NULL: none, or none any more */
  int64_t renew_at;        /* by the transport's clock, as is the next one */
  int64_t refused_until;   /* where it failed; 0: not for wrong credentials */
  struct conclusion told;  /* of the last failure */
  /* While an exchange is under way: */
  struct iam_response answer;
  char *body;
  char *quoted; /* the password as the body has it */
};

bool iam_session_under_way(const struct iam_session *session) {
  return session->exchange.state != EXCHANGE_ENDED;
}

void iam_token_release(struct iam_token *token) {
  if (!token || --token->references) return;
  OPENSSL_cleanse(token->text, strlen(token->text));
  free(token);
}

static void drop_token(struct iam_session *session) {
  iam_token_release(session->token);
  session->token = NULL;
}

/* Gives back and wipes what an exchange holds. */
static void wipe(struct iam_session *session) {
  exchange_reset(&session->exchange);
  iam_response_reset(&session->answer);
  secret_free(session->body);
  secret_free(session->quoted);
  session->body = session->quoted = NULL;
}

static void end(struct iam_session *session, enum verdict verdict) {
  exchange_end(&session->exchange, verdict);
  wipe(session);
}

static void destroy(struct exchange *exchange) {
  struct iam_session *session = (struct iam_session *)exchange;

  wipe(session);
  drop_token(session);
  exchange_close(exchange);
  free(session);
}

/* ---- the exchange ---- */

static void fail_without_memory(struct iam_session *session) {
  session->refused_until = 0;
  end(session, VERDICT_NO_MEMORY);
}

/* Says it all, while the names are still there. */
static void fail(struct iam_session *session, bool refused) {
  const struct iam_response *answer = &session->answer;
  const struct exchange *exchange = &session->exchange;
  const struct iam_login *login = &exchange->access->credentials.login;
  bool silent = exchange->attempts.count && !answer->status; /* it may be the wrong one */
  char user[NAME_SHOWN];
  char domain[NAME_SHOWN];
  char project[NAME_SHOWN];
  char tries[ATTEMPTS_TEXT_MAX];

  exchange_end(&session->exchange, VERDICT_FAILED);
  secrets_mask(login->user_name, &exchange->secrets, user, sizeof user);
  secrets_mask(login->domain_name, &exchange->secrets, domain, sizeof domain);
  secrets_mask(login->project_name, &exchange->secrets, project, sizeof project);
  attempts_describe(&exchange->attempts, answer->request_id, tries);
  conclude(&session->told, VERDICT_FAILED,
           "IAM gave no token to user '%s' of account '%s' for project '%s': %s%s%s%s%s", user,
           domain, project, answer->end.problem, tries, silent ? " Asked: " : "",
           silent ? login->auth_url : "", silent ? IAM_TARGET "." : "");
  conclude_advice(&session->told, "%s", answer->end.advice);
  session->refused_until = refused ? exchanges_now(exchange->all) + REFUSAL_MS : 0;
  wipe(session);
}

/* Keeps the token that has come. */
static void keep_token(struct iam_session *session) {
  const struct iam_response *answer = &session->answer;
  size_t size = strlen(answer->token) + 1;
  int64_t margin = answer->lifetime / 2 < MARGIN ? answer->lifetime / 2 : MARGIN;

  session->token = malloc(sizeof *session->token + size);
  if (!session->token) {
    fail_without_memory(session);
    return;
  }
  session->token->references = 1;
  memcpy(session->token->text, answer->token, size);
  session->renew_at = session->exchange.sent + (answer->lifetime - margin) * 1000;
  end(session, VERDICT_READY);
}

static void on_header(struct exchange *exchange, const char *name, size_t name_size,
                      const char *value, size_t value_size) {
  struct iam_session *session = (struct iam_session *)exchange;

  iam_response_header(&session->answer, name, name_size, value, value_size);
}

static bool on_body(struct exchange *exchange, int status, const char *bytes, size_t size) {
  struct iam_session *session = (struct iam_session *)exchange;

  (void)status;
  return iam_response_body(&session->answer, bytes, size);
}

static void on_done(struct exchange *exchange, const struct transport_result *result) {
  struct iam_session *session = (struct iam_session *)exchange;
  enum verdict verdict = iam_response_finish(&session->answer, result, time(NULL));

  exchange_answered(exchange, result, session->answer.code, session->answer.request_id,
                    session->answer.end.problem);
  exchange_judge(exchange, verdict == VERDICT_READY     ? LOCKOUT_ACCEPTED
                           : verdict == VERDICT_REFUSED ? LOCKOUT_REFUSED
                                                        : LOCKOUT_UNKNOWN);
  if (verdict == VERDICT_READY) {
    keep_token(session);
  } else if (verdict == VERDICT_NO_MEMORY) {
    fail_without_memory(session);
  } else if (verdict != VERDICT_AGAIN || !exchange_pause(exchange, result)) {
    fail(session, verdict == VERDICT_REFUSED);
  }
}

static void start_attempt(struct iam_session *session) {
  static const char *const headers[] = {"Content-Type: application/json",
                                        "Accept: application/json"};
  struct exchange *exchange = &session->exchange;
  char url[IAM_URL_MAX + sizeof IAM_TARGET IAM_QUERY];
  struct transport_request wire = {.url = url,
                                   .headers = headers,
                                   .header_count = sizeof headers / sizeof headers[0],
                                   .body = session->body,
                                   .body_size = strlen(session->body)};

  snprintf(url, sizeof url, "%s" IAM_TARGET IAM_QUERY,
           exchange->access->credentials.login.auth_url);
  iam_response_reset(&session->answer);
  if (!exchange_send(exchange, &wire, NULL, "IAM")) fail_without_memory(session);
}

static void begin_attempt(struct exchange *exchange) {
  struct iam_session *session = (struct iam_session *)exchange;

  if (exchange_admit(exchange, &session->answer.end)) {
    start_attempt(session);
  } else if (exchange->state == EXCHANGE_ENDED && exchange->verdict == VERDICT_NO_MEMORY) {
    fail_without_memory(session);
  } else if (!iam_session_under_way(session)) {
    fail(session, false);
  }
}

static const struct exchange_methods methods = {.resume = begin_attempt,
                                                .header = on_header,
                                                .body = on_body,
                                                .done = on_done,
                                                .destroy = destroy};

static void begin(struct iam_session *session, struct access *access) {
  drop_token(session);
  exchange_begin(&session->exchange, access, true);
  session->body = iam_body(&access->credentials.login, &session->quoted);
  if (session->body) {
    secrets_add(&session->exchange.secrets, session->quoted);
    begin_attempt(&session->exchange);
  } else {
    fail_without_memory(session);
  }
}

/* ---- the sessions of a service ---- */

/* The first session in a list of exchanges, which may be empty. */
static struct iam_session *first_session(struct exchange *exchange) {
  while (exchange && exchange->methods != &methods) exchange = exchange->next;
  return (struct iam_session *)exchange;
}

/* Frees what nobody uses and nobody can use any more, or was used too long ago. */
static void trim(struct iam_session *session) {
  int64_t now = session ? exchanges_now(session->exchange.all) : 0;
  struct iam_session *next;

  for (int kept = 0; session; session = next) {
    bool over = session->token && now >= session->renew_at;
    next = first_session(session->exchange.next);
    if (session->references || (!over && kept < SESSIONS_MAX)) {
      kept++;
    } else {
      destroy(&session->exchange);
    }
  }
}

/* A session that nothing is known of yet; NULL when out of memory. */
static struct iam_session *create(struct exchanges *all,
                                  const unsigned char key[LOCKOUT_HASH_SIZE]) {
  struct iam_session *session = calloc(1, sizeof *session);

  if (!session) return NULL;
  memcpy(session->key, key, LOCKOUT_HASH_SIZE);
  iam_response_init(&session->answer, &session->exchange.secrets);
  exchange_open(&session->exchange, all, &methods);
  return session;
}

struct iam_session *iam_session_open(struct service *service, const struct access *access) {
  struct exchanges *all = &service->exchanges;
  struct iam_session *session = first_session(all->first);
  unsigned char key[LOCKOUT_HASH_SIZE];

  if (!lockout_hash(&access->credentials, key)) return NULL;
  while (session && memcmp(session->key, key, LOCKOUT_HASH_SIZE) != 0) {
    session = first_session(session->exchange.next);
  }
  if (!session) session = create(all, key);
  if (!session) return NULL;
  exchange_to_front(&session->exchange);
  session->references++;
  trim(first_session(session->exchange.next));
  return session;
}

void iam_session_close(struct iam_session *session) {
  if (session) session->references--;
}

/* ---- those who wait ---- */

void iam_session_join(struct iam_session *session, struct access *access) {
  int64_t now = exchanges_now(session->exchange.all);
  bool others = session->waiting++ > 0;
  bool failed = session->exchange.verdict != VERDICT_READY;

  if (iam_session_under_way(session)) return;
  if (session->token && now < session->renew_at) return;
  /* Those who have waited are told first, and a refused login is not sent again so soon. */
  if (failed && (others || now < session->refused_until)) return;
  begin(session, access);
}

enum verdict iam_session_verdict(const struct iam_session *session) {
  return session->exchange.verdict;
}

void iam_session_leave(struct iam_session *session) {
  if (--session->waiting == 0 && iam_session_under_way(session)) end(session, VERDICT_READY);
}

struct iam_token *iam_session_token(const struct iam_session *session) {
  session->token->references++;
  return session->token;
}

void iam_session_discard(struct iam_session *session, const struct iam_token *token) {
  if (session->token == token) drop_token(session); /* else there is another one by now */
}

const struct conclusion *iam_session_problem(const struct iam_session *session) {
  return &session->told;
}

int64_t iam_session_logged(const struct iam_session *session) { return session->exchange.logged; }
