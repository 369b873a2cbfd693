/*
** The rows of one or many repositories as one sequence: see scan.h.
**
** A merge is a heap of the repositories that have rows left, by the createdAt of their next row, of
** which each keeps a copy: the page that it comes from may be let go of.
*/
#include "scan/scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/timestamp.h"
#include "record/record_splitter.h"
#include "scan/sequence.h"

struct part {
  struct sequence rows; /* the statement's */
  struct page_reader reader;
  struct page_run view; /* the rows of one page, held */
  int64_t inside;       /* rows of the view before this position are not past a bound */
  int64_t position;
  int64_t first; /* the position that it begins at */
  bool begun;
  bool asked_first; /* nobody has asked its map before this scan */
  bool paced;       /* the time of the row at first is known, in seconds */
  int64_t first_seconds;
  struct buffer time; /* createdAt of the row at the position; for the merge */
  bool time_null;
};

struct scan {
  struct statement *statement; /* referenced */
  const struct listing *listing;
  struct places *places; /* referenced: of each part */
  const struct order *order;
  uint32_t wanted; /* large columns that are read */
  bool merged;
  bool ordered;
  bool count_only;
  bool may_stop;  /* see struct scan_request */
  bool reads;     /* a field was read: see struct page_reader */
  int64_t page;   /* rows of a page at most; 0: as the settings say */
  int64_t offset; /* as hints, over all repositories */
  int64_t limit;
  struct time_bounds bounds;
  char *bound_texts; /* owned: what the bounds point at */
  struct part *parts;
  size_t part_count;
  size_t current; /* the part of the row; not merged */
  int64_t passed; /* rows of the parts before it; not merged */
  size_t *heap;   /* indexes of parts; merged: heap[0] has the row */
  size_t heap_size;
  size_t started; /* parts whose first request was started ahead */
};

/* A merge holds a page of every repository, so that these get smaller as there are more of them. */
#define MERGED_ROWS_MAX 32768
#define MERGED_PAGE_MIN 20

/*
** One after the other: nothing is asked for after the first part, as a query may well stop in it.
*/
#define PARTS_ALONE 1
#define PARTS_AHEAD_FIRST 3

/* ---- one part ---- */

/* Finds the rows of a place in the statement. False when out of memory. */
static bool find_rows(const struct scan *scan, const struct place *place, struct sequence *rows) {
  if (roll_suits(scan->listing)) {
    rows->roll = statement_roll(scan->statement, scan->listing, place, scan->order, scan->wanted);
  } else {
    rows->map = statement_map(scan->statement, scan->listing, place, scan->order);
  }
  return sequence_open(rows);
}

/* Makes sure of the rows of a part. False when out of memory. */
static bool part_open(const struct scan *scan, struct part *part) {
  struct place place;

  if (sequence_open(&part->rows)) return true;
  places_get(scan->places, (size_t)(part - scan->parts), &place);
  buffer_init(&part->time, RECORD_SIZE_MAX);
  return find_rows(scan, &place, &part->rows);
}

/* How sure it is that a part is read on to its end, or to its limit. */
static enum reading_on sureness(const struct scan *scan) {
  if (scan->merged) return scan->may_stop || scan->limit >= 0 ? READS_ON_FEW : READS_ON_MAYBE;
  if (scan->limit >= 0 && !scan->bounds.count) return READS_ON_SURE;
  if (scan->may_stop) return READS_ON_FEW;
  return scan->current > PARTS_ALONE ? READS_ON_SURE : READS_ON_MAYBE;
}

/* Expects of a part what is left of OFFSET and LIMIT, from the position that it begins at on. */
static void expect(const struct scan *scan, struct part *part, int64_t passed) {
  struct page_reader *reader = &part->reader;
  int64_t skipped = scan->offset > passed ? scan->offset - passed : 0;

  reader->ordered = scan->ordered || scan->bounds.count > 0;
  reader->on = sureness(scan);
  reader->count_only = scan->count_only && !scan->merged;
  reader->page = scan->page;
  reader->offset = part->first;
  reader->limit = scan->limit;
  if (scan->merged || scan->bounds.count) {
    /* The rows that are skipped are looked at, too, and may all come from one repository. */
    bool fits = scan->limit >= 0 && scan->limit < INT64_MAX - scan->offset;
    if (fits) reader->limit = scan->limit + scan->offset;
    return;
  }
  reader->offset += skipped;
  if (scan->limit < 0 || passed <= scan->offset) return;
  reader->limit = scan->limit - (passed - scan->offset);
  if (reader->limit < 1) { /* the hint was wrong */
    reader->limit = -1;
    reader->on = READS_ON_MAYBE;
  }
}

static bool in_view(const struct part *part) {
  const struct page_run *view = &part->view;

  return view->start <= part->position && part->position < view->end;
}

static size_t index_in_view(const struct part *part, int64_t position) {
  return page_run_index(&part->view, position);
}

/*
** True if a row is past a bound; one without a time never meets any, and counts by where it stands.
*/
static bool is_past(const struct scan *scan, const struct part *part, int64_t position) {
  size_t index = index_in_view(part, position);

  if (scan->bounds.count > 0 && row_timeless(part->view.page, index)) {
    return sequence_nulls(&part->rows) == NULLS_LAST && time_bounds_end(&scan->bounds, scan->order);
  }
  return time_bounds_past(&scan->bounds, scan->order, part->view.page, index);
}

/*
** How far to read ahead where a bound ends the scan: half of the way to where the bound is
** expected, as if jobs came at a steady rate, so that no page past it is asked for.
*/
static void expect_bound(const struct scan *scan, struct part *part) {
  const struct time_bound *bound = time_bounds_end(&scan->bounds, scan->order);
  int64_t last = part->view.end - 1;
  struct timestamp time;
  int64_t seconds;
  double rows = 0;

  if (!bound) return;
  part->reader.expected_end = part->view.end;
  if (!time_bounds_seconds(part->view.page, index_in_view(part, last), &seconds)) return;
  if (!part->paced) {
    part->paced = time_bounds_seconds(part->view.page, index_in_view(part, part->position),
                                      &part->first_seconds);
  }
  if (!part->paced || !timestamp_parse(bound->text, bound->size, &time)) return;
  if (seconds != part->first_seconds) {
    rows = (double)(time.seconds - seconds) * (double)(last - part->first) /
           (double)(seconds - part->first_seconds);
  }
  if (rows > 1e12) rows = 1e12;
  if (rows > 0) part->reader.expected_end += (int64_t)(rows / 2);
}

/* Looks at the page of the part's row, which is fetched where it is not here. */
static enum service_status part_look(const struct scan *scan, struct part *part,
                                     struct service_error *error) {
  struct page_hold *held = part->view.hold;
  struct page_run *view = &part->view;
  const struct record_page *page;
  size_t index;
  enum service_status status =
      sequence_run(&part->rows, &part->reader, part->position, view, error);

  page_hold_retain(view->hold);
  page_hold_release(held);
  if (status == SERVICE_OK && !view->here) { /* it says what has happened */
    status = sequence_row(&part->rows, &part->reader, part->position, &page, &index, error);
  }
  if (status != SERVICE_OK) return status;
  part->inside = view->end;
  if (scan->bounds.count == 0) return SERVICE_OK;
  expect_bound(scan, part);
  if (is_past(scan, part, view->end - 1)) {
    part->inside = view->start; /* each row is looked at */
  }
  return SERVICE_OK;
}

/*
** Finds the row at the part's position or the next one that is there; *exists is false past its
** last one, or past a bound.
*/
static enum service_status part_seek(const struct scan *scan, struct part *part, bool *exists,
                                     struct service_error *error) {
  enum service_status status = SERVICE_OK;

  *exists = true;
  if (!in_view(part)) {
    if (part->view.hold && part->view.end == part->position &&
        !sequence_follow(&part->rows, &part->view, &part->position)) {
      return SERVICE_NO_MEMORY;
    }
    part->reader.reads = scan->reads || scan->merged || scan->bounds.count > 0 ||
                         (!scan->count_only && part->position >= part->reader.offset);
    status = sequence_seek(&part->rows, &part->reader, part->position, exists, error);
    if (status != SERVICE_OK || !*exists || (scan->bounds.count == 0 && !scan->reads)) {
      return status;
    }
    status = part_look(scan, part, error);
  }
  if (status == SERVICE_OK && part->position >= part->inside) {
    *exists = !is_past(scan, part, part->position);
  }
  return status;
}

/* The fields of the part's row. */
static enum service_status part_row(const struct scan *scan, struct part *part,
                                    const struct record_page **page, size_t *index,
                                    struct service_error *error) {
  enum service_status status = SERVICE_OK;

  if (!in_view(part)) status = part_look(scan, part, error);
  *page = part->view.page;
  *index = status == SERVICE_OK ? index_in_view(part, part->position) : 0;
  return status;
}

/* Goes to the first row of a part that no bound excludes. */
static enum service_status part_begin(const struct scan *scan, struct part *part, int64_t passed,
                                      bool *exists, struct service_error *error) {
  enum service_status status = SERVICE_OK;

  if (!part_open(scan, part)) return SERVICE_NO_MEMORY;
  if (!part->begun && time_bounds_start(&scan->bounds, scan->order)) {
    status = sequence_search(&part->rows, &scan->bounds, &part->first, error);
    if (status != SERVICE_OK) return status;
  }
  part->begun = true;
  part->position = part->first;
  expect(scan, part, passed);
  return part_seek(scan, part, exists, error);
}

/* ---- the merge ---- */

/* Copies createdAt of the row at the part's position. */
static enum service_status copy_time(const struct scan *scan, struct part *part,
                                     struct service_error *error) {
  const struct record_page *page;
  const char *text;
  size_t index;
  size_t size;
  enum service_status status = part_row(scan, part, &page, &index, error);

  if (status != SERVICE_OK) return status;
  text = record_page_time(page, index, &size);
  part->time_null = !text;
  buffer_clear(&part->time);
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
  const struct part *left = &scan->parts[a];
  const struct part *right = &scan->parts[b];
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

/* What the first request of a part will be made for, while no search for a bound comes before. */
static struct page_reader first_reader(const struct scan *scan, struct part *part) {
  struct page_reader reader = {.limit = -1, .page = scan->page};

  if (time_bounds_start(&scan->bounds, scan->order)) return reader;
  expect(scan, part, 0);
  return part->reader;
}

/*
** Starts the first requests of parts before part `end` that were not begun yet, as many at once as
** the settings allow.
*/
static bool start_parts(struct scan *scan, size_t end) {
  while (scan->started < end && statement_has_room(scan->statement)) {
    struct part *part = &scan->parts[scan->started++];
    struct page_reader reader = first_reader(scan, part);
    if (!part_open(scan, part)) return false;
    part->asked_first = !sequence_begun(&part->rows);
    if (!sequence_start(&part->rows, &reader)) return false;
  }
  return true;
}

/* Starts the first requests of what later scans will ask, after this scan's own. */
static bool start_announced(struct scan *scan, const struct scan_request *request) {
  const struct places *announced = request->announced;
  struct page_reader reader;

  if (!announced || scan->part_count == 0) return true;
  reader = first_reader(scan, &scan->parts[0]);
  if (!part_open(scan, &scan->parts[0])) return false;
  if (!sequence_start(&scan->parts[0].rows, &reader)) return false;
  for (size_t i = 0; i < places_count(announced) && statement_has_room(scan->statement); i++) {
    struct service_error unneeded; /* of a region that no row may ask */
    enum service_status status =
        statement_reach(scan->statement, places_region(announced, i), &unneeded);
    struct sequence rows = {NULL, NULL};
    struct place place;
    if (status == SERVICE_FAILED) continue;
    if (status != SERVICE_OK) return false;
    places_get(announced, i, &place);
    if (!find_rows(scan, &place, &rows) || !sequence_start(&rows, &reader)) return false;
  }
  return true;
}

static enum service_status begin_merge(struct scan *scan, struct service_error *error) {
  for (size_t i = 0; i < scan->part_count; i++) {
    enum service_status status;
    bool exists;
    if (!start_parts(scan, scan->part_count)) return SERVICE_NO_MEMORY; /* it needs them all */
    status = part_begin(scan, &scan->parts[i], 0, &exists, error);
    if (status == SERVICE_OK && exists) {
      status = copy_time(scan, &scan->parts[i], error);
      scan->heap[scan->heap_size++] = i;
    }
    if (status != SERVICE_OK) return status;
  }
  for (size_t i = scan->heap_size / 2; i-- > 0;) sift_down(scan, i);
  return SERVICE_OK;
}

static enum service_status next_merged(struct scan *scan, struct service_error *error) {
  struct part *part = &scan->parts[scan->heap[0]];
  bool exists;
  enum service_status status;

  part->position++;
  status = part_seek(scan, part, &exists, error);
  if (status != SERVICE_OK) return status;
  if (exists) {
    status = copy_time(scan, part, error);
  } else {
    scan->heap[0] = scan->heap[--scan->heap_size];
  }
  if (scan->heap_size) sift_down(scan, 0);
  return status;
}

/* ---- one after the other ---- */

/* The part after the last one that something may be asked for, few at first. */
static size_t end_of_asking(const struct scan *scan) {
  size_t depth = CONCURRENCY_MAX;

  if (scan->may_stop || scan->limit >= 0 || scan->offset > 0) return scan->current + 1;
  if (scan->current < PARTS_ALONE) depth = 0;
  if (scan->current == PARTS_ALONE) depth = PARTS_AHEAD_FIRST;
  return depth < scan->part_count - scan->current ? scan->current + depth + 1 : scan->part_count;
}

/*
** Asks for what the parts after the current one need, in their order, while there is room: their
** first pages, and once the total of one is known, and reading has gone on through others, its
** further ones.
*/
static enum service_status ask_after(struct scan *scan, struct service_error *error) {
  enum service_status status = SERVICE_OK;
  size_t end = end_of_asking(scan);
  bool all = scan->current > PARTS_ALONE && scan->bounds.count == 0 && !scan->count_only;

  if (end == scan->current + 1) return SERVICE_OK;
  if (scan->started < scan->current) scan->started = scan->current;
  for (size_t i = scan->current; i < end && status == SERVICE_OK; i++) {
    struct part *part = &scan->parts[i];
    if (i == scan->started) {
      if (!start_parts(scan, i + 1)) return SERVICE_NO_MEMORY;
      if (i == scan->started) break; /* no room */
    } else if (all && part->asked_first && i > scan->current) {
      if (!statement_has_room(scan->statement)) break;
      expect(scan, part, 0);
      part->reader.on = READS_ON_SURE;
      status = sequence_advance(&part->rows, &part->reader, error);
    }
  }
  return status;
}

/* Goes to the first row of the first part from `current` on that has one. */
static enum service_status begin_part(struct scan *scan, struct service_error *error) {
  while (scan->current < scan->part_count) {
    bool exists;
    enum service_status status;
    status = ask_after(scan, error);
    if (status != SERVICE_OK) return status;
    status = part_begin(scan, &scan->parts[scan->current], scan->passed, &exists, error);
    if (status != SERVICE_OK || exists) return status;
    scan->current++;
  }
  return SERVICE_OK;
}

static enum service_status next_in_part(struct scan *scan, struct service_error *error) {
  struct part *part = &scan->parts[scan->current];
  bool exists;
  enum service_status status;

  part->position++;
  if (!in_view(part) && (status = ask_after(scan, error)) != SERVICE_OK) return status;
  status = part_seek(scan, part, &exists, error);
  if (status != SERVICE_OK || exists) return status;
  scan->passed += part->position - part->first;
  scan->current++;
  return begin_part(scan, error);
}

/* ---- the whole ---- */

/* Copies the texts that bounds point at, since they are the caller's. */
static bool copy_bounds(struct scan *scan, const struct time_bounds *bounds) {
  size_t size = 0;
  char *at;

  scan->bounds = *bounds;
  for (size_t i = 0; i < bounds->count; i++) size += bounds->bounds[i].size;
  if (!bounds->count) return true;
  scan->bound_texts = malloc(size + 1);
  if (!scan->bound_texts) return false;
  at = scan->bound_texts;
  for (size_t i = 0; i < bounds->count; i++) {
    memcpy(at, bounds->bounds[i].text, bounds->bounds[i].size);
    scan->bounds.bounds[i].text = at;
    at += bounds->bounds[i].size;
  }
  return true;
}

static struct scan *scan_create(struct statement *statement, const struct scan_request *request) {
  struct scan *scan = calloc(1, sizeof *scan);
  size_t count = places_count(request->places);

  if (!scan) return NULL;
  scan->statement = statement_retain(statement);
  scan->listing = request->listing;
  scan->places = places_retain(request->places);
  scan->order = request->order;
  scan->wanted = request->wanted;
  scan->ordered = request->ordered;
  scan->merged = request->ordered && count > 1;
  scan->count_only = request->count_only;
  scan->may_stop = request->may_stop;
  if (scan->merged) {
    scan->page = MERGED_ROWS_MAX / (int64_t)count;
    if (scan->page < MERGED_PAGE_MIN) scan->page = MERGED_PAGE_MIN;
  }
  scan->offset = request->offset;
  scan->limit = request->limit;
  scan->parts = calloc(count + 1, sizeof *scan->parts);
  scan->heap = calloc(count + 1, sizeof *scan->heap);
  if (!scan->parts || !scan->heap || !copy_bounds(scan, &request->bounds)) {
    scan_close(scan);
    return NULL;
  }
  scan->part_count = count;
  return scan;
}

/* Finds out how to ask each region among the places. */
static enum service_status reach_regions(struct statement *statement, const struct places *places,
                                         struct service_error *error) {
  const char *before = NULL;
  enum service_status status = SERVICE_OK;

  for (size_t i = 0; i < places_count(places) && status == SERVICE_OK; i++) {
    const char *region = places_region(places, i);
    if (region == before) continue;
    before = region;
    status = statement_interrupted(statement) ? SERVICE_INTERRUPTED
                                              : statement_reach(statement, region, error);
  }
  return status;
}

enum service_status scan_open(struct statement *statement, const struct scan_request *request,
                              struct scan **scan, struct service_error *error) {
  enum service_status status = reach_regions(statement, request->places, error);

  *scan = NULL;
  if (status != SERVICE_OK) return status;
  *scan = scan_create(statement, request);
  if (!*scan) return SERVICE_NO_MEMORY;
  if (!start_announced(*scan, request)) {
    scan_close(*scan);
    *scan = NULL;
    return SERVICE_NO_MEMORY;
  }
  status = (*scan)->merged ? begin_merge(*scan, error) : begin_part(*scan, error);
  if (status != SERVICE_OK) {
    scan_close(*scan);
    *scan = NULL;
  }
  return status;
}

void scan_close(struct scan *scan) {
  if (!scan) return;
  for (size_t i = 0; i < scan->part_count; i++) {
    if (!sequence_open(&scan->parts[i].rows)) continue;
    sequence_rest(&scan->parts[i].rows, &scan->parts[i].reader);
    page_hold_release(scan->parts[i].view.hold);
    buffer_free(&scan->parts[i].time);
  }
  free(scan->parts);
  free(scan->heap);
  free(scan->bound_texts);
  places_release(scan->places);
  statement_release(scan->statement);
  free(scan);
}

bool scan_ended(const struct scan *scan) {
  return scan->merged ? scan->heap_size == 0 : scan->current >= scan->part_count;
}

enum service_status scan_next(struct scan *scan, struct service_error *error) {
  statement_trim(scan->statement);
  return scan->merged ? next_merged(scan, error) : next_in_part(scan, error);
}

static struct part *current_part(const struct scan *scan) {
  return &scan->parts[scan->merged ? scan->heap[0] : scan->current];
}

int64_t scan_position(const struct scan *scan) { return current_part(scan)->position; }

const struct place *scan_repository(const struct scan *scan) {
  return sequence_place(&current_part(scan)->rows);
}

enum service_status scan_row(struct scan *scan, const struct record_page **page, size_t *index,
                             struct service_error *error) {
  struct part *part = current_part(scan);

  scan->reads = true;
  return part_row(scan, part, page, index, error);
}

const uint64_t *scan_version(const struct scan *scan) {
  return sequence_version(&current_part(scan)->rows);
}
