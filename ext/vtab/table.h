/*
** The tables of the listings: one sqlite3_module for them all.
*/
#ifndef SWR_TABLE_H
#define SWR_TABLE_H

#include <sqlite3ext.h>

#include "vtab/connection.h"

/*
** Registers a module for each listing; it keeps a reference to the connection. An SQLite result
** code.
*/
int tables_register(sqlite3 *db, struct connection *connection);

/* Takes back what is registered. */
void tables_unregister(sqlite3 *db);

#endif
