/*
** The requests of one page map: the one that is waited for, and those that were made ahead of their
** reader.
**
** It looks after what a service does about a request as such: refused limits, short pages, offsets
** that are not heeded, answers that contradict themselves. It must not know where rows stand.
*/
#ifndef SWR_FETCH_H
#define SWR_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/place.h"
#include "api/target.h"
#include "base/status.h"
#include "request/page_request.h"
#include "request/service.h"
#include "scan/drift.h"
#include "scan/page_cache.h"
#include "scan/page_growth.h"
#include "scan/page_reader.h"
#include "scan/prefetch.h"

struct fetch {
  struct service *service;
  struct access *access; /* referenced */
  const struct listing *listing;
  const struct place *place; /* not owned, as are the two below */
  const struct order *order;
  struct page_cache *cache;
  struct drift *drift;
  struct page_request *request; /* the one in hand; NULL if none */
  struct page_window window;    /* of the one that was in hand last */
  struct prefetch ahead;

  size_t answers;
  struct yield yield; /* how many rows they had */
  int64_t records;    /* of the last one, */
  int64_t claimed;    /* its total, believed or not, -1 if it told none, */
  int64_t total;      /* the same if it agrees, */
  size_t page_bytes;  /* and the memory that it takes */
  uint64_t list;      /* see struct known_total */
  uint64_t rows[2];   /* hashes of the first and the last row, if its total ends with the latter */
  int64_t next;       /* the position after the page that came last */
  int64_t wanted;     /* the position that was asked for last, */
  int64_t rows_read;  /* and the rows that were read without a gap before it */
  bool was_there;     /* an answer had the list, be it one that is asked for again */
  bool alone;         /* pages of this list are asked for one by one */
  bool agrees;        /* the Content-Range of the last answer can be right */
  bool whole;         /* by its own header it is all that there is, whatever was asked */
  bool seemed_end;    /* its total said that the list ends there, and nothing else did: */
  int64_t told_end;   /* at this offset; */
  int passed_ends;    /* and how often rows came after that */

  /* Whether the service heeds the offset. */
  int64_t first_offset; /* of the first answer with rows, */
  uint64_t first_row;   /* and what tells its first one apart */
  int64_t first_said;   /* the offset that its header named; -1: none */
  int64_t first_total;  /* what that answer told, -1: nothing */
  int strikes;          /* answers that began with that row at another offset */
  bool offset_heeded;   /* or an answer's header said so */
  bool offset_shown;    /* two offsets gave two different first rows */
  bool first_known;     /* first_* are */
  bool counts_rows;     /* an answer's header named another offset than a count of pages would be */
  bool named_first;     /* the last answer's header named the first page, at another offset */
};

/* `place`, cache and drift must outlive it. */
void fetch_init(struct fetch *fetch, struct service *service, struct access *access,
                const struct listing *listing, const struct place *place, const struct order *order,
                struct page_cache *cache, struct drift *drift);

/* Takes over what the requests of another map of the same list have shown of the service. */
void fetch_learn_from(struct fetch *fetch, const struct fetch *other);

/* Ends all requests. */
void fetch_free(struct fetch *fetch);

/* The most rows that a request may ask for, and that an answer is expected to bring. */
int64_t fetch_most(const struct fetch *fetch);
int64_t fetch_rows(const struct fetch *fetch);

/* What is known of how much the service gives. */
struct lesson *fetch_lesson(const struct fetch *fetch);

/* Rows of the first page of a reader, or of any where pages do not grow. */
int64_t fetch_first_rows(const struct fetch *fetch, const struct page_reader *reader);

/* The rows that were read without a gap before a position which is wanted now. */
int64_t fetch_rows_before(const struct fetch *fetch, int64_t position);

/* How many rows from a position that is not here a reader has use for: at most a page. */
int64_t fetch_rows_at(const struct fetch *fetch, const struct page_reader *reader,
                      int64_t position);

/*
** The same limit, or one row more where the page would be just full and not show that the list ends
** with it.
*/
int64_t fetch_past_end(const struct fetch *fetch, const struct page_reader *reader, int64_t offset,
                       int64_t limit);

/* Starts a request that nobody waits for yet. False when out of memory. */
bool fetch_start(struct fetch *fetch, int64_t offset, int64_t limit);

/*
** The end of the rows that were asked for: of the page that is wanted, and of those ahead of it as
** well. They are offsets, and the same where nothing is under way ahead.
*/
int64_t fetch_end_wanted(const struct fetch *fetch);
int64_t fetch_end_asked(const struct fetch *fetch);

/* Makes as many requests ahead of the reader as it is worth, while there is room. */
enum service_status fetch_ahead(struct fetch *fetch, const struct page_reader *reader);

/*
** Ends the request in hand, of which nothing is needed any more: many maps that have one answer
** each would hold its memory until they are read on.
*/
void fetch_let_go(struct fetch *fetch);

/*
** Waits for the answer to a window that is wanted for the sake of `position`: what was asked ahead
** serves if `ahead` and if it holds that position, and *window is then what it was asked for. The
** answer is valid until the next call; NULL if the list's place does not exist. A window with more
** rows than the service gives becomes a shorter one.
*/
enum service_status fetch_answer(struct fetch *fetch, const struct page_reader *reader,
                                 int64_t position, bool ahead, struct page_window *window,
                                 struct page_response **answer);

/*
** Asks for the newest record of a list whose oldest comes first; *answer as in fetch_answer. What
** was asked ahead stays.
*/
enum service_status fetch_newest(struct fetch *fetch, struct page_response **answer);

/* Fails as fetch_answer does where a place vanishes; after an answer that it does not exist. */
enum service_status fetch_fail_absent(struct fetch *fetch);

/*
** True if the last answer shows that the list ends with it. `news`: it had rows that were not read
** before.
**
** A page that is shorter than asked shows it where its total agrees, or where nothing in it is new.
** A full page whose total is its own end does not: such a total can be a capped one, a late one or
** just the page's. It is believed if this connection has read the list to its end before and found
** the same total right.
*/
bool fetch_ends(struct fetch *fetch, bool news);

/*
** Fails if an answer shows that the service counts pages where it should count rows, or ignores the
** offset: it then gives the first page again and again. It heeds it if the Content-Range agrees at
** an offset above 0, or if two offsets gave two different first rows. A few new records can bring a
** row to another offset, too, but not time after time. Comes before the answer's rows are kept, and
** after it is known not to end the list.
*/
enum service_status fetch_check_offset(struct fetch *fetch, const struct page_response *answer);

/*
** The same for an answer that seems to end the list. There, the first row may well come again: only
** a header that names the first page shows that the offset was ignored.
*/
enum service_status fetch_check_end(const struct fetch *fetch, const struct page_response *answer);

/*
** Comes after the rows of an answer were kept by its offset alone. Where its header named the first
** page, which may have other rows by now, asks for that: fails if its first row is among them.
*/
enum service_status fetch_check_place(struct fetch *fetch, const struct page_reader *reader);

#endif
