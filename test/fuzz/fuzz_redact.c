/*
** Fuzz target: foreign text with a secret planted in it. It never comes out, nothing is written
** past the end, and what comes out can be shown on a terminal.
*/
#include "base/redact.h"

#include <stdlib.h>
#include <string.h>

#include "../unit/allocation.h"
#include "plant.h"

/* `out` is of just that size, so that a sanitizer sees what is written past its end. */
static void check_shown(const struct plant *plant, const char *out, size_t out_size) {
  CHECK(memchr(out, 0, out_size) != NULL);
  CHECK(!fuzz_has_controls(out));
  plant_check(plant, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_bytes bytes = {data, size};
  size_t out_size = 4 + fuzz_number(&bytes, 2047);
  char *out = plain_resize(NULL, out_size);
  struct plant plant;
  size_t text_size;
  char *text;

  plant_draw(&plant, &bytes);
  text = plant_text(&plant, &bytes, &text_size);
  redact(text, text_size, &plant.secrets, out, out_size);
  check_shown(&plant, out, out_size);
  redact(plant.secret, strlen(plant.secret), &plant.secrets, out, out_size);
  check_shown(&plant, out, out_size);
  secrets_mask(plant.secret, &plant.secrets, out, out_size);
  check_shown(&plant, out, out_size);
  secrets_mask(text, &plant.secrets, out, out_size);
  CHECK(!fuzz_has_controls(out));
  free(text);
  free(out);
  return 0;
}
