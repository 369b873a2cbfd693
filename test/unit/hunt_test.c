/*
** Tests of ext/scan/hunt and of what ext/scan/drift shows, one rule each: what else only some lists
** of odd_scan_test come to.
*/
#include "scan/hunt.h"

#include <stdio.h>

#include "fixture.h"
#include "orders.h"
#include "record/json_record.h"
#include "simulated_server.h"
#include "unit.h"

static struct fixture fixture;
static struct simulated_server server;
static struct json_reader json;
static struct page_cache cache;
static struct drift drift;
static struct fetch fetch;
static size_t footprint;

static const struct page_reader reader = {.limit = -1, .reads = true};

/* A hunt for a row, of a list of which nothing is here. */
static void open_hunt(struct hunt *hunt, int64_t position) {
  server = simulated_server_of(0);
  fixture_open(&fixture, simulated_server_answer, &server);
  fixture_begin(&fixture);
  page_cache_init(&cache, &footprint);
  drift_init(&drift, &cache, JOBS_ASCENDING);
  fetch_init(&fetch, fixture.service, fixture.access, &sync_job_listing, &fixture.place,
             JOBS_ASCENDING, &cache, &drift);
  hunt_begin(hunt, &fetch, &drift, &reader, position, position);
}

static void close_hunt(void) {
  fetch_free(&fetch);
  page_cache_free(&cache);
  fixture_close(&fixture);
}

/* That nothing comes next was not so, where rows have come that do. */
static void check_end_taken_back(void) {
  const struct join late = {.standing = TOO_LATE};
  struct hunt hunt;

  unit_case("an end that an answer with later rows takes back");
  open_hunt(&hunt, 20);
  hunt.nothing = true;
  hunt_miss(&hunt, &late, true);
  CHECK(hunt.nothing); /* an empty answer says nothing of that */
  hunt_miss(&hunt, &late, false);
  CHECK(!hunt.nothing);
  CHECK(hunt.saw_more);
  close_hunt();
}

/* A total that has grown tells how far rows may have moved on, and not where there are none. */
static void check_offset_bound(void) {
  const struct join early = {.standing = NOTHING_NEW, .reached = 2};
  struct hunt hunt;

  unit_case("no offset past the largest one");
  open_hunt(&hunt, 200);
  fetch.records = 2;
  for (int i = 0; i < 4; i++) {
    hunt.window.limit = 2;
    drift.change = JOBS_OFFSET_MAX - 100;
    hunt_miss(&hunt, &early, false);
    CHECK(hunt.window.offset <= JOBS_OFFSET_MAX);
    CHECK(hunt.window.offset > 0);
  }
  close_hunt();
  /* Nor first of all: the last page may have more rows than were asked for. */
  open_hunt(&hunt, JOBS_OFFSET_MAX + 6);
  CHECK(hunt.window.offset <= JOBS_OFFSET_MAX);
  close_hunt();
}

/* Rows of these times (negative: none), each with its index as its id from `first_id` on. */
static struct record_page make_rows(const int *times, size_t count, int first_id) {
  struct record_page page;
  struct record_problem problem;

  record_page_init(&page, &sync_job_listing);
  for (size_t i = 0; i < count; i++) {
    char record[100];
    char time[SIMULATED_TIME_MAX];
    const char *quote = times[i] < 0 ? "" : "\"";
    int size;
    simulated_time(times[i] < 0 ? 0 : times[i], time);
    size = snprintf(record, sizeof record, "{\"id\":%d,\"createdAt\":%s%s%s}", first_id + (int)i,
                    quote, times[i] < 0 ? "null" : time, quote);
    CHECK_INT(RECORD_OK, json_record_take(&json, record, (size_t)size, &page, &problem));
  }
  return page;
}

/* Rows of an answer go on with a page that is here only where no equal time leaves that open. */
static void check_meets(void) {
  static const struct {
    const char *name;
    size_t count;
    int rows[3];
    int after[2];
    bool meets;
  } cases[] = {{"the next row shows it", 3, {1, 2, 3}, {2, 3}, true},
               {"at the last row, what comes next is not there", 2, {1, 2}, {2, 3}, false},
               {"the last row, with the time of the one before it", 2, {2, 2}, {2, 3}, false},
               {"the row before has its time", 3, {2, 2, 3}, {2, 3}, false},
               {"the next row has its time", 3, {1, 2, 2}, {2, 2}, false},
               {"another row comes next", 3, {1, 2, 4}, {2, 3}, false}};

  drift_init(&drift, &cache, JOBS_ASCENDING);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct record_page rows = make_rows(cases[i].rows, cases[i].count, 1);
    struct record_page after = make_rows(cases[i].after, 2, 2);
    const struct cached_page page = {.start = 1, .count = 2, .rows = after};
    unit_case("%s", cases[i].name);
    CHECK_INT(cases[i].meets, drift_meets(&drift, &rows, 1, &page));
    record_page_free(&rows);
    record_page_free(&after);
  }
}

/* Where rows without a time stand, by two answers: a list of these alone tells nothing. */
static void check_nulls(void) {
  static const struct {
    const char *name;
    size_t count;
    int64_t offset;
    int times[2];
    enum nulls nulls;
  } cases[] = {{"one comes in front of them", 2, 0, {5, -1}, NULLS_LAST},
               {"another stands in their place", 1, 0, {5}, NULLS_UNKNOWN},
               {"one stands past them", 1, 2, {5}, NULLS_FIRST}};
  static const int none[] = {-1, -1};

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct page_response first = {.page = make_rows(none, 2, 1)};
    struct page_response second = {.page = make_rows(cases[i].times, cases[i].count, 3)};
    unit_case("rows without a time, %s", cases[i].name);
    second.window.offset = cases[i].offset;
    drift_init(&drift, &cache, JOBS_DESCENDING);
    drift_note(&drift, &first, false);
    CHECK_INT(NULLS_UNKNOWN, drift.nulls);
    drift_note(&drift, &second, false);
    CHECK_INT(cases[i].nulls, drift.nulls);
    record_page_free(&first.page);
    record_page_free(&second.page);
  }
}

/* A row that moves on by one, since another has come in front of it, shows no offset ignored. */
static void check_row_that_moves(void) {
  static const int time[] = {5};
  struct hunt hunt;

  unit_case("the first row stands at the next offset, past another");
  open_hunt(&hunt, 1);
  for (int i = 0; i < 20; i++) {
    struct page_response answer = {.page = make_rows(time, 1, i == 0 || i % 2 ? 1 : 2)};
    answer.window.offset = i % 2;
    CHECK_INT(SERVICE_OK, fetch_check_offset(&fetch, &answer));
    record_page_free(&answer.page);
  }
  close_hunt();
}

void hunt_test(void) {
  check_end_taken_back();
  check_offset_bound();
  json_reader_init(&json, &sync_job_listing, UINT32_MAX);
  check_meets();
  check_nulls();
  check_row_that_moves();
  json_reader_free(&json);
}
