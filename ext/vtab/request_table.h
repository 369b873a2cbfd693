/*
** The virtual table swr_request: its sqlite3_module.
*/
#ifndef SWR_REQUEST_TABLE_H
#define SWR_REQUEST_TABLE_H

#include <sqlite3ext.h>

#include "vtab/connection.h"

/* Registers the module; it keeps a reference to the connection. An SQLite result code. */
int request_table_register(sqlite3 *db, struct connection *connection);

/* Takes it back. */
void request_table_unregister(sqlite3 *db);

#endif
