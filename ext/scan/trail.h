/*
** What one reader of a page map has read last: the rows that share the time of its last one, and
** the page that it is in.
**
** Readers that share a map can have its rows moved, or let go of, while one stands in their midst.
** What that one has read is its own. It must not know where rows come from.
*/
#ifndef SWR_TRAIL_H
#define SWR_TRAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/record_page.h"
#include "scan/page_cache.h"
#include "scan/row.h"

/* The rows around a position that one page holds. */
struct page_run {
  bool here; /* there is a row at the position: */
  const struct record_page *page;
  size_t index; /* in the page, of the row at `start` */
  int64_t start;
  int64_t end;            /* the position after the last of them */
  int64_t shift;          /* see struct cached_page */
  struct page_hold *hold; /* whoever retains it keeps the rows; NULL: they stay anyway */
  uint64_t version;       /* valid as long as page_map_version points to this */
};

/* The index in a run's page of the row at a position that it holds. */
static inline size_t page_run_index(const struct page_run *run, int64_t position) {
  return run->index + (size_t)(position - run->start);
}

struct trail {
  struct page_run view;    /* the page that was read last; its hold is retained, as are those of */
  struct page_run *before; /* the ones before it whose rows have the time that it begins with */
  size_t count;
  size_t capacity;
  int64_t begin; /* the first position of all that were read one after the other */
};

/*
** The reader goes on to the page that has the row at a position; its hold is retained. `tied`: that
** row has the time of the row that was read before it; `whole`: so have all of the page before.
** False when out of memory.
*/
bool trail_go_on(struct trail *trail, const struct page_run *view, int64_t position, bool tied,
                 bool whole);

/*
** *follows: the rows are still here, in front of the position that the reader has come to, and
** nothing else of their time is; what was let go of is put back. False when out of memory.
*/
bool trail_follow(const struct trail *trail, struct page_cache *cache, const struct order *order,
                  enum nulls nulls, bool *follows);

/* Puts the rows in a cache that has none of them. False when out of memory. */
bool trail_keep(const struct trail *trail, struct page_cache *cache, const struct order *order,
                enum nulls nulls);

/* Lets go of everything. */
void trail_free(struct trail *trail);

#endif
