/*
** Pages that grow (setting page_size at `auto`): how many rows the next one should have, and what
** the service was found to give.
**
** The first page of a list has few rows, so that it comes soon; then as many more as were read, up
** to what the service gives, so that no more is asked for in vain than was read. How much it gives
** is found out by asking, once for each connection and listing, by a page that is waited for and
** nothing ahead of it: one that the service refuses costs one request. It must not know requests,
** nor where rows stand.
*/
#ifndef SWR_PAGE_GROWTH_H
#define SWR_PAGE_GROWTH_H

#include <stdbool.h>
#include <stdint.h>

#include "request/service.h"
#include "scan/prefetch.h"

/* A page that is to be asked for. */
struct next_page {
  int64_t first; /* rows of a first page, */
  int64_t most;  /* and of any */
  enum reading_on on;
  int64_t rows_read; /* before it, without a gap */
  int64_t left;      /* rows that are known, or expected, to be left to read */
  int64_t row_bytes; /* of memory; 0: not known */
};

/* The rows that it should have. */
int64_t page_growth_rows(const struct lesson *lesson, const struct next_page *page);

/*
** The most that a request may ask for without being refused, as far as that is known; a first page
** always may.
*/
int64_t page_growth_safe(const struct lesson *lesson, int64_t first);

/* A request for `limit` rows was answered, with so many. */
void page_growth_note(struct lesson *lesson, int64_t limit, int64_t rows);

/* An answer had fewer rows than it was asked for and there are: that is all that it gives. */
void page_growth_capped(struct lesson *lesson, int64_t rows);

/* One was refused. True if it should be asked for anew, with lesson->limit rows at most. */
bool page_growth_refused(struct lesson *lesson, int64_t first, int64_t limit);

#endif
