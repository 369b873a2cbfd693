/*
** Tests of ext/base/json_text: escapes of every character, wherever they end, and what is none.
*/
#include "base/json_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "base/utf8.h"
#include "unit.h"

/*
** Unescapes a copy of just this size into memory of that size, so that a sanitizer sees every
** excess.
*/
static bool unescape(const char *text, size_t size, char *out, size_t *written) {
  char *copy = plain_resize(NULL, size ? size : 1);
  char *room = plain_resize(NULL, size ? size : 1);
  bool right;

  memcpy(copy, text, size);
  right = json_unescape(copy + (size ? 0 : 1), size, room, written);
  if (right && CHECK(*written <= size)) memcpy(out, room, *written);
  free(copy);
  free(room);
  return right;
}

static void check_texts(void) {
  static const struct {
    const char *text;
    const char *meaning;
  } cases[] = {
      {"", ""},
      {"latest", "latest"},
      {"\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t"},
      {"a\\nb and more than eight\\t", "a\nb and more than eight\t"},
      {"\xc3\xa9\\u00e9\\u00E9\xf0\x9f\x9a\x80", "\xc3\xa9\xc3\xa9\xc3\xa9\xf0\x9f\x9a\x80"},
      {"\\u0022\\u005c\\u001f", "\"\\\x1f"},
      {"\\\\u0041", "\\u0041"},
      {"\\u00411", "A1"},
      {"\\ud83d\\ude80\\uD83D\\uDE80", "\xf0\x9f\x9a\x80\xf0\x9f\x9a\x80"},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    char out[64];
    size_t written = 0;
    unit_case("%s", cases[i].text);
    CHECK(unescape(cases[i].text, strlen(cases[i].text), out, &written));
    CHECK_BYTES(cases[i].meaning, strlen(cases[i].meaning), out, written);
  }
}

static void check_refused(void) {
  static const char *const texts[] = {"\\ud800\\udc00\\udbff\\udbff",
                                      "\\u0000",
                                      "\\ud83d",
                                      "\\ud83dx",
                                      "\\ude80",
                                      "\\ude80\\ud83d",
                                      "\\ud83d\\ud83d",
                                      "\\ud83d\\u0041",
                                      "\\ud83d\\ue000",
                                      "\\ud83d\\nde80",
                                      "\\ud83dude80",
                                      "\\ud83d/ude80",
                                      "\\ud83d\\",
                                      "\\ud83d\\u",
                                      "\\ud83d\\ude8",
                                      "\\",
                                      "a\\",
                                      "\\u",
                                      "\\u004",
                                      "\\u 041",
                                      "\\u+041",
                                      "\\u-041",
                                      "\\u0x41",
                                      "\\u004/",
                                      "\\u004:",
                                      "\\u004@",
                                      "\\u004G",
                                      "\\u004`",
                                      "\\u004g",
                                      "\\U0041",
                                      "\\x41",
                                      "\\a",
                                      "\\0",
                                      "\\'",
                                      "\\N",
                                      "\\\xc3\xa9",
                                      "\"",
                                      "a\nb",
                                      "\x1f",
                                      "\xff",
                                      "\\n\xc3",
                                      "\xed\xa0\xbd\xed\xba\x80"};

  for (size_t i = 0; i < COUNT_OF(texts); i++) {
    char out[64];
    size_t written;
    unit_case("%s", texts[i]);
    CHECK(!unescape(texts[i], strlen(texts[i]), out, &written));
  }
}

/* Any byte after a backslash, and alone. */
static void check_bytes(void) {
  for (int byte = 0; byte < 256; byte++) {
    const char text[2] = {'\\', (char)byte};
    char out[2];
    size_t written;
    unit_case("byte %d", byte);
    CHECK_INT(byte && strchr("\"\\/bfnrt", byte) != NULL, unescape(text, 2, out, &written));
    CHECK_INT(byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\',
              unescape(text + 1, 1, out, &written));
  }
}

/* True if the bytes are this one character, in the only way that it can be written. */
static bool is_character(const char *bytes, size_t size, uint32_t point) {
  const unsigned char *byte = (const unsigned char *)bytes;
  uint32_t read = 0;

  if (!utf8_valid(bytes, size) || utf8_character(bytes, size) != size) return false;
  for (size_t i = 0; i < size; i++) read = read << 6 | (byte[i] & (i ? 0x3fU : 0xffU));
  if (size > 1) read &= (UINT32_C(1) << (size * 5 + 1)) - 1; /* without the bits of the length */
  return read == point;
}

/* All characters, by one escape or by a pair, but for those that are left to others. */
static void check_points(void) {
  long wrong = 0;

  unit_case("all code points");
  for (uint32_t point = 0; point < 0x110000; point++) {
    bool expected = point != 0 && (point & 0xf800) != 0xd800;
    uint32_t above = point - 0x10000;
    char text[16];
    char out[16];
    size_t written = 0;
    bool right;
    if (point < 0x10000) {
      snprintf(text, sizeof text, "\\u%04x", point);
    } else {
      snprintf(text, sizeof text, "\\u%04X\\u%04x", 0xd800 + (above >> 10),
               0xdc00 + (above & 0x3ff));
    }
    right = json_unescape(text, strlen(text), out, &written);
    wrong += right != expected || (right && !is_character(out, written, point));
  }
  CHECK_INT(0, wrong);
}

/* Where values end; 0 for what is none. */
static const struct {
  const char *text;
  size_t size;
} values[] = {
    {"null", 4},
    {"nullx", 4},
    {" true,", 5},
    {"false ", 5},
    {"0", 1},
    {"01", 1},
    {"-0.50e+10]", 9},
    {"1E2", 3},
    {"\"a\\\"b\"c", 6},
    {"[]", 2},
    {"{}", 2},
    {"[1,[2,{}]] ", 10},
    {"{\"a\":{\"b\":[]},\"a\":0}", 20},
    {"{ \"\" : 1 }x", 10},
    {"", 0},
    {" ", 0},
    {"nul", 0},
    {"True", 0},
    {"-", 0},
    {"+1", 0},
    {".5", 0},
    {"1.", 0},
    {"1e", 0},
    {"1e+", 0},
    {"-a", 0},
    {"NaN", 0},
    {"Infinity", 0},
    {"'a'", 0},
    {"\"a", 0},
    {"\"\\x\"", 0},
    {"\"\\u12\"", 0},
    {"\"\x1f\"", 0},
    {"\"\xff\"", 0},
    {"[", 0},
    {"[1", 0},
    {"[1,]", 0},
    {"[,1]", 0},
    {"[1 2]", 0},
    {"[1}", 0},
    {"{", 0},
    {"{\"a\"}", 0},
    {"{\"a\":}", 0},
    {"{\"a\":1,}", 0},
    {"{a:1}", 0},
    {"{\"a\":1]", 0},
    {"{\"a\" 1}", 0},
    {"{1:1}", 0},
    {"[/**/]", 0},
    {"[\f]", 0},
};

static void check_values(void) {
  static const char digits[] = "12";
  const char *passed;

  unit_case("a number ends where the text does");
  CHECK(json_pass_value(digits, digits + 1, 8, &passed) == digits + 1);
  for (size_t i = 0; i < COUNT_OF(values); i++) {
    size_t size = strlen(values[i].text);
    char *copy = plain_resize(NULL, size ? size : 1); /* so that a sanitizer sees every excess */
    const char *seen;
    const char *after;
    memcpy(copy, values[i].text, size);
    unit_case("%s", values[i].text);
    after = json_pass_value(copy, copy + size, 8, &seen);
    CHECK_INT(values[i].size, after ? after - copy : 0);
    free(copy);
  }
}

/* As deep as was said, and no deeper, be it in arrays or objects or both. */
static void check_depth(void) {
  char text[64 * 6 + 1];
  const char *seen;

  for (int depth = 1; depth <= 64; depth++) {
    for (uint64_t objects = 0; objects < 4; objects++) {
      size_t size = 0;
      for (int i = 0; i < depth; i++) {
        bool object = objects >> i % 2 & 1;
        size += (size_t)snprintf(text + size, sizeof text - size, object ? "{\"\":" : "[");
      }
      text[size++] = '1';
      for (int i = depth - 1; i >= 0; i--) text[size++] = objects >> i % 2 & 1 ? '}' : ']';
      unit_case("%.*s", (int)size, text);
      CHECK(json_pass_value(text, text + size, depth, &seen) == text + size);
      CHECK(!json_pass_value(text, text + size, depth - 1, &seen));
    }
  }
}

void json_text_test(void) {
  check_values();
  check_depth();
  check_texts();
  check_refused();
  check_bytes();
  check_points();
}
