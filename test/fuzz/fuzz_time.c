/*
** Fuzz target: three texts in the order of SWR_TIME. It is total whatever they are, and agrees with
** what each of them is read as.
*/
#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"
#include "harness.h"

#define TEXTS 3
#define SECONDS_OF_YEAR_10000 INT64_C(253402300800)
#define SECONDS_OF_YEAR_0 (-INT64_C(62167219200))

struct text {
  char *bytes;
  size_t size;
  bool is_time;
  struct timestamp time;
};

static int sign(int order) { return (order > 0) - (order < 0); }

static int compare(const struct text *left, const struct text *right) {
  return sign(timestamp_compare(left->bytes, left->size, right->bytes, right->size));
}

static void read(struct text *text) {
  const struct timestamp *time = &text->time;

  text->is_time = timestamp_parse(text->bytes, text->size, &text->time);
  if (!text->is_time) return;
  CHECK(time->seconds > SECONDS_OF_YEAR_0 - 200000);
  CHECK(time->seconds < SECONDS_OF_YEAR_10000 + 200000); /* offsets reach past the year */
  if (!time->fraction_size) return;
  CHECK(time->fraction >= text->bytes);
  CHECK(time->fraction + time->fraction_size <= text->bytes + text->size);
  CHECK(time->fraction[time->fraction_size - 1] != '0');
  for (size_t i = 0; i < time->fraction_size; i++) {
    CHECK(time->fraction[i] >= '0' && time->fraction[i] <= '9');
  }
}

/* As their bytes compare, a shorter one first where it begins the other. */
static int compare_bytes(const char *left, size_t left_size, const char *right, size_t right_size) {
  size_t common = left_size < right_size ? left_size : right_size;
  int order = common ? memcmp(left, right, common) : 0;

  return order ? sign(order) : (left_size > right_size) - (left_size < right_size);
}

/* What the comparison has to say, by what the texts were read as. */
static int expected(const struct text *left, const struct text *right) {
  const struct timestamp *a = &left->time;
  const struct timestamp *b = &right->time;

  if (left->is_time != right->is_time) return left->is_time ? -1 : 1;
  if (!left->is_time) return compare_bytes(left->bytes, left->size, right->bytes, right->size);
  if (a->seconds != b->seconds) return a->seconds < b->seconds ? -1 : 1;
  return compare_bytes(a->fraction, a->fraction_size, b->fraction, b->fraction_size);
}

static void check(const struct text *a, const struct text *b, const struct text *c) {
  CHECK_INT(expected(a, b), compare(a, b));
  CHECK_INT(-compare(b, a), compare(a, b));
  if (compare(a, b) <= 0 && compare(b, c) <= 0) CHECK(compare(a, c) <= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_bytes bytes = {data, size};
  struct text texts[TEXTS];

  for (size_t i = 0; i < TEXTS; i++) {
    const uint8_t *end = bytes.left ? memchr(bytes.at, '|', bytes.left) : NULL;
    size_t length = end ? (size_t)(end - bytes.at) : bytes.left;
    texts[i] = (struct text){.bytes = fuzz_copy(bytes.at, length, false), .size = length};
    bytes.at += length + (end != NULL);
    bytes.left -= length + (end != NULL);
    read(&texts[i]);
  }
  for (size_t i = 0; i < (size_t)TEXTS * TEXTS * TEXTS; i++) {
    check(&texts[i % 3], &texts[i / 3 % 3], &texts[i / 9]);
  }
  for (size_t i = 0; i < TEXTS; i++) free(texts[i].bytes);
  return 0;
}
