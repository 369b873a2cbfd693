/*
** How many rows a page should have, and how many the service was found to give at once: of a list,
** where answers come short, and of the connection, where it caps or refuses (struct lesson).
**
** Where pages grow (setting page_size at `auto`):
** The first page of a list has few rows, so that it comes soon; then as many more as were read, up
** to what the service gives, so that no more is asked for in vain than was read. How much it gives
** is found out by asking, once for each connection and listing, by a page that is waited for and
** nothing ahead of it: one that the service refuses costs one request.
**
** It must not know requests, nor where rows stand.
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

/* How many rows the answers of one list had. */
struct yield {
  int64_t most;  /* of one of them */
  int64_t cut;   /* that the service gives where it gives fewer than asked for; 0: all */
  int64_t last;  /* of the last answer, if it had fewer rows than asked for */
  int64_t maybe; /* what `cut` will be if the last answer has news */
  int shorts;    /* answers with fewer rows than asked for, one after the other */
};

/* An answer, and what it was asked for. */
struct yielded {
  int64_t limit;
  int64_t rows;
  bool agrees;  /* its Content-Range can be right: */
  int64_t left; /* so many rows come after it then */
};

/* The rows that it should have. */
int64_t page_growth_rows(const struct lesson *lesson, const struct next_page *page);

/*
** The most that a request may ask for without being refused, as far as that is known; a first page
** always may.
*/
int64_t page_growth_safe(const struct lesson *lesson, int64_t first);

/* The rows that an answer is expected to have where `most` are asked for. */
int64_t page_growth_expected(const struct lesson *lesson, const struct yield *yield, bool grows,
                             int64_t most);

/* A request was answered. */
void page_growth_note(struct lesson *lesson, struct yield *yield, const struct yielded *answer);

/*
** The same answer had news, so that it was not the end of the list: it may have been as long as the
** service gives them. `told`: its total can be right, and shows that there is more. True if that is
** shorter than was known until now.
*/
bool page_growth_learn(struct lesson *lesson, struct yield *yield, int64_t rows, bool told);

/* One was refused. True if it should be asked for anew, with lesson->limit rows at most. */
bool page_growth_refused(struct lesson *lesson, bool grows, int64_t first, int64_t limit);

#endif
