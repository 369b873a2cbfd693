/*
** What one database connection keeps for as long as it is open: see connection.h.
*/
#include "vtab/connection.h"

#include <sqlite3ext.h>
#include <stdlib.h>

SQLITE_EXTENSION_INIT3

/* To whoever reads SQLite's error log: the shell has .log, a program SQLITE_CONFIG_LOG. */
static void log_warning(void *context, const char *message) {
  (void)context;
  sqlite3_log(SQLITE_WARNING, "swr_sync_job: %s", message);
}

struct connection *connection_create(void) {
  struct connection *connection = malloc(sizeof *connection);

  if (!connection) return NULL;
  connection->references = 1;
  connection->service = service_create(NULL);
  if (!connection->service) {
    free(connection);
    return NULL;
  }
  service_warn_by(connection->service, log_warning, NULL);
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
