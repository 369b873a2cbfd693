/*
** Whether the user wants the running statement to stop: see interrupt.h.
*/
#include "vtab/interrupt.h"

SQLITE_EXTENSION_INIT3

#define HAS_FUNCTION 3041000 /* sqlite3_is_interrupted */

/* Built with older headers, the function has no name; run by an older SQLite, it has no slot. */
static bool has_function(void) {
#if SQLITE_VERSION_NUMBER >= HAS_FUNCTION
  return sqlite3_libversion_number() >= HAS_FUNCTION;
#else
  return false;
#endif
}

int interrupt_init(struct interrupt *interrupt, sqlite3 *db) {
  interrupt->db = db;
  interrupt->poll = NULL;
  if (has_function()) return SQLITE_OK;
  return sqlite3_prepare_v3(db, "SELECT 1", -1, SQLITE_PREPARE_PERSISTENT, &interrupt->poll, NULL);
}

void interrupt_free(struct interrupt *interrupt) {
  sqlite3_finalize(interrupt->poll);
  interrupt->poll = NULL;
}

bool interrupt_pending(void *context) {
  struct interrupt *interrupt = context;
  int rc;

#if SQLITE_VERSION_NUMBER >= HAS_FUNCTION
  if (has_function()) return sqlite3_is_interrupted(interrupt->db) != 0;
#endif
  rc = sqlite3_step(interrupt->poll);
  sqlite3_reset(interrupt->poll);
  return rc == SQLITE_INTERRUPT;
}
