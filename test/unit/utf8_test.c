/*
** Tests of ext/base/utf8 against a decoder that is written the other way round: from code points
** to bytes.
*/
#include "base/utf8.h"

#include <string.h>

#include "unit.h"

/* Writes a code point; returns its length. */
static size_t encode(uint32_t point, char out[4]) {
  if (point < 0x80) {
    out[0] = (char)point;
    return 1;
  }
  if (point < 0x800) {
    out[0] = (char)(0xc0 | point >> 6);
    out[1] = (char)(0x80 | (point & 0x3f));
    return 2;
  }
  if (point < 0x10000) {
    out[0] = (char)(0xe0 | point >> 12);
    out[1] = (char)(0x80 | (point >> 6 & 0x3f));
    out[2] = (char)(0x80 | (point & 0x3f));
    return 3;
  }
  out[0] = (char)(0xf0 | point >> 18);
  out[1] = (char)(0x80 | (point >> 12 & 0x3f));
  out[2] = (char)(0x80 | (point >> 6 & 0x3f));
  out[3] = (char)(0x80 | (point & 0x3f));
  return 4;
}

/*
** Every code point is taken whole, and no beginning of it; surrogates and what is beyond are not.
*/
static void check_points(void) {
  long wrong = 0;

  unit_case("all code points");
  for (uint32_t point = 0; point < 0x120000; point++) {
    char bytes[4];
    size_t size = encode(point, bytes);
    bool exists = point < 0x110000 && (point < 0xd800 || point > 0xdfff);
    if (utf8_character(bytes, size) != (exists ? size : 0)) wrong++;
    if (utf8_valid(bytes, size) != exists) wrong++;
    for (size_t part = 1; part < size; part++) {
      if (utf8_character(bytes, part) != 0 || utf8_valid(bytes, part)) wrong++;
    }
  }
  CHECK_INT(0, wrong);
}

/*
** Of all sequences of two and of three bytes, as many are right as there are code points for them.
*/
static void check_sequences(void) {
  long two = 0;
  long three = 0;

  unit_case("all short sequences");
  for (uint32_t i = 0; i < 0x1000000; i++) {
    char bytes[3] = {(char)(i >> 16), (char)(i >> 8), (char)i};
    if (i < 0x10000 && utf8_character(bytes + 1, 2) == 2) two++;
    if (utf8_character(bytes, 3) == 3) three++;
  }
  CHECK_INT(0x800 - 0x80, two);
  CHECK_INT(0x10000 - 0x800 - 0x800, three); /* without the surrogates */
}

static void check_texts(void) {
  static const struct {
    const char *text;
    bool valid;
  } cases[] = {
      {"", true},
      {"plain", true},
      {"\xc3\xa9t\xc3\xa9", true},
      {"\x80", false},
      {"a\xc3", false},
      {"\xc3\xa9\xa9", false},
      {"\xc0\x80", false},
      {"\xe0\x9f\xbf", false},
      {"\xed\xa0\x80", false},
      {"\xf8\x88\x80\x80\x80", false},
      {"\xff", false},
      {"\xf4\x8f\xbf\xbf", true},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    unit_case("case %zu", i);
    CHECK_INT(cases[i].valid, utf8_valid(cases[i].text, strlen(cases[i].text)));
  }
  unit_case("a NUL inside");
  CHECK(utf8_valid("a\0b", 3));
  CHECK(!utf8_valid("a\0\xff", 3));
}

void utf8_test(void) {
  check_points();
  check_sequences();
  check_texts();
}
