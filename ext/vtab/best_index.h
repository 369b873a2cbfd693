/*
** xBestIndex: from the terms of a query to a plan (see plan.h).
*/
#ifndef SWR_BEST_INDEX_H
#define SWR_BEST_INDEX_H

#include <sqlite3ext.h>

/* The slot of sqlite3_module. */
int best_index(sqlite3_vtab *table, sqlite3_index_info *info);

#endif
