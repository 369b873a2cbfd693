/*
** Tests of ext/scan at its ends: rows that lack what others have, pages that are not there, what is
** said where pages do not fit together.
*/
#include <string.h>

#include "allocation.h"
#include "fixture.h"
#include "record/json_record.h"
#include "scan/drift.h"
#include "scan/given.h"
#include "scan/paging_error.h"
#include "scan/row.h"
#include "scan/row_set.h"
#include "scan/time_bounds.h"
#include "simulated_server.h"
#include "unit.h"

/* ---- rows ---- */

enum { ENDS_NUMBER, ENDS_TEXT, ENDS_FLAG, ENDS_TIME, ENDS_COUNT };

static const struct column columns[ENDS_COUNT] = {
    [ENDS_NUMBER] = {.name = "number", .kind = COLUMN_INTEGER, .flags = COLUMN_IDENTITY},
    [ENDS_TEXT] = {.name = "text", .flags = COLUMN_IDENTITY},
    [ENDS_FLAG] = {.name = "flag", .kind = COLUMN_BOOLEAN, .flags = COLUMN_DISTINCT},
    [ENDS_TIME] = {.name = "time", .flags = COLUMN_TIME},
};
static const struct listing listing = {.columns = columns,
                                       .column_count = ENDS_COUNT,
                                       .orders = {{.column = ENDS_TIME}},
                                       .order_count = 1};

/* A page of such records; the caller frees it. */
static void read_page(struct record_page *page, const char *const *records, size_t count) {
  struct json_reader reader;
  struct record_problem problem = {""};

  json_reader_init(&reader, &listing, UINT32_MAX);
  record_page_init(page, &listing);
  for (size_t i = 0; i < count; i++) {
    CHECK_INT(RECORD_OK, json_record_take(&reader, records[i], strlen(records[i]), page, &problem));
  }
  json_reader_free(&reader);
}

static const char *const records[] = {
    "{\"number\":1,\"text\":\"a\",\"time\":\"2024-01-01\",\"flag\":true}",
    "{\"number\":1,\"text\":\"a\",\"time\":\"2024-01-01\",\"flag\":false}", /* the same */
    "{\"number\":2,\"text\":\"a\",\"time\":\"2024-01-01\"}",
    "{\"text\":\"a\",\"time\":\"2024-01-01\"}",
    "{\"number\":0,\"text\":\"a\",\"time\":\"2024-01-01\"}", /* which NULL is not */
    "{\"number\":1,\"time\":\"2024-01-01\"}",
    "{\"number\":1,\"text\":\"\",\"time\":\"2024-01-01\"}", /* nor is the empty text */
    "{\"number\":1,\"text\":\"a\"}",
    "{\"number\":1,\"text\":\"a\",\"time\":\"soon\"}",
};

static void check_rows(void) {
  struct record_page page;
  int64_t seconds = 0;

  read_page(&page, records, COUNT_OF(records));
  for (size_t i = 0; i < COUNT_OF(records); i++) {
    for (size_t j = 0; j < COUNT_OF(records); j++) {
      unit_case("rows %zu and %zu", i, j);
      CHECK_INT(i == j || (i < 2 && j < 2), row_same(&page, i, &page, j));
      if (row_same(&page, i, &page, j)) CHECK(row_hash(&page, i) == row_hash(&page, j));
    }
  }
  CHECK(row_hash(&page, 0) != row_hash(&page, 2));
  CHECK(time_bounds_seconds(&page, 0, &seconds));
  CHECK_INT(1704067200, seconds);
  unit_case("no time, and none that can be read");
  CHECK(!time_bounds_seconds(&page, 7, &seconds));
  CHECK(!time_bounds_seconds(&page, 8, &seconds));
  CHECK(row_timeless(&page, 7));
  record_page_free(&page);
}

/* Each record once; one is known whatever its other columns say. */
static void check_row_set(void) {
  static const struct place place = {.region = ""};
  long refused = 1;

  for (long nth = 1; refused > 0; nth++) {
    struct record_page page;
    struct record_page again;
    struct row_set set;
    struct row_set borrowed;
    size_t news = 0;
    bool added;
    unit_case("a set, allocation %ld", nth);
    read_page(&page, records, COUNT_OF(records));
    read_page(&again, records, 2);
    row_set_init(&set, &listing, &place);
    row_set_init(&borrowed, &listing, &place);
    CHECK(!row_set_covers(&set, &again, -1));
    CHECK(row_set_borrow(&borrowed, &set)); /* nothing */
    allocation_fail_at(nth, false);
    added = row_set_add(&set, &page, false, &news) && row_set_add(&set, &again, true, &news) &&
            row_set_borrow(&borrowed, &set);
    refused = allocation_stop();
    CHECK_INT(!refused, added);
    if (added) {
      CHECK_INT(6, set.shown_count); /* number and text tell them apart */
      CHECK_INT(set.shown_count, borrowed.shown_count);
      CHECK(set.rows[0].chained && !set.rows[1].chained);
    }
    row_set_free(&borrowed);
    row_set_free(&set);
    record_page_free(&page);
    record_page_free(&again);
    if (!CHECK(nth < 100)) return;
  }
}

/* ---- what was given out ---- */

static void check_given(void) {
  struct record_page page;
  long refused = 1;

  read_page(&page, records, COUNT_OF(records));
  for (long nth = 1; refused > 0; nth++) {
    struct given given = {0};
    struct page_run run = {.here = true, .start = 0, .end = 1, .page = &page};
    bool again = true;
    size_t index = 77;
    bool noted;
    unit_case("given, allocation %ld", nth);
    allocation_fail_at(nth, false);
    noted = given_note(&given, &run, &again, &index);
    refused = allocation_stop();
    CHECK_INT(!refused, noted);
    if (noted) {
      CHECK(!again);
      CHECK(
          given_note(&given, &run, &again, &index)); /* of rows that were noted, nothing is told */
      CHECK(!again);
      CHECK_INT(1, given.count);
      run.end = 2; /* the second is the first once more */
      CHECK(given_note(&given, &run, &again, &index));
      CHECK(again);
      CHECK_INT(1, index);
    }
    given_free(&given);
  }
  record_page_free(&page);
}

/* ---- pages that are not there ---- */

static void check_marks(void) {
  struct page_cache cache;
  struct record_page page;
  size_t shared = 0;

  unit_case("marks of no page");
  page_cache_init(&cache, &shared);
  page_cache_mark_joined(&cache, 5);
  page_cache_mark_last(&cache, 5);
  page_cache_mark_shift(&cache, 5, 3);
  CHECK_INT(0, cache.count);
  read_page(&page, records, 3);
  CHECK(page_cache_keep(&cache, &page, 0, 4));
  page_cache_mark_joined(&cache, 5); /* it does not begin there */
  CHECK(!page_cache_peek(&cache, 5)->joined);
  page_cache_mark_joined(&cache, 4);
  CHECK(page_cache_peek(&cache, 5)->joined);
  page_cache_mark_last(&cache, 6);
  CHECK(page_cache_peek(&cache, 4)->last);
  page_cache_free(&cache);
  CHECK_INT(0, shared);
}

/*
** A page that was asked for by its offset is none that follows, once rows before it are read that
** have moved since: whoever reads on finds each job after the one before it.
*/
static void check_pages_apart(void) {
  static const struct page_reader reader = {.limit = -1, .reads = true, .ordered = true};
  struct simulated_server server = simulated_server_of(60);
  struct fixture fixture;
  struct page_map *map;
  int64_t before = -1;

  unit_case("pages apart");
  fixture_open(&fixture, simulated_server_answer, &server);
  fixture_set(&fixture, "page_size", "10");
  fixture_set(&fixture, "concurrency", "1");
  fixture_begin(&fixture);
  map = fixture_map(&fixture, JOBS_DESCENDING);
  if (!CHECK(map)) return;
  for (int64_t position = 30; position != 29; position = position == 30 ? 8 : position + 1) {
    const struct record_page *page;
    size_t index;
    bool exists = false;
    CHECK_INT(SERVICE_OK, page_map_seek(map, &reader, position, &exists));
    if (position == 30) server.jobs += 5;
    if (!CHECK(exists)) break;
    CHECK_INT(SERVICE_OK, fixture_row(map, &reader, position, &page, &index));
    if (position > 8 && position < 30) CHECK_INT(before - 1, simulated_job(page, index));
    before = simulated_job(page, index);
  }
  for (int64_t position = 29; position < 45; position++) {
    const struct record_page *page;
    size_t index;
    CHECK_INT(SERVICE_OK, fixture_row(map, &reader, position, &page, &index));
    CHECK_INT(before - 1, simulated_job(page, index));
    before = simulated_job(page, index);
  }
  page_map_close(map);
  fixture_close(&fixture);
}

/* ---- what is said ---- */

static void check_words(void) {
  struct fixture fixture;
  struct drift drift = {.disordered_id = 4711};
  struct fetch fetch;
  const char *said;

  fixture_open(&fixture, NULL, NULL);
  fixture_begin(&fixture);
  said = fixture.service->error.message;
  fetch = (struct fetch){.service = fixture.service,
                         .access = fixture.access,
                         .listing = &sync_job_listing,
                         .place = &fixture.place,
                         .order = JOBS_ASCENDING,
                         .drift = &drift};
  unit_case("misled");
  CHECK_INT(SERVICE_FAILED, paging_fail_misled(&fetch));
  CHECK_HAS(said, "group/library/busybox: ");
  CHECK_HAS(said, "not list the jobs in the order of createdAt (at the job with id 4711)");
  unit_case("tied");
  CHECK_INT(SERVICE_FAILED, paging_fail_tied(&fetch, 12));
  CHECK_HAS(said, "number 12 more");
  CHECK_HAS(said, "share one createdAt");
  unit_case("moving");
  CHECK_INT(SERVICE_FAILED, paging_fail_moving(&fetch, 12, 34, 9));
  CHECK_HAS(said, "after number 12 were not found in 9 requests, the last one for offset 34");
  unit_case("gone");
  CHECK_INT(SERVICE_FAILED, paging_fail_gone(&fetch, 12));
  CHECK_HAS(said, "13 is gone");
  unit_case("disordered, and twice");
  CHECK_INT(SERVICE_FAILED, paging_fail_disordered(&fetch));
  CHECK_HAS(said, "id 4711");
  CHECK_INT(SERVICE_FAILED, paging_fail_twice(&fetch, 5));
  CHECK_HAS(said, "with id 5 at two places");
  fixture_close(&fixture);
}

void scan_ends_test(void) {
  check_rows();
  check_row_set();
  check_given();
  check_marks();
  check_words();
  check_pages_apart();
}
