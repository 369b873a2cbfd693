/*
** Pages that grow: see page_growth.h.
*/
#include "scan/page_growth.h"

#include "base/memory_bounds.h"

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t largest(int64_t a, int64_t b) { return a > b ? a : b; }

int64_t page_growth_rows(const struct lesson *lesson, const struct next_page *page) {
  int64_t rows = page->most;

  if (page->on == READS_ON_NEVER) return page->first;
  if (page->on != READS_ON_SURE) rows = least(rows, page->first + page->rows_read);
  if (page->row_bytes > 0) rows = least(rows, (int64_t)GROWN_PAGE_MAX / page->row_bytes);
  if (lesson->cap > 0) rows = least(rows, lesson->cap);
  return largest(least(rows, page->left), page->first);
}

int64_t page_growth_safe(const struct lesson *lesson, int64_t first) {
  return largest(lesson->given, first);
}

void page_growth_note(struct lesson *lesson, int64_t limit, int64_t rows) {
  if (limit > lesson->given) lesson->given = limit;
  if (rows > lesson->cap) lesson->cap = 0;
}

void page_growth_capped(struct lesson *lesson, int64_t rows) { lesson->cap = rows; }

bool page_growth_refused(struct lesson *lesson, int64_t first, int64_t limit) {
  int64_t safe = page_growth_safe(lesson, first);

  if (limit <= first) return false;
  if (limit <= safe) safe = first; /* another region, or another mind */
  lesson->limit = lesson->given = safe;
  return true;
}
