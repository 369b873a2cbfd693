/*
** One attempt at a token from IAM: see iam_response.h.
*/
#include "request/iam_response.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account/credentials.h"
#include "base/json_body.h"
#include "base/memory_bounds.h"
#include "base/timestamp.h"
#include "request/answer_error.h"
#include "request/header_name.h"
#include "request/transport_problem.h"

/* ---- the request ---- */

/* Writes it as it stands in a JSON string, and returns the place after it. */
static char *write_escaped(char *at, const char *text) {
  static const char digits[] = "0123456789abcdef";

  for (; *text; text++) {
    unsigned char byte = (unsigned char)*text;
    if (byte == '"' || byte == '\\') {
      *at++ = '\\';
      *at++ = (char)byte;
    } else if (byte < ' ') {
      memcpy(at, "\\u00", 4); /* NOLINT(bugprone-not-null-terminated-result): more follows */
      at[4] = digits[byte >> 4];
      at[5] = digits[byte & 15];
      at += 6;
    } else {
      *at++ = (char)byte;
    }
  }
  return at;
}

/*
** A text as a JSON string, in memory of our own that is wiped. (json-c's memory could not be, and
** where it is short json-c writes a part of the text.) NULL: out of memory.
*/
static char *quote(const char *text) {
  size_t size = strlen(text);
  char *buffer = malloc(6 * size + 3);
  char *copy;
  char *end;

  if (!buffer) return NULL;
  buffer[0] = '"';
  end = write_escaped(buffer + 1, text);
  *end++ = '"';
  copy = secret_copy(buffer, (size_t)(end - buffer));
  OPENSSL_cleanse(buffer, 6 * size + 3);
  free(buffer);
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
    *quoted = secret_copy(password + 1, strlen(password) - 2);
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

void iam_response_init(struct iam_response *answer, const struct secrets *secrets) {
  memset(answer, 0, sizeof *answer);
  answer->secrets = secrets;
  buffer_init(&answer->body, IAM_BODY_MAX);
}

void iam_response_reset(struct iam_response *answer) {
  secret_free(answer->token);
  answer->token = NULL;
  answer->lifetime = 0;
  answer->end.problem[0] = answer->end.advice[0] = '\0';
  answer->status = 0;
  answer->code[0] = '\0';
  answer->request_id[0] = '\0';
  answer->end.verdict = VERDICT_READY;
  buffer_free(&answer->body);
}

void iam_response_header(struct iam_response *answer, const char *name, size_t name_size,
                         const char *value, size_t value_size) {
  if (header_is(name, name_size, "X-Request-Id")) {
    redact(value, value_size, answer->secrets, answer->request_id, sizeof answer->request_id);
  }
  if (!header_is(name, name_size, "X-Subject-Token") || !value_size || value_size > TOKEN_MAX) {
    return;
  }
  secret_free(answer->token);
  answer->token = secret_copy(value, value_size);
  if (!answer->token) answer->end.verdict = VERDICT_NO_MEMORY;
}

bool iam_response_body(struct iam_response *answer, const char *bytes, size_t size) {
  switch (buffer_append(&answer->body, bytes, size)) {
    case BUFFER_OK:
      return true;
    case BUFFER_FULL:
      conclude(&answer->end, VERDICT_FAILED, "an answer of more than %zu bytes.", IAM_BODY_MAX);
      return false;
    default:
      answer->end.verdict = VERDICT_NO_MEMORY;
      return false;
  }
}

/* The instant that a member of `token` names, in seconds. */
static bool read_instant(const struct json_value *token, const char *name, int64_t *seconds) {
  struct timestamp timestamp;
  struct json_value value;

  if (!json_body_member(token, name, &value) || *value.at != '"' ||
      !timestamp_parse(value.at + 1, value.size - 2, &timestamp)) {
    return false;
  }
  *seconds = timestamp.seconds;
  return true;
}

/*
** By IAM's own clock where it says when it issued the token, so that this machine's may be wrong.
** False if the body does not say it.
*/
static bool read_lifetime(struct iam_response *answer, time_t time) {
  struct json_value value;
  struct json_value token;
  int64_t issued;
  int64_t expires;

  if (!json_body_read(answer->body.bytes, answer->body.size, &value) ||
      !json_body_member(&value, "token", &token) || !read_instant(&token, "expires_at", &expires)) {
    return false;
  }
  if (!read_instant(&token, "issued_at", &issued)) issued = (int64_t)time;
  answer->lifetime = expires - issued;
  return true;
}

static enum verdict finish_token(struct iam_response *answer, time_t time) {
  if (!answer->token || !text_visible(answer->token)) {
    conclude(&answer->end, VERDICT_FAILED,
             "HTTP 201, but without a usable token in the header X-Subject-Token.");
    return conclude_advice(&answer->end, "Does auth_url name IAM's API?");
  }
  if (!read_lifetime(answer, time)) {
    conclude(&answer->end, VERDICT_FAILED,
             "HTTP 201, but the body does not say when the token ends (token.expires_at).");
    return conclude_advice(&answer->end, "Does auth_url name IAM's API?");
  }
  if (answer->lifetime < 1) {
    return conclude(&answer->end, VERDICT_FAILED,
                    "HTTP 201, but with a token that has ended already.");
  }
  return VERDICT_READY;
}

/* What to do about a status. */
static const char *advice(int status) {
  static const char other_ways[] =
      "A password cannot be used by accounts of HUAWEI ID, nor where a second factor protects the "
      "login: create an IAM user for programs, or use an access key.";

  if (status == 401) {
    return "Check user_name, user_password, domain_name (the account's name) and project_name. "
           "Wrong passwords lock a user: this connection does not send the same ones again for "
           "five minutes.";
  }
  if (status == 403) return other_ways;
  if (status == 400) return "Check domain_name and project_name.";
  if (status == 429) return "IAM throttles: ask again later.";
  if (status >= 500) return "The fault is on IAM's side: ask again later.";
  if (status >= 300 && status < 400) {
    return "Redirects are not followed: set auth_url to the address that it leads to.";
  }
  return "Is this IAM? Check auth_url, region and cloud.";
}

static enum verdict finish_error(struct iam_response *answer, int status) {
  struct answer_error error;
  char said[sizeof error.code + sizeof error.message + 32];
  bool again = status == 429 || status >= 500 || status_wants_new_connection(status);

  if (!answer_error_read(&error, answer->body.bytes ? answer->body.bytes : "", answer->body.size,
                         answer->secrets)) {
    return answer->end.verdict = VERDICT_NO_MEMORY;
  }
  if (!answer->request_id[0]) {
    snprintf(answer->request_id, sizeof answer->request_id, "%s", error.request_id);
  }
  snprintf(answer->code, sizeof answer->code, "%s", error.code);
  answer_error_describe(&error, status, said, sizeof said);
  conclude(&answer->end,
           again           ? VERDICT_AGAIN
           : status == 401 ? VERDICT_REFUSED
                           : VERDICT_FAILED,
           "%s", said);
  return conclude_advice(&answer->end, "%s", advice(status));
}

enum verdict iam_response_finish(struct iam_response *answer, const struct transport_result *result,
                                 time_t time) {
  int status = answer->status = result->status;
  bool refused =
      status >= 400 && status < 500 && status != 429 && !status_wants_new_connection(status);

  if (answer->end.verdict != VERDICT_READY)
    return answer->end.verdict; /* told while the bytes came */
  if (result->outcome == TRANSPORT_NO_MEMORY) return answer->end.verdict = VERDICT_NO_MEMORY;
  /* A login that was refused is not sent again, even where the answer broke off. */
  if (result->outcome != TRANSPORT_COMPLETE && !refused) {
    return transport_problem(result, answer->secrets, &answer->end);
  }
  if (status != 201) return finish_error(answer, status);
  return finish_token(answer, time);
}
