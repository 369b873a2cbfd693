/*
** What one reader of a page map has read last: see trail.h.
*/
#include "scan/trail.h"

#include "base/always.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "scan/row.h"

#define ROWS_MAX 1024 /* of one time that are told apart; as many as drift.c looks at */

static void forget(struct trail *trail) {
  for (size_t i = 0; i < trail->count; i++) page_hold_release(trail->before[i].hold);
  trail->count = 0;
}

/* Puts a page before the view, but for what is in the view, too. Takes the hold over. */
static bool push(struct trail *trail, struct page_run run) {
  struct page_run *runs;

  if (run.end > trail->view.start) run.end = trail->view.start;
  if (run.start >= run.end) {
    page_hold_release(run.hold);
    return true;
  }
  runs = array_reserve(trail->before, &trail->capacity, trail->count + 1, sizeof *runs);
  if (!runs) {
    page_hold_release(run.hold);
    return false;
  }
  trail->before = runs;
  trail->before[trail->count++] = run;
  return true;
}

/* What is more than can be told apart goes, the oldest first. */
static void shorten(struct trail *trail) {
  while (trail->count && trail->view.end - trail->before[0].end > ROWS_MAX) {
    page_hold_release(trail->before[0].hold);
    memmove(trail->before, trail->before + 1, --trail->count * sizeof *trail->before);
  }
}

bool trail_go_on(struct trail *trail, const struct page_run *view, int64_t position, bool tied,
                 bool whole) {
  struct page_run old = trail->view;
  bool follows = old.hold && old.end == position;
  bool pushed = true;

  if (!follows) trail->begin = position;
  if (!follows || !tied || !whole) forget(trail);
  page_hold_retain(view->hold);
  trail->view = *view;
  if (follows && tied) {
    pushed = push(trail, old);
    shorten(trail);
  } else {
    page_hold_release(old.hold);
  }
  return pushed;
}

void trail_free(struct trail *trail) {
  forget(trail);
  free(trail->before);
  page_hold_release(trail->view.hold);
  memset(trail, 0, sizeof *trail);
}

/* ---- in a map ---- */

/* The pages of a map, and how its rows are ordered. */
struct map_pages {
  struct page_cache *cache;
  const struct order *order;
  enum nulls nulls;
};

/* The run of a trail that has a position; NULL if none does. */
static const struct page_run *run_at(const struct trail *trail, int64_t position) {
  if (position >= trail->view.start) return &trail->view;
  for (size_t i = trail->count; i-- > 0;) {
    if (position >= trail->before[i].start) return &trail->before[i];
  }
  return NULL;
}

/* True if a row of a page has the time of the last row of a trail. */
static bool tied(const struct map_pages *map, const struct trail *trail,
                 const struct record_page *page, size_t index) {
  const struct page_run *view = &trail->view;

  return row_compare(map->order, map->nulls, page, index, view->page,
                     page_run_index(view, view->end - 1)) == 0;
}

/*
** True if one of the rows of a trail from a position on that are not here any more is here in front
** of that position, where others have read the rows of its time.
*/
static bool stands_before(const struct map_pages *map, const struct trail *trail, int64_t from) {
  for (int64_t before = from; before-- > 0;) {
    const struct cached_page *page = page_cache_peek(map->cache, before);
    size_t index = page ? cached_page_index(page, before) : 0;
    if (!page || !tied(map, trail, &page->rows, index)) break;
    for (int64_t position = from; position < trail->view.end; position++) {
      const struct page_run *run = run_at(trail, position);
      if (ALWAYS(run) && !page_cache_peek(map->cache, position) && /* the trail begins before it */
          row_same(&page->rows, index, run->page, page_run_index(run, position))) {
        return true;
      }
    }
  }
  return false;
}

/*
** True if what a reader has read last is still in front of its position, and nothing else of its
** time is. *from: where that begins; *gone: it was let go of, all of it or in part.
*/
static bool stands(const struct map_pages *map, const struct trail *trail, int64_t *from,
                   bool *gone) {
  *gone = false;
  *from = trail->view.end;
  for (int64_t position = trail->view.end; position-- > 0;) {
    const struct page_run *run = run_at(trail, position);
    const struct cached_page *page = page_cache_peek(map->cache, position);
    size_t index = page ? cached_page_index(page, position) : 0;
    bool ties = page && tied(map, trail, &page->rows, index);
    /* Where it began, or where that was let go of, rows of the same time may come before. */
    if (!run || position < trail->begin) return !*gone || !stands_before(map, trail, *from);
    if (!tied(map, trail, run->page, page_run_index(run, position))) return !ties;
    *from = position;
    if (!page) {
      *gone = true;
    } else if (!row_same(&page->rows, index, run->page, page_run_index(run, position))) {
      return false;
    }
  }
  return true;
}

/*
** Keeps what a reader has read last: the page that it is in, and those before it that have rows of
** its last time. That these follow each other is known, and not what they follow here.
*/
static bool keep_trail(const struct map_pages *map, const struct trail *trail) {
  size_t first = tied(map, trail, trail->view.page, trail->view.index) ? 0 : trail->count;

  for (size_t i = first; i <= trail->count; i++) {
    const struct page_run *run = i < trail->count ? &trail->before[i] : &trail->view;
    if (!page_cache_keep_held(map->cache, run->hold, run->index, run->start,
                              run->end - run->start)) {
      return false;
    }
    if (i > first) page_cache_mark_joined(map->cache, run->start);
    page_cache_mark_shift(map->cache, run->start, run->shift);
  }
  return true;
}

/* Rows from a position to before another one were read one after the other. */
static void join_pages(const struct map_pages *map, int64_t from, int64_t end) {
  const struct cached_page *page = page_cache_after(map->cache, from + 1);

  for (; page && page->start < end; page = page_cache_after(map->cache, page->start + 1)) {
    page_cache_mark_joined(map->cache, page->start);
  }
}

bool trail_follow(const struct trail *trail, struct page_cache *cache, const struct order *order,
                  enum nulls nulls, bool *follows) {
  const struct map_pages map = {cache, order, nulls};
  int64_t from;
  bool gone;

  *follows = stands(&map, trail, &from, &gone);
  if (!*follows) return true;
  if (gone && !keep_trail(&map, trail)) return false;
  join_pages(&map, from, trail->view.end);
  return true;
}

bool trail_keep(const struct trail *trail, struct page_cache *cache, const struct order *order,
                enum nulls nulls) {
  const struct map_pages map = {cache, order, nulls};

  return keep_trail(&map, trail);
}
