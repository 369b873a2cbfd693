/*
** What swr_debug() gives: a whole bug report, fit to be shown to anybody.
**
** No secret is in it, and neither are the names of a user and an account.
*/
#ifndef SWR_DEBUG_H
#define SWR_DEBUG_H

#include "vtab/connection.h"

/*
** The versions of all that is involved; if `whole`, also every setting with its origin, what the
** connection has done, and its last error. To be freed with sqlite3_free; NULL when out of memory.
*/
char *debug_report(struct connection *connection, bool whole);

#endif
