/*
** Tables that are there by themselves, under the one name of their module.
*/
#ifndef SWR_EPONYMOUS_H
#define SWR_EPONYMOUS_H

#include <sqlite3ext.h>

/*
** For xConnect, with its arguments: SQLITE_OK for a table that is there by itself. A crafted schema
** can hold a CREATE VIRTUAL TABLE that SQLite itself would have refused, and so give the table
** another name, under which a harmless looking query would do the same: that is SQLITE_ERROR, with
** a message.
*/
int eponymous_check(int argc, const char *const *argv, char **message);

/*
** Declares a table, for top-level SQL and TEMP views alone (DIRECTONLY: a view or trigger in a
** database file from someone else would make whoever opens the file send requests with his
** credentials). An SQLite result code.
*/
int table_declare(sqlite3 *db, const char *declaration);

/*
** For xRowid, which is never called, as a table WITHOUT ROWID has none; but the slot must be
** filled.
*/
int eponymous_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *rowid);

#endif
