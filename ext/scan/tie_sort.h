/*
** Rows of one time, sorted: between a scan, whose rows come in the order of time, and its reader,
** who wants those of the same time in an order that the service does not know.
**
** A run of equal times is read to its end before its first row leaves, which takes the row after
** it: mostly one of the same page. Its pages are held meanwhile, within a bound of memory. Values
** compare as SQLite compares them: NULL before all, texts by their bytes in UTF-8, times as times.
*/
#ifndef SWR_TIE_SORT_H
#define SWR_TIE_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/place.h"
#include "base/status.h"
#include "record/record_page.h"

#define TIES_MAX 16
#define TIES_EXPECTED 20 /* rows of a run that are asked for beyond a LIMIT, which may cut it */
#define TIES_MEMORY_MAX ((size_t)64 << 20) /* bytes of the pages of one run */

/* A column that decides among rows of one time; not one that only a hidden column tells. */
struct tie {
  int column; /* of the listing */
  bool descending;
};

struct scan;
struct tie_sort;

/*
** Sorts by these columns, of which it takes a copy, within so many bytes. NULL when out of memory.
*/
struct tie_sort *tie_sort_open(const struct tie *ties, size_t count, size_t memory);

/* NULL is fine. */
void tie_sort_close(struct tie_sort *sort);

/*
** Reads the run that begins with the scan's row; there is none where the scan has ended. The scan
** stands at the row after it then. A run that takes too much memory is an error that says what to
** do.
*/
enum service_status tie_sort_begin(struct tie_sort *sort, struct scan *scan);

/* Moves to the next row, of the same run or the next one. */
enum service_status tie_sort_next(struct tie_sort *sort, struct scan *scan);

/* True past the last row. The others are for a row that is there; valid until the next call. */
bool tie_sort_ended(const struct tie_sort *sort);
int64_t tie_sort_position(const struct tie_sort *sort);
const struct place *tie_sort_place(const struct tie_sort *sort);
const struct record_page *tie_sort_row(const struct tie_sort *sort, size_t *index);
const uint64_t *tie_sort_version(const struct tie_sort *sort);

#endif
