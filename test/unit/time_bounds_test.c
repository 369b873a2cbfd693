/*
** Tests of ext/scan/time_bounds: where a row stands to bounds, in both orders, and that it
** agrees with what SQLite would say of the row.
*/
#include "scan/time_bounds.h"

#include <stdio.h>
#include <string.h>

#include "record/json_record.h"
#include "unit.h"

/*
** In the order of SWR_TIME, NULL first; texts that are equal as instants stand beside each other.
*/
static const struct {
  const char *text;
  int rank;
} times[] = {
    {NULL, 0},
    {"2024-01-01", 1},
    {"2024-01-01T00:00:00Z", 1},
    {"2024-01-01 08:00:00", 2},
    {"2024-01-01T09:00:00+01:00", 2},
    {"2024-01-01T08:00:00.5Z", 3},
    {"2024-01-01T08:00:00.500000Z", 3},
    {"2024-01-01T08:00:00.500001Z", 4},
    {"2024-12-31T23:59:59Z", 5},
    {"no time", 6},
    {"on time", 7},
};

static struct record_page page; /* a row for each of the times */

static void make_page(void) {
  struct json_reader reader;

  record_page_init(&page, &sync_job_listing);
  json_reader_init(&reader, &sync_job_listing, UINT32_MAX);
  for (size_t i = 0; i < COUNT_OF(times); i++) {
    char record[100];
    struct record_problem problem;
    snprintf(record, sizeof record, "{\"id\":%zu,\"createdAt\":%s%s%s}", i,
             times[i].text ? "\"" : "", times[i].text ? times[i].text : "null",
             times[i].text ? "\"" : "");
    CHECK_INT(RECORD_OK, json_record_take(&reader, record, strlen(record), &page, &problem));
  }
  json_reader_free(&reader);
}

static void add(struct time_bounds *bounds, enum bound_operator op, const char *text) {
  time_bounds_add(bounds, op, text, strlen(text));
}

/* As SQLite compares; NULL meets no bound. */
static bool meets(size_t row, enum bound_operator op, size_t bound) {
  int order = times[row].rank - times[bound].rank;

  if (!times[row].text) return false;
  return op == BOUND_LT   ? order < 0
         : op == BOUND_LE ? order <= 0
         : op == BOUND_GE ? order >= 0
                          : order > 0;
}

/* A row fails a lower bound by coming too early oldest first, and too late newest first. */
static void check_single(void) {
  for (int op = BOUND_LT; op <= BOUND_GT; op++) {
    for (size_t bound = 1; bound < COUNT_OF(times); bound++) {
      struct time_bounds bounds = {.count = 0};
      bool lower = op >= BOUND_GE;
      add(&bounds, (enum bound_operator)op, times[bound].text);
      CHECK((time_bounds_start(&bounds, JOBS_ASCENDING) != NULL) == lower);
      CHECK((time_bounds_start(&bounds, JOBS_DESCENDING) != NULL) == !lower);
      for (size_t row = 0; row < COUNT_OF(times); row++) {
        /* NULL comes before every time, so that only a lower bound excludes it here. */
        bool fails = times[row].text ? !meets(row, (enum bound_operator)op, bound) : lower;
        unit_case("%s, bound %d %s", times[row].text, op, times[bound].text);
        CHECK_INT(fails && lower, time_bounds_before(&bounds, JOBS_ASCENDING, &page, row));
        CHECK_INT(fails && !lower, time_bounds_past(&bounds, JOBS_ASCENDING, &page, row));
        CHECK_INT(fails && !lower, time_bounds_before(&bounds, JOBS_DESCENDING, &page, row));
        CHECK_INT(fails && lower, time_bounds_past(&bounds, JOBS_DESCENDING, &page, row));
      }
    }
  }
}

/* No row that meets all bounds is said to be outside, and in order the answers go one way. */
static void check_several(void) {
  for (int round = 0; round < 2000; round++) {
    struct time_bounds bounds = {.count = 0};
    int ops[TIME_BOUNDS_MAX];
    size_t texts[TIME_BOUNDS_MAX];
    size_t count = unit_random(4);
    for (size_t i = 0; i < count; i++) {
      ops[i] = (int)unit_random(3);
      texts[i] = 1 + unit_random(COUNT_OF(times) - 2);
      add(&bounds, (enum bound_operator)ops[i], times[texts[i]].text);
    }
    unit_case("round %d", round);
    for (size_t row = 0; row < COUNT_OF(times); row++) {
      bool right = true;
      bool early = time_bounds_before(&bounds, JOBS_ASCENDING, &page, row);
      bool late = time_bounds_past(&bounds, JOBS_ASCENDING, &page, row);
      for (size_t i = 0; i < count; i++) {
        right = right && meets(row, (enum bound_operator)ops[i], texts[i]);
      }
      if (times[row].text) CHECK_INT(right, !early && !late);
      CHECK_INT(early, time_bounds_past(&bounds, JOBS_DESCENDING, &page, row));
      CHECK_INT(late, time_bounds_before(&bounds, JOBS_DESCENDING, &page, row));
      if (row == 0) continue;
      CHECK(!early || time_bounds_before(&bounds, JOBS_ASCENDING, &page, row - 1));
      CHECK(late || !time_bounds_past(&bounds, JOBS_ASCENDING, &page, row - 1));
    }
  }
}

static void check_start(void) {
  struct time_bounds bounds = {.count = 0};

  unit_case("the start");
  CHECK(!time_bounds_start(&bounds, JOBS_ASCENDING));
  CHECK(!time_bounds_start(&bounds, JOBS_DESCENDING));
  add(&bounds, BOUND_LE, "2024-06-01");
  add(&bounds, BOUND_GT, "2024-01-01");
  add(&bounds, BOUND_GE, "2024-02-01");
  CHECK(time_bounds_start(&bounds, JOBS_DESCENDING) == &bounds.bounds[0]);
  CHECK(time_bounds_start(&bounds, JOBS_ASCENDING) == &bounds.bounds[1]);
}

/* What does not fit is left out. */
static void check_many(void) {
  struct time_bounds bounds = {.count = 0};

  unit_case("too many");
  for (size_t i = 0; i < TIME_BOUNDS_MAX; i++) add(&bounds, BOUND_LE, "2025-01-01");
  add(&bounds, BOUND_LT, "2024-01-01");
  CHECK_INT(TIME_BOUNDS_MAX, bounds.count);
  CHECK(!time_bounds_past(&bounds, JOBS_ASCENDING, &page, 2));
}

void time_bounds_test(void) {
  make_page();
  check_single();
  check_several();
  check_start();
  check_many();
  record_page_free(&page);
}
