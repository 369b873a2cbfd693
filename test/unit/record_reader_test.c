/*
** Tests of ext/record/record_reader: random lists of records of random listings give the same rows,
** or the same error, as json_record alone gives for each record and as json-c gives for the whole
** of it, wherever their bytes are split.
*/
#include "record/record_reader.h"

#include <stdio.h>
#include <string.h>

#include "random_records.h"
#include "record_ways.h"
#include "unit.h"

#define LISTINGS 1500
#define LISTS 20 /* of each listing */

static void check_list(const struct random_text *text, const struct listing *listing,
                       struct record_counts *counts) {
  struct record_ways ways = {.bytes = text->bytes, .size = text->size, .listing = listing};

  ways.wanted = unit_random(UINT32_MAX - 1);
  ways.first = unit_random((uint32_t)text->size);
  ways.step = 1 + unit_random(600);
  record_ways_check(&ways, counts);
}

static void check_random(void) {
  struct record_counts counts = {0, 0};
  static struct random_text text;
  struct random_listing random;

  for (int i = 0; i < LISTINGS; i++) {
    random_listing(&random);
    for (int list = 0; list < LISTS; list++) {
      unit_case("listing %d, list %d", i, list);
      random_list(&text, &random.listing);
      check_list(&text, &random.listing, &counts);
    }
  }
  unit_case("records of both kinds, often");
  CHECK(counts.taken > LISTINGS * LISTS / 4);
  CHECK(!record_ways_strict() || counts.wrong > LISTINGS * LISTS / 100);
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
