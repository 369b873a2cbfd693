/*
** Which positions the rows of an answer have: see positions.h.
*/
#include "scan/positions.h"

#include <string.h>

#include "base/timestamp.h"

void positions_init(struct positions *positions, struct page_store *store, enum jobs_order order) {
  memset(positions, 0, sizeof *positions);
  positions->store = store;
  positions->order = order;
}

/* ---- the order of rows ---- */

/* Negative, 0 or positive as row `a` comes before, with or after row `b` in the order asked for. */
static int compare_rows(const struct positions *positions, const struct job_page *a_page, size_t a,
                        const struct job_page *b_page, size_t b) {
  size_t a_size;
  size_t b_size;
  const char *a_text = job_page_text(a_page, a, JOB_CREATED_AT, &a_size);
  const char *b_text = job_page_text(b_page, b, JOB_CREATED_AT, &b_size);
  int order = (a_text != NULL) - (b_text != NULL); /* NULL comes first, as in SQLite */

  if (a_text && b_text) order = timestamp_compare(a_text, a_size, b_text, b_size);
  return positions->order == JOBS_DESCENDING ? -order : order;
}

/*
** That the service sorts by creation time stands in one page of its reference only, so that no statement
** relies on it unchecked.
*/
void positions_check_order(struct positions *positions, const struct job_page *rows, size_t skip,
                           int64_t start) {
  const struct stored_page *before = page_store_find(positions->store, start - 1);
  const struct stored_page *behind;
  int64_t end = start + (int64_t)(rows->row_count - skip);

  if (before && skip < rows->row_count &&
      compare_rows(positions, &before->rows, stored_page_index(before, start - 1), rows, skip) >
          0) {
    positions->disordered = rows->rows[skip].id;
  }
  for (size_t i = skip + 1; i < rows->row_count; i++) {
    if (job_page_repeats(rows, i, JOB_CREATED_AT)) continue;
    if (compare_rows(positions, rows, i - 1, rows, i) > 0) positions->disordered = rows->rows[i].id;
  }
  behind = page_store_behind(positions->store, end);
  if (behind && behind->start == end &&
      compare_rows(positions, rows, rows->row_count - 1, &behind->rows, behind->skip) > 0) {
    positions->disordered = behind->rows.rows[behind->skip].id;
  }
}

/* ---- where the rows of an answer stand ---- */

/* The index of the job with this id in a page; row_count if it is not there. */
static size_t index_of(const struct job_page *rows, int64_t id) {
  size_t i = 0;

  while (i < rows->row_count && rows->rows[i].id != id) i++;
  return i;
}

/*
** True if a page stands before a row that is here, although it was asked for behind it: jobs were
** created that pushed it there. Only where rows leave in the order that was asked for is that known.
*/
static bool comes_before(const struct positions *positions, const struct job_page *rows,
                         const struct stored_page *before, int64_t position) {
  size_t last = rows->row_count - 1;

  return !positions->disordered && last > 0 && compare_rows(positions, rows, 0, rows, last) < 0 &&
         compare_rows(positions, &before->rows, stored_page_index(before, position), rows, 0) > 0;
}

/*
** Sets the shift where the row before the page, or the page itself, shows that rows repeat. False if
** nothing does.
*/
static bool place_by_rows(struct positions *positions, const struct job_page *rows, int64_t offset,
                          bool totals_silent, int64_t anchor, struct placement *placement) {
  const struct stored_page *before = page_store_find(positions->store, anchor);
  size_t before_index;
  size_t repeated;
  int64_t known;

  if (!before || !rows->row_count) return false;
  before_index = stored_page_index(before, anchor);
  repeated = index_of(rows, before->rows.rows[before_index].id);
  if (repeated < rows->row_count) {
    placement->skip = repeated + 1;
    placement->again = placement->skip == rows->row_count;
    positions->shift = offset - (anchor - (int64_t)repeated);
    positions->certain = true;
    return true;
  }
  if (compare_rows(positions, &before->rows, before_index, rows, 0) >= 0 &&
      page_store_find_id(positions->store, rows->rows[0].id, &known)) {
    positions->shift = offset - known; /* the row before it is gone, but its first one is here */
    placement->again =
        page_store_find(positions->store, known + (int64_t)rows->row_count - 1) != NULL;
    return true;
  }
  if (totals_silent && comes_before(positions, rows, before, anchor)) {
    positions->shift +=
        (int64_t)rows->row_count; /* all these rows come before the one that is here */
    placement->again = true;
    return true;
  }
  return false;
}

/* Moves the start of a page behind rows that are here, come before its first one and are not in it. */
static void place_behind_rows(struct positions *positions, const struct job_page *rows,
                              int64_t offset) {
  int64_t start = offset - positions->shift;
  const struct stored_page *held;

  while (!positions->disordered && rows->row_count &&
         (held = page_store_find(positions->store, start)) != NULL &&
         compare_rows(positions, &held->rows, stored_page_index(held, start), rows, 0) < 0) {
    start++;
  }
  positions->shift = offset - start;
}

bool positions_follow(const struct positions *positions, const struct page_answer *answer,
                      bool agrees, int64_t anchor) {
  const struct stored_page *before = page_store_find(positions->store, anchor);

  if (!agrees || !positions->served_known || !before) return false;
  if (positions->order == JOBS_ASCENDING) {
    return answer->window.offset - positions->shift == anchor + 1 &&
           answer->range.total >= positions->served_total;
  }
  return index_of(&answer->page, before->rows.rows[stored_page_index(before, anchor)].id) <
         answer->page.row_count;
}

void positions_place(struct positions *positions, const struct page_answer *answer, bool agrees,
                     bool first, int64_t anchor, struct placement *placement) {
  const struct job_page *rows = &answer->page;
  int64_t offset = answer->window.offset;
  int64_t moved = 0; /* by how much the server's total has changed */
  bool guessed = positions->guessed;
  bool pushed;
  bool pulled;
  bool silent; /* the totals do not tell of jobs that would have moved these rows */
  int64_t known;

  placement->skip = 0;
  placement->again = false;
  positions->certain = false;
  positions->guessed = false;
  if (agrees && positions->served_known) moved = answer->range.total - positions->served_total;
  if (agrees) {
    positions->served_known = true;
    positions->served_total = answer->range.total;
  }
  if (guessed && rows->row_count &&
      page_store_find_id(positions->store, rows->rows[0].id, &known)) {
    positions->shift = offset - known; /* the totals said something else than they seemed to */
    return;
  }
  silent = moved == 0 || (moved < 0 && positions->order == JOBS_DESCENDING);
  if (place_by_rows(positions, rows, offset, silent, anchor, placement)) return;
  pushed = moved > 0 && positions->order == JOBS_DESCENDING && !first && offset > positions->shift;
  pulled = moved < 0 && positions->order == JOBS_ASCENDING && offset > 0;
  if (pushed || pulled) {
    positions->shift += moved;
    positions->guessed = true;
    placement->again = true;
    return;
  }
  place_behind_rows(positions, rows, offset);
}
