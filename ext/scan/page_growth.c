/*
** How many rows pages have: see page_growth.h.
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

int64_t page_growth_expected(const struct lesson *lesson, const struct yield *yield, bool grows,
                             int64_t most) {
  int64_t cap = grows ? lesson->cap : 0;

  if (yield->cut > 0) cap = yield->cut;
  return cap > 0 ? least(most, cap) : most;
}

/*
** Is a short answer all that the service gives at once? Only if it is not the end, and goes on:
** without totals, the same number has to come once more, and so it has to where it is one, which
** leaves no room to repeat any.
*/
static void note_short(struct yield *yield, const struct yielded *answer) {
  int64_t rows = answer->rows;
  bool more = answer->agrees && answer->left > 0;
  bool again = rows > 0 && rows == yield->last;

  yield->shorts = rows == 0 || rows != yield->cut ? yield->shorts + 1 : 0;
  yield->maybe = (more && rows > 1) || (!answer->agrees && again) ? rows : 0;
  if (more && again && rows == 1) yield->cut = 1;
  yield->last = rows;
}

void page_growth_note(struct lesson *lesson, struct yield *yield, const struct yielded *answer) {
  int64_t rows = answer->rows;
  bool is_end = answer->agrees && answer->left == 0;

  lesson->given = largest(lesson->given, answer->limit);
  if (rows > lesson->cap) lesson->cap = 0;
  if (rows > yield->cut) yield->cut = 0;
  if (rows < answer->limit && !is_end) {
    note_short(yield, answer);
  } else {
    yield->shorts = 0;
    yield->maybe = 0;
    yield->last = 0;
  }
  yield->most = largest(yield->most, rows);
}

bool page_growth_learn(struct lesson *lesson, struct yield *yield, int64_t rows, bool told) {
  bool first = yield->cut == 0;

  if (yield->maybe < 2 || (!told && yield->maybe != yield->most)) return false;
  yield->cut = yield->maybe;
  if (told) lesson->cap = yield->cut;
  if (rows == yield->most) yield->shorts = 0; /* that is why they were */
  return first;
}

bool page_growth_refused(struct lesson *lesson, bool grows, int64_t first, int64_t limit) {
  int64_t safe = grows ? page_growth_safe(lesson, first) : first;

  if (limit <= first) return false;
  if (limit <= safe) safe = first; /* another region, or another mind */
  lesson->limit = safe;
  if (grows) lesson->given = safe;
  return true;
}
