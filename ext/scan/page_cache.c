/*
** The pages of one repository that are here: see page_cache.h.
*/
#include "scan/page_cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/memory_bounds.h"
#include "scan/row.h"

struct page_hold *page_hold_retain(struct page_hold *hold) {
  if (hold) hold->references++;
  return hold;
}

void page_hold_release(struct page_hold *hold) {
  if (!hold || --hold->references) return;
  if (hold->shared) *hold->shared -= record_page_footprint(&hold->rows);
  record_page_free(&hold->rows);
  free(hold);
}

void page_cache_init(struct page_cache *store, size_t *shared) {
  memset(store, 0, sizeof *store);
  store->shared = shared;
}

void page_cache_free(struct page_cache *store) {
  for (size_t i = 0; i < store->count; i++) page_hold_release(store->pages[i].hold);
  free(store->pages);
  page_cache_init(store, store->shared);
}

void page_cache_reserve(struct page_cache *store, size_t bytes) { store->reserved = bytes; }

static int64_t end_of(const struct cached_page *page) { return page->start + page->count; }

static bool holds(const struct cached_page *page, int64_t position) {
  return page->start <= position && position < end_of(page);
}

/* The index of the first page that ends past `position`; store->count if none does. */
static size_t first_ending_past(const struct page_cache *store, int64_t position) {
  size_t low = 0;
  size_t high = store->count;

  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (end_of(&store->pages[middle]) > position) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

const struct cached_page *page_cache_peek(const struct page_cache *store, int64_t position) {
  size_t index = store->current;

  if (index < store->count && holds(&store->pages[index], position)) return &store->pages[index];
  index = first_ending_past(store, position);
  return index < store->count && holds(&store->pages[index], position) ? &store->pages[index]
                                                                       : NULL;
}

const struct cached_page *page_cache_find(struct page_cache *store, int64_t position) {
  const struct cached_page *page = page_cache_peek(store, position);

  if (!page) return NULL;
  store->current = (size_t)(page - store->pages);
  store->pages[store->current].used = ++store->clock;
  return page;
}

const struct cached_page *page_cache_after(const struct page_cache *store, int64_t position) {
  size_t index = first_ending_past(store, position);

  if (index < store->count && store->pages[index].start < position) index++;
  return index < store->count ? &store->pages[index] : NULL;
}

size_t cached_page_index(const struct cached_page *page, int64_t position) {
  return page->skip + (size_t)(position - page->start);
}

static void drop(struct page_cache *store, size_t index) {
  store->version++;
  store->footprint -= store->pages[index].footprint;
  page_hold_release(store->pages[index].hold);
  store->count--;
  memmove(&store->pages[index], &store->pages[index + 1],
          (store->count - index) * sizeof *store->pages);
}

void page_cache_drop_from(struct page_cache *store, int64_t position) {
  while (store->count && end_of(&store->pages[store->count - 1]) > position) {
    drop(store, store->count - 1);
  }
}

static struct cached_page *holding(struct page_cache *store, int64_t position) {
  size_t index = first_ending_past(store, position);

  if (index >= store->count || !holds(&store->pages[index], position)) return NULL;
  return &store->pages[index];
}

void page_cache_mark_joined(struct page_cache *store, int64_t position) {
  struct cached_page *page = holding(store, position);

  if (page && page->start == position) page->joined = true;
}

void page_cache_mark_last(struct page_cache *store, int64_t position) {
  struct cached_page *page = holding(store, position);

  if (page) page->last = true;
}

void page_cache_mark_shift(struct page_cache *store, int64_t position, int64_t shift) {
  struct cached_page *page = holding(store, position);

  if (page) page->shift = shift;
}

/* Lets go of the page read longest ago. */
static void drop_oldest(struct page_cache *store) {
  size_t oldest = 0;

  for (size_t i = 1; i < store->count; i++) {
    if (store->pages[i].used < store->pages[oldest].used) oldest = i;
  }
  drop(store, oldest);
}

void page_cache_shrink(struct page_cache *store) {
  while (store->count > 1) drop_oldest(store);
}

static bool reserve(struct page_cache *store) {
  struct cached_page *pages =
      array_reserve(store->pages, &store->capacity, store->count + 1, sizeof *pages);

  if (!pages) return false;
  store->pages = pages;
  return true;
}

/* Cuts a run at both ends so that it holds no position that a page of the store holds. */
static void leave_out_stored(const struct page_cache *store, struct cached_page *page) {
  size_t index = first_ending_past(store, page->start);

  while (index < store->count && holds(&store->pages[index], page->start)) {
    int64_t overlap = end_of(&store->pages[index]) - page->start;
    page->start += overlap;
    page->skip += (size_t)overlap;
    page->count -= overlap;
    index++;
  }
  if (index < store->count && end_of(page) > store->pages[index].start) {
    page->count = store->pages[index].start - page->start;
  }
}

/* Puts a page in its place, with a reference of its own to the rows. */
static bool insert(struct page_cache *store, struct cached_page *page) {
  size_t index;

  while (store->count && store->footprint + page->footprint + store->reserved > LIST_PAGES_MAX) {
    drop_oldest(store);
  }
  if (!reserve(store)) return false;
  index = first_ending_past(store, page->start);
  if (index < store->count && store->pages[index].start == end_of(page)) {
    store->pages[index].joined = false; /* it may have been, to another page */
  }
  memmove(&store->pages[index + 1], &store->pages[index],
          (store->count - index) * sizeof *store->pages);
  store->pages[index] = *page;
  page_hold_retain(page->hold);
  store->count++;
  store->version++;
  store->footprint += page->footprint;
  return true;
}

bool page_cache_keep(struct page_cache *store, struct record_page *rows, size_t skip,
                     int64_t start) {
  struct page_hold *hold = malloc(sizeof *hold);

  if (!hold) return false;
  *hold = (struct page_hold){.references = 1, .rows = *rows};
  if (!page_cache_keep_held(store, hold, skip, start, (int64_t)(rows->row_count - skip))) {
    free(hold);
    return false;
  }
  if (hold->references > 1) {
    hold->shared = store->shared;
    *hold->shared += record_page_footprint(&hold->rows);
    record_page_init(rows, rows->listing);
    page_hold_release(hold);
  } else {
    free(hold); /* all of it is here already */
  }
  return true;
}

bool page_cache_keep_held(struct page_cache *store, struct page_hold *hold, size_t skip,
                          int64_t start, int64_t count) {
  struct cached_page page = {.start = start,
                             .count = count,
                             .skip = skip,
                             .rows = hold->rows,
                             .hold = hold,
                             .footprint = record_page_footprint(&hold->rows),
                             .used = ++store->clock};

  leave_out_stored(store, &page);
  return page.count <= 0 || insert(store, &page);
}
