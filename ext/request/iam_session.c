/*
** The tokens that IAM gives for names and passwords: see iam_session.h.
**
** The password itself is held by whoever has read the settings, and here only while an exchange is under
** way; a session is known by a digest.
*/
#include "request/iam_session.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "request/attempts.h"
#include "request/iam_exchange.h"
#include "request/request_headers.h"

#define KEY_SIZE 32       /* bytes of SHA-256 */
#define SESSIONS_MAX 64   /* that are kept unused; there are some forty regions */
#define MARGIN 300        /* seconds before its end that a token is given up */
#define REFUSAL_MS 300000 /* that a refused login is not sent again */
#define NAME_SHOWN 80     /* bytes of a name in a message */

enum state { EMPTY, READY, IN_FLIGHT, PAUSED, FAILED };

struct iam_session {
  struct service *service;
  struct iam_session *next;
  unsigned char key[KEY_SIZE];
  int references;
  int waiting; /* who have joined and not left */
  enum state state;
  struct iam_token *token; /* while READY */
  int64_t renew_at;        /* by the transport's clock, as are all below */
  int64_t refused_until;   /* while FAILED; 0: not for wrong credentials */
  bool no_memory;          /* while FAILED */
  char problem[2200];      /* of the last failure */
  /* While IN_FLIGHT or PAUSED. */
  struct access *access; /* referenced */
  struct attempts attempts;
  struct iam_exchange exchange;
  struct secrets secrets;
  char *body;
  char *quoted; /* the password as the body has it */
  struct transfer *transfer;
  int64_t sent; /* when the attempt began */
};

static bool under_way(const struct iam_session *session) {
  return session->state == IN_FLIGHT || session->state == PAUSED;
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
static void end_exchange(struct iam_session *session, enum state state) {
  struct transport *transport = session->service->transport;

  if (session->transfer) transport->methods->cancel(transport, session->transfer);
  session->transfer = NULL;
  iam_exchange_reset(&session->exchange);
  secret_free(session->body);
  secret_free(session->quoted);
  session->body = session->quoted = NULL;
  session->secrets.count = 0;
  access_release(session->access);
  session->access = NULL;
  session->state = state;
}

static void free_session(struct iam_session *session) {
  if (under_way(session)) end_exchange(session, EMPTY);
  drop_token(session);
  free(session);
}

/* ---- the list ---- */

/* SHA-256 over all that makes a login, each text with its NUL. False when out of memory. */
static bool make_key(const struct iam_login *login, unsigned char key[KEY_SIZE]) {
  const char *const texts[] = {login->auth_url, login->user_name, login->user_password,
                               login->domain_name, login->project_name};
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  bool made = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL);

  for (size_t i = 0; made && i < sizeof texts / sizeof texts[0]; i++) {
    made = EVP_DigestUpdate(context, texts[i], strlen(texts[i]) + 1);
  }
  made = made && EVP_DigestFinal_ex(context, key, NULL);
  EVP_MD_CTX_free(context);
  return made;
}

/* Frees what nobody uses and nobody can use any more, or was used too long ago. */
static void trim(struct service *service) {
  struct iam_session **link = &service->sessions;
  int kept = 0;

  while (*link) {
    struct iam_session *session = *link;
    bool over = session->state == READY && service_now(service) >= session->renew_at;
    if (session->references || (!over && kept < SESSIONS_MAX)) {
      kept++;
      link = &session->next;
    } else {
      *link = session->next;
      free_session(session);
    }
  }
}

struct iam_session *iam_session_open(struct service *service, const struct access *access) {
  struct iam_session **link = &service->sessions;
  struct iam_session *session;
  unsigned char key[KEY_SIZE];

  if (!make_key(&access->credentials.login, key)) return NULL;
  while (*link && memcmp((*link)->key, key, KEY_SIZE) != 0) link = &(*link)->next;
  session = *link;
  if (session) {
    *link = session->next;
  } else {
    session = calloc(1, sizeof *session);
    if (!session) return NULL;
    session->service = service;
    memcpy(session->key, key, KEY_SIZE);
    iam_exchange_init(&session->exchange, &session->secrets);
  }
  trim(service);
  session->references++;
  session->next = service->sessions;
  service->sessions = session;
  return session;
}

void iam_session_close(struct iam_session *session) {
  if (session) session->references--;
}

void iam_sessions_close(struct service *service) {
  struct iam_session *next;

  for (struct iam_session *session = service->sessions; session; session = next) {
    next = session->next;
    free_session(session);
  }
  service->sessions = NULL;
}

/* ---- the exchange ---- */

static void fail_without_memory(struct iam_session *session) {
  session->no_memory = true;
  session->refused_until = 0;
  end_exchange(session, FAILED);
}

/* Says it all, while the names are still there. */
static void fail(struct iam_session *session, bool refused) {
  const struct iam_exchange *exchange = &session->exchange;
  const struct iam_login *login = &session->access->credentials.login;
  char user[NAME_SHOWN];
  char domain[NAME_SHOWN];
  char project[NAME_SHOWN];
  char tries[160];

  secrets_mask(login->user_name, &session->secrets, user, sizeof user);
  secrets_mask(login->domain_name, &session->secrets, domain, sizeof domain);
  secrets_mask(login->project_name, &session->secrets, project, sizeof project);
  attempts_end(&session->attempts, session->service);
  attempts_describe(&session->attempts, tries, sizeof tries);
  snprintf(
      session->problem, sizeof session->problem,
      "IAM gave no token to user '%s' of account '%s' for project '%s': %s%s%s%s%s Asked: POST "
      "%s" IAM_TARGET ".",
      user, domain, project, exchange->problem, tries,
      exchange->request_id[0] ? " Request id: " : "", exchange->request_id,
      exchange->request_id[0] ? "." : "", login->auth_url);
  session->no_memory = false;
  session->refused_until = refused ? service_now(session->service) + REFUSAL_MS : 0;
  end_exchange(session, FAILED);
}

/* Keeps the token that has come. */
static void keep_token(struct iam_session *session) {
  const struct iam_exchange *exchange = &session->exchange;
  size_t size = strlen(exchange->token) + 1;
  int64_t margin = exchange->lifetime / 2 < MARGIN ? exchange->lifetime / 2 : MARGIN;

  session->token = malloc(sizeof *session->token + size);
  if (!session->token) {
    fail_without_memory(session);
    return;
  }
  session->token->references = 1;
  memcpy(session->token->text, exchange->token, size);
  session->renew_at = session->sent + (exchange->lifetime - margin) * 1000;
  end_exchange(session, READY);
}

static void on_header(void *context, const char *name, size_t name_size, const char *value,
                      size_t value_size) {
  struct iam_session *session = context;

  iam_exchange_header(&session->exchange, name, name_size, value, value_size);
}

static bool on_body(void *context, int status, const char *bytes, size_t size) {
  struct iam_session *session = context;

  (void)status;
  return iam_exchange_body(&session->exchange, bytes, size);
}

static void on_done(void *context, const struct transport_result *result) {
  struct iam_session *session = context;
  enum iam_verdict verdict = iam_exchange_finish(&session->exchange, result, time(NULL));

  session->transfer = NULL;
  switch (verdict) {
    case IAM_READY:
      keep_token(session);
      break;
    case IAM_NO_MEMORY:
      fail_without_memory(session);
      break;
    case IAM_AGAIN:
      if (attempts_pause(&session->attempts, session->service, session->exchange.retry_after)) {
        session->state = PAUSED;
      } else {
        fail(session, false);
      }
      break;
    default:
      fail(session, verdict == IAM_REFUSED);
  }
}

static const struct transport_handler handler = {
    .header = on_header, .body = on_body, .done = on_done};

static void start_attempt(struct iam_session *session) {
  static const char *const headers[] = {"Content-Type: application/json",
                                        "Accept: application/json"};
  const struct access *access = session->access;
  struct transport *transport = session->service->transport;
  char url[IAM_URL_MAX + sizeof IAM_TARGET IAM_QUERY];
  struct transport_request wire = {
      .url = url,
      .headers = headers,
      .header_count = sizeof headers / sizeof headers[0],
      .body = session->body,
      .body_size = strlen(session->body),
      .user_agent = USER_AGENT,
      .ca_file = access->ca_file,
      .idle_timeout = (long)access->timeout,
      .time_limit = attempts_time_left(&session->attempts, session->service)};

  if (wire.time_limit < 1) wire.time_limit = 1;
  snprintf(url, sizeof url, "%s" IAM_TARGET IAM_QUERY, access->credentials.login.auth_url);
  iam_exchange_reset(&session->exchange);
  session->attempts.count++;
  session->sent = service_now(session->service);
  session->state = IN_FLIGHT;
  session->transfer = transport->methods->start(transport, &wire, &handler, session);
  if (!session->transfer) fail_without_memory(session);
}

static void begin(struct iam_session *session, struct access *access) {
  drop_token(session);
  session->access = access_retain(access);
  attempts_begin(&session->attempts, session->service, access);
  credentials_secrets(&access->credentials, &session->secrets);
  session->body = iam_body(&access->credentials.login, &session->quoted);
  if (session->body) {
    secrets_add(&session->secrets, session->quoted);
    start_attempt(session);
  } else {
    fail_without_memory(session);
  }
}

/* ---- those who wait ---- */

void iam_session_join(struct iam_session *session, struct access *access) {
  int64_t now = service_now(session->service);
  bool others = session->waiting++ > 0;

  if (under_way(session)) return;
  if (session->state == READY && now < session->renew_at) return;
  /* Those who have waited are told first, and a refused login is not sent again so soon. */
  if (session->state == FAILED && (others || now < session->refused_until)) return;
  begin(session, access);
}

enum iam_session_state iam_session_state(const struct iam_session *session) {
  switch (session->state) {
    case READY:
      return IAM_SESSION_READY;
    case FAILED:
      return session->no_memory ? IAM_SESSION_NO_MEMORY : IAM_SESSION_FAILED;
    default:
      return IAM_SESSION_UNDER_WAY;
  }
}

void iam_session_leave(struct iam_session *session) {
  if (--session->waiting == 0 && under_way(session)) end_exchange(session, EMPTY);
}

struct iam_token *iam_session_token(const struct iam_session *session) {
  session->token->references++;
  return session->token;
}

void iam_session_discard(struct iam_session *session, const struct iam_token *token) {
  if (session->state != READY || session->token != token) return; /* there is another one by now */
  drop_token(session);
  session->state = EMPTY;
}

const char *iam_session_problem(const struct iam_session *session) { return session->problem; }

int64_t iam_sessions_resume(struct service *service, int64_t most) {
  for (struct iam_session *session = service->sessions; session; session = session->next) {
    int64_t wait;
    if (session->state != PAUSED) continue;
    wait = session->attempts.resume_at - service_now(service);
    if (wait <= 0) {
      start_attempt(session);
    } else if (wait < most) {
      most = wait;
    }
  }
  return most;
}

void iam_sessions_forgive(struct service *service, int64_t now) {
  for (struct iam_session *session = service->sessions; session; session = session->next) {
    if (under_way(session)) attempts_forgive(&session->attempts, now);
  }
}

void iam_sessions_watched(struct service *service, int64_t now) {
  for (struct iam_session *session = service->sessions; session; session = session->next) {
    if (under_way(session)) attempts_watched(&session->attempts, now);
  }
}
