/*
** A virtual table of rows that are in memory already: what SQLite takes for rows that somebody
** hands it, whoever that is and however fast. A part of the floor of `make bench`.
**
**   .load kept-rows
**   ATTACH 'table.db' AS source;
**   SELECT * FROM kept_rows;
**
** It has the columns of source.job, and as many rows: the first hundred over and over, so that they
** stay as near to the processor as a page that was just decoded. It must know nothing of the
** extension.
*/
#include <sqlite3ext.h>
#include <string.h>

SQLITE_EXTENSION_INIT1

#define KEPT_ROWS 100
#define COLUMNS 14

struct value {
  char *text; /* NULL: a number, or NULL */
  sqlite3_int64 number;
  int type;
};

struct table {
  sqlite3_vtab base;
  sqlite3_int64 rows;
  sqlite3_int64 kept;
  struct value values[KEPT_ROWS][COLUMNS];
};

struct cursor {
  sqlite3_vtab_cursor base;
  sqlite3_int64 row;
};

static int keep(struct value *value, sqlite3_stmt *statement, int column) {
  value->type = sqlite3_column_type(statement, column);
  value->number = sqlite3_column_int64(statement, column);
  if (value->type != SQLITE_TEXT) return SQLITE_OK;
  value->text = sqlite3_mprintf("%s", sqlite3_column_text(statement, column));
  return value->text ? SQLITE_OK : SQLITE_NOMEM;
}

static int keep_rows(sqlite3 *db, struct table *table) {
  sqlite3_stmt *statement = NULL;
  int rc = sqlite3_prepare_v2(db, "SELECT *, (SELECT max(rowid) FROM source.job) FROM source.job",
                              -1, &statement, NULL);

  if (rc == SQLITE_OK && sqlite3_column_count(statement) != COLUMNS + 1) rc = SQLITE_MISMATCH;
  while (rc == SQLITE_OK && table->kept < KEPT_ROWS && sqlite3_step(statement) == SQLITE_ROW) {
    for (int i = 0; i < COLUMNS && rc == SQLITE_OK; i++) {
      rc = keep(&table->values[table->kept][i], statement, i);
    }
    table->kept++;
    table->rows = sqlite3_column_int64(statement, COLUMNS);
  }
  sqlite3_finalize(statement);
  return rc;
}

static int disconnect(sqlite3_vtab *base) {
  struct table *table = (struct table *)base;

  for (size_t row = 0; row < KEPT_ROWS; row++) {
    for (size_t i = 0; i < COLUMNS; i++) sqlite3_free(table->values[row][i].text);
  }
  sqlite3_free(table);
  return SQLITE_OK;
}

static int connect(sqlite3 *db, void *aux, int argc, const char *const *argv, sqlite3_vtab **result,
                   char **error) {
  struct table *table = sqlite3_malloc(sizeof *table);
  int rc;

  (void)aux, (void)argc, (void)argv;
  if (!table) return SQLITE_NOMEM;
  memset(table, 0, sizeof *table);
  rc = sqlite3_declare_vtab(
      db,
      "CREATE TABLE kept_rows(createdAt, domainID, domainName, id, namespace, override, "
      "remoteNamespace, remoteRegionId, repoName, status, syncOperatorId, syncOperatorName, tag, "
      "updatedAt)");
  if (rc == SQLITE_OK) rc = keep_rows(db, table);
  if (rc == SQLITE_OK) {
    *result = &table->base;
    return SQLITE_OK;
  }
  *error = sqlite3_mprintf("source.job cannot be read: %s", sqlite3_errmsg(db));
  disconnect(&table->base);
  return rc;
}

static int best_index(sqlite3_vtab *base, sqlite3_index_info *info) {
  (void)base;
  info->estimatedCost = 1e6;
  return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **result) {
  struct cursor *cursor = sqlite3_malloc(sizeof *cursor);

  (void)base;
  if (!cursor) return SQLITE_NOMEM;
  memset(cursor, 0, sizeof *cursor);
  *result = &cursor->base;
  return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *base) {
  sqlite3_free(base);
  return SQLITE_OK;
}

static int filter(sqlite3_vtab_cursor *base, int number, const char *text, int argc,
                  sqlite3_value **argv) {
  (void)number, (void)text, (void)argc, (void)argv;
  ((struct cursor *)base)->row = 0;
  return SQLITE_OK;
}

static int next(sqlite3_vtab_cursor *base) {
  ((struct cursor *)base)->row++;
  return SQLITE_OK;
}

static int at_end(sqlite3_vtab_cursor *base) {
  return ((struct cursor *)base)->row >= ((struct table *)base->pVtab)->rows;
}

/* Texts are copied by SQLite, as whoever lets go of its rows has to have it. */
static int column(sqlite3_vtab_cursor *base, sqlite3_context *context, int index) {
  const struct table *table = (const struct table *)base->pVtab;
  const struct value *value =
      &table->values[((struct cursor *)base)->row % table->kept][(size_t)index];

  if (value->text) {
    sqlite3_result_text(context, value->text, -1, SQLITE_TRANSIENT);
  } else if (value->type == SQLITE_INTEGER) {
    sqlite3_result_int64(context, value->number);
  }
  return SQLITE_OK;
}

static int rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *result) {
  *result = ((struct cursor *)base)->row;
  return SQLITE_OK;
}

static const sqlite3_module module = {.xConnect = connect, /* no xCreate: it is there by itself */
                                      .xBestIndex = best_index,
                                      .xDisconnect = disconnect,
                                      .xOpen = open_cursor,
                                      .xClose = close_cursor,
                                      .xFilter = filter,
                                      .xNext = next,
                                      .xEof = at_end,
                                      .xColumn = column,
                                      .xRowid = rowid};

/* By the library's name, kept-rows. */
__attribute__((visibility("default"))) int sqlite3_keptrows_init(
    sqlite3 *db, char **error, const sqlite3_api_routines *functions);

int sqlite3_keptrows_init(sqlite3 *db, char **error, const sqlite3_api_routines *functions) {
  (void)error;
  SQLITE_EXTENSION_INIT2(functions);
  return sqlite3_create_module(db, "kept_rows", &module, NULL);
}
