/*
** The page map of one repository: see page_map.h, drift.h for how pages follow each other while
** jobs come and go, and fetch.h for the requests.
*/
#include "scan/page_map.h"

#include <stdlib.h>

#include "base/always.h"
#include "scan/drift.h"
#include "scan/fetch.h"
#include "scan/horizon.h"
#include "scan/hunt.h"
#include "scan/page_cache.h"
#include "scan/paging_error.h"

#define TRIES_MAX 24 /* requests for one position while rows keep moving, before giving up */
#define TRIES_HARD 8 /* requests that a list which only drifts hardly ever needs, */
#define HARD_MAX 3   /* and not for so many pages, one after the other */

struct page_map {
  struct place place;
  struct page_cache cache;
  struct drift drift;
  struct fetch fetch;
  bool absent;       /* the service has said that there is no such place */
  int64_t seen;      /* positions below this are known to have existed */
  int hard;          /* pages that were hard to find, one after the other */
  int64_t doubted;   /* position from which on an answer had nothing; -1: none */
  size_t readers;    /* that hold it */
  int64_t none_from; /* positions from this on are past the end, as an answer showed */
  struct horizon horizon;
  int64_t end_total; /* the total that was told when a page was found to be the last one */
};

struct page_map *page_map_open(struct service *service, struct access *access,
                               const struct listing *listing, const struct place *place,
                               const struct order *order, size_t *footprint) {
  struct page_map *map = calloc(1, sizeof *map);

  if (!map) return NULL;
  map->place = *place;
  map->doubted = -1;
  map->none_from = INT64_MAX;
  map->end_total = -1;
  page_cache_init(&map->cache, footprint);
  drift_init(&map->drift, &map->cache, order);
  fetch_init(&map->fetch, service, access, listing, &map->place, order, &map->cache, &map->drift);
  return map;
}

void page_map_close(struct page_map *map) {
  if (!map) return;
  fetch_free(&map->fetch);
  horizon_free(&map->horizon);
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
  if (map->drift.served_known) {
    *total = map->drift.served_total;           /* who goes by it has not read the rows before */
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

/* ---- keeping rows ---- */

/* The row at a position, if it is here, told apart by a hash. */
static uint64_t hash_at(const struct page_map *map, int64_t position) {
  const struct cached_page *page = page_cache_peek(&map->cache, position);

  return page ? row_hash(&page->rows, cached_page_index(page, position)) : 0;
}

/* The list ends with the row in front of a position, by what the total was then. */
static void mark_last(struct page_map *map, int64_t position) {
  page_cache_mark_last(&map->cache, position - 1);
  map->end_total = map->drift.served_known ? map->drift.served_total : -1;
}

/*
** Lets go of what is here at the positions of `rows` and does not go on with them: other rows stand
** there now. The position where a page begins that these rows reach; -1 if there is none.
*/
static int64_t make_room(struct page_map *map, struct record_page *rows, size_t skip,
                         int64_t start) {
  int64_t end = start + (int64_t)(rows->row_count - skip);
  const struct cached_page *after = page_cache_after(&map->cache, start);

  if (page_cache_peek(&map->cache, start) && hash_at(map, start) != row_hash(rows, skip)) {
    page_cache_drop_from(&map->cache, start);
    return -1;
  }
  if (!after || after->start >= end) return -1;
  if (drift_meets(&map->drift, rows, skip + (size_t)(after->start - start), after)) {
    return after->start;
  }
  page_cache_drop_from(&map->cache, after->start);
  return -1;
}

/*
** Keeps the rows of an answer from index `skip` on, of which the first is at position `start`. What
** is here past them stays if they show that it goes on where they end. `ends`: the list ends with
** them. The answer is gone after that.
*/
static enum service_status keep(struct page_map *map, struct page_response *answer, size_t skip,
                                int64_t start, bool joined, bool ends) {
  struct record_page *rows = &answer->page;
  int64_t end = start + (int64_t)(rows->row_count - skip);
  uint64_t last;
  int64_t met;

  if (end == start) return SERVICE_OK;
  last = ends ? row_hash(rows, rows->row_count - 1) : 0;
  met = make_room(map, rows, skip, start);
  if (end > map->seen) map->seen = end;
  if (end > map->none_from) map->none_from = INT64_MAX; /* there are more after all */
  map->fetch.next = end;
  page_cache_reserve(&map->cache, map->fetch.ahead.count * map->fetch.page_bytes);
  if (!page_cache_keep(&map->cache, rows, skip, start)) return SERVICE_NO_MEMORY;
  page_cache_mark_shift(&map->cache, start, map->drift.shift);
  if (joined) page_cache_mark_joined(&map->cache, start);
  if (met >= 0) page_cache_mark_joined(&map->cache, met);
  if (ends && hash_at(map, end - 1) == last) mark_last(map, end);
  fetch_let_go(&map->fetch);
  return SERVICE_OK;
}

/* ---- rows that follow a row that is here ---- */

/* The service has nothing after the row in front of a position. */
static enum service_status end_here(struct page_map *map, int64_t position) {
  if (drift_may_lack(&map->drift, position)) return paging_fail_tied(&map->fetch, position);
  mark_last(map, position);
  map->none_from = position;
  return SERVICE_OK;
}

/* Each of the last rows took that many requests: it would go on like that. */
static bool is_too_hard(struct page_map *map, int tries) {
  map->hard = tries < TRIES_HARD ? 0 : map->hard + 1;
  return map->hard == HARD_MAX;
}

/* What is to be said of an answer before it counts. */
static enum service_status check_finding(struct page_map *map, struct page_response *answer,
                                         enum finding finding) {
  if (finding == ENDS) return fetch_check_end(&map->fetch, answer);
  return finding == ASK_AGAIN ? SERVICE_OK : fetch_check_offset(&map->fetch, answer);
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
    if (status != SERVICE_OK || NEVER(!answer)) return status; /* rows of it are here */
    empty = answer->page.row_count == 0;
    finding = hunt_look(&hunt, answer, &join);
    status = check_finding(map, answer, finding);
    if (status != SERVICE_OK) return status;
    if (finding == ENDS && tries < TRIES_MAX && hunt_doubt(&hunt, &join)) continue;
    if (finding == ENDS) return end_here(map, position);
    if (finding == ASK_AGAIN) continue;
    if (finding == FOUND) {
      if (is_too_hard(map, tries)) break;
      return keep(map, answer, join.skip, position, true, fetch_ends(&map->fetch, true));
    }
    hunt_miss(&hunt, &join, empty);
  }
  return finding == TIED ? paging_fail_tied(&map->fetch, position)
                         : paging_fail_moving(&map->fetch, position, hunt.window.offset, TRIES_MAX);
}

/* ---- rows that follow nothing that is here ---- */

/* Takes an answer by its offset alone. */
static enum service_status take_free(struct page_map *map, struct page_response *answer) {
  enum service_status status = fetch_check_offset(&map->fetch, answer);
  int64_t start;
  bool ends;

  if (status != SERVICE_OK) return status;
  drift_note(&map->drift, answer, map->fetch.agrees);
  start = drift_place(&map->drift, answer);
  ends = fetch_ends(&map->fetch, answer->page.row_count > 0);
  if (answer->page.row_count == 0 && start < map->none_from) {
    if (start >= map->seen) map->none_from = start;
    map->doubted = start; /* or it has to be shown */
  }
  return keep(map, answer, 0, start, false, ends);
}

/* One request at a position, or the first one of all, wherever it was made for. */
static enum service_status ask_free(struct page_map *map, const struct page_reader *reader,
                                    int64_t position) {
  struct page_window window = {position, fetch_rows_at(&map->fetch, reader, position), NULL};
  bool first = !asked(map);
  struct page_response *answer;
  enum service_status status;

  window.limit = fetch_past_end(&map->fetch, reader, window.offset, window.limit);
  status = fetch_answer(&map->fetch, reader, position, true, &window, &answer);

  if (status != SERVICE_OK) return status;
  if (!answer) { /* there is no such repository */
    map->none_from = 0;
    map->absent = true;
    return SERVICE_OK;
  }
  status = take_free(map, answer);
  if (status != SERVICE_OK || map->fetch.window.offset == 0 || map->fetch.records == 0)
    return status;
  if (!first) return fetch_check_place(&map->fetch, reader);
  if (map->fetch.offset_heeded) return SERVICE_OK;
  /* Only a service without a sound Content-Range makes this one more request necessary. */
  window = (struct page_window){0, 1, NULL};
  status = fetch_answer(&map->fetch, reader, 0, false, &window, &answer);
  return status == SERVICE_OK && ALWAYS(answer) ? take_free(map, answer) : status; /* it had rows */
}

/* Where the list ends, between rows that are there and an offset that had nothing. */
struct ending {
  int64_t rows; /* so many rows are there at least, */
  int64_t none; /* and at most, as answers said; */
  int64_t step;
};

/* The next window to ask for: it begins with the last row that can be there, if that is known. */
static struct page_window window_of(const struct page_map *map, struct ending *ending) {
  int64_t offset = ending->none - ending->step;
  int64_t most = fetch_most(&map->fetch);
  int64_t limit;

  ending->step *= 2;
  if (ending->rows > 0) offset = ending->rows + (ending->none - ending->rows) / 2 - 1;
  if (offset < 0) offset = 0;
  limit = ending->none - offset + 1;
  return (struct page_window){offset, limit < most ? limit : most, NULL};
}

/* Notes how many rows came from an offset on. */
static void note_ending(struct ending *ending, int64_t offset, int64_t count) {
  if (count > 0) {
    ending->rows = offset + count;
  } else {
    ending->none = offset;
  }
  if (ending->none < ending->rows) ending->none = ending->rows; /* more than were asked for */
}

/*
** An answer had nothing from a position on, though rows past it were seen: looks for the row that
** the list ends with. An empty answer alone shows nothing.
*/
static enum service_status confirm_end(struct page_map *map, const struct page_reader *reader,
                                       int64_t position) {
  struct ending ending = {0, position, 1};

  for (int tries = 0; tries < TRIES_MAX && ending.none > 0; tries++) {
    struct page_window window = window_of(map, &ending);
    struct page_response *answer;
    int64_t count;
    enum service_status status =
        fetch_answer(&map->fetch, reader, window.offset, false, &window, &answer);
    if (status != SERVICE_OK || NEVER(!answer)) return status; /* it has answered before */
    count = (int64_t)answer->page.row_count;
    if (count == 0 && window.offset < ending.rows) break; /* they contradict each other */
    note_ending(&ending, window.offset, count);
    status = take_free(map, answer);
    if (status != SERVICE_OK || page_cache_peek(&map->cache, position)) return status;
    if (count > 0 && count < window.limit && count != map->fetch.yield.cut) {
      map->none_from = position;
      return SERVICE_OK;
    }
  }
  if (ending.none > 0) return paging_fail_moving(&map->fetch, position, position, TRIES_MAX);
  map->none_from = 0;
  return SERVICE_OK;
}

/* Fetches the page of a position, until it is here or known to be gone. */
static enum service_status bring_free(struct page_map *map, const struct page_reader *reader,
                                      int64_t position) {
  /* What was asked for ahead may come to nothing; an answer to a request for it decides. */
  for (int tries = 0; ALWAYS(tries < TRIES_MAX); tries++) {
    enum service_status status;
    if (page_cache_peek(&map->cache, position)) return SERVICE_OK;
    if (position >= map->none_from) return SERVICE_OK;
    status = ask_free(map, reader, position);
    if (status == SERVICE_OK && map->doubted == position && position < map->none_from) {
      status = confirm_end(map, reader, position);
    }
    if (status != SERVICE_OK) return status;
  }
  return paging_fail_moving(&map->fetch, position, position, TRIES_MAX);
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
  ends = before->last && before->start + before->count == position &&
         (!map->drift.served_known || map->drift.served_total == map->end_total);
  map->drift.shift = before->shift; /* what has moved elsewhere may have moved past it */
  /* What is here from there on was placed by its offset: nothing shows that it goes on. */
  if (page_cache_peek(&map->cache, position)) page_cache_drop_from(&map->cache, position);
  if (ends) return SERVICE_OK;
  status = horizon_look(&map->horizon, &map->fetch, position, page_map_page_size(map), &ends);
  if (status != SERVICE_OK || ends) return status;
  status = bring_next(map, reader, position);
  if (status == SERVICE_OK && map->drift.disordered && map->drift.relied && !reader->ordered) {
    return paging_fail_misled(&map->fetch);
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
int64_t page_map_asked(const struct page_map *map) { return fetch_end_asked(&map->fetch); }
int64_t page_map_ahead(const struct page_map *map) {
  return fetch_end_asked(&map->fetch) - fetch_end_wanted(&map->fetch);
}

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
  if (!map->fetch.listing->paged) return SERVICE_OK;
  if (first == position && reader->offset != position && map->none_from == INT64_MAX) {
    return SERVICE_OK;
  }
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

/* ---- readers that share a map ---- */

bool page_map_follow(struct page_map *map, const struct trail *trail, bool *follows) {
  return trail_follow(trail, &map->cache, map->fetch.order, map->drift.nulls, follows);
}

struct page_map *page_map_apart(struct page_map *map, const struct trail *trail) {
  const struct fetch *fetch = &map->fetch;
  struct page_map *fresh = page_map_open(fetch->service, fetch->access, fetch->listing, &map->place,
                                         fetch->order, map->cache.shared);

  if (!fresh || !trail_keep(trail, &fresh->cache, fetch->order, map->drift.nulls)) {
    page_map_close(fresh);
    return NULL;
  }
  fresh->seen = trail->view.end;
  fetch_learn_from(&fresh->fetch, fetch);
  drift_learn_from(&fresh->drift, &map->drift);
  return fresh;
}

/* ---- what is here ---- */

static void show(const struct page_map *map, const struct cached_page *held, struct page_run *run) {
  run->here = true;
  run->page = &held->hold->rows;
  run->hold = held->hold;
  run->index = held->skip;
  run->start = held->start;
  run->end = held->start + held->count;
  run->shift = held->shift;
  run->version = map->cache.version;
}

bool page_map_peek(const struct page_map *map, int64_t position, struct page_run *run) {
  const struct cached_page *held = page_cache_peek(&map->cache, position);

  if (held) show(map, held, run);
  return held != NULL;
}

bool page_map_unsorted(const struct page_map *map) { return map->drift.disordered; }
bool page_map_absent(const struct page_map *map) { return map->absent; }

enum service_status page_map_settle(const struct page_map *map) {
  enum service_status status = SERVICE_OK;

  if (asked(map) || map->fetch.ahead.count == 0) return SERVICE_OK;
  while (status == SERVICE_OK && !page_request_ended(map->fetch.ahead.requests[0])) {
    status = service_wait(map->fetch.service);
  }
  return status;
}

bool page_map_was_there(const struct page_map *map) {
  struct page_request *first = map->fetch.ahead.count ? map->fetch.ahead.requests[0] : NULL;

  if (map->fetch.was_there) return true;
  return first && page_request_ended(first) && page_request_verdict(first) == VERDICT_READY;
}

enum service_status page_map_fail_twice(const struct page_map *map, int64_t id) {
  return paging_fail_twice(&map->fetch, id);
}

enum service_status page_map_fail_absent(struct page_map *map) {
  return fetch_fail_absent(&map->fetch);
}

enum service_status page_map_run(struct page_map *map, const struct page_reader *reader,
                                 int64_t position, struct page_run *run) {
  enum service_status status = bring(map, reader, position);
  const struct cached_page *held;

  *run = (struct page_run){.start = position, .end = position};
  if (status != SERVICE_OK) return status;
  held = page_cache_find(&map->cache, position);
  if (!held) return SERVICE_OK;
  if (reader->ordered && map->drift.disordered) return paging_fail_disordered(&map->fetch);
  show(map, held, run);
  return SERVICE_OK;
}

enum service_status page_map_fail_gone(const struct page_map *map, int64_t position) {
  return paging_fail_gone(&map->fetch, position);
}
