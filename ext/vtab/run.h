/*
** A run of an SQL statement: what its cursors, of whatever table, have in common.
**
** What one cursor has fetched the others of its run use, so that all of a run see the service as it
** was at one moment; no other run does, be it of the same statement, and be it nested in this one.
** SQLite does not tell what a cursor belongs to, but what it does tell is enough:
**
** - Each plan of a statement holds a number that is the statement's own (see prepared_number), and
**   xFilter hands it over.
** - A run ends with its last cursor, and two runs of one statement never overlap.
** - Below 3.51, a correlated subquery opens its cursor anew each time it is run, perhaps the only
**   one: the new one is opened immediately before the old one is closed. What is opened then may be
**   filtered only later, by the number of its plan, and holds on to the run until then.
*/
#ifndef SWR_RUN_H
#define SWR_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scan/statement.h"

/* What is asked for with one account. */
struct part_of_run {
  struct part_of_run *next;
  struct statement *statement; /* owned */
  char profile[];              /* empty: as the settings say */
};

struct run {
  uint64_t number;           /* of its plans */
  int64_t serial;            /* of its own, from 1: what swr_request calls its statement */
  struct part_of_run *parts; /* owned; NULL until something is asked for */
  bool looked;               /* at the environment, for this run */
  size_t filtered;           /* cursors of which it is known that they are of this run, */
  size_t seats;              /* and those of which it may turn out */
  struct run *next;
};

/* A cursor, as a run sees it; zero before it is opened. */
struct seat {
  struct run *run; /* NULL, or the one that it holds on to */
  bool filtered;   /* it is of this run */
};

/* The runs of a connection; zero: there are none. */
struct runs {
  struct run *first;
  int64_t count;       /* that began so far */
  struct seat *opened; /* by the call before, not filtered or closed since */
};

/* For xOpen. */
void run_opened(struct runs *runs, struct seat *seat);

/* For xFilter, with the number of the plan: seat->run is the cursor's. False when out of memory. */
bool run_filtered(struct runs *runs, struct seat *seat, uint64_t number);

/* What a run asks for with a profile, NULL for that of the settings; NULL until it has begun. */
struct statement *run_statement(const struct run *run, const char *profile);

/* Makes it so; the run owns the statement. False when out of memory. */
bool run_begin(struct run *run, const char *profile, struct statement *statement);

/* For xClose, after the cursor's scan was closed. */
void run_closed(struct runs *runs, struct seat *seat);

#endif
