/*
** Whether the user wants the running statement to stop (Ctrl-C, sqlite3_interrupt, a progress
** handler).
**
** SQLite has a function for that from 3.41 on. Below, a statement prepared before is stepped:
** with an interrupt pending it ends with SQLITE_INTERRUPT. That is right only while another
** statement runs, which is why nobody but xFilter, xNext and xColumn may lead here.
*/
#ifndef SWR_INTERRUPT_H
#define SWR_INTERRUPT_H

#include <sqlite3ext.h>
#include <stdbool.h>
#include <stddef.h>

struct interrupt {
  sqlite3 *db;
  sqlite3_stmt *poll; /* NULL where SQLite has the function */
};

/* SQLITE_OK, or the error of preparing the statement. */
int interrupt_init(struct interrupt *interrupt, sqlite3 *db);

/* Finalizes the statement: in xDisconnect, before the connection closes. */
void interrupt_free(struct interrupt *interrupt);

/* For service_watch, with a struct interrupt as the context. */
bool interrupt_pending(void *context);

#endif
