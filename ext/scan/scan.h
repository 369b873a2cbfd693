/*
** A scan: the rows of one or many repositories as one sequence, one after the other or merged by
** createdAt, within bounds on createdAt.
**
** Only what the reader reaches is fetched: a merge needs the first page of every repository and
** then the pages that its rows come from; past a bound nothing is read. It must not know SQL.
*/
#ifndef SWR_SCAN_H
#define SWR_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/place.h"
#include "base/status.h"
#include "record/record_page.h"
#include "scan/discovery.h"
#include "scan/page_map.h"
#include "scan/places.h"
#include "scan/statement.h"
#include "scan/tie_sort.h"
#include "scan/time_bounds.h"

struct scan;

/* By the names of repositories, before all else. */
enum name_order { NAMES_ANYHOW, NAMES_ASCENDING, NAMES_DESCENDING };

/* What to scan, and what the reader is expected to do (see struct page_reader). */
struct scan_request {
  const struct listing *listing;
  struct places *places; /* no two equal; the scan keeps a reference */
  /*
  ** Or, where this is not NULL: places of the listing that finds the places to scan, those that the
  ** filter accepts. It becomes the scan's own, also where scan_open fails.
  */
  struct places *lists;
  struct place_filter filter;
  /* Those that later scans of the statement are going to ask, in the same way; NULL: none. */
  const struct places *announced;
  size_t *announced_begun;   /* so many of these were asked before, from the first on; or NULL */
  const struct order *order; /* that the service is asked for */
  uint32_t wanted;           /* large columns that are read, a bit each */
  const struct tie *ties;    /* and of one time, if `ordered`, in this one: see tie_sort.h */
  size_t tie_count;          /* 0: as they come */
  size_t tie_memory;         /* for one time; 0: TIES_MEMORY_MAX */
  struct time_bounds bounds; /* the texts must outlive scan_open */
  int64_t offset;
  int64_t limit;
  bool leaves_out;       /* places that are found and may not be read: see statement_leave_out */
  bool ordered;          /* rows must leave in `order`, merged where there are many */
  enum name_order names; /* and before that by name, place by place: see scan_by_name */
  bool count_only;
  bool may_stop; /* the reader may well stop before the last row: a LIMIT that is not `limit` */
};

/*
** Opens a scan in a statement, of which it keeps a reference, and finds its first row. Nothing is
** asked if a region among the repositories cannot be. On failure nothing is left open. SERVICE_OK,
** or how it ended.
*/
enum service_status scan_open(struct statement *statement, const struct scan_request *request,
                              struct scan **scan);

/* NULL is fine. */
void scan_close(struct scan *scan);

/* True past the last row. */
bool scan_ended(const struct scan *scan);

/* Moves to the next row. */
enum service_status scan_next(struct scan *scan);

/*
** True if repositories of several names are read one after the other, by name, and those of one
** name, too: these are not merged.
*/
bool scan_by_name(const struct scan *scan);

/* The number of the row among those of its place, from 0 on. */
int64_t scan_position(const struct scan *scan);

/* The repository of the row, its region with it. */
const struct place *scan_repository(const struct scan *scan);

/*
** The fields of the row: a page and an index in it. They are valid while the scan stays at the row
** and the number that scan_version points to is what it was after the call.
*/
enum service_status scan_row(struct scan *scan, const struct record_page **page, size_t *index);
const uint64_t *scan_version(const struct scan *scan);

#endif
