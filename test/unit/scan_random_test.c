/*
** Tests of ext/scan/scan against a model, by random worlds, requests and readers: hints may be
** right or wrong, and the rows are right in any case.
*/
#include <stdio.h>
#include <string.h>

#include "scan_model.h"
#include "sync_job_columns.h"
#include "unit.h"

#define ROUNDS 400

static struct simulated_world world;
static struct scanned_rows model;
static struct scanned_rows rows;

static int64_t often(int64_t job) { return job; }
static int64_t seldom(int64_t job) { return job * 13; }
static int64_t in_groups(int64_t job) { return job / 9 * 30; }
static int64_t at_once(int64_t job) {
  (void)job;
  return 40;
}
static int64_t partly(int64_t job) { return job < 6 ? NO_TIME : job * 2; }

static const char *pick(const char *const *texts, size_t count) {
  return texts[unit_random((uint32_t)count - 1)];
}

static void make_world(bool *exact) {
  static const char *const page_sizes[] = {"1", "3", "10", "100"};
  static const char *const concurrencies[] = {"1", "2", "8"};
  static int64_t (*const times[])(int64_t) = {often, seldom, in_groups, at_once, partly};

  world_open(&world, 1 + unit_random(5));
  fixture_set(&world.fixture, "page_size", pick(page_sizes, COUNT_OF(page_sizes)));
  fixture_set(&world.fixture, "concurrency", pick(concurrencies, COUNT_OF(concurrencies)));
  world.delay = unit_random(1) ? 30 : 0;
  world.chunk = unit_random(3) ? 0 : 50;
  *exact = true;
  for (size_t i = 0; i < world.count; i++) {
    struct simulated_server *server = &world.servers[i];
    server->jobs = unit_random(3) ? unit_random(60) : 0;
    server->time_of = times[unit_random(COUNT_OF(times) - 1)];
    server->range =
        unit_random(1) ? RANGE_COUNT : (enum range_style)unit_random(RANGE_TOO_LARGE - 1);
    server->limit_cap = unit_random(4) ? 0 : 5;
    if (server->range > RANGE_UNIT || server->time_of == partly) *exact = false;
  }
  world_begin(&world);
}

/* Bounds near the times that there are. */
static void add_bounds(struct scan_request *request) {
  static char texts[3][SIMULATED_TIME_MAX];
  size_t count = unit_random(1) ? unit_random(3) : 0;

  for (size_t i = 0; i < count; i++) {
    simulated_time(unit_random(150), texts[i]);
    time_bounds_add(&request->bounds, (enum bound_operator)unit_random(3), texts[i],
                    strlen(texts[i]));
  }
}

/* Any request of a part of the world, and how far its rows are read. */
static struct scan_request random_request(bool exact, struct scan_reading *reading) {
  static const struct tie agreed = {JOB_DOMAIN_ID, true}; /* in which all jobs agree */
  struct scan_request request = {.listing = &sync_job_listing,
                                 .order = JOBS_ASCENDING + unit_random(1),
                                 .ordered = unit_random(1) == 1,
                                 .offset = unit_random(3) ? 0 : (int64_t)unit_random(90),
                                 .limit = unit_random(1) ? -1 : (int64_t)unit_random(90)};
  size_t first = unit_random((uint32_t)world.count - 1);

  request.places = world_list(&world, first, 1 + unit_random((uint32_t)(world.count - first) - 1));
  request.announced =
      world_list(&world, 0, unit_random(1) ? unit_random((uint32_t)world.count) : 0);
  add_bounds(&request);
  if (request.bounds.count == 0 || (exact && request.offset == 0)) {
    reading->skip = unit_random(1) ? request.offset : unit_random(40);
    reading->take = unit_random(1) ? request.limit : (int64_t)unit_random(100) - 20;
  }
  reading->count = request.bounds.count == 0 && unit_random(4) == 0;
  request.count_only = reading->count || unit_random(5) == 0;
  request.ties = &agreed;
  request.tie_count = unit_random(1) && request.ordered && !request.count_only;
  return request;
}

static void check_round(bool exact) {
  struct scan_reading reading = {0, -1, false};
  struct scan_request request = random_request(exact, &reading);

  if (!CHECK_INT(SERVICE_OK, scan_read(&world, &request, &reading, &rows))) {
    CHECK_TEXT("", world.fixture.service->error.message);
  }
  scan_model(&world, &request, &model);
  scan_compare(&model, &rows, &reading);
  if (exact && request.offset == 0) CHECK_INT(0, rows.outside);
}

void scan_random_test(void) {
  for (int round = 0; round < ROUNDS; round++) {
    bool exact;
    make_world(&exact);
    for (int scan = 0; scan < 4; scan++) { /* of one statement */
      unit_case("round %d, scan %d", round, scan);
      check_round(exact);
    }
    world_close(&world);
  }
}
