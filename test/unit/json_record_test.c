/*
** Tests of ext/record/json_record: decoding of one record, and the page that its row goes to.
*/
#include "record/json_record.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "allocation.h"
#include "sync_job_columns.h"
#include "unit.h"

/* The example of the reference page. */
#define EXAMPLE                                                                                  \
  "{\"createdAt\":\"2020-03-12T08:11:36.518144Z\","                                              \
  "\"domainID\":\"0657**************************f60\",\"domainName\":\"h**********4\",\"id\":1," \
  "\"namespace\":\"test\",\"override\":false,\"remoteNamespace\":\"remtens\","                   \
  "\"remoteRegionId\":\"cn-north-1\",\"repoName\":\"testrepo\",\"status\":\"success\","          \
  "\"syncOperatorId\":\"065***********************10\",\"syncOperatorName\":\"h**********4\","   \
  "\"tag\":\"8\",\"updatedAt\":\"2020-03-12T08:11:41.505499Z\"}"

#define STORE_SPACE 5 /* column of an overview */

static struct json_reader reader;

static const char *name_of(int column) { return listing_member(&sync_job_listing.columns[column]); }

/* The override of a row: 0 or 1, -1 for NULL. */
static int override_of(const struct record_page *page, size_t row) {
  bool present;
  int value = record_page_boolean(page, row, JOB_OVERRIDE, &present);

  return present ? value : -1;
}

static enum record_status decode(const char *record, size_t size, struct record_page *page,
                                 struct record_problem *problem) {
  problem->text[0] = '\0';
  return json_record_take(&reader, record, size, page, problem);
}

static void check_text(const struct record_page *page, size_t row, int column, const char *expected,
                       size_t expected_size) {
  size_t size;
  const char *text = record_page_text(page, row, column, &size);

  CHECK_BYTES(expected, expected_size, text, size);
  if (text) CHECK_INT('\0', text[size]);
}

static void check_example(void) {
  static const char *const expected[JOB_COLUMN_COUNT] = {"2020-03-12T08:11:36.518144Z",
                                                         "0657**************************f60",
                                                         "h**********4",
                                                         NULL,
                                                         "test",
                                                         NULL,
                                                         "remtens",
                                                         "cn-north-1",
                                                         "testrepo",
                                                         "success",
                                                         "065***********************10",
                                                         "h**********4",
                                                         "8",
                                                         "2020-03-12T08:11:41.505499Z"};
  static const char *const names[JOB_COLUMN_COUNT] = {
      "createdAt", "domainID", "domainName",      "id",
      "namespace", "override", "remoteNamespace", "remoteRegionId",
      "repoName",  "status",   "syncOperatorId",  "syncOperatorName",
      "tag",       "updatedAt"};
  struct record_page page;
  struct record_problem problem;

  unit_case("the reference's example");
  record_page_init(&page, &sync_job_listing);
  CHECK_INT(RECORD_OK, decode(EXAMPLE, strlen(EXAMPLE), &page, &problem));
  CHECK_INT(1, page.row_count);
  CHECK_INT(1, record_page_id(&page, 0));
  CHECK_INT(0, override_of(&page, 0));
  for (int field = 0; field < JOB_COLUMN_COUNT; field++) {
    unit_case("field %s", names[field]);
    CHECK_TEXT(names[field], name_of(field));
    if (field == JOB_ID || field == JOB_OVERRIDE) continue;
    check_text(&page, 0, field, expected[field], strlen(expected[field]));
  }
  record_page_free(&page);
}

static void check_nulls(void) {
  char record[600] = "{\"id\":7";
  struct record_page page;
  struct record_problem problem;

  record_page_init(&page, &sync_job_listing);
  for (int round = 0; round < 2; round++) { /* missing, then null */
    char closed[610];
    size_t row = page.row_count;
    unit_case(round ? "null" : "missing");
    snprintf(closed, sizeof closed, "%s}", record);
    CHECK_INT(RECORD_OK, decode(closed, strlen(closed), &page, &problem));
    CHECK_INT(7, record_page_id(&page, row));
    CHECK_INT(-1, override_of(&page, row));
    for (int field = 0; field < JOB_COLUMN_COUNT; field++) {
      size_t used = strlen(record);
      if (field == JOB_ID) continue;
      if (field != JOB_OVERRIDE) check_text(&page, row, field, NULL, 0);
      snprintf(record + used, sizeof record - used, ",\"%s\":null", name_of(field));
    }
  }
  record_page_free(&page);
}

/* Records with one thing of interest, by their tag. */
static void check_tags(void) {
  static const struct {
    const char *record;
    const char *tag;
    size_t size;
  } cases[] = {
      {"{\"id\":1,\"tag\":\"\"}", "", 0},
      {" {\"id\":1,\"tag\":\"x\"}", "x", 1},
      {"{\"tag\":\"x\",\"id\":1}", "x", 1},
      {"{\"id\":1,\"tag\":\"x\",\"new\":1,\"more\":[{\"id\":\"y\",\"tag\":2}],\"o\":{\"tag\":3}}",
       "x", 1},
      {"{\"id\":1,\"Tag\":\"y\",\"TAG\":1,\"tag\":\"x\"}", "x", 1},
      {"{\"id\":1,\"tag\":\"a\\\"b\\\\c\\/d\\n\\t\"}", "a\"b\\c/d\n\t", 9},
      {"{\"id\":1,\"tag\":\"\\u0041\\u00e9\\u20ac\\ud83d\\ude00\"}",
       "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 10},
      {"{\"id\":1,\"tag\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"}",
       "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 9},
      {"{\"id\":1,\"tag\":\"a\\u0000b\"}", "a\0b", 3},
      {"{\"id\":1,\"tag\":\"\\u0000\"}", "\0", 1},
      {"{\"id\":1,\"tag\":\"first\",\"tag\":\"last\"}", "last", 4},
  };
  struct record_page page;
  struct record_problem problem;

  record_page_init(&page, &sync_job_listing);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    unit_case("%s", cases[i].record);
    record_page_clear(&page);
    if (!CHECK_INT(RECORD_OK, decode(cases[i].record, strlen(cases[i].record), &page, &problem))) {
      continue;
    }
    CHECK_INT(1, record_page_id(&page, 0));
    check_text(&page, 0, JOB_TAG, cases[i].tag, cases[i].size);
  }
  record_page_free(&page);
}

static void check_ids(void) {
  static const struct {
    const char *text;
    bool right;
    int64_t id;
  } cases[] = {
      {"0", true, 0},
      {"-1", true, -1},
      {"172928", true, 172928},
      {"2147483648", true, 2147483648},
      {"9007199254740993", true, 9007199254740993},
      {"9223372036854775806", true, INT64_MAX - 1},
      {"-9223372036854775807", true, INT64_MIN + 1},
      {"9223372036854775807", true, INT64_MAX}, /* json-c puts what is larger there */
      {"9223372036854775808", false, 0},
      {"18446744073709551615", false, 0},
      {"99999999999999999999999", false, 0},
      {"-9223372036854775808", false, 0},
      {"-9223372036854775809", false, 0},
      {"1.0", false, 0},
      {"1.5", false, 0},
      {"1e3", false, 0},
      {"\"1\"", false, 0},
      {"null", false, 0},
      {"true", false, 0},
      {"[1]", false, 0},
      {"{}", false, 0},
      {"01", false, 0},
      {"+1", false, 0},
      {"0x1", false, 0},
      {"NaN", false, 0},
      {"", false, 0},
  };
  struct record_page page;
  struct record_problem problem;

  record_page_init(&page, &sync_job_listing);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    char record[80];
    unit_case("id %s", cases[i].text);
    record_page_clear(&page);
    snprintf(record, sizeof record, "{\"id\":%s}", cases[i].text);
    CHECK_INT(cases[i].right ? RECORD_OK : RECORD_WRONG,
              decode(record, strlen(record), &page, &problem));
    CHECK_INT(cases[i].right, page.row_count);
    if (cases[i].right && page.row_count) CHECK_INT(cases[i].id, record_page_id(&page, 0));
  }
  record_page_free(&page);
}

/* Numbers that an account's overview has; json-c keeps integers at the bound of 64 bits. */
static void check_reals(void) {
  static const struct {
    const char *text;
    double number;
  } cases[] = {
      {"0", 0},
      {"-1.5", -1.5},
      {"1e3", 1000},
      {"999999999999999999", 999999999999999999.0},
      {"9223372036854775808", 9223372036854775808.0},
      {"18446744073709551616", 18446744073709551616.0},
      {"123456789012345678901234567890", 123456789012345678901234567890.0},
      {"-123456789012345678901234567890", -123456789012345678901234567890.0},
  };
  struct record_page page;
  struct record_problem problem;
  struct json_reader whole;

  record_page_init(&page, &overview_listing);
  json_reader_init(&whole, &overview_listing, UINT32_MAX);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    char record[80];
    bool present = false;
    int size = snprintf(record, sizeof record, "{\"store_space\":%s}", cases[i].text);
    unit_case("number %s", cases[i].text);
    record_page_clear(&page);
    CHECK_INT(RECORD_OK, json_record_take(&whole, record, (size_t)size, &page, &problem));
    if (page.row_count != 1) continue;
    CHECK(record_page_real(&page, 0, STORE_SPACE, &present) == cases[i].number);
    CHECK(present);
  }
  json_reader_free(&whole);
  record_page_free(&page);
}

/* The page has one row with one tag, as before. */
static void check_unchanged(const struct record_page *page, size_t text_size) {
  CHECK_INT(1, page->row_count);
  CHECK_INT(text_size, page->text_size);
  CHECK_INT(5, record_page_id(page, 0));
  check_text(page, 0, JOB_TAG, "kept", 4);
}

/* A page with a record that is to stay; returns the bytes of its texts. */
static size_t begin_page(struct record_page *page, struct record_problem *problem) {
  record_page_init(page, &sync_job_listing);
  CHECK_INT(RECORD_OK, decode("{\"id\":5,\"tag\":\"kept\"}", 21, page, problem));
  return page->text_size;
}

/* Each field with each type; whatever was taken before the wrong one is taken back. */
static void check_types(void) {
  static const char *const values[] = {"\"text\"", "1", "1.5", "true", "[]", "{}"};
  struct record_page page;
  struct record_problem problem;
  size_t text_size = begin_page(&page, &problem);

  for (int field = 0; field < JOB_COLUMN_COUNT; field++) {
    size_t fitting = field == JOB_ID ? 1 : field == JOB_OVERRIDE ? 3 : 0;
    for (size_t i = 0; i < COUNT_OF(values); i++) {
      const char *name = name_of(field);
      char record[300];
      if (i == fitting) continue;
      unit_case("%s: %s", name, values[i]);
      snprintf(record, sizeof record, "{%s%s\"%s\":%s}",
               field == JOB_CREATED_AT ? "" : "\"createdAt\":\"some text\",",
               field == JOB_ID ? "" : "\"id\":6,", name, values[i]);
      CHECK_INT(RECORD_WRONG, decode(record, strlen(record), &page, &problem));
      CHECK_HAS(problem.text, name);
      check_unchanged(&page, text_size);
    }
  }
  record_page_free(&page);
}

static void check_not_records(void) {
  static const char *const texts[] = {
      "",
      " ",
      "null",
      "[]",
      "[{\"id\":1}]",
      "1",
      "\"x\"",
      "{",
      "{}",
      "{\"id\":1",
      "{\"id\":1}}",
      "{\"id\":1}{\"id\":2}",
      "{\"id\":1} x",
      "{\"id\":1,}",
      "{\"id\" 1}",
      "{id:1}",
      "{\"id\":1 \"tag\":\"x\"}",
      "{\"id\":1,\"tag\":\"\xff\"}",
      "{\"id\":1,\"tag\":\"\xc3\"}",
      "{\"id\":1,\"tag\":\"\xe2\x82\"}",
      "{\"id\":1,\"tag\":\"\\x41\"}",
      "{\"id\":1,\"tag\":\"\\u12\"}",
      "{\"id\":1,\"tag\":\"unclosed}",
      "{\"id\":1}/* x */",
      "{\"id\":1,\"x\":[}",
      "{\"id\":1,\"x\":tru}",
  };
  struct record_page page;
  struct record_problem problem;
  size_t text_size = begin_page(&page, &problem);

  for (size_t i = 0; i < COUNT_OF(texts); i++) {
    unit_case("'%s'", texts[i]);
    CHECK_INT(RECORD_WRONG, decode(texts[i], strlen(texts[i]), &page, &problem));
    CHECK(problem.text[0] != '\0');
    check_unchanged(&page, text_size);
  }
  unit_case("a NUL between members");
  CHECK_INT(RECORD_WRONG, decode("{\"id\":1,\0\"a\":1}", 15, &page, &problem));
  unit_case("every cut of the example");
  for (size_t size = 0; size < strlen(EXAMPLE); size++) {
    CHECK_INT(RECORD_WRONG, decode(EXAMPLE, size, &page, &problem));
  }
  check_unchanged(&page, text_size);
  record_page_free(&page);
}

/* Byte sequences that look like UTF-8 and are none. */
static void check_false_utf8(void) {
  static const char *const texts[] = {"\xc0\x80",         "\xc1\xbf",         "\xe0\x80\x80",
                                      "\xed\xa0\x80",     "\xf0\x80\x80\x80", "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80", "\xf7\xbf\xbf\xbf"};
  struct record_page page;
  struct record_problem problem;

  record_page_init(&page, &sync_job_listing);
  for (size_t i = 0; i < COUNT_OF(texts); i++) {
    char record[60];
    unit_case("case %zu", i);
    snprintf(record, sizeof record, "{\"id\":1,\"tag\":\"%s\"}", texts[i]);
    CHECK_INT(RECORD_WRONG, decode(record, strlen(record), &page, &problem));
  }
  record_page_free(&page);
}

/*
** A record that is broken after half of a surrogate pair leaves nothing behind for the next one.
*/
static void check_after_wrong(void) {
  static const char *const wrong[] = {"{\"id\":1,\"tag\":\"\\ud83d",
                                      "{\"id\":1,\"tag\":\"\\ud83d\\u",
                                      "{\"id\":1,\"tag\":\"\\ud83d\\x", "{\"id\":[{\"a\":"};
  static const char right[] = "{\"id\":1,\"tag\":\"\\u0041\"}";
  struct record_page page;
  struct record_problem problem;

  record_page_init(&page, &sync_job_listing);
  for (size_t i = 0; i < COUNT_OF(wrong); i++) {
    unit_case("after %s", wrong[i]);
    record_page_clear(&page);
    CHECK_INT(RECORD_WRONG, decode(wrong[i], strlen(wrong[i]), &page, &problem));
    CHECK_INT(RECORD_OK, decode(right, strlen(right), &page, &problem));
    check_text(&page, 0, JOB_TAG, "A", 1);
  }
  record_page_free(&page);
}

static void check_nesting(void) {
  struct record_page page;
  struct record_problem problem;

  record_page_init(&page, &sync_job_listing);
  for (size_t depth = 1; depth < 3000; depth = depth * 2 + 1) {
    char record[7000];
    size_t used = (size_t)snprintf(record, sizeof record, "{\"id\":1,\"x\":");
    enum record_status status;
    unit_case("depth %zu", depth);
    memset(record + used, '[', depth);
    memset(record + used + depth, ']', depth);
    record[used + 2 * depth] = '}';
    status = decode(record, used + 2 * depth + 1, &page, &problem);
    CHECK_INT(depth < 32 ? RECORD_OK : RECORD_WRONG, status);
  }
  record_page_free(&page);
}

static void check_growth(void) {
  enum { ROWS = 5000 };
  struct record_page page;
  struct record_problem problem;
  size_t footprint = 0;
  char record[200];
  char tag[40];

  unit_case("thousands of rows");
  record_page_init(&page, &sync_job_listing);
  CHECK_INT(0, record_page_footprint(&page));
  for (int round = 0; round < 2; round++) {
    record_page_clear(&page);
    CHECK_INT(0, page.row_count);
    for (int i = 0; i < ROWS; i++) {
      snprintf(record, sizeof record,
               "{\"id\":%d,\"override\":%s,\"tag\":\"tag-%d\",\"status\":\"success\"}", i,
               i % 2 ? "true" : "false", i * 7);
      if (!CHECK_INT(RECORD_OK, decode(record, strlen(record), &page, &problem))) return;
    }
    for (size_t i = 0; i < ROWS; i++) {
      snprintf(tag, sizeof tag, "tag-%zu", i * 7);
      if (record_page_id(&page, i) != (int64_t)i) CHECK_INT(i, record_page_id(&page, i));
      if (override_of(&page, i) != (int)(i % 2)) CHECK(false);
      check_text(&page, i, JOB_TAG, tag, strlen(tag));
    }
    if (round == 0) footprint = record_page_footprint(&page);
  }
  CHECK_INT(footprint, record_page_footprint(&page));
  CHECK(footprint >= sizeof(uint32_t) * ROWS * page.stride);
  record_page_free(&page);
  CHECK_INT(0, record_page_footprint(&page));
}

/*
** When the nth allocation fails, one inside json-c included, that is what is said; the page is as
** before and can be used on.
*/
static void check_no_memory_for(const char *record, const char *tag, size_t size) {
  struct record_page page;
  struct record_problem problem;
  bool refused = true;

  record_page_init(&page, &sync_job_listing);
  for (long nth = 1; refused; nth++) {
    enum record_status status;
    unit_case("allocation %ld of %s", nth, record);
    record_page_free(&page);
    json_reader_free(&reader);
    allocation_fail_at(nth, false);
    status = decode(record, strlen(record), &page, &problem);
    refused = allocation_stop() > 0;
    CHECK_INT(refused ? RECORD_NO_MEMORY : RECORD_OK, status);
    CHECK_TEXT("", problem.text);
    CHECK_INT(!refused, page.row_count);
    if (refused) CHECK_INT(0, page.text_size);
    CHECK_INT(RECORD_OK, decode(record, strlen(record), &page, &problem));
    check_text(&page, page.row_count - 1, JOB_TAG, tag, size);
  }
  record_page_free(&page);
}

static void check_no_memory(void) {
  check_no_memory_for(EXAMPLE, "8", 1);
  check_no_memory_for("{\"id\":-1,\"t\\u0061g\":\"a\\u0000b\",\"status\":\"\\ud83d\"}", "a\0b", 3);
}

/* ---- columns of other kinds ---- */

enum { OTHER_NAME, OTHER_REAL, OTHER_COUNT };

static const struct column other_columns[OTHER_COUNT] = {
    [OTHER_NAME] = {.name = "name", .member = "Name", .also = "alias"},
    [OTHER_REAL] = {.name = "share", .kind = COLUMN_REAL},
};
static const struct listing other_listing = {.columns = other_columns, .column_count = OTHER_COUNT};

/* A number of any length; what is no finite double is refused, also where json-c would cut it. */
static void check_long_reals(void) {
  static char record[1200];
  static const struct {
    const char *end;
    int digits; /* of zeros after a 1 */
    bool right;
  } cases[] = {{"", 0, true},       {"", 17, true},   {"", 18, true},    {"", 40, true},
               {"", 308, true},     {"", 309, false}, {"", 508, false},  {"", 509, false},
               {"", 700, false},    {".5", 0, true},  {".5", 300, true}, {"e305", 2, true},
               {"e-700", 700, true}};
  struct json_reader other;

  json_reader_init(&other, &other_listing, UINT32_MAX);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct record_page page;
    struct record_problem problem = {""};
    bool present = false;
    int used =
        snprintf(record, sizeof record, "{\"share\":1%0*d%s}", cases[i].digits, 0, cases[i].end);
    if (cases[i].digits == 0)
      used = snprintf(record, sizeof record, "{\"share\":1%s}", cases[i].end);
    unit_case("a 1, %d zeros and '%s'", cases[i].digits, cases[i].end);
    record_page_init(&page, &other_listing);
    CHECK_INT(cases[i].right ? RECORD_OK : RECORD_WRONG,
              json_record_take(&other, record, (size_t)used, &page, &problem));
    if (cases[i].right) {
      CHECK(record_page_real(&page, 0, OTHER_REAL, &present) > 0.99);
      CHECK(present);
      CHECK_INT(0, record_page_id(&page, 0)); /* the listing has none */
      CHECK_TEXT(NULL, record_page_time(&page, 0, &(size_t){0}));
    } else {
      CHECK_HAS(problem.text, "field share is not a number of 64 bits");
    }
    record_page_free(&page);
  }
  json_reader_free(&other);
}

/* A member has one of two names, and the last one counts; of neither length it is another. */
static void check_aliases(void) {
  static const struct {
    const char *record;
    const char *name; /* NULL: none */
  } cases[] = {
      {"{\"Name\":\"a\"}", "a"},
      {"{\"alias\":\"b\"}", "b"},
      {"{\"Name\":\"a\",\"alias\":\"b\"}", "b"},
      {"{\"alia\":\"b\"}", NULL},
      {"{\"aliaz\":\"b\"}", NULL},
      {"{\"al\\u0069as\":\"b\"}", "b"},
  };
  struct json_reader other;

  json_reader_init(&other, &other_listing, UINT32_MAX);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct record_page page;
    struct record_problem problem = {""};
    unit_case("%s", cases[i].record);
    record_page_init(&page, &other_listing);
    CHECK_INT(RECORD_OK,
              json_record_take(&other, cases[i].record, strlen(cases[i].record), &page, &problem));
    check_text(&page, 0, OTHER_NAME, cases[i].name, cases[i].name ? 1 : 0);
    record_page_free(&page);
  }
  json_reader_free(&other);
}

/* A string that is longer than those before it makes room for itself first, or fails. */
static void check_growing_strings(void) {
  static char record[9000];
  struct json_reader other;
  struct record_page page;
  struct record_problem problem = {""};
  long refused = 1;

  for (long nth = 1; refused > 0; nth++) {
    unit_case("growing strings, allocation %ld", nth);
    json_reader_init(&other, &other_listing, UINT32_MAX);
    record_page_init(&page, &other_listing);
    for (int size = 500; size <= 8000; size *= 4) {
      enum record_status status;
      int used = snprintf(record, sizeof record, "{\"share\":1.5,\"alias\":\"\\n%0*d\"}", size, 0);
      if (size > 500) allocation_fail_at(nth, false);
      status = json_record_take(&other, record, (size_t)used, &page, &problem);
      refused = size > 500 ? allocation_stop() : 1;
      CHECK_INT(size > 500 && refused ? RECORD_NO_MEMORY : RECORD_OK, status);
      if (size > 500 && refused) break;
    }
    record_page_free(&page);
    json_reader_free(&other);
    if (!CHECK(nth < 100)) break;
  }
}

/* Nor is there a number without memory for it. */
static void check_real_without_memory(void) {
  static const char record[] = "{\"share\":1.5}";
  long refused = 1;

  for (long nth = 1; refused > 0; nth++) {
    struct json_reader other;
    struct record_page page;
    struct record_problem problem = {""};
    enum record_status status;
    unit_case("a real, allocation %ld", nth);
    json_reader_init(&other, &other_listing, UINT32_MAX);
    record_page_init(&page, &other_listing);
    allocation_fail_at(nth, false);
    status = json_record_take(&other, record, sizeof record - 1, &page, &problem);
    refused = allocation_stop();
    CHECK_INT(refused ? RECORD_NO_MEMORY : RECORD_OK, status);
    record_page_free(&page);
    json_reader_free(&other);
  }
}

void job_test(void) {
  check_long_reals();
  check_aliases();
  check_growing_strings();
  check_real_without_memory();
  json_reader_init(&reader, &sync_job_listing, UINT32_MAX);
  check_example();
  check_nulls();
  check_tags();
  check_ids();
  check_reals();
  check_types();
  check_not_records();
  check_false_utf8();
  check_after_wrong();
  check_nesting();
  check_growth();
  check_no_memory();
  json_reader_free(&reader);
}
