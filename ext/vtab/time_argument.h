/*
** Values that a query compares with a column of times: each must be a time, or NULL.
**
** Text that is no time sorts after all times, and a number before or after all text: such a bound
** selects all rows or none, and nobody means that. What is asked here is no more than what SQLite
** hands to xFilter.
*/
#ifndef SWR_TIME_ARGUMENT_H
#define SWR_TIME_ARGUMENT_H

#include <sqlite3ext.h>

#include "base/status.h"
#include "vtab/plan.h"

/*
** Looks at the arguments of xFilter that are compared with times: those that a plan takes as
** bounds, and `count` more of the given columns, which come last. SERVICE_FAILED names the column,
** the value and what to write instead.
*/
enum service_status time_arguments_check(const struct plan *plan, int count, const int *columns,
                                         sqlite3_value **values, struct service_error *error);

#endif
