/*
** Tests of ext/record/plain_record: records of every shape, broken in every way, give the same rows
** or the same error as json-c alone gives for them, wherever their bytes are split.
*/
#include "record/plain_record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "random_records.h"
#include "record/json_record.h"
#include "record/record_splitter.h"
#include "record_ways.h"
#include "sync_job_columns.h"
#include "unit.h"

#define ARRAYS 60000
#define EVERY_CUT 150 /* every so many arrays are split at each byte */

/* What came of it. */
struct outcome {
  struct record_page page;
  struct record_problem problem;
  enum record_status status; /* of the last record */
  enum record_status splitter_status;
  bool finished;
  size_t plain;   /* records that were read without json-c, */
  size_t escaped; /* and of these, ones with escapes */
};

static struct plain_reader plain_reader;
static struct json_reader json_reader;

static enum record_status take_plain(void *context, const char *bytes, size_t size, size_t *taken) {
  struct outcome *outcome = context;

  outcome->status = plain_record_take(&plain_reader, bytes, size, &outcome->page, taken);
  outcome->plain += *taken > 0;
  outcome->escaped += *taken > 0 && memchr(bytes, '\\', *taken) != NULL;
  return outcome->status;
}

static enum record_status take(void *context, const char *record, size_t size) {
  struct outcome *outcome = context;

  outcome->status = json_record_take(&json_reader, record, size, &outcome->page, &outcome->problem);
  return outcome->status;
}

/* Decodes an array that comes in pieces: one up to `first`, and others of `step` bytes. */
static struct outcome decode(const struct random_text *text, bool plain, size_t first,
                             size_t step) {
  struct outcome outcome = {.finished = false};
  const struct record_sink sink = {plain ? take_plain : record_ways_pass_by, take, &outcome};
  struct record_splitter splitter;

  record_page_init(&outcome.page, &sync_job_listing);
  record_splitter_init(&splitter, NULL);
  for (size_t at = 0; at < text->size && outcome.splitter_status == RECORD_OK;) {
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

static bool same_text(const struct record_page *a, const struct record_page *b, size_t row,
                      int column) {
  size_t a_size;
  size_t b_size;
  const char *a_text = record_page_text(a, row, column, &a_size);
  const char *b_text = record_page_text(b, row, column, &b_size);

  if (!a_text || !b_text) return a_text == b_text;
  if (record_page_plain(a, row) && strlen(a_text) != a_size) return false;
  return a_size == b_size && memcmp(a_text, b_text, a_size + 1) == 0; /* and the NUL */
}

static bool same_value(const struct record_page *a, const struct record_page *b, size_t row,
                       int column) {
  bool a_present;
  bool b_present;

  switch (a->listing->columns[column].kind) {
    case COLUMN_INTEGER:
      return record_page_integer(a, row, column, &a_present) ==
                 record_page_integer(b, row, column, &b_present) &&
             a_present == b_present;
    case COLUMN_REAL:
      return record_page_real(a, row, column, &a_present) ==
                 record_page_real(b, row, column, &b_present) &&
             a_present == b_present;
    case COLUMN_BOOLEAN:
      return record_page_boolean(a, row, column, &a_present) ==
                 record_page_boolean(b, row, column, &b_present) &&
             a_present == b_present;
    default:
      return same_text(a, b, row, column);
  }
}

static bool same_rows(const struct record_page *a, const struct record_page *b) {
  if (a->row_count != b->row_count) return false;
  for (size_t i = 0; i < a->row_count; i++) {
    for (int column = 0; column < a->listing->column_count; column++) {
      if (!same_value(a, b, i, column)) return false;
    }
  }
  return true;
}

/* Both ways give the same; `json` is what json-c alone gave. */
static bool check_same(const struct outcome *json, const struct random_text *text, size_t first,
                       size_t step) {
  struct outcome plain = decode(text, true, first, step);
  bool right;

  right = plain.splitter_status == json->splitter_status && plain.finished == json->finished &&
          plain.status == json->status && !strcmp(plain.problem.text, json->problem.text) &&
          same_rows(&plain.page, &json->page);
  record_page_free(&plain.page);
  if (right) return true;
  CHECK_INT(json->splitter_status, plain.splitter_status);
  CHECK_INT(json->status, plain.status);
  CHECK_TEXT(json->problem.text, plain.problem.text);
  CHECK_BYTES(text->bytes, text->size, "another outcome", 15);
  return CHECK(right);
}

static void check_random(void) {
  static struct random_text text;
  size_t plain_rows = 0;
  size_t escaped_rows = 0;
  size_t rows = 0;
  size_t wrong = 0;
  size_t complete = 0;

  for (size_t i = 0; i < ARRAYS; i++) {
    struct outcome json;
    struct outcome plain;
    random_list(&text, &sync_job_listing);
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
    wrong += json.status == RECORD_WRONG;
    complete += json.finished;
    CHECK(same_rows(&plain.page, &json.page));
    record_page_free(&plain.page);
    record_page_free(&json.page);
  }
  unit_case("every kind of outcome, often");
  CHECK(plain_rows > ARRAYS / 2);
  CHECK(escaped_rows > ARRAYS / 8);
  CHECK(rows - plain_rows > ARRAYS / 8);
  CHECK(wrong > ARRAYS / 10);
  CHECK(complete > ARRAYS / 10);
  CHECK(complete < ARRAYS * 9 / 10);
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
      {"{\"new\":\"\xc3\xa9\",\"id\":1}", 19},
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
      {"{\"id\":1,\"tag\":\"\\ud800\\udc00\\uDBFF\\uDFFF\"}", 41},
      {"{\"id\":1,\"tag\":\"\\u0000\"}", 0},
      {"{\"id\":1,\"tag\":\"\\ud800\"}", 0},
      {"{\"id\":1,\"tag\":\"\\\"}", 0},
      {"{\"id\":1,\"tag\":\"\\\\\"", 0},
      {"{\"id\":1,\"tag\":\"\\n\n\"}", 0},
      {"{\"id\":1,\"new\":\"\\n\"}", 0},
      {"{\"id\":1,\"tag\":\"\n\"}", 0},
      {"{\"id\":1,\"tag\":\"\xff\"}", 0},
      {"{\"id\":1,\"t\\u0061g\":\"x\"}", 0},
      {"{\"id\":1,\"new\":{}}", 0},
      {"{\"id\":1,\"new\":[]}", 0},
      {"{\"id\":1,\"new\":1.5}", 0},
      {"[{\"id\":1}]", 0},
  };
  struct record_page page;

  record_page_init(&page, &sync_job_listing);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    size_t taken = 99;
    unit_case("%s", cases[i].bytes);
    record_page_clear(&page);
    CHECK_INT(RECORD_OK, plain_record_take(&plain_reader, cases[i].bytes, strlen(cases[i].bytes),
                                           &page, &taken));
    CHECK_INT(cases[i].taken, taken);
    CHECK_INT(taken > 0, page.row_count);
    if (!taken) CHECK_INT(0, page.text_size);
  }
  record_page_free(&page);
}

/* A text with escapes in the row before is no reason to take it without them. */
static void check_after_escapes(bool by_json) {
  static const struct {
    const char *first;
    const char *second;
  } cases[] = {{"{\"id\":1,\"tag\":\"a\\nb\"}", "{\"id\":1,\"tag\":\"a\nb\"}"},
               {"{\"id\":1,\"tag\":\"a\\\"b\"}", "{\"id\":1,\"tag\":\"a\"b\"}"},
               {"{\"id\":1,\"tag\":\"a\\\\\"}", "{\"id\":1,\"tag\":\"a\\\"}"}};
  struct record_problem problem;
  struct record_page page;

  record_page_init(&page, &sync_job_listing);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    size_t size = strlen(cases[i].first);
    size_t taken;
    unit_case("%s", cases[i].first);
    if (by_json) {
      CHECK_INT(RECORD_OK, json_record_take(&json_reader, cases[i].first, size, &page, &problem));
    } else {
      CHECK_INT(RECORD_OK, plain_record_take(&plain_reader, cases[i].first, size, &page, &taken));
      CHECK_INT(size, taken);
    }
    CHECK_INT(RECORD_OK, plain_record_take(&plain_reader, cases[i].second, strlen(cases[i].second),
                                           &page, &taken));
    CHECK_INT(0, taken);
  }
  record_page_free(&page);
}

/* When the nth allocation fails, the page is as before, and the record can be taken later. */
static void check_no_memory(const char *escape) {
  static struct random_text text;
  size_t sizes[2];

  text.size = 0;
  random_text_put(&text, "{\"id\":1,\"tag\":\"");
  memset(text.bytes + text.size, 'x', 9000);
  text.size += 9000;
  random_text_put(&text, escape);
  random_text_put(&text, "\",\"status\":\"success\"}");
  for (long nth = 1; nth <= 3; nth++) {
    struct record_page page;
    enum record_status status;
    bool refused;
    unit_case("allocation %ld, '%s'", nth, escape);
    record_page_init(&page, &sync_job_listing);
    allocation_fail_at(nth, false);
    status = plain_record_take(&plain_reader, text.bytes, text.size, &page, &sizes[0]);
    refused = allocation_stop() > 0;
    CHECK_INT(nth <= 2, refused);
    CHECK_INT(refused ? RECORD_NO_MEMORY : RECORD_OK, status);
    CHECK_INT(!refused, page.row_count);
    CHECK_INT(refused ? 0 : text.size, sizes[0]);
    if (refused) CHECK_INT(0, page.text_size);
    CHECK_INT(RECORD_OK, plain_record_take(&plain_reader, text.bytes, text.size, &page, &sizes[1]));
    CHECK_INT(text.size, sizes[1]);
    record_page_free(&page);
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
  struct record_problem problem;
  struct record_page page;
  size_t before = 0;
  size_t taken;

  record_page_init(&page, &sync_job_listing);
  for (size_t i = 0; i < COUNT_OF(records); i++) {
    size_t size;
    unit_case("%s", records[i]);
    plain_record_take(&plain_reader, records[i], strlen(records[i]), &page, &taken);
    if (!taken) json_record_take(&json_reader, records[i], strlen(records[i]), &page, &problem);
    CHECK_INT(i != 4, taken > 0);
    CHECK_INT(i != 2 && i != 4, record_page_plain(&page, i));
    CHECK_TEXT("latest", record_page_text(&page, i, JOB_TAG, &size));
    CHECK_TEXT("success", record_page_text(&page, i, JOB_STATUS, &size));
    if (i > 0) CHECK_INT(before, page.text_size);
    before = page.text_size;
  }
  unit_case("the beginning of a text is not the text");
  CHECK_INT(RECORD_OK, plain_record_take(&plain_reader, longer, sizeof longer - 1, &page, &taken));
  CHECK_TEXT("latest1", record_page_text(&page, 6, JOB_TAG, &taken));
  CHECK_TEXT("succes", record_page_text(&page, 6, JOB_STATUS, &taken));
  record_page_free(&page);
}

/*
** A listing that has more names of members than a plain reader has room for, or a longer one, is
** read by json-c alone.
*/
static void check_unfit_listings(void) {
  static const char long_name[] = "a-name-that-is-longer-than-any-member-of-the-service-has-been";
  static char names[COLUMNS_MAX][8];
  struct column columns[COLUMNS_MAX] = {{.name = "a", .also = "b"}};
  struct listing listing = {.columns = columns, .column_count = 1};
  static struct plain_reader reader;

  unit_case("unfit listings");
  CHECK(plain_reader_init(&reader, &listing, 0));
  columns[0].also = long_name;
  CHECK(!plain_reader_init(&reader, &listing, 0));
  columns[0] = (struct column){.name = long_name};
  CHECK(!plain_reader_init(&reader, &listing, 0));
  for (int i = 0; i < COLUMNS_MAX; i++) {
    snprintf(names[i], sizeof names[i], "c%u", (unsigned)i % 100);
    columns[i] = (struct column){.name = names[i]};
  }
  listing.column_count = COLUMNS_MAX;
  CHECK(plain_reader_init(&reader, &listing, 0));
  columns[0].also = "b";
  CHECK(!plain_reader_init(&reader, &listing, 0));
}

/* JSON that is kept as it is finds memory, or fails. */
static void check_json_without_memory(void) {
  static const struct column columns[] = {{.name = "a", .kind = COLUMN_JSON}};
  static const struct listing listing = {.columns = columns, .column_count = 1};
  static const char record[] = "{\"a\":[1,2]}";
  static struct plain_reader reader;
  struct record_page page;
  size_t taken = 0;
  int failed = 0;

  for (long nth = 1; nth < 10; nth++) {
    enum record_status status;
    unit_case("JSON, allocation %ld", nth);
    CHECK(plain_reader_init(&reader, &listing, 0));
    record_page_init(&page, &listing);
    allocation_fail_at(nth, false);
    status = plain_record_take(&reader, record, sizeof record - 1, &page, &taken);
    if (allocation_stop()) {
      failed++;
      CHECK_INT(RECORD_NO_MEMORY, status);
    } else {
      CHECK_INT(RECORD_OK, status);
      CHECK_INT(sizeof record - 1, taken);
    }
    record_page_free(&page);
  }
  CHECK(failed > 1);
}

void plain_record_test(void) {
  check_unfit_listings();
  check_json_without_memory();
  CHECK(plain_reader_init(&plain_reader, &sync_job_listing, UINT32_MAX));
  json_reader_init(&json_reader, &sync_job_listing, UINT32_MAX);
  check_plain();
  check_after_escapes(true);
  check_after_escapes(false);
  check_no_memory("");
  check_no_memory("\\n");
  check_repeated();
  check_random();
  json_reader_free(&json_reader);
}
