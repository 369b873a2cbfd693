/*
** What the statements that a connection has prepared tell: see prepared.h.
*/
#include "vtab/prepared.h"

#include <string.h>

#include "base/hash.h"
#include "vtab/sql_text.h"

SQLITE_EXTENSION_INIT3

static uint64_t mix(uint64_t hash, uint64_t number) {
  return hash_bytes(hash, &number, sizeof number);
}

/*
** While a statement is prepared, it and the programs of its triggers have no text yet, and no other
** one comes or goes. Later ones find it among those with a text; if it was prepared anew in the
** meantime, as SQLite does when the schema has changed, they find that counted.
*/
uint64_t prepared_number(sqlite3 *db) {
  uint64_t hash = HASH_START;
  sqlite3_stmt *handle = NULL;

  while ((handle = sqlite3_next_stmt(db, handle)) != NULL) {
    if (!sqlite3_sql(handle)) continue;
    hash = mix(hash, (uintptr_t)handle);
    hash = mix(hash, (uint64_t)sqlite3_stmt_status(handle, SQLITE_STMTSTATUS_REPREPARE, 0));
  }
  return hash;
}

bool prepared_has(sqlite3 *db, const sqlite3_stmt *handle, const char *text) {
  sqlite3_stmt *found = NULL;

  if (!handle) return false;
  do {
    found = sqlite3_next_stmt(db, found);
  } while (found && found != handle);
  return found && sqlite3_sql(found) && !strcmp(sqlite3_sql(found), text);
}

bool prepared_creates(sqlite3 *db) {
  sqlite3_stmt *handle = NULL;

  while ((handle = sqlite3_next_stmt(db, handle)) != NULL) {
    const char *text = sqlite3_stmt_busy(handle) ? sqlite3_sql(handle) : NULL;
    if (text && sql_begins_with_both(text, "create", "virtual")) return true;
  }
  return false;
}

void prepared_compare(sqlite3 *db, const char *table, const char *column,
                      struct prepared_comparisons *comparisons) {
  sqlite3_stmt *handle = NULL;

  *comparisons = (struct prepared_comparisons){.alone = true};
  while ((handle = sqlite3_next_stmt(db, handle)) != NULL) {
    const char *text = sqlite3_stmt_busy(handle) ? sqlite3_sql(handle) : NULL;
    if (!text) continue;
    comparisons->casts = comparisons->casts || sql_calls(text, "cast");
    comparisons->rows = comparisons->rows || sql_has_row_in(text, column);
    comparisons->alone = comparisons->alone && sql_reads_alone(text, table);
  }
}

/*
** Which of those that run is executed, and which waits with a row, SQLite does not show from 3.41
** on, so that all are looked at. Without a text are the handles of sqlite3_blob_open, which call
** nothing.
*/
bool prepared_calls(sqlite3 *db, const char *function) {
  sqlite3_stmt *handle = NULL;
  bool calls = false;

  while ((handle = sqlite3_next_stmt(db, handle)) != NULL) {
    const char *text = sqlite3_stmt_busy(handle) ? sqlite3_sql(handle) : NULL;
    if (!text) continue;
    if (!sqlite3_stmt_readonly(handle) || sql_begins_with(text, "pragma")) return false;
    calls = calls || sql_calls(text, function);
  }
  return calls;
}
