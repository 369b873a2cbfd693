/*
** Tests of ext/scan where what was told and what is there differ, and of bounds, hints and orders
** at their ends: rows that were counted and are gone, times that are none, numbers that nothing
** has.
*/
#include <stdio.h>
#include <string.h>

#include "allocation.h"
#include "base/memory_bounds.h"
#include "scan_model.h"
#include "sync_job_columns.h"
#include "unit.h"

static struct simulated_world world;
static struct scanned_rows model;
static struct scanned_rows rows;

static const struct scan_reading all = {0, -1, false};
static const struct scripted_answer refused = {.status = 403, .body = "{\"code\":\"X.1\"}"};

static struct scan_request request_of(size_t first, size_t count, const struct order *order,
                                      bool ordered) {
  return (struct scan_request){.listing = &sync_job_listing,
                               .places = world_list(&world, first, count),
                               .order = order,
                               .ordered = ordered,
                               .limit = -1};
}

static void check_scan(const struct scan_request *request) {
  if (!CHECK_INT(SERVICE_OK, scan_read(&world, request, &all, &rows))) {
    CHECK_TEXT("", world.fixture.service->error.message);
  }
  scan_model(&world, request, &model);
  scan_compare(&model, &rows, &all);
}

/* ---- rows that were counted ---- */

/* Who passes rows goes by the total; one that is wanted then may have gone, or may not be had. */
static void check_gone(void) {
  for (int fails = 0; fails <= 1; fails++) {
    struct scan_request request;
    struct scan *scan;
    const struct record_page *page;
    size_t index;
    unit_case("passed, and %s", fails ? "refused" : "gone");
    world_open(&world, 1);
    fixture_set(&world.fixture, "page_size", "10");
    world.servers[0].jobs = 60;
    world_begin(&world);
    request = request_of(0, 1, JOBS_ASCENDING, false);
    CHECK_INT(SERVICE_OK, scan_open(world.statement, &request, &scan));
    for (int i = 0; i < 45; i++) CHECK_INT(SERVICE_OK, scan_next(scan));
    CHECK(!scan_ended(scan));
    world.servers[0].jobs = fails ? 60 : 30;
    world.servers[0].trouble = refused;
    world.servers[0].trouble_from = fails ? 1 : 0;
    world.servers[0].trouble_to = 100;
    CHECK_INT(SERVICE_FAILED, scan_row(scan, &page, &index));
    CHECK_HAS(world.fixture.service->error.message, fails ? "X.1" : "46 is gone");
    scan_close(scan);
    world_close(&world);
  }
}

/* ---- bounds ---- */

static int64_t many_a_second(int64_t job) { return job / 90; }

/*
** A bound in thousands of years, to which a busy list would have more rows than there are numbers
** for; one that is no time, which comes after all; and both kinds beside one that is.
*/
static void check_bounds(void) {
  static const struct {
    const char *name;
    enum bound_operator op;
    const char *text;
  } cases[] = {{"far", BOUND_LT, "9999-12-31T23:59:59Z"},
               {"none", BOUND_LT, "never"},
               {"none, beside one", BOUND_LE, "soon"}};

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct scan_request request;
    unit_case("bound: %s", cases[i].name);
    world_open(&world, 2);
    world.servers[0].jobs = world.servers[1].jobs = 1000;
    world.servers[0].time_of = many_a_second;
    world_begin(&world);
    request = request_of(0, 2, JOBS_ASCENDING, false);
    time_bounds_add(&request.bounds, cases[i].op, cases[i].text, strlen(cases[i].text));
    if (i == 2) time_bounds_add(&request.bounds, BOUND_LT, "2024-01-01T00:00:05Z", 20);
    check_scan(&request);
    world_close(&world);
  }
}

/* ---- orders ---- */

/* A LIMIT and an OFFSET that no number is above, where ties need some rows more. */
static void check_numbers(void) {
  static const struct tie ties[] = {{JOB_ID, true}};
  static const struct {
    int64_t limit;
    int64_t offset;
  } cases[] = {{3, INT64_MAX}, {INT64_MAX, 3}, {INT64_MAX - 10, 0}, {INT64_MAX, INT64_MAX}, {5, 3}};

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct scan_request request;
    struct scan *scan;
    size_t count = 0;
    unit_case("limit and offset %zu", i);
    world_open(&world, 1);
    world.servers[0].jobs = 12;
    world_begin(&world);
    request = request_of(0, 1, JOBS_ASCENDING, true);
    request.ties = ties;
    request.tie_count = 1;
    request.limit = cases[i].limit;
    request.offset = cases[i].offset;
    CHECK_INT(SERVICE_OK, scan_open(world.statement, &request, &scan));
    for (; scan && !scan_ended(scan); count++) {
      if (!CHECK_INT(SERVICE_OK, scan_next(scan))) break;
    }
    CHECK_INT(12, count); /* SQLite skips, and stops */
    scan_close(scan);
    world_close(&world);
  }
}

static int64_t none_lately(int64_t job) { return job < 1010 ? job : NO_TIME; }

/* Where a list has rows without a time is asked; that may be refused. */
static void check_nulls_refused(void) {
  struct scan_request request;

  unit_case("where rows without a time stand is not told");
  world_open(&world, 2);
  fixture_set(&world.fixture, "page_size", "10");
  fixture_set(&world.fixture, "concurrency", "1");
  world.servers[0].jobs = 5;
  world.servers[1].jobs = 40;
  world.servers[1].time_of = none_lately; /* and so those without come first */
  world.servers[1].trouble = refused;
  world.servers[1].trouble_from = 2;
  world.servers[1].trouble_to = 100;
  world_begin(&world);
  request = request_of(0, 2, JOBS_DESCENDING, true);
  CHECK_INT(SERVICE_FAILED, scan_read(&world, &request, &all, &rows));
  CHECK_INT(0, rows.count);
  CHECK_HAS(world.fixture.service->error.message, "X.1");
  world_close(&world);
}

/* What others of the statement hold leaves the less to a merge, which has no row yet to go by. */
static void check_little_left(void) {
  struct scan_request large;
  struct scan_request merged;
  struct scan *scan;

  unit_case("a merge beside large records");
  world_open(&world, 4);
  for (size_t i = 0; i < 4; i++) world.servers[i].jobs = i == 1 ? 0 : 12;
  world.servers[0].padding = 900000;
  world_begin(&world);
  large = request_of(0, 1, JOBS_ASCENDING, false);
  CHECK_INT(SERVICE_OK, scan_open(world.statement, &large, &scan));
  CHECK(statement_footprint(world.statement) > STATEMENT_PAGES_MAX / 2);
  merged = request_of(1, 3, JOBS_ASCENDING, true);
  check_scan(&merged);
  scan_close(scan);
  world_close(&world);
}

/* ---- other regions ---- */

/* What later scans ask is reached first, where there is memory for it. */
static void check_announced_regions(void) {
  long failures = 1;

  for (long nth = 1; failures > 0; nth++) {
    struct scan_request request;
    struct places *announced = places_create();
    enum service_status status;
    unit_case("announced in another region, allocation %ld", nth);
    world_open(&world, 2);
    fixture_set(&world.fixture, "region", "xx-test-1");
    fixture_set(&world.fixture, "endpoint", NULL);
    fixture_set(&world.fixture, "token", NULL);
    fixture_set(&world.fixture, "access_key", "key");
    fixture_set(&world.fixture, "secret_key", "secret");
    world.servers[0].jobs = 3;
    world_begin(&world);
    place_set_region(&world.places[1], "yy-test-1"); /* which nobody has reached */
    CHECK(places_add(announced, &world.places[1]));
    request = request_of(0, 1, JOBS_ASCENDING, false);
    CHECK_INT(SERVICE_OK, scan_read(&world, &request, &all, &rows)); /* the key is right */
    request.announced = announced;
    allocation_fail_at(nth, false);
    status = scan_read(&world, &request, &all, &rows);
    failures = allocation_stop();
    /* What goes wrong with a request that nobody has asked for yet is told to who does. */
    CHECK(status == SERVICE_OK || (failures && status == SERVICE_NO_MEMORY));
    if (status == SERVICE_OK) CHECK_INT(3, rows.count);
    world_close(&world);
    places_release(announced);
    if (!CHECK(nth < 1000)) return;
  }
}

void scan_rare_test(void) {
  check_gone();
  check_bounds();
  check_numbers();
  check_nulls_refused();
  check_little_left();
  check_announced_regions();
}
