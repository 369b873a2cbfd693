/*
** What the fuzz targets share: see harness.h.
*/
#include "harness.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/allocation.h"
#include "../unit/odd_random.h"
#include "base/utf8.h"

int LLVMFuzzerInitialize(int *argument_count, char ***arguments);

static char current_case[200];
static bool traced;
static bool pending;

/* Settings and proxies of whoever runs this say nothing here. */
int LLVMFuzzerInitialize(int *argument_count, char ***arguments) {
  const char *path = getenv("PATH"); /* where the sanitizers find the symbolizer */
  char *kept = path ? plain_copy(path) : NULL;

  (void)argument_count;
  (void)arguments;
  traced = getenv("FUZZ_TRACE") != NULL;
  pending = getenv("FUZZ_PENDING") != NULL;
  clearenv();
  if (kept) setenv("PATH", kept, 1);
  free(kept);
  return 0;
}

/* ---- bytes ---- */

uint32_t fuzz_number(struct fuzz_bytes *bytes, uint32_t most) {
  uint64_t value = 0;

  for (uint32_t rest = most; rest && bytes->left; rest >>= 8) {
    value = value << 8 | *bytes->at++;
    bytes->left--;
  }
  return (uint32_t)(value % ((uint64_t)most + 1));
}

const char *fuzz_choice(struct fuzz_bytes *bytes, const char *const *texts, size_t count) {
  return texts[fuzz_number(bytes, (uint32_t)count - 1)];
}

const struct listing *fuzz_listing(struct fuzz_bytes *bytes) {
#define LISTING(name) &(name),
  static const struct listing *const listings[] = {
#include "api/tables.h"
  };
#undef LISTING

  return listings[fuzz_number(bytes, (uint32_t)COUNT_OF(listings) - 1)];
}

char *fuzz_copy(const void *bytes, size_t size, bool ended) {
  char *copy = plain_resize(NULL, size + (ended || !size));

  if (size) memcpy(copy, bytes, size);
  if (ended || !size) copy[size] = '\0';
  return copy;
}

char *fuzz_text(struct fuzz_bytes *bytes, size_t most) {
  size_t room = bytes->left < most ? bytes->left : most;
  const uint8_t *end = room ? memchr(bytes->at, 0, room) : NULL;
  size_t size = end ? (size_t)(end - bytes->at) : room;
  char *text = fuzz_copy(bytes->at, size, true);

  bytes->at += size + (end != NULL);
  bytes->left -= size + (end != NULL);
  return text;
}

bool fuzz_has_controls(const char *text) {
  for (size_t size = strlen(text); size;) {
    size_t length = utf8_character(text, size);
    unsigned char first = (unsigned char)text[0];
    if (!length || first < 0x20 || first == 0x7f) return true;
    if (first == 0xc2 && (unsigned char)text[1] < 0xa0) return true;
    text += length;
    size -= length;
  }
  return false;
}

bool fuzz_is_message(const char *text) {
  char *copy = plain_copy(text);
  char *end = strchr(copy, '\n');
  bool right;

  if (end) *end = ' ';
  right = !fuzz_has_controls(copy);
  free(copy);
  return right;
}

/* ---- random numbers ---- */

static struct fuzz_bytes tape;
static uint64_t after_tape;

void fuzz_random(const uint8_t *data, size_t size) {
  tape = (struct fuzz_bytes){data, size};
  after_tape = 0xcbf29ce484222325u;
  for (size_t i = 0; i < size; i++) after_tape = (after_tape ^ data[i]) * 0x100000001b3u;
  after_tape |= 1;
}

uint32_t unit_random(uint32_t most) {
  if (tape.left) return fuzz_number(&tape, most);
  after_tape ^= after_tape << 13; /* xorshift64 */
  after_tape ^= after_tape >> 7;
  after_tape ^= after_tape << 17;
  return (uint32_t)((after_tape >> 16) % ((uint64_t)most + 1));
}

void odd_random_seed(struct odd_random *random, uint64_t seed) { random->state = seed; }

uint32_t odd_random(struct odd_random *random, uint32_t most) {
  (void)random;
  return unit_random(most);
}

/* ---- checks ---- */

void unit_case(const char *format, ...) {
  va_list arguments;

  va_start(arguments, format);
  vsnprintf(current_case, sizeof current_case, format, arguments);
  va_end(arguments);
}

void fuzz_trace(const char *format, ...) {
  va_list arguments;

  if (!traced) return;
  va_start(arguments, format);
  vprintf(format, arguments);
  va_end(arguments);
}

bool fuzz_pending(void) { return pending; }

/* Tells where, and ends the program. */
__attribute__((format(printf, 3, 4), noreturn)) static void fail(const char *file, int line,
                                                                 const char *format, ...) {
  va_list arguments;

  fflush(stdout); /* what the target has told of it */
  fprintf(stderr, "%s:%d: %s: ", file, line, current_case);
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fprintf(stderr, "\n");
  abort();
}

bool unit_check(bool right, const char *file, int line, const char *what) {
  if (!right) fail(file, line, "expected %s", what);
  return true;
}

bool unit_check_int(int64_t expected, int64_t got, const char *file, int line, const char *what) {
  if (expected != got) fail(file, line, "%s: %" PRId64 ", not %" PRId64, what, got, expected);
  return true;
}

bool unit_check_bytes(const char *expected, size_t expected_size, const char *got, size_t got_size,
                      const char *file, int line, const char *what) {
  bool same = expected && got ? expected_size == got_size && !memcmp(expected, got, got_size)
                              : !expected && !got;

  if (!same) {
    fail(file, line, "%s: '%.*s', not '%.*s'", what, (int)got_size, got ? got : "",
         (int)expected_size, expected ? expected : "");
  }
  return true;
}

bool unit_check_text(const char *expected, const char *got, const char *file, int line,
                     const char *what) {
  return unit_check_bytes(expected, expected ? strlen(expected) : 0, got, got ? strlen(got) : 0,
                          file, line, what);
}

bool unit_check_part(const char *text, const char *part, bool wanted, const char *file, int line) {
  if ((strstr(text, part) != NULL) != wanted) {
    fail(file, line, "'%s' %s '%s'", text, wanted ? "lacks" : "has", part);
  }
  return true;
}

bool unit_ends(void (*run)(void *context), void *context) {
  run(context); /* libFuzzer has a limit of its own */
  return true;
}
