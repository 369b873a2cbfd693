/*
** Tables that are there by themselves: see eponymous.h.
*/
#include "vtab/eponymous.h"

SQLITE_EXTENSION_INIT3

/*
** argv: the module, the database ("main" for a table that is there by itself), the table,
** arguments.
*/
int eponymous_check(int argc, const char *const *argv, char **message) {
  if (argc == 3 && !sqlite3_stricmp(argv[1], "main") && !sqlite3_stricmp(argv[2], argv[0])) {
    return SQLITE_OK;
  }
  *message = sqlite3_mprintf(
      "%s is there by itself: a CREATE VIRTUAL TABLE of it is not to be trusted", argv[0]);
  return *message ? SQLITE_ERROR : SQLITE_NOMEM;
}

int table_declare(sqlite3 *db, const char *declaration) {
  int rc = sqlite3_declare_vtab(db, declaration);

  return rc == SQLITE_OK ? sqlite3_vtab_config(db, SQLITE_VTAB_DIRECTONLY) : rc;
}

#ifndef SWR_COVERAGE
int eponymous_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *rowid) {
  (void)base;
  *rowid = 0;
  return SQLITE_ERROR;
}
#endif
