/*
** Which statements of a connection run, so that a new one is told from those that ran before.
**
** What a statement has fetched is kept for that statement, but SQLite does not say for which one it
** calls xFilter. Statements that run, by handle and number of runs, tell nearly as much: while no other
** one has started, what was fetched may be used again; after one has, all ask anew.
*/
#ifndef SWR_RUNNING_H
#define SWR_RUNNING_H

#include <sqlite3ext.h>
#include <stdbool.h>
#include <stddef.h>

struct running_statement {
  sqlite3_stmt *handle; /* only compared */
  int runs;
};

struct running {
  struct running_statement *statements; /* owned */
  size_t count;
  size_t capacity;
};

void running_init(struct running *running);
void running_free(struct running *running);

/*
** Looks at the statements that run now; `except` (may be NULL) is not counted. *started is true if one
** runs that did not at the last look at which one had started. SQLITE_OK or SQLITE_NOMEM.
*/
int running_look(struct running *running, sqlite3 *db, const sqlite3_stmt *except, bool *started);

/* True if one that runs names `word` in its text, in whatever case. */
bool running_names(sqlite3 *db, const char *word);

#endif
