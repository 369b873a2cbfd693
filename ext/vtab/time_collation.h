/*
** The collation SWR_TIME of createdAt and updatedAt: see base/timestamp.h for what it compares.
*/
#ifndef SWR_TIME_COLLATION_H
#define SWR_TIME_COLLATION_H

#include <sqlite3ext.h>

#define TIME_COLLATION "SWR_TIME"

/* Registers the collation; an SQLite result code. */
int time_collation_register(sqlite3 *db);

/* Takes it back; while a statement runs SQLite keeps it. */
void time_collation_unregister(sqlite3 *db);

#endif
