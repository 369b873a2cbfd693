/*
** Finding the first row of a repository that meets bounds on createdAt, by few requests.
**
** It must not know how the rows are used.
*/
#ifndef SWR_BOUND_SEARCH_H
#define SWR_BOUND_SEARCH_H

#include "scan/page_map.h"
#include "scan/time_bounds.h"

/*
** Sets *position to that of the first row that does not come too early (time_bounds_before) in the
** map's order, or to the number of rows if there is none. Where the server does not tell the total,
** it is left at 0: rows are then read from the first one on.
*/
enum service_status bound_search(struct page_map *map, const struct time_bounds *bounds,
                                 int64_t *position);

#endif
