/*
** The SQL functions: swr_version(), swr_debug(), swr_config(name [, value]).
*/
#ifndef SWR_FUNCTIONS_H
#define SWR_FUNCTIONS_H

#include <sqlite3ext.h>

#include "vtab/connection.h"

/* Registers them; each keeps a reference to the connection. An SQLite result code. */
int functions_register(sqlite3 *db, struct connection *connection);

/* Takes back those that are registered; while a statement runs SQLite keeps them. */
void functions_unregister(sqlite3 *db);

#endif
