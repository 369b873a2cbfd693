/*
** Tables that are there by themselves: see eponymous.h.
*/
#include "sql/eponymous.h"

SQLITE_EXTENSION_INIT3

/* argv: the module, the database ("main" for a table that is there by itself), the table, arguments. */
int eponymous_check(int argc, const char *const *argv, char **message) {
  if (argc == 3 && !sqlite3_stricmp(argv[1], "main") && !sqlite3_stricmp(argv[2], argv[0])) {
    return SQLITE_OK;
  }
  *message = sqlite3_mprintf(
      "%s is there by itself: a CREATE VIRTUAL TABLE of it is not to be trusted", argv[0]);
  return *message ? SQLITE_ERROR : SQLITE_NOMEM;
}
