/*
** Fault loops over whole statements: three repositories, merged or not, within bounds and whole.
** The Nth allocation fails, or the user interrupts at the Nth look; the rows are right or that is
** the error, and both the statement and the next one work on.
*/
#include <stdio.h>
#include <string.h>

#include "allocation.h"
#include "scan_model.h"
#include "sync_job_columns.h"
#include "unit.h"

static struct simulated_world world;
static struct scanned_rows model;
static struct scanned_rows rows;

static const struct scan_reading all = {0, -1, false};

static int64_t in_pairs(int64_t job) { return job / 2 * 3; }
static int64_t seldom(int64_t job) { return job * 4; }

enum kind { MERGED, CHAINED, ANNOUNCED, WHOLE, TIED, KINDS };

/* All jobs agree in it: the model's order is that of a merge. */
static const struct tie agreed = {JOB_DOMAIN_ID, false};

static void open_world(enum range_style range, const char *concurrency) {
  world_open(&world, 3);
  fixture_set(&world.fixture, "page_size", "5");
  fixture_set(&world.fixture, "concurrency", concurrency);
  world.delay = 10;
  world.trouble = 2;
  world.chunk = 120;
  for (size_t i = 0; i < world.count; i++) {
    world.servers[i].jobs = 17 + (int64_t)i;
    world.servers[i].range = range;
  }
  world.servers[1].time_of = in_pairs;
  world.servers[2].time_of = seldom;
  for (size_t count = 0; count <= 3; count++) { /* no allocation of these is to fail later */
    world_list(&world, 0, count);
    if (count < 3) world_list(&world, 1, count);
  }
}

static enum service_status read_all(enum kind kind) {
  struct scan_request request = {.listing = &sync_job_listing,
                                 .places = world_list(&world, 0, kind == ANNOUNCED ? 1 : 3),
                                 .announced = world_list(&world, 1, kind == ANNOUNCED ? 2 : 0),
                                 .order = JOBS_DESCENDING,
                                 .ordered = kind == MERGED || kind == TIED,
                                 .ties = &agreed,
                                 .tie_count = kind == TIED,
                                 .limit = -1};
  enum service_status status;

  if (kind != WHOLE) {
    time_bounds_add(&request.bounds, BOUND_LE, "2024-01-01T00:00:14Z", 20);
    time_bounds_add(&request.bounds, BOUND_GT, "2024-01-01T00:00:02Z", 20);
  }
  status = scan_read(&world, &request, &all, &rows);
  if (status != SERVICE_OK) return status;
  scan_model(&world, &request, &model);
  scan_compare(&model, &rows, &all);
  return status;
}

static enum service_status begin_and_read(enum kind kind) {
  enum service_status status = statement_begin(world.fixture.service, &world.statement);

  CHECK_INT(status == SERVICE_OK, world.statement != NULL);
  return status == SERVICE_OK ? read_all(kind) : status;
}

/*
** After a fault: the same statement, if there is one, and then a new one. Requests under way
** beside the one that failed may have met the fault as well, which is told by each of them once.
*/
static void check_after(enum kind kind) {
  enum service_status status = world.statement ? SERVICE_NO_MEMORY : SERVICE_OK;

  for (size_t i = 0; i < world.count && status == SERVICE_NO_MEMORY; i++) status = read_all(kind);
  if (!CHECK_INT(SERVICE_OK, status)) CHECK_TEXT("", world.fixture.service->error.message);
  world_end(&world);
  CHECK_INT(SERVICE_OK, begin_and_read(kind));
  world_close(&world);
}

static void check_allocations(enum kind kind, enum range_style range, bool all_after) {
  long refused = 1;

  for (long nth = 1; refused > 0; nth++) {
    enum service_status status;
    unit_case("kind %d, range %d, allocation %ld%s", (int)kind, (int)range, nth,
              all_after ? " and all after" : "");
    open_world(range, "2");
    allocation_fail_at(nth, all_after);
    status = begin_and_read(kind);
    refused = allocation_stop();
    /* An announced repository may fail unseen, as nobody asks for its rows yet. / */
    if (kind != ANNOUNCED || status != SERVICE_OK) {
      CHECK_INT(refused ? SERVICE_NO_MEMORY : SERVICE_OK, status);
    }
    check_after(kind);
    if (!CHECK(nth < 100000)) return;
  }
}

static bool interrupt_now(void *context) {
  long *left = context;

  return *left > 0 && --*left == 0;
}

static void check_interrupts(enum kind kind, enum range_style range) {
  bool fired = true;

  for (long nth = 1; fired; nth++) {
    long left = nth;
    enum service_status status;
    unit_case("kind %d, range %d, interrupt at look %ld", (int)kind, (int)range, nth);
    open_world(range, "2");
    service_watch(world.fixture.service, interrupt_now, &left);
    status = begin_and_read(kind);
    fired = left == 0;
    CHECK_INT(fired ? SERVICE_INTERRUPTED : SERVICE_OK, status);
    service_watch(world.fixture.service, NULL, NULL);
    check_after(kind);
  }
}

/* The host pauses after every row for longer than any limit. */
static void check_pauses(void) {
  struct scan_request request;
  struct scan *scan;

  for (int kind = MERGED; kind < KINDS; kind++) {
    size_t count = 0;
    unit_case("pauses, kind %d", kind);
    open_world(RANGE_COUNT, "2");
    world_begin(&world);
    request = (struct scan_request){.listing = &sync_job_listing,
                                    .places = world_list(&world, 0, kind == ANNOUNCED ? 1 : 3),
                                    .announced = world_list(&world, 1, kind == ANNOUNCED ? 2 : 0),
                                    .order = JOBS_ASCENDING,
                                    .ordered = kind == MERGED,
                                    .limit = -1};
    CHECK_INT(SERVICE_OK, scan_open(world.statement, &request, &scan));
    for (; scan && !scan_ended(scan); count++) {
      const struct record_page *page;
      size_t index;
      scripted_transport_pause(world.fixture.transport, 3600000);
      if (!CHECK_INT(SERVICE_OK, scan_row(scan, &page, &index))) break;
      if (!CHECK_INT(SERVICE_OK, scan_next(scan))) break;
    }
    CHECK_INT(kind == ANNOUNCED ? 17 : 17 + 18 + 19, count);
    scan_close(scan);
    if (kind == ANNOUNCED) {
      request.places = world_list(&world, 1, 2);
      CHECK_INT(SERVICE_OK, scan_read(&world, &request, &all, &rows));
      CHECK_INT(18 + 19, rows.count);
    }
    world_close(&world);
  }
}

void scan_fault_test(void) {
  for (int kind = MERGED; kind < KINDS; kind++) {
    for (int range = RANGE_COUNT; range <= RANGE_NONE; range += RANGE_NONE) {
      check_allocations((enum kind)kind, (enum range_style)range, false);
      check_allocations((enum kind)kind, (enum range_style)range, true);
      check_interrupts((enum kind)kind, (enum range_style)range);
    }
  }
  check_pauses();
}
