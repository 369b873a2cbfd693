/*
** The rows of one or many repositories as one sequence: see scan.h.
*/
#include "scan/scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory_bounds.h"
#include "scan/merge.h"
#include "scan/part.h"

/* A page of a merge holds fewer rows as there are more repositories, each with one of them. */
#define MERGED_PAGE_MIN 20

#define PARTS_FOR_ONE \
  2 /* that were read for one that is asked for in vain, where a LIMIT may stop */

/* ---- what is asked for ahead ---- */

static enum service_status reach_region(struct scan *scan, const char *region) {
  enum service_status status = statement_reach(scan->statement, region);

  if (status != SERVICE_OK) return status;
  return statement_project(scan->statement, scan->listing, region);
}

/*
** Starts the first requests of what later scans will ask, after this scan's own. In a join most of
** them have been started by the scans before, which go on where the last one found no room.
*/
static bool start_announced(struct scan *scan, const struct scan_request *request) {
  const struct places *announced = request->announced;
  size_t at = request->announced_begun ? *request->announced_begun : 0;
  struct page_reader reader;

  if (!announced || scan->part_count == 0) return true;
  reader = part_first_reader(scan, scan->parts[0]);
  if (!part_open(scan, scan->parts[0])) return false;
  if (!sequence_start(&scan->parts[0]->rows, &reader)) return false;
  if (!statement_has_room(scan->statement)) return true;
  for (; at < places_count(announced); at++) {
    enum service_status status = reach_region(scan, places_region(announced, at));
    struct sequence rows = {NULL, NULL};
    struct place place;
    if (status == SERVICE_FAILED) continue; /* no row may ask it */
    if (status != SERVICE_OK) return false;
    places_get(announced, at, &place);
    if (!part_find_rows(scan, &place, &rows)) return false;
    if (sequence_begun(&rows)) continue;
    if (!statement_has_room(scan->statement)) break;
    if (!sequence_start(&rows, &reader)) return false;
  }
  if (request->announced_begun) *request->announced_begun = at;
  return true;
}

/* ---- one after the other ---- */

/*
** The part after the last one that something may be asked for: as many as were read, see
** prefetch_rows. Of an account, which nobody asks for who wants little, as many from the start as
** may be under way: to begin with 1, 2, 4, … of them takes three round trips more, which are a
** seventh of the time for 300 repositories at 16 at once.
*/
static size_t end_of_asking(const struct scan *scan) {
  bool stops = scan->may_stop || scan->limit >= 0 || scan->offset > 0;
  size_t depth = scan->current;

  if (stops) {
    depth = scan->discovery ? depth / PARTS_FOR_ONE : 0;
  } else if (scan->discovery && depth + 1 < statement_at_once(scan->statement)) {
    depth = statement_at_once(scan->statement) - 1;
  }
  if (depth > CONCURRENCY_MAX) depth = CONCURRENCY_MAX;
  return depth < scan->part_count - scan->current ? scan->current + depth + 1 : scan->part_count;
}

/* Takes the places that were found meanwhile. */
static enum service_status find_on(struct scan *scan) {
  enum service_status status;

  if (!scan->discovery || !part_reads_on(scan)) return SERVICE_OK;
  status = discovery_advance(scan->discovery);
  if (status != SERVICE_OK) return status;
  return part_add_all(scan) ? SERVICE_OK : SERVICE_NO_MEMORY;
}

/*
** Asks for what the parts after the current one need, in their order, while there is room: their
** first pages, and once the total of one is known, its further ones.
*/
static enum service_status ask_after(struct scan *scan) {
  enum service_status status = find_on(scan);
  size_t end = end_of_asking(scan);
  bool all = part_reads_on(scan) && !scan->count_only;

  if (end == scan->current + 1) return status;
  for (size_t i = scan->current; i < end && status == SERVICE_OK; i++) {
    struct part *part = scan->parts[i];
    if (i == scan->started) {
      if (!part_start_first(scan, i + 1)) return SERVICE_NO_MEMORY;
      if (i == scan->started) break; /* no room */
    } else if (all && part->asked_first && i > scan->current) {
      int64_t rows;
      if (!statement_has_room(scan->statement)) break;
      rows = part_allowance(scan, end);
      status = part_ask_on(scan, part, rows > 0 ? rows : 0);
    }
  }
  return status;
}

/* Waits for more places. Nothing else is asked meanwhile: the listing is in the midst of it. */
static enum service_status find_more(struct scan *scan, bool *more) {
  enum service_status status;

  scan->asking = true;
  status = discovery_more(scan->discovery, more);
  scan->asking = false;
  return status;
}

/* Makes sure of the current part, where there is one more. */
static enum service_status find_part(struct scan *scan) {
  enum service_status status = SERVICE_OK;
  bool more = scan->discovery != NULL;

  while (status == SERVICE_OK && more && scan->current == scan->part_count) {
    status = find_more(scan, &more);
    if (status == SERVICE_OK && !part_add_all(scan)) status = SERVICE_NO_MEMORY;
  }
  return status;
}

/* The current part has no row more. */
static void leave_part(struct scan *scan) {
  struct part *part = scan->parts[scan->current++];

  scan->scouted -= part->scouted;
  part->scouted = 0;
  part_leave(part);
}

/* Goes to the first row of the first part from `current` on that has one. */
static enum service_status begin_part(struct scan *scan) {
  for (;;) {
    bool exists;
    enum service_status status = find_part(scan);
    if (status != SERVICE_OK || scan->current == scan->part_count) return status;
    status = ask_after(scan);
    if (status != SERVICE_OK) return status;
    status = part_begin(scan, part_in_turn(scan, scan->current), scan->passed, &exists);
    if (status != SERVICE_OK || exists) return status;
    leave_part(scan);
  }
}

static enum service_status next_in_part(struct scan *scan) {
  struct part *part = scan->parts[scan->current];
  bool exists;
  enum service_status status;

  part->position++;
  if (!part_in_view(part) && (status = ask_after(scan)) != SERVICE_OK) return status;
  status = part_seek(scan, part, &exists);
  if (status != SERVICE_OK || exists) return status;
  scan->passed += part->position - part->first;
  leave_part(scan);
  return begin_part(scan);
}

/* ---- many in one order ---- */

/* Waits for all places. */
static enum service_status find_all(struct scan *scan) {
  enum service_status status = SERVICE_OK;
  bool more = scan->discovery != NULL;

  while (status == SERVICE_OK && more) status = find_more(scan, &more);
  return status;
}

/* All places must be known: their number says how large a page of each can be. */
static enum service_status begin_merge(struct scan *scan) {
  enum service_status status = find_all(scan);

  if (status != SERVICE_OK) return status;
  if (!part_add_all(scan)) return SERVICE_NO_MEMORY;
  scan->page = MERGED_ROWS_MAX / (int64_t)(scan->part_count ? scan->part_count : 1);
  if (scan->page < MERGED_PAGE_MIN) scan->page = MERGED_PAGE_MIN;
  return merge_begin(scan);
}

/* ---- by name ---- */

/* True if all places, of which there is one, are called the same. */
static bool has_one_name(const struct scan *scan) {
  struct place first;
  struct place last;

  places_get(scan->places, 0, &first);
  places_get(scan->places, places_count(scan->places) - 1, &last);
  return !strcmp(first.name, last.name);
}

/* One after the other: but those of one name alone go as if there were no order of names. */
static enum service_status begin_names(struct scan *scan, enum name_order order) {
  enum service_status status = find_all(scan);

  if (status != SERVICE_OK) return status;
  places_sort_by_name(scan->places, order == NAMES_DESCENDING);
  scan->by_name = places_count(scan->places) && !has_one_name(scan);
  scan->merged = scan->merged && !scan->by_name;
  if (scan->merged) return begin_merge(scan);
  return part_add_all(scan) ? begin_part(scan) : SERVICE_NO_MEMORY;
}

/* ---- while something is waited for ---- */

/* For service_ask_more: the answer to one part leaves room for the requests of others. */
static void ask_more(void *context) {
  struct scan *scan = context;

  if (scan->asking || scan->failed != SERVICE_OK) return;
  scan->asking = true;
  if (!scan->merged) {
    scan->failed = ask_after(scan);
  } else if (!part_start_first(scan, scan->part_count)) {
    scan->failed = SERVICE_NO_MEMORY;
  }
  scan->asking = false;
  if (scan->failed != SERVICE_OK) scan->failure = *statement_error(scan->statement);
}

/* Begins a call that may wait; `before` is for end_call. */
static struct asker begin_call(struct scan *scan) {
  return statement_ask_more(scan->statement, (struct asker){ask_more, scan});
}

static enum service_status end_call(struct scan *scan, struct asker before,
                                    enum service_status status) {
  statement_ask_more(scan->statement, before);
  if (status != SERVICE_OK || scan->failed == SERVICE_OK) return status;
  *statement_error(scan->statement) = scan->failure; /* another may have been made good for since */
  return scan->failed;
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

/* What a scan that does not come to be leaves of its request. */
static void drop_filter(const struct scan_request *request) {
  if (request->lists && request->filter.release) request->filter.release(request->filter.context);
}

/* Where its places come from. False when out of memory. */
static bool open_places(struct scan *scan, const struct scan_request *request) {
  if (!request->lists) {
    scan->places = places_retain(request->places);
    return true;
  }
  scan->discovery =
      discovery_open(scan->statement, request->listing->found_by, request->lists, &request->filter);
  if (!scan->discovery) return false;
  scan->places = places_retain(discovery_places(scan->discovery));
  scan->leaves_out = request->leaves_out;
  return true;
}

/*
** Rows that are skipped are read, too: any of them may be of the time of the first one that is not.
** A LIMIT may cut a run, which is read to its end all the same. False when out of memory.
*/
static bool open_ties(struct scan *scan, const struct scan_request *request) {
  size_t memory = request->tie_memory ? request->tie_memory : TIES_MEMORY_MAX;

  if (!request->tie_count) return true;
  scan->ties = tie_sort_open(request->ties, request->tie_count, memory);
  scan->reads = true;
  if (scan->limit >= 0) {
    bool fits = scan->offset < INT64_MAX - TIES_EXPECTED &&
                scan->limit < INT64_MAX - TIES_EXPECTED - scan->offset;
    scan->limit = fits ? scan->limit + scan->offset + TIES_EXPECTED : -1;
  }
  scan->offset = 0;
  return scan->ties != NULL;
}

static struct scan *scan_create(struct statement *statement, const struct scan_request *request) {
  struct scan *scan = calloc(1, sizeof *scan);
  size_t count = request->lists ? SIZE_MAX : places_count(request->places);

  if (!scan) {
    drop_filter(request);
    return NULL;
  }
  scan->statement = statement_retain(statement);
  scan->listing = request->listing;
  scan->order = request->order;
  scan->wanted = request->wanted;
  scan->ordered = request->ordered;
  scan->merged = request->ordered && count > 1;
  scan->count_only = request->count_only;
  scan->may_stop = request->may_stop;
  scan->offset = request->offset;
  scan->limit = request->limit;
  if (!open_places(scan, request) || !part_add_all(scan) || !copy_bounds(scan, &request->bounds) ||
      !open_ties(scan, request)) {
    scan_close(scan);
    return NULL;
  }
  return scan;
}

/* Finds out how to ask each region among the places. */
static enum service_status reach_regions(struct statement *statement, const struct listing *listing,
                                         const struct places *places) {
  const char *before = NULL;
  enum service_status status = SERVICE_OK;

  for (size_t i = 0; i < places_count(places) && status == SERVICE_OK; i++) {
    const char *region = places_region(places, i);
    if (region == before) continue;
    before = region;
    status =
        statement_interrupted(statement) ? SERVICE_INTERRUPTED : statement_reach(statement, region);
    if (status == SERVICE_OK) status = statement_project(statement, listing, region);
  }
  return status;
}

enum service_status scan_open(struct statement *statement, const struct scan_request *request,
                              struct scan **scan) {
  enum service_status status =
      reach_regions(statement, request->listing, request->lists ? request->lists : request->places);

  struct asker before;

  *scan = NULL;
  if (status != SERVICE_OK) {
    drop_filter(request);
    return status;
  }
  *scan = scan_create(statement, request);
  if (!*scan) return SERVICE_NO_MEMORY;
  if (!start_announced(*scan, request)) {
    scan_close(*scan);
    *scan = NULL;
    return SERVICE_NO_MEMORY;
  }
  before = begin_call(*scan);
  if (request->names) {
    status = begin_names(*scan, request->names);
  } else {
    status = (*scan)->merged ? begin_merge(*scan) : begin_part(*scan);
  }
  if (status == SERVICE_OK && (*scan)->ties) status = tie_sort_begin((*scan)->ties, *scan);
  status = end_call(*scan, before, status);
  if (status != SERVICE_OK) {
    scan_close(*scan);
    *scan = NULL;
  }
  return status;
}

void scan_close(struct scan *scan) {
  if (!scan) return;
  tie_sort_close(scan->ties);
  part_free_all(scan);
  free(scan->bound_texts);
  discovery_close(scan->discovery);
  places_release(scan->places);
  statement_release(scan->statement);
  free(scan);
}

bool scan_by_name(const struct scan *scan) { return scan->by_name; }

bool scan_ended(const struct scan *scan) {
  return scan->ties ? tie_sort_ended(scan->ties) : scan_at_end(scan);
}

bool scan_at_end(const struct scan *scan) {
  return scan->merged ? scan->heap_size == 0 : scan->current >= scan->part_count;
}

enum service_status scan_next(struct scan *scan) {
  struct asker before;

  statement_trim(scan->statement);
  before = begin_call(scan);
  return end_call(scan, before, scan->ties ? tie_sort_next(scan->ties, scan) : scan_step(scan));
}

enum service_status scan_step(struct scan *scan) {
  return scan->merged ? merge_next(scan) : next_in_part(scan);
}

struct part *scan_part(const struct scan *scan) {
  return scan->parts[scan->merged ? scan->heap[0] : scan->current];
}

int64_t scan_position(const struct scan *scan) {
  return scan->ties ? tie_sort_position(scan->ties) : scan_part(scan)->position;
}

const struct place *scan_repository(const struct scan *scan) {
  return scan->ties ? tie_sort_place(scan->ties) : sequence_place(&scan_part(scan)->rows);
}

enum service_status scan_row(struct scan *scan, const struct record_page **page, size_t *index) {
  struct part *part;
  struct asker before;

  if (scan->ties) {
    *page = tie_sort_row(scan->ties, index);
    return SERVICE_OK;
  }
  part = scan_part(scan);
  scan->reads = true;
  if (part_in_view(part)) return part_row(scan, part, page, index);
  before = begin_call(scan);
  return end_call(scan, before, part_row(scan, part, page, index));
}

const uint64_t *scan_version(const struct scan *scan) {
  return scan->ties ? tie_sort_version(scan->ties) : sequence_version(&scan_part(scan)->rows);
}
