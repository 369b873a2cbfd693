/*
** Tests of ext/scan/page_map and trail where what was there is not any more: lists that shrink
** below what was read of them, that grow without end, or that turn out to have no order after all.
*/
#include <string.h>

#include "allocation.h"
#include "fixture.h"
#include "record/json_record.h"
#include "scan/trail.h"
#include "simulated_server.h"
#include "unit.h"

static const struct page_reader reader = {.limit = -1, .reads = true, .ordered = true};
static const struct scripted_answer refused = {.status = 403, .body = "{\"code\":\"X.1\"}"};
static const struct scripted_answer nothing = {.status = 200, .body = "[]"};

static struct simulated_server server;
static struct fixture fixture;
static struct page_map *map;

static void open_map(int64_t jobs, enum range_style range, const struct order *order) {
  server = simulated_server_of(jobs);
  server.range = range;
  fixture_open(&fixture, simulated_server_answer, &server);
  fixture_set(&fixture, "page_size", "10");
  fixture_set(&fixture, "concurrency", "1");
  fixture_set(&fixture, "retries", "0");
  fixture_begin(&fixture);
  map = fixture_map(&fixture, order);
}

static void close_map(void) {
  page_map_close(map);
  fixture_close(&fixture);
}

static enum service_status seek(int64_t position, bool *exists) {
  return page_map_seek(map, &reader, position, exists);
}

/* ---- an end that other rows contradict ---- */

static void empty_once(struct simulated_server *list, size_t number) {
  list->jobs = number == 3 ? 0 : 39;
}

/* Rows up to number 39 were seen; a look at number 21 finds nothing. */
static void check_shrunk(void) {
  static const struct {
    const char *name;
    int64_t jobs; /* that are left */
    size_t fails; /* the request that is refused; 0: none */
    enum service_status status;
    bool exists;
    bool once; /* for one request only */
  } cases[] = {{"all are gone", 0, 0, SERVICE_OK, false, false},
               {"most are gone", 5, 0, SERVICE_OK, false, false},
               {"half are gone", 20, 0, SERVICE_OK, false, false},
               {"it cannot be confirmed", 0, 4, SERVICE_FAILED, false, false},
               {"they are back", 39, 0, SERVICE_OK, true, true}};

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    bool exists;
    unit_case("%s", cases[i].name);
    open_map(39, RANGE_NONE, JOBS_ASCENDING);
    CHECK_INT(SERVICE_OK, seek(30, &exists));
    CHECK(exists);
    CHECK_TEXT("10@30 1@0", fixture_requests(&fixture, 0)); /* are offsets heeded? */
    server.jobs = cases[i].jobs;
    if (cases[i].once) server.before = empty_once;
    server.trouble = refused;
    server.trouble_from = server.trouble_to = cases[i].fails;
    CHECK_INT(cases[i].status, seek(20, &exists));
    CHECK_INT(cases[i].exists, exists);
    close_map();
  }
}

/* Between a thousand million rows and none the end is not looked for at any price. */
static void check_far(void) {
  bool exists;

  unit_case("far too many are gone");
  open_map(2000000010, RANGE_NONE, JOBS_ASCENDING);
  CHECK_INT(SERVICE_OK, seek(2000000000, &exists));
  server.jobs = 10;
  CHECK_INT(SERVICE_FAILED, seek(1000000000, &exists));
  CHECK_HAS(fixture.service->error.message, "were not found in 24 requests");
  CHECK_INT(3 + 24, fixture.transport->request_count);
  close_map();
}

/* ---- lists that grow as fast as they are read ---- */

static size_t horizon; /* the number of the request for the newest job; 0: not yet */
static long failing;   /* the allocation that fails from then on; 0: none */

static void grow(struct simulated_server *list, size_t number) {
  list->jobs += 10;
  if (failing && number == horizon) allocation_fail_at(failing, false);
}

/* Reads a list that grows, up to so many rows. The number of rows. */
static int64_t read_growing(int64_t most, enum service_status *status) {
  for (int64_t position = 0; position < most; position++) {
    bool exists;
    *status = seek(position, &exists);
    if (*status != SERVICE_OK || !exists) return position;
  }
  return most;
}

static void open_growing(enum range_style range) {
  open_map(20, range, JOBS_ASCENDING);
  server.before = grow;
}

static void check_growing(void) {
  enum service_status status;
  int64_t rows;
  int64_t usual;

  failing = 0;
  unit_case("growing");
  open_growing(RANGE_COUNT);
  usual = read_growing(2000, &status);
  CHECK_INT(SERVICE_OK, status);
  CHECK(usual < 400);
  for (horizon = 1; horizon <= fixture.transport->request_count; horizon++) {
    if (strstr(fixture.transport->requests[horizon - 1].url, "desc")) break;
  }
  CHECK(horizon < fixture.transport->request_count);
  close_map();

  unit_case("the newest cannot be had");
  open_growing(RANGE_COUNT);
  server.trouble = refused;
  server.trouble_from = server.trouble_to = horizon;
  read_growing(2000, &status);
  CHECK_INT(SERVICE_FAILED, status);
  CHECK_HAS(fixture.service->error.message, "X.1");
  close_map();

  unit_case("there is no newest: it is asked for again much later");
  open_growing(RANGE_COUNT);
  server.trouble = nothing;
  server.trouble_from = server.trouble_to = horizon;
  rows = read_growing(2000, &status);
  CHECK_INT(SERVICE_OK, status);
  CHECK(rows > usual && rows < 2000);
  close_map();

  for (failing = 1; failing; failing++) {
    unit_case("the newest, and allocation %ld", failing);
    open_growing(RANGE_COUNT);
    read_growing(2000, &status);
    if (!allocation_stop()) failing = -1;
    CHECK_INT(failing > 0 ? SERVICE_NO_MEMORY : SERVICE_OK, status);
    close_map();
  }
}

/* Who counts such a list, of which nothing tells the total, comes to the same end. */
static void check_counting(void) {
  static const struct page_reader counter = {.limit = -1, .count_only = true};
  int64_t position = 0;
  bool exists = true;

  unit_case("counting what grows");
  failing = 0;
  open_growing(RANGE_NONE);
  while (exists && position < 2000) {
    CHECK_INT(SERVICE_OK, page_map_seek(map, &counter, position, &exists));
    position += exists;
  }
  CHECK(position > 640 && position < 2000); /* 64 pages, and what has come since */
  close_map();
}

/* ---- what has come ---- */

static int64_t slow(void *context, size_t number) {
  (void)context;
  (void)number;
  return 50;
}

static void check_come(void) {
  struct page_reader ahead = reader;
  bool exists;

  ahead.on = READS_ON_SURE;
  for (int fails = 0; fails <= 1; fails++) {
    unit_case("what has come, or has failed: %d", fails);
    open_map(200, RANGE_COUNT, JOBS_ASCENDING);
    CHECK(!page_map_come(map, 0));
    CHECK_INT(SERVICE_OK, seek(0, &exists));
    CHECK(page_map_come(map, 0));
    CHECK(!page_map_come(map, 15)); /* nothing is asked for */
    server.trouble = refused;
    server.trouble_from = server.trouble_to = fails ? 2 : 0;
    fixture.transport->latency = slow;
    CHECK_INT(SERVICE_OK, page_map_advance(map, &ahead));
    CHECK_INT(2, fixture.transport->request_count);
    CHECK(!page_map_come(map, 15)); /* it is under way */
    for (int i = 0; i < 10; i++) CHECK_INT(SERVICE_OK, service_wait(fixture.service));
    CHECK_INT(!fails, page_map_come(map, 15));
    CHECK(!page_map_come(map, 150));
    CHECK(page_map_come(map, 5));
    close_map();
  }
}

/* ---- what a reader has read last ---- */

static const struct column columns[] = {
    {.name = "number", .kind = COLUMN_INTEGER, .flags = COLUMN_IDENTITY},
    {.name = "time", .flags = COLUMN_TIME}};
static const struct listing listing = {.columns = columns,
                                       .column_count = COUNT_OF(columns),
                                       .orders = {{.column = 1}},
                                       .order_count = 1};

/* Keeps a page of two records with these numbers and days at a position. */
static void keep_page(struct page_cache *cache, int64_t position, const char *first,
                      const char *second) {
  struct json_reader json;
  struct record_problem problem = {""};
  struct record_page page;

  json_reader_init(&json, &listing, UINT32_MAX);
  record_page_init(&page, &listing);
  CHECK_INT(RECORD_OK, json_record_take(&json, first, strlen(first), &page, &problem));
  CHECK_INT(RECORD_OK, json_record_take(&json, second, strlen(second), &page, &problem));
  json_reader_free(&json);
  CHECK(page_cache_keep(cache, &page, 0, position));
}

static struct page_run run_of(const struct page_cache *cache, int64_t position) {
  const struct cached_page *page = page_cache_peek(cache, position);

  return (struct page_run){.here = true,
                           .page = &page->hold->rows,
                           .hold = page->hold,
                           .index = page->skip,
                           .start = page->start,
                           .end = page->start + page->count};
}

#define RECORD(number, day) "{\"number\":" number ",\"time\":\"2024-01-" day "\"}"

/*
** Two pages of one time that were let go of come back as they were read; of pages that only begin
** with another time, the last one does.
*/
static void check_put_back(bool same) {
  long refusals = 1;

  for (long nth = 1; refusals > 0; nth++) {
    struct trail trail = {.begin = 0};
    struct page_cache cache;
    size_t shared = 0;
    bool follows = false;
    bool enough;
    unit_case("put back, one time %d, allocation %ld", same, nth);
    page_cache_init(&cache, &shared);
    keep_page(&cache, 0, RECORD("1", "01"), RECORD("2", "01"));
    keep_page(&cache, 2, RECORD("3", "01"), same ? RECORD("4", "01") : RECORD("4", "02"));
    for (int64_t position = 0; position <= 2; position += 2) {
      struct page_run run = run_of(&cache, position);
      CHECK(trail_go_on(&trail, &run, position, position > 0, true));
    }
    page_cache_drop_from(&cache, 0);
    CHECK_INT(0, cache.count);
    allocation_fail_at(nth, false);
    enough = trail_follow(&trail, &cache, &listing.orders[0], NULLS_UNKNOWN, &follows);
    refusals = allocation_stop();
    CHECK_INT(!refusals, enough);
    if (enough) {
      CHECK(follows);
      CHECK_INT(same ? 2 : 1, cache.count);
      CHECK_INT(same, page_cache_peek(&cache, 0) != NULL);
      CHECK(page_cache_peek(&cache, 3) && page_cache_peek(&cache, 2)->joined == same);
    }
    trail_free(&trail);
    page_cache_free(&cache);
    CHECK_INT(0, shared);
    if (!CHECK(nth < 100)) return;
  }
}

/*
** A page that has all of the one before it, and rows of one time that are too many to be told
** apart.
*/
static void check_go_on(void) {
  struct trail trail = {.begin = 0};
  struct page_cache cache;
  struct page_run run;
  size_t shared = 0;

  unit_case("a page within the next one");
  page_cache_init(&cache, &shared);
  keep_page(&cache, 0, RECORD("1", "01"), RECORD("2", "01"));
  run = run_of(&cache, 0);
  CHECK(trail_go_on(&trail, &run, 0, false, false));
  run.end = 6;
  CHECK(trail_go_on(&trail, &run, 2, true, true));
  CHECK_INT(0, trail.count);
  unit_case("more of one time than are told apart");
  for (int i = 1; i <= 5; i++) {
    run.start = run.end;
    run.end += 500;
    CHECK(trail_go_on(&trail, &run, run.start, true, true));
    CHECK_INT(i < 2 ? i : 2, trail.count); /* no more than end within the last 1024 */
  }
  trail_free(&trail);
  page_cache_free(&cache);
  CHECK_INT(0, shared);
}

void page_map_ends_test(void) {
  check_shrunk();
  check_far();
  check_growing();
  check_counting();
  check_come();
  check_put_back(true);
  check_put_back(false);
  check_go_on();
}
