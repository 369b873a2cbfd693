/*
** xBestIndex: from the terms of a query to a plan (see plan.h).
*/
#ifndef SWR_BEST_INDEX_H
#define SWR_BEST_INDEX_H

#include <sqlite3ext.h>
#include <stdint.h>

#include "api/listing.h"

/*
** For xBestIndex of a listing's table: an SQLite result code. The number of the statement goes with
** the plan's text, after its NUL.
*/
int best_index(const struct listing *listing, sqlite3_index_info *info, uint64_t number);

/* The number that came with a text, in xFilter. */
uint64_t best_index_number(const char *text);

#endif
