/*
** The rows of many places in one order of time.
**
** It needs the first page of every place, and then the pages that its rows come from. It must not
** know how rows are had.
*/
#ifndef SWR_MERGE_H
#define SWR_MERGE_H

#include "base/status.h"
#include "scan/part.h"

/* Finds the first row: scan->heap[0] is the part that has it. All places must be there. */
enum service_status merge_begin(struct scan *scan);

/* Moves to the next row. */
enum service_status merge_next(struct scan *scan);

#endif
