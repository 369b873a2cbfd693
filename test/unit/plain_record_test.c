/*
** Tests of ext/service/plain_record: records of every shape, broken in every way, give the same rows or the
** same error as json-c alone gives for them, wherever their bytes are split.
*/
#include "service/plain_record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "service/job.h"
#include "service/record_splitter.h"
#include "unit.h"

#define ARRAYS 60000
#define RECORDS_MAX 6 /* of an array */
#define EVERY_CUT 150 /* every so many arrays are split at each byte */

/* What is fed, as it grows. */
struct text {
  char bytes[20000];
  size_t size;
};

/* What came of it. */
struct outcome {
  struct job_decoder *decoder;
  struct job_page page;
  struct job_problem problem;
  enum job_status status; /* of the last record */
  enum splitter_status splitter_status;
  bool finished;
  size_t plain;   /* records that were read without json-c, */
  size_t escaped; /* and of these, ones with escapes */
};

static struct job_decoder *decoders[2];
static bool tame;                  /* nothing unusual in the array that is made, */
static uint32_t escapes_every = 1; /* but escapes, in one of so many strings */

static void put(struct text *text, const char *bytes, size_t size) {
  if (size > sizeof text->bytes - text->size) return;
  memcpy(text->bytes + text->size, bytes, size);
  text->size += size;
}

static void put_text(struct text *text, const char *other) { put(text, other, strlen(other)); }

static bool one_in(uint32_t count) { return unit_random(count - 1) == 0; }

/* Like one_in, for what makes a record unusual: never in a tame array. */
static bool odd_in(uint32_t count) { return !tame && one_in(count); }

static const char *any_of(const char *const *texts, size_t count) {
  return texts[unit_random((uint32_t)count - 1)];
}
#define ANY_OF(texts) any_of(texts, COUNT_OF(texts))

static void put_space(struct text *text) {
  static const char *const spaces[] = {" ", "\n  ", "\t", "\r\n", " \f", "\v", "\xc2\xa0"};

  if (one_in(40)) put_text(text, spaces[unit_random(one_in(20) ? 6 : 3)]);
}

/* A `\u`, of any range of code points and at their bounds, in any mixture of small and capital digits. */
static void put_code(struct text *text, uint32_t code) {
  char escape[8];

  snprintf(escape, sizeof escape, one_in(2) ? "\\u%04X" : "\\u%04x", code);
  if (one_in(4)) {
    for (size_t i = 2; escape[i]; i++) {
      if (escape[i] >= 'a' && one_in(2)) escape[i] = (char)(escape[i] - 'a' + 'A');
    }
  }
  put_text(text, escape);
}

static uint32_t between(uint32_t least, uint32_t most) { return least + unit_random(most - least); }

static void put_coded_escape(struct text *text) {
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
static void put_escapes(struct text *text) {
  static const char *const named[] = {"\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t"};
  static const char *const between_escapes[] = {"",         "",      "x",        "\xc3\xa9",
                                                "12345678", "u0041", "\\\\u0041"};
  static const char *const doubtful[] = {"\\u0000", "\\ud83d", "\\ude80", "\\uD83D\\u0041",
                                         "\\ud836\\udc00"};

  if (odd_in(2)) put_text(text, ANY_OF(doubtful));
  do {
    if (one_in(2)) {
      put_text(text, ANY_OF(named));
    } else {
      put_coded_escape(text);
    }
    put_text(text, ANY_OF(between_escapes));
  } while (one_in(2));
}

/* The inside of a string. */
static void put_string(struct text *text) {
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

  put_text(text, ANY_OF(usual));
  if (one_in(3)) put_text(text, ANY_OF(odd));
  if (one_in(3)) put_text(text, ANY_OF(usual));
  if (one_in(escapes_every)) put_escapes(text);
  if (odd_in(60)) put_text(text, ANY_OF(wrong));
  if (odd_in(300)) put(text, "a\0b", 3);
  if (odd_in(300)) put(text, "\\\0", 2);
}

static void put_quoted(struct text *text) {
  put_text(text, "\"");
  put_string(text);
  put_text(text, "\"");
}

/* Whatever may stand where a value is expected. */
static void put_any_value(struct text *text) {
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

  put_text(text, ANY_OF(values));
}

static void put_value(struct text *text, size_t field) {
  char number[32];

  if (odd_in(60)) {
    put_any_value(text);
  } else if (field != JOB_ID && one_in(12)) {
    put_text(text, "null");
  } else if (field == JOB_ID) {
    snprintf(number, sizeof number, "%u%.*s", unit_random(99), (int)unit_random(16),
             "0123456789012345");
    put_text(text, number[0] == '0' ? "7" : number);
  } else if (field == JOB_OVERRIDE) {
    put_text(text, one_in(2) ? "true" : "false");
  } else {
    put_quoted(text);
  }
}

static void put_member(struct text *text, size_t field) {
  static const char *const others[] = {"new",  "",          "ID",        "Tag",
                                       "tagg", "ta",        "t\\u0061g", "id ",
                                       "ids",  "createdAT", "\xc3\xa9",  "namespac"};
  put_space(text);
  if (field == JOB_FIELD_COUNT) {
    put_text(text, "\"");
    put_text(text, ANY_OF(others));
    put_text(text, "\"");
    field = unit_random(JOB_FIELD_COUNT - 1);
  } else {
    put_text(text, "\"");
    put_text(text, job_field_name((enum job_field)field));
    put_text(text, "\"");
  }
  put_space(text);
  put_text(text, odd_in(400) ? ";" : ":");
  put_space(text);
  put_value(text, field);
  put_space(text);
}

static void put_record(struct text *text) {
  size_t fields[JOB_FIELD_COUNT];
  size_t count = odd_in(4) ? unit_random(JOB_FIELD_COUNT) : JOB_FIELD_COUNT;

  for (size_t i = 0; i < JOB_FIELD_COUNT; i++) fields[i] = i;
  for (size_t i = 0; i + 1 < JOB_FIELD_COUNT && count < JOB_FIELD_COUNT;
       i++) { /* in another order */
    size_t other = i + unit_random((uint32_t)(JOB_FIELD_COUNT - 1 - i));
    size_t field = fields[i];
    fields[i] = fields[other];
    fields[other] = field;
  }
  put_text(text, "{");
  for (size_t i = 0; i < count; i++) {
    if (i) put_text(text, odd_in(500) ? "" : ",");
    put_member(text, fields[i]);
    if (one_in(40)) {
      put_text(text, ",");
      put_member(text, odd_in(4) ? unit_random(JOB_FIELD_COUNT - 1) : JOB_FIELD_COUNT);
    }
  }
  if (odd_in(500)) put_text(text, ",");
  put_text(text, "}");
}

/* Breaks a text by some bytes. */
static void mutate(struct text *text) {
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

static void put_array(struct text *text) {
  uint32_t count = unit_random(RECORDS_MAX);

  tame = one_in(2);
  escapes_every = one_in(2) ? 20 : 500;
  text->size = 0;
  put_text(text, "[");
  for (uint32_t i = 0; i < count; i++) {
    if (i) put_text(text, ",");
    put_space(text);
    put_record(text);
    put_space(text);
  }
  put_text(text, "]");
  if (one_in(2)) mutate(text);
}

static bool take_plain(void *context, const char *bytes, size_t size, size_t *taken) {
  struct outcome *outcome = context;

  outcome->status = job_decode_plain(outcome->decoder, bytes, size, &outcome->page, taken);
  outcome->plain += *taken > 0;
  outcome->escaped += *taken > 0 && memchr(bytes, '\\', *taken) != NULL;
  return outcome->status == JOB_DECODED;
}

static bool pass_by(void *context, const char *bytes, size_t size, size_t *taken) {
  (void)context;
  (void)bytes;
  (void)size;
  *taken = 0;
  return true;
}

static bool take(void *context, const char *record, size_t size) {
  struct outcome *outcome = context;

  outcome->status = job_decode(outcome->decoder, record, size, &outcome->page, &outcome->problem);
  return outcome->status == JOB_DECODED;
}

/* Decodes an array that comes in pieces: one up to `first`, and others of `step` bytes. */
static struct outcome decode(const struct text *text, bool plain, size_t first, size_t step) {
  struct outcome outcome = {.decoder = decoders[plain]};
  const struct record_sink sink = {plain ? take_plain : pass_by, take, &outcome};
  struct record_splitter splitter;

  job_page_init(&outcome.page);
  record_splitter_init(&splitter);
  for (size_t at = 0; at < text->size && outcome.splitter_status == SPLITTER_OK;) {
    size_t piece = at == 0 && first ? first : step;
    char *copy;
    if (piece > text->size - at) piece = text->size - at;
    copy = plain_resize(NULL, piece); /* of just this size, so that a sanitizer sees every excess */
    memcpy(copy, text->bytes + at, piece);
    outcome.splitter_status = record_splitter_feed(&splitter, copy, piece, &sink);
    free(copy);
    at += piece;
  }
  outcome.finished = record_splitter_finished(&splitter);
  record_splitter_reset(&splitter);
  return outcome;
}

static bool same_text(const struct job_page *a, const struct job_page *b, size_t row,
                      enum job_field field) {
  size_t a_size;
  size_t b_size;
  const char *a_text = job_page_text(a, row, field, &a_size);
  const char *b_text = job_page_text(b, row, field, &b_size);

  if (!a_text || !b_text) return a_text == b_text;
  if (a->rows[row].plain && strlen(a_text) != a_size) return false;
  return a_size == b_size && memcmp(a_text, b_text, a_size + 1) == 0; /* and the NUL */
}

static bool same_rows(const struct job_page *a, const struct job_page *b) {
  if (a->row_count != b->row_count) return false;
  for (size_t i = 0; i < a->row_count; i++) {
    if (a->rows[i].id != b->rows[i].id) return false;
    if (a->rows[i].override_flag != b->rows[i].override_flag) return false;
    for (int field = 0; field < JOB_FIELD_COUNT; field++) {
      if (field == JOB_ID || field == JOB_OVERRIDE) continue;
      if (!same_text(a, b, i, (enum job_field)field)) return false;
    }
  }
  return true;
}

/* Both ways give the same; `json` is what json-c alone gave. */
static bool check_same(const struct outcome *json, const struct text *text, size_t first,
                       size_t step) {
  struct outcome plain = decode(text, true, first, step);
  bool right;

  right = plain.splitter_status == json->splitter_status && plain.finished == json->finished &&
          plain.status == json->status && !strcmp(plain.problem.text, json->problem.text) &&
          same_rows(&plain.page, &json->page);
  job_page_free(&plain.page);
  if (right) return true;
  CHECK_INT(json->splitter_status, plain.splitter_status);
  CHECK_INT(json->status, plain.status);
  CHECK_TEXT(json->problem.text, plain.problem.text);
  CHECK_BYTES(text->bytes, text->size, "another outcome", 15);
  return CHECK(right);
}

static void check_random(void) {
  static struct text text;
  size_t plain_rows = 0;
  size_t escaped_rows = 0;
  size_t rows = 0;
  size_t wrong = 0;
  size_t complete = 0;

  for (size_t i = 0; i < ARRAYS; i++) {
    struct outcome json;
    struct outcome plain;
    put_array(&text);
    unit_case("array %zu", i);
    json = decode(&text, false, text.size, text.size);
    if (i % EVERY_CUT == 0) {
      for (size_t cut = 0; cut < text.size; cut++) {
        if (!check_same(&json, &text, cut, text.size)) break;
      }
      check_same(&json, &text, 1, 1);
    } else {
      check_same(&json, &text, unit_random((uint32_t)text.size), 1 + unit_random(600));
    }
    plain = decode(&text, true, text.size, text.size);
    plain_rows += plain.plain;
    escaped_rows += plain.escaped;
    rows += json.page.row_count;
    wrong += json.status == JOB_WRONG;
    complete += json.finished;
    CHECK(same_rows(&plain.page, &json.page));
    job_page_free(&plain.page);
    job_page_free(&json.page);
  }
  unit_case("every kind of outcome, often");
  CHECK(plain_rows > ARRAYS / 2);
  CHECK(escaped_rows > ARRAYS / 8);
  CHECK(rows - plain_rows > ARRAYS / 8);
  CHECK(wrong > ARRAYS / 10);
  CHECK(complete > ARRAYS / 10);
  CHECK(complete < ARRAYS * 9 / 10);
  if (getenv("X"))
    printf("%zu plain %zu escaped %zu rows %zu wrong %zu complete\n", plain_rows, escaped_rows,
           rows, wrong, complete);
}

/* What is plain, by the bytes that are taken; 0 for what json-c has to decide on. */
static void check_plain(void) {
  static const struct {
    const char *bytes;
    size_t taken;
  } cases[] = {
      {"{\"id\":1}", 8},
      {"{\"id\":1},{\"id\":2}", 8},
      {"{\"id\":1} x", 8},
      {"{ \"id\" : 0 }", 12},
      {"{\"tag\":\"\",\"id\":999999999999999999}", 34},
      {"{\"id\":1,\"tag\":null,\"override\":null}", 35},
      {"{\"id\":1,\"override\":true,\"tag\":\"\xc3\xa9\xf0\x9f\x9a\x80\"}", 39},
      {"{\"new\":\"x\",\"id\":1,\"more\":12,\"less\":null,\"so\":false}", 51},
      {"", 0},
      {"{}", 0},
      {"{\"id\":1", 0},
      {"{\"id\":1,}", 0},
      {"{\"id\":null}", 0},
      {"{\"id\":\"1\"}", 0},
      {"{\"id\":-1}", 0},
      {"{\"id\":01}", 0},
      {"{\"id\":1.0}", 0},
      {"{\"id\":1000000000000000000}", 0},
      {"{\"id\":1,\"id\":1}", 0},
      {"{\"id\":1,\"tag\":1}", 0},
      {"{\"id\":1,\"tag\":true}", 0},
      {"{\"id\":1,\"tag\":\"x\",\"status\":1}", 0},
      {"{\"id\":1,\"override\":1}", 0},
      {"{\"id\":1,\"tag\":\"\\n\"}", 19},
      {"{\"id\":1,\"tag\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", 33},
      {"{\"id\":1,\"tag\":\"\\u0001\\uD7fF\\ue000\\uFFFF\"}", 41},
      {"{\"id\":1,\"tag\":\"\\ud800\\udc00\\uDBFF\\uDFFF\"}", 41},
      {"{\"id\":1,\"tag\":\"\\ud83d\\ude80\\ud869\\udfff\"}", 41},
      {"{\"id\":1,\"tag\":\"\\ud836\\udc00\"}", 0},
      {"{\"id\":1,\"tag\":\"\\ud877\\udfff\"}", 0},
      {"{\"id\":1,\"tag\":\"\\u0000\"}", 0},
      {"{\"id\":1,\"tag\":\"\\ud800\"}", 0},
      {"{\"id\":1,\"tag\":\"\\a\"}", 0},
      {"{\"id\":1,\"tag\":\"\\\"}", 0},
      {"{\"id\":1,\"tag\":\"\\\\\"", 0},
      {"{\"id\":1,\"tag\":\"\\n\n\"}", 0},
      {"{\"id\":1,\"tag\":\"\\n\xff\"}", 0},
      {"{\"id\":1,\"new\":\"\\n\"}", 0},
      {"{\"id\":1,\"tag\":\"\n\"}", 0},
      {"{\"id\":1,\"tag\":\"\xff\"}", 0},
      {"{\"id\":1,\"t\\u0061g\":\"x\"}", 0},
      {"{\"id\":1,\"new\":{}}", 0},
      {"{\"id\":1,\"new\":[]}", 0},
      {"{\"id\":1,\"new\":1.5}", 0},
      {"[{\"id\":1}]", 0},
  };
  struct job_page page;

  job_page_init(&page);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    size_t taken = 99;
    unit_case("%s", cases[i].bytes);
    job_page_clear(&page);
    CHECK_INT(JOB_DECODED,
              job_decode_plain(decoders[0], cases[i].bytes, strlen(cases[i].bytes), &page, &taken));
    CHECK_INT(cases[i].taken, taken);
    CHECK_INT(taken > 0, page.row_count);
    if (!taken) CHECK_INT(0, page.text_size);
  }
  job_page_free(&page);
}

/* A text with escapes in the row before is no reason to take it without them. */
static void check_behind_escapes(bool by_json) {
  static const struct {
    const char *first;
    const char *second;
  } cases[] = {{"{\"id\":1,\"tag\":\"a\\nb\"}", "{\"id\":1,\"tag\":\"a\nb\"}"},
               {"{\"id\":1,\"tag\":\"a\\\"b\"}", "{\"id\":1,\"tag\":\"a\"b\"}"},
               {"{\"id\":1,\"tag\":\"a\\\\\"}", "{\"id\":1,\"tag\":\"a\\\"}"}};
  struct job_problem problem;
  struct job_page page;

  job_page_init(&page);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    size_t size = strlen(cases[i].first);
    size_t taken;
    unit_case("%s", cases[i].first);
    if (by_json) {
      CHECK_INT(JOB_DECODED, job_decode(decoders[0], cases[i].first, size, &page, &problem));
    } else {
      CHECK_INT(JOB_DECODED, job_decode_plain(decoders[0], cases[i].first, size, &page, &taken));
      CHECK_INT(size, taken);
    }
    CHECK_INT(JOB_DECODED, job_decode_plain(decoders[0], cases[i].second, strlen(cases[i].second),
                                            &page, &taken));
    CHECK_INT(0, taken);
  }
  job_page_free(&page);
}

/* When the nth allocation fails, the page is as before, and the record can be taken later. */
static void check_no_memory(const char *escape) {
  static struct text text;
  size_t sizes[2];

  text.size = 0;
  put_text(&text, "{\"id\":1,\"tag\":\"");
  memset(text.bytes + text.size, 'x', 9000);
  text.size += 9000;
  put_text(&text, escape);
  put_text(&text, "\",\"status\":\"success\"}");
  for (long nth = 1; nth <= 3; nth++) {
    struct job_page page;
    enum job_status status;
    bool refused;
    unit_case("allocation %ld, '%s'", nth, escape);
    job_page_init(&page);
    allocation_fail_at(nth, false);
    status = job_decode_plain(decoders[0], text.bytes, text.size, &page, &sizes[0]);
    refused = allocation_stop() > 0;
    CHECK_INT(nth <= 2, refused);
    CHECK_INT(refused ? JOB_NO_MEMORY : JOB_DECODED, status);
    CHECK_INT(!refused, page.row_count);
    CHECK_INT(refused ? 0 : text.size, sizes[0]);
    if (refused) CHECK_INT(0, page.text_size);
    CHECK_INT(JOB_DECODED, job_decode_plain(decoders[0], text.bytes, text.size, &page, &sizes[1]));
    CHECK_INT(text.size, sizes[1]);
    job_page_free(&page);
  }
}

/* A text that the row before has too takes no memory again, be it plain or not. */
static void check_repeated(void) {
  static const char *const records[] = {
      "{\"id\":1,\"tag\":\"latest\",\"status\":\"success\"}",
      "{\"id\":2,\"tag\":\"latest\",\"status\":\"success\"}",
      "{\"id\":3,\"tag\":\"lat\\u0065st\",\"status\":\"succes\\u0073\"}",
      "{\"id\":4,\"tag\":\"latest\",\"status\":\"success\"}",
      "{\"id\":5,\"tag\":\"latest\",\"status\":\"success\",\"new\":[]}",
      "{\"id\":6,\"tag\":\"latest\",\"status\":\"success\"}"};
  static const char longer[] = "{\"id\":7,\"tag\":\"latest1\",\"status\":\"succes\"}";
  struct job_problem problem;
  struct job_page page;
  size_t before = 0;
  size_t taken;

  job_page_init(&page);
  for (size_t i = 0; i < COUNT_OF(records); i++) {
    size_t size;
    unit_case("%s", records[i]);
    job_decode_plain(decoders[0], records[i], strlen(records[i]), &page, &taken);
    if (!taken) job_decode(decoders[0], records[i], strlen(records[i]), &page, &problem);
    CHECK_INT(i != 4, taken > 0);
    CHECK_INT(i != 2 && i != 4, page.rows[i].plain);
    CHECK_TEXT("latest", job_page_text(&page, i, JOB_TAG, &size));
    CHECK_TEXT("success", job_page_text(&page, i, JOB_STATUS, &size));
    if (i > 0) CHECK_INT(before, page.text_size);
    before = page.text_size;
  }
  unit_case("the beginning of a text is not the text");
  CHECK_INT(JOB_DECODED, job_decode_plain(decoders[0], longer, sizeof longer - 1, &page, &taken));
  CHECK_TEXT("latest1", job_page_text(&page, 6, JOB_TAG, &taken));
  CHECK_TEXT("succes", job_page_text(&page, 6, JOB_STATUS, &taken));
  job_page_free(&page);
}

void plain_record_test(void) {
  for (size_t i = 0; i < COUNT_OF(decoders); i++) {
    decoders[i] = job_decoder_create();
    if (!CHECK(decoders[i] != NULL)) return;
  }
  check_plain();
  check_behind_escapes(true);
  check_behind_escapes(false);
  check_no_memory("");
  check_no_memory("\\n");
  check_repeated();
  check_random();
  for (size_t i = 0; i < COUNT_OF(decoders); i++) job_decoder_destroy(decoders[i]);
}
