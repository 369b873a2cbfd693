/*
** Signs requests for the comparison with the official SDK: one request a line comes in as JSON, one
** line goes out for each, `-` where it cannot be signed. It must not know how signatures are made.
**
**   {"method":"GET","path":"/a","uri":"/a?b=c","query":[["b","c"]],"headers":[["host","h"]],
**    "date":"20240115T103045Z","accessKey":"A","secretKey":"S"}
*/
#include "sign.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OUT_MAX ((size_t)128 << 10)

static const char *text(json_object *line, const char *name) {
  json_object *value = NULL;

  return json_object_object_get_ex(line, name, &value) ? json_object_get_string(value) : NULL;
}

/* The pairs of a member; more than fit are an error of the script that wrote them. */
static size_t pairs(json_object *line, const char *name, struct sign_pair *out) {
  json_object *list = NULL;
  size_t count;

  if (!json_object_object_get_ex(line, name, &list)) return 0;
  count = json_object_array_length(list);
  if (count > SIGN_PAIRS_MAX) exit(2);
  for (size_t i = 0; i < count; i++) {
    json_object *pair = json_object_array_get_idx(list, i);
    out[i].name = json_object_get_string(json_object_array_get_idx(pair, 0));
    out[i].value = json_object_get_string(json_object_array_get_idx(pair, 1));
  }
  return count;
}

static bool sign_line(const char *line, char *out) {
  json_object *object = json_tokener_parse(line);
  struct sign_request request;
  bool done;

  if (!object) return false;
  memset(&request, 0, sizeof request);
  request.method = text(object, "method");
  request.path = text(object, "path");
  request.uri = text(object, "uri");
  request.date = text(object, "date");
  request.access_key = text(object, "accessKey");
  request.secret_key = text(object, "secretKey");
  request.query_count = pairs(object, "query", request.query);
  request.header_count = pairs(object, "headers", request.headers);
  done = sign(&request, out, OUT_MAX);
  json_object_put(object);
  return done;
}

int main(void) {
  char *out = malloc(OUT_MAX);
  char *line = NULL;
  size_t room = 0;

  if (!out) return 2;
  while (getline(&line, &room, stdin) > 0) puts(sign_line(line, out) ? out : "-");
  free(line);
  free(out);
  return 0;
}
