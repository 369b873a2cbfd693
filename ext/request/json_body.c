/*
** A whole body of JSON: see json_body.h.
*/
#include "request/json_body.h"

#include "record/json_text.h"

#define BODY_DEPTH 32

/*
** True if the body is one object or array; of these, json-c must make something. It counts what is
** innermost as one level more.
*/
static bool is_structure(const char *body, size_t size) {
  const char *end = body + size;
  const char *first = json_pass_space(body, end);
  const char *seen;
  const char *after;

  if (first == end || (*first != '{' && *first != '[')) return false;
  after = json_pass_value(first, end, BODY_DEPTH - 1, &seen);
  return after && json_pass_space(after, end) == end;
}

bool json_body_read(const char *body, size_t size, json_object **value) {
  json_tokener *tokener;

  *value = NULL;
  if (!size || !is_structure(body, size)) return true;
  tokener = json_tokener_new_ex(BODY_DEPTH);
  if (!tokener) return false;
  *value = json_tokener_parse_ex(tokener, body, (int)size);
  json_tokener_free(tokener);
  return *value != NULL;
}
