/*
** xBestIndex: from the terms of a query to a plan (see plan.h).
*/
#ifndef SWR_BEST_INDEX_H
#define SWR_BEST_INDEX_H

#include <sqlite3ext.h>
#include <stdbool.h>
#include <stdint.h>

#include "api/listing.h"
#include "scan/scan.h"

#define BEST_INDEX_CHECKS_MAX 4 /* more of them are not looked at */

/*
** For xBestIndex of a listing's table: an SQLite result code. `finds`: places that a query does not
** name are found. The number of the statement (see prepared.h), and what xFilter alone has to know,
** go with the plan's text, after its NUL.
*/
int best_index(const struct listing *listing, sqlite3_index_info *info, bool finds, sqlite3 *db);

/* The number that came with a text, in xFilter. */
uint64_t best_index_number(const char *text);

/*
** The terms of the plan, a bit each, of which a number is compared as its text, if no CAST made it:
** the literals. `alone`: no other table is read, so that all others are, too, unless SQLite may
** have put the value of a column of numbers in its place (of `id = 7 AND repoName = id`).
*/
unsigned best_index_literals(const char *text, bool alone);

/*
** Whether the plan keeps an order in which there is the name of a repository that has one value,
** and how: *first is where it is before all that is not the same in all rows, and false where not.
*/
bool best_index_sorts_names(const char *text, enum name_order *first);

/*
** The columns of bounds that are left to SQLite, in xFilter; returns how many there are. Their
** values come after those of the plan, for nothing but to be looked at: see time_argument.h.
*/
int best_index_checks(const char *text, int columns[BEST_INDEX_CHECKS_MAX]);

#endif
