/*
** Tests of ext/scan/bound_search against a look at every row, and in how many requests it
** finds the first one, for times that come steadily and otherwise.
*/
#include "scan/bound_search.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "simulated_server.h"
#include "unit.h"

#define JOBS 1000

static int64_t steadily(int64_t job) { return job * 1000; }
static int64_t in_groups(int64_t job) { return job / 70 * 5000; }
static int64_t at_once(int64_t job) {
  (void)job;
  return 4000;
}
static int64_t faster(int64_t job) { return 2000000 - (JOBS - job) * (JOBS - job); }
static int64_t slower(int64_t job) { return job * job; }
static int64_t after_a_rest(int64_t job) { return job < 930 ? job : job * 20000; }
static int64_t late_known(int64_t job) { return job < 130 ? NO_TIME : job * 10; }

static const struct {
  const char *name;
  int64_t (*time_of)(int64_t job);
} rates[] = {
    {"steadily", steadily},        {"in groups", in_groups},      {"at once", at_once},
    {"faster and faster", faster}, {"slower and slower", slower}, {"after a rest", after_a_rest},
    {"some without", late_known},
};

static enum service_status search(struct simulated_server *server, const struct order *order,
                                  const struct time_bounds *bounds, struct fixture *fixture,
                                  int64_t *position) {
  struct page_map *map;
  enum service_status status;

  fixture_open(fixture, simulated_server_answer, server);
  fixture_set(fixture, "page_size", "10");
  fixture_set(fixture, "retries", "0");
  fixture_begin(fixture);
  map = fixture_map(fixture, order);
  *position = -1;
  status = bound_search(map, bounds, position);
  page_map_close(map);
  return status;
}

/* Seconds as SQLite sorts them: no time comes first. */
static bool too_early(enum bound_operator op, int64_t seconds, int64_t bound) {
  switch (op) {
    case BOUND_GE:
      return seconds < bound;
    case BOUND_GT:
      return seconds <= bound;
    case BOUND_LE:
      return seconds > bound;
    default:
      return seconds >= bound;
  }
}

/* Searches for one bound. Returns the number of requests. */
static size_t check_bound(struct simulated_server *server, enum bound_operator op, int64_t bound) {
  const struct order *order = op >= BOUND_GE ? JOBS_ASCENDING : JOBS_DESCENDING;
  struct time_bounds bounds = {.count = 0};
  char text[SIMULATED_TIME_MAX];
  struct fixture fixture;
  int64_t expected = 0;
  int64_t position;
  size_t requests;

  simulated_time(bound, text);
  time_bounds_add(&bounds, op, text, strlen(text));
  while (expected < server->jobs &&
         too_early(op, simulated_seconds(server, order, expected), bound)) {
    expected++;
  }
  CHECK_INT(SERVICE_OK, search(server, order, &bounds, &fixture, &position));
  CHECK_INT(expected, position);
  requests = fixture.transport->request_count;
  fixture_close(&fixture);
  return requests;
}

/* Bounds at, before and after the times of many jobs. Returns the mean number of requests. */
static double check_rate(struct simulated_server *server, const char *name,
                         enum bound_operator op) {
  size_t all = 0;
  size_t searches = 0;

  for (int64_t job = 0; job < JOBS; job += job % 100 ? 77 : 23) {
    int64_t time = server->time_of(job);
    for (int64_t near = -1; near <= 1; near++) {
      size_t requests;
      if (time == NO_TIME || time + near < 0) continue;
      unit_case("jobs come %s, bound %d at job %d%+d", name, (int)op, (int)job, (int)near);
      requests = check_bound(server, op, time + near);
      CHECK(requests <= 2 * 7 + 4); /* twice what halving 100 pages takes, and both ends */
      all += requests;
      searches++;
    }
  }
  return (double)all / (double)searches;
}

static void check_rates(void) {
  for (size_t i = 0; i < COUNT_OF(rates); i++) {
    struct simulated_server server = simulated_server_of(JOBS);
    server.time_of = rates[i].time_of;
    for (int op = BOUND_LT; op <= BOUND_GT; op++) {
      double mean = check_rate(&server, rates[i].name, (enum bound_operator)op);
      unit_case("jobs come %s, bound %d", rates[i].name, op);
      if (i == 0) CHECK(mean <= 4); /* where expected, or on the page beside it */
    }
  }
}

static void check_sizes(void) {
  for (int64_t jobs = 0; jobs <= 45; jobs++) {
    for (int64_t bound = 0; bound <= jobs + 1; bound++) {
      for (int op = BOUND_LT; op <= BOUND_GT; op++) {
        struct simulated_server server = simulated_server_of(jobs);
        unit_case("%d jobs, bound %d at %d", (int)jobs, op, (int)bound);
        server.limit_cap = jobs % 2 ? 0 : 4; /* shorter pages than were asked for */
        CHECK(check_bound(&server, (enum bound_operator)op, bound) <= 12);
      }
    }
  }
}

/* Without totals nothing is searched: one page is read, which the scan needs anyway. */
static void check_no_total(void) {
  static const enum range_style ranges[] = {RANGE_NONE, RANGE_GARBAGE, RANGE_FOREIGN};

  for (size_t i = 0; i < COUNT_OF(ranges); i++) {
    struct simulated_server server = simulated_server_of(JOBS);
    struct time_bounds bounds = {.count = 0};
    struct fixture fixture;
    int64_t position;
    unit_case("no total, range %d", (int)ranges[i]);
    server.range = ranges[i];
    time_bounds_add(&bounds, BOUND_GE, "2024-01-01T00:01:00Z", 20);
    CHECK_INT(SERVICE_OK, search(&server, JOBS_ASCENDING, &bounds, &fixture, &position));
    CHECK_INT(0, position);
    CHECK_TEXT("10@0", fixture_requests(&fixture, 0));
    fixture_close(&fixture);
  }
}

/* Of several bounds all count, and a bound that is no time comes after all times. */
static void check_several(void) {
  struct simulated_server server = simulated_server_of(JOBS);
  struct time_bounds bounds = {.count = 0};
  struct fixture fixture;
  int64_t position;

  unit_case("several bounds");
  time_bounds_add(&bounds, BOUND_GE, "2024-01-01T00:01:00Z", 20);
  time_bounds_add(&bounds, BOUND_LT, "2024-01-01T00:09:00Z", 20);
  time_bounds_add(&bounds, BOUND_GT, "2024-01-01T00:03:00Z", 20);
  CHECK_INT(SERVICE_OK, search(&server, JOBS_ASCENDING, &bounds, &fixture, &position));
  CHECK_INT(181, position);
  fixture_close(&fixture);
  CHECK_INT(SERVICE_OK, search(&server, JOBS_DESCENDING, &bounds, &fixture, &position));
  CHECK_INT(JOBS - 540, position);
  fixture_close(&fixture);
  unit_case("a bound that is no time");
  bounds.count = 0;
  time_bounds_add(&bounds, BOUND_LE, "never", 5);
  time_bounds_add(&bounds, BOUND_LE, "2024-01-01T00:05:00Z", 20);
  CHECK_INT(SERVICE_OK, search(&server, JOBS_DESCENDING, &bounds, &fixture, &position));
  CHECK_INT(JOBS - 301, position);
  fixture_close(&fixture);
  bounds.count = 0;
  time_bounds_add(&bounds, BOUND_GE, "never", 5);
  CHECK_INT(SERVICE_OK, search(&server, JOBS_ASCENDING, &bounds, &fixture, &position));
  CHECK_INT(JOBS, position);
  fixture_close(&fixture);
}

static void check_trouble(void) {
  struct simulated_server server = simulated_server_of(JOBS);
  struct time_bounds bounds = {.count = 0};
  struct fixture fixture;
  int64_t position;

  time_bounds_add(&bounds, BOUND_GE, "2024-01-01T00:05:00Z", 20);
  unit_case("not in order");
  server.unsorted = true;
  CHECK_INT(SERVICE_FAILED, search(&server, JOBS_ASCENDING, &bounds, &fixture, &position));
  CHECK_HAS(fixture.service->error.message, "createdAt");
  fixture_close(&fixture);
  server.unsorted = false;
  for (size_t number = 1; number <= 3; number++) {
    unit_case("request %zu fails", number);
    server.trouble_from = server.trouble_to = number;
    server.trouble = (struct scripted_answer){.status = 403, .body = "{\"code\":\"X.1\"}"};
    CHECK_INT(SERVICE_FAILED, search(&server, JOBS_ASCENDING, &bounds, &fixture, &position));
    CHECK_HAS(fixture.service->error.message, "X.1");
    fixture_close(&fixture);
  }
  unit_case("no such repository");
  server.trouble_from = server.trouble_to = 1;
  server.trouble = (struct scripted_answer){.status = 404, .body = "{\"code\":\"SWR.404\"}"};
  CHECK_INT(SERVICE_OK, search(&server, JOBS_ASCENDING, &bounds, &fixture, &position));
  CHECK_INT(0, position);
  fixture_close(&fixture);
}

void bound_search_test(void) {
  check_rates();
  check_sizes();
  check_no_total();
  check_several();
  check_trouble();
}
