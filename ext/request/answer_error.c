/*
** The body of an answer that is an error: see answer_error.h.
*/
#include "request/answer_error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_body.h"
#include "base/redact.h"

#define PLAIN_MAX 131072 /* bytes of a page that are read for its words */

/*
** Copies the first of `names` that `object` has with a text or an integer, unless there is
** something already. False when out of memory.
*/
static bool copy_member(const struct json_value *object, const char *const *names,
                        const struct secrets *secrets, char *out, size_t out_size) {
  struct json_value value;
  size_t size;
  char *text;

  for (; *names && !out[0]; names++) {
    if (!json_body_member(object, *names, &value)) continue;
    if (json_body_is_integer(&value)) {
      redact(value.at, value.size, secrets, out, out_size);
      return true;
    }
    if (*value.at != '"') continue;
    text = json_body_text(&value, &size);
    if (text) redact(text, size, secrets, out, out_size);
    free(text);
    return text != NULL;
  }
  return true;
}

/* The object that carries the code: the value itself, or the first one inside it. */
static bool innermost(const struct json_value *value, struct json_value *object) {
  struct json_value inner;

  *object = *value;
  if (*value->at == '[' && !json_body_first(value, object)) return false;
  if (*object->at != '{') return false;
  if ((json_body_member(object, "errors", &inner) && json_body_first(&inner, &inner) &&
       *inner.at == '{') ||
      (json_body_member(object, "error", &inner) && *inner.at == '{')) {
    *object = inner;
  }
  return true;
}

static void append_detail(struct answer_error *error, const char *detail) {
  size_t used = strlen(error->message);

  if (!detail[0] || !strcmp(detail, error->message)) return;
  snprintf(error->message + used, sizeof error->message - used, "%s%s", used ? ": " : "", detail);
}

/* False when out of memory. */
static bool read_object(struct answer_error *error, const struct json_value *object,
                        const struct secrets *secrets) {
  static const char *const codes[] = {"errorCode", "error_code", "code", NULL};
  static const char *const messages[] = {"errorMessage", "errorMsg", "error_msg",
                                         "message",      "title",    NULL};
  static const char *const details[] = {"detail", NULL};
  static const char *const ids[] = {"request_id", "requestId", NULL};
  char detail[256] = "";

  if (!copy_member(object, codes, secrets, error->code, sizeof error->code) ||
      !copy_member(object, messages, secrets, error->message, sizeof error->message) ||
      !copy_member(object, ids, secrets, error->request_id, sizeof error->request_id) ||
      !copy_member(object, details, secrets, detail, sizeof detail)) {
    return false;
  }
  append_detail(error, detail);
  return true;
}

/*
** Copies text without what stands between `<` and `>`, so that a page of HTML gives its words.
** Secrets are cut out here, since what is left of one after cutting and copying would not be known
** as such.
*/
static void read_plain(struct answer_error *error, const char *body, size_t size,
                       const struct secrets *secrets) {
  char words[1024];
  struct secrets_walk walk;
  size_t used = 0;
  bool markup = false;

  if (size > PLAIN_MAX) size = PLAIN_MAX;
  secrets_walk(&walk, secrets, body, size, true);
  for (size_t i = 0; i < size && used + 3 < sizeof words; i++) {
    size_t hidden = secrets_walk_run(&walk, i);
    bool space = strchr(" \n\r\t<>", body[i]) != NULL; /* a NUL as well */

    if (hidden) {
      for (int stars = 0; stars < 3; stars++) words[used++] = '*';
      i += hidden - 1;
      continue;
    }
    if (body[i] == '<') markup = true;
    if (!markup && !space) {
      words[used++] = body[i];
    } else if (used && words[used - 1] != ' ' && (!markup || body[i] == '<')) {
      words[used++] = ' ';
    }
    if (body[i] == '>') markup = false;
  }
  redact(words, used, secrets, error->message, sizeof error->message);
}

bool answer_error_read(struct answer_error *error, const char *body, size_t size,
                       const struct secrets *secrets) {
  struct json_value value;
  struct json_value object;

  memset(error, 0, sizeof *error);
  if (!json_body_read(body, size, &value) || !innermost(&value, &object)) {
    if (size) read_plain(error, body, size, secrets);
    return true;
  }
  if (!read_object(error, &object, secrets)) return false;
  /* A request id may stand beside `errors`. */
  return object.at == value.at || *value.at != '{' || read_object(error, &value, secrets);
}

void answer_error_describe(const struct answer_error *error, int status, char *text, size_t size) {
  size_t length = strlen(error->message);
  char number[16];
  bool coded;

  snprintf(number, sizeof number, "%d", status);
  coded = error->code[0] && strcmp(error->code, number) != 0; /* IAM's code is the status */
  snprintf(text, size, "HTTP %s%s%s%s%s%s", number, coded ? ", " : "", coded ? error->code : "",
           length ? ": " : "", error->message,
           length && error->message[length - 1] == '.' ? "" : ".");
}

bool answer_error_is_swr(const struct answer_error *error) {
  return !strncmp(error->code, "SVCSTG.SWR.", 11) || !strncmp(error->code, "SWR.", 4);
}

bool answer_error_is_limit(const struct answer_error *error) {
  return !strcmp(error->code, "SVCSTG.SWR.4000056");
}

bool answer_error_is_order(const struct answer_error *error) {
  return !strcmp(error->code, "SVCSTG.SWR.4001096");
}

bool answer_error_is_throttling(const struct answer_error *error) {
  static const char *const codes[] = {"SVCSTG.SWR.4031032", "SVCSTG.SWR.4031033",
                                      "SVCSTG.SWR.4031042", "APIGW.0308", "APIG.0308"};

  for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
    if (!strcmp(error->code, codes[i])) return true;
  }
  return false;
}

/* Digits, at most nine of them; *at goes on after them. False if there are none. */
static bool read_digits(const char **at, int64_t *number) {
  size_t count = strspn(*at, "0123456789");

  if (count == 0 || count > 9) return false;
  for (*number = 0; count; count--) *number = *number * 10 + (*(*at)++ - '0');
  return true;
}

bool answer_error_window(const struct answer_error *error, int64_t *limit, int64_t *length) {
  static const struct {
    const char *unit;
    int64_t milliseconds;
  } units[] = {{"second", 1000}, {"minute", 60000}, {"hour", 3600000}, {"day", 86400000}};
  static const char before[] = "limit:";
  static const char between[] = ",time:";
  const char *at = strstr(error->message, before);

  if (!at) return false;
  at += strlen(before);
  if (!read_digits(&at, limit) || strncmp(at, between, strlen(between)) != 0) return false;
  at += strlen(between);
  if (!read_digits(&at, length)) return false;
  at += *at == ' ';
  for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
    if (strncmp(at, units[i].unit, strlen(units[i].unit)) != 0) continue;
    *length *= units[i].milliseconds;
    return true;
  }
  return false;
}
