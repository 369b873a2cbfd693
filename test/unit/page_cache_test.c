/*
** Tests of ext/scan/page_cache against an array: runs that overlap in every way, rows that are
** skipped, and the bound of memory.
*/
#include "scan/page_cache.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "allocation.h"
#include "record/json_record.h"
#include "unit.h"

#define POSITIONS 60

static struct json_reader reader;
static size_t shared; /* bytes of all stores */

/* A page of rows with these ids: first_id, first_id + 1, … */
static struct record_page make_page(int64_t first_id, size_t count, size_t padding) {
  static char record[300000];
  struct record_page page;
  struct record_problem problem;

  record_page_init(&page, &sync_job_listing);
  for (size_t i = 0; i < count; i++) {
    size_t used =
        (size_t)snprintf(record, 100, "{\"id\":%" PRId64 ",\"tag\":\"", first_id + (int64_t)i);
    memset(record + used, 'a' + (int)(i % 26), padding); /* no text like the one before */
    used += padding;
    used += (size_t)snprintf(record + used, sizeof record - used, "\"}");
    CHECK_INT(RECORD_OK, json_record_take(&reader, record, used, &page, &problem));
  }
  return page;
}

/* The store holds just the rows of the model, 0 for none. */
static void check_model(struct page_cache *store, const int64_t model[POSITIONS]) {
  for (int64_t position = -1; position <= POSITIONS; position++) {
    int64_t expected = position >= 0 && position < POSITIONS ? model[position] : 0;
    const struct cached_page *page = page_cache_find(store, position);
    if (!CHECK_INT(expected != 0, page != NULL) || !page) continue;
    CHECK_INT(expected, record_page_id(&page->rows, cached_page_index(page, position)));
  }
}

/* The first run that starts at or after a position. */
static void check_behind(struct page_cache *store, const int64_t model[POSITIONS]) {
  for (int64_t position = 0; position < POSITIONS; position++) {
    const struct cached_page *page = page_cache_after(store, position);
    if (!page) {
      /* Whatever is after belongs to a run that starts before. */
      const struct cached_page *here = page_cache_find(store, position);
      int64_t end = here ? here->start + here->count : position;
      for (; end < POSITIONS; end++) CHECK_INT(0, model[end]);
      continue;
    }
    CHECK(page->start >= position);
    CHECK(model[page->start] != 0);
    for (int64_t i = position; i < page->start; i++) {
      const struct cached_page *between = page_cache_find(store, i);
      if (between) CHECK(between->start < position);
    }
  }
}

static void check_random(void) {
  for (int round = 0; round < 60; round++) {
    struct page_cache store;
    int64_t model[POSITIONS] = {0};
    int64_t next_id = 1000;
    page_cache_init(&store, &shared);
    for (int step = 0; step < 12; step++) {
      size_t count = 1 + unit_random(9);
      size_t skip = unit_random((uint32_t)count - 1);
      int64_t start = unit_random(POSITIONS - 11);
      struct record_page rows = make_page(next_id, count, 1);
      bool gap = true; /* until the first position that is held already, after one that is not */
      unit_case("round %d, step %d", round, step);
      CHECK(page_cache_keep(&store, &rows, skip, start));
      record_page_free(&rows);
      for (size_t i = skip, begun = 0; i < count; i++) {
        int64_t *cell = &model[start + (int64_t)(i - skip)];
        if (*cell && begun) gap = false;
        if (*cell || !gap) continue;
        *cell = next_id + (int64_t)i;
        begun = 1;
      }
      next_id += 100;
      check_model(&store, model);
      check_behind(&store, model);
    }
    page_cache_free(&store);
  }
}

/* Pages of half a megabyte each: the ones read last stay, within two megabytes. */
static void check_bound(void) {
  struct page_cache store;

  page_cache_init(&store, &shared);
  for (int64_t i = 0; i < 10; i++) {
    struct record_page rows = make_page(i * 10 + 1, 4, 125000);
    unit_case("page %d", (int)i);
    CHECK(page_cache_keep(&store, &rows, 0, i * 4));
    CHECK(!rows.rows);
    CHECK(store.footprint <= (size_t)2 << 20);
    CHECK(page_cache_find(&store, i * 4) != NULL);
    CHECK(page_cache_find(&store, i * 4 + 3) != NULL);
    if (i > 0) CHECK(page_cache_find(&store, 0) != NULL); /* read again and again */
  }
  unit_case("the others are gone");
  CHECK(!page_cache_find(&store, 4));
  CHECK(store.count < 5);
  page_cache_free(&store);
  CHECK(!page_cache_find(&store, 0));
  CHECK(!page_cache_after(&store, 0));
}

static void check_larger_than_bound(void) {
  struct page_cache store;
  struct record_page rows = make_page(1, 30, 200000);

  unit_case("a page beyond the bound");
  page_cache_init(&store, &shared);
  CHECK(page_cache_keep(&store, &rows, 0, 0));
  CHECK(page_cache_find(&store, 29) != NULL);
  rows = make_page(31, 1, 1);
  CHECK(page_cache_keep(&store, &rows, 0, 30));
  CHECK(page_cache_find(&store, 30) != NULL);
  CHECK(!page_cache_find(&store, 29));
  page_cache_free(&store);
}

static void check_no_memory(void) {
  struct page_cache store;
  struct record_page rows = make_page(1, 3, 1);

  unit_case("out of memory");
  page_cache_init(&store, &shared);
  allocation_fail_at(1, false);
  CHECK(!page_cache_keep(&store, &rows, 0, 0));
  CHECK_INT(1, allocation_stop());
  CHECK_INT(3, rows.row_count);
  CHECK(!page_cache_find(&store, 0));
  CHECK(page_cache_keep(&store, &rows, 0, 0));
  CHECK(page_cache_find(&store, 2) != NULL);
  page_cache_free(&store);
}

void page_cache_test(void) {
  json_reader_init(&reader, &sync_job_listing, UINT32_MAX);
  check_random();
  check_bound();
  check_larger_than_bound();
  check_no_memory();
  json_reader_free(&reader);
}
