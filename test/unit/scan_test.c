/*
** Tests of ext/scan/scan: which requests a scan makes of many repositories, when and how many
** at once, and the rows that come of them.
*/
#include "scan/scan.h"

#include <stdio.h>
#include <string.h>

#include "scan_model.h"
#include "unit.h"

static struct simulated_world world;
static struct scanned_rows model;
static struct scanned_rows rows;

static const struct scan_reading all = {0, -1, false};

static int64_t even(int64_t job) { return job * 2; }
static int64_t odd(int64_t job) { return job * 2 + 1; }
static int64_t late(int64_t job) { return job + 500; }

/* Three repositories, a, b and c, of 3, 0 and 5 jobs, and settings as a test wants them. */
static void open_three(void) {
  world_open(&world, 3);
  world.servers[0].jobs = 3;
  world.servers[0].time_of = even;
  world.servers[2].jobs = 5;
  world.servers[2].time_of = odd;
}

static struct scan_request request_of(size_t count, const struct order *order, bool ordered) {
  struct scan_request request = {.listing = &sync_job_listing,
                                 .places = world_list(&world, 0, count),
                                 .order = order,
                                 .ordered = ordered,
                                 .limit = -1};

  return request;
}

/* Scans, compares with the model, and compares the requests of this scan. */
static void check_scan(const struct scan_request *request, const struct scan_reading *reading,
                       const char *requests) {
  size_t before = world.fixture.transport->request_count;

  if (!CHECK_INT(SERVICE_OK, scan_read(&world, request, reading, &rows))) {
    CHECK_TEXT("", world.fixture.service->error.message);
  }
  scan_model(&world, request, &model);
  scan_compare(&model, &rows, reading);
  CHECK_INT(0, rows.outside);
  CHECK_TEXT(requests, world_requests(&world, before));
}

static void check_one_after_the_other(void) {
  static const struct {
    int64_t offset; /* hints and truth */
    int64_t limit;
    const char *requests;
  } cases[] = {
      {0, -1, "a:100@0 b:100@0 c:100@0"}, {0, 2, "a:2@0"},
      {0, 4, "a:4@0 b:1@0 c:1@0"},        {0, 100, "a:100@0 b:97@0 c:97@0"},
      {2, 4, "a:4@2 b:3@0 c:3@0"},        {5, 2, "a:2@5 b:2@2 c:2@2"},
      {4, -1, "a:100@4 b:100@1 c:100@1"}, {8, 3, "a:3@8 b:3@5 c:3@5"},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    for (const struct order *order = JOBS_ASCENDING; order <= JOBS_DESCENDING; order++) {
      struct scan_request request;
      struct scan_reading reading = {cases[i].offset, cases[i].limit, false};
      unit_case("one after the other, case %zu, order %s", i, order->words);
      open_three();
      world_begin(&world);
      request = request_of(3, order, false);
      request.offset = cases[i].offset;
      request.limit = cases[i].limit;
      check_scan(&request, &reading, cases[i].requests);
      world_close(&world);
    }
  }
}

/* Nothing is asked of a repository before its rows are wanted. */
static void check_lazy(void) {
  struct scan_reading reading = {0, 2, false};
  struct scan_request request;

  unit_case("only what is reached");
  open_three();
  world_begin(&world);
  request = request_of(3, JOBS_ASCENDING, false);
  check_scan(&request, &reading, "a:100@0");
  unit_case("what is here is not asked for again");
  check_scan(&request, &all, "b:100@0 c:100@0");
  check_scan(&request, &all, "");
  unit_case("another order is another list");
  request.order = JOBS_DESCENDING;
  check_scan(&request, &all, "a:100@0 b:100@0 c:100@0");
  unit_case("a new statement asks anew");
  world_end(&world);
  world_begin(&world);
  check_scan(&request, &all, "a:100@0 b:100@0 c:100@0");
  unit_case("no repository");
  request.places = world_list(&world, 0, 0);
  request.announced = world_list(&world, 0, 2);
  check_scan(&request, &all, "");
  world_close(&world);
}

static void check_merged(void) {
  static const struct {
    int64_t offset;
    int64_t limit;
    const char *requests;
  } cases[] = {
      {0, -1, "a:100@0 b:100@0 c:100@0"},  {0, 2, "a:2@0 b:2@0 c:2@0"},
      {1, 2, "a:3@0 b:3@0 c:3@0"}, /* the rows that are skipped may be any
                                      repository's */
      {4, 100, "a:100@0 b:100@0 c:100@0"}, {INT64_MAX, INT64_MAX, "a:100@0 b:100@0 c:100@0"},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    for (const struct order *order = JOBS_ASCENDING; order <= JOBS_DESCENDING; order++) {
      struct scan_request request;
      struct scan_reading reading = {cases[i].offset, cases[i].limit, false};
      unit_case("merged, case %zu, order %s", i, order->words);
      if (cases[i].limit == INT64_MAX) reading.take = -1;
      if (cases[i].offset == INT64_MAX) reading.skip = 100;
      open_three();
      world_begin(&world);
      request = request_of(3, order, true);
      request.offset = cases[i].offset;
      request.limit = cases[i].limit;
      check_scan(&request, &reading, cases[i].requests);
      world_close(&world);
    }
  }
}

/* Pages of a merge come as their rows are reached, and are smaller where there are many of them. */
static void check_merged_pages(void) {
  struct scan_request request;
  struct scan_reading reading = {0, 8, false};

  unit_case("pages of a merge");
  world_open(&world, 2);
  fixture_set(&world.fixture, "page_size", "4");
  world.servers[0].jobs = 30;
  world.servers[1].jobs = 30;
  world.servers[1].time_of = late;
  world_begin(&world);
  request = request_of(2, JOBS_ASCENDING, true);
  check_scan(&request, &reading, "a:4@0 b:4@0 a:6@2 a:6@6");
  world_close(&world);
  unit_case("small pages of many");
  world_open(&world, WORLD_MAX);
  fixture_set(&world.fixture, "page_size", "1000");
  world.servers[0].jobs = 900;
  world_begin(&world);
  request = request_of(WORLD_MAX, JOBS_ASCENDING, true);
  CHECK_INT(SERVICE_OK, scan_read(&world, &request, &all, &rows));
  CHECK_INT(900, rows.count);
  CHECK(!strncmp(world_requests(&world, 0), "a:819@0 b:819@0", 15));
  CHECK_INT(WORLD_MAX + 1, world.fixture.transport->request_count);
  world_close(&world);
}

/* A merge asks all repositories at once, as many at a time as the settings allow. */
static void check_side_by_side(void) {
  static const struct {
    const char *concurrency;
    int64_t most;
    int64_t most_milliseconds;
  } cases[] = {{"1", 1, 600}, {"2", 2, 300}, {"5", 5, 150}, {"6", 6, 50}, {"64", 6, 50}};

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    for (int bounded = 0; bounded <= 1; bounded++) {
      struct scan_request request;
      int64_t started;
      unit_case("concurrency %s, bounded %d", cases[i].concurrency, bounded);
      world_open(&world, 6);
      fixture_set(&world.fixture, "concurrency", cases[i].concurrency);
      world.delay = 50;
      for (size_t j = 0; j < world.count; j++) world.servers[j].jobs = 10 + (int64_t)j;
      world_begin(&world);
      request = request_of(6, JOBS_DESCENDING, true);
      if (bounded) time_bounds_add(&request.bounds, BOUND_LE, "2024-01-01T00:00:30Z", 20);
      started = world.fixture.transport->clock;
      check_scan(&request, &all, "a:100@0 b:100@0 c:100@0 d:100@0 e:100@0 f:100@0");
      CHECK_INT(cases[i].most, world.fixture.transport->most_in_flight);
      CHECK(world.fixture.transport->clock - started <= cases[i].most_milliseconds);
      world_close(&world);
    }
  }
}

/* Scans one repository, with those after it announced. */
static void scan_announcing(size_t first, const char *requests) {
  struct scan_request request = request_of(1, JOBS_ASCENDING, false);

  request.places = world_list(&world, first, 1);
  request.announced = world_list(&world, first, world.count - first);
  check_scan(&request, &all, requests);
}

/* What later scans ask is begun with the first one, after its own request. */
static void check_announced(void) {
  int64_t started;

  unit_case("announced");
  world_open(&world, 5);
  fixture_set(&world.fixture, "concurrency", "3");
  world.delay = 50;
  for (size_t i = 0; i < world.count; i++) world.servers[i].jobs = 10 + (int64_t)i;
  world_begin(&world);
  started = world.fixture.transport->clock;
  scan_announcing(0, "a:100@0 b:100@0 c:100@0");
  CHECK_INT(50, world.fixture.transport->clock - started);
  for (size_t i = 0; i < 3; i++) CHECK_INT(started, world.fixture.transport->requests[i].at);
  scan_announcing(1, "d:100@0 e:100@0");
  CHECK_INT(50, world.fixture.transport->clock - started); /* its answer was here */
  scan_announcing(2, "");
  scan_announcing(3, "");
  scan_announcing(4, "");
  CHECK_INT(100, world.fixture.transport->clock - started);
  CHECK_INT(3, world.fixture.transport->most_in_flight);
  unit_case("announced and never asked");
  world_end(&world);
  world_begin(&world);
  world.servers[0].jobs = 0;
  world.delay = 0;
  scan_announcing(0, "a:100@0 b:100@0 c:100@0");
  world_close(&world);
}

/* What goes wrong with an announced repository is told when it is asked, and not before. */
static void check_announced_trouble(void) {
  struct scan_request request;

  unit_case("trouble with an announced repository");
  open_three();
  world.servers[1].trouble_from = 1;
  world.servers[1].trouble_to = 100;
  world.servers[1].trouble = (struct scripted_answer){.status = 401};
  world_begin(&world);
  scan_announcing(0, "a:100@0 b:100@0 c:100@0");
  scan_announcing(2, "");
  request = request_of(1, JOBS_ASCENDING, false);
  request.places = world_list(&world, 1, 1);
  CHECK_INT(SERVICE_FAILED, scan_read(&world, &request, &all, &rows));
  CHECK_HAS(world.fixture.service->error.message, "group/b: HTTP 401");
  world_close(&world);
}

static void check_trouble(void) {
  static const struct scripted_answer absent = {.status = 404, .body = "{\"code\":\"SWR.404\"}"};
  static const struct scripted_answer refused = {.status = 400, .body = "{\"code\":\"X.1\"}"};

  for (int merged = 0; merged <= 1; merged++) {
    struct scan_request request;
    unit_case("an absent repository, merged %d", merged);
    open_three();
    world.servers[1].trouble_from = 1;
    world.servers[1].trouble_to = 100;
    world.servers[1].trouble = absent;
    world_begin(&world);
    request = request_of(3, JOBS_DESCENDING, merged);
    check_scan(&request, &all, "a:100@0 b:100@0 c:100@0");
    world_end(&world);
    unit_case("a failing repository, merged %d", merged);
    world.servers[1].trouble = refused;
    world_begin(&world);
    CHECK_INT(SERVICE_FAILED, scan_read(&world, &request, &all, &rows));
    CHECK_INT(merged ? 0 : 3, rows.count);
    CHECK_HAS(world.fixture.service->error.message, "group/b: HTTP 400, X.1");
    world_close(&world);
    unit_case("not in order, merged %d", merged);
    open_three();
    world.servers[2].unsorted = true;
    world.servers[2].time_of = NULL;
    world_begin(&world);
    request = request_of(3, JOBS_DESCENDING, true);
    if (!merged) request.places = world_list(&world, 2, 1);
    CHECK_INT(SERVICE_FAILED, scan_read(&world, &request, &all, &rows));
    CHECK_HAS(world.fixture.service->error.message, "group/c: the service did not list");
    world_close(&world);
  }
}

/* Within bounds: the start is searched for, and nothing is asked after the end. */
static void check_bounds(void) {
  struct scan_request request;
  char text[] = "2024-01-01T00:09:58Z";
  struct scan *scan;

  unit_case("from a bound on");
  world_open(&world, 2);
  fixture_set(&world.fixture, "page_size", "10");
  world.servers[0].jobs = 600;
  world_begin(&world);
  request = request_of(1, JOBS_ASCENDING, true);
  time_bounds_add(&request.bounds, BOUND_GE, "2024-01-01T00:05:03Z", 20);
  time_bounds_add(&request.bounds, BOUND_LT, "2024-01-01T00:05:06Z", 20);
  check_scan(&request, &all, "a:10@0 a:11@590 a:10@298");
  unit_case("newest first, down to a bound");
  request = request_of(1, JOBS_DESCENDING, true);
  time_bounds_add(&request.bounds, BOUND_GE, "2024-01-01T00:09:45Z", 20);
  check_scan(&request, &all, "a:10@0 a:12@8");
  unit_case("no row at all");
  request.bounds.count = 0;
  time_bounds_add(&request.bounds, BOUND_LT, "2024-01-01", 10);
  check_scan(&request, &all, "a:11@590");
  unit_case("the texts are the caller's");
  request.bounds.count = 0;
  time_bounds_add(&request.bounds, BOUND_GE, text, 20);
  CHECK_INT(SERVICE_OK, scan_open(world.statement, &request, &scan));
  memset(text, 'x', sizeof text);
  for (int left = 2; left > 0; left--) {
    CHECK(!scan_ended(scan));
    CHECK_INT(SERVICE_OK, scan_next(scan));
  }
  CHECK(scan_ended(scan));
  scan_close(scan);
  world_close(&world);
}

/* A scan keeps its statement; two of one statement do not disturb each other. / */
static void check_scans_of_one_statement(void) {
  struct scan_request request;
  struct scan *left;
  struct scan *right;

  unit_case("two scans");
  open_three();
  fixture_set(&world.fixture, "region", "xx-test-1");
  fixture_set(&world.fixture, "page_size", "2");
  world_begin(&world);
  request = request_of(3, JOBS_ASCENDING, true);
  CHECK_INT(SERVICE_OK, scan_open(world.statement, &request, &left));
  CHECK_INT(SERVICE_OK, scan_open(world.statement, &request, &right));
  statement_release(world.statement);
  world.statement = NULL;
  scan_model(&world, &request, &model);
  for (size_t i = 0; i < model.count; i++) {
    const struct record_page *page;
    size_t index;
    CHECK(!scan_ended(left));
    CHECK_INT(SERVICE_OK, scan_row(left, &page, &index));
    CHECK_INT(model.rows[i].job, simulated_job(page, index));
    CHECK_INT(model.rows[i].place, world_index(&world, scan_repository(left)));
    CHECK_INT(SERVICE_OK, scan_next(left));
    if (i % 2) continue;
    CHECK_INT(SERVICE_OK, scan_row(right, &page, &index));
    CHECK_INT(model.rows[i / 2].job, simulated_job(page, index));
    CHECK_INT(SERVICE_OK, scan_next(right));
  }
  CHECK(scan_ended(left));
  scan_close(left);
  CHECK_TEXT("xx-test-1", scan_repository(right)->region);
  scan_close(right);
  scan_close(NULL);
  world_close(&world);
}

/* A merge of more than fits into memory at once: pages are let go of, and no row is lost. */
static void check_memory(void) {
  struct scan_request request;

  for (int merged = 0; merged <= 1; merged++) {
    unit_case("much, merged %d", merged);
    world_open(&world, 8);
    fixture_set(&world.fixture, "page_size", "4");
    for (size_t i = 0; i < world.count; i++) {
      world.servers[i].jobs = 14;
      world.servers[i].padding = 230000;
    }
    world_begin(&world);
    request = request_of(8, JOBS_ASCENDING, merged);
    CHECK_INT(SERVICE_OK, scan_read(&world, &request, &all, &rows));
    scan_model(&world, &request, &model);
    scan_compare(&model, &rows, &all);
    CHECK_INT(8 * 4, world.fixture.transport->request_count); /* each page once */
    world_close(&world);
  }
}

/* Only the number of rows is wanted. */
static void check_count(void) {
  static const struct scan_reading counting = {0, -1, true};
  struct scan_request request;

  unit_case("count");
  open_three();
  world_begin(&world);
  request = request_of(3, JOBS_ASCENDING, false);
  request.count_only = true;
  check_scan(&request, &counting, "a:1@0 b:1@0 c:1@0");
  unit_case("read after all");
  check_scan(&request, &all, "a:101@0 c:101@0");
  world_close(&world);
}

void scan_test(void) {
  check_one_after_the_other();
  check_lazy();
  check_merged();
  check_merged_pages();
  check_side_by_side();
  check_announced();
  check_announced_trouble();
  check_trouble();
  check_bounds();
  check_scans_of_one_statement();
  check_memory();
  check_count();
}
