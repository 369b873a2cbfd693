/*
** A search for the offset where rows go on from one that is here, while they move on the service:
** where to ask next, and what an answer shows of it and of the end of the list.
**
** It must not know how answers are kept, nor who reads.
*/
#ifndef SWR_HUNT_H
#define SWR_HUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scan/drift.h"
#include "scan/fetch.h"
#include "scan/page_reader.h"

struct hunt {
  struct fetch *fetch; /* not owned, as is the next */
  struct drift *drift;
  int64_t position;  /* of the row that is wanted; the one in front of it is here */
  int64_t begun;     /* see struct page_reader */
  int64_t seen;      /* positions below this are known to have existed */
  int64_t too_early; /* an answer from this offset on did not get there; -1: none */
  int64_t too_late;  /* and one from here began past it; -1: none */
  bool blind;        /* no row can be asked for that repeats */
  int64_t after; /* where an answer ended that had come to that row and was not full; -1: none */
  int64_t cut;   /* rows of that answer, */
  uint64_t cut_time;   /* the first one's, see row_time_hash, */
  uint64_t cut_row;    /* and the last of them, */
  uint64_t first_time; /* and those of the answer in hand */
  uint64_t last_row;
  int cuts;         /* how often rows came from there on all the same */
  int64_t end;      /* the offset that the list has no row from on, as a short answer showed; -1 */
  bool nothing;     /* nothing came from there on: the answer is asked for again */
  bool saw_more;    /* an answer began with rows that come later */
  bool shown;       /* an answer had all of the last time that were read, and one before them, */
  int64_t shown_at; /* and ended at this offset */
  uint64_t shown_row; /* with this row */
  bool wide;          /* one was asked for that would have shown all of that time */
  int doubts;         /* how often the end was not believed; see hunt_doubt */
  int64_t ended;      /* the offset where the list seemed to end then */
  bool asked_again;   /* for an end without the row in front of the position */
  int64_t step;
  struct page_window window; /* to be asked for next */
};

/* What an answer shows of the list. */
enum finding {
  FOUND,     /* the rows from join->skip on come next */
  ENDS,      /* nothing comes next */
  MISSED,    /* neither */
  ASK_AGAIN, /* the end, but it has to say so again */
  TIED       /* as MISSED, since too many rows share a time */
};

/* Begins with the window where the row at `position` should be. */
void hunt_begin(struct hunt *hunt, struct fetch *fetch, struct drift *drift,
                const struct page_reader *reader, int64_t position, int64_t seen);

/*
** Looks at the answer to the window; where it is neither found nor the end, hunt_miss comes next.
*/
enum finding hunt_look(struct hunt *hunt, struct page_response *answer, struct join *join);

/*
** After ENDS: true if rows of the last time may be missing, and an answer could show all of it. The
** window is then set for that.
*/
bool hunt_doubt(struct hunt *hunt, struct join *join);

/* Sets the window after an answer that missed. `empty`: it had no rows at all. */
void hunt_miss(struct hunt *hunt, const struct join *join, bool empty);

#endif
