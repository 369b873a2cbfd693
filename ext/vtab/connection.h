/*
** What one database connection keeps for as long as it is open: shared by its tables and SQL
** functions.
*/
#ifndef SWR_CONNECTION_H
#define SWR_CONNECTION_H

#include <sqlite3ext.h>

#include "request/service.h"
#include "vtab/failure.h"
#include "vtab/interrupt.h"
#include "vtab/progress.h"
#include "vtab/run.h"

struct connection {
  struct service *service;
  int references; /* registrations with SQLite, and tables, that point here */
  int tables;     /* that ask the service and are connected */
  struct interrupt interrupt;
  struct runs runs;
  struct progress progress;
  struct failure failure; /* the last one */
};

/* With one reference, the caller's. NULL when out of memory. */
struct connection *connection_create(sqlite3 *db);

/* One reference more; returns its argument, to be handed to SQLite together with the destructor. */
struct connection *connection_retain(struct connection *connection);

/* One reference less; with the last one the connection's memory and sockets go. For SQLite. */
void connection_release(void *connection);

/*
** For xConnect and xDisconnect of a table that asks the service: it has a reference in between.
** With the last of them goes what is prepared with SQLite, which must not be there when the
** connection is closed: sqlite3_close() disconnects the tables first, refuses if a statement is
** left, and only then lets go of what is registered.
*/
void connection_join(struct connection *connection);
void connection_leave(struct connection *connection);

/*
** Before all else that a cursor of a run does with settings: looks at the environment, once for a
** run. SERVICE_OK or SERVICE_NO_MEMORY.
*/
enum service_status connection_look(struct connection *connection, struct run *run);

/*
** The statement of a run with a profile (NULL: that of the settings), begun where it is not yet:
** with the settings in force, so that all its cursors ask alike. *statement is the run's. As
** statement_begin.
*/
enum service_status connection_begin(struct connection *connection, struct run *run,
                                     const char *profile, struct statement **statement);

/* The region that is set, as that sees it; '' if none. Checked when it begins. */
const char *connection_region(const struct connection *connection, const struct run *run,
                              const char *profile);

#endif
