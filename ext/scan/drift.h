/*
** How an answer goes on from the rows that are here, while records come and go.
**
** Rows keep the positions that they were read at. A page follows another one only if an answer
** shows it: it begins before the rows that share the last time, or repeats them. So nothing is
** taken on faith: not that the total is exact, that equal times keep their order, that new records
** come at the newest end, or that identities are unique. It must not know how pages are asked for.
*/
#ifndef SWR_DRIFT_H
#define SWR_DRIFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "request/page_response.h"
#include "scan/page_cache.h"
#include "scan/row.h"

struct drift {
  struct page_cache *cache; /* the rows that are here; not owned */
  const struct order *order;
  int64_t shift; /* offset on the service less position, by the last answer that was placed */
  enum nulls nulls;
  bool timeless_start; /* the list began with a row without a time */
  int64_t timed_from; /* offset of an answer that began with one that has a time, plus 1; 0: none */
  bool stirred;       /* something has moved: from now on answers must show more */
  bool unsure; /* an answer was joined by what it repeats alone; the total has to bear it out */
  int64_t unsure_from;   /* the position of the first row of that time */
  bool relied;           /* an answer without the row before it was joined by the order alone */
  bool disordered;       /* the list is not sorted by time: */
  int64_t disordered_id; /* a record that comes too early */
  bool served_known;     /* an answer told the total: */
  int64_t served_total;  /* records on the service then */
  int64_t change;        /* of the total, by the last answer */
  int64_t twins;         /* rows that were left out of the last answer: they came twice */
  int64_t longest;       /* rows in a row that share a time */
  bool shuffled;         /* rows of one time have changed places */
};

/* What other windows than an answer's could show of the rows that share the last time. */
enum reach {
  REACHES_MORE, /* all of them, with one row before them */
  REACHES_ON,   /* that was seen, and the answer goes on with the last row that showed it */
  REACHES_LESS, /* not even that: too many share it, */
  REACHES_NEVER /* and they change places */
};

/* How an answer stands to the row that it was asked to go on from. */
enum standing {
  STANDS,      /* its rows go on from there */
  NOTHING_NEW, /* it reaches that row, or less far, and has nothing that comes after it */
  TOO_LATE,    /* rows may be missing between: an earlier one is needed */
  CANNOT       /* no answer can show more, and this one does not show enough */
};

struct join {
  enum standing standing;
  size_t skip;    /* STANDS: the first row that is new */
  size_t reached; /* the first row that does not come before the time that was asked for */
  bool anchored;  /* it has the row in front of the position, */
  bool known;     /* and only rows of that one's time that were read before */
  bool shown;     /* it has all rows of that time that were read, one before them, and no other */
};

void drift_init(struct drift *drift, struct page_cache *cache, const struct order *order);

/* Takes over what is known of the same list, whose rows stand elsewhere there. */
void drift_learn_from(struct drift *drift, const struct drift *other);

/*
** Takes what an answer says by itself: the total (`agrees`: its Content-Range can be right), and
** whether its rows are in order; a record that it lists twice is left out once. Comes before the
** answer is placed.
*/
void drift_note(struct drift *drift, struct page_response *answer, bool agrees);

/* How many records there are, in positions; false if no answer has told. */
bool drift_total(const struct drift *drift, int64_t *total);

/*
** How many of the rows in front of a position an answer should repeat to show that it goes on
** there: all that share the last time, and one from before it.
*/
int64_t drift_overlap(struct drift *drift, int64_t position);

/*
** How many rows an answer must have to show all that it can: one before them, those, and a new one.
*/
int64_t drift_room(struct drift *drift, int64_t position);

/*
** How an answer stands to the row in front of `position`, which is here. If STANDS, the rows from
** join.skip on come next: what was read before is taken out of them. `begun`: of the reader, see
** struct page_reader; `blind`: there is no room for a row that repeats.
*/
struct join drift_join(struct drift *drift, struct page_response *answer, int64_t position,
                       int64_t begun, enum reach reach, bool blind);

/*
** True if rows that share a time may be missing in front of a position where the list seems to end.
*/
bool drift_may_lack(const struct drift *drift, int64_t position);

/*
** The position of the first row of an answer that goes on from nothing that is here: by its offset
** alone.
*/
int64_t drift_place(struct drift *drift, const struct page_response *answer);

/*
** True if the rows of an answer go on, from this index on, with those of a page that is here. Where
** its first row shares a time with others, nothing shows it.
*/
bool drift_meets(struct drift *drift, const struct record_page *rows, size_t index,
                 const struct cached_page *after);

#endif
