/*
** Records of every shape, and broken in every way: see random_records.h.
*/
#include "random_records.h"

#include <stdio.h>
#include <string.h>

#include "api/listing.h"
#include "unit.h"

#define RECORDS_MAX 6 /* of an array */

static const struct listing *listed; /* what records are made of, */
static int members[COLUMNS_MAX];     /* and its columns that are members */
static uint32_t member_count;
static bool tame;                  /* nothing unusual in the array that is made, */
static uint32_t escapes_every = 1; /* but escapes, in one of so many strings */

static void put(struct random_text *text, const char *bytes, size_t size) {
  if (size > sizeof text->bytes - text->size) return;
  memcpy(text->bytes + text->size, bytes, size);
  text->size += size;
}

void random_text_put(struct random_text *text, const char *other) {
  put(text, other, strlen(other));
}

static bool one_in(uint32_t count) { return unit_random(count - 1) == 0; }

/* Like one_in, for what makes a record unusual: never in a tame array. */
static bool odd_in(uint32_t count) { return !tame && one_in(count); }

static const char *any_of(const char *const *texts, size_t count) {
  return texts[unit_random((uint32_t)count - 1)];
}
#define ANY_OF(texts) any_of(texts, COUNT_OF(texts))

static void put_space(struct random_text *text) {
  static const char *const spaces[] = {" ", "\n  ", "\t", "\r\n", " \f", "\v", "\xc2\xa0"};

  if (one_in(40)) random_text_put(text, spaces[unit_random(one_in(20) ? 6 : 3)]);
}

/*
** A `\u`, of any range of code points and at their bounds, in any mixture of small and capital
** digits.
*/
static void put_code(struct random_text *text, uint32_t code) {
  char escape[8];

  snprintf(escape, sizeof escape, one_in(2) ? "\\u%04X" : "\\u%04x", code);
  if (one_in(4)) {
    for (size_t i = 2; escape[i]; i++) {
      if (escape[i] >= 'a' && one_in(2)) escape[i] = (char)(escape[i] - 'a' + 'A');
    }
  }
  random_text_put(text, escape);
}

static uint32_t between(uint32_t least, uint32_t most) { return least + unit_random(most - least); }

static void put_coded_escape(struct random_text *text) {
  static const uint32_t bounds[] = {0,      1,      0x1f,   0x20,   0x22,   0x5c,   0x7f,
                                    0x80,   0x7ff,  0x800,  0xfff,  0x1000, 0xd7ff, 0xd800,
                                    0xdbff, 0xdc00, 0xdfff, 0xe000, 0xfffd, 0xfffe, 0xffff};

  switch (unit_random(5)) {
    case 0:
      put_code(text, bounds[unit_random(COUNT_OF(bounds) - 1)]);
      break;
    case 1:
      put_code(text, between(1, 0x7ff));
      break;
    case 2:
      put_code(text, between(0, 0xffff));
      break;
    case 3: /* halves of pairs that do not belong together, or stand alone */
      if (one_in(4)) put_code(text, between(0xd700, 0xe100));
      if (one_in(4)) put_code(text, between(0xd700, 0xe100));
      break;
    default:
      put_code(text, one_in(4) ? 0xd800 : one_in(3) ? 0xdbff : between(0xd800, 0xdbff));
      put_code(text, one_in(4) ? 0xdc00 : one_in(3) ? 0xdfff : between(0xdc00, 0xdfff));
  }
}

/* Escapes of every kind, some of which json-c has to decide on. */
static void put_escapes(struct random_text *text) {
  static const char *const named[] = {"\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t"};
  static const char *const between_escapes[] = {"",         "",      "x",        "\xc3\xa9",
                                                "12345678", "u0041", "\\\\u0041"};
  static const char *const doubtful[] = {"\\u0000", "\\ud83d", "\\ude80", "\\uD83D\\u0041",
                                         "\\ud836\\udc00"};

  if (odd_in(2)) random_text_put(text, ANY_OF(doubtful));
  do {
    if (one_in(2)) {
      random_text_put(text, ANY_OF(named));
    } else {
      put_coded_escape(text);
    }
    random_text_put(text, ANY_OF(between_escapes));
  } while (one_in(2));
}

/* What no string may hold. */
static void put_wrong(struct random_text *text) {
  static const char *const wrong[] = {"\\x41",
                                      "\\u12",
                                      "\\",
                                      "\\'",
                                      "\x01",
                                      "\x1f",
                                      "\n",
                                      "\t",
                                      "\xc3",
                                      "\xc0\x80",
                                      "\xed\xa0\x80",
                                      "\x80",
                                      "\xf4\x90\x80\x80",
                                      "\xff",
                                      "\xe2\x82",
                                      "\xf0\x9f\x9a",
                                      "\"",
                                      "\\u123g",
                                      "\\U0041",
                                      "\\u 041",
                                      "\\u+041",
                                      "\\u004",
                                      "\\u",
                                      "\\ud83d\\ude8",
                                      "\\ud83d\\u",
                                      "\\a",
                                      "\\0",
                                      "\\v",
                                      "\\\n",
                                      "\\\xc3\xa9"};

  random_text_put(text, ANY_OF(wrong));
}

/* The inside of a string. */
static void put_string(struct random_text *text) {
  static const char *const usual[] = {"",
                                      "8",
                                      "latest",
                                      "v1.2.3",
                                      "success",
                                      "cn-north-4",
                                      "group/app",
                                      "2025-12-31T13:31:55.348Z",
                                      "2025-12-31T13:31:55.348001Z",
                                      "06a1f3c0d7800f2a1f5ac01bd2f1e9aa",
                                      "06a1f3c0d7800f2a1f5ac01bd2f1e9ab",
                                      "1234567",
                                      "12345678",
                                      "123456789"};
  static const char *const odd[] = {"\xc3\xa9",
                                    "\xe5\x8f\x91\xe5\xb8\x83",
                                    "\xf0\x9f\x9a\x80",
                                    "\xef\xbf\xbf",
                                    "\xf4\x8f\xbf\xbf",
                                    "\x7f",
                                    "'",
                                    "{",
                                    "}]",
                                    ",",
                                    "//"};

  random_text_put(text, ANY_OF(usual));
  if (one_in(3)) random_text_put(text, ANY_OF(odd));
  if (one_in(3)) random_text_put(text, ANY_OF(usual));
  if (one_in(escapes_every)) put_escapes(text);
  if (odd_in(60)) put_wrong(text);
  if (odd_in(300)) put(text, "a\0b", 3);
  if (odd_in(300)) put(text, "\\\0", 2);
}

static void put_quoted(struct random_text *text) {
  random_text_put(text, "\"");
  put_string(text);
  random_text_put(text, "\"");
}

/* Whatever may stand where a value is expected. */
static void put_any_value(struct random_text *text) {
  static const char *const values[] = {"null",
                                       "true",
                                       "false",
                                       "0",
                                       "1",
                                       "-1",
                                       "-0",
                                       "01",
                                       "00",
                                       "1.0",
                                       "1e3",
                                       "1E+2",
                                       "-",
                                       "+1",
                                       ".5",
                                       "1.",
                                       "1e",
                                       "9223372036854775806",
                                       "9223372036854775807",
                                       "9223372036854775808",
                                       "-9223372036854775807",
                                       "-9223372036854775808",
                                       "18446744073709551616",
                                       "999999999999999999",
                                       "1000000000000000000",
                                       "99999999999999999999999999",
                                       "[]",
                                       "{}",
                                       "[1,\"x\",{\"tag\":2}]",
                                       "{\"id\":1,\"a\":[{}]}",
                                       "[[[[]]]]",
                                       "[}",
                                       "nul",
                                       "nulls",
                                       "NULL",
                                       "True",
                                       "TRUE",
                                       "truefalse",
                                       "NaN",
                                       "Infinity",
                                       "-Infinity",
                                       "0x10",
                                       "1_0",
                                       "'a'",
                                       "\"",
                                       "",
                                       "1 2",
                                       "\"a\" \"b\"",
                                       "\"a\"b",
                                       "true1",
                                       "1true",
                                       "/**/1",
                                       "undefined"};

  random_text_put(text, ANY_OF(values));
}

/* A member's name, with the colon. */
static void put_name(struct random_text *text) {
  put_space(text);
  put_quoted(text);
  put_space(text);
  random_text_put(text, ":");
}

/* A value with no others in it. */
static void put_scalar(struct random_text *text) {
  static const char *const scalars[] = {
      "null", "true", "false", "0", "-0", "-1.5e+3", "10E2", "0.00", "12345678901234567890",
      "[]",   "{ }",  "[ ]"};

  if (one_in(2)) {
    put_quoted(text);
  } else {
    random_text_put(text, ANY_OF(scalars));
  }
}

/* A value of any kind, with others in it, right, but for what odd strings hold. */
static void put_json(struct random_text *text, size_t depth) {
  bool objects[4]; /* of the arrays and objects that are open */
  size_t open = 0;

  for (;;) {
    put_space(text);
    if (open < depth && one_in(2)) {
      objects[open] = one_in(2);
      random_text_put(text, objects[open] ? "{" : "[");
      if (objects[open++]) put_name(text);
      continue;
    }
    put_scalar(text);
    while (open && one_in(2)) {
      put_space(text);
      if (odd_in(300)) random_text_put(text, ",");
      random_text_put(text, objects[--open] ? "}" : "]");
    }
    if (!open) return;
    random_text_put(text, odd_in(300) ? " " : ",");
    if (objects[open - 1]) put_name(text);
  }
}

static void put_value(struct random_text *text, const struct column *column) {
  bool may_be_null = !(column->flags & COLUMN_NOT_NULL) || odd_in(20);
  char number[32];

  if (odd_in(60)) {
    put_any_value(text);
  } else if (may_be_null && one_in(12)) {
    random_text_put(text, "null");
  } else if (column->kind == COLUMN_REAL) {
    snprintf(number, sizeof number, "%s%s", one_in(3) ? "11" : "-1",
             one_in(6) ? ".25" : (one_in(6) ? "e-3" : ""));
    random_text_put(text, number);
  } else if (column->kind == COLUMN_INTEGER) {
    snprintf(number, sizeof number, "%u%.*s", unit_random(99), (int)unit_random(16),
             "0123456789012345");
    random_text_put(text, number[0] == '0' ? "7" : number);
  } else if (column->kind == COLUMN_BOOLEAN) {
    random_text_put(text, one_in(2) ? "true" : "false");
  } else if (column->kind == COLUMN_JSON) {
    put_json(text, 3);
  } else {
    put_quoted(text);
  }
}

/* The member of a column; of none for -1. */
static void put_member(struct random_text *text, int index) {
  static const char *const others[] = {"new",  "",          "ID",        "Tag",
                                       "tagg", "ta",        "t\\u0061g", "id ",
                                       "ids",  "createdAT", "\xc3\xa9",  "namespac"};

  put_space(text);
  random_text_put(text, "\"");
  random_text_put(text, index < 0 ? ANY_OF(others) : listing_member(&listed->columns[index]));
  random_text_put(text, "\"");
  put_space(text);
  random_text_put(text, odd_in(400) ? ";" : ":");
  put_space(text);
  put_value(text, &listed->columns[index < 0 ? members[unit_random(member_count - 1)] : index]);
  put_space(text);
}

static void put_record(struct random_text *text) {
  int order[COLUMNS_MAX];
  uint32_t count = odd_in(4) ? unit_random(member_count) : member_count;

  memcpy(order, members, sizeof order);
  for (uint32_t i = 0; i + 1 < member_count && count < member_count; i++) { /* in another order */
    uint32_t other = i + unit_random(member_count - 1 - i);
    int index = order[i];
    order[i] = order[other];
    order[other] = index;
  }
  random_text_put(text, "{");
  for (uint32_t i = 0; i < count; i++) {
    if (i) random_text_put(text, odd_in(500) ? "" : ",");
    put_member(text, order[i]);
    if (one_in(40)) {
      random_text_put(text, ",");
      put_member(text, odd_in(4) ? members[unit_random(member_count - 1)] : -1);
    }
  }
  if (odd_in(500)) random_text_put(text, ",");
  random_text_put(text, "}");
}

/* Breaks a text by some bytes. */
static void mutate(struct random_text *text) {
  static const char bytes[] = "\"\\{}[],:0-1.etnu '\n\t\x01\x7f\x80\xc3\xed\xf0\xff";

  for (uint32_t i = unit_random(2); i < 3 && text->size > 1; i++) {
    size_t at = unit_random((uint32_t)text->size - 1);
    char byte = (char)unit_random(255);
    if (one_in(2)) byte = bytes[unit_random(sizeof bytes - 2)];
    switch (unit_random(4)) {
      case 0:
      case 1:
        text->bytes[at] = byte;
        break;
      case 2:
        memmove(text->bytes + at, text->bytes + at + 1, --text->size - at);
        break;
      case 3:
        if (text->size == sizeof text->bytes) break;
        memmove(text->bytes + at + 1, text->bytes + at, text->size++ - at);
        text->bytes[at] = byte;
        break;
      default:
        if (one_in(8)) text->size = at;
    }
  }
}

/* Members around the array. */
static void put_around(struct random_text *text, bool before) {
  for (uint32_t i = unit_random(2); i < 2; i++) {
    if (!before) random_text_put(text, ",");
    put_name(text);
    put_json(text, 2);
    if (before) random_text_put(text, ",");
  }
}

void random_list(struct random_text *text, const struct listing *listing) {
  uint32_t count = unit_random(RECORDS_MAX);

  listed = listing;
  member_count = 0;
  for (int i = 0; i < listing->column_count; i++) {
    if (!(listing->columns[i].flags & COLUMN_HIDDEN)) members[member_count++] = i;
  }
  tame = one_in(2);
  escapes_every = one_in(2) ? 20 : 500;
  text->size = 0;
  if (listing->envelope) {
    random_text_put(text, "{");
    put_around(text, true);
    random_text_put(text, "\"");
    random_text_put(text, odd_in(50) ? "other" : listing->envelope);
    random_text_put(text, "\"");
    put_space(text);
    random_text_put(text, ":");
    put_space(text);
  }
  random_text_put(text, "[");
  for (uint32_t i = 0; i < count; i++) {
    if (i) random_text_put(text, ",");
    put_space(text);
    put_record(text);
    put_space(text);
  }
  random_text_put(text, "]");
  if (listing->envelope) {
    put_around(text, false);
    random_text_put(text, "}");
  }
  if (one_in(2)) mutate(text);
}

/* ---- listings ---- */

static bool is_named(const struct random_listing *random, const char *member) {
  for (int i = 0; i < random->listing.column_count; i++) {
    const char *other = listing_member(&random->columns[i]);
    if (other && !strcmp(other, member)) return true;
  }
  return false;
}

void random_listing(struct random_listing *random) {
  static const char *const names[] = {"id",
                                      "ids",
                                      "tag",
                                      "tagg",
                                      "ta",
                                      "t",
                                      "createdAt",
                                      "createdAt2",
                                      "new",
                                      "ID",
                                      "\xc3\xa9",
                                      "namespace",
                                      "namespac",
                                      "override",
                                      "a b",
                                      "12345678",
                                      "123456",
                                      "",
                                      "a-name-that-is-too-long-for-records-with-it-to-be-plain"};
  int count = 1 + (int)unit_random(17);

  memset(random, 0, sizeof *random);
  random->listing.columns = random->columns;
  random->listing.envelope = one_in(3) ? "list" : NULL;
  for (int i = 0; i < count; i++) {
    struct column *column = &random->columns[i];
    const char *member = ANY_OF(names);
    column->name = "name";
    column->kind = (enum column_kind)unit_random(COLUMN_JSON);
    if (one_in(4)) column->flags |= COLUMN_NOT_NULL;
    if (one_in(5)) column->flags |= COLUMN_LARGE;
    if (i > 0 && (one_in(8) || is_named(random, member))) {
      column->flags |= COLUMN_HIDDEN;
    } else {
      column->member = member;
    }
    random->listing.column_count++;
  }
}
