/*
** The SQL functions: swr_version(), swr_debug(), swr_config(name [, value]).
*/
#ifndef SWR_FUNCTIONS_H
#define SWR_FUNCTIONS_H

#include <sqlite3ext.h>
#include <stdbool.h>

#include "vtab/connection.h"

/* True if they are registered already: the library was loaded into this connection before. */
bool functions_registered(sqlite3 *db);

/* Registers them; each keeps a reference to the connection. An SQLite result code. */
int functions_register(sqlite3 *db, struct connection *connection);

#endif
