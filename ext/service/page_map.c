/*
** The page map of one repository: see page_map.h.
*/
#include "service/page_map.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "service/page_request.h"
#include "service/timestamp.h"

#define PAGES_BYTES_MAX ((size_t)4 << 20) /* of pages kept in one map */

/* A page that is here: the rows from position `offset` on, never none. */
struct resident_page {
  int64_t offset;
  struct job_page rows;
  size_t footprint;
  uint64_t used; /* the map's clock when it was last read */
};

struct page_map {
  struct service *service;
  struct repository repository;
  enum jobs_order order;
  bool check_order;
  struct page_hint hint;
  struct page_request *request; /* under way; NULL if none */

  struct resident_page *pages; /* by offset, no two overlap */
  size_t page_count;
  size_t page_capacity;
  size_t footprint;
  uint64_t clock;
  size_t current; /* the page read last: where to look first */

  bool asked;       /* at least one answer came */
  bool total_known; /* the end was found or told */
  int64_t total;
  int64_t seen; /* positions below this are known to exist */

  /* Whether the server heeds the offset; see check_offset. */
  bool offset_heeded;
  bool first_known; /* first_* describe the first page with rows */
  int64_t first_offset;
  int64_t first_id;
};

struct page_map *page_map_open(struct service *service, const struct repository *repository,
                               enum jobs_order order, bool check_order,
                               const struct page_hint *hint) {
  struct page_map *map = calloc(1, sizeof *map);

  if (!map) return NULL;
  map->service = service;
  map->repository = *repository;
  map->order = order;
  map->check_order = check_order;
  map->hint = *hint;
  return map;
}

void page_map_close(struct page_map *map) {
  if (!map) return;
  page_request_close(map->request);
  for (size_t i = 0; i < map->page_count; i++) job_page_free(&map->pages[i].rows);
  free(map->pages);
  free(map);
}

const struct repository *page_map_repository(const struct page_map *map) {
  return &map->repository;
}

/* ---- pages that are here ---- */

static int64_t end_of(const struct resident_page *page) {
  return page->offset + (int64_t)page->rows.row_count;
}

/* The index of the first page that ends behind `position`; page_count if none does. */
static size_t page_at_or_behind(const struct page_map *map, int64_t position) {
  size_t low = 0;
  size_t high = map->page_count;

  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (end_of(&map->pages[middle]) > position) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

static bool holds(const struct resident_page *page, int64_t position) {
  return page->offset <= position && position < end_of(page);
}

/* Finds the page that holds a position, first where the last one was found. */
static bool find_page(struct page_map *map, int64_t position) {
  if (map->current < map->page_count && holds(&map->pages[map->current], position)) return true;
  map->current = page_at_or_behind(map, position);
  return map->current < map->page_count && holds(&map->pages[map->current], position);
}

static void drop_page(struct page_map *map, size_t index) {
  map->footprint -= map->pages[index].footprint;
  job_page_free(&map->pages[index].rows);
  map->page_count--;
  memmove(&map->pages[index], &map->pages[index + 1],
          (map->page_count - index) * sizeof *map->pages);
}

/* Lets go of the pages used longest ago, so that `needed` more bytes stay within the bound. */
static void make_room(struct page_map *map, size_t needed) {
  while (map->page_count && map->footprint + needed > PAGES_BYTES_MAX) {
    size_t oldest = 0;
    for (size_t i = 1; i < map->page_count; i++) {
      if (map->pages[i].used < map->pages[oldest].used) oldest = i;
    }
    drop_page(map, oldest);
  }
}

/* Takes the rows out of the answer. What another page holds already stays as it was returned. */
static enum service_status keep_page(struct page_map *map, struct page_answer *answer) {
  struct resident_page page = {answer->window.offset, answer->page, 0, ++map->clock};
  size_t index = page_at_or_behind(map, page.offset);

  if (index < map->page_count) {
    int64_t next = map->pages[index].offset;
    if (next <= page.offset) return SERVICE_OK; /* the position is here already */
    if (end_of(&page) > next) page.rows.row_count = (size_t)(next - page.offset);
  }
  page.footprint = job_page_footprint(&page.rows);
  make_room(map, page.footprint);
  index = page_at_or_behind(map, page.offset);
  if (map->page_count == map->page_capacity) {
    size_t capacity = map->page_capacity ? map->page_capacity * 2 : 8;
    struct resident_page *pages = realloc(map->pages, capacity * sizeof *pages);
    if (!pages) return SERVICE_NO_MEMORY;
    map->pages = pages;
    map->page_capacity = capacity;
  }
  memmove(&map->pages[index + 1], &map->pages[index],
          (map->page_count - index) * sizeof *map->pages);
  map->pages[index] = page;
  map->page_count++;
  map->footprint += page.footprint;
  job_page_init(&answer->page);
  return SERVICE_OK;
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
      page_request_explain(map->request, error);
      return SERVICE_FAILED; /* it was there when the scan began */
    case PAGE_NO_MEMORY:
      return SERVICE_NO_MEMORY;
    default:
      page_request_explain(map->request, error);
      return SERVICE_FAILED;
  }
}

/*
** The rows of a page must leave in the order that was asked for where the statement relies on it:
** that the service sorts by creation time stands in one page of its reference only.
*/
static enum service_status check_order(const struct page_map *map, const struct job_page *rows,
                                       int64_t offset, struct service_error *error) {
  for (size_t i = 1; map->check_order && i < rows->row_count; i++) {
    size_t before_size;
    size_t after_size;
    const char *before = job_page_text(rows, i - 1, JOB_CREATED_AT, &before_size);
    const char *after = job_page_text(rows, i, JOB_CREATED_AT, &after_size);
    int order = (before != NULL) - (after != NULL); /* NULL comes first, as in SQLite */

    if (before && after) order = timestamp_compare(before, before_size, after, after_size);
    if (map->order == JOBS_DESCENDING) order = -order;
    if (order <= 0) continue;
    return service_fail(error,
                        "%s/%s: the service did not list the jobs in the order of createdAt that "
                        "was asked for (job %" PRId64 ", id %" PRId64
                        "). ORDER BY +createdAt lets "
                        "SQLite sort them instead.",
                        map->repository.name_space, map->repository.name, offset + (int64_t)i + 1,
                        rows->rows[i].id);
  }
  return SERVICE_OK;
}

static enum service_status offset_ignored(const struct page_map *map, int64_t offset,
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
  int64_t id;

  *probe = false;
  if (rows->row_count == 0) return SERVICE_OK;
  id = rows->rows[0].id;
  if (map->first_known && map->first_offset != offset) {
    if (map->first_id == id) return offset_ignored(map, offset, error);
    map->offset_heeded = true;
  }
  if (!map->first_known) {
    map->first_known = true;
    map->first_offset = offset;
    map->first_id = id;
  }
  if (agrees && offset > 0) map->offset_heeded = true;
  *probe = offset > 0 && !map->offset_heeded;
  return SERVICE_OK;
}

/* Takes from a page what it says about the number of rows. */
static void learn_total(struct page_map *map, int64_t offset, int64_t records,
                        const struct content_range *range) {
  if (records && offset + records > map->seen) map->seen = offset + records;
  if (map->total_known) return; /* positions are those of the first answer */
  if (range) {
    map->total_known = true;
    map->total = range->total;
  } else if (records == 0 && offset <= map->seen) {
    map->total_known = true; /* nothing behind the last row that was seen */
    map->total = map->seen;
  }
  if (map->total_known && map->total < map->seen) map->total = map->seen;
}

static enum service_status take_answer(struct page_map *map, bool *probe,
                                       struct service_error *error) {
  struct page_answer *answer = page_request_answer(map->request);
  int64_t offset = answer->window.offset;
  int64_t records = (int64_t)answer->page.row_count;
  bool agrees = answer->has_range && content_range_agrees(&answer->range, offset, records);
  enum service_status status;

  *probe = false;
  map->asked = true;
  if (page_request_verdict(map->request) == PAGE_ABSENT) {
    map->total_known = true;
    map->total = 0;
    return SERVICE_OK;
  }
  status = check_offset(map, offset, &answer->page, agrees, probe, error);
  if (!status) status = check_order(map, &answer->page, offset, error);
  if (status != SERVICE_OK) return status;
  learn_total(map, offset, records, agrees ? &answer->range : NULL);
  return records ? keep_page(map, answer) : SERVICE_OK;
}

/* Asks for one page and takes what it brings. */
static enum service_status fetch_one(struct page_map *map, int64_t offset, int64_t limit,
                                     bool *probe, struct service_error *error) {
  struct jobs_window window = {offset, limit, map->order};
  enum service_status status;

  map->request = page_request_start(map->service, &map->repository, &window);
  if (!map->request) return SERVICE_NO_MEMORY;
  status = wait_for(map, error);
  if (status == SERVICE_OK) status = take_answer(map, probe, error);
  page_request_close(map->request);
  map->request = NULL;
  return status;
}

static enum service_status fetch(struct page_map *map, int64_t offset, int64_t limit,
                                 struct service_error *error) {
  bool probe;
  enum service_status status = fetch_one(map, offset, limit, &probe, error);

  /* Only a server without a sound Content-Range makes this one more request necessary. */
  if (status == SERVICE_OK && probe) status = fetch_one(map, 0, 1, &probe, error);
  return status;
}

/* ---- which page to ask for ---- */

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* How many rows to ask for from a position that is not here. */
static int64_t limit_at(const struct page_map *map, int64_t position) {
  const struct page_hint *hint = &map->hint;
  int64_t limit = map->service->access.page_size;
  size_t behind = page_at_or_behind(map, position);

  if (hint->count_only && !map->asked) return 1;
  if (hint->limit > 0 && position >= hint->offset && position - hint->offset < hint->limit) {
    limit = least(limit, hint->limit - (position - hint->offset));
  }
  if (behind < map->page_count) limit = least(limit, map->pages[behind].offset - position);
  return limit;
}

enum service_status page_map_exists(struct page_map *map, int64_t position, bool *exists,
                                    struct service_error *error) {
  enum service_status status = SERVICE_OK;

  if (!map->asked) {
    int64_t first = position > map->hint.offset ? position : map->hint.offset;
    status = fetch(map, first, limit_at(map, first), error);
  }
  while (status == SERVICE_OK && !map->total_known && position >= map->seen) {
    /* Every page that is not empty moves `seen` on, and an empty one there is the end. */
    status = fetch(map, map->seen, limit_at(map, map->seen), error);
  }
  *exists = position < (map->total_known ? map->total : map->seen);
  return status;
}

enum service_status page_map_row(struct page_map *map, int64_t position,
                                 const struct job_page **page, size_t *index,
                                 struct service_error *error) {
  enum service_status status;

  if (!find_page(map, position)) {
    status = fetch(map, position, limit_at(map, position), error);
    if (status != SERVICE_OK) return status;
    if (!find_page(map, position)) {
      return service_fail(error,
                          "%s/%s: jobs were removed while they were read: job %" PRId64
                          " of %" PRId64 " is gone. Run the query again.",
                          map->repository.name_space, map->repository.name, position + 1,
                          map->total_known ? map->total : map->seen);
    }
  }
  map->pages[map->current].used = ++map->clock;
  *page = &map->pages[map->current].rows;
  *index = (size_t)(position - map->pages[map->current].offset);
  return SERVICE_OK;
}
