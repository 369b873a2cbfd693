/*
** The pages of one repository that are here: runs of rows by position, within a bound of memory.
**
** It must not know how pages are asked for, nor what positions mean to the server.
*/
#ifndef SWR_PAGE_CACHE_H
#define SWR_PAGE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/record_page.h"

/*
** The rows of one answer, of which a reader may keep a reference while they leave the cache: their
** bytes count until nobody has them any more.
*/
struct page_hold {
  int references;
  struct record_page rows;
  size_t *shared; /* where their bytes are counted; not owned, NULL: nowhere */
};

/* One reference more; returns its argument. NULL is fine, here and below. */
struct page_hold *page_hold_retain(struct page_hold *hold);
void page_hold_release(struct page_hold *hold);

/* A run of rows: those of `rows` from index `skip` on, the first of them at position `start`. */
struct cached_page {
  int64_t start;
  int64_t count; /* at least 1 */
  size_t skip;
  struct record_page rows; /* those of the hold */
  struct page_hold *hold;  /* referenced */
  bool joined;   /* its first row is known to follow the last one of the page that ends before it */
  bool last;     /* the list is known to end with its last row */
  int64_t shift; /* whoever keeps it may note how far its rows have moved: see drift.h */
  size_t footprint;
  uint64_t used; /* the store's clock when it was last read */
};

struct page_cache {
  struct cached_page *pages; /* by position, no two overlap */
  size_t count;
  size_t capacity;
  size_t footprint; /* bytes of all pages */
  size_t reserved;  /* bytes of pages that are on their way here; see page_cache_reserve */
  uint64_t clock;
  size_t current;   /* the page read last: where to look first */
  uint64_t version; /* changes whenever pages come or go: what was found before may be gone */
  size_t *shared;   /* bytes of the pages that were kept here and elsewhere, while anybody has
                       them; not owned */
};

/*
** An empty store, which counts its bytes in *shared as well: that outlives it, and whoever retains
** its pages. Allocates nothing.
*/
void page_cache_init(struct page_cache *store, size_t *shared);

void page_cache_free(struct page_cache *store);

/*
** So many bytes of pages are held elsewhere until they are kept here: they count against the bound
** already, so that reading ahead takes no more memory than reading.
*/
void page_cache_reserve(struct page_cache *store, size_t bytes);

/* Lets go of all pages but the one that was read last. */
void page_cache_shrink(struct page_cache *store);

/*
** The page that holds a position, NULL if none does; it counts as read. Valid until the next keep.
*/
const struct cached_page *page_cache_find(struct page_cache *store, int64_t position);

/* The same, and it does not count as read. */
const struct cached_page *page_cache_peek(const struct page_cache *store, int64_t position);

/* The page that starts at or after a position, the nearest one; NULL if there is none. */
const struct cached_page *page_cache_after(const struct page_cache *store, int64_t position);

/* Says of the page that holds a position that it is joined, or the list's last one. */
void page_cache_mark_joined(struct page_cache *store, int64_t position);
void page_cache_mark_last(struct page_cache *store, int64_t position);

/* Notes that of the page that holds a position. */
void page_cache_mark_shift(struct page_cache *store, int64_t position, int64_t shift);

/* Lets go of all pages that end past a position: what stands there is not known any more. */
void page_cache_drop_from(struct page_cache *store, int64_t position);

/* The index in a page's rows of the row at a position that it holds. */
size_t cached_page_index(const struct cached_page *page, int64_t position);

/*
** Takes the rows over, leaving *rows empty: row `skip` is at position `start`. Rows at positions
** that another page holds are left out, as they were returned before. Pages read longest ago are
** let go of where memory would pass the bound. False when out of memory; *rows is then as
** before.
*/
bool page_cache_keep(struct page_cache *store, struct record_page *rows, size_t skip,
                     int64_t start);

/*
** The same for rows that were here before and that somebody has kept: `count` of them from index
** `skip` on.
*/
bool page_cache_keep_held(struct page_cache *store, struct page_hold *hold, size_t skip,
                          int64_t start, int64_t count);

#endif
