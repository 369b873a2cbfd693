/*
** The virtual table swr_setting: its sqlite3_module.
*/
#ifndef SWR_SETTING_TABLE_H
#define SWR_SETTING_TABLE_H

#include <sqlite3ext.h>

#include "vtab/connection.h"

/* Registers the module; it keeps a reference to the connection. An SQLite result code. */
int setting_table_register(sqlite3 *db, struct connection *connection);

#endif
