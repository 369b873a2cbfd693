/*
** One place of a scan: how far its rows were read, and the requests for the ones that come next.
**
** What is here is a scan's own; others go by scan.h. It must not know in which order the rows of
** many places leave.
*/
#ifndef SWR_PART_H
#define SWR_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/status.h"
#include "scan/discovery.h"
#include "scan/given.h"
#include "scan/places.h"
#include "scan/sequence.h"
#include "scan/statement.h"
#include "scan/time_bounds.h"

struct tie_sort;

/* A place, and how far it was read. */
struct part {
  size_t index;         /* of its place; set when its turn comes */
  struct sequence rows; /* the statement's */
  struct page_reader reader;
  struct trail trail; /* its view: the rows of one page */
  struct given given; /* where the list is not sorted */
  int64_t inside;     /* rows of the view before this position are not past a bound */
  int64_t position;
  int64_t first;    /* the position that it begins at */
  bool held;        /* its rows: they are still to be read */
  bool asked_first; /* nobody has asked its map before this scan */
  int64_t scouted;  /* rows before this position are not past a bound: see part_ask_on */
  bool paced;       /* the time of the row at paced_from is known, in seconds */
  int64_t paced_from;
  int64_t first_seconds;
  struct buffer time; /* createdAt of the row at the position; for the merge */
  bool time_null;
};

/*
** Parts stay where they are, since requests ahead know for whom they are made. Nobody writes to one
** before its turn comes: of a list of hundreds of thousands, those that are never read are zeros
** that the system has not given memory to.
*/
struct part_block {
  struct part_block *before;
  struct part parts[];
};
_Static_assert(sizeof(struct part_block) <= sizeof(struct part), "see part_add_all");

struct scan {
  struct statement *statement; /* referenced */
  const struct listing *listing;
  struct places *places; /* referenced: of each part */
  const struct order *order;
  uint32_t wanted; /* large columns that are read */
  bool merged;
  bool ordered;
  bool by_name; /* see scan_by_name */
  bool count_only;
  bool may_stop;  /* see struct scan_request */
  bool reads;     /* a field was read: see struct page_reader */
  int64_t page;   /* rows of a page at most; 0: as the settings say */
  int64_t offset; /* as hints, over all repositories */
  int64_t limit;
  struct time_bounds bounds;
  char *bound_texts;   /* owned: what the bounds point at */
  struct part **parts; /* by the index of their places */
  size_t part_count;
  size_t part_capacity;
  struct part_block *last_block; /* owned: what they are in */
  size_t current;                /* the part of the row; not merged */
  int64_t passed;                /* rows of the parts before it; not merged */
  size_t *heap;                  /* indexes of parts; merged: heap[0] has the row */
  size_t heap_size;
  size_t heap_capacity;
  size_t started;               /* parts whose first request was started ahead */
  int64_t scouted;              /* rows of parts after the current one that were looked at */
  struct discovery *discovery;  /* owned: finds places, and with them parts; NULL: all are named */
  bool asking;                  /* requests ahead are being made: see ask_more in scan.c */
  enum service_status failed;   /* how they ended while something else was waited for, */
  struct service_error failure; /* and why */
  bool leaves_out;              /* those that are found and may not be read */
  struct tie_sort *ties;        /* owned: it reads the rows, and has the reader's; NULL: none */
};

/*
** The rows as they come, which is not how they leave where ties are sorted: the part of the row,
** the next row, and the end. Within a call of scan.h.
*/
struct part *scan_part(const struct scan *scan);
enum service_status scan_step(struct scan *scan);
bool scan_at_end(const struct scan *scan);

/* Makes parts of all places that there are by now. False when out of memory. */
bool part_add_all(struct scan *scan);

/* The part of an index, whose turn has come: to be begun, or to have its first request. */
struct part *part_in_turn(const struct scan *scan, size_t index);

/* Frees them. */
void part_free_all(struct scan *scan);

/*
** True if it is to be expected that further parts are read. How many rows of those before part
** `end` may be asked for then, besides what is under way: see prefetch_rows.
*/
bool part_reads_on(const struct scan *scan);
int64_t part_allowance(const struct scan *scan, size_t end);

/* Finds the rows of a place in the statement. False when out of memory. */
bool part_find_rows(const struct scan *scan, const struct place *place, struct sequence *rows);

/* Makes sure of the rows of a part. False when out of memory. */
bool part_open(const struct scan *scan, struct part *part);

/* The scan has read a part, and needs its rows no more. */
void part_leave(struct part *part);

/* Expects of a part what is left of OFFSET and LIMIT, from the position that it begins at on. */
void part_expect(const struct scan *scan, struct part *part, int64_t passed);

/* True if the page of the part's row is at hand. */
bool part_in_view(const struct part *part);

/*
** Goes to the first row of a part that no bound excludes; `passed` rows of other parts were before
** it. *exists: there is one. A place that was found, and may not be read, has none, or is an error.
*/
enum service_status part_begin(struct scan *scan, struct part *part, int64_t passed, bool *exists);

/*
** Finds the row at the part's position or the next one that is there; *exists is false past its
** last one, or past a bound.
*/
enum service_status part_seek(const struct scan *scan, struct part *part, bool *exists);

/* The fields of the part's row. */
enum service_status part_row(const struct scan *scan, struct part *part,
                             const struct record_page **page, size_t *index);

/* What the first request of a part is made for, while no search for a bound comes before. */
struct page_reader part_first_reader(const struct scan *scan, struct part *part);

/*
** Starts the first requests of parts before part `end` that were not begun yet, as many at once as
** the settings allow. False when out of memory.
*/
bool part_start_first(struct scan *scan, size_t end);

/*
** Asks for further pages of a part whose first request was started, if its answer has come: for as
** many rows as that, and none past a bound. Never waits.
*/
enum service_status part_ask_on(struct scan *scan, struct part *part, int64_t rows);

#endif
