/*
** The page map of one repository: see page_map.h, drift.h for how pages follow each other while
** jobs come and go, and fetch.h for the requests.
*/
#include "scan/page_map.h"

#include <inttypes.h>
#include <stdlib.h>

#include "scan/drift.h"
#include "scan/fetch.h"
#include "scan/hunt.h"
#include "scan/page_cache.h"

#define TRIES_MAX 24 /* requests for one position while rows keep moving, before giving up */
#define TRIES_HARD 8 /* requests that a list which only drifts hardly ever needs, */
#define HARD_MAX 3   /* and not for so many pages, one after the other */

struct page_map {
  struct place place;
  struct page_cache cache;
  struct drift drift;
  struct fetch fetch;
  int64_t seen;      /* positions below this are known to have existed */
  int hard;          /* pages that were hard to find, one after the other */
  int64_t doubted;   /* position from which on an answer had nothing; -1: none */
  size_t readers;    /* that hold it */
  int64_t none_from; /* positions from this on are past the end, as an answer showed */
};

struct page_map *page_map_open(struct service *service, struct access *access,
                               const struct listing *listing, const struct place *place,
                               const struct order *order, size_t *footprint) {
  struct page_map *map = calloc(1, sizeof *map);

  if (!map) return NULL;
  map->place = *place;
  map->doubted = -1;
  map->none_from = INT64_MAX;
  page_cache_init(&map->cache, footprint);
  drift_init(&map->drift, &map->cache, order);
  fetch_init(&map->fetch, service, access, listing, &map->place, order, &map->cache, &map->drift);
  return map;
}

void page_map_close(struct page_map *map) {
  if (!map) return;
  fetch_free(&map->fetch);
  page_cache_free(&map->cache);
  free(map);
}

const struct place *page_map_repository(const struct page_map *map) { return &map->place; }
const struct order *page_map_order(const struct page_map *map) { return map->fetch.order; }

int64_t page_map_page_size(const struct page_map *map) {
  return map->fetch.access->limits.page_size;
}

static bool asked(const struct page_map *map) {
  return map->fetch.answers > 0 || map->none_from == 0;
}

bool page_map_total(const struct page_map *map, int64_t *total) {
  if (drift_total(&map->drift, total)) {
    if (*total < map->seen) *total = map->seen; /* rows that are here count for more */
    return true;
  }
  *total = map->seen;
  if (!map->fetch.listing->paged && asked(map)) return true; /* the first answer is all */
  return map->none_from <= map->seen; /* nothing past the last row that was seen */
}

struct page_cache *page_map_cache(struct page_map *map) {
  return &map->cache;
}

size_t *page_map_readers(struct page_map *map) { return &map->readers; }
const uint64_t *page_map_version(const struct page_map *map) { return &map->cache.version; }

void page_map_rest(struct page_map *map, const struct page_reader *reader) {
  if (asked(map)) prefetch_leave(&map->fetch.ahead, reader);
}

enum nulls page_map_nulls(const struct page_map *map) { return map->drift.nulls; }

/* ---- errors ---- */

/* The column that the list is sorted by. */
static const char *time_name(const struct page_map *map) {
  return map->fetch.listing->columns[map->fetch.order->column].name;
}

static struct service_error *error_of(const struct page_map *map) {
  return &map->fetch.service->error;
}

static const char *noun(const struct page_map *map) { return map->fetch.listing->record; }
static const char *nouns(const struct page_map *map) { return map->fetch.listing->records; }

static enum service_status fail_disordered(const struct page_map *map) {
  return service_fail(error_of(map),
                      "%s: the service did not list the %s in the order of %s that was asked for "
                      "(at the %s with id %" PRId64
                      "). +%s instead of %s in ORDER BY and WHERE leaves sorting and comparing to "
                      "SQLite.",
                      place_label(&map->place), nouns(map), time_name(map), noun(map),
                      map->drift.disordered_id, time_name(map), time_name(map));
}

/* Rows were found by an order that the list does not keep. */
static enum service_status fail_misled(const struct page_map *map) {
  return service_fail(
      error_of(map),
      "%s: the service did not list the %s in the order of %s (at the %s with id "
      "%" PRId64
      "), and they moved while they were read, so that some may be missing. Run the "
      "query again.",
      place_label(&map->place), nouns(map), time_name(map), noun(map), map->drift.disordered_id);
}

/* Rows that share a time were asked for in pieces, and the pieces do not fit. */
static enum service_status fail_tied(const struct page_map *map, int64_t position) {
  return service_fail(
      error_of(map),
      "%s: around the %s number %" PRId64
      " more %s share one %s than the service gives at once, and they changed places or number "
      "meanwhile, so that some may be missing. Run the query again.",
      place_label(&map->place), noun(map), position, nouns(map), time_name(map));
}

static enum service_status fail_moving(const struct page_map *map, int64_t position,
                                       int64_t offset) {
  return service_fail(error_of(map),
                      "%s: the %s after number %" PRId64
                      " were not found in %d requests, the last one for offset %" PRId64
                      ": %s keep moving while they are read, or the service does not keep to "
                      "order, offset and limit. Run the query again.",
                      place_label(&map->place), nouns(map), position, TRIES_MAX, offset,
                      nouns(map));
}

/* ---- keeping rows ---- */

/*
** Keeps the rows of an answer from index `skip` on, of which the first is at position `start`. What
** is here past them stays if they show that it goes on where they end. `ends`: the list ends with
** them.
*/
static enum service_status keep(struct page_map *map, struct page_response *answer, size_t skip,
                                int64_t start, bool joined, bool ends) {
  struct record_page *rows = &answer->page;
  int64_t end = start + (int64_t)(rows->row_count - skip);
  const struct cached_page *after = page_cache_after(&map->cache, start);
  int64_t met = -1; /* where a page begins that these rows reach */

  if (end == start) return SERVICE_OK;
  if (after && after->start < end) {
    size_t index = skip + (size_t)(after->start - start);
    if (drift_meets(&map->drift, rows, index, after)) {
      met = after->start;
    } else {
      page_cache_drop_from(&map->cache, after->start);
    }
  }
  if (end > map->seen) map->seen = end;
  map->fetch.next = end;
  page_cache_reserve(&map->cache, map->fetch.ahead.count * map->fetch.page_bytes);
  if (!page_cache_keep(&map->cache, rows, skip, start)) return SERVICE_NO_MEMORY;
  if (joined) page_cache_mark_joined(&map->cache, start);
  if (met >= 0) page_cache_mark_joined(&map->cache, met);
  if (ends) page_cache_mark_last(&map->cache, end - 1);
  return SERVICE_OK;
}

/* ---- rows that follow a row that is here ---- */

/* The service has nothing after the row in front of a position. */
static enum service_status end_here(struct page_map *map, int64_t position) {
  const struct drift *drift = &map->drift;

  if (drift->unsure &&
      (drift->stirred || (drift->served_known && position + drift->shift != drift->served_total))) {
    return fail_tied(map, position);
  }
  page_cache_mark_last(&map->cache, position - 1);
  map->none_from = position;
  return SERVICE_OK;
}

/*
** Fetches the page of a position that follows a row that is here; none comes if the list ends
** there.
*/
static enum service_status bring_next(struct page_map *map, const struct page_reader *reader,
                                      int64_t position) {
  enum finding finding = MISSED;
  struct hunt hunt;
  int tries = 0;

  hunt_begin(&hunt, &map->fetch, &map->drift, reader, position, map->seen);
  while (++tries <= TRIES_MAX) {
    struct page_response *answer;
    struct join join;
    bool empty;
    enum service_status status =
        fetch_answer(&map->fetch, reader, position, tries == 1, &hunt.window, &answer);
    if (status != SERVICE_OK || !answer) return status;
    empty = answer->page.row_count == 0;
    finding = hunt_look(&hunt, answer, &join);
    if (finding == ENDS) return end_here(map, position);
    if (finding == ASK_AGAIN) continue;
    status = fetch_check_offset(&map->fetch, answer);
    if (status != SERVICE_OK) return status;
    if (finding == FOUND) {
      map->hard = tries < TRIES_HARD ? 0 : map->hard + 1;
      if (map->hard == HARD_MAX) break;
      return keep(map, answer, join.skip, position, true, fetch_ends(&map->fetch, true));
    }
    hunt_miss(&hunt, &join, empty);
  }
  return finding == TIED ? fail_tied(map, position)
                         : fail_moving(map, position, hunt.window.offset);
}

/* ---- rows that follow nothing that is here ---- */

/*
** Notes that an answer had nothing from a position on. Where rows past it were seen, it must say so
** twice.
*/
static void note_none(struct page_map *map, int64_t position) {
  if (position >= map->seen || map->doubted == position) map->none_from = position;
  map->doubted = position;
}

/* Takes an answer by its offset alone. */
static enum service_status take_free(struct page_map *map, struct page_response *answer) {
  enum service_status status = fetch_check_offset(&map->fetch, answer);
  int64_t start;
  bool ends;

  if (status != SERVICE_OK) return status;
  drift_note(&map->drift, answer, map->fetch.agrees);
  start = drift_place(&map->drift, answer);
  ends = fetch_ends(&map->fetch, answer->page.row_count > 0);
  if (answer->page.row_count == 0 && start < map->none_from) note_none(map, start);
  return keep(map, answer, 0, start, false, ends);
}

/* One request at a position, or the first one of all, wherever it was made for. */
static enum service_status ask_free(struct page_map *map, const struct page_reader *reader,
                                    int64_t position) {
  int64_t offset = position > 0 ? position + map->drift.shift : 0;
  struct page_window window = {offset > 0 ? offset : 0,
                               fetch_rows_at(&map->fetch, reader, position), NULL};
  bool first = !asked(map);
  struct page_response *answer;
  enum service_status status;

  window.limit = fetch_past_end(&map->fetch, reader, window.offset, window.limit);
  status = fetch_answer(&map->fetch, reader, position, true, &window, &answer);

  if (status != SERVICE_OK) return status;
  if (!answer) { /* there is no such repository */
    map->none_from = 0;
    return SERVICE_OK;
  }
  status = take_free(map, answer);
  if (status != SERVICE_OK || !first || map->fetch.window.offset == 0 || map->fetch.offset_heeded ||
      map->fetch.records == 0) {
    return status;
  }
  /* Only a service without a sound Content-Range makes this one more request necessary. */
  window = (struct page_window){0, 1, NULL};
  status = fetch_answer(&map->fetch, reader, 0, false, &window, &answer);
  return status == SERVICE_OK && answer ? take_free(map, answer) : status;
}

/* Fetches the page of a position, until it is here or known to be gone. */
static enum service_status bring_free(struct page_map *map, const struct page_reader *reader,
                                      int64_t position) {
  for (int tries = 0; tries < TRIES_MAX; tries++) {
    enum service_status status;
    if (page_cache_peek(&map->cache, position)) return SERVICE_OK;
    if (position >= map->none_from) return SERVICE_OK;
    status = ask_free(map, reader, position);
    if (status != SERVICE_OK) return status;
  }
  return fail_moving(map, position, position + map->drift.shift);
}

/* True if the row at a position is here, and follows the one before it if that is here. */
static bool is_here(struct page_map *map, int64_t position) {
  const struct cached_page *page = page_cache_peek(&map->cache, position);

  return page && (position > page->start || page->joined || position == 0 ||
                  !page_cache_peek(&map->cache, position - 1));
}

static enum service_status bring(struct page_map *map, const struct page_reader *reader,
                                 int64_t position) {
  enum service_status status;
  const struct cached_page *before;
  bool ends;

  if (is_here(map, position)) return SERVICE_OK;
  before = position > 0 ? page_cache_peek(&map->cache, position - 1) : NULL;
  if (!before) return bring_free(map, reader, position);
  ends = before->last && before->start + before->count == position;
  /* What is here from there on was placed by its offset: nothing shows that it goes on. */
  if (page_cache_peek(&map->cache, position)) page_cache_drop_from(&map->cache, position);
  if (ends) return SERVICE_OK;
  status = bring_next(map, reader, position);
  if (status == SERVICE_OK && map->drift.disordered && map->drift.relied && !reader->ordered) {
    return fail_misled(map);
  }
  return status;
}

/* ---- readers ---- */

/* Where a reader that begins at a position will look first. */
static int64_t first_position(const struct page_reader *reader, int64_t position) {
  bool expected = reader->offset > position && reader->offset <= JOBS_OFFSET_MAX;

  return expected ? reader->offset : position;
}

bool page_map_begun(const struct page_map *map) { return asked(map) || map->fetch.ahead.count > 0; }

bool page_map_start(struct page_map *map, const struct page_reader *reader) {
  int64_t first = first_position(reader, 0);

  if (page_map_begun(map)) return true;
  return fetch_start(&map->fetch, first, fetch_rows_at(&map->fetch, reader, first));
}

bool page_map_come(const struct page_map *map, int64_t position) {
  return page_cache_peek(&map->cache, position) ||
         (asked(map) && prefetch_come(&map->fetch.ahead, position + map->drift.shift));
}

enum service_status page_map_advance(struct page_map *map, const struct page_reader *reader) {
  struct prefetch *ahead = &map->fetch.ahead;
  struct page_request *first = ahead->count ? ahead->requests[0] : NULL;
  enum service_status status = SERVICE_OK;

  if (!asked(map)) {
    if (!first || !page_request_ended(first) || page_request_verdict(first) != VERDICT_READY) {
      return SERVICE_OK;
    }
    status = bring_free(map, reader, first_position(reader, 0));
  }
  return status == SERVICE_OK ? fetch_ahead(&map->fetch, reader) : status;
}

/*
** Finds out whether there is a row at a position, going by the totals alone where they are known.
*/
static enum service_status find_end(struct page_map *map, const struct page_reader *reader,
                                    int64_t position) {
  enum service_status status = SERVICE_OK;
  int64_t total;

  if (!asked(map)) status = ask_free(map, reader, first_position(reader, position));
  while (status == SERVICE_OK && position >= map->seen && !page_map_total(map, &total)) {
    int64_t seen = map->seen;
    status = bring(map, reader, seen);
    if (status == SERVICE_OK && map->seen == seen && !page_map_total(map, &total)) {
      map->none_from = seen;
    }
  }
  return status;
}

/* True if a position follows a row that is here, so that an answer shows whether it exists. */
static bool follows_known(struct page_map *map, int64_t position) {
  return position > 0 && page_cache_peek(&map->cache, position - 1);
}

/*
** Looks for rows at a position that the totals say is past the end, where nobody has looked before:
** where the reader expects to begin, or where a total came with an answer from further on, which
** shows nothing of the rows before it.
*/
static enum service_status look_past_total(struct page_map *map, const struct page_reader *reader,
                                           int64_t position) {
  int64_t first = first_position(reader, position);

  if (reader->count_only || first >= map->none_from) return SERVICE_OK;
  if (first == position && map->none_from == INT64_MAX) return SERVICE_OK;
  return ask_free(map, reader, first);
}

enum service_status page_map_seek(struct page_map *map, const struct page_reader *reader,
                                  int64_t position, bool *exists) {
  enum service_status status = SERVICE_OK;

  *exists = false;
  if (!reader->reads || !follows_known(map, position)) {
    int64_t total;
    status = find_end(map, reader, position);
    if (status != SERVICE_OK) return status;
    if (!page_map_total(map, &total)) total = map->seen;
    if (position >= total) {
      status = look_past_total(map, reader, position);
      if (status != SERVICE_OK) return status;
      if (map->seen > total) total = map->seen;
    }
    if (position >= total && (reader->count_only || !map->fetch.seemed_end)) return SERVICE_OK;
    *exists = position < total && !reader->reads;
    if (*exists) return SERVICE_OK;
  }
  status = bring(map, reader, position);
  *exists = status == SERVICE_OK && page_cache_peek(&map->cache, position);
  return status;
}

/* True if two rows of a run share their time. */
static bool tied(const struct page_map *map, const struct page_run *run, int64_t a, int64_t b) {
  return row_compare(map->fetch.order, map->drift.nulls, run->page, page_run_index(run, a),
                     run->page, page_run_index(run, b)) == 0;
}

/* True if the last rows of a run, all that share a time, are still here at their positions. */
static bool stands(const struct page_map *map, const struct page_run *run) {
  int64_t position = run->end;

  while (position-- > run->start && tied(map, run, position, run->end - 1)) {
    const struct cached_page *page = page_cache_peek(&map->cache, position);
    if (!page || !row_same(&page->rows, cached_page_index(page, position), run->page,
                           page_run_index(run, position))) {
      return false;
    }
  }
  return true;
}

bool page_map_follow(struct page_map *map, const struct page_run *before, int64_t *position) {
  int64_t last = before->end - 1;
  bool alone = last == before->start || !tied(map, before, last - 1, last);
  int64_t found;

  if (stands(map, before)) return true;
  if (alone && page_cache_search(&map->cache, before->page, page_run_index(before, last), &found)) {
    *position = found + 1;
    return true;
  }
  page_cache_drop_from(&map->cache, before->start);
  return page_cache_keep_held(&map->cache, before->hold, before->index, before->start,
                              before->end - before->start);
}

enum service_status page_map_run(struct page_map *map, const struct page_reader *reader,
                                 int64_t position, struct page_run *run) {
  enum service_status status = bring(map, reader, position);
  const struct cached_page *held;

  *run = (struct page_run){.start = position, .end = position};
  if (status != SERVICE_OK) return status;
  held = page_cache_find(&map->cache, position);
  if (!held) return SERVICE_OK;
  if (reader->ordered && map->drift.disordered) return fail_disordered(map);
  run->here = true;
  run->page = &held->hold->rows;
  run->hold = held->hold;
  run->index = held->skip;
  run->start = held->start;
  run->end = held->start + held->count;
  run->version = map->cache.version;
  return SERVICE_OK;
}

enum service_status page_map_row(struct page_map *map, const struct page_reader *reader,
                                 int64_t position, const struct record_page **page, size_t *index) {
  struct page_run run;
  enum service_status status = page_map_run(map, reader, position, &run);

  if (status != SERVICE_OK) return status;
  if (!run.here) {
    return service_fail(error_of(map),
                        "%s: %s were removed while they were read: %s %" PRId64
                        " is gone. Run the query again.",
                        place_label(&map->place), nouns(map), noun(map), position + 1);
  }
  *page = run.page;
  *index = page_run_index(&run, position);
  return SERVICE_OK;
}
