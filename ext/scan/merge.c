/*
** The rows of many places in one order of time: see merge.h.
**
** A merge is a heap of the places that have rows left, by the createdAt of their next row, of which
** each keeps a copy: the page that it comes from may be let go of.
*/
#include "scan/merge.h"

#include "base/always.h"
#include "base/memory_bounds.h"
#include "base/timestamp.h"

/*
** Finds out where the list of a part has rows without a time, which it begins with: rows after them
** tell. Where there is no other row, it does not matter.
*/
static enum service_status find_nulls(struct part *part) {
  struct page_run run = {.here = true, .end = part->position};
  enum service_status status = SERVICE_OK;

  while (status == SERVICE_OK && run.here && sequence_nulls(&part->rows) == NULLS_UNKNOWN) {
    status = sequence_run(&part->rows, &part->reader, run.end, &run);
  }
  return status;
}

/* Copies createdAt of the row at the part's position. */
static enum service_status copy_time(const struct scan *scan, struct part *part) {
  const struct record_page *page;
  const char *text;
  size_t index;
  size_t size;
  enum service_status status = part_row(scan, part, &page, &index);

  if (NEVER(status != SERVICE_OK)) return status; /* it came with the step to it */
  text = record_page_time(page, index, &size);
  part->time_null = !text;
  buffer_clear(&part->time);
  if (!text && scan->order->descending && part->position == part->first) return find_nulls(part);
  if (!text) return SERVICE_OK;
  return buffer_append(&part->time, text, size) == BUFFER_OK ? SERVICE_OK : SERVICE_NO_MEMORY;
}

/*
** Negative, 0 or positive as a part's row without a time comes before those with one, or after
** them: where its list has them, or else where SQLite has them.
*/
static int timeless_place(const struct scan *scan, const struct part *part) {
  enum nulls nulls = sequence_nulls(&part->rows);

  if (!part->time_null) return 0;
  if (nulls == NULLS_UNKNOWN) nulls = scan->order->descending ? NULLS_LAST : NULLS_FIRST;
  return nulls == NULLS_FIRST ? -1 : 1;
}

/* True if the row of part `a` leaves before that of part `b`. Ties leave in the order of parts. */
static bool precedes(const struct scan *scan, size_t a, size_t b) {
  const struct part *left = scan->parts[a];
  const struct part *right = scan->parts[b];
  int order = timeless_place(scan, left) - timeless_place(scan, right);

  if (!left->time_null && !right->time_null) {
    order =
        timestamp_compare(left->time.bytes, left->time.size, right->time.bytes, right->time.size);
    if (scan->order->descending) order = -order;
  }
  return order < 0 || (order == 0 && a < b);
}

static void sift_down(struct scan *scan, size_t at) {
  for (;;) {
    size_t child = 2 * at + 1;
    size_t part = scan->heap[at];
    if (child >= scan->heap_size) return;
    if (child + 1 < scan->heap_size && precedes(scan, scan->heap[child + 1], scan->heap[child])) {
      child++;
    }
    if (!precedes(scan, scan->heap[child], part)) return;
    scan->heap[at] = scan->heap[child];
    scan->heap[child] = part;
    at = child;
  }
}

/*
** Each part that is left keeps a page here: where those of the parts before it have shown that the
** records are large, the ones to come have fewer rows. `rows` are in the pages of the first `begun`
** parts. A row of each must be here.
*/
static void narrow(struct scan *scan, size_t begun, int64_t rows) {
  int64_t left = (int64_t)(scan->part_count - begun);
  int64_t used = (int64_t)statement_footprint(scan->statement);
  int64_t most = STATEMENT_PAGES_MAX;
  int64_t fitting;

  if (used <= most / 2 || rows <= 0 || left == 0) return;
  fitting = used < most ? (most - used) / left / (used / rows + 1) : 0;
  if (fitting < scan->page / 2) scan->page = fitting > 0 ? fitting : 1;
}

enum service_status merge_begin(struct scan *scan) {
  int64_t rows = 0;

  for (size_t i = 0; i < scan->part_count; i++) {
    enum service_status status;
    bool exists;
    if (!part_start_first(scan, scan->part_count)) return SERVICE_NO_MEMORY; /* it needs them all */
    status = part_begin(scan, part_in_turn(scan, i), 0, &exists);
    if (status == SERVICE_OK && exists) {
      status = copy_time(scan, scan->parts[i]);
      scan->heap[scan->heap_size++] = i;
      rows += scan->parts[i]->trail.view.end - scan->parts[i]->trail.view.start;
    } else {
      part_leave(scan->parts[i]);
    }
    if (status != SERVICE_OK) return status;
    statement_trim(scan->statement);
    narrow(scan, i + 1, rows);
  }
  for (size_t i = scan->heap_size / 2; i-- > 0;) sift_down(scan, i);
  return SERVICE_OK;
}

enum service_status merge_next(struct scan *scan) {
  struct part *part = scan->parts[scan->heap[0]];
  bool exists;
  enum service_status status;

  part->position++;
  if (part->reader.page > scan->page) part->reader.page = scan->page;
  status = part_seek(scan, part, &exists);
  if (status != SERVICE_OK) return status;
  if (exists) {
    status = copy_time(scan, part);
  } else {
    scan->heap[0] = scan->heap[--scan->heap_size];
    part_leave(part);
  }
  if (scan->heap_size) sift_down(scan, 0);
  return status;
}
