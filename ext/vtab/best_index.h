/*
** xBestIndex: from the terms of a query to a plan (see plan.h).
*/
#ifndef SWR_BEST_INDEX_H
#define SWR_BEST_INDEX_H

#include <sqlite3ext.h>
#include <stdbool.h>
#include <stdint.h>

#include "api/listing.h"

#define BEST_INDEX_CHECKS_MAX 4 /* more of them are not looked at */

/*
** For xBestIndex of a listing's table: an SQLite result code. `finds`: places that a query does not
** name are found. The number of the statement (see prepared.h), and what is only checked, go with
** the plan's text, after its NUL.
*/
int best_index(const struct listing *listing, sqlite3_index_info *info, bool finds, sqlite3 *db);

/* The number that came with a text, in xFilter. */
uint64_t best_index_number(const char *text);

/*
** The columns of bounds that are left to SQLite, in xFilter; returns how many there are. Their
** values come after those of the plan, for nothing but to be looked at: see time_argument.h.
*/
int best_index_checks(const char *text, int columns[BEST_INDEX_CHECKS_MAX]);

#endif
