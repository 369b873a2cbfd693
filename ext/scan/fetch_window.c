/*
** The windows of requests: how many rows a page has, and what is asked for ahead: see fetch.h.
**
** Windows that are asked for ahead of their reader overlap by the row that the one before them ends
** with, so that each shows whether it goes on where that one ends.
*/
#include "base/memory_bounds.h"
#include "scan/fetch.h"

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

struct lesson *fetch_lesson(const struct fetch *fetch) {
  return service_lesson(fetch->service, fetch->listing);
}

/* True if pages grow as they are read. */
static bool grows(const struct fetch *fetch) { return fetch->access->limits.grows; }

int64_t fetch_most(const struct fetch *fetch) {
  int64_t given = fetch_lesson(fetch)->limit;
  int64_t most = fetch->listing->limit_max > 0 ? fetch->listing->limit_max : 1000;

  return given > 0 ? least(most, given) : most;
}

int64_t fetch_rows(const struct fetch *fetch) {
  return page_growth_expected(fetch_lesson(fetch), &fetch->yield, grows(fetch), fetch_most(fetch));
}

/* ---- ahead of the reader ---- */

int64_t fetch_rows_before(const struct fetch *fetch, int64_t position) {
  bool follows = fetch->answers > 0 && position == fetch->next;

  return follows ? fetch->rows_read + position - fetch->wanted : 0;
}

int64_t fetch_first_rows(const struct fetch *fetch, const struct page_reader *reader) {
  int64_t rows = fetch->access->limits.page_size;

  if (grows(fetch)) rows = least(rows, fetch_most(fetch));
  return reader->page > 0 ? least(rows, reader->page) : rows;
}

static int64_t bytes_of_row(const struct fetch *fetch) {
  return fetch->records > 0 ? (int64_t)fetch->page_bytes / fetch->records : 0;
}

/*
** Rows of a page at a position, after so many that were read. Pages grow only where totals tell
** that an answer was cut: without them, it looks like the end.
*/
static int64_t page_at(const struct fetch *fetch, const struct page_reader *reader,
                       int64_t position, int64_t rows_read) {
  struct next_page page = {.first = fetch_first_rows(fetch, reader),
                           .most = fetch_most(fetch),
                           .on = reader->on,
                           .rows_read = rows_read + reader->read,
                           .row_bytes = bytes_of_row(fetch)};
  int64_t total = 0;

  if (!grows(fetch) || fetch->alone || fetch->answers == 0 || !drift_total(fetch->drift, &total))
    return page.first;
  page.left = total - position;
  if (reader->expected_end > 0) { /* half of the way to a bound: see expect_bound */
    page.left = least(page.left, 2 * (reader->expected_end - position));
  }
  if (reader->page > 0) page.most = least(page.most, reader->page);
  return page_growth_rows(fetch_lesson(fetch), &page);
}

/* The same, of what the reader has a use for. */
static int64_t rows_at(const struct fetch *fetch, const struct page_reader *reader,
                       int64_t position, int64_t rows_read) {
  const struct cached_page *after = page_cache_after(fetch->cache, position);
  int64_t limit = page_at(fetch, reader, position, rows_read);

  if (reader->count_only && fetch->answers == 0) return 1;
  if (reader->limit > 0 && position >= reader->offset &&
      position - reader->offset < reader->limit) {
    limit = least(limit, reader->limit - (position - reader->offset));
  }
  /* Two rows of the page that is here, too: they show that nothing is missing between. */
  if (after && after->start - position <= limit) {
    limit = least(after->start - position + 2, fetch_most(fetch));
  }
  return limit;
}

int64_t fetch_rows_at(const struct fetch *fetch, const struct page_reader *reader,
                      int64_t position) {
  return rows_at(fetch, reader, position, fetch_rows_before(fetch, position));
}

int64_t fetch_past_end(const struct fetch *fetch, const struct page_reader *reader, int64_t offset,
                       int64_t limit) {
  const struct drift *drift = fetch->drift;
  bool just = drift->served_known && offset + limit == drift->served_total;

  return just && reader->limit < 0 ? least(limit + 1, fetch_most(fetch)) : limit;
}

/* The position after the last one that a reader is expected to read; the total must be known. */
static int64_t end_of_reading(const struct fetch *fetch, const struct page_reader *reader) {
  int64_t end = 0;

  drift_total(fetch->drift, &end);
  if (reader->limit >= 0 && reader->limit < INT64_MAX - reader->offset) {
    end = least(end, reader->offset + reader->limit);
  }
  return reader->expected_end > 0 ? least(end, reader->expected_end) : end;
}

static int64_t end_of(const struct fetch *fetch, const struct page_window *window) {
  return window->offset + least(window->limit, fetch_rows(fetch));
}

int64_t fetch_end_wanted(const struct fetch *fetch) {
  return fetch->answers > 0 ? end_of(fetch, &fetch->window) : 0;
}

int64_t fetch_end_asked(const struct fetch *fetch) {
  const struct page_window *last = prefetch_last(&fetch->ahead);

  return last ? end_of(fetch, last) : fetch_end_wanted(fetch);
}

/*
** How many rows to have asked for past the page in hand, of which those that a first page would not
** have are asked for ahead themselves.
*/
static int64_t rows_ahead(const struct fetch *fetch, const struct page_reader *reader) {
  int64_t rows = prefetch_rows(reader->on, reader->read + fetch->rows_read);
  int64_t row_bytes = bytes_of_row(fetch);
  int64_t grown = fetch_end_wanted(fetch) - fetch->drift->shift - fetch->wanted;

  /* Without a total neither the end is known, nor whether rows have moved. */
  if (!fetch->drift->served_known || fetch->alone || reader->count_only) return 0;
  /* No room to repeat a row, or two: once rows have moved, one alone shows nothing. */
  if (fetch_rows(fetch) < (fetch->drift->stirred ? 3 : 2)) return 0;
  if (grows(fetch)) {
    int64_t first = fetch_first_rows(fetch, reader);
    if (fetch->window.limit > page_growth_safe(fetch_lesson(fetch), first)) return 0; /* a trial */
    grown -= first;
    if (grown > 0) rows -= grown;
  }
  return row_bytes ? least(rows, (int64_t)AHEAD_OF_LIST_MAX / row_bytes) : 0;
}

/* Rows that a window made ahead repeats: the page before it is not here yet. */
static int64_t overlap_ahead(const struct fetch *fetch, int64_t rows) {
  int64_t most = least(rows, fetch_rows(fetch)) / 32;
  int64_t overlap = fetch->drift->longest > 1 ? fetch->drift->longest + 1 : 2;

  if (most < 2 || rows + overlap > fetch_most(fetch)) most = 2; /* the fewest that show enough */
  return least(least(overlap, most), fetch_rows(fetch) - 1);
}

/* The most rows of a request that is made ahead: nothing that is not sure to be given. */
static int64_t most_ahead_of(const struct fetch *fetch, const struct page_reader *reader) {
  int64_t most = fetch_most(fetch);

  if (!grows(fetch)) return most;
  return least(most, page_growth_safe(fetch_lesson(fetch), fetch_first_rows(fetch, reader)));
}

/*
** Asks for the page after those that were asked for, ahead of time, if these have `most_ahead` rows
** at most with it.
** *done: nothing is left to ask for.
*/
static bool ask_ahead(struct fetch *fetch, const struct page_reader *reader, int64_t most_ahead,
                      bool *done) {
  int64_t most = most_ahead_of(fetch, reader);
  int64_t offset = fetch_end_asked(fetch);
  int64_t position = offset - fetch->drift->shift;
  int64_t end = end_of_reading(fetch, reader);
  int64_t rows = rows_at(fetch, reader, position, fetch->rows_read);
  int64_t overlap;
  int64_t limit;

  *done = position >= end || page_cache_peek(fetch->cache, position) ||
          offset - fetch_end_wanted(fetch) > most_ahead - least(rows, fetch_rows(fetch)) ||
          (grows(fetch) && rows > most); /* the page that is wanted next will try it */
  if (*done) return true;
  overlap = overlap_ahead(fetch, rows);
  limit = fetch_past_end(fetch, reader, offset - overlap, least(rows + overlap, most));
  if (grows(fetch)) limit = least(limit, most);
  return fetch_start(fetch, offset - overlap, limit);
}

enum service_status fetch_ahead(struct fetch *fetch, const struct page_reader *reader) {
  int64_t rows = rows_ahead(fetch, reader);
  bool started = false;
  bool done = false;

  while (rows > 0 && fetch->ahead.count < CONCURRENCY_MAX - 1 &&
         service_has_room_ahead(fetch->service, fetch->access)) {
    if (!ask_ahead(fetch, reader, rows, &done)) return SERVICE_NO_MEMORY;
    if (done) break;
    prefetch_own(&fetch->ahead, reader);
    started = true;
  }
  if (started) service_move(fetch->service); /* nobody waits where the page in hand has come */
  return SERVICE_OK;
}
