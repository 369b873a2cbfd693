/*
** Tests of ext/record/record_reader: random lists of records of random listings give the same rows,
** or the same error, as json_record alone gives for each record and as json-c gives for the whole
** of it, wherever their bytes are split.
*/
#include "record/record_reader.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "random_records.h"
#include "unit.h"

#define LISTINGS 1500
#define LISTS 20 /* of each listing */

/* What came of one list. */
struct outcome {
  struct record_page page;
  struct record_problem problem;
  enum record_status status;
  bool finished;
};

/* A list that is read without plain records, and each of its records by json-c as a whole. */
struct slow_reading {
  struct json_reader reader;
  struct outcome outcome;
  uint32_t decoded;
};

static size_t taken_count;
static size_t wrong_count;

/* ---- json-c as a whole ---- */

/* json-c 0.18, where it is strict, takes no strings but ASCII and no integers beyond 64 bits. */
static bool can_be_strict(void) { return json_c_version_num() < (18 << 8); }

/* NULL if it is no record. */
static json_object *parse_whole(const char *bytes, size_t size) {
  json_tokener *tokener = json_tokener_new_ex(RECORD_DEPTH + 1);
  json_object *value;
  bool whole;

  json_tokener_set_flags(tokener, can_be_strict() ? JSON_TOKENER_STRICT : 0);
  value = json_tokener_parse_ex(tokener, bytes, (int)size);
  whole = value && json_tokener_get_parse_end(tokener) == size &&
          json_object_is_type(value, json_type_object);
  json_tokener_free(tokener);
  if (whole) return value;
  json_object_put(value);
  return NULL;
}

/* True if a record may have what json-c takes for JSON and is none. */
static bool is_odd(const char *bytes, size_t size) {
  static const char *const odd[] = {"NaN", "Infinity", "00", "01", "0.", "1.", "1e", "-.", "-0"};

  for (size_t i = 0; i < COUNT_OF(odd); i++) {
    if (memmem(bytes, size, odd[i], strlen(odd[i]))) return true;
  }
  return !can_be_strict();
}

/* True if a text of the page is what json-c has for it. */
static bool same_text(const struct outcome *outcome, int column, json_object *value) {
  size_t row = outcome->page.row_count - 1;
  size_t size;
  const char *text = record_page_text(&outcome->page, row, column, &size);
  json_object *again;
  bool same;

  if (!text || !value) return !text && !value;
  if (outcome->page.listing->columns[column].kind != COLUMN_JSON) {
    return json_object_is_type(value, json_type_string) &&
           (size_t)json_object_get_string_len(value) == size &&
           !memcmp(json_object_get_string(value), text, size) && text[size] == '\0';
  }
  again = json_tokener_parse(text);
  same = again && json_object_equal(value, again);
  json_object_put(again);
  return same;
}

static bool same_value(const struct outcome *outcome, int column, json_object *value) {
  const struct record_page *page = &outcome->page;
  bool present;
  int64_t number;
  double real;

  switch (page->listing->columns[column].kind) {
    case COLUMN_INTEGER:
      number = record_page_integer(page, page->row_count - 1, column, &present);
      return value ? present && json_object_is_type(value, json_type_int) &&
                         json_object_get_int64(value) == number
                   : !present;
    case COLUMN_REAL:
      real = record_page_real(page, page->row_count - 1, column, &present);
      return value ? present && json_object_get_double(value) == real : !present;
    case COLUMN_BOOLEAN:
      number = record_page_boolean(page, page->row_count - 1, column, &present);
      return value ? present && json_object_is_type(value, json_type_boolean) &&
                         json_object_get_boolean(value) == number
                   : !present;
    default:
      return same_text(outcome, column, value);
  }
}

/* What json_record has said of the record is what json-c says. */
static void check_record(const struct slow_reading *reading, const char *record, size_t size) {
  const struct outcome *outcome = &reading->outcome;
  const struct listing *listing = outcome->page.listing;
  json_object *whole = parse_whole(record, size);
  bool same = true;

  if (outcome->status == RECORD_OK) {
    taken_count++;
    if (!CHECK(whole != NULL)) CHECK_BYTES("", 0, record, size);
    for (int i = 0; i < listing->column_count && whole; i++) {
      json_object *value = NULL;
      if (listing->columns[i].flags & COLUMN_HIDDEN) continue;
      json_object_object_get_ex(whole, listing_member(&listing->columns[i]), &value);
      same = same && same_value(outcome, i, reading->decoded >> i & 1 ? value : NULL);
    }
    if (!same) CHECK_BYTES("other values", 12, record, size);
  } else if (strstr(outcome->problem.text, "valid JSON") && !is_odd(record, size)) {
    wrong_count++;
    if (!CHECK(!whole)) CHECK_BYTES("", 0, record, size);
  }
  json_object_put(whole);
}

/* ---- both ways ---- */

static enum record_status pass_by(void *context, const char *bytes, size_t size, size_t *taken) {
  (void)context;
  (void)bytes;
  (void)size;
  *taken = 0;
  return RECORD_OK;
}

static enum record_status take(void *context, const char *record, size_t size) {
  struct slow_reading *reading = context;
  struct outcome *outcome = &reading->outcome;

  outcome->status =
      json_record_take(&reading->reader, record, size, &outcome->page, &outcome->problem);
  check_record(reading, record, size);
  return outcome->status;
}

static struct outcome read_slowly(const struct random_text *text, const struct listing *listing,
                                  uint32_t wanted) {
  struct slow_reading reading = {.decoded = listing_decoded(listing, wanted)};
  const struct record_sink sink = {pass_by, take, &reading};
  struct record_splitter splitter;

  record_page_init(&reading.outcome.page, listing);
  json_reader_init(&reading.reader, listing, wanted);
  record_splitter_init(&splitter, listing->envelope);
  reading.outcome.status = record_splitter_feed(&splitter, text->bytes, text->size, &sink);
  reading.outcome.finished = record_splitter_finished(&splitter);
  record_splitter_reset(&splitter);
  json_reader_free(&reading.reader);
  return reading.outcome;
}

/* In pieces, the first of `first` bytes. */
static struct outcome read_in_pieces(const struct random_text *text, const struct listing *listing,
                                     uint32_t wanted, size_t first, size_t step) {
  struct outcome outcome = {.status = RECORD_OK};
  struct record_reader reader;

  record_page_init(&outcome.page, listing);
  record_reader_init(&reader, listing, wanted);
  for (size_t at = 0; at < text->size && outcome.status == RECORD_OK;) {
    size_t piece = at == 0 && first ? first : step;
    char *copy;
    if (piece > text->size - at) piece = text->size - at;
    copy = plain_resize(NULL, piece); /* of just this size, so that a sanitizer sees every excess */
    memcpy(copy, text->bytes + at, piece);
    outcome.status = record_reader_feed(&reader, copy, piece, &outcome.page, &outcome.problem);
    free(copy);
    at += piece;
  }
  outcome.finished = record_reader_finished(&reader);
  record_reader_reset(&reader);
  return outcome;
}

/* Texts by their bytes, numbers and booleans by their words. */
static bool same_cell(const struct record_page *a, const struct record_page *b, size_t row,
                      int column) {
  enum column_kind kind = a->listing->columns[column].kind;
  size_t sizes[2];
  const char *texts[2];

  if (kind == COLUMN_INTEGER || kind == COLUMN_REAL || kind == COLUMN_BOOLEAN) {
    const uint32_t *words[2] = {record_page_row(a, row), record_page_row(b, row)};
    size_t size = (kind == COLUMN_BOOLEAN ? 1 : 2) * sizeof *words[0];
    return !memcmp(words[0] + a->offsets[column], words[1] + b->offsets[column], size);
  }
  texts[0] = record_page_text(a, row, column, &sizes[0]);
  texts[1] = record_page_text(b, row, column, &sizes[1]);
  if (!texts[0] || !texts[1]) return texts[0] == texts[1];
  return sizes[0] == sizes[1] && !memcmp(texts[0], texts[1], sizes[0] + 1);
}

static bool same_rows(const struct record_page *a, const struct record_page *b) {
  if (a->row_count != b->row_count) return false;
  for (size_t row = 0; row < a->row_count; row++) {
    for (int column = 0; column < a->listing->column_count; column++) {
      if (a->held >> column & 1 && !same_cell(a, b, row, column)) return false;
    }
  }
  return true;
}

static void check_list(const struct random_text *text, const struct listing *listing,
                       uint32_t wanted) {
  struct outcome slow = read_slowly(text, listing, wanted);
  size_t first = unit_random((uint32_t)text->size);
  struct outcome fast = read_in_pieces(text, listing, wanted, first, 1 + unit_random(600));

  if (fast.status != slow.status || fast.finished != slow.finished ||
      strcmp(fast.problem.text, slow.problem.text) != 0 || !same_rows(&fast.page, &slow.page)) {
    CHECK_INT(slow.status, fast.status);
    CHECK_TEXT(slow.problem.text, fast.problem.text);
    CHECK_BYTES("another outcome", 15, text->bytes, text->size);
  }
  record_page_free(&fast.page);
  record_page_free(&slow.page);
}

static void check_random(void) {
  static struct random_text text;
  struct random_listing random;

  for (int i = 0; i < LISTINGS; i++) {
    random_listing(&random);
    for (int list = 0; list < LISTS; list++) {
      unit_case("listing %d, list %d", i, list);
      random_list(&text, &random.listing);
      check_list(&text, &random.listing, unit_random(UINT32_MAX - 1));
    }
  }
  unit_case("records of both kinds, often");
  CHECK(taken_count > LISTINGS * LISTS / 4);
  CHECK(!can_be_strict() || wrong_count > LISTINGS * LISTS / 100);
}

/* ---- columns of every kind ---- */

enum { NAME, SIZE, PUBLIC, LABELS, MANIFEST, WIDTH };

static const struct column columns[WIDTH] = {
    [NAME] = {.name = "name", .flags = COLUMN_NOT_NULL},
    [SIZE] = {.name = "size", .member = "bytes", .kind = COLUMN_INTEGER},
    [PUBLIC] = {.name = "is_public", .kind = COLUMN_BOOLEAN, .flags = COLUMN_NOT_NULL},
    [LABELS] = {.name = "labels", .kind = COLUMN_JSON},
    [MANIFEST] = {.name = "manifest", .kind = COLUMN_JSON, .flags = COLUMN_LARGE | COLUMN_NOT_NULL},
};
static const struct listing enveloped = {
    .envelope = "tags", .columns = columns, .column_count = WIDTH};

#define BEGIN "{\"total\":1,\"tags\":["
#define END "]}"

/* Reads one list whole; the page is the caller's to free. */
static enum record_status read(const char *text, uint32_t wanted, struct record_page *page,
                               struct record_problem *problem) {
  struct record_reader reader;
  enum record_status status;

  problem->text[0] = '\0';
  record_page_init(page, &enveloped);
  record_reader_init(&reader, &enveloped, wanted);
  status = record_reader_feed(&reader, text, strlen(text), page, problem);
  if (status == RECORD_OK) CHECK(record_reader_finished(&reader));
  record_reader_reset(&reader);
  return status;
}

/* A value is kept as it was sent, whatever it is, in records that are plain and in others. */
static void check_json(void) {
  static const char *const values[] = {
      "\"x\"",    "\"\\ud83d \\u0000\"",
      "-1.50e+3", "12345678901234567890123",
      "true",     "{ \"a\" : [ 1,\n {} ] }",
      "[]",       "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"};
  static const char *const wrong[] = {
      "01",
      "[1,]",
      "{\"a\":1,}",
      "[1 2]",
      "'a'",
      "[",
      "nulls",
      "/* */ 1",
      "\"\\x\"",
      "NaN",
      "1.",
      "tru",
      "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"};
  struct record_problem problem;
  struct record_page page;
  char text[400];

  for (size_t i = 0; i < 2 * COUNT_OF(values); i++) {
    const char *value = values[i / 2];
    size_t size;
    const char *got;
    snprintf(text, sizeof text, BEGIN "{\"labels\": %s ,\"name\":\"n\",\"is_public\":false%s}" END,
             value, i % 2 ? ",\"more\":[]" : "");
    unit_case("%s", text);
    CHECK_INT(RECORD_OK, read(text, 0, &page, &problem));
    CHECK_TEXT("", problem.text);
    if (CHECK_INT(1, page.row_count)) {
      got = record_page_text(&page, 0, LABELS, &size);
      CHECK_BYTES(value, strlen(value), got, size);
      CHECK_INT(i % 2 == 0, record_page_plain(&page, 0));
    }
    record_page_free(&page);
  }
  for (size_t i = 0; i < COUNT_OF(wrong); i++) {
    snprintf(text, sizeof text, BEGIN "{\"name\":\"n\",\"is_public\":false,\"labels\":%s}" END,
             wrong[i]);
    unit_case("%s", text);
    CHECK(read(text, 0, &page, &problem) != RECORD_OK);
    CHECK_INT(0, page.row_count);
    record_page_free(&page);
  }
}

/* Kept if it is wanted; else it is not looked at, and does not make a record less plain. */
static void check_large(void) {
  static const char text[] =
      BEGIN "{\"name\":\"n\",\"is_public\":true,\"manifest\":\"a \\\"long\\\" text\"}" END;
  static const char missing[] = BEGIN "{\"name\":\"n\",\"is_public\":true}" END;
  struct record_problem problem;
  struct record_page page;
  size_t size;

  unit_case("large, wanted");
  CHECK_INT(RECORD_OK, read(text, 1u << MANIFEST, &page, &problem));
  CHECK_TEXT("\"a \\\"long\\\" text\"", record_page_text(&page, 0, MANIFEST, &size));
  record_page_free(&page);
  unit_case("large, not wanted");
  CHECK_INT(RECORD_OK, read(text, 0, &page, &problem));
  CHECK(!record_page_text(&page, 0, MANIFEST, &size));
  CHECK(record_page_plain(&page, 0));
  record_page_free(&page);
  unit_case("large, not wanted and not there");
  CHECK_INT(RECORD_OK, read(missing, 0, &page, &problem));
  record_page_free(&page);
  unit_case("large, wanted and not there");
  CHECK_INT(RECORD_WRONG, read(missing, 1u << MANIFEST, &page, &problem));
  CHECK_TEXT("field manifest is not there", problem.text);
  record_page_free(&page);
}

/* By the member's name, and NULL where that is allowed. */
static void check_nulls(void) {
  static const struct {
    const char *record;
    const char *says; /* NULL: it is right */
  } cases[] = {
      {"{\"name\":\"n\",\"is_public\":true,\"bytes\":null,\"labels\":null}", NULL},
      {"{\"name\":\"n\",\"is_public\":true,\"bytes\":-0}", "0"},
      {"{\"name\":null,\"is_public\":true}", "field name is not a string"},
      {"{\"is_public\":true}", "field name is not a string"},
      {"{\"name\":\"n\"}", "field is_public is not a boolean"},
      {"{\"name\":\"n\",\"is_public\":null}", "field is_public is not a boolean"},
      {"{\"name\":\"n\",\"is_public\":true,\"bytes\":\"1\"}", "field bytes is not an integer"}};
  struct record_problem problem;
  struct record_page page;
  char text[400];

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    bool right = i < 2;
    bool present;
    size_t size;
    snprintf(text, sizeof text, BEGIN "%s" END, cases[i].record);
    unit_case("%s", text);
    CHECK_INT(right ? RECORD_OK : RECORD_WRONG, read(text, 0, &page, &problem));
    if (right) {
      CHECK_INT(0, record_page_integer(&page, 0, SIZE, &present));
      CHECK_INT(cases[i].says != NULL, present);
      CHECK(!record_page_text(&page, 0, LABELS, &size));
    } else {
      CHECK_TEXT(cases[i].says, problem.text);
    }
    record_page_free(&page);
  }
}

void record_reader_test(void) {
  check_json();
  check_large();
  check_nulls();
  check_random();
}
