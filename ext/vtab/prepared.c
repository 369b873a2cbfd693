/*
** What the statements that a connection has prepared tell: see prepared.h.
*/
#include "vtab/prepared.h"

#include <string.h>

SQLITE_EXTENSION_INIT3

/* FNV-1a over the bytes of a number. */
static uint64_t mix(uint64_t hash, uint64_t number) {
  for (int i = 0; i < 64; i += 8) hash = (hash ^ (number >> i & 0xff)) * 1099511628211u;
  return hash;
}

/*
** While a statement is prepared, it and the programs of its triggers have no text yet, and no other one
** comes or goes. Later ones find it among those with a text; if it was prepared anew in the meantime, as
** SQLite does when the schema has changed, they find that counted.
*/
uint64_t prepared_number(sqlite3 *db) {
  uint64_t hash = 14695981039346656037u;
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

bool prepared_names(sqlite3 *db, const char *word) {
  sqlite3_stmt *handle = NULL;

  while ((handle = sqlite3_next_stmt(db, handle)) != NULL) {
    const char *text = sqlite3_stmt_busy(handle) ? sqlite3_sql(handle) : NULL;
    if (text && strcasestr(text, word)) return true;
  }
  return false;
}
