/*
** How a connection's databases encode text: see text_encoding.h.
*/
#include "vtab/text_encoding.h"

#include <string.h>

SQLITE_EXTENSION_INIT3

bool text_is_utf8(sqlite3 *db) {
  sqlite3_stmt *statement = NULL;
  const char *encoding = NULL;
  bool utf8 = false;

  if (sqlite3_prepare_v2(db, "PRAGMA encoding", -1, &statement, NULL) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW) {
    encoding = (const char *)sqlite3_column_text(statement, 0);
    utf8 = encoding && !strcmp(encoding, "UTF-8");
  }
  sqlite3_finalize(statement);
  return utf8;
}
