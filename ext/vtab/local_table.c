/*
** Tables whose rows are here: see local_table.h.
*/
#include "vtab/local_table.h"

#include <string.h>

#include "vtab/eponymous.h"

SQLITE_EXTENSION_INIT3

int local_table_connect(sqlite3 *db, struct connection *connection, const char *declaration,
                        int argc, const char *const *argv, sqlite3_vtab **result, char **message) {
  struct local_table *table;
  int rc = eponymous_check(argc, argv, message);

  if (rc == SQLITE_OK) rc = table_declare(db, declaration);
  if (rc != SQLITE_OK) return rc;
  table = sqlite3_malloc(sizeof *table);
  if (!table) return SQLITE_NOMEM;
  memset(table, 0, sizeof *table);
  table->connection = connection_retain(connection);
  *result = &table->base;
  return SQLITE_OK;
}

int local_table_disconnect(sqlite3_vtab *base) {
  struct local_table *table = (struct local_table *)base;

  connection_release(table->connection);
  sqlite3_free(table);
  return SQLITE_OK;
}

int local_table_plan(sqlite3_index_info *info, int rows) {
  info->estimatedRows = rows;
  info->estimatedCost = rows;
  return SQLITE_OK;
}

int local_table_open(size_t size, sqlite3_vtab_cursor **result) {
  *result = sqlite3_malloc64(size);
  if (!*result) return SQLITE_NOMEM;
  memset(*result, 0, size);
  return SQLITE_OK;
}

int local_table_close(sqlite3_vtab_cursor *base) {
  sqlite3_free(base);
  return SQLITE_OK;
}

int local_table_register(sqlite3 *db, const char *name, const sqlite3_module *module,
                         struct connection *connection) {
  return sqlite3_create_module_v2(db, name, module, connection_retain(connection),
                                  connection_release);
}

void local_table_unregister(sqlite3 *db, const char *name) {
  sqlite3_create_module_v2(db, name, NULL, NULL, NULL);
}
