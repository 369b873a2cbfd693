/*
** Fuzz target: the body of an answer that is an error, with a secret planted in it. Code, message
** and request id keep within their bounds, have no control characters, and never show it.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/allocation.h"
#include "plant.h"
#include "request/answer_error.h"

/* The shapes in which services answer; %s is the text. */
static char *wrap(struct fuzz_bytes *bytes, const char *text, size_t *size) {
  static const char *const starts[] = {"",
                                       "",
                                       "<html><body>",
                                       "[{\"errorCode\":\"SVCSTG.SWR.4040010\",\"errorMessage\":\"",
                                       "{\"errors\":[{\"errorCode\":\"X\",\"detail\":\"",
                                       "{\"error_msg\":\"it is\",\"request_id\":\"",
                                       "{\"error\":{\"code\":401,\"title\":\"",
                                       "{\"code\":\""};
  static const char *const ends[] = {
      "",    "",     "</body></html>",        "\"}]", "\"}],\"request_id\":7}",
      "\"}", "\"}}", "\",\"message\":\"no\"}"};
  uint32_t shape = fuzz_number(bytes, COUNT_OF(starts) - 1);
  size_t room = strlen(starts[shape]) + *size + strlen(ends[shape]) + 1;
  char *body = plain_resize(NULL, room);

  memcpy(body, starts[shape], strlen(starts[shape]));
  memcpy(body + strlen(starts[shape]), text, *size);
  memcpy(body + strlen(starts[shape]) + *size, ends[shape], strlen(ends[shape]) + 1);
  *size = room - 1;
  return body;
}

static void check_text(const struct plant *plant, const char *text, size_t room) {
  CHECK(memchr(text, 0, room) != NULL);
  CHECK(!fuzz_has_controls(text));
  plant_check(plant, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_bytes bytes = {data, size};
  struct fuzz_bytes shape = bytes;
  struct answer_error error;
  struct plant plant;
  char said[200];
  size_t body_size;
  char *text;
  char *whole;
  char *body;

  fuzz_number(&bytes, 255);
  plant_draw(&plant, &bytes);
  text = plant_text(&plant, &bytes, &body_size);
  whole = wrap(&shape, text, &body_size);
  body = fuzz_copy(whole, body_size, false);
  CHECK(answer_error_read(&error, body, body_size, &plant.secrets));
  check_text(&plant, error.code, sizeof error.code);
  check_text(&plant, error.message, sizeof error.message);
  check_text(&plant, error.request_id, sizeof error.request_id);
  answer_error_describe(&error, 400, said, sizeof said);
  CHECK(!fuzz_has_controls(said) || strlen(said) == sizeof said - 1);
  free(text);
  free(whole);
  free(body);
  return 0;
}
