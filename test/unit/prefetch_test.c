/*
** Tests of ext/scan/prefetch as the page map uses it: how far ahead is asked for, which windows,
** how many at once, and what becomes of it when the reader stops or the service is not as it should
** be.
*/
#include "scan/prefetch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "simulated_server.h"
#include "unit.h"

#define LATENCY 20 /* milliseconds */

static struct simulated_server server;
static struct fixture fixture;
static struct page_map *map;
static struct page_reader reader;
static size_t refused; /* requests for more rows than the settings say */

static int64_t latency(void *context, size_t number) {
  (void)context;
  (void)number;
  return LATENCY;
}

static int64_t most_given = 10;

/* A service that refuses more rows than that. */
static void answer_few(void *context, size_t number, const char *url,
                       struct scripted_answer *answer) {
  int64_t limit;
  int64_t offset;
  bool descending;

  if (CHECK(simulated_window(url, &limit, &offset, &descending)) && limit > most_given) {
    refused++;
    answer->status = 400;
    answer->body = "{\"errors\":[{\"errorCode\":\"SVCSTG.SWR.4000056\"}]}";
    return;
  }
  simulated_server_answer(context, number, url, answer);
}

static void open_map(int64_t jobs, const char *page_size, const char *concurrency,
                     const struct order *order) {
  server = simulated_server_of(jobs);
  fixture_open(&fixture, simulated_server_answer, &server);
  fixture.service->first_page = 10;
  fixture_set(&fixture, "page_size", page_size);
  fixture_set(&fixture, "concurrency", concurrency);
  fixture.transport->latency = latency;
  fixture_begin(&fixture);
  map = fixture_map(&fixture, order);
  CHECK(map != NULL);
  reader = (struct page_reader){.limit = -1, .reads = true, .ordered = true};
}

/* The same with pages that grow from ten rows on. */
static void open_growing(int64_t jobs, const char *concurrency) {
  server = simulated_server_of(jobs);
  fixture_open(&fixture, answer_few, &server);
  fixture.service->first_page = 10;
  fixture_set(&fixture, "concurrency", concurrency);
  fixture_begin(&fixture);
  map = fixture_map(&fixture, JOBS_ASCENDING);
  CHECK(map != NULL);
  most_given = 1000;
  refused = 0;
  reader = (struct page_reader){.limit = -1, .reads = true, .ordered = true};
}

/* Rows of all requests. */
static int64_t rows_asked(void) {
  int64_t rows = 0;

  for (const char *at = fixture_requests(&fixture, 0); at; at = strchr(at, ' ')) {
    rows += strtoll(at + (*at == ' '), NULL, 10);
    if (*at == ' ') at++;
  }
  return rows;
}

static void close_map(void) {
  page_map_close(map);
  map = NULL;
  CHECK_INT(0, fixture.transport->in_flight);
  fixture_close(&fixture);
}

/* Reads rows from position 0 on, at most `most`, and checks each. Returns how many there were. */
static int64_t read_rows(int64_t most) {
  for (int64_t position = 0;; position++) {
    const struct record_page *page;
    size_t index;
    bool exists;
    if (position == most) return position;
    if (!CHECK_INT(SERVICE_OK, page_map_seek(map, &reader, position, &exists)) || !exists) {
      return position;
    }
    if (!CHECK_INT(SERVICE_OK, fixture_row(map, &reader, position, &page, &index))) {
      return position;
    }
    CHECK(simulated_server_has(&server, page_map_order(map), position, page, index));
  }
}

static void check_rule(void) {
  unit_case("rule");
  for (int64_t rows = 0; rows < 2000; rows += 100) {
    CHECK_INT(rows, prefetch_rows(READS_ON_MAYBE, rows));
    CHECK_INT(rows / 8, prefetch_rows(READS_ON_FEW, rows));
    CHECK_INT(0, prefetch_rows(READS_ON_NEVER, rows));
  }
  CHECK_INT(INT64_MAX, prefetch_rows(READS_ON_SURE, 0));
}

/*
** What is asked for until so many rows were read; all else that is known of the reader is in `on`.
*/
static void check_windows(void) {
  static const struct {
    const char *name;
    int64_t rows; /* that are read */
    int64_t limit;
    enum reading_on on;
    const struct order *order;
    const char *requests;
  } cases[] = {
      {"the first page", 10, -1, READS_ON_MAYBE, JOBS_ASCENDING, "10@0"},
      {"the second page", 20, -1, READS_ON_MAYBE, JOBS_ASCENDING, "10@0 12@8 12@18"},
      {"the third page", 21, -1, READS_ON_MAYBE, JOBS_ASCENDING, "10@0 12@8 12@18 12@28 12@38"},
      {"the fourth page", 31, -1, READS_ON_MAYBE, JOBS_ASCENDING,
       "10@0 12@8 12@18 12@28 12@38 12@48 12@58"},
      {"newest first", 21, -1, READS_ON_MAYBE, JOBS_DESCENDING, "10@0 12@8 12@18 12@28 12@38"},
      {"a known limit", 35, 35, READS_ON_SURE, JOBS_ASCENDING, "10@0 12@8 12@18 7@28"},
      {"a known limit, newest first", 35, 35, READS_ON_SURE, JOBS_DESCENDING,
       "10@0 12@8 12@18 7@28"},
      {"a limit that may come soon", 75, -1, READS_ON_FEW, JOBS_ASCENDING,
       "10@0 12@8 12@18 12@28 12@38 12@48 12@58 12@68"},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    unit_case("windows: %s", cases[i].name);
    open_map(200, "10", "8", cases[i].order);
    reader.limit = cases[i].limit;
    reader.on = cases[i].on;
    CHECK_INT(cases[i].rows, read_rows(cases[i].rows));
    CHECK_TEXT(cases[i].requests, fixture_requests(&fixture, 0));
    close_map();
  }
}

/* Every row once, no request too many, never more at once than allowed, and not much time lost. */
static void check_whole(void) {
  static const struct {
    const char *concurrency;
    int64_t most;
    int64_t trips; /* of the network: ceil(99 / most) + 1 at best */
  } cases[] = {{"1", 1, 100}, {"2", 2, 51}, {"8", 8, 15}, {"16", 16, 10}, {"64", 64, 7}};

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    for (const struct order *order = JOBS_ASCENDING; order <= JOBS_DESCENDING; order++) {
      int64_t began;
      unit_case("whole, %s at once, order %s", cases[i].concurrency, order->words);
      open_map(1000, "10", cases[i].concurrency, order);
      began = fixture.transport->clock;
      CHECK_INT(1000, read_rows(-1));
      CHECK_INT(100, fixture.transport->request_count);
      CHECK(fixture.transport->most_in_flight <= (size_t)cases[i].most);
      CHECK(fixture.transport->clock - began <= cases[i].trips * LATENCY);
      close_map();
    }
  }
}

/*
** Pages that grow from ten rows on: as many more as were read, and no more than are left. What is
** not given yet is asked for alone, and once.
*/
static void check_growth(void) {
  static const struct {
    const char *name;
    int64_t jobs;
    int64_t cap;
    int64_t given;
    int64_t limit;
    enum reading_on on;
    int64_t refused;
    const char *requests;
  } cases[] = {
      {"to the end", 200, 0, 1000, -1, READS_ON_MAYBE, 0, "10@0 22@8 42@28 82@68 53@148"},
      {"a LIMIT", 200, 0, 1000, 95, READS_ON_SURE, 0, "10@0 87@8"},
      {"a LIMIT of the first page", 200, 0, 1000, 7, READS_ON_SURE, 0, "7@0"},
      {"nothing is left", 10, 0, 1000, -1, READS_ON_MAYBE, 0, "10@0 12@8"},
      {"looked at here and there", 30, 0, 1000, -1, READS_ON_NEVER, 0, "10@0 12@8 13@18"},
      {"refused", 60, 0, 21, -1, READS_ON_MAYBE, 1,
       "10@0 22@8 10@8 10@16 10@24 10@32 10@40 10@48 10@56"},
      {"refused later", 120, 0, 41, -1, READS_ON_MAYBE, 1,
       "10@0 22@8 42@28 22@28 22@48 22@68 22@88 13@108"},
      {"cut", 60, 15, 1000, -1, READS_ON_MAYBE, 0, "10@0 22@8 17@21 17@34 14@47"},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    unit_case("growth: %s", cases[i].name);
    open_growing(cases[i].jobs, "1");
    server.limit_cap = cases[i].cap;
    most_given = cases[i].given;
    reader.limit = cases[i].limit;
    reader.on = cases[i].on;
    CHECK_INT(cases[i].limit < 0 ? cases[i].jobs : cases[i].limit, read_rows(cases[i].limit));
    CHECK_TEXT(cases[i].requests, fixture_requests(&fixture, 0));
    CHECK_INT(cases[i].refused, refused);
    close_map();
  }
  for (int64_t rows = 1; rows < 3000; rows += rows) { /* a reader that stops */
    unit_case("growth: stops after %d rows", (int)rows);
    open_growing(5000, "64");
    CHECK_INT(rows, read_rows(rows));
    CHECK(rows_asked() <= 2 * rows + 10 + 2 * (int64_t)fixture.transport->request_count);
    close_map();
  }
  most_given = 10;
}

/*
** How long a whole list takes, in round trips: of fixed pages no more than its share above
** ceil((pages - 1) / concurrency) + 1, most of which is its start; and with pages that grow, a
** quarter of that.
*/
static void check_trips(void) {
  static const struct {
    int64_t pages;
    const char *page_size; /* of which a first page has ten */
    const char *concurrency;
    int64_t trips;
  } cases[] = {{121, "10", "8", 16 * 120 / 100},   {121, "10", "16", 9 * 135 / 100},
               {1000, "10", "8", 126 * 105 / 100}, {1000, "10", "16", 64 * 110 / 100},
               {1000, "10", "32", 33 * 120 / 100}, {1000, "auto", "8", 126 / 4}};

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    int64_t began;
    unit_case("trips: %d pages of %s, %s at once", (int)cases[i].pages, cases[i].page_size,
              cases[i].concurrency);
    open_map(cases[i].pages * 10, cases[i].page_size, cases[i].concurrency, JOBS_ASCENDING);
    began = fixture.transport->clock;
    CHECK_INT(cases[i].pages * 10, read_rows(-1));
    CHECK(fixture.transport->clock - began <= cases[i].trips * LATENCY);
    close_map();
  }
}

/* A reader that goes ends what was asked for ahead of it, another one's stays. */
static void check_rest(void) {
  struct page_reader other = {.limit = -1};
  size_t in_flight;

  unit_case("rest");
  open_map(1000, "10", "8", JOBS_ASCENDING);
  read_rows(60);
  in_flight = fixture.transport->in_flight;
  CHECK(in_flight > 0);
  page_map_rest(map, &other);
  CHECK_INT(in_flight, fixture.transport->in_flight);
  page_map_rest(map, &reader);
  CHECK_INT(0, fixture.transport->in_flight);
  CHECK_INT(1000, read_rows(-1)); /* and can go on */
  close_map();
}

/* A reader that jumps is not led astray by what was asked for ahead. */
static void check_jumps(void) {
  for (int round = 0; round < 40; round++) {
    unit_case("jumps, round %d", round);
    open_map(300, "10", "8", round % 2 ? JOBS_ASCENDING : JOBS_DESCENDING);
    for (int jump = 0; jump < 12; jump++) {
      int64_t position = unit_random(299);
      int64_t end = position + unit_random(50);
      for (; position < end && position < 300; position++) {
        const struct record_page *page;
        size_t index;
        CHECK_INT(SERVICE_OK, fixture_row(map, &reader, position, &page, &index));
        CHECK(simulated_server_has(&server, page_map_order(map), position, page, index));
      }
    }
    close_map();
  }
}

/* Services that give fewer rows than asked for, tell no total, or refuse the row that repeats. */
static void check_odd_services(void) {
  for (const struct order *order = JOBS_ASCENDING; order <= JOBS_DESCENDING; order++) {
    for (int64_t cap = 1; cap <= 10; cap++) {
      unit_case("cap %d, order %s", (int)cap, order->words);
      open_map(200, "10", "8", order);
      server.limit_cap = cap;
      CHECK_INT(200, read_rows(-1));
      close_map();
    }
    for (int range = RANGE_COUNT; range < RANGE_STYLES; range++) {
      if (range == RANGE_TOO_LARGE) continue; /* its rows are not those of the total */
      unit_case("range %d, order %s", range, order->words);
      open_map(200, "10", "8", order);
      server.range = (enum range_style)range;
      CHECK_INT(200, read_rows(-1));
      close_map();
    }
    unit_case("a limit that is refused, order %s", order->words);
    open_map(200, "10", "8", order);
    fixture.transport->source = answer_few;
    refused = 0;
    CHECK_INT(200, read_rows(-1));
    CHECK(refused > 0 && refused < 8);
    CHECK(fixture.transport->request_count <= 20 + 8);
    close_map();
  }
}

/* More at once than so many get 429. */
static size_t allowed;

static void throttle(void *context, size_t number, const char *url,
                     struct scripted_answer *answer) {
  if (fixture.transport->in_flight > allowed) {
    answer->status = 429;
    answer->body = "{\"error_code\":\"APIGW.0308\",\"error_msg\":\"slow down\"}";
    return;
  }
  simulated_server_answer(context, number, url, answer);
}

/*
** The statement goes on, with as much at once as the service takes, and a little more now and then.
*/
static void check_throttled(void) {
  for (allowed = 1; allowed <= 8; allowed *= 2) {
    unit_case("throttled above %zu", allowed);
    open_map(2000, "10", "16", JOBS_ASCENDING);
    fixture.transport->source = throttle;
    CHECK_INT(2000, read_rows(-1));
    CHECK(fixture.transport->request_count < 200 + 100);
    close_map();
  }
}

static void check_throttle(void) {
  struct throttle paced = {0};

  unit_case("throttle");
  CHECK_INT(8, throttle_at_once(&paced, 8));
  CHECK_INT(0, throttle_wait(&paced, 1000));
  throttle_started(&paced, 1000);
  throttle_ease(&paced); /* nothing to bring back */
  CHECK_INT(64, throttle_at_once(&paced, 64));
  throttle_cut(&paced, 8, 1000, 1020);
  CHECK_INT(4, throttle_at_once(&paced, 8));
  CHECK(throttle_wait(&paced, 1000) > 0);
  throttle_cut(&paced, 8, 1000, 1021); /* of the same burst */
  CHECK_INT(4, throttle_at_once(&paced, 8));
  for (int i = 0; i < 20; i++) throttle_cut(&paced, 1, 1030 + i, 1030 + i);
  CHECK_INT(1, throttle_at_once(&paced, 8));
  CHECK(throttle_wait(&paced, 1000) <= 2000);
  for (int i = 0; i < 100; i++) throttle_ease(&paced);
  CHECK_INT(0, throttle_wait(&paced, 1000));
  CHECK(throttle_at_once(&paced, 64) > 8 && throttle_at_once(&paced, 64) < 20);
  for (int i = 0; i < 4000; i++) throttle_ease(&paced);
  CHECK_INT(64, throttle_at_once(&paced, 64));
}

void prefetch_test(void) {
  check_rule();
  check_windows();
  check_growth();
  check_whole();
  check_trips();
  check_rest();
  check_jumps();
  check_odd_services();
  check_throttle();
  check_throttled();
}
