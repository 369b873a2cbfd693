/*
** Tests of ext/request/content_range: reading the header, and when its total is to be believed.
*/
#include "request/content_range.h"

#include <string.h>

#include "unit.h"

static void check_parse(void) {
  static const struct {
    const char *text;
    bool right;
    int64_t offset;
    int64_t count;
    int64_t total;
  } cases[] = {
      {"0-1/1", true, 0, 1, 1},
      {"0-100/250", true, 0, 100, 250},
      {"200-50/250", true, 200, 50, 250},
      {"1000-0/250", true, 1000, 0, 250},
      {"items 0-9/10", true, 0, 9, 10},
      {"bytes  0-9/10", true, 0, 9, 10},
      {"  0-9/10\t", true, 0, 9, 10},
      {"items0-9/10", true, 0, 9, 10},
      {"007-08/09", true, 7, 8, 9},
      {"9223372036854775807-9223372036854775807/9223372036854775807", true, INT64_MAX, INT64_MAX,
       INT64_MAX},
      {"9223372036854775808-1/1", false, 0, 0, 0},
      {"0-1/99999999999999999999", false, 0, 0, 0},
      {"", false, 0, 0, 0},
      {" ", false, 0, 0, 0},
      {"items", false, 0, 0, 0},
      {"*/250", false, 0, 0, 0},
      {"items */250", false, 0, 0, 0},
      {"0-9/*", false, 0, 0, 0},
      {"0-9", false, 0, 0, 0},
      {"0-9/", false, 0, 0, 0},
      {"-9/10", false, 0, 0, 0},
      {"0-/10", false, 0, 0, 0},
      {"0/10", false, 0, 0, 0},
      {"-1-9/10", false, 0, 0, 0},
      {"0--9/10", false, 0, 0, 0},
      {"0-9/-10", false, 0, 0, 0},
      {"0 - 9/10", false, 0, 0, 0},
      {"0-9/10x", false, 0, 0, 0},
      {"0-9/10, 1-2/3", false, 0, 0, 0},
      {"0-9/10.5", false, 0, 0, 0},
      {"0x0-9/10", false, 0, 0, 0},
      {"+0-9/10", false, 0, 0, 0},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct content_range range;
    unit_case("'%s'", cases[i].text);
    if (!CHECK_INT(cases[i].right,
                   content_range_parse(cases[i].text, strlen(cases[i].text), &range)) ||
        !cases[i].right) {
      continue;
    }
    CHECK_INT(cases[i].offset, range.offset);
    CHECK_INT(cases[i].count, range.count);
    CHECK_INT(cases[i].total, range.total);
  }
}

static void check_bounds(void) {
  struct content_range range;

  unit_case("the size counts, not a NUL");
  CHECK(content_range_parse("0-1/12345", 5, &range));
  CHECK_INT(1, range.total);
  CHECK(!content_range_parse("0-1/1\0", 6, &range));
  CHECK(!content_range_parse("0-1/1", 4, &range));
  CHECK(!content_range_parse("0-1/1", 0, &range));
}

static void check_agrees(void) {
  static const struct {
    struct content_range range;
    int64_t offset;
    int64_t records;
    bool agrees;
  } cases[] = {
      {{0, 100, 250}, 0, 100, true}, /* as documented */
      {{0, 99, 250}, 0, 100, true},  /* as RFC 9110 has it */
      {{100, 199, 250}, 100, 100, true},
      {{100, 100, 250}, 100, 100, true},
      {{200, 50, 250}, 200, 50, true},
      {{200, 249, 250}, 200, 50, true},
      {{0, 1, 1}, 0, 1, true},
      {{0, 0, 1}, 0, 1, true},
      {{0, 100, 100}, 0, 100, true},
      {{0, 0, 0}, 0, 0, true},
      {{1000, 0, 250}, 1000, 0, true},
      {{250, 0, 250}, 250, 0, true},
      {{0, 100, 250}, 100, 100, false}, /* another offset */
      {{0, 100, 250}, 0, 50, false},    /* another number of records */
      {{0, 100, 99}, 0, 100, false},    /* no room for them */
      {{200, 50, 249}, 200, 50, false},
      {{100, 0, 250}, 100, 0, false}, /* empty, though more should come */
      {{0, 1, 0}, 0, 0, false},
      {{5, 0, 0}, 0, 0, false},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    unit_case("case %zu", i);
    CHECK_INT(cases[i].agrees,
              content_range_agrees(&cases[i].range, cases[i].offset, cases[i].records));
  }
}

/* A unit is small letters, whatever stands beside them in ASCII. */
static void check_units(void) {
  static const char *const units[] = {"bytes{ 0-1/2", "bytes` 0-1/2", "bytes", "bytes "};
  struct content_range range;

  for (size_t i = 0; i < COUNT_OF(units); i++) {
    unit_case("'%s'", units[i]);
    CHECK(!content_range_parse(units[i], strlen(units[i]), &range));
  }
}

void content_range_test(void) {
  check_units();
  check_parse();
  check_bounds();
  check_agrees();
}
