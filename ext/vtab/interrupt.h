/*
** Whether the user wants the running statement to stop (Ctrl-C, sqlite3_interrupt, a progress
** handler).
**
** A statement that does nothing is stepped: where somebody wants to stop, it ends with
** SQLITE_INTERRUPT. It is long enough for progress handlers to be called, which
** sqlite3_is_interrupted of SQLite 3.41 does not do. What it says is right only while another
** statement runs, which is why nobody but xFilter, xNext and xColumn may lead here.
*/
#ifndef SWR_INTERRUPT_H
#define SWR_INTERRUPT_H

#include <sqlite3ext.h>
#include <stdbool.h>
#include <stdint.h>

struct interrupt {
  sqlite3 *db;
  sqlite3_stmt *poll; /* NULL until needed; a host may have finalized it */
  const char *text;   /* what it was prepared from */
  int64_t looked;     /* when it was stepped last, in milliseconds */
};

/* Prepares nothing yet. */
void interrupt_init(struct interrupt *interrupt, sqlite3 *db);

/* Finalizes the statement, if it is there: before the connection is closed. */
void interrupt_end(struct interrupt *interrupt);

/*
** For service_watch, with a struct interrupt as the context. Cheap to ask often: it looks a hundred
** times a second.
*/
bool interrupt_pending(void *context);

#endif
