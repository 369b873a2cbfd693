/*
** The page map of one repository: see page_map.h, and drift.h for how rows keep their positions
** while jobs come and go.
**
** Pages behind the one that is wanted are asked for ahead of time where the total is known. Newest first each
** of these windows begins one row early, with the row that the page before it ends with: jobs that
** are created while several requests are under way move rows from one page to another, and only a row that
** repeats shows that nothing fell between two of them. Oldest first, the totals show it.
*/
#include "scan/page_map.h"

#include <inttypes.h>
#include <stdlib.h>

#include "request/page_request.h"
#include "scan/drift.h"
#include "scan/page_cache.h"
#include "scan/read_ahead.h"

#define LIMIT_MAX 1000 /* rows that the service gives at most, by its sister lists */
#define TRIES_MAX 8    /* at one position while rows keep moving, before giving up */
#define AHEAD_BYTES_MAX ((size_t)2 << 20) /* of pages that were asked for ahead */

struct page_map {
  struct service *service;
  struct access *access; /* referenced */
  const struct listing *listing;
  struct place place;
  const struct order *order;
  struct page_request *request; /* the one that is waited for; NULL if none */
  struct read_ahead ahead;
  const struct page_reader *ahead_of; /* who reads; compared only */
  struct page_window window;          /* of the request that was in hand last */
  struct page_cache store;
  struct drift drift;

  bool asked;         /* at least one answer came */
  bool total_known;   /* the end was found or told */
  int64_t total;      /* positions; of the first answer */
  int64_t seen;       /* positions below this are known to have existed */
  int64_t gone_below; /* positions below this were removed before they were read */
  int64_t gone_from;  /* positions from this on were removed before they were read */

  /* Whether the server heeds the offset; see check_offset. */
  bool offset_heeded;
  bool first_known; /* first_* describe the first page with rows */
  int64_t first_offset;
  int64_t first_id;

  /* For read-ahead. */
  int64_t next;       /* the position behind the page that was fetched last */
  int64_t pages_read; /* fetched without a gap before it */
  bool alone;         /* pages of this service are asked for one by one */
  int64_t page_rows;  /* that the service gave where it gave fewer than asked for; 0: all */
  size_t page_bytes;  /* of the page that was fetched last */
};

struct page_map *page_map_open(struct service *service, struct access *access,
                               const struct listing *listing, const struct place *place,
                               const struct order *order, size_t *footprint) {
  struct page_map *map = calloc(1, sizeof *map);

  if (!map) return NULL;
  map->service = service;
  map->access = access_retain(access);
  map->listing = listing;
  map->place = *place;
  map->order = order;
  map->gone_from = INT64_MAX;
  page_cache_init(&map->store, footprint);
  drift_init(&map->drift, &map->store, order);
  return map;
}

void page_map_close(struct page_map *map) {
  if (!map) return;
  page_request_close(map->request);
  read_ahead_cancel(&map->ahead);
  page_cache_free(&map->store);
  access_release(map->access);
  free(map);
}

const struct place *page_map_repository(const struct page_map *map) { return &map->place; }

const struct order *page_map_order(const struct page_map *map) { return map->order; }

int64_t page_map_page_size(const struct page_map *map) { return map->access->limits.page_size; }

bool page_map_total(const struct page_map *map, int64_t *total) {
  if (map->total_known) *total = map->total;
  return map->total_known;
}

void page_map_shrink(struct page_map *map) { page_cache_shrink(&map->store); }

const uint64_t *page_map_version(const struct page_map *map) { return &map->store.version; }

void page_map_rest(struct page_map *map, const struct page_reader *reader) {
  if (map->asked && map->ahead_of == reader) read_ahead_cancel(&map->ahead);
}

/* The column that the list is sorted by. */
static const char *time_name(const struct page_map *map) {
  return map->listing->columns[map->order->column].name;
}

static enum service_status fail_disordered(const struct page_map *map,
                                           struct service_error *error) {
  return service_fail(error,
                      "%s: the service did not list the %s in the order of %s that was asked for "
                      "(at the %s with id %" PRId64
                      "). +%s instead of %s "
                      "in ORDER BY and WHERE leaves sorting and comparing to SQLite.",
                      place_label(&map->place), map->listing->records, time_name(map),
                      map->listing->record, map->drift.disordered, time_name(map), time_name(map));
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* ---- what an answer says ---- */

static enum service_status wait_for(struct page_map *map, struct service_error *error) {
  enum service_status status = SERVICE_OK;

  while (status == SERVICE_OK && !page_request_ended(map->request)) {
    status = service_wait(map->service);
  }
  if (status != SERVICE_OK) return status;
  switch (page_request_verdict(map->request)) {
    case VERDICT_READY:
      return SERVICE_OK;
    case VERDICT_ABSENT:
      if (!map->asked) return SERVICE_OK;
      page_request_explain(map->request, error); /* it was there when the scan began */
      return SERVICE_FAILED;
    case VERDICT_INTERRUPTED:
      return SERVICE_INTERRUPTED;
    case VERDICT_NO_MEMORY:
      return SERVICE_NO_MEMORY;
    default:
      page_request_explain(map->request, error);
      return SERVICE_FAILED;
  }
}

static enum service_status fail_offset(const struct page_map *map, int64_t offset,
                                       struct service_error *error) {
  return service_fail(error,
                      "%s/%s: the service ignores the offset: at offset %" PRId64
                      " it lists the "
                      "job with id %" PRId64 " that it listed at offset %" PRId64
                      " already. Jobs "
                      "behind its first page cannot be had from it.",
                      map->place.name_space, map->place.name, offset, map->first_id,
                      map->first_offset);
}

/*
** A server that ignores the offset gives the first page again and again: rows would be doubled, or
** wrong ones returned. It heeds it if the Content-Range agrees at an offset above 0, or if two
** offsets gave two different first jobs. *probe: neither is known yet of a page above offset 0.
*/
static enum service_status check_offset(struct page_map *map, int64_t offset,
                                        const struct record_page *rows, bool agrees, bool *probe,
                                        struct service_error *error) {
  *probe = false;
  if (rows->row_count == 0) return SERVICE_OK;
  if (agrees && offset > 0) map->offset_heeded = true;
  if (map->first_known && map->first_offset != offset && !map->offset_heeded) {
    if (map->first_id == record_page_id(rows, 0)) return fail_offset(map, offset, error);
    map->offset_heeded = true;
  }
  if (!map->first_known) {
    map->first_known = true;
    map->first_offset = offset;
    map->first_id = record_page_id(rows, 0);
  }
  *probe = offset > 0 && !map->offset_heeded;
  return SERVICE_OK;
}

/* Takes from rows that stand at `start` what they say about the number of positions. */
static void learn_total(struct page_map *map, int64_t start, int64_t records, bool agrees,
                        int64_t total) {
  if (records && start + records > map->seen) map->seen = start + records;
  if (map->total_known) return; /* positions are those of the first answer */
  if (!map->listing->paged) {
    map->total_known = true; /* the first answer is all */
    map->total = start + records;
  } else if (agrees) {
    map->total_known = true;
    map->total = total - map->drift.shift;
  } else if (records == 0 && start <= map->seen) {
    map->total_known = true; /* nothing behind the last row that was seen */
    map->total = map->seen;
  }
  if (map->total_known && map->total < map->seen) map->total = map->seen;
}

/* Notes positions that an answer shows to be removed: those that the server has nothing of. */
static void note_gone(struct page_map *map, int64_t offset, int64_t start, int64_t records) {
  if (offset == 0 && start > map->gone_below) map->gone_below = start;
  if (records == 0 && start < map->gone_from) map->gone_from = start;
}

static bool answer_agrees(const struct page_response *answer) {
  return answer->has_range && content_range_agrees(&answer->range, answer->window.offset,
                                                   (int64_t)answer->page.row_count);
}

/* Notes how many rows a page has where the service gives fewer than asked for, and not at the end. */
static void note_page_rows(struct page_map *map, const struct page_response *answer, bool agrees) {
  int64_t records = (int64_t)answer->page.row_count;
  int64_t expected = answer->window.limit;

  if (map->page_rows > 0) expected = least(expected, map->page_rows);
  if (!agrees || records == 0 || records >= expected) return;
  if (answer->window.offset + records >= answer->range.total) return;
  map->page_rows = records;
  map->pages_read = 0;
}

/* Places the rows of an answer that follows the row before `position`, and keeps them. */
static enum service_status keep_rows(struct page_map *map, struct page_response *answer,
                                     bool agrees, int64_t position) {
  int64_t records = (int64_t)answer->page.row_count;
  struct placement placement;
  int64_t start;

  drift_place(&map->drift, answer, agrees, !map->asked, position - 1, &placement);
  map->asked = true;
  if (placement.again) return SERVICE_OK;
  start = answer->window.offset - map->drift.shift;
  learn_total(map, start, records, agrees, answer->range.total);
  note_gone(map, answer->window.offset, start, records);
  note_page_rows(map, answer, agrees);
  if (records == 0) return SERVICE_OK;
  start += (int64_t)placement.skip;
  drift_check_order(&map->drift, &answer->page, placement.skip, start);
  map->page_bytes = record_page_footprint(&answer->page);
  map->next = start + records - (int64_t)placement.skip;
  page_cache_reserve(&map->store, map->ahead.count * map->page_bytes);
  return page_cache_keep(&map->store, &answer->page, placement.skip, start) ? SERVICE_OK
                                                                            : SERVICE_NO_MEMORY;
}

static enum service_status take_answer(struct page_map *map, int64_t position, bool *probe,
                                       struct service_error *error) {
  struct page_response *answer = page_request_answer(map->request);
  bool agrees = answer_agrees(answer);
  enum service_status status;

  *probe = false;
  if (page_request_verdict(map->request) == VERDICT_ABSENT) {
    map->asked = true;
    map->total_known = true;
    map->total = 0;
    return SERVICE_OK;
  }
  status = check_offset(map, answer->window.offset, &answer->page, agrees, probe, error);
  if (status != SERVICE_OK) return status;
  return keep_rows(map, answer, agrees, position);
}

static struct page_request *start_request(const struct page_map *map, int64_t offset,
                                          int64_t limit) {
  struct page_window window = {offset > 0 ? offset : 0, limit, map->order};

  if (!map->listing->paged) window.offset = 0;

  return page_request_start(map->service, map->access, map->listing, &map->place, &window);
}

/* Waits for the request in hand, and takes what it brings: the rows behind the one before `position`. */
static enum service_status finish_request(struct page_map *map, int64_t position, bool *probe,
                                          struct service_error *error) {
  enum service_status status = wait_for(map, error);

  if (status == SERVICE_OK) status = take_answer(map, position, probe, error);
  page_request_close(map->request);
  map->request = NULL;
  return status;
}

/* Takes a request in hand that is needed at once, as soon as there is room for it. */
static enum service_status start_now(struct page_map *map, int64_t offset, int64_t limit) {
  enum service_status status = SERVICE_OK;

  while (status == SERVICE_OK && !service_has_room(map->service, map->access)) {
    status = service_wait(map->service);
  }
  if (status != SERVICE_OK) return status;
  map->request = start_request(map, offset, limit);
  if (!map->request) return SERVICE_NO_MEMORY;
  map->window = *page_request_window(map->request);
  return SERVICE_OK;
}

/* ---- which page to ask for ---- */

/* How many rows to ask for from a position that is not here. */
static int64_t limit_at(const struct page_map *map, const struct page_reader *reader,
                        int64_t position) {
  const struct cached_page *behind = page_cache_behind(&map->store, position);
  int64_t limit = map->access->limits.page_size;

  if (reader->count_only && !map->asked) return 1;
  if (reader->page > 0) limit = least(limit, reader->page);
  if (reader->limit > 0 && position >= reader->offset &&
      position - reader->offset < reader->limit) {
    limit = least(limit, reader->limit - (position - reader->offset));
  }
  if (behind) limit = least(limit, behind->start - position);
  return limit;
}

/* The position behind the last one that a reader is expected to read. */
static int64_t end_of_reading(const struct page_map *map, const struct page_reader *reader) {
  int64_t end = map->total;

  if (reader->limit >= 0 && reader->limit < INT64_MAX - reader->offset) {
    end = least(end, reader->offset + reader->limit);
  }
  return reader->expected_end > 0 ? least(end, reader->expected_end) : end;
}

/* How many pages to have asked for behind the one in hand. */
static size_t depth_of(const struct page_map *map, const struct page_reader *reader) {
  size_t depth = read_ahead_depth(reader->on, map->pages_read);
  size_t fitting = map->page_bytes ? AHEAD_BYTES_MAX / map->page_bytes : 1;

  /* Without a total neither the end is known, nor whether rows have moved. */
  if (!map->total_known || !map->drift.served_known) return 0;
  if (map->alone || reader->count_only) return 0;
  if (map->order->descending && map->page_rows == 1) return 0; /* no room to repeat one */
  if (depth > CONCURRENCY_MAX - 1) depth = CONCURRENCY_MAX - 1;
  return depth < fitting ? depth : fitting;
}

/* Asks for the next page behind `behind` ahead of time. *done: nothing is left to ask for. */
static bool ask_ahead(struct page_map *map, const struct page_reader *reader,
                      const struct page_window *behind, bool *done) {
  int64_t rows = map->page_rows > 0 ? least(map->page_rows, behind->limit) : behind->limit;
  int64_t offset = behind->offset + rows;
  int64_t position = offset - map->drift.shift;
  int64_t overlap = map->order->descending ? 1 : 0;
  struct page_request *request;
  int64_t limit;

  *done = position >= end_of_reading(map, reader) || page_cache_find(&map->store, position);
  if (*done) return true;
  limit = least(limit_at(map, reader, position) + overlap, LIMIT_MAX);
  request = start_request(map, offset - overlap, limit);
  if (request) read_ahead_put(&map->ahead, request);
  return request != NULL;
}

/* Asks for as many pages behind the one in hand as its reader is worth, while there is room. */
static enum service_status look_ahead(struct page_map *map, const struct page_reader *reader) {
  size_t depth = depth_of(map, reader);
  bool started = false;
  bool done = false;

  while (map->ahead.count < depth && service_has_room_ahead(map->service, map->access)) {
    const struct page_window *behind = read_ahead_last(&map->ahead);
    if (!behind) behind = &map->window;
    if (!ask_ahead(map, reader, behind, &done)) return SERVICE_NO_MEMORY;
    if (done) break;
    map->ahead_of = reader;
    started = true;
  }
  if (started) service_move(map->service); /* nobody waits where the page in hand has come */
  return SERVICE_OK;
}

/*
** True if the request in hand, which was asked for before the row in front of `position` had come, is of use:
** it is, unless rows moved meanwhile. Otherwise nothing is that was asked for ahead.
*/
static enum service_status judge_early(struct page_map *map, int64_t position) {
  const struct page_response *answer = page_request_answer(map->request);
  bool of_use = true;

  if (page_request_verdict(map->request) == VERDICT_READY) {
    bool agrees = answer_agrees(answer);
    of_use = drift_follow(&map->drift, answer, agrees, position - 1);
    if (!agrees) map->alone = true;
  } else if (answer->status == 400 && answer->window.limit > map->access->limits.page_size) {
    of_use = false; /* it takes no more rows than the settings say, and not one that repeats */
    map->alone = true;
  }
  if (of_use) return SERVICE_OK;
  read_ahead_cancel(&map->ahead);
  page_request_close(map->request);
  map->request = NULL;
  map->pages_read = 0;
  return SERVICE_OK;
}

/*
** Takes the request for an offset in hand that was asked for ahead, if there is one of use, and waits for
** it. Others may be answered before it: in their place more is asked for meanwhile.
*/
static enum service_status take_early(struct page_map *map, const struct page_reader *reader,
                                      int64_t position, int64_t offset) {
  enum service_status status;

  map->request = read_ahead_take(&map->ahead, offset);
  if (!map->request) return SERVICE_OK;
  map->window = *page_request_window(map->request);
  status = look_ahead(map, reader);
  while (status == SERVICE_OK && !page_request_ended(map->request)) {
    status = service_wait(map->service);
    if (status == SERVICE_OK) status = look_ahead(map, reader);
  }
  return status == SERVICE_OK ? judge_early(map, position) : status;
}

/*
** Takes the request of a position in hand, and asks for it unless that was done ahead. Where rows have moved,
** the row before it is asked for as well: it shows that nothing was jumped over.
*/
static enum service_status take_in_hand(struct page_map *map, const struct page_reader *reader,
                                        int64_t position, bool moved) {
  int64_t limit = limit_at(map, reader, position);
  int64_t offset = position + map->drift.shift;
  enum service_status status = SERVICE_OK;

  if (moved) {
    read_ahead_cancel(&map->ahead);
    return start_now(map, offset - 1, limit < LIMIT_MAX ? limit + 1 : limit);
  }
  if (map->asked) {
    map->pages_read = position == map->next ? map->pages_read + 1 : 0;
    status = take_early(map, reader, position, offset);
  } else {
    map->request = read_ahead_take_first(&map->ahead);
    if (map->request) map->window = *page_request_window(map->request);
  }
  if (status != SERVICE_OK || map->request) return status;
  status = start_now(map, offset, limit);
  return status == SERVICE_OK ? look_ahead(map, reader) : status;
}

/* Fetches the page of a position; `moved`: with the row before it. */
static enum service_status fetch(struct page_map *map, const struct page_reader *reader,
                                 int64_t position, bool moved, struct service_error *error) {
  bool first = !map->asked;
  bool probe = false;
  enum service_status status = take_in_hand(map, reader, position, moved);

  if (status != SERVICE_OK) {
    page_request_close(map->request);
    map->request = NULL;
    return status;
  }
  if (first)
    position = map->window.offset; /* what was asked first need not be what is wanted now */
  status = finish_request(map, position - (moved ? 1 : 0), &probe, error);
  if (status != SERVICE_OK || !probe) return status;
  /* Only a server without a sound Content-Range makes this one more request necessary. */
  status = start_now(map, 0, 1);
  return status == SERVICE_OK ? finish_request(map, 0, &probe, error) : status;
}

/* Where a reader that begins at a position will look first. */
static int64_t first_position(const struct page_reader *reader, int64_t position) {
  bool expected = reader->offset > position && reader->offset <= JOBS_OFFSET_MAX;

  return expected ? reader->offset : position;
}

bool page_map_begun(const struct page_map *map) { return map->asked || map->ahead.count > 0; }

bool page_map_start(struct page_map *map, const struct page_reader *reader) {
  int64_t first = first_position(reader, 0);
  struct page_request *request;

  if (page_map_begun(map)) return true;
  request = start_request(map, first, limit_at(map, reader, first));
  if (request) read_ahead_put(&map->ahead, request);
  return request != NULL;
}

enum service_status page_map_advance(struct page_map *map, const struct page_reader *reader,
                                     struct service_error *error) {
  struct page_request *first = map->ahead.count ? map->ahead.requests[0] : NULL;
  enum service_status status = SERVICE_OK;

  if (!map->asked) {
    if (!first || !page_request_ended(first) || page_request_verdict(first) != VERDICT_READY) {
      return SERVICE_OK;
    }
    status = fetch(map, reader, first_position(reader, 0), false, error);
  }
  return status == SERVICE_OK ? look_ahead(map, reader) : status;
}

/* Asks until the row at a position is here or known to be gone. */
static enum service_status bring(struct page_map *map, const struct page_reader *reader,
                                 int64_t position, struct service_error *error) {
  for (int tries = 0; tries < TRIES_MAX; tries++) {
    enum service_status status;
    if (page_cache_find(&map->store, position)) return SERVICE_OK;
    if (position < map->gone_below || position >= map->gone_from) return SERVICE_OK;
    if (map->total_known && position >= map->total) return SERVICE_OK;
    status = fetch(map, reader, position, tries > 0 && !map->drift.certain, error);
    if (status != SERVICE_OK) return status;
  }
  if (page_cache_find(&map->store, position)) return SERVICE_OK;
  return service_fail(error,
                      "%s: %s keep moving while they are read, or the service does not keep "
                      "the order of %s: %s %" PRId64
                      " was not found in %d requests. Run the query again.",
                      place_label(&map->place), map->listing->records, time_name(map),
                      map->listing->record, position + 1, TRIES_MAX);
}

/* Finds out whether there is a row at a position, going by the totals alone where they are known.
 */
static enum service_status find_end(struct page_map *map, const struct page_reader *reader,
                                    int64_t position, struct service_error *error) {
  enum service_status status = SERVICE_OK;

  if (!map->asked) {
    status = fetch(map, reader, first_position(reader, position), false, error);
  }
  while (status == SERVICE_OK && !map->total_known && position >= map->seen) {
    /* Every page that is not empty moves `seen` on, and an empty one there is the end. */
    if (map->seen >= map->gone_from) {
      map->total_known = true;
      map->total = map->seen;
      break;
    }
    status = bring(map, reader, map->seen, error);
  }
  return status;
}

enum service_status page_map_seek(struct page_map *map, const struct page_reader *reader,
                                  int64_t *position, bool *exists, struct service_error *error) {
  *exists = false;
  for (;;) {
    enum service_status status = find_end(map, reader, *position, error);
    if (status != SERVICE_OK || *position >= (map->total_known ? map->total : map->seen)) {
      return status;
    }
    if (!reader->reads || *position < reader->offset) break; /* it will not be read */
    status = bring(map, reader, *position, error);
    if (status != SERVICE_OK) return status;
    if (page_cache_find(&map->store, *position)) break;
    if (*position >= map->gone_below) return SERVICE_OK; /* all that is left is gone */
    *position = map->gone_below;
  }
  *exists = true;
  return SERVICE_OK;
}

enum service_status page_map_run(struct page_map *map, const struct page_reader *reader,
                                 int64_t position, const struct record_page **page, size_t *index,
                                 int64_t *start, int64_t *end, bool *here,
                                 struct service_error *error) {
  enum service_status status = bring(map, reader, position, error);
  const struct cached_page *stored;

  *here = false;
  if (status != SERVICE_OK) return status;
  stored = page_cache_find(&map->store, position);
  if (!stored) return SERVICE_OK;
  if (reader->ordered && map->drift.disordered) return fail_disordered(map, error);
  *here = true;
  *page = &stored->rows;
  *index = stored->skip;
  *start = stored->start;
  *end = stored->start + stored->count;
  if (map->total_known && position < map->total) *end = least(*end, map->total);
  return SERVICE_OK;
}

enum service_status page_map_row(struct page_map *map, const struct page_reader *reader,
                                 int64_t position, const struct record_page **page, size_t *index,
                                 struct service_error *error) {
  int64_t start;
  int64_t end;
  bool here;
  enum service_status status =
      page_map_run(map, reader, position, page, index, &start, &end, &here, error);

  if (status != SERVICE_OK) return status;
  if (!here) {
    return service_fail(error,
                        "%s/%s: jobs were removed while they were read: job %" PRId64
                        " is gone. Run the query again.",
                        map->place.name_space, map->place.name, position + 1);
  }
  *index += (size_t)(position - start);
  return SERVICE_OK;
}
