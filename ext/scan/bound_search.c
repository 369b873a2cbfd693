/*
** Finding the first row that meets bounds on createdAt: see bound_search.h.
**
** Pages are probed where the bound is expected between two times that are known (jobs come at a
** fairly steady rate), and every other time in the middle, so that no distribution of times costs
** more than twice the probes of bisection. What was probed is kept by the map and read later.
*/
#include "scan/bound_search.h"

#include "base/always.h"
#include "base/timestamp.h"

#define PROBES_MAX 80    /* more than any list needs that does not change all the time */
#define SETTLE_MAX 16    /* pages that are looked at to see where they meet */
#define TRUSTED_PROBES 3 /* by expectation alone, before halving is mixed in */

/* Rows below `low` come too early, those from `high` on do not. */
struct search {
  struct page_map *map;
  const struct time_bounds *bounds;
  struct page_reader reader;
  int64_t page_size;
  int64_t low;
  int64_t high;
  bool low_known;  /* the time at low - 1 is known, in seconds */
  bool high_known; /* the time at high */
  int64_t low_seconds;
  int64_t high_seconds;
};

/*
** True if a row comes too early; one without a time never meets a bound, and counts by where it
** stands.
*/
static bool is_early(const struct search *search, const struct record_page *page, size_t row) {
  if (row_timeless(page, row)) return page_map_nulls(search->map) != NULLS_LAST;
  return time_bounds_before(search->bounds, page_map_order(search->map), page, row);
}

/* Narrows the search by the run of rows from `start` to before `end` that one page holds. */
static void narrow(struct search *search, const struct record_page *page, size_t index,
                   int64_t start, int64_t end) {
  int64_t low = start;
  int64_t high = end;

  while (low < high) { /* rows of the run below `low` come too early, those from `high` on do not */
    int64_t middle = low + (high - low) / 2;
    if (is_early(search, page, index + (size_t)(middle - start))) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low > start && low > search->low) {
    search->low = low;
    search->low_known =
        time_bounds_seconds(page, index + (size_t)(low - 1 - start), &search->low_seconds);
  }
  if (low < end && low < search->high) {
    search->high = low;
    search->high_known =
        time_bounds_seconds(page, index + (size_t)(low - start), &search->high_seconds);
  }
}

/* Fetches the page that holds a position and narrows the search by it. */
static enum service_status probe(struct search *search, int64_t position) {
  struct page_run run;
  enum service_status status = page_map_run(search->map, &search->reader, position, &run);

  if (status != SERVICE_OK) return status;
  if (run.here) {
    narrow(search, run.page, run.index, run.start, run.end);
  } else if (position < search->high) { /* the list ends before */
    search->high = position;
    search->high_known = false;
  }
  return SERVICE_OK;
}

/*
** Where the bound is expected: between the times that are known, as if jobs came at a steady rate.
*/
static int64_t expected(const struct search *search) {
  const struct time_bound *bound = time_bounds_start(search->bounds, page_map_order(search->map));
  int64_t span = search->high_seconds - search->low_seconds;
  struct timestamp time;
  double share;

  if (!search->low_known || !search->high_known || span == 0 ||
      !timestamp_parse(bound->text, bound->size, &time)) {
    return search->low + (search->high - search->low) / 2;
  }
  share = (double)(time.seconds - search->low_seconds) / (double)span;
  if (!(share > 0)) share = 0; /* of several bounds another is the tighter one */
  return search->low + (int64_t)(share * (double)(search->high - search->low));
}

/* The first position of the page to probe: around `guess`, within what is not known yet. */
static int64_t page_around(const struct search *search, int64_t guess) {
  int64_t position = guess - search->page_size / 2;

  if (position > search->high - search->page_size) position = search->high - search->page_size;
  return position > search->low ? position : search->low;
}

/*
** Makes sure that the first row which does not come too early follows one that does: pages that
** were probed apart from each other may have rows between them, since jobs come and go. Where that
** cannot be shown, rows are read from the first one on.
*/
static enum service_status settle(struct search *search) {
  for (int tries = 0; search->low > 0 && tries < SETTLE_MAX; tries++) {
    struct page_run run;
    int64_t low = search->low;
    enum service_status status = page_map_run(search->map, &search->reader, low - 1, &run);
    if (status != SERVICE_OK) return status;
    if (!run.here || !is_early(search, run.page, page_run_index(&run, low - 1))) break;
    status = page_map_run(search->map, &search->reader, low, &run);
    if (status != SERVICE_OK || !run.here) return status;
    while (low < run.end && is_early(search, run.page, page_run_index(&run, low))) low++;
    if (low == search->low) return SERVICE_OK;
    search->low = low;
  }
  search->low = 0;
  return SERVICE_OK;
}

enum service_status bound_search(struct page_map *map, const struct time_bounds *bounds,
                                 int64_t *position) {
  struct search search = {
      .map = map,
      .bounds = bounds,
      .reader = {.limit = -1, .reads = true, .ordered = true, .on = READS_ON_NEVER}};
  enum service_status status = probe(&search, 0);

  *position = 0;
  if (status != SERVICE_OK || !page_map_total(map, &search.high)) return status;
  search.page_size = page_map_page_size(map);
  if (search.high > 0) status = probe(&search, 0); /* now that `high` is known; it is here */
  if (NEVER(status != SERVICE_OK)) return status;
  if (search.low < search.high) status = probe(&search, page_around(&search, search.high));
  for (int probes = 0; status == SERVICE_OK && search.low < search.high; probes++) {
    bool halve = probes >= TRUSTED_PROBES && probes % 2;
    int64_t guess = halve ? search.low + (search.high - search.low) / 2 : expected(&search);
    if (probes == PROBES_MAX) search.low = search.high = 0;
    if (search.low < search.high) status = probe(&search, page_around(&search, guess));
  }
  if (status == SERVICE_OK) status = settle(&search);
  *position = search.low;
  return status;
}
