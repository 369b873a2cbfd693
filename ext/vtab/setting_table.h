/*
** The virtual table swr_setting: its sqlite3_module.
*/
#ifndef SWR_SETTING_TABLE_H
#define SWR_SETTING_TABLE_H

#include <sqlite3ext.h>
#include <stdbool.h>

#include "vtab/connection.h"

/* Registers the module; it keeps a reference to the connection. An SQLite result code. */
int setting_table_register(sqlite3 *db, struct connection *connection);

/* Takes it back. */
void setting_table_unregister(sqlite3 *db);

/* Whether it is: the library was loaded into this connection before. An SQLite result code. */
int setting_table_registered(sqlite3 *db, bool *registered);

#endif
