/*
** Which positions the rows of an answer have: see drift.h.
*/
#include "scan/drift.h"

#include <string.h>

#include "base/timestamp.h"

void drift_init(struct drift *drift, struct page_cache *store, const struct order *order) {
  memset(drift, 0, sizeof *drift);
  drift->store = store;
  drift->order = order;
}

/* ---- the order of rows ---- */

/* Negative, 0 or positive as row `a` comes before, with or after row `b` in the order asked for. */
static int compare_rows(const struct drift *drift, const struct record_page *a_page, size_t a,
                        const struct record_page *b_page, size_t b) {
  size_t a_size;
  size_t b_size;
  const char *a_text = record_page_time(a_page, a, &a_size);
  const char *b_text = record_page_time(b_page, b, &b_size);
  int order = (a_text != NULL) - (b_text != NULL); /* NULL comes first, as in SQLite */

  if (a_text && b_text) order = timestamp_compare(a_text, a_size, b_text, b_size);
  return drift->order->descending ? -order : order;
}

/*
** That the service sorts by creation time stands in one page of its reference only, so that no statement
** relies on it unchecked.
*/
void drift_check_order(struct drift *drift, const struct record_page *rows, size_t skip,
                       int64_t start) {
  const struct cached_page *before = page_cache_find(drift->store, start - 1);
  const struct cached_page *behind;
  int64_t end = start + (int64_t)(rows->row_count - skip);

  if (before && skip < rows->row_count &&
      compare_rows(drift, &before->rows, cached_page_index(before, start - 1), rows, skip) > 0) {
    drift->disordered = record_page_id(rows, skip);
  }
  for (size_t i = skip + 1; i < rows->row_count; i++) {
    if (rows->time >= 0 && record_page_repeats(rows, i, rows->time)) continue;
    if (compare_rows(drift, rows, i - 1, rows, i) > 0) drift->disordered = record_page_id(rows, i);
  }
  behind = page_cache_behind(drift->store, end);
  if (behind && behind->start == end &&
      compare_rows(drift, rows, rows->row_count - 1, &behind->rows, behind->skip) > 0) {
    drift->disordered = record_page_id(&behind->rows, behind->skip);
  }
}

/* ---- where the rows of an answer stand ---- */

/* The index of the job with this id in a page; row_count if it is not there. */
static size_t index_of(const struct record_page *rows, int64_t id) {
  size_t i = 0;

  while (i < rows->row_count && record_page_id(rows, i) != id) i++;
  return i;
}

/*
** True if a page stands before a row that is here, although it was asked for behind it: jobs were
** created that pushed it there. Only where rows leave in the order that was asked for is that known.
*/
static bool comes_before(const struct drift *drift, const struct record_page *rows,
                         const struct cached_page *before, int64_t position) {
  size_t last = rows->row_count - 1;

  return !drift->disordered && last > 0 && compare_rows(drift, rows, 0, rows, last) < 0 &&
         compare_rows(drift, &before->rows, cached_page_index(before, position), rows, 0) > 0;
}

/*
** Sets the shift where the row before the page, or the page itself, shows that rows repeat. False if
** nothing does.
*/
static bool place_by_rows(struct drift *drift, const struct record_page *rows, int64_t offset,
                          bool totals_silent, int64_t anchor, struct placement *placement) {
  const struct cached_page *before = page_cache_find(drift->store, anchor);
  size_t before_index;
  size_t repeated;
  int64_t known;

  if (!before || !rows->row_count) return false;
  before_index = cached_page_index(before, anchor);
  repeated = index_of(rows, record_page_id(&before->rows, before_index));
  if (repeated < rows->row_count) {
    placement->skip = repeated + 1;
    placement->again = placement->skip == rows->row_count;
    drift->shift = offset - (anchor - (int64_t)repeated);
    drift->certain = true;
    return true;
  }
  if (compare_rows(drift, &before->rows, before_index, rows, 0) >= 0 &&
      page_cache_find_id(drift->store, record_page_id(rows, 0), &known)) {
    drift->shift = offset - known; /* the row before it is gone, but its first one is here */
    placement->again = page_cache_find(drift->store, known + (int64_t)rows->row_count - 1) != NULL;
    return true;
  }
  if (totals_silent && comes_before(drift, rows, before, anchor)) {
    drift->shift += (int64_t)rows->row_count; /* all these rows come before the one that is here */
    placement->again = true;
    return true;
  }
  return false;
}

/* Moves the start of a page behind rows that are here, come before its first one and are not in it. */
static void place_behind_rows(struct drift *drift, const struct record_page *rows, int64_t offset) {
  int64_t start = offset - drift->shift;
  const struct cached_page *held;

  while (!drift->disordered && rows->row_count &&
         (held = page_cache_find(drift->store, start)) != NULL &&
         compare_rows(drift, &held->rows, cached_page_index(held, start), rows, 0) < 0) {
    start++;
  }
  drift->shift = offset - start;
}

bool drift_follow(const struct drift *drift, const struct page_response *answer, bool agrees,
                  int64_t anchor) {
  const struct cached_page *before = page_cache_find(drift->store, anchor);

  if (!agrees || !drift->served_known || !before) return false;
  if (!drift->order->descending) {
    return answer->window.offset - drift->shift == anchor + 1 &&
           answer->range.total >= drift->served_total;
  }
  return index_of(&answer->page, record_page_id(&before->rows, cached_page_index(before, anchor))) <
         answer->page.row_count;
}

void drift_place(struct drift *drift, const struct page_response *answer, bool agrees, bool first,
                 int64_t anchor, struct placement *placement) {
  const struct record_page *rows = &answer->page;
  int64_t offset = answer->window.offset;
  int64_t moved = 0; /* by how much the server's total has changed */
  bool guessed = drift->guessed;
  bool pushed;
  bool pulled;
  bool silent; /* the totals do not tell of jobs that would have moved these rows */
  int64_t known;

  placement->skip = 0;
  placement->again = false;
  drift->certain = false;
  drift->guessed = false;
  if (agrees && drift->served_known) moved = answer->range.total - drift->served_total;
  if (agrees) {
    drift->served_known = true;
    drift->served_total = answer->range.total;
  }
  if (guessed && rows->row_count &&
      page_cache_find_id(drift->store, record_page_id(rows, 0), &known)) {
    drift->shift = offset - known; /* the totals said something else than they seemed to */
    return;
  }
  silent = moved == 0 || (moved < 0 && drift->order->descending);
  if (place_by_rows(drift, rows, offset, silent, anchor, placement)) return;
  pushed = moved > 0 && drift->order->descending && !first && offset > drift->shift;
  pulled = moved < 0 && !drift->order->descending && offset > 0;
  if (pushed || pulled) {
    drift->shift += moved;
    drift->guessed = true;
    placement->again = true;
    return;
  }
  place_behind_rows(drift, rows, offset);
}
