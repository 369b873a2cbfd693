/*
** What one database connection keeps for as long as it is open: shared by the table and the SQL
** functions registered with it.
*/
#ifndef SWR_CONNECTION_H
#define SWR_CONNECTION_H

#include "request/service.h"

struct connection {
  struct service *service;
  int references; /* registrations with SQLite that point here */
};

/* With one reference, the caller's. NULL when out of memory. */
struct connection *connection_create(void);

/* One reference more; returns its argument, to be handed to SQLite together with the destructor. */
struct connection *connection_retain(struct connection *connection);

/* One reference less; with the last one the connection's memory and sockets go. For SQLite. */
void connection_release(void *connection);

#endif
