/*
** Tests of ext/scan/tie_sort: rows of one time in the order of further columns, and how much memory
** a run of them may take. That values compare as in SQLite, ../ties.test shows.
*/
#include "scan/tie_sort.h"

#include "scan_model.h"
#include "sync_job_columns.h"
#include "unit.h"

static struct simulated_world world;

static int64_t in_threes(int64_t job) { return job / 3; }
static int64_t at_once(int64_t job) {
  (void)job;
  return 7;
}

static void open_world(size_t places, int64_t jobs, int64_t (*time_of)(int64_t)) {
  world_open(&world, places);
  fixture_set(&world.fixture, "page_size", "4");
  for (size_t i = 0; i < places; i++) {
    world.servers[i].jobs = jobs;
    world.servers[i].time_of = time_of;
  }
  world_begin(&world);
}

/* The numbers of the jobs as they leave, that of their place in front where there are several. */
static enum service_status read_jobs(const struct tie *ties, size_t count, size_t memory,
                                     int64_t jobs[], size_t *read) {
  struct scan_request request = {.listing = &sync_job_listing,
                                 .places = world_list(&world, 0, world.count),
                                 .order = JOBS_ASCENDING,
                                 .ordered = true,
                                 .ties = ties,
                                 .tie_count = count,
                                 .tie_memory = memory,
                                 .limit = -1};
  struct scan *scan;
  enum service_status status = scan_open(world.statement, &request, &scan);

  for (*read = 0; status == SERVICE_OK && !scan_ended(scan); ++*read) {
    const struct record_page *page;
    size_t index;
    size_t place = world_index(&world, scan_repository(scan));
    status = scan_row(scan, &page, &index);
    if (status != SERVICE_OK) break;
    jobs[*read] = (int64_t)place * 100 + simulated_job(page, index) - world.servers[place].first;
    status = scan_next(scan);
  }
  scan_close(scan);
  return status;
}

static void check_jobs(const struct tie *ties, size_t count, const int64_t expected[],
                       size_t expected_count) {
  int64_t jobs[40];
  size_t read;

  CHECK_INT(SERVICE_OK, read_jobs(ties, count, 0, jobs, &read));
  if (!CHECK_INT(expected_count, read)) return;
  for (size_t i = 0; expected && i < read; i++) CHECK_INT(expected[i], jobs[i]);
}

static void check_order(void) {
  static const struct tie id_descending[] = {{JOB_ID, true}};
  static const struct tie names[] = {{JOB_REPO_NAME, true}, {JOB_ID, false}};
  static const struct tie equal[] = {{JOB_DOMAIN_ID, true}, {JOB_COLUMN_COUNT + 1, false}};
  static const int64_t reversed[] = {2, 1, 0, 5, 4, 3, 8, 7, 6, 9};
  static const int64_t by_name[] = {100, 101, 102, 0, 1, 2, 103, 3};
  static const int64_t as_it_comes[] = {0, 1, 2, 3, 4, 5, 6};

  unit_case("runs, some over the end of a page");
  open_world(1, 10, in_threes);
  check_jobs(id_descending, 1, reversed, COUNT_OF(reversed));
  world_close(&world);
  unit_case("runs of several places");
  open_world(2, 4, in_threes);
  check_jobs(names, 2, by_name, COUNT_OF(by_name));
  world_close(&world);
  unit_case("rows that agree in everything stay as they come");
  open_world(1, 7, at_once);
  check_jobs(equal, 2, as_it_comes, COUNT_OF(as_it_comes));
  world_close(&world);
  unit_case("no row");
  open_world(2, 0, at_once);
  check_jobs(equal, 2, NULL, 0);
  world_close(&world);
}

/* Runs of three fit where one of thirty does not; it says so, and the statement works on. */
static void check_memory(void) {
  static const struct tie id_descending[] = {{JOB_ID, true}};
  int64_t jobs[40] = {0};
  size_t read = 0;

  unit_case("memory");
  open_world(1, 30, in_threes);
  CHECK_INT(SERVICE_OK, read_jobs(id_descending, 1, 9000, jobs, &read));
  CHECK_INT(30, read);
  world_close(&world);
  open_world(1, 30, at_once);
  CHECK_INT(SERVICE_FAILED, read_jobs(id_descending, 1, 9000, jobs, &read));
  CHECK_HAS(world.fixture.service->error.message, "jobs have the same createdAt");
  CHECK_HAS(world.fixture.service->error.message, "+createdAt instead of createdAt in ORDER BY");
  CHECK_INT(SERVICE_OK, read_jobs(id_descending, 1, 0, jobs, &read));
  CHECK_INT(30, read);
  CHECK_INT(29, jobs[0]);
  CHECK_INT(0, jobs[29]);
  world_close(&world);
}

void tie_sort_test(void) {
  check_order();
  check_memory();
}
