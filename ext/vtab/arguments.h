/*
** The arguments of xFilter: from the values of a plan's terms to places and bounds.
*/
#ifndef SWR_ARGUMENTS_H
#define SWR_ARGUMENTS_H

#include <sqlite3ext.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "request/request_log.h"
#include "scan/places.h"
#include "scan/time_bounds.h"
#include "vtab/found_places.h"
#include "vtab/interrupt.h"
#include "vtab/plan.h"

#define NUMBER_MAX 32 /* bytes of a number, as SQLite writes it, NUL included */

/* What tells how a number is compared. */
struct comparison {
  sqlite3 *db;
  const char *table; /* its name in SQL */
  const char *text;  /* of the plan, as xFilter got it */
};

/* Where it is noted what is not asked, and for whom. */
struct skips {
  struct request_log *log;
  int64_t statement;
  const char *table;
};

/* What a list beside a single value has announced last, for one cursor; zero at first. */
struct announcement {
  struct places *places; /* owned */
  uint64_t terms;        /* a hash of the terms that it follows from */
  size_t begun;          /* so many of them, from the first one on, have been asked */
};

/* What the values of terms are read with. */
struct argument_source {
  const struct comparison *comparison;
  const char *region; /* the one that is set, empty if none: asked where no term is on the region */
  struct interrupt *interrupt;
  const struct skips *skips;
  struct announcement *announcement; /* of the cursor */
};

struct arguments {
  /*
  ** Owned, sorted: those that may have rows; NULL: none. Of a plan that does not name its places:
  ** the places of the listing that finds them, and in `wanted` which of those that are found count.
  */
  struct places *places;
  struct found_places *wanted; /* owned; NULL where places are named */
  /*
  ** Those that a list names beside a single value of the same key, as a join does to tell what
  ** later runs of xFilter will ask; NULL where the list stands alone. The cursor's.
  */
  struct {
    const struct places *places;
    size_t *begun;
  } announced;
  /*
  ** The column whose numbers made it that places are found though the plan names them; -1: none.
  */
  int found_by_number;
  bool names;                /* a single value may stand for several names: a number may, */
  char written[NUMBER_MAX];  /* unless this is not empty: SQLite takes this name alone */
  struct time_bounds bounds; /* the texts belong to the arguments of xFilter */
  sqlite3_int64 offset;      /* 0 if none */
  sqlite3_int64 limit;       /* negative if none */
};

/*
** Reads the values of the terms in their order. NULL, a blob and text that is no name equal no
** place, which is noted; terms that contradict each other leave none. An SQLite result code;
** SQLITE_INTERRUPT, as lists may be long. On failure nothing is left to free.
*/
int arguments_read(const struct plan *plan, sqlite3_value **values,
                   const struct argument_source *source, struct arguments *arguments);

void arguments_free(struct arguments *arguments);

/* As it was at first. */
void announcement_free(struct announcement *announcement);

#endif
