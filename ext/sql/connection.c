/*
** What one database connection keeps for as long as it is open: see connection.h.
*/
#include "sql/connection.h"

#include <stdlib.h>

struct connection *connection_create(void) {
  struct connection *connection = malloc(sizeof *connection);

  if (!connection) return NULL;
  connection->references = 1;
  connection->service = service_create(NULL);
  if (!connection->service) {
    free(connection);
    return NULL;
  }
  return connection;
}

struct connection *connection_retain(struct connection *connection) {
  connection->references++;
  return connection;
}

void connection_release(void *context) {
  struct connection *connection = context;

  if (--connection->references) return;
  service_destroy(connection->service);
  free(connection);
}
