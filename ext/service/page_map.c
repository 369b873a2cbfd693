/*
** The page map of one repository: see page_map.h.
**
** How rows keep their positions while jobs come and go: a row at position p stands at offset p +
** shift on the server. Newest first, a job that is created moves all others up by one; oldest
** first, one that is purged moves them down. The row before the first one of a page, where it is
** here, is looked for in the page (rows that repeat), and the totals tell of rows that were
** jumped over.
*/
#include "service/page_map.h"

#include <inttypes.h>
#include <stdlib.h>

#include "service/page_request.h"
#include "service/page_store.h"
#include "service/timestamp.h"

#define TRIES_MAX 8 /* at one position while rows keep moving, before giving up */

struct page_map {
  struct service *service;
  struct access *access; /* referenced */
  struct repository repository;
  enum jobs_order order;
  struct page_request *request; /* under way; NULL if none */
  struct page_store store;

  bool asked;           /* at least one answer came */
  bool total_known;     /* the end was found or told */
  int64_t total;        /* positions; of the first answer */
  int64_t seen;         /* positions below this are known to have existed */
  int64_t shift;        /* offset on the server less position */
  bool certain;         /* the last answer showed the shift by a row that repeats */
  bool guessed;         /* the shift comes from totals, and no row has confirmed it */
  bool served_known;    /* the last answer told its total: */
  int64_t served_total; /* jobs on the server then */
  int64_t gone_below;   /* positions below this were removed before they were read */
  int64_t gone_from;    /* positions from this on were removed before they were read */

  /* Whether the server heeds the offset; see check_offset. */
  bool offset_heeded;
  bool first_known; /* first_* describe the first page with rows */
  int64_t first_offset;
  int64_t first_id;

  int64_t disordered; /* id of a job that is not in the order asked for, if not 0 */
};

struct page_map *page_map_open(struct service *service, struct access *access,
                               const struct repository *repository, enum jobs_order order,
                               size_t *footprint) {
  struct page_map *map = calloc(1, sizeof *map);

  if (!map) return NULL;
  map->service = service;
  map->access = access_retain(access);
  map->repository = *repository;
  map->order = order;
  map->gone_from = INT64_MAX;
  page_store_init(&map->store, footprint);
  return map;
}

void page_map_close(struct page_map *map) {
  if (!map) return;
  page_request_close(map->request);
  page_store_free(&map->store);
  access_release(map->access);
  free(map);
}

const struct repository *page_map_repository(const struct page_map *map) {
  return &map->repository;
}

enum jobs_order page_map_order(const struct page_map *map) { return map->order; }

int64_t page_map_page_size(const struct page_map *map) { return map->access->page_size; }

bool page_map_total(const struct page_map *map, int64_t *total) {
  if (map->total_known) *total = map->total;
  return map->total_known;
}

void page_map_shrink(struct page_map *map) { page_store_shrink(&map->store); }

/* ---- the order of rows ---- */

/* Negative, 0 or positive as row `a` comes before, with or after row `b` in the order asked for. */
static int compare_rows(const struct page_map *map, const struct job_page *a_page, size_t a,
                        const struct job_page *b_page, size_t b) {
  size_t a_size;
  size_t b_size;
  const char *a_text = job_page_text(a_page, a, JOB_CREATED_AT, &a_size);
  const char *b_text = job_page_text(b_page, b, JOB_CREATED_AT, &b_size);
  int order = (a_text != NULL) - (b_text != NULL); /* NULL comes first, as in SQLite */

  if (a_text && b_text) order = timestamp_compare(a_text, a_size, b_text, b_size);
  return map->order == JOBS_DESCENDING ? -order : order;
}

/*
** Notes a row that comes too early. That the service sorts by creation time stands in one page
** of its reference only, so that no statement relies on it unchecked.
*/
static void check_order(struct page_map *map, const struct job_page *rows, size_t skip,
                        int64_t start) {
  const struct stored_page *before = page_store_find(&map->store, start - 1);
  const struct stored_page *behind;
  int64_t end = start + (int64_t)(rows->row_count - skip);

  if (before && skip < rows->row_count &&
      compare_rows(map, &before->rows, stored_page_index(before, start - 1), rows, skip) > 0) {
    map->disordered = rows->rows[skip].id;
  }
  for (size_t i = skip + 1; i < rows->row_count; i++) {
    if (compare_rows(map, rows, i - 1, rows, i) > 0) map->disordered = rows->rows[i].id;
  }
  behind = page_store_behind(&map->store, end);
  if (behind && behind->start == end &&
      compare_rows(map, rows, rows->row_count - 1, &behind->rows, behind->skip) > 0) {
    map->disordered = behind->rows.rows[behind->skip].id;
  }
}

static enum service_status fail_disordered(const struct page_map *map,
                                           struct service_error *error) {
  return service_fail(error,
                      "%s/%s: the service did not list the jobs in the order of createdAt that was "
                      "asked for (at the job with id %" PRId64
                      "). +createdAt instead of createdAt "
                      "in ORDER BY and WHERE leaves sorting and comparing to SQLite.",
                      map->repository.name_space, map->repository.name, map->disordered);
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
static bool comes_before(const struct page_map *map, const struct job_page *rows,
                         const struct stored_page *before, int64_t position) {
  size_t last = rows->row_count - 1;

  return !map->disordered && last > 0 && compare_rows(map, rows, 0, rows, last) < 0 &&
         compare_rows(map, &before->rows, stored_page_index(before, position), rows, 0) > 0;
}

/* How a page stands to the rows that are here. */
struct placement {
  size_t skip; /* rows at its beginning that repeat */
  bool again;  /* it is of no use: the position must be asked for once more */
};

/*
** Sets the shift where the row before the page, or the page itself, shows that rows repeat. False if
** nothing does.
*/
static bool place_by_rows(struct page_map *map, const struct job_page *rows, int64_t offset,
                          bool totals_agree, struct placement *placement) {
  int64_t start = offset - map->shift;
  const struct stored_page *before = page_store_find(&map->store, start - 1);
  size_t before_index;
  size_t repeated;
  int64_t known;

  if (!before || !rows->row_count) return false;
  before_index = stored_page_index(before, start - 1);
  repeated = index_of(rows, before->rows.rows[before_index].id);
  if (repeated < rows->row_count) {
    placement->skip = repeated + 1;
    placement->again = placement->skip == rows->row_count;
    map->shift = offset - (start - 1 - (int64_t)repeated);
    map->certain = true;
    return true;
  }
  if (compare_rows(map, &before->rows, before_index, rows, 0) >= 0 &&
      page_store_find_id(&map->store, rows->rows[0].id, &known)) {
    map->shift = offset - known; /* the row before it is gone, but its first one is here */
    placement->again = page_store_find(&map->store, known + (int64_t)rows->row_count - 1) != NULL;
    return true;
  }
  if (totals_agree && start > 0 && comes_before(map, rows, before, start - 1)) {
    map->shift += (int64_t)rows->row_count; /* all these rows come before the one that is here */
    placement->again = true;
    return true;
  }
  return false;
}

/* Moves the start of a page behind rows that are here, come before its first one and are not in it. */
static void place_behind_rows(struct page_map *map, const struct job_page *rows, int64_t offset) {
  int64_t start = offset - map->shift;
  const struct stored_page *held;

  while (!map->disordered && rows->row_count &&
         (held = page_store_find(&map->store, start)) != NULL &&
         compare_rows(map, &held->rows, stored_page_index(held, start), rows, 0) < 0) {
    start++;
  }
  map->shift = offset - start;
}

/* Sets the shift from what the page shows: rows that repeat, or a total that has changed. */
static void place(struct page_map *map, const struct page_answer *answer, bool agrees,
                  struct placement *placement) {
  const struct job_page *rows = &answer->page;
  int64_t offset = answer->window.offset;
  int64_t moved = 0; /* by how much the server's total has changed */
  bool guessed = map->guessed;
  bool pushed;
  bool pulled;
  int64_t known;

  placement->skip = 0;
  placement->again = false;
  map->certain = false;
  map->guessed = false;
  if (agrees && map->served_known) moved = answer->range.total - map->served_total;
  if (agrees) {
    map->served_known = true;
    map->served_total = answer->range.total;
  }
  if (guessed && rows->row_count && page_store_find_id(&map->store, rows->rows[0].id, &known)) {
    map->shift = offset - known; /* the totals said something else than they seemed to */
    return;
  }
  if (place_by_rows(map, rows, offset, moved == 0, placement)) return;
  pushed = moved > 0 && map->order == JOBS_DESCENDING && map->asked && offset > map->shift;
  pulled = moved < 0 && map->order == JOBS_ASCENDING && offset > 0;
  if (pushed || pulled) {
    map->shift += moved;
    map->guessed = true;
    placement->again = true;
    return;
  }
  place_behind_rows(map, rows, offset);
}

/* ---- what an answer says ---- */

static enum service_status wait_for(struct page_map *map, struct service_error *error) {
  enum service_status status = SERVICE_OK;

  while (status == SERVICE_OK && !page_request_ended(map->request)) {
    status = service_wait(map->service);
  }
  if (status != SERVICE_OK) return status;
  switch (page_request_verdict(map->request)) {
    case PAGE_READY:
      return SERVICE_OK;
    case PAGE_ABSENT:
      if (!map->asked) return SERVICE_OK;
      page_request_explain(map->request, error); /* it was there when the scan began */
      return SERVICE_FAILED;
    case PAGE_NO_MEMORY:
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
                      map->repository.name_space, map->repository.name, offset, map->first_id,
                      map->first_offset);
}

/*
** A server that ignores the offset gives the first page again and again: rows would be doubled, or
** wrong ones returned. It heeds it if the Content-Range agrees at an offset above 0, or if two
** offsets gave two different first jobs. *probe: neither is known yet of a page above offset 0.
*/
static enum service_status check_offset(struct page_map *map, int64_t offset,
                                        const struct job_page *rows, bool agrees, bool *probe,
                                        struct service_error *error) {
  *probe = false;
  if (rows->row_count == 0) return SERVICE_OK;
  if (agrees && offset > 0) map->offset_heeded = true;
  if (map->first_known && map->first_offset != offset && !map->offset_heeded) {
    if (map->first_id == rows->rows[0].id) return fail_offset(map, offset, error);
    map->offset_heeded = true;
  }
  if (!map->first_known) {
    map->first_known = true;
    map->first_offset = offset;
    map->first_id = rows->rows[0].id;
  }
  *probe = offset > 0 && !map->offset_heeded;
  return SERVICE_OK;
}

/* Takes from rows that stand at `start` what they say about the number of positions. */
static void learn_total(struct page_map *map, int64_t start, int64_t records, bool agrees,
                        int64_t total) {
  if (records && start + records > map->seen) map->seen = start + records;
  if (map->total_known) return; /* positions are those of the first answer */
  if (agrees) {
    map->total_known = true;
    map->total = total - map->shift;
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

static enum service_status take_answer(struct page_map *map, bool *probe,
                                       struct service_error *error) {
  struct page_answer *answer = page_request_answer(map->request);
  int64_t offset = answer->window.offset;
  int64_t records = (int64_t)answer->page.row_count;
  int64_t start;
  bool agrees = answer->has_range && content_range_agrees(&answer->range, offset, records);
  struct placement placement;
  enum service_status status;

  *probe = false;
  if (page_request_verdict(map->request) == PAGE_ABSENT) {
    map->asked = true;
    map->total_known = true;
    map->total = 0;
    return SERVICE_OK;
  }
  status = check_offset(map, offset, &answer->page, agrees, probe, error);
  if (status != SERVICE_OK) return status;
  place(map, answer, agrees, &placement);
  map->asked = true;
  if (placement.again) return SERVICE_OK;
  start = offset - map->shift;
  learn_total(map, start, records, agrees, answer->range.total);
  note_gone(map, offset, start, records);
  if (records == 0) return SERVICE_OK;
  start += (int64_t)placement.skip;
  check_order(map, &answer->page, placement.skip, start);
  return page_store_keep(&map->store, &answer->page, placement.skip, start) ? SERVICE_OK
                                                                            : SERVICE_NO_MEMORY;
}

static bool start_request(struct page_map *map, int64_t offset, int64_t limit) {
  struct jobs_window window = {offset > 0 ? offset : 0, limit, map->order};

  map->request = page_request_start(map->service, map->access, &map->repository, &window);
  return map->request != NULL;
}

/* Waits for the request that is under way and takes what it brings. */
static enum service_status finish_request(struct page_map *map, bool *probe,
                                          struct service_error *error) {
  enum service_status status = wait_for(map, error);

  if (status == SERVICE_OK) status = take_answer(map, probe, error);
  page_request_close(map->request);
  map->request = NULL;
  return status;
}

/* ---- which page to ask for ---- */

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* How many rows to ask for from a position that is not here. */
static int64_t limit_at(const struct page_map *map, const struct page_reader *reader,
                        int64_t position) {
  const struct stored_page *behind = page_store_behind(&map->store, position);
  int64_t limit = map->access->page_size;

  if (reader->count_only && !map->asked) return 1;
  if (reader->page > 0) limit = least(limit, reader->page);
  if (reader->limit > 0 && position >= reader->offset &&
      position - reader->offset < reader->limit) {
    limit = least(limit, reader->limit - (position - reader->offset));
  }
  if (behind) limit = least(limit, behind->start - position);
  return limit;
}

/*
** Asks for the page of a position, or takes the answer of the request that is under way. Where
** rows have moved, the row before it is asked for as well: it shows that nothing was jumped
** over.
*/
static enum service_status fetch(struct page_map *map, const struct page_reader *reader,
                                 int64_t position, bool moved, struct service_error *error) {
  int64_t limit = limit_at(map, reader, position);
  int64_t offset = position + map->shift - (moved ? 1 : 0);
  bool probe = false;
  enum service_status status;

  if (!map->request && !start_request(map, offset, moved && limit < 1000 ? limit + 1 : limit)) {
    return SERVICE_NO_MEMORY;
  }
  status = finish_request(map, &probe, error);
  if (status != SERVICE_OK || !probe) return status;
  /* Only a server without a sound Content-Range makes this one more request necessary. */
  if (!start_request(map, 0, 1)) return SERVICE_NO_MEMORY;
  return finish_request(map, &probe, error);
}

/* Where a reader that begins at a position will look first. */
static int64_t first_position(const struct page_reader *reader, int64_t position) {
  bool expected = reader->offset > position && reader->offset <= JOBS_OFFSET_MAX;

  return expected ? reader->offset : position;
}

bool page_map_start(struct page_map *map, const struct page_reader *reader) {
  int64_t first = first_position(reader, 0);

  if (map->asked || map->request) return true;
  return start_request(map, first, limit_at(map, reader, first));
}

/* Asks until the row at a position is here or known to be gone. */
static enum service_status bring(struct page_map *map, const struct page_reader *reader,
                                 int64_t position, struct service_error *error) {
  for (int tries = 0; tries < TRIES_MAX; tries++) {
    enum service_status status;
    if (page_store_find(&map->store, position)) return SERVICE_OK;
    if (position < map->gone_below || position >= map->gone_from) return SERVICE_OK;
    if (map->total_known && position >= map->total) return SERVICE_OK;
    status = fetch(map, reader, position, tries > 0 && !map->certain, error);
    if (status != SERVICE_OK) return status;
  }
  if (page_store_find(&map->store, position)) return SERVICE_OK;
  return service_fail(error,
                      "%s/%s: jobs keep moving while they are read, or the service does not keep "
                      "the order of createdAt: job %" PRId64
                      " was not found in %d requests. Run the query again.",
                      map->repository.name_space, map->repository.name, position + 1, TRIES_MAX);
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
    if (page_store_find(&map->store, *position)) break;
    if (*position >= map->gone_below) return SERVICE_OK; /* all that is left is gone */
    *position = map->gone_below;
  }
  *exists = true;
  return SERVICE_OK;
}

enum service_status page_map_run(struct page_map *map, const struct page_reader *reader,
                                 int64_t position, const struct job_page **page, size_t *index,
                                 int64_t *start, int64_t *end, bool *here,
                                 struct service_error *error) {
  enum service_status status = bring(map, reader, position, error);
  const struct stored_page *stored;

  *here = false;
  if (status != SERVICE_OK) return status;
  stored = page_store_find(&map->store, position);
  if (!stored) return SERVICE_OK;
  if (reader->ordered && map->disordered) return fail_disordered(map, error);
  *here = true;
  *page = &stored->rows;
  *index = stored->skip;
  *start = stored->start;
  *end = stored->start + stored->count;
  return SERVICE_OK;
}

enum service_status page_map_row(struct page_map *map, const struct page_reader *reader,
                                 int64_t position, const struct job_page **page, size_t *index,
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
                        map->repository.name_space, map->repository.name, position + 1);
  }
  *index += (size_t)(position - start);
  return SERVICE_OK;
}
