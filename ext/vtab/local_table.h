/*
** Tables whose rows are here: nothing is asked for them (swr_request, swr_setting).
**
** What such tables have in common but for their rows: a connection that they keep, and cursors that
** are plain memory. It must not know columns.
*/
#ifndef SWR_LOCAL_TABLE_H
#define SWR_LOCAL_TABLE_H

#include <sqlite3ext.h>
#include <stddef.h>

#include "vtab/connection.h"

/* Of swr_request, and of swr_setting. */
struct local_table {
  sqlite3_vtab base;
  struct connection *connection; /* referenced */
};

/*
** For xConnect: a struct local_table as `declaration` says, see eponymous.h; `connection` is
** what the module was registered with.
*/
int local_table_connect(sqlite3 *db, struct connection *connection, const char *declaration,
                        int argc, const char *const *argv, sqlite3_vtab **result, char **message);

/* For xDisconnect. */
int local_table_disconnect(sqlite3_vtab *base);

/* For xBestIndex: all rows are read, however they are asked for. */
int local_table_plan(sqlite3_index_info *info, int rows);

/* For xOpen: a cursor of `size` bytes, of which an sqlite3_vtab_cursor is the first; zero. */
int local_table_open(size_t size, sqlite3_vtab_cursor **result);

/* For xClose. */
int local_table_close(sqlite3_vtab_cursor *base);

/* Registers a module; it keeps a reference to the connection. An SQLite result code. */
int local_table_register(sqlite3 *db, const char *name, const sqlite3_module *module,
                         struct connection *connection);

/* Takes it back. */
void local_table_unregister(sqlite3 *db, const char *name);

#endif
