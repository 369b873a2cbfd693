/*
** Which positions the rows of an answer have.
**
** Positions are those of the first answer; jobs that are created or purged later move rows on the server,
** not here: a row at position p stands at offset p + shift there. Newest first, a job that is created
** moves all others up by one; oldest first, one that is purged moves them down. The last row in front
** of an answer, where it is here, is looked for in the answer (rows that repeat), and the totals
** tell of rows that were jumped over. It must not know how pages are asked for.
*/
#ifndef SWR_DRIFT_H
#define SWR_DRIFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/place.h"
#include "request/page_response.h"
#include "scan/page_cache.h"

struct drift {
  struct page_cache *store; /* the rows that are here; not owned */
  const struct order *order;
  int64_t shift;        /* offset on the server less position */
  bool certain;         /* the last answer showed the shift by a row that repeats */
  bool guessed;         /* the shift comes from totals, and no row has confirmed it */
  bool served_known;    /* the last answer told its total: */
  int64_t served_total; /* jobs on the server then */
  int64_t disordered;   /* id of a job that is not in the order asked for, if not 0 */
};

/* How an answer stands to the rows that are here. */
struct placement {
  size_t skip; /* rows at its beginning that repeat */
  bool again;  /* it is of no use: the position must be asked for once more */
};

void drift_init(struct drift *drift, struct page_cache *store, const struct order *order);

/*
** Sets the shift from what an answer shows: rows that repeat, or a total that has changed. `agrees`: its
** Content-Range can be right; `first`: it is the first answer of all; `anchor`: the position of the last
** row in front of what was wanted.
*/
void drift_place(struct drift *drift, const struct page_response *answer, bool agrees, bool first,
                 int64_t anchor, struct placement *placement);

/*
** True if an answer that was asked for before the row at `anchor` had come goes on behind that row, so that
** it may be placed as if it had been asked for after it. The service may have answered it earlier: newest
** first only the row itself, repeated, shows that no job came in between; oldest first, where rows move
** only when jobs are purged, it must not tell of fewer jobs than the answer in front of it did.
*/
bool drift_follow(const struct drift *drift, const struct page_response *answer, bool agrees,
                  int64_t anchor);

/* Notes a row of a page, to be kept from index `skip` at position `start` on, that comes too early. */
void drift_check_order(struct drift *drift, const struct record_page *rows, size_t skip,
                       int64_t start);

#endif
