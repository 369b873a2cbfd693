/*
** The virtual table swr_sync_job: its sqlite3_module.
*/
#ifndef SWR_TABLE_H
#define SWR_TABLE_H

#include <sqlite3ext.h>

#include "vtab/connection.h"

#define TABLE_NAME "swr_sync_job"

/* Registers the module; it keeps a reference to the connection. An SQLite result code. */
int table_register(sqlite3 *db, struct connection *connection);

#endif
