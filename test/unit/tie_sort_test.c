/*
** Tests of ext/scan/tie_sort: rows of one time in the order of further columns, and how much memory
** a run of them may take. That values compare as in SQLite, ../ties.test shows.
*/
#include "scan/tie_sort.h"

#include <stdio.h>
#include <string.h>

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

/*
** A list of records with values of every kind, or without. No list of today has all of these, but a
** list that gets one more column must not be sorted otherwise than SQLite would.
*/
enum {
  VALUE_REAL = JOB_DOMAIN_ID,
  VALUE_COUNT = JOB_DOMAIN_NAME,
  VALUE_JSON = JOB_STATUS,
  VALUE_TEXT = JOB_TAG,
  VALUE_FLAG = JOB_OVERRIDE,
  VALUE_ORDINAL = JOB_REMOTE_NAMESPACE,
  VALUE_REGION = JOB_COLUMN_COUNT + 1
};

static struct column value_columns[JOB_COLUMN_COUNT + 2];
static struct listing value_listing;

static void make_listing(void) {
  memcpy(value_columns, sync_job_listing.columns, sizeof value_columns);
  value_listing = sync_job_listing;
  value_listing.columns = value_columns;
  value_columns[VALUE_REAL] = (struct column){.name = "real", .kind = COLUMN_REAL};
  value_columns[VALUE_COUNT] = (struct column){.name = "count", .kind = COLUMN_INTEGER};
  value_columns[VALUE_JSON] = (struct column){.name = "json", .flags = COLUMN_JSON_TEXT};
  value_columns[VALUE_ORDINAL] = (struct column){
      .name = "number", .kind = COLUMN_INTEGER, .flags = COLUMN_HIDDEN | COLUMN_ORDINAL};
}

#define AT_ONCE "\"createdAt\":\"2024-01-01T00:00:00Z\","

static void serve_values(void *context, size_t place, size_t number, const char *url,
                         struct scripted_answer *answer) {
  (void)context;
  (void)number;
  (void)url;
  answer->status = 200;
  answer->body = place ? "[{\"id\":7," AT_ONCE "\"real\":0.5}]"
                       : "[{\"id\":1," AT_ONCE
                         "\"real\":2.5,\"count\":7,\"json\":\"[]\"},"
                         "{\"id\":2," AT_ONCE
                         "\"real\":-1e3,\"json\":\"\",\"override\":true},"
                         "{\"id\":3," AT_ONCE
                         "\"count\":-7,\"tag\":\"b\",\"override\":false},"
                         "{\"id\":4," AT_ONCE
                         "\"real\":2.5,\"count\":7,\"json\":\"{}\",\"tag\":\"a\"},"
                         "{\"id\":5," AT_ONCE "\"real\":1,\"count\":0,\"tag\":\"\"}]";
  snprintf(answer->headers, sizeof answer->headers, "Content-Range: 0-%d/%d\n", place ? 1 : 5,
           place ? 1 : 5);
}

/* The ids as they leave. */
static void check_ids(size_t places, struct tie tie, const char *expected) {
  struct scan_request request = {.listing = &value_listing,
                                 .places = world_list(&world, 0, places),
                                 .order = &value_listing.orders[0],
                                 .ordered = true,
                                 .ties = &tie,
                                 .tie_count = 1,
                                 .limit = -1};
  char ids[10] = "";
  struct scan *scan;

  unit_case("column %d, descending %d", tie.column, (int)tie.descending);
  if (!CHECK_INT(SERVICE_OK, scan_open(world.statement, &request, &scan))) {
    CHECK_TEXT("", world.fixture.service->error.message);
    return;
  }
  for (size_t i = 0; i < sizeof ids - 1 && !scan_ended(scan); i++) {
    const struct record_page *page;
    size_t index;
    CHECK_INT(SERVICE_OK, scan_row(scan, &page, &index));
    ids[i] = (char)('0' + record_page_id(page, index));
    CHECK_INT(ids[i] == '7' ? 0 : ids[i] - '1', scan_position(scan));
    CHECK_INT(SERVICE_OK, scan_next(scan));
  }
  CHECK_TEXT(expected, ids);
  scan_close(scan);
}

static void check_values(void) {
  make_listing();
  world_open(&world, 2);
  fixture_set(&world.fixture, "region", "xx-test-1");
  fixture_set(&world.fixture, "endpoint", NULL); /* which is one region's */
  fixture_set(&world.fixture, "token", NULL);
  fixture_set(&world.fixture, "access_key", "key");
  fixture_set(&world.fixture, "secret_key", "secret");
  world.serve = serve_values;
  place_set_region(&world.places[0], "xx-test-1");
  place_set_region(&world.places[1], "aa-test-1");
  world_begin(&world);
  check_ids(1, (struct tie){VALUE_REAL, false}, "32514");
  check_ids(1, (struct tie){VALUE_REAL, true}, "14523");
  check_ids(1, (struct tie){VALUE_COUNT, false}, "23514");
  check_ids(1, (struct tie){VALUE_COUNT, true}, "14532");
  check_ids(1, (struct tie){VALUE_JSON, false}, "23514");
  check_ids(1, (struct tie){VALUE_TEXT, false}, "12543");
  check_ids(1, (struct tie){VALUE_FLAG, true}, "23145");
  check_ids(1, (struct tie){VALUE_ORDINAL, true}, "54321");
  check_ids(2, (struct tie){VALUE_REAL, false}, "327514");
  check_ids(2, (struct tie){VALUE_REGION, false}, "712345");
  world_close(&world);
}

void tie_sort_test(void) {
  check_order();
  check_memory();
  check_values();
}
