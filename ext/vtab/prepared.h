/*
** What the statements that a connection has prepared tell: all that SQLite shows of them.
**
** It does not say for which of them a method of a virtual table or an SQL function is called. It
** must know nothing of tables or of what is fetched.
*/
#ifndef SWR_PREPARED_H
#define SWR_PREPARED_H

#include <sqlite3ext.h>
#include <stdbool.h>
#include <stdint.h>

/*
** For xBestIndex: a number that all plans of the statement under preparation share. A statement
** prepared while this one is there, run or not, has another number.
*/
uint64_t prepared_number(sqlite3 *db);

/*
** True if `handle` is still the statement that was prepared from `text`; it is only compared, since
** the host may have finalized it (sqlite3_next_stmt gives it every statement of the connection) and
** SQLite may have put another one in its place.
*/
bool prepared_has(sqlite3 *db, const sqlite3_stmt *handle, const char *text);

/*
** For an SQL function that changes more than its result: true if a statement that runs calls it by
** its own text, and none that runs writes or is a PRAGMA. CHECK constraints, which a database file
** brings with it, are evaluated by these alone.
*/
bool prepared_calls(sqlite3 *db, const char *function);

/* What the texts of the statements that run say of how their values are compared. */
struct prepared_comparisons {
  bool casts; /* there is a CAST */
  bool rows;  /* or a row value with the column before an IN: see sql_text.h */
  bool alone; /* all of them read the table, and nothing beside it */
};

void prepared_compare(sqlite3 *db, const char *table, const char *column,
                      struct prepared_comparisons *comparisons);

/* True if a CREATE VIRTUAL TABLE is under way, and not only a table that stands looked at. */
bool prepared_creates(sqlite3 *db);

#endif
