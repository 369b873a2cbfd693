/*
** Which statements of a connection run: see running.h.
*/
#include "vtab/running.h"

#include <string.h>

SQLITE_EXTENSION_INIT3

void running_init(struct running *running) { memset(running, 0, sizeof *running); }

void running_free(struct running *running) {
  sqlite3_free(running->statements);
  running_init(running);
}

static bool known(const struct running *running, const struct running_statement *statement) {
  for (size_t i = 0; i < running->count; i++) {
    if (running->statements[i].handle == statement->handle &&
        running->statements[i].runs == statement->runs) {
      return true;
    }
  }
  return false;
}

static int add(struct running *running, const struct running_statement *statement) {
  if (running->count == running->capacity) {
    size_t capacity = running->capacity ? running->capacity * 2 : 4;
    struct running_statement *statements =
        sqlite3_realloc64(running->statements, capacity * sizeof *statements);
    if (!statements) return SQLITE_NOMEM;
    running->statements = statements;
    running->capacity = capacity;
  }
  running->statements[running->count++] = *statement;
  return SQLITE_OK;
}

/* The next statement behind `handle` that runs. */
static bool next_running(sqlite3 *db, const sqlite3_stmt *except, sqlite3_stmt *handle,
                         struct running_statement *next) {
  while ((handle = sqlite3_next_stmt(db, handle)) != NULL) {
    if (handle == except || !sqlite3_stmt_busy(handle)) continue;
    next->handle = handle;
    next->runs = sqlite3_stmt_status(handle, SQLITE_STMTSTATUS_RUN, 0);
    return true;
  }
  return false;
}

int running_look(struct running *running, sqlite3 *db, const sqlite3_stmt *except, bool *started) {
  struct running_statement statement = {NULL, 0};
  int rc = SQLITE_OK;

  *started = false;
  while (!*started && next_running(db, except, statement.handle, &statement)) {
    *started = !known(running, &statement);
  }
  if (!*started) return SQLITE_OK;
  running->count = 0;
  statement.handle = NULL;
  while (rc == SQLITE_OK && next_running(db, except, statement.handle, &statement)) {
    rc = add(running, &statement);
  }
  return rc;
}

bool running_names(sqlite3 *db, const char *word) {
  struct running_statement statement = {NULL, 0};

  while (next_running(db, NULL, statement.handle, &statement)) {
    const char *text = sqlite3_sql(statement.handle);
    if (text && strcasestr(text, word)) return true;
  }
  return false;
}
