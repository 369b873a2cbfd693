/*
** Scans of one statement that share what was fetched of lists which change meanwhile: what
** odd_scan_test does at random, in a size that can be followed by hand; and a list that contradicts
** itself. What one scan returns stands in odd_case_test.
*/
#include <stdio.h>
#include <string.h>

#include "allocation.h"
#include "odd_model.h"
#include "orders.h"
#include "unit.h"

#define TIME(number) (1000 + 100 * (int64_t)(number)) /* of createdAt */

static struct odd_world world;
static struct odd_server *const server = world.servers;
static struct scan_request requests[2];
static struct odd_reading readings[2];
static struct odd_result results[2];
static struct odd_reader readers[2];
static char texts[2][ODD_TIME_MAX];

/* ---- a world and its scans ---- */

static void fill(struct odd_server *list, size_t jobs, int64_t (*time)(size_t number)) {
  for (size_t i = 0; i < jobs; i++) {
    char tag[ODD_TAG_MAX];
    snprintf(tag, sizeof tag, "t%u", (unsigned)i);
    odd_server_create(list, 1000 + (int64_t)i * 3, time ? time(i) : TIME(i), tag, true);
  }
}

static void open_places(size_t places, size_t jobs, const char *page_size,
                        int64_t (*time)(size_t number)) {
  odd_world_open(&world, places, 1);
  fixture_set(&world.world.fixture, "page_size", page_size);
  fixture_set(&world.world.fixture, "concurrency", "1");
  for (size_t i = 0; i < places; i++) fill(&world.servers[i], jobs, time);
  world.requests_most = 200;
  for (int i = 0; i < 2; i++) {
    requests[i] = (struct scan_request){.listing = &sync_job_listing,
                                        .places = world_list(&world.world, 0, places),
                                        .order = JOBS_ASCENDING,
                                        .ordered = true,
                                        .limit = -1};
    readings[i] = (struct odd_reading){0, -1, false};
    readers[i] = (struct odd_reader){&world, &requests[i], &readings[i], &results[i], NULL};
  }
}

static void open_list(size_t jobs, const char *page_size, int64_t (*time)(size_t number)) {
  open_places(1, jobs, page_size, time);
}

static void bound(int scan, enum bound_operator op, int64_t time) {
  odd_time(time, texts[scan]);
  time_bounds_add(&requests[scan].bounds, op, texts[scan], strlen(texts[scan]));
}

static void skip(int scan, int64_t expected, int64_t rows) {
  requests[scan].offset = expected;
  readings[scan].skip = rows;
}

/* Reads so many rows of a scan; a negative number: to its end, which is judged. */
static void read_on(int scan, int rows) {
  struct odd_reader *reader = &readers[scan];

  if (!reader->scan) odd_reader_open(reader);
  while (rows-- != 0 && odd_reader_step(reader)) continue;
}

static void check(int scan, const char *verdict, const char *message) {
  const char *judged;

  read_on(scan, -1);
  odd_reader_close(&readers[scan]);
  judged = odd_verdict_name(odd_judge(&world, &requests[scan], &readings[scan], &results[scan]));
  if (!CHECK_TEXT(verdict, judged) || !CHECK_HAS(results[scan].error.message, message)) {
    printf("scan %d: %s\n%s", scan, results[scan].error.message, world.trace);
  }
}

static void check_right(int scan) { check(scan, "right", ""); }

/* ---- readers in the midst of rows that others number anew ---- */

static int64_t by_threes(size_t number) { return TIME(number / 3); }

static void create_early(size_t jobs) {
  for (size_t i = 0; i < jobs; i++) {
    odd_server_create(server, 9000 + (int64_t)i, TIME(1) + 10 * (int64_t)i, "early", true);
  }
}

/* One scan begins in the middle, the other one comes up to it, with other numbers for its rows. */
static void islands(void) {
  static const struct {
    const char *name;
    int64_t (*time)(size_t number);
    size_t created;
    size_t removed;
  } cases[] = {{"jobs are created before it", NULL, 5, 0},
               {"jobs are removed before it", NULL, 0, 5},
               {"jobs are created before it, three of a time", by_threes, 5, 0},
               {"jobs are removed before it, three of a time", by_threes, 0, 5}};

  for (size_t i = 0; i < 4 * COUNT_OF(cases); i++) {
    bool descending = i % 2;
    int rows = i / 2 % 2 ? 7 : 6; /* to the end of a page, and not */
    size_t at = i / 4;
    unit_case("islands: %s, newest first %d, after %d rows", cases[at].name, descending, rows);
    open_list(60, "4", cases[at].time);
    for (int scan = 0; scan < 2; scan++) {
      if (descending) requests[scan].order = JOBS_DESCENDING;
    }
    bound(0, descending ? BOUND_LE : BOUND_GE, cases[at].time ? TIME(10) : TIME(30));
    odd_world_begin(&world);
    read_on(0, rows);
    create_early(cases[at].created);
    for (size_t gone = 0; gone < cases[at].removed; gone++) odd_server_remove(server, 3);
    check_right(1);
    check_right(0);
    odd_world_close(&world);
  }
}

/*
** Where a reader goes on in rows of its own, memory is needed for them: it is told that there is
** none, whoever of the two it was, and what either has given is right.
*/
static void islands_without_memory(int rows, bool descending) {
  long refused = 1;

  for (long nth = 1; refused > 0; nth++) {
    unit_case("islands after %d rows, newest first %d, allocation %ld", rows, descending, nth);
    open_list(60, "4", by_threes);
    for (int scan = 0; scan < 2; scan++) {
      if (descending) requests[scan].order = JOBS_DESCENDING;
    }
    bound(0, descending ? BOUND_LE : BOUND_GE, TIME(10));
    odd_world_begin(&world);
    read_on(0, rows);
    create_early(5);
    allocation_fail_at(nth, false);
    read_on(1, -1);
    read_on(0, -1);
    refused = allocation_stop();
    for (int scan = 0; scan < 2; scan++) {
      enum odd_verdict verdict;
      odd_reader_close(&readers[scan]);
      verdict = odd_judge(&world, &requests[scan], &readings[scan], &results[scan]);
      CHECK(verdict == ODD_RIGHT || (refused && results[scan].status == SERVICE_NO_MEMORY));
    }
    odd_world_close(&world);
    if (!CHECK(nth < 100000)) return;
  }
}

static int64_t tied_from_38(size_t number) {
  return number >= 38 && number < 58 ? TIME(38) : TIME(number);
}

/*
** A scan begins with a page of rows that all have one time, which change places: none of that time
** was passed over, however far the list has moved since.
*/
static void island_of_ties(void) {
  for (int rows = 1; rows < 8; rows++) {
    unit_case("a scan that begins with rows of one time, after %d rows", rows);
    open_list(60, "3", tied_from_38);
    server->shuffles_ties = true;
    bound(0, BOUND_GE, TIME(38));
    odd_world_begin(&world);
    read_on(0, rows);
    odd_server_remove(server, 3);
    check_right(1);
    check_right(0);
    odd_world_close(&world);
  }
}

/* ---- what has moved in one place has not in another ---- */

static void create_newest(size_t jobs) {
  for (size_t i = 0; i < jobs; i++) {
    odd_server_create(server, 9000 + (int64_t)server->job_count, TIME(200 + server->job_count),
                      "new", true);
  }
}

static void offsets(void) {
  unit_case("an OFFSET after another one, between which jobs were created");
  open_list(60, "5", NULL);
  requests[0].order = requests[1].order = JOBS_DESCENDING;
  skip(0, 30, 30);
  readings[0].take = 12;
  skip(1, 7, 7);
  odd_world_begin(&world);
  read_on(0, 36);
  for (int i = 0; i < 4; i++) { /* older ones, which do not move the row that comes seventh */
    odd_server_create(server, 8000 + i, TIME(40) + i, "late", true);
  }
  check_right(0);
  check_right(1);
  odd_world_close(&world);

  unit_case("an OFFSET of another scan past a total that is too small");
  open_list(30, "3", NULL);
  server->total = ODD_TOTAL_LAGS;
  server->total_value = 5;
  skip(0, 4, 12);
  readings[0].take = 12;
  skip(1, 25, 25);
  odd_world_begin(&world);
  check_right(0);
  check_right(1);
  odd_world_close(&world);
}

static int64_t at_once(size_t number) {
  (void)number;
  return TIME(1);
}

/* What is asked for ahead begins before the first row that is read, in the midst of its equals. */
static void offset_within_ties(void) {
  for (int i = 0; i < 8; i++) {
    bool totals = i % 2;
    bool many = i / 2 % 2;
    bool descending = i / 4;
    unit_case(
        "an OFFSET into more rows of one time than a page has, totals %d, %d at once, newest first "
        "%d",
        totals, many ? 8 : 1, descending);
    open_list(33, "1", at_once);
    fixture_set(&world.world.fixture, "concurrency", many ? "8" : "1");
    server->range = totals ? RANGE_COUNT : RANGE_NONE;
    server->limit_cap =
        totals ? 5 : 0; /* without totals, a page that was cut looks like the last */
    if (descending) requests[0].order = JOBS_DESCENDING;
    requests[0].ordered = false;
    requests[0].limit = readings[0].take = 30; /* so that it is sure to read on */
    readings[0].skip = 16;
    odd_world_begin(&world);
    check_right(0);
    odd_world_close(&world);
  }
}

/* Where one scan begins among equals, and another one a few rows after it. */
static void offsets_within_ties(void) {
  unit_case("an OFFSET into rows of one time that another one began in before");
  open_list(30, "14", at_once);
  server->range = RANGE_NONE;
  skip(0, 5, 5);
  skip(1, 7, 7);
  odd_world_begin(&world);
  read_on(0, 6);
  odd_server_remove(server, 15);
  check_right(1);
  CHECK_INT(30 - 7, results[1].count);
  check_right(0);
  odd_world_close(&world);
}

/* ---- where a list ends ---- */

static void ends(void) {
  unit_case("an end that was shown, and one more that a later total tells of");
  open_list(19, "5", NULL);
  bound(0, BOUND_GE, TIME(15));
  skip(1, 11, 19);
  requests[1].ordered = false;
  odd_world_begin(&world);
  check_right(0);
  create_newest(1);
  check_right(1);
  odd_world_close(&world);

  for (int large = 0; large < 2; large++) {
    unit_case(
        "a list of just one page grows, and totals are what a page ends with; shown before %d",
        large);
    open_places(2, 10, "10", NULL);
    if (large) create_newest(30);
    server[0].total = server[1].total = ODD_TOTAL_PAGE;
    requests[1].places = world_list(&world.world, 1, 1);
    requests[large ? 0 : 1].order = JOBS_DESCENDING;
    odd_world_begin(&world);
    check_right(0);
    odd_server_create(&server[1], 9000, TIME(200), "new", true);
    check_right(1);
    CHECK_INT(11, results[1].count);
    odd_world_close(&world);
  }

  for (int gone = 0; gone < 2; gone++) {
    unit_case("nothing at an offset, where more was seen; are the jobs gone: %d", gone);
    open_list(39, "10", NULL);
    server->range = RANGE_NONE;
    skip(0, 23, 23);
    readings[0].take = 13;
    skip(1, 22, 22);
    odd_world_begin(&world);
    check_right(0);
    for (int i = 0; gone && i < 34; i++) odd_server_remove(server, 3);
    server->empty_from = gone ? 0 : server->asked + 1;
    server->empty_to = SIZE_MAX;
    server->empty_below = 1;
    check(1, gone ? "right" : "error", gone ? "" : "were not found");
    odd_world_close(&world);
  }

  unit_case("a repository that vanishes between two scans");
  open_list(39, "10", NULL);
  requests[1].order = JOBS_DESCENDING;
  odd_world_begin(&world);
  check_right(0);
  server->gone_from = server->asked + 1;
  check(1, "error", "no such repo");
  odd_world_close(&world);
}

/* Jobs that come just so that answers have as many rows as those before them. */
static void create_with_equals(void *context, struct odd_server *asked) {
  static const struct {
    size_t before; /* which request, */
    int64_t time;
    bool last; /* after its equals */
  } jobs[] = {{2, 1000, true}, {3, 1000, false}, {5, 1001, true}, {7, 1001, true}, {8, 1002, true}};

  (void)context;
  for (size_t i = 0; i < COUNT_OF(jobs); i++) {
    if (jobs[i].before != asked->asked) continue;
    odd_server_create(asked, 100 + (int64_t)i, jobs[i].time, "new", jobs[i].last);
  }
}

static void seeming_caps(void) {
  unit_case("answers without a total that end where a growing list ends, of as many rows each");
  open_list(0, "2", NULL);
  server->range = RANGE_NONE;
  server->before = create_with_equals;
  skip(0, 8, 8);
  odd_world_begin(&world);
  check_right(0);
  odd_world_close(&world);
}

/* ---- rows without a time, and lists without an order ---- */

static int64_t none_of_three(size_t number) { return number < 3 ? NO_TIME : TIME(number); }

static int64_t none_of_ten(size_t number) { return number < 10 ? NO_TIME : TIME(number); }

static void nulls(void) {
  for (int counted = 0; counted < 2; counted++) {
    unit_case("first pages without a time, merged newest first; counted before: %d", counted);
    open_places(2, 20, counted ? "5" : "2", none_of_three);
    world.servers[1].nulls_astray = true;
    requests[0].order = requests[1].order = JOBS_DESCENDING;
    requests[0].count_only = true;
    requests[0].ordered = false;
    readings[0].count = true;
    odd_world_begin(&world);
    if (counted) check_right(0);
    check_right(1);
    odd_world_close(&world);
  }
}

/* The pace of a list tells how far to read ahead; rows without a time tell of none. */
static void nulls_ahead(void) {
  unit_case("first pages without a time, read ahead of a bound");
  open_places(4, 40, "4", none_of_ten);
  fixture_set(&world.world.fixture, "concurrency", "8");
  bound(1, BOUND_LE, TIME(30));
  requests[1].ordered = false;
  odd_world_begin(&world);
  check_right(1);
  odd_world_close(&world);
}

/* As many as a page has come with each answer: nobody gets to the end. */
static void grow(void *context, struct odd_server *asked) {
  (void)context;
  if (asked->asked > 1) create_newest(4);
}

static void growth(void) {
  for (int round = 0; round < 4; round++) {
    bool totals = round & 1;
    bool doubted = round & 2; /* the newest row is not given at first */
    unit_case("a list that grows faster than it is read, totals %d, %d", totals, doubted);
    open_list(20, "4", NULL);
    server->range = totals ? RANGE_COUNT : RANGE_NONE;
    server->newest_empty = doubted;
    server->before = grow;
    odd_world_begin(&world);
    check_right(0);
    /* Twice as many as there were at first and ten pages, or 64 pages; and what has come since. */
    CHECK(results[0].count <= (size_t)(totals ? 80 : 256) * (1 + doubted) + 40);
    CHECK(!server->newest_empty);
    odd_world_close(&world);
  }
}

static void twice(void) {
  for (int far = 0; far < 2; far++) {
    unit_case("a job that a list without an order has at two places, far apart %d", far);
    open_list(0, "4", NULL);
    server->unsorted = true;
    fill(server, 200, NULL);
    server->list[1] = 30;
    server->list[30] = 1;
    server->list[far ? 190 : 80] = 60;
    server->jobs[far ? 190 : 80].there = false;
    server->limit_cap = far ? 6 : 0;
    requests[0].ordered = false;
    odd_world_begin(&world);
    check(0, far ? "error" : "right", far ? "at two places" : "");
    odd_world_close(&world);
  }
}

/*
** The row that the next page was to follow has gone, and the order told where to go on. If the list
** turns out to have none, rows may be missing, even if nobody wants them in that order.
*/
static void misled(void) {
  size_t swapped;

  unit_case("an order that was relied on, and is none");
  open_list(100, "10", NULL);
  requests[0].ordered = false;
  odd_world_begin(&world);
  read_on(0, 9);
  odd_server_remove(server, 9);
  read_on(0, 6);
  server->unsorted = true;
  swapped = server->list[35];
  server->list[35] = server->list[36];
  server->list[36] = swapped;
  check(0, "error", "the order of createdAt");
  odd_world_close(&world);
}

/* ---- a list that contradicts itself ---- */

static const char *record_list(int64_t first, int64_t count) {
  static char text[2000];
  size_t used = 0;

  text[used++] = '[';
  for (int64_t i = 0; i < count; i++) {
    char time[ODD_TIME_MAX];
    odd_time(first + i, time);
    used += (size_t)snprintf(text + used, sizeof text - used,
                             "%s{\"id\":%d,\"createdAt\":\"%s\",\"namespace\":\"group\","
                             "\"repoName\":\"a\",\"tag\":\"t\"}",
                             i ? "," : "", (int)(first + i), time);
  }
  snprintf(text + used, sizeof text - used, "]");
  return text;
}

/* Four pages that no list can have. */
static void serve_contradiction(void *context, size_t place, size_t number, const char *url,
                                struct scripted_answer *answer) {
  static size_t firsts;
  int64_t limit;
  int64_t offset;
  bool descending;

  (void)context;
  (void)place;
  if (number == 1) firsts = 0;
  simulated_window(url, &limit, &offset, &descending);
  answer->status = 200;
  answer->body = "[]";
  if (offset == 0 && firsts++ == 0) {
    answer->body = record_list(101, 4);
  } else if (offset == 3 || offset == 4) {
    answer->body = record_list(50, 4);
    snprintf(answer->headers, sizeof answer->headers, "Content-Range: %d-4/97\n", (int)offset);
  } else if (offset > 0) {
    answer->body = record_list(200, 1);
    snprintf(answer->headers, sizeof answer->headers, "Content-Range: %d-1/10\n", (int)offset);
  }
  if (number > world.requests_most) world.endless = true;
}

static void read_contradiction(void *context) {
  (void)context;
  odd_read(&world, &requests[0], &readings[0], &results[0]);
}

static void contradiction(void) {
  for (int ordered = 0; ordered < 2; ordered++) {
    unit_case("four pages that contradict each other, ordered %d", ordered);
    open_list(0, "4", NULL);
    requests[0].ordered = ordered;
    odd_world_begin(&world);
    world.world.serve = serve_contradiction;
    if (!unit_ends(read_contradiction, NULL)) return;
    CHECK(!world.endless);
    odd_world_close(&world);
  }
}

/* A service that gives fewer rows at once than were asked for, and no totals. */
static void cut(void) {
  static const size_t most[] = {199, 41}; /* requests */

  for (int wide = 0; wide < 2; wide++) {
    unit_case("pages are cut, wide %d", wide);
    open_list(200, "10", NULL);
    server->range = RANGE_NONE;
    server->limit_cap = wide ? 7 : 3;
    odd_world_begin(&world);
    check_right(0);
    CHECK(server->asked <= most[wide]);
    odd_world_close(&world);
  }
}

/* A service that gives one row at once, while one that was read is removed. */
static void cut_to_one(void) {
  for (int i = 0; i < 3; i++) {
    bool totals = i < 2;
    bool descending = i > 0;
    unit_case("a row at once, totals %d, newest first %d", totals, descending);
    open_list(20, "1", NULL);
    server->range = totals ? RANGE_COUNT : RANGE_NONE;
    server->limit_cap = 1;
    if (descending) requests[0].order = JOBS_DESCENDING;
    odd_world_begin(&world);
    read_on(0, 6);
    CHECK(server->asked <= (totals ? 8 : 10)); /* it is known by then */
    odd_server_remove(server, 3);
    check(0, totals ? "error" : "right", ""); /* which rows have moved, a total does not say */
    odd_world_close(&world);
  }
}

void odd_shared_test(void) {
  cut();
  cut_to_one();
  islands();
  for (int i = 0; i < 4; i++) islands_without_memory(6 + i / 2, i % 2);
  island_of_ties();
  offsets();
  offset_within_ties();
  offsets_within_ties();
  ends();
  seeming_caps();
  nulls();
  nulls_ahead();
  twice();
  misled();
  growth();
  contradiction();
}
