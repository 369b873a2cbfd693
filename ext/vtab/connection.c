/*
** What one database connection keeps for as long as it is open: see connection.h.
*/
#include "vtab/connection.h"

#include <stdlib.h>

SQLITE_EXTENSION_INIT3

/* To whoever reads SQLite's error log: the shell has .log, a program SQLITE_CONFIG_LOG. */
static void log_warning(void *context, const char *message) {
  (void)context;
  sqlite3_log(SQLITE_WARNING, "swr_sync_job: %s", message);
}

struct connection *connection_create(sqlite3 *db) {
  struct connection *connection = calloc(1, sizeof *connection);

  if (!connection) return NULL;
  connection->references = 1;
  connection->service = service_create(NULL);
  if (!connection->service) {
    free(connection);
    return NULL;
  }
  interrupt_init(&connection->interrupt, db);
  service_warn_by(connection->service, log_warning, NULL);
  service_watch(connection->service, interrupt_pending, &connection->interrupt);
  progress_init(&connection->progress, connection->service);
  service_show_by(connection->service, progress_show, &connection->progress);
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

void connection_join(struct connection *connection) {
  connection_retain(connection);
  connection->tables++;
}

void connection_leave(struct connection *connection) {
  if (--connection->tables == 0) interrupt_end(&connection->interrupt);
  connection_release(connection);
}

enum service_status connection_look(struct connection *connection, struct run *run) {
  if (!run->looked && !settings_look(&connection->service->settings)) return SERVICE_NO_MEMORY;
  run->looked = true;
  return SERVICE_OK;
}

static bool is_idle(const struct connection *connection) {
  const struct run *run = connection->runs.first;

  while (run && !run->parts) run = run->next;
  return !run;
}

enum service_status connection_begin(struct connection *connection, struct run *run,
                                     const char *profile, struct statement **statement) {
  enum service_status status = SERVICE_OK;

  *statement = run_statement(run, profile);
  if (*statement) return SERVICE_OK;
  if (is_idle(connection)) status = progress_begin(&connection->progress);
  if (status != SERVICE_OK) return status;
  connection->service->statement = run->serial;
  status = statement_begin_as(connection->service, profile, statement);
  if (status == SERVICE_OK && !run_begin(run, profile, *statement)) {
    statement_release(*statement);
    status = SERVICE_NO_MEMORY;
  }
  return status;
}

const char *connection_region(const struct connection *connection, const struct run *run,
                              const char *profile) {
  const char *region = settings_text(&connection->service->settings, SETTING_REGION);
  const struct statement *statement = run_statement(run, profile);

  if (statement) return statement_region(statement);
  return region ? region : "";
}
