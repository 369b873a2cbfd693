/*
** Prefetch in one repository: the requests of the pages after the one that is read, under way side
** by side or answered, for whom they were made, and how far ahead a reader is worth reading.
**
** It must not know rows, nor where they stand; what an answer is good for is the page map's to say.
*/
#ifndef SWR_PREFETCH_H
#define SWR_PREFETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "account/settings.h"
#include "request/page_request.h"

struct page_reader;

struct prefetch {
  struct page_request *requests[CONCURRENCY_MAX]; /* by offset, one after the other */
  size_t count;
  /*
  ** For whom they were made last: a reader stands for itself by its address, which it keeps for as
  ** long as it reads (a part of a scan does). Compared and nothing else, since it may be gone.
  */
  const struct page_reader *owner; /* NULL: for whoever comes */
};

/* How sure it is that a reader goes on. */
enum reading_on {
  READS_ON_MAYBE, /* nothing is known: it may stop at any row, and mostly does not */
  READS_ON_FEW,   /* a LIMIT is known that may stop it at any row */
  READS_ON_SURE,  /* it reads every row up to its limit */
  READS_ON_NEVER  /* it looks here and there, and does not read */
};

/*
** The rule of prefetching: how many rows may be under way at any moment that nobody has asked for,
** by the number of those that were read. As many: 1, 2, 4, 8 pages, so that a reader which stops
** (SQLite may hide a LIMIT) has asked for as much in vain as it has read, at most, and one that
** goes on soon has as many requests at once as the settings allow. Where a LIMIT is known, which
** may be met at any row, an eighth of that; and where the reader is sure to go on, its rows count
** as asked for.
*/
int64_t prefetch_rows(enum reading_on on, int64_t rows_read);

/*
** Takes the request whose window holds `offset` out, for the caller to close; those before it end.
** NULL if none does: then all end.
*/
struct page_request *prefetch_take(struct prefetch *ahead, int64_t offset);

/* True if the first one was answered well, and holds `offset`. */
bool prefetch_come(const struct prefetch *ahead, int64_t offset);

/* Takes the first one, whatever its offset; NULL if there is none. */
struct page_request *prefetch_take_first(struct prefetch *ahead);

/*
** Puts a request, which becomes its own, after all others; there must be fewer than
** CONCURRENCY_MAX.
*/
void prefetch_put(struct prefetch *ahead, struct page_request *request);

/* The window that was asked for last; NULL if there is none. */
const struct page_window *prefetch_last(const struct prefetch *ahead);

/* From now on, those there are and those that come are a reader's. */
void prefetch_own(struct prefetch *ahead, const struct page_reader *reader);

/* A reader goes, before its address is another's: its requests end, those of others stay. */
void prefetch_leave(struct prefetch *ahead, const struct page_reader *reader);

/* Ends all requests. */
void prefetch_cancel(struct prefetch *ahead);

#endif
