/*
** One attempt at a token from IAM: see iam_exchange.h.
*/
#include "request/iam_exchange.h"

#include <json-c/json.h>
#include <openssl/crypto.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account/credentials.h"
#include "base/timestamp.h"
#include "request/answer_error.h"
#include "request/header_name.h"
#include "request/transport_problem.h"

#define BODY_MAX ((size_t)4 << 20) /* bytes; with the catalog that was not asked for, some 100 KB */
#define BODY_DEPTH 32

/* ---- the request ---- */

/* Owned by the caller, NULL when out of memory. */
static char *copy_bytes(const char *bytes, size_t size) {
  char *copy = malloc(size + 1);

  if (!copy) return NULL;
  memcpy(copy, bytes, size);
  copy[size] = '\0';
  return copy;
}

/* A text as json-c writes it, in memory of our own; what json-c held is wiped. NULL: out of memory. */
static char *quote(const char *text) {
  json_object *value = json_object_new_string(text);
  const char *json = value ? json_object_to_json_string_ext(
                                 value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)
                           : NULL;
  char *copy = json ? copy_bytes(json, strlen(json)) : NULL;

  if (json) OPENSSL_cleanse((void *)json, strlen(json));
  if (value) OPENSSL_cleanse((void *)json_object_get_string(value), strlen(text));
  json_object_put(value);
  return copy;
}

char *iam_body(const struct iam_login *login, char **quoted) {
  static const char form[] =
      "{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{"
      "\"name\":%s,\"password\":%s,\"domain\":{\"name\":%s}}}},"
      "\"scope\":{\"project\":{\"name\":%s}}}}";
  char *name = quote(login->user_name);
  char *password = quote(login->user_password);
  char *domain = quote(login->domain_name);
  char *project = quote(login->project_name);
  char *body = NULL;

  *quoted = NULL;
  if (name && password && domain && project) {
    size_t size = sizeof form + strlen(name) + strlen(password) + strlen(domain) + strlen(project);
    body = malloc(size);
    if (body) snprintf(body, size, form, name, password, domain, project);
    *quoted = copy_bytes(password + 1, strlen(password) - 2);
  }
  free(name);
  secret_free(password);
  free(domain);
  free(project);
  if (body && *quoted) return body;
  secret_free(body);
  secret_free(*quoted);
  *quoted = NULL;
  return NULL;
}

/* ---- the answer ---- */

void iam_exchange_init(struct iam_exchange *exchange, const struct secrets *secrets) {
  memset(exchange, 0, sizeof *exchange);
  exchange->secrets = secrets;
  buffer_init(&exchange->body, BODY_MAX);
}

void iam_exchange_reset(struct iam_exchange *exchange) {
  secret_free(exchange->token);
  exchange->token = NULL;
  exchange->lifetime = 0;
  exchange->retry_after = 0;
  exchange->problem[0] = '\0';
  exchange->request_id[0] = '\0';
  exchange->verdict = IAM_READY;
  buffer_free(&exchange->body);
}

__attribute__((format(printf, 3, 4))) static enum iam_verdict conclude(
    struct iam_exchange *exchange, enum iam_verdict verdict, const char *format, ...) {
  va_list arguments;

  va_start(arguments, format);
  vsnprintf(exchange->problem, sizeof exchange->problem, format, arguments);
  va_end(arguments);
  return exchange->verdict = verdict;
}

void iam_exchange_header(struct iam_exchange *exchange, const char *name, size_t name_size,
                         const char *value, size_t value_size) {
  if (header_is(name, name_size, "X-Request-Id")) {
    redact(value, value_size, exchange->secrets, exchange->request_id, sizeof exchange->request_id);
  }
  if (!header_is(name, name_size, "X-Subject-Token") || !value_size || value_size > TOKEN_MAX) {
    return;
  }
  secret_free(exchange->token);
  exchange->token = copy_bytes(value, value_size);
  if (!exchange->token) exchange->verdict = IAM_NO_MEMORY;
}

bool iam_exchange_body(struct iam_exchange *exchange, const char *bytes, size_t size) {
  switch (buffer_append(&exchange->body, bytes, size)) {
    case BUFFER_OK:
      return true;
    case BUFFER_FULL:
      conclude(exchange, IAM_FAILED, "an answer of more than %zu bytes.", BODY_MAX);
      return false;
    default:
      exchange->verdict = IAM_NO_MEMORY;
      return false;
  }
}

/* The instant that a member of `token` names, in seconds. */
static bool read_instant(json_object *token, const char *name, int64_t *seconds) {
  struct timestamp timestamp;
  json_object *member;

  if (!json_object_object_get_ex(token, name, &member) ||
      !json_object_is_type(member, json_type_string) ||
      !timestamp_parse(json_object_get_string(member), (size_t)json_object_get_string_len(member),
                       &timestamp)) {
    return false;
  }
  *seconds = timestamp.seconds;
  return true;
}

/* By IAM's own clock where it says when it issued the token, so that this machine's may be wrong. */
static bool read_lifetime(struct iam_exchange *exchange, time_t time) {
  json_tokener *tokener = json_tokener_new_ex(BODY_DEPTH);
  json_object *value = NULL;
  json_object *token;
  int64_t issued;
  int64_t expires;
  bool found = false;

  if (tokener && exchange->body.size) {
    value = json_tokener_parse_ex(tokener, exchange->body.bytes, (int)exchange->body.size);
  }
  if (value && json_object_is_type(value, json_type_object) &&
      json_object_object_get_ex(value, "token", &token) &&
      json_object_is_type(token, json_type_object)) {
    found = read_instant(token, "expires_at", &expires);
    if (found && !read_instant(token, "issued_at", &issued)) issued = (int64_t)time;
    if (found) exchange->lifetime = expires - issued;
  }
  json_object_put(value);
  if (tokener) json_tokener_free(tokener);
  return found;
}

static enum iam_verdict finish_token(struct iam_exchange *exchange, time_t time) {
  if (!exchange->token || !text_visible(exchange->token)) {
    return conclude(exchange, IAM_FAILED,
                    "HTTP 201, but without a usable token in the header X-Subject-Token. Does "
                    "auth_url name IAM's API?");
  }
  if (!read_lifetime(exchange, time)) {
    return conclude(exchange, IAM_FAILED,
                    "HTTP 201, but the body does not say when the token ends (token.expires_at). "
                    "Does auth_url name IAM's API?");
  }
  if (exchange->lifetime < 1) {
    return conclude(exchange, IAM_FAILED, "HTTP 201, but with a token that has ended already.");
  }
  return IAM_READY;
}

/* What to do about a status, with its space in front. */
static const char *advice(int status) {
  static const char other_ways[] =
      " A password cannot be used by accounts of HUAWEI ID, nor where a second factor protects the "
      "login: create an IAM user for programs, or use an access key.";

  if (status == 401) {
    return " Check user_name, user_password, domain_name (the account's name) and project_name. "
           "Wrong "
           "passwords lock a user: this connection does not send the same ones again for five "
           "minutes.";
  }
  if (status == 403) return other_ways;
  if (status == 400) return " Check domain_name and project_name.";
  if (status == 429) return " IAM throttles: ask again later.";
  if (status >= 500) return " The fault is on IAM's side: ask again later.";
  if (status >= 300 && status < 400) {
    return " Redirects are not followed: set auth_url to the address that it leads to.";
  }
  return " Is this IAM? Check auth_url, region and cloud.";
}

static enum iam_verdict finish_error(struct iam_exchange *exchange, int status) {
  struct answer_error error;
  char said[sizeof error.code + sizeof error.message + 32];
  bool again = status == 429 || status >= 500;

  answer_error_read(&error, exchange->body.bytes ? exchange->body.bytes : "", exchange->body.size,
                    exchange->secrets);
  if (!exchange->request_id[0]) {
    snprintf(exchange->request_id, sizeof exchange->request_id, "%s", error.request_id);
  }
  answer_error_describe(&error, status, said, sizeof said);
  return conclude(exchange,
                  again           ? IAM_AGAIN
                  : status == 401 ? IAM_REFUSED
                                  : IAM_FAILED,
                  "%s%s", said, advice(status));
}

enum iam_verdict iam_exchange_finish(struct iam_exchange *exchange,
                                     const struct transport_result *result, time_t time) {
  int status = result->status;
  bool refused = status >= 400 && status < 500 && status != 429;

  exchange->retry_after = result->retry_after;
  if (exchange->verdict != IAM_READY) return exchange->verdict; /* told while the bytes came */
  if (result->outcome == TRANSPORT_NO_MEMORY) return exchange->verdict = IAM_NO_MEMORY;
  /* A login that was refused is not sent again, even where the answer broke off. */
  if (result->outcome != TRANSPORT_COMPLETE && !refused) {
    bool again =
        transport_problem(result, exchange->secrets, exchange->problem, sizeof exchange->problem);
    return exchange->verdict = again ? IAM_AGAIN : IAM_FAILED;
  }
  if (status != 201) return finish_error(exchange, status);
  return finish_token(exchange, time);
}
