/*
** A whole body of JSON: see json_body.h.
*/
#include "base/json_body.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_text.h"
#include "base/utf8.h"

#define BODY_DEPTH 31
#define NAME_SIZE 128 /* bytes of a name that somebody asks for, however it is written */

bool json_body_read(const char *body, size_t size, struct json_value *value) {
  const char *end = body + size;
  const char *first = json_pass_space(body, end);
  const char *after;
  const char *seen;

  if (first == end || (*first != '{' && *first != '[')) return false;
  after = json_pass_value(first, end, BODY_DEPTH, &seen);
  if (!after || json_pass_space(after, end) != end) return false;
  *value = (struct json_value){first, (size_t)(after - first)};
  return true;
}

/* Takes what stands at *at, which moves to after it. Only for values of bodies that are right. */
static struct json_value take(const char **at, const char *end) {
  const char *seen;
  const char *first = json_pass_space(*at, end);

  *at = json_pass_value(first, end, BODY_DEPTH, &seen);
  return (struct json_value){first, (size_t)(*at - first)};
}

/* Whether the string says `name`. */
static bool is_name(const struct json_value *string, const char *name) {
  const char *written = string->at + 1;
  size_t size = string->size - 2;
  char said[NAME_SIZE];

  if (memchr(written, '\\', size)) {
    if (size > sizeof said || !json_unescape(written, size, said, &size)) return false;
    written = said;
  }
  return size == strlen(name) && !memcmp(written, name, size);
}

bool json_body_member(const struct json_value *object, const char *name,
                      struct json_value *member) {
  const char *end = object->at + object->size;
  const char *at = object->at;
  bool found = false;

  if (*at != '{') return false;
  at = json_pass_space(at + 1, end);
  while (*at != '}') {
    struct json_value key = take(&at, end);
    struct json_value value;
    at = json_pass_space(at, end) + 1; /* the colon */
    value = take(&at, end);
    if (is_name(&key, name)) {
      *member = value;
      found = true;
    }
    at = json_pass_space(at, end);
    if (*at == ',') at++;
    at = json_pass_space(at, end);
  }
  return found;
}

bool json_body_first(const struct json_value *array, struct json_value *first) {
  struct json_value value = {NULL, 0};

  if (!json_body_next(array, &value)) return false;
  *first = value; /* which may be the array itself */
  return true;
}

bool json_body_next(const struct json_value *array, struct json_value *value) {
  const char *end = array->at + array->size;
  const char *at = value->at ? value->at + value->size : array->at + 1;

  if (*array->at != '[') return false;
  at = json_pass_space(at, end);
  if (value->at && *at == ',') at++;
  if (*json_pass_space(at, end) == ']') return false;
  *value = take(&at, end);
  return true;
}

bool json_body_is_integer(const struct json_value *value) {
  size_t sign = *value->at == '-';

  for (size_t i = sign; i < value->size; i++) {
    if (value->at[i] < '0' || value->at[i] > '9') return false;
  }
  return value->size > sign;
}

/* How many bytes at a string's beginning are one character, or two escapes that are. */
static size_t character_size(const char *at, const char *end) {
  if (*at != '\\')
    return json_plain_run(at, (size_t)(end - at)) ? 1 : utf8_character(at, (size_t)(end - at));
  if (at[1] != 'u') return 2;
  return end - at >= 12 && at[6] == '\\' && at[7] == 'u' ? 12 : 6;
}

/* A blank for what is not to be told, such as \u0000 and halves of pairs. Returns the size. */
static size_t unescape_some(const char *at, const char *end, char *text) {
  size_t used = 0;

  while (at < end) {
    size_t size = character_size(at, end);
    size_t written;
    bool told = json_unescape(at, size, text + used, &written);
    if (!told && size == 12) told = json_unescape(at, size = 6, text + used, &written);
    if (!told) text[used] = ' ';
    used += told ? written : 1;
    at += size;
  }
  return used;
}

char *json_body_text(const struct json_value *string, size_t *size) {
  const char *end = string->at + string->size - 1;
  size_t room = string->size - 2;
  char *text = malloc(room + 1);

  if (!text) return NULL;
  if (!json_unescape(string->at + 1, room, text, size)) {
    *size = unescape_some(string->at + 1, end, text);
  }
  text[*size] = '\0';
  return text;
}
