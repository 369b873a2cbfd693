/*
** Loading the extension while SQLite's memory runs out, at each allocation in turn.
*/
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

#define NOTHING "0 modules, 0 functions, no collation"

struct outcomes {
  struct answer whole; /* what there is after a load without faults */
  int loaded;
  int failed;
  int wrong; /* of both: what was there then, or closing, was not as it must be */
};

/* SQLite gives these functions no context of their own. */
static sqlite3_mem_methods memory;
static int countdown; /* to the allocation that fails; 0: none does */
static bool failing;
static bool for_ever; /* not it alone, but all after it */

static bool fails(void) {
  bool now = failing;

  if (countdown && --countdown == 0) {
    failing = for_ever;
    return true;
  }
  return now;
}

static void *allocate(int size) { return fails() ? NULL : memory.xMalloc(size); }

static void *reallocate(void *old, int size) { return fails() ? NULL : memory.xRealloc(old, size); }

static int load_by(const char *how, sqlite3 *db, const char *extension) {
  sqlite3_stmt *statement = NULL;
  int rc;

  if (!strcmp(how, "call")) return sqlite3_load_extension(db, extension, NULL, NULL);
  rc = sqlite3_prepare_v2(db, "SELECT load_extension(?)", -1, &statement, NULL);
  if (rc == SQLITE_OK) rc = sqlite3_bind_text(statement, 1, extension, -1, SQLITE_STATIC);
  if (rc == SQLITE_OK) sqlite3_step(statement);
  return sqlite3_finalize(statement) || rc;
}

/* What is there of the extension; a collation that is gone SQLite still lists. */
static void look(sqlite3 *db, struct answer *state) {
  struct answer collation;
  size_t size;

  host_run(db,
           "SELECT (SELECT count(*) FROM pragma_module_list WHERE name LIKE 'swr%') || ' modules, '"
           " || (SELECT count(DISTINCT name) FROM pragma_function_list WHERE name LIKE 'swr%')"
           " || ' functions,'",
           state);
  host_run(db, "SELECT '2026-01-01' = '2026-01-01T00:00:00Z' COLLATE SWR_TIME", &collation);
  size = strlen(state->said);
  snprintf(state->said + size, SAID_MAX - size, "%s",
           collation.code ? "no collation" : "a collation");
}

static bool is_whole(sqlite3 *db, const struct outcomes *outcomes) {
  struct answer state;

  look(db, &state);
  return !strcmp(state.said, outcomes->whole.said);
}

/* True if a load that failed has left nothing, and can be made up for. */
static bool failed_well(sqlite3 *db, const char *how, const char *extension,
                        const struct outcomes *outcomes) {
  struct answer state;

  look(db, &state);
  /* While a statement runs SQLite takes neither functions nor collations back. */
  if (!strcmp(how, "call") && strcmp(state.said, NOTHING) != 0) return false;
  return load_by("call", db, extension) == SQLITE_OK && is_whole(db, outcomes);
}

/*
** One connection; false once no allocation of the load was left to fail. Where it is to be closed
** as it is, `outcomes` is NULL.
*/
static bool try_one(int point, const char *how, const char *extension, struct outcomes *outcomes) {
  sqlite3 *db = host_new();
  bool injected;
  int rc;

  /* The memory that a connection sets aside for small things cannot fail. */
  sqlite3_db_config(db, SQLITE_DBCONFIG_LOOKASIDE, NULL, 0, 0);
  countdown = point;
  rc = load_by(how, db, extension);
  injected = !countdown;
  countdown = 0;
  failing = false;
  if (!outcomes) {
    if (sqlite3_close(db)) exit(2);
    return injected;
  }
  if (rc == SQLITE_OK) {
    outcomes->loaded++;
    if (!is_whole(db, outcomes)) outcomes->wrong++;
  } else {
    outcomes->failed++;
    if (!failed_well(db, how, extension, outcomes)) outcomes->wrong++;
  }
  if (sqlite3_close(db)) outcomes->wrong++;
  return injected;
}

int host_load_faults(int count, char **arguments) {
  sqlite3_mem_methods methods;
  struct outcomes outcomes = {0};
  sqlite3 *db;
  int point = 1;

  if (count != 3 || sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory)) return 2;
  methods = memory;
  methods.xMalloc = allocate;
  methods.xRealloc = reallocate;
  if (sqlite3_config(SQLITE_CONFIG_MALLOC, &methods)) return 2;
  for_ever = !strcmp(arguments[2], "all");
  while (try_one(point, arguments[1], arguments[0], NULL)) point++;
  db = host_open(arguments[0]);
  look(db, &outcomes.whole);
  sqlite3_close(db);
  point = 1;
  while (try_one(point, arguments[1], arguments[0], &outcomes)) point++;
  printf("%d points, %d loaded, %d failed, %d wrong\n", point, outcomes.loaded, outcomes.failed,
         outcomes.wrong);
  return 0;
}
