/*
** The arguments of xFilter: from the values of a plan's terms to repositories and bounds.
*/
#ifndef SWR_ARGUMENTS_H
#define SWR_ARGUMENTS_H

#include <sqlite3ext.h>
#include <stdbool.h>
#include <stddef.h>

#include "api/place.h"
#include "scan/time_bounds.h"
#include "vtab/plan.h"

struct arguments {
  struct place *places; /* owned, sorted, no two equal: those that may have rows */
  size_t place_count;
  /* Owned: those that a list names beside a single value of the same key, as a join does to tell
  ** what later runs of xFilter will ask; none where the list stands alone. */
  struct place *announced;
  size_t announced_count;
  struct time_bounds bounds; /* the texts belong to the arguments of xFilter */
  sqlite3_int64 offset;      /* 0 if none */
  sqlite3_int64 limit;       /* negative if none */
};

/*
** Reads the values of the terms in their order. NULL, a blob and text that is no name equal no
** repository and no region; terms that contradict each other leave none. `region`, the one that is
** set (empty if none), is asked where no term is on the region. An SQLite result code; on failure
** nothing is left to free.
*/
int arguments_read(const struct plan *plan, sqlite3_value **values, const char *region,
                   struct arguments *arguments);

void arguments_free(struct arguments *arguments);

#endif
