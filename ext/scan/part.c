/*
** One place of a scan: see part.h.
*/
#include "scan/part.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/memory_bounds.h"
#include "base/timestamp.h"
#include "record/record_splitter.h"

/* ---- parts come ---- */

/* Room for the pointers to so many parts. */
static bool reserve(struct scan *scan, size_t count) {
  struct part **parts =
      array_reserve(scan->parts, &scan->part_capacity, count, sizeof(struct part *));
  size_t *heap;

  if (!parts) return false;
  scan->parts = parts;
  heap = array_reserve(scan->heap, &scan->heap_capacity, count, sizeof *heap);
  if (!heap) return false;
  scan->heap = heap;
  return true;
}

bool part_add_all(struct scan *scan) {
  size_t count = places_count(scan->places) - scan->part_count;
  struct part_block *block;

  if (count == 0) return true;
  if (!reserve(scan, scan->part_count + count)) return false;
  /* NOLINTNEXTLINE(clang-analyzer-unix.MallocSizeof): a block is mostly its parts. */
  block = calloc(count + 1, sizeof *block->parts); /* what comes before them takes less than one */
  if (!block) return false;
  block->before = scan->last_block;
  scan->last_block = block;
  for (size_t i = 0; i < count; i++) scan->parts[scan->part_count++] = &block->parts[i];
  return true;
}

struct part *part_in_turn(const struct scan *scan, size_t index) {
  struct part *part = scan->parts[index];

  part->index = index;
  return part;
}

void part_free_all(struct scan *scan) {
  struct part_block *before;

  for (size_t i = 0; i < scan->part_count; i++) {
    struct part *part = scan->parts[i];
    if (!sequence_open(&part->rows)) continue;
    sequence_rest(&part->rows, &part->reader);
    part_leave(part);
    buffer_free(&part->time);
  }
  for (struct part_block *block = scan->last_block; block; block = before) {
    before = block->before;
    free(block);
  }
  free(scan->parts);
  free(scan->heap);
}

/* ---- one part ---- */

/* Finds the rows of a place in the statement. False when out of memory. */
bool part_find_rows(const struct scan *scan, const struct place *place, struct sequence *rows) {
  if (roll_suits(scan->listing)) {
    rows->roll = statement_roll(scan->statement, scan->listing, place, scan->order, scan->wanted);
  } else {
    rows->map = statement_map(scan->statement, scan->listing, place, scan->order);
  }
  return sequence_open(rows);
}

/* Makes sure of the rows of a part. False when out of memory. */
bool part_open(const struct scan *scan, struct part *part) {
  struct place place;

  if (sequence_open(&part->rows)) return true;
  places_get(scan->places, part->index, &place);
  buffer_init(&part->time, RECORD_SIZE_MAX);
  if (!part_find_rows(scan, &place, &part->rows)) return false;
  sequence_hold(&part->rows);
  part->held = true;
  return true;
}

void part_leave(struct part *part) {
  if (part->held) sequence_leave(&part->rows);
  part->held = false;
  trail_free(&part->trail);
  given_free(&part->given);
}

/* How sure it is that a part is read on to its end, or to its limit. */
static enum reading_on sureness(const struct scan *scan) {
  if (scan->merged) return scan->may_stop || scan->limit >= 0 ? READS_ON_FEW : READS_ON_MAYBE;
  if (scan->limit >= 0 && !scan->bounds.count) return READS_ON_SURE;
  return scan->may_stop ? READS_ON_FEW : READS_ON_MAYBE;
}

void part_expect(const struct scan *scan, struct part *part, int64_t passed) {
  struct page_reader *reader = &part->reader;
  int64_t skipped = scan->offset > passed ? scan->offset - passed : 0;

  reader->ordered = scan->ordered || scan->bounds.count > 0;
  reader->on = sureness(scan);
  reader->read = scan->merged ? 0 : scan->passed;
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

bool part_in_view(const struct part *part) {
  const struct page_run *view = &part->trail.view;

  return view->start <= part->position && part->position < view->end;
}

static size_t index_in_view(const struct part *part, int64_t position) {
  return page_run_index(&part->trail.view, position);
}

/*
** True if a row is past a bound, of which there are some; one without a time never meets any, and
** counts by where it stands.
*/
static bool is_past(const struct scan *scan, const struct part *part, int64_t position) {
  size_t index = index_in_view(part, position);

  if (row_timeless(part->trail.view.page, index)) {
    return sequence_nulls(&part->rows) == NULLS_LAST && time_bounds_end(&scan->bounds, scan->order);
  }
  return time_bounds_past(&scan->bounds, scan->order, part->trail.view.page, index);
}

/*
** How far to prefetch where a bound ends the scan: half of the way to where the bound is
** expected, as if jobs came at a steady rate, so that no page past it is asked for.
*/
static void expect_bound(const struct scan *scan, struct part *part) {
  const struct time_bound *bound = time_bounds_end(&scan->bounds, scan->order);
  int64_t last = part->trail.view.end - 1;
  struct timestamp time;
  int64_t seconds;
  double rows = 0;

  if (!bound) return;
  part->reader.expected_end = part->trail.view.end;
  if (!time_bounds_seconds(part->trail.view.page, index_in_view(part, last), &seconds)) return;
  if (!part->paced) { /* by the first row that has a time, or nearly so */
    part->paced_from = part_in_view(part) ? part->position : part->trail.view.start;
    part->paced = time_bounds_seconds(part->trail.view.page, index_in_view(part, part->paced_from),
                                      &part->first_seconds);
  }
  if (!part->paced || !timestamp_parse(bound->text, bound->size, &time)) return;
  if (seconds != part->first_seconds) {
    rows = (double)(time.seconds - seconds) * (double)(last - part->paced_from) /
           (double)(seconds - part->first_seconds);
  }
  if (rows > 1e12) rows = 1e12;
  if (rows > 0) part->reader.expected_end += (int64_t)(rows / 2);
}

/* The part goes on to a page that has the row at its position. False when out of memory. */
static bool go_on(const struct scan *scan, struct part *part, const struct page_run *view) {
  const struct page_run *old = &part->trail.view;
  enum nulls nulls = sequence_nulls(&part->rows);
  bool tied = false;
  bool whole = false;

  if (old->hold && old->end == part->position) {
    size_t last = page_run_index(old, old->end - 1);
    tied = row_compare(scan->order, nulls, view->page, page_run_index(view, part->position),
                       old->page, last) == 0;
    whole = row_compare(scan->order, nulls, old->page, old->index, old->page, last) == 0;
  }
  return trail_go_on(&part->trail, view, part->position, tied, whole);
}

/*
** In a list that is not sorted no answer shows that a row was given before, a page or many ago. Who
** relies on the order gets another error.
*/
static enum service_status tell_apart(struct part *part) {
  struct page_map *map = part->rows.map;
  struct given *given = &part->given;
  struct page_run run = part->trail.view;
  bool again = false;
  size_t index = 0;

  if (!map || part->reader.ordered || !page_map_unsorted(map)) return SERVICE_OK;
  if (!given->slots) given->end = part->trail.begin;
  while (given->end < part->position && page_map_peek(map, given->end, &run)) {
    if (!given_note(given, &run, &again, &index)) return SERVICE_NO_MEMORY;
  }
  if (given->end < part->position) given->end = part->position; /* what was let go of */
  run = part->trail.view;
  if (!again && !given_note(given, &run, &again, &index)) return SERVICE_NO_MEMORY;
  return again ? page_map_fail_twice(map, record_page_id(run.page, index)) : SERVICE_OK;
}

/* Looks at the page of the part's row, which is fetched where it is not here. */
static enum service_status look(const struct scan *scan, struct part *part) {
  struct page_run view;
  enum service_status status = sequence_run(&part->rows, &part->reader, part->position, &view);

  if (status != SERVICE_OK) return status;
  if (!view.here) return sequence_fail_gone(&part->rows, part->position);
  if (!go_on(scan, part, &view)) return SERVICE_NO_MEMORY;
  status = tell_apart(part);
  if (status != SERVICE_OK) return status;
  part->inside = view.end;
  if (scan->bounds.count == 0) return SERVICE_OK;
  expect_bound(scan, part);
  if (is_past(scan, part, view.end - 1)) {
    part->inside = view.start; /* each row is looked at */
  }
  return SERVICE_OK;
}

/*
** Readers that share a map may have had its rows moved since the part's were read from it: the part
** goes on in one of its own then. False when out of memory.
*/
static bool stay_apart(const struct scan *scan, struct part *part) {
  struct page_map *map = part->rows.map;
  struct page_map *apart;
  bool follows;

  if (!map || !part->trail.view.hold || part->trail.view.end != part->position) return true;
  if (!page_map_follow(map, &part->trail, &follows)) return false;
  if (follows) return true;
  apart = page_map_apart(map, &part->trail);
  if (!apart || !statement_keep(scan->statement, apart)) return false;
  sequence_rest(&part->rows, &part->reader);
  sequence_leave(&part->rows);
  part->rows.map = apart;
  sequence_hold(&part->rows);
  return true;
}

/* Fails if a place is not there any more of which the statement has seen a list. */
static enum service_status check_absent(const struct scan *scan, const struct part *part) {
  struct page_map *map = part->rows.map;
  const struct place *place = map ? page_map_repository(map) : NULL;
  enum service_status status;
  bool found;

  if (!map || !page_map_absent(map)) return SERVICE_OK;
  status = statement_found(scan->statement, scan->listing, place, &found);
  return status == SERVICE_OK && found ? page_map_fail_absent(map) : status;
}

/* True if the row at the part's position is read, not only counted. */
static bool is_read(const struct scan *scan, const struct part *part) {
  if (scan->reads || scan->merged || scan->bounds.count > 0) return true;
  /* Who passes the first row unread only counts: SQLite does not always say so before. */
  return !scan->count_only && part->position == part->reader.offset;
}

/*
** See struct page_reader. A position that was searched for follows a row which does not meet the
** bounds: it has another time, so that it counts as read, and nothing as passed over.
*/
static int64_t begun_at(const struct scan *scan, const struct part *part) {
  int64_t begin = part->trail.begin;

  if (part->trail.view.end != part->position) return 0;
  if (begin == part->first && time_bounds_start(&scan->bounds, scan->order)) return begin;
  return begin + 1;
}

/*
** Finds the row at the part's position or the next one that is there; *exists is false past its
** last one, or past a bound.
*/
static enum service_status seek(const struct scan *scan, struct part *part, bool *exists) {
  enum service_status status = SERVICE_OK;

  *exists = true;
  if (!part_in_view(part)) {
    if (!stay_apart(scan, part)) return SERVICE_NO_MEMORY;
    part->reader.reads = is_read(scan, part);
    part->reader.begun = begun_at(scan, part);
    status = sequence_seek(&part->rows, &part->reader, part->position, exists);
    if (status == SERVICE_OK && !*exists) return check_absent(scan, part);
    if (status != SERVICE_OK || !*exists || !part->reader.reads) return status;
    status = look(scan, part);
  }
  if (status == SERVICE_OK && part->position >= part->inside) {
    *exists = !is_past(scan, part, part->position);
  }
  return status;
}

enum service_status part_seek(const struct scan *scan, struct part *part, bool *exists) {
  enum service_status status = seek(scan, part, exists);

  if (status != SERVICE_GONE || !scan->discovery) return status;
  *exists = false; /* nobody has asked for it by name: a place that goes takes its rows along */
  return SERVICE_OK;
}

/* The fields of the part's row. */
enum service_status part_row(const struct scan *scan, struct part *part,
                             const struct record_page **page, size_t *index) {
  enum service_status status = SERVICE_OK;

  if (!part_in_view(part)) status = look(scan, part);
  *page = part->trail.view.page;
  *index = status == SERVICE_OK ? index_in_view(part, part->position) : 0;
  return status;
}

/* Goes to the first row of a part that is open. */
static enum service_status find_first(const struct scan *scan, struct part *part, int64_t passed,
                                      bool *exists) {
  enum service_status status = SERVICE_OK;

  if (time_bounds_start(&scan->bounds, scan->order)) {
    status = sequence_search(&part->rows, &scan->bounds, &part->first);
    if (status != SERVICE_OK) return status;
  }
  part->position = part->first;
  part_expect(scan, part, passed);
  return part_seek(scan, part, exists);
}

/* What becomes of a place that was found, and may not be read: nobody has asked for it by name. */
static enum service_status meet_forbidden(const struct scan *scan, const struct place *place) {
  struct service_error *error = statement_error(scan->statement);

  if (scan->leaves_out) {
    return statement_leave_out(scan->statement, scan->listing, place, scan->order, scan->wanted,
                               error->message);
  }
  return service_advise(error, "To leave out what may not be read, set unreadable to 'skip'.");
}

enum service_status part_begin(struct scan *scan, struct part *part, int64_t passed, bool *exists) {
  int64_t attempts = statement_attempts(scan->statement);
  const struct place *place;
  enum service_status status;

  *exists = false;
  if (scan->started <= part->index) scan->started = part->index + 1; /* it is asked right here */
  if (!part_open(scan, part)) return SERVICE_NO_MEMORY;
  place = sequence_place(&part->rows);
  if (scan->leaves_out &&
      statement_leaves_out(scan->statement, scan->listing, place, scan->order, scan->wanted)) {
    return SERVICE_OK;
  }
  status = find_first(scan, part, passed, exists);
  if (status == SERVICE_OK) {
    statement_note_read(scan->statement, scan->listing, place, scan->order, scan->wanted,
                        statement_attempts(scan->statement) > attempts);
  }
  if (status != SERVICE_FORBIDDEN || !scan->discovery) return status;
  *exists = false;
  return meet_forbidden(scan, place);
}

/* ---- what is asked for ahead ---- */

bool part_reads_on(const struct scan *scan) {
  return !scan->may_stop && scan->limit < 0 && scan->offset <= 0 &&
         (scan->discovery || scan->current > 0);
}

int64_t part_allowance(const struct scan *scan, size_t end) {
  const struct part *current = scan->parts[scan->current];
  int64_t rows = scan->passed + current->position - current->first;

  if (current->rows.map) rows -= page_map_ahead(current->rows.map);
  for (size_t i = scan->current + 1; i < end; i++) {
    const struct part *part = scan->parts[i];
    if (part->asked_first && part->rows.map) rows -= page_map_asked(part->rows.map);
  }
  return rows;
}

/* What the first request of a part will be made for, while no search for a bound comes before. */
struct page_reader part_first_reader(const struct scan *scan, struct part *part) {
  struct page_reader reader = {.limit = -1, .page = scan->page};

  if (time_bounds_start(&scan->bounds, scan->order)) return reader;
  part_expect(scan, part, 0);
  return part->reader;
}

/*
** Starts the first requests of parts before part `end` that were not begun yet, as many at once as
** the settings allow.
*/
bool part_start_first(struct scan *scan, size_t end) {
  while (scan->started < end && statement_has_room(scan->statement)) {
    struct part *part = part_in_turn(scan, scan->started++);
    struct page_reader reader = part_first_reader(scan, part);
    if (!part_open(scan, part)) return false;
    part->asked_first = !sequence_begun(&part->rows);
    if (!sequence_start(&part->rows, &reader)) return false;
  }
  return true;
}

/*
** Looks at the page that the scouted position is on, which has come, as the reader will: *on if its
** last row is not past a bound, so that the page after it is sure to be read.
*/
static enum service_status scout(struct scan *scan, struct part *part, bool *on) {
  struct page_run read = part->trail.view;
  enum service_status status =
      sequence_run(&part->rows, &part->reader, part->scouted, &part->trail.view);
  int64_t end = part->trail.view.end;

  *on = status == SERVICE_OK && part->trail.view.here;
  if (*on) {
    expect_bound(scan, part);
    *on = !is_past(scan, part, end - 1);
  }
  part->trail.view = read;
  if (!*on) return status;
  if (part->reader.expected_end <= end) part->reader.expected_end = end + 1;
  scan->scouted += end - part->scouted;
  part->scouted = end;
  return SERVICE_OK;
}

/* The same where a bound may end the part: pages are looked at before the reader gets to them. */
static enum service_status ask_on_bounded(struct scan *scan, struct part *part) {
  enum service_status status;
  bool on = true;

  if (time_bounds_start(&scan->bounds, scan->order)) return SERVICE_OK; /* a search comes first */
  part->reader.expected_end = 1; /* takes the first answer, and asks for nothing */
  status = sequence_advance(&part->rows, &part->reader);
  while (status == SERVICE_OK && on && scan->scouted < SCOUTED_ROWS_MAX &&
         sequence_come(&part->rows, part->scouted)) {
    status = scout(scan, part, &on);
    if (status == SERVICE_OK && on) status = sequence_advance(&part->rows, &part->reader);
  }
  return status;
}

enum service_status part_ask_on(struct scan *scan, struct part *part, int64_t rows) {
  enum service_status status;

  part_expect(scan, part, 0);
  part->reader.read = rows;
  status = scan->bounds.count > 0 ? ask_on_bounded(scan, part)
                                  : sequence_advance(&part->rows, &part->reader);
  return status == SERVICE_GONE ? SERVICE_OK : status; /* its reader is told */
}
