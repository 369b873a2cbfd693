/*
** Scans of lists that do one certain odd thing each, with the rows that must come: what
** odd_scan_test does at random, in a size that can be followed by hand.
*/
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "odd_model.h"
#include "orders.h"
#include "unit.h"

#define JOBS 250
#define TIME(number) (1000 + 100 * (int64_t)(number)) /* of createdAt */

static struct odd_world world;
static struct odd_server *const server = world.servers;
static struct odd_result result;
static struct scan_request request;
static const struct odd_reading whole = {0, -1, false};

/* What happens to the list, and after how many answers. */
static void (*happens)(void);
static size_t happens_after;

static void before(void *context, struct odd_server *asked) {
  (void)context;
  if (happens && asked->asked == happens_after + 1) happens();
}

/* ---- a world and its scan ---- */

static void open_with_times(size_t jobs, const char *page_size, int64_t (*time)(size_t number)) {
  odd_world_open(&world, 1, 1);
  fixture_set(&world.world.fixture, "page_size", page_size);
  for (size_t i = 0; i < jobs; i++) {
    char tag[ODD_TAG_MAX];
    snprintf(tag, sizeof tag, "t%u", (unsigned)i);
    odd_server_create(server, 1000 + (int64_t)i * 3, time ? time(i) : TIME(i), tag, true);
  }
  server->before = before;
  happens = NULL;
  world.requests_most = 100;
  request = (struct scan_request){.listing = &sync_job_listing,
                                  .places = world_list(&world.world, 0, 1),
                                  .order = JOBS_ASCENDING,
                                  .ordered = true,
                                  .limit = -1};
}

static void open_list(size_t jobs, const char *page_size) {
  open_with_times(jobs, page_size, NULL);
}

static void after(size_t answers, void (*change)(void)) {
  happens = change;
  happens_after = answers;
}

static enum odd_verdict scan(void) {
  enum odd_verdict verdict;

  odd_world_begin(&world);
  odd_read(&world, &request, &whole, &result);
  verdict = odd_judge(&world, &request, &whole, &result);
  if (verdict == ODD_ERROR) CHECK(result.error.message[0]);
  return verdict;
}

static void show(void) {
  printf("%s%s\n", world.trace, result.error.message);
  odd_world_close(&world);
}

/* Each job that was there all the time comes once, and of those that came or went so many. */
static void check_right(size_t least, size_t most) {
  bool right = CHECK_TEXT("right", odd_verdict_name(scan()));

  right = CHECK(result.count >= least && result.count <= most) && right;
  if (!right) {
    printf("  %zu rows of %zu to %zu\n", result.count, least, most);
    show();
    return;
  }
  odd_world_close(&world);
}

static void check_error(const char *part) {
  bool right = CHECK_TEXT("error", odd_verdict_name(scan()));

  right = right && CHECK_HAS(result.error.message, part);
  if (!right) {
    show();
    return;
  }
  odd_world_close(&world);
}

/* ---- jobs that come and go ---- */

static void create_late(void) { odd_server_create(server, 9, TIME(JOBS - 1) - 5, "late", true); }
static void create_newest(void) {
  odd_server_create(server, 5000 + (int64_t)server->job_count * 3, TIME(server->job_count), "new",
                    true);
}
static void remove_200(void) { odd_server_remove(server, 200); }
static void remove_99(void) { odd_server_remove(server, 99); }
static void remove_oldest(void) { odd_server_remove(server, 0); }

static void exchange(void) {
  remove_oldest();
  create_newest();
}

static void exchange_twice(void) {
  exchange();
  exchange();
}

static void comes_and_goes(void) {
  static const struct {
    const char *name;
    void (*change)(void);
    size_t after;
    bool descending;
    size_t least;
    size_t most;
  } cases[] = {
      {"a late commit, oldest first", create_late, 1, false, 251, 251},
      {"a late commit before the last page, oldest first", create_late, 2, false, 251, 251},
      {"a late commit, newest first", create_late, 1, true, 250, 250},
      {"one of the newest goes, newest first", remove_200, 1, true, 250, 250},
      {"the row in front of the next page goes, oldest first", remove_99, 1, false, 250, 250},
      {"one comes and the oldest goes, oldest first", exchange, 1, false, 251, 251},
      {"two come and go, oldest first", exchange_twice, 2, false, 252, 252},
      {"one comes and the oldest goes, newest first", exchange, 1, true, 249, 250},
  };

  for (size_t i = 0; i < 4 * COUNT_OF(cases); i++) { /* with totals or without, alone or many */
    bool totals = i % 2;
    bool many = i / 2 % 2;
    size_t at = i / 4;
    unit_case("%s, %s, %d at once", cases[at].name, totals ? "with totals" : "without totals",
              many ? 8 : 1);
    open_list(JOBS, "100");
    fixture_set(&world.world.fixture, "concurrency", many ? "8" : "1");
    server->range = totals ? RANGE_COUNT : RANGE_NONE;
    if (cases[at].descending) request.order = JOBS_DESCENDING;
    after(cases[at].after, cases[at].change);
    /* What was asked ahead may have been answered before the change, or not. */
    check_right(many ? JOBS - 1 : cases[at].least, cases[at].most);
  }
}

/* ---- ties ---- */

static int64_t second_and_third(size_t number) { return TIME(number == 2 ? 1 : number); }

static void swap(size_t one, size_t other) {
  size_t number = server->list[one];

  server->list[one] = server->list[other];
  server->list[other] = number;
}

static void swap_second_and_third(void) { swap(1, 2); }

static void ties(void) {
  for (int totals = 0; totals < 2; totals++) {
    for (int descending = 0; descending < 2; descending++) {
      unit_case("two equal times change places, totals %d, newest first %d", totals, descending);
      open_with_times(4, "2", second_and_third);
      server->range = totals ? RANGE_COUNT : RANGE_NONE;
      if (descending) request.order = JOBS_DESCENDING;
      after(1, swap_second_and_third);
      check_right(4, 4);
    }
  }
}

static void remove_oldest_and_swap(void) {
  odd_server_remove(server, 0);
  swap(0, 1);
}

/* Pages of two rows never show two that share a time and the one before them. */
static void ties_of_small_pages(void) {
  for (int capped = 0; capped < 2; capped++) {
    unit_case("two equal times change places past pages of two rows, while one goes, capped %d",
              capped);
    open_with_times(7, "2", second_and_third);
    server->limit_refused = capped ? 0 : 2;
    server->limit_cap = capped ? 2 : 0;
    after(2, remove_oldest_and_swap);
    check_error("Run the query again");
  }
}

static int64_t by_twos(size_t number) { return TIME(number / 2); }

/* Their runs are seen whole, with the row before them, and then gone on from. */
static void ties_of_pages_that_just_fit(void) {
  for (int descending = 0; descending < 2; descending++) {
    unit_case("pages of three rows, two of each time, while one goes, newest first %d", descending);
    open_with_times(14, "3", by_twos);
    server->limit_refused = 3;
    if (descending) request.order = JOBS_DESCENDING;
    after(3, remove_oldest);
    check_right(13, 14);
  }
}

static int64_t three_at_once(size_t number) { return TIME(number < 3 ? 0 : number); }
static void swap_first_and_third(void) { swap(0, 2); }

/* Where a page is one row, it repeats none by which rows of equal time could be told. */
static void ties_of_single_rows(void) {
  unit_case("a row of equal times that comes again, pages of one row");
  open_with_times(6, "1", three_at_once);
  server->range = RANGE_NONE;
  server->limit_cap = 1;
  after(5, swap_first_and_third);
  check_error("moving");
}

/* ---- totals ---- */

static void totals(void) {
  static const struct {
    const char *name;
    enum odd_total total;
    int64_t value;
  } cases[] = {{"a total that lags by 3", ODD_TOTAL_LAGS, 3},
               {"a total that stops at 200", ODD_TOTAL_CAPPED, 200},
               {"a total of the page", ODD_TOTAL_PAGE, 0}};

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    for (int descending = 0; descending < 2; descending++) {
      unit_case("%s, newest first %d", cases[i].name, descending);
      open_list(JOBS, "100");
      server->total = cases[i].total;
      server->total_value = cases[i].value;
      if (descending) request.order = JOBS_DESCENDING;
      check_right(JOBS, JOBS);
    }
  }
  unit_case("one total that is too large");
  open_list(11, "4");
  server->total = ODD_TOTAL_OFF;
  server->total_at = 3;
  server->total_value = 3;
  request.order = JOBS_DESCENDING;
  check_right(11, 11);
}

/* Totals that no list has: who only counts would count for ever, or past the largest number. */
static void huge_totals(void) {
  static const int64_t values[] = {1000000001, 1000000000000000000, INT64_MAX - 1, INT64_MAX};
  static const struct odd_reading counted = {0, -1, true};

  for (size_t i = 0; i < COUNT_OF(values); i++) {
    unit_case("a total of %" PRId64, values[i]);
    open_list(JOBS, "100");
    server->total = ODD_TOTAL_IS;
    server->total_value = values[i];
    request.count_only = true;
    odd_world_begin(&world);
    odd_read(&world, &request, &counted, &result);
    CHECK_TEXT("right", odd_verdict_name(odd_judge(&world, &request, &counted, &result)));
    CHECK_INT(JOBS, result.moved);
    odd_world_close(&world);
  }
}

/* Page 1 and page 2 may happen to be found; what is not found is an error. */
static void offset_counts_pages(void) {
  unit_case("the offset counts pages");
  open_list(JOBS, "100");
  server->counts_pages = true;
  server->claims_asked = true;
  check_error("offset");
  unit_case("the offset counts pages, and no total tells");
  open_list((size_t)JOBS * 4, "100");
  server->counts_pages = true;
  server->range = RANGE_NONE;
  check_error("offset");
  unit_case("the offset counts pages, as each header says");
  open_list(JOBS, "10");
  server->counts_pages = true;
  check_error("counts pages");
}

static void bound_from(int64_t number) {
  static char least[ODD_TIME_MAX];

  odd_time(TIME(number), least);
  time_bounds_add(&request.bounds, BOUND_GE, least, strlen(least));
}

static void offset_is_ignored(void) {
  unit_case("the offset is ignored, though each header names it, and pages are cut");
  open_list(46, "2");
  server->ignores_offset = server->claims_asked = true;
  server->limit_cap = 2;
  bound_from(40);
  check_error("ignores the offset");
  for (int all = 0; all < 2; all++) {
    unit_case("the offset is ignored, and of the first page %s", all ? "all is gone" : "one row");
    open_list(20, "2");
    server->ignores_offset = true;
    server->limit_cap = 2;
    bound_from(10);
    after(1, all ? exchange_twice : exchange);
    check_error("ignores the offset");
    CHECK_INT(all ? 3 : 2, server->asked); /* what shows it is not asked for twice */
  }
}

/* ---- pages that lack rows ---- */

static void lacking_pages(void) {
  for (size_t number = 1; number <= 3; number++) {
    unit_case("answer %zu is empty, once", number);
    open_list(JOBS, "100");
    server->empty_from = server->empty_to = number;
    check_right(JOBS, JOBS);

    unit_case("answer %zu is empty, and all after it", number);
    open_list(JOBS, "100");
    server->empty_from = number;
    server->empty_to = SIZE_MAX;
    check_error("250");
  }
  unit_case("a list that is gone where its first answer is asked for again");
  open_list(20, "11");
  server->short_from = server->short_to = 1;
  server->short_by = 3;
  server->short_claims = true;
  server->gone_from = 2;
  check_error("no such repo");
  for (int claims = 0; claims < 2; claims++) {
    unit_case("a page of 90 in the middle, claims %d", claims);
    open_list(JOBS, "100");
    server->short_from = server->short_to = 2;
    server->short_by = 10;
    server->short_claims = claims;
    check_right(JOBS, JOBS);
  }
}

/* ---- identity ---- */

static void identity(void) {
  static const struct {
    const char *name;
    size_t job;
    size_t like; /* the job whose id it has, too */
  } cases[] = {{"first rows of two pages", 100, 0},
               {"neighbors across pages", 100, 99},
               {"neighbors", 50, 49},
               {"the last and the first", 249, 0}};

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    for (int descending = 0; descending < 2; descending++) {
      unit_case("one id for two jobs: %s, newest first %d", cases[i].name, descending);
      open_list(JOBS, "100");
      server->jobs[cases[i].job].id = server->jobs[cases[i].like].id;
      if (descending) request.order = JOBS_DESCENDING;
      check_right(JOBS, JOBS);
    }
  }
  unit_case("one id for all");
  open_list(JOBS, "100");
  for (size_t i = 0; i < JOBS; i++) server->jobs[i].id = 7;
  check_right(JOBS, JOBS);
  /* Nothing else tells then whether the service heeds the offset. */
  unit_case("one id for all, and no totals");
  open_list(JOBS, "100");
  for (size_t i = 0; i < JOBS; i++) server->jobs[i].id = 7;
  server->range = RANGE_NONE;
  check_right(JOBS, JOBS);
}

/* ---- bounds ---- */

static void create_newest_each_time(void *context, struct odd_server *asked) {
  (void)context;
  if (asked->asked > 1 && asked->asked < 6) create_newest();
}

static void exchange_each_time(void *context, struct odd_server *asked) {
  (void)context;
  if (asked->asked > 1 && asked->asked < 6) exchange();
}

static void bounds(void) {
  static const struct {
    const char *name;
    bool descending;
    bool both;
    void (*before)(void *context, struct odd_server *asked);
  } cases[] = {{"newest first, jobs are created", true, false, create_newest_each_time},
               {"newest first, between, jobs are created", true, true, create_newest_each_time},
               {"oldest first, between, jobs are created", false, true, create_newest_each_time},
               {"newest first, jobs come and go", true, false, exchange_each_time},
               {"oldest first, between, jobs come and go", false, true, exchange_each_time}};

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    char least[ODD_TIME_MAX];
    char most[ODD_TIME_MAX];
    unit_case("within bounds: %s", cases[i].name);
    open_list(JOBS, "100");
    server->before = cases[i].before;
    if (cases[i].descending) request.order = JOBS_DESCENDING;
    odd_time(TIME(20), least);
    odd_time(TIME(220), most);
    time_bounds_add(&request.bounds, BOUND_LE, most, strlen(most));
    if (cases[i].both) time_bounds_add(&request.bounds, BOUND_GE, least, strlen(least));
    check_right(cases[i].both ? 201 : 217, JOBS + 10);
  }
}

/* ---- what is refused, and orders ---- */

static void refused_limit(void) {
  for (int descending = 0; descending < 2; descending++) {
    unit_case("one row more than a page is refused, newest first %d", descending);
    open_list(JOBS, "100");
    server->limit_refused = 100;
    if (descending) request.order = JOBS_DESCENDING;
    check_right(JOBS, JOBS);

    unit_case("the same while one comes and one goes, newest first %d", descending);
    open_list(JOBS, "100");
    server->limit_refused = 100;
    if (descending) request.order = JOBS_DESCENDING;
    after(1, exchange);
    check_right(JOBS - 1, JOBS + 1);
  }
}

static int64_t none_of_three(size_t number) { return number < 3 ? NO_TIME : TIME(number); }

static void orders(void) {
  for (int descending = 0; descending < 2; descending++) {
    unit_case("jobs without a time at the other end, newest first %d", descending);
    open_with_times(JOBS, "100", none_of_three);
    server->nulls_astray = true;
    if (descending) request.order = JOBS_DESCENDING;
    check_right(JOBS, JOBS);
  }
  unit_case("a newer job far down");
  open_list(JOBS, "100");
  server->jobs[30].time = TIME(JOBS) + 5;
  check_error("order");
}

/* ---- the judge itself ---- */

static enum odd_verdict judged(void) { return odd_judge(&world, &request, &whole, &result); }

static void judge_of_rows(void) {
  struct odd_row kept;

  unit_case("what the judge says of rows that are wrong");
  open_list(10, "4");
  CHECK_TEXT("right", odd_verdict_name(scan()));
  result.count--;
  CHECK_TEXT("LOST", odd_verdict_name(judged()));
  result.ended = false;
  CHECK_TEXT("right", odd_verdict_name(judged())); /* the reader stopped before it */
  result.ended = true;
  result.rows[result.count++] = result.rows[0];
  CHECK_TEXT("DOUBLED", odd_verdict_name(judged()));
  result.rows[result.count - 1].number = 9;
  CHECK_TEXT("right", odd_verdict_name(judged()));
  kept = result.rows[3];
  result.rows[3] = result.rows[4];
  result.rows[4] = kept;
  CHECK_TEXT("DISORDERED", odd_verdict_name(judged()));
  request.ordered = false;
  CHECK_TEXT("right", odd_verdict_name(judged()));
  result.rows[5].number = -1;
  CHECK_TEXT("FOREIGN", odd_verdict_name(judged()));
  result.status = SERVICE_FAILED;
  CHECK_TEXT("FOREIGN", odd_verdict_name(judged()));
  result.rows[5].number = 5;
  CHECK_TEXT("error", odd_verdict_name(judged()));
  world.endless = true;
  CHECK_TEXT("ENDLESS", odd_verdict_name(judged()));
  odd_world_close(&world);
}

static void judge_of_changes(void) {
  unit_case("what the judge says of jobs that come and go");
  open_list(10, "4");
  CHECK_TEXT("right", odd_verdict_name(scan()));
  result.rows[2] = result.rows[9];
  result.count = 9;
  request.ordered = false;
  CHECK_TEXT("LOST", odd_verdict_name(judged()));
  odd_server_remove(server, 2);
  CHECK_TEXT("right", odd_verdict_name(judged())); /* it was not there all the time */
  create_newest();
  CHECK_TEXT("right", odd_verdict_name(judged())); /* nor was this one */
  time_bounds_add(&request.bounds, BOUND_GE, "2024-01-01T00:01:50Z", 20);
  result.rows[0].number = 9; /* which is within, and is there */
  CHECK_TEXT("DOUBLED", odd_verdict_name(judged()));
  odd_world_close(&world);
}

static void judge_of_readers(void) {
  struct odd_reading reading = {3, 4, false};

  unit_case("what the judge says of a reader that skips and stops");
  open_list(20, "4");
  odd_world_begin(&world);
  odd_read(&world, &request, &reading, &result);
  CHECK_INT(4, result.count);
  CHECK_TEXT("right", odd_verdict_name(odd_judge(&world, &request, &reading, &result)));
  result.rows[2].number = 6;
  result.rows[3].number = 7;
  CHECK_TEXT("LOST", odd_verdict_name(odd_judge(&world, &request, &reading, &result)));
  for (size_t i = 0; i < 4; i++) result.rows[i].number = 16 + (int64_t)i;
  result.ended = true;
  CHECK_TEXT("LOST", odd_verdict_name(odd_judge(&world, &request, &reading, &result)));
  odd_world_close(&world);
}

void odd_case_test(void) {
  judge_of_rows();
  judge_of_changes();
  judge_of_readers();
  comes_and_goes();
  ties();
  ties_of_small_pages();
  ties_of_pages_that_just_fit();
  ties_of_single_rows();
  totals();
  huge_totals();
  offset_counts_pages();
  offset_is_ignored();
  lacking_pages();
  identity();
  bounds();
  refused_limit();
  orders();
}
