/*
** Tests of ext/scan/page_map: the exact requests that a scan makes of a simulated server, by
** hint, by page length and by every kind of Content-Range, and servers that heed too little.
*/
#include "scan/page_map.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "simulated_server.h"
#include "unit.h"

static const struct page_reader read_all = {.limit = -1};

#define NEVER_ENDED SERVICE_NO_MEMORY /* no scan here runs out of memory */

/* A scan as SQLite makes it: positions are moved over, rows read from `skip` on. */
struct scan {
  struct simulated_server server;
  struct page_reader reader;
  const struct order *order;
  int64_t skip;  /* positions that are not read */
  int64_t limit; /* rows read at most; negative: all */
  const char *page_size;
};

struct outcome {
  enum service_status status;
  int64_t positions; /* that exist, as far as the scan went */
  int64_t rows;      /* read, and right */
};

static struct outcome scan_map(const struct scan *scan, struct page_map *map) {
  struct outcome outcome = {SERVICE_OK, 0, 0};
  struct page_reader reader = scan->reader;

  for (int64_t position = 0; scan->limit < 0 || outcome.rows < scan->limit; position++) {
    const struct record_page *page;
    size_t index;
    bool exists;
    outcome.status = page_map_seek(map, &reader, position, &exists);
    if (outcome.status != SERVICE_OK || !exists) return outcome;
    outcome.positions++;
    if (position < scan->skip) continue;
    reader.reads = true;
    outcome.status = fixture_row(map, &reader, position, &page, &index);
    if (outcome.status != SERVICE_OK) return outcome;
    outcome.rows++;
    if (simulated_server_has(&scan->server, scan->order, position, page, index)) continue;
    CHECK_INT(position, -1); /* a wrong row */
    return outcome;
  }
  return outcome;
}

struct scan_call {
  const struct scan *scan;
  struct page_map *map;
  struct outcome outcome;
};

static void scan_guarded(void *context) {
  struct scan_call *call = context;

  call->outcome = scan_map(call->scan, call->map);
}

/* Runs a scan against its server; *fixture stays open for a look at the requests. */
static struct outcome run(struct scan *scan, struct fixture *fixture) {
  struct outcome outcome = {NEVER_ENDED, 0, 0};
  struct scan_call call = {.scan = scan};
  struct page_map *map;

  fixture_open(fixture, simulated_server_answer, &scan->server);
  fixture_set(fixture, "page_size", scan->page_size ? scan->page_size : "100");
  fixture_set(fixture, "retries", "0");
  fixture_set(fixture, "concurrency", "1"); /* prefetch_test.c has what is asked for ahead */
  fixture_begin(fixture);
  map = fixture_map(fixture, scan->order);
  if (!CHECK(map != NULL)) return outcome;
  CHECK(place_equal(page_map_repository(map), &fixture->place));
  CHECK_INT(0, fixture->transport->request_count); /* nothing is asked before it is needed */
  call.map = map;
  call.outcome = outcome;
  unit_ends(scan_guarded, &call);
  page_map_close(map);
  return call.outcome;
}

static void check_scan(struct scan *scan, int64_t rows, const char *requests) {
  struct fixture fixture;
  struct outcome outcome = run(scan, &fixture);

  if (!CHECK_INT(SERVICE_OK, outcome.status)) CHECK_TEXT("", fixture.service->error.message);
  CHECK_INT(rows, outcome.rows);
  CHECK_TEXT(requests, fixture_requests(&fixture, 0));
  fixture_close(&fixture);
}

static void check_sequential(void) {
  static const struct {
    int64_t jobs;
    int64_t limit_cap;
    const char *requests;
    enum range_style range;
    bool ignores_limit;
  } cases[] = {
      {0, 0, "100@0", RANGE_COUNT, false},
      {0, 0, "100@0", RANGE_NONE, false},
      {0, 0, "100@0", RANGE_GARBAGE, false},
      {1, 0, "100@0", RANGE_COUNT, false},
      {1, 0, "100@0 100@1", RANGE_NONE, false},
      {100, 0, "100@0 102@98", RANGE_COUNT, false},
      {100, 0, "100@0 102@98", RANGE_NONE, false},
      {250, 0, "100@0 102@98 102@198", RANGE_COUNT, false},
      {250, 0, "100@0 102@98 102@198", RANGE_LAST_INDEX, false},
      {250, 0, "100@0 102@98 102@198", RANGE_UNIT, false},
      {250, 0, "100@0 102@98 102@198 102@248", RANGE_NONE, false},
      {250, 0, "100@0 102@98 102@198 102@248", RANGE_GARBAGE, false},
      {250, 0, "100@0 102@98 102@198 102@248", RANGE_FOREIGN, false},
      {250, 0, "100@0 102@98 102@198 102@248", RANGE_TOO_SMALL, false},
      {100, 30, "100@0 102@28 102@56 102@84", RANGE_COUNT, false},
      {100, 30, "100@0 102@28 102@56 102@84 102@98", RANGE_NONE, false},
      {250, 0, "100@0", RANGE_COUNT, true},
      {250, 0, "100@0 102@248", RANGE_NONE, true},
      {250, 0, "100@0 102@248", RANGE_FOREIGN, true},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    for (const struct order *order = JOBS_ASCENDING; order <= JOBS_DESCENDING; order++) {
      struct scan scan = {.server = simulated_server_of(cases[i].jobs),
                          .reader = {.limit = -1, .ordered = true},
                          .order = order,
                          .limit = -1};
      scan.server.range = cases[i].range;
      scan.server.limit_cap = cases[i].limit_cap;
      scan.server.ignores_limit = cases[i].ignores_limit;
      unit_case("sequential case %zu, order %s", i, order->words);
      check_scan(&scan, cases[i].jobs, cases[i].requests);
    }
  }
}

static void check_hints(void) {
  static const struct {
    int64_t jobs;
    enum range_style range;
    int64_t skip; /* OFFSET, hint and truth */
    int64_t limit;
    int64_t rows;
    const char *requests;
  } cases[] = {
      {2000, RANGE_COUNT, 1000, 10, 10, "10@1000"},
      {2000, RANGE_LAST_INDEX, 1000, 10, 10, "10@1000"},
      {2000, RANGE_NONE, 1000, 10, 10, "10@1000 1@0"}, /* one look whether offsets are heeded */
      {2000, RANGE_FOREIGN, 1000, 10, 10, "10@1000 1@0"},
      {2000, RANGE_COUNT, 0, 10, 10, "10@0"},
      {2000, RANGE_NONE, 0, 10, 10, "10@0"},
      {2000, RANGE_COUNT, 0, 1, 1, "1@0"},
      {2000, RANGE_COUNT, 1000, 250, 250, "100@1000 102@1098 52@1198"},
      {2000, RANGE_NONE, 1000, 250, 250, "100@1000 1@0 102@1098 52@1198"},
      {2000, RANGE_COUNT, 1950, 100, 50, "100@1950"},
      {2000, RANGE_NONE, 1950, 100, 50, "100@1950 1@0 52@1998"},
      {2000, RANGE_COUNT, 1950, -1, 50, "100@1950"},
      {50, RANGE_COUNT, 1000, 10, 0, "10@1000"},
      {50, RANGE_NONE, 1000, 10, 0, "10@1000 100@0 102@48"},
      {0, RANGE_NONE, 1000, 10, 0, "10@1000 100@0"},
      {95, RANGE_NONE, 95, 10, 0, "10@95 100@0"}, /* the end is where the offset is */
      {200, RANGE_NONE, 200, 10, 0, "10@200 100@0 102@98"},
      {50, RANGE_COUNT, 0, 0, 0, ""},
      {2000, RANGE_COUNT, 1000000000, 10, 0, "10@1000000000"},
      {2000, RANGE_COUNT, 1000000001, 10, 0, "100@0"}, /* no list is that long */
      {2000, RANGE_COUNT, INT64_MAX, 10, 0, "100@0"},
      {150, RANGE_NONE, INT64_MAX, 10, 0, "100@0 102@98 102@148"},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct scan scan = {.server = simulated_server_of(cases[i].jobs),
                        .reader = {.offset = cases[i].skip, .limit = cases[i].limit},
                        .order = JOBS_DESCENDING,
                        .skip = cases[i].skip,
                        .limit = cases[i].limit};
    scan.server.range = cases[i].range;
    unit_case("hint case %zu", i);
    check_scan(&scan, cases[i].rows, cases[i].requests);
  }
}

/* A hint that is wrong costs requests and no row. */
static void check_wrong_hints(void) {
  static const int64_t numbers[] = {0, 1, 7, 40, 95, 120};

  for (size_t i = 0; i < COUNT_OF(numbers); i++) {
    for (size_t j = 0; j < COUNT_OF(numbers); j++) {
      for (int range = 0; range < RANGE_TOO_LARGE; range++) {
        struct scan scan = {.server = simulated_server_of(95),
                            .reader = {.offset = numbers[i],
                                       .limit = numbers[j],
                                       .count_only = range % 2 == 0,
                                       .ordered = true},
                            .order = JOBS_DESCENDING,
                            .limit = -1,
                            .page_size = "10"};
        struct fixture fixture;
        struct outcome outcome;
        scan.server.range = (enum range_style)range;
        unit_case("hint %d,%d, range %d", (int)numbers[i], (int)numbers[j], range);
        outcome = run(&scan, &fixture);
        CHECK_INT(SERVICE_OK, outcome.status);
        CHECK_INT(95, outcome.rows);
        fixture_close(&fixture);
        if (outcome.status == NEVER_ENDED) return; /* one wait is enough */
      }
    }
  }
}

static void check_counts(void) {
  static const struct {
    int64_t jobs;
    enum range_style range;
    const char *requests;
  } cases[] = {
      {250, RANGE_COUNT, "1@0"},
      {250, RANGE_LAST_INDEX, "1@0"},
      {0, RANGE_COUNT, "1@0"},
      {0, RANGE_NONE, "1@0"},
      {250, RANGE_NONE, "1@0 101@0 102@99 102@199 102@248"},
      {250, RANGE_FOREIGN, "1@0 101@0 102@99 102@199 102@248"},
      {250, RANGE_TOO_SMALL, "1@0 101@0 102@99 102@199 102@248"},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct scan scan = {.order = JOBS_ASCENDING,
                        .server = simulated_server_of(cases[i].jobs),
                        .reader = {.limit = -1, .count_only = true},
                        .skip = INT64_MAX,
                        .limit = -1};
    struct fixture fixture;
    struct outcome outcome;
    scan.server.range = cases[i].range;
    unit_case("count case %zu", i);
    outcome = run(&scan, &fixture);
    CHECK_INT(SERVICE_OK, outcome.status);
    CHECK_INT(cases[i].jobs, outcome.positions);
    CHECK_TEXT(cases[i].requests, fixture_requests(&fixture, 0));
    fixture_close(&fixture);
  }
}

static void check_end(struct scan *scan, enum service_status status, size_t requests,
                      const char *says) {
  struct fixture fixture;
  struct outcome outcome = run(scan, &fixture);

  CHECK_INT(status, outcome.status);
  CHECK_HAS(fixture.service->error.message, "group/library/busybox");
  CHECK_HAS(fixture.service->error.message, says);
  CHECK_INT(requests, fixture.transport->request_count);
  fixture_close(&fixture);
}

static void check_failure(struct scan *scan, size_t requests, const char *says) {
  check_end(scan, SERVICE_FAILED, requests, says);
}

/* A server that gives the first page again and again is told from one that has more jobs. */
static void check_ignored_offset(void) {
  for (int range = 0; range < RANGE_TOO_LARGE; range++) {
    for (const struct order *order = JOBS_ASCENDING; order <= JOBS_DESCENDING; order++) {
      struct scan scan = {
          .server = simulated_server_of(250), .reader = read_all, .order = order, .limit = -1};
      scan.server.range = (enum range_style)range;
      scan.server.ignores_offset = true;
      unit_case("offset ignored, range %d, order %s: from the start", range, order->words);
      check_failure(&scan, 2, "ignores the offset");
      unit_case("offset ignored, range %d, order %s: from a hint", range, order->words);
      scan.reader.offset = scan.skip = 50;
      scan.reader.limit = scan.limit = 10;
      check_failure(&scan, 2, "ignores the offset");
    }
  }
}

/* An answer at the largest offset that is asked for, of a server that ignores it. */
static void check_largest_offset(void) {
  struct scan scan = {.order = JOBS_ASCENDING,
                      .server = simulated_server_of(3),
                      .reader = {.offset = 1000000000, .limit = 10},
                      .skip = 1000000000,
                      .limit = 10};

  unit_case("offset ignored at the largest offset");
  scan.server.ignores_offset = true;
  check_failure(&scan, 2, "ignores the offset");
}

static void check_order_of_rows(void) {
  for (const struct order *order = JOBS_ASCENDING; order <= JOBS_DESCENDING; order++) {
    struct scan scan = {.server = simulated_server_of(250),
                        .reader = {.limit = -1, .ordered = true},
                        .order = order,
                        .limit = -1};
    scan.server.unsorted = true;
    unit_case("not in order %s", order->words);
    check_failure(&scan, 1, "createdAt");
    scan.reader.ordered = false;
    unit_case("not in order %s, and nobody minds", order->words);
    check_scan(&scan, 250, "100@0 102@98 102@198");
  }
}

static void check_trouble(void) {
  static const struct scripted_answer absent = {.status = 404,
                                                .body = "[{\"errorCode\":\"SVCSTG.SWR.4040010\"}]"};
  static const struct scripted_answer unknown = {.status = 404,
                                                 .body = "{\"error_code\":\"APIGW.0101\"}"};
  struct scan scan = {
      .order = JOBS_ASCENDING, .server = simulated_server_of(250), .reader = read_all, .limit = -1};

  unit_case("404 of SWR at first");
  scan.server.trouble_from = scan.server.trouble_to = 1;
  scan.server.trouble = absent;
  check_scan(&scan, 0, "100@0");
  unit_case("404 of the gateway at first");
  scan.server.trouble = unknown;
  check_failure(&scan, 1, "APIGW.0101");
  unit_case("404 of SWR later");
  scan.server.trouble_from = scan.server.trouble_to = 3;
  scan.server.trouble = absent;
  check_end(&scan, SERVICE_GONE, 3, "SVCSTG.SWR.4040010");
  unit_case("404 of the gateway later");
  scan.server.trouble = unknown;
  check_failure(&scan, 3, "APIGW.0101");
  unit_case("fewer rows than the total promised");
  scan.server.trouble_from = 0;
  scan.server.range = RANGE_TOO_LARGE;
  check_scan(&scan, 250, "100@0 102@98 102@198 102@248");
}

/* A list of 30 rows that has none from offset 13 to 24, and gives more than were asked for. */
static void answer_beyond(void *context, size_t number, const char *url,
                          struct scripted_answer *answer) {
  struct simulated_server server = simulated_server_of(30);
  int64_t limit = 0;
  int64_t offset = 0;
  bool descending;

  (void)context;
  CHECK(simulated_window(url, &limit, &offset, &descending)); /* at least one row is asked for */
  if (offset < 13) server.jobs = 16;
  server.ignores_limit = offset < 13;
  if (offset < 13 || offset > 24) {
    simulated_server_answer(&server, number, url, answer);
  } else {
    answer->status = 200;
    answer->body = "[]";
  }
}

/* Where the list ends is looked for between offsets that contradict each other. */
static void check_end_beyond(void) {
  const struct page_reader reader = {.limit = -1, .reads = true};
  struct fixture fixture;
  struct page_map *map;
  struct page_run run;

  unit_case("more rows than were asked for, past an offset that had none");
  fixture_open(&fixture, answer_beyond, NULL);
  fixture_set(&fixture, "page_size", "4");
  fixture_begin(&fixture);
  map = fixture_map(&fixture, JOBS_ASCENDING);
  CHECK_INT(SERVICE_OK, page_map_run(map, &reader, 25, &run));
  CHECK_INT(SERVICE_FAILED, page_map_run(map, &reader, 20, &run));
  CHECK_TEXT("4@25 4@20 2@19 3@17 5@13 9@5 2@15", fixture_requests(&fixture, 0));
  page_map_close(map);
  fixture_close(&fixture);
}

void page_map_test(void) {
  check_sequential();
  check_hints();
  check_wrong_hints();
  check_counts();
  check_ignored_offset();
  check_largest_offset();
  check_order_of_rows();
  check_trouble();
  check_end_beyond();
}
