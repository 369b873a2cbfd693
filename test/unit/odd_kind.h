/*
** The kinds of oddity, one by one, and the random runs that are made of each. It must not know what
** a scan returns.
**
** A kind is honest if its lists change only as those of a service that works as documented do: jobs
** are created with newer times and removed; totals are exact or absent; equal times stand in one
** order.
*/
#ifndef SWR_ODD_KIND_H
#define SWR_ODD_KIND_H

#include "odd_model.h"

struct odd_run;

enum odd_flag {
  ODD_MAY_FAIL = 1,   /* an error is a right answer, too; a wrong row never is */
  ODD_WHOLE = 2,      /* neither bounds, hints nor readers that stop: nobody can know then */
  ODD_NO_COUNT = 4,   /* totals do not tell the number of jobs */
  ODD_NOT_SINGLE = 8, /* pages of one row are too small for it */
  ODD_NO_SKIP = 16,   /* offsets do not tell which rows were moved over */
  ODD_PENDING = 32    /* runs only where it is named: what it finds is not mended yet */
};

struct odd_kind {
  const char *name;
  unsigned flags;
  void (*shape)(
      struct odd_run *run); /* of the world, before it is filled; may be NULL, as the next */
  void (*bend)(struct odd_run *run, struct odd_server *server); /* a server that was filled */
};

extern const struct odd_kind odd_kinds[];
extern const size_t odd_kind_count;

/* What one scan of a run asks and reads. */
struct odd_scan {
  struct scan_request request;
  struct odd_reading reading;
  char bounds[2][ODD_TIME_MAX];
};

/* What is drawn for one run. */
struct odd_run {
  const struct odd_kind *kind;
  const struct odd_kind *mixed[4]; /* of a mixture */
  size_t mixed_count;
  unsigned flags; /* of all of them */
  uint64_t seed;
  struct odd_world *world;
  struct odd_random random;
  int64_t page_size;
  bool grows; /* that is the size of the first page */
  int64_t concurrency;
  size_t jobs_most; /* of a list */
};

/* What all runs have in common, for whoever looks for a cause. */
struct odd_settings {
  int64_t concurrency; /* 0: drawn */
  int order;           /* 1: oldest first, 2: newest first, 0: drawn */
  int totals;          /* 1: never, 2: always where the kind has any, 0: drawn */
  size_t jobs_most;    /* of a list that no kind fills; 0: drawn */
  bool plain;          /* one place, no bounds, no hints, a reader that reads all, one scan */
};

/* Opens the world and begins its statement. Ends with odd_world_close. */
void odd_run_open(struct odd_run *run, struct odd_world *world, const struct odd_kind *kind,
                  uint64_t seed, const struct odd_settings *settings);

/* Draws what a scan of the run asks and reads. */
void odd_run_scan(struct odd_run *run, const struct odd_settings *settings, struct odd_scan *scan);

#endif
