/*
** The key of a server's agency: see agency.h.
*/
#include "request/agency.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "base/json_body.h"
#include "base/memory_bounds.h"
#include "base/timestamp.h"
#include "request/answer_error.h"
#include "request/exchange.h"
#include "request/transport_problem.h"

#define TOKEN_PATH "/meta-data/latest/api/token"
#define KEY_PATH "/openstack/latest/securitykey"
#define TOKEN_HEADER "X-Metadata-Token: "
#define TOKEN_LONGEST 1024 /* characters; it has some fifty */
#define MARGIN 300         /* seconds before its end from which on a key is not used */
#define UNKNOWN_LIFE 360   /* seconds, where the answer does not say when the key ends */
#define WHOLE_ANSWER 16384 /* bytes; a key has some thousand */
#define LOGGED_AS "ECS metadata"

struct key {
  char *access_key;
  char *secret_key;
  char *security_token;
  int64_t renew_at; /* by the transport's clock */
};

struct agency {
  struct exchanges *all;
  enum service_status (*wait)(void *context);
  void *context;
  struct key key;
};

/* One of the two questions; closed before anybody else sees it. */
struct question {
  struct exchange exchange;
  struct buffer body;
  int status; /* of HTTP; 0: no answer */
  bool no_memory;
  struct conclusion end;
};

static void forget(struct key *key) {
  secret_free(key->access_key);
  secret_free(key->secret_key);
  secret_free(key->security_token);
  memset(key, 0, sizeof *key);
}

struct agency *agency_create(struct exchanges *all, enum service_status (*wait)(void *context),
                             void *context) {
  struct agency *agency = calloc(1, sizeof *agency);

  if (agency) *agency = (struct agency){.all = all, .wait = wait, .context = context};
  return agency;
}

void agency_free(struct agency *agency) {
  if (!agency) return;
  forget(&agency->key);
  free(agency);
}

/* ---- the exchange ---- */

static void on_header(struct exchange *exchange, const char *name, size_t name_size,
                      const char *value, size_t value_size) {
  (void)exchange;
  (void)name;
  (void)name_size;
  (void)value;
  (void)value_size;
}

static bool on_body(struct exchange *exchange, int status, const char *bytes, size_t size) {
  struct question *question = (struct question *)exchange;
  enum buffer_status kept = buffer_append(&question->body, bytes, size);

  (void)status;
  question->no_memory = kept == BUFFER_NO_MEMORY;
  return kept == BUFFER_OK;
}

static void on_done(struct exchange *exchange, const struct transport_result *result) {
  struct question *question = (struct question *)exchange;
  bool came = result->outcome == TRANSPORT_COMPLETE;
  bool no_memory = question->no_memory || result->outcome == TRANSPORT_NO_MEMORY;
  struct conclusion *end = &question->end;

  question->status = came ? result->status : 0;
  if (result->outcome == TRANSPORT_STOPPED) {
    conclude(end, VERDICT_FAILED, "an answer without end.");
  } else if (!came && !no_memory) {
    transport_problem(result, &exchange->secrets, end);
  }
  /* No word of the body: it has the key. */
  if (came && result->status != 200) {
    conclude(end, VERDICT_FAILED, "HTTP %d.", result->status);
  }
  exchange_answered(exchange, result, "", "", end->problem);
  exchange_end(exchange, no_memory ? VERDICT_NO_MEMORY : came ? VERDICT_READY : VERDICT_FAILED);
}

static const struct exchange_methods methods = {
    .header = on_header, .body = on_body, .done = on_done, .destroy = exchange_close};

/* Asks, and waits for the answer. A failure of the exchange is no failure of the call. */
static enum service_status ask(struct agency *agency, struct access *access, const char *path,
                               const char *header, struct question *question) {
  static const struct limits short_ones = {.timeout = 2, .deadline = 2};
  struct exchange *exchange = &question->exchange;
  bool put = !strcmp(path, TOKEN_PATH);
  char url[ENDPOINT_MAX + sizeof KEY_PATH];
  const char *const headers[] = {header, "Accept: */*"};
  struct transport_request wire = {.url = url,
                                   .headers = header ? headers : headers + 1,
                                   .header_count = header ? 2 : 1,
                                   .body = put ? "" : NULL,
                                   .put = put};
  enum service_status status = SERVICE_OK;

  memset(question, 0, sizeof *question);
  buffer_init(&question->body, SECRET_FILE_MAX);
  /* Where it grew, it would leave a copy. */
  if (buffer_reserve(&question->body, WHOLE_ANSWER) != BUFFER_OK) return SERVICE_NO_MEMORY;
  snprintf(url, sizeof url, "%s%s", access->credentials.metadata_url, path);
  exchange_open(exchange, agency->all, &methods);
  exchange_begin(exchange, access, false);
  attempts_begin(&exchange->attempts, &short_ones, exchanges_now(agency->all));
  if (!exchange_send(exchange, &wire, NULL, LOGGED_AS)) exchange_end(exchange, VERDICT_NO_MEMORY);
  while (!status && exchange->state != EXCHANGE_ENDED) status = agency->wait(agency->context);
  if (status == SERVICE_OK && exchange->verdict == VERDICT_NO_MEMORY) status = SERVICE_NO_MEMORY;
  exchange_close(exchange);
  return status;
}

static void question_free(struct question *question) {
  if (question->body.bytes) OPENSSL_cleanse(question->body.bytes, question->body.size);
  buffer_free(&question->body);
}

/* ---- the answers ---- */

/* The sentence for what came, or did not. */
static enum service_status fail(const struct access *access, const char *path,
                                const struct question *question, const char *problem,
                                struct service_error *error) {
  service_fail(error,
               "no credentials are set, and the metadata service gave no key for an agency of this "
               "server: %s Asked: %s%s.",
               question->end.problem[0] ? question->end.problem : problem,
               access->credentials.metadata_url, path);
  service_advise(error,
                 "Set credentials, or give the server an agency that may read SWR; agency = 'off' "
                 "asks for none");
  error->request = question->exchange.logged;
  return SERVICE_FAILED;
}

/* The header with the token of an answer, owned; NULL if that is none. False without memory. */
static bool make_header(const struct buffer *body, char **header) {
  char line[sizeof TOKEN_HEADER + TOKEN_LONGEST];
  size_t size = body->size;
  bool visible;
  int length;

  *header = NULL;
  while (size && (body->bytes[size - 1] == '\n' || body->bytes[size - 1] == '\r')) size--;
  if (!size || size > TOKEN_LONGEST || strlen(body->bytes) < size) return true;
  length = snprintf(line, sizeof line, TOKEN_HEADER "%.*s", (int)size, body->bytes);
  visible = text_visible(line + strlen(TOKEN_HEADER));
  if (visible) *header = secret_copy(line, (size_t)length);
  OPENSSL_cleanse(line, sizeof line);
  return !visible || *header;
}

/*
** The header of the token that protects the service, owned and a secret; NULL where it does not
** know of any, as older ones.
*/
static enum service_status find_token(struct agency *agency, struct access *access, char **header,
                                      struct service_error *error) {
  struct question question;
  enum service_status status =
      ask(agency, access, TOKEN_PATH, "X-Metadata-Token-Ttl-Seconds: 21600", &question);
  bool knows_none = question.status == 404 || question.status == 405 || question.status == 503;

  *header = NULL;
  if (status == SERVICE_OK && question.status == 200 && !make_header(&question.body, header)) {
    status = SERVICE_NO_MEMORY;
  }
  if (status == SERVICE_OK && !knows_none && !*header) {
    status = fail(access, TOKEN_PATH, &question, "HTTP 200, without a token.", error);
  }
  question_free(&question);
  return status;
}

/* A text of the answer that fits a header, owned; NULL: there is none. False without memory. */
static bool take_member(const struct json_value *object, const char *name, size_t most,
                        char **text) {
  struct json_value value;
  size_t size;

  if (!json_body_member(object, name, &value) || *value.at != '"' || value.size == 2) return true;
  *text = json_body_text(&value, &size);
  if (!*text) return false;
  if (strlen(*text) == size && size <= most && text_visible(*text)) return true;
  secret_free(*text);
  *text = NULL;
  return true;
}

/* Seconds for which a key is good. */
static int64_t life_of(const struct json_value *object) {
  struct json_value value;
  struct timestamp end;

  if (!json_body_member(object, "expires_at", &value) || *value.at != '"' ||
      !timestamp_parse(value.at + 1, value.size - 2, &end)) {
    return UNKNOWN_LIFE;
  }
  return end.seconds - (int64_t)time(NULL);
}

/* Takes the key of an answer, as far as it has one. False without memory. */
static bool take_key(struct key *key, const struct buffer *body, int64_t now) {
  struct json_value document;
  struct json_value object;

  if (!json_body_read(body->bytes, body->size, &document) ||
      (!json_body_member(&document, "credential", &object) &&
       !json_body_member(&document, "credentials", &object))) {
    return true;
  }
  key->renew_at = now + (life_of(&object) - MARGIN) * 1000;
  return take_member(&object, "access", KEY_MAX, &key->access_key) &&
         take_member(&object, "secret", KEY_MAX, &key->secret_key) &&
         take_member(&object, "securitytoken", TOKEN_MAX, &key->security_token);
}

static bool is_whole(const struct key *key) {
  return key->access_key && key->secret_key && key->security_token;
}

static enum service_status renew(struct agency *agency, struct access *access,
                                 struct service_error *error) {
  struct question question;
  char *header;
  enum service_status status = find_token(agency, access, &header, error);

  if (status != SERVICE_OK) return status;
  forget(&agency->key);
  status = ask(agency, access, KEY_PATH, header, &question);
  if (status == SERVICE_OK && question.status == 200 &&
      !take_key(&agency->key, &question.body, exchanges_now(agency->all))) {
    status = SERVICE_NO_MEMORY;
  }
  if (status == SERVICE_OK && !is_whole(&agency->key)) {
    status = fail(access, KEY_PATH, &question, "HTTP 200, without a key.", error);
  }
  if (status != SERVICE_OK) forget(&agency->key);
  question_free(&question);
  secret_free(header);
  return status;
}

enum service_status agency_find(struct agency *agency, struct access *access,
                                struct service_error *error) {
  struct credentials *credentials = &access->credentials;
  const struct key *key = &agency->key;
  enum service_status status = SERVICE_OK;

  if (!key->access_key || exchanges_now(agency->all) >= key->renew_at) {
    status = renew(agency, access, error);
  }
  if (status != SERVICE_OK) return status;
  credentials->access_key = secret_copy(key->access_key, strlen(key->access_key));
  credentials->secret_key = secret_copy(key->secret_key, strlen(key->secret_key));
  credentials->security_token = secret_copy(key->security_token, strlen(key->security_token));
  return credentials->access_key && credentials->secret_key && credentials->security_token
             ? SERVICE_OK
             : SERVICE_NO_MEMORY;
}
