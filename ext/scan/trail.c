/*
** What one reader of a page map has read last: see trail.h.
*/
#include "scan/trail.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

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
