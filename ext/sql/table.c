/*
** The virtual table swr_sync_job: see table.h, and plan.h for what xBestIndex hands to xFilter.
**
** A cursor is a position in the rows of one repository; the page map behind it fetches what is
*read.
** Settings are read anew for the first scan of a statement: when no other cursor is open.
*/
#include "sql/table.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "service/page_map.h"
#include "sql/best_index.h"
#include "sql/columns.h"
#include "sql/interrupt.h"
#include "sql/plan.h"

SQLITE_EXTENSION_INIT3

struct table {
  sqlite3_vtab base;
  struct connection *connection; /* referenced */
  struct interrupt interrupt;
  int open_cursors;
  bool begun; /* settings were read for the cursors that are open */
};

struct cursor {
  sqlite3_vtab_cursor base;
  struct page_map *map; /* NULL: no rows */
  struct page_reader reader;
  int64_t position;
  bool eof;
};

static struct table *table_of(struct cursor *cursor) { return (struct table *)cursor->base.pVtab; }

/* Turns the end of a call of the service layer into a result code, and its sentence into zErrMsg.
 */
static int report(struct table *table, enum service_status status,
                  const struct service_error *error) {
  switch (status) {
    case SERVICE_OK:
      return SQLITE_OK;
    case SERVICE_INTERRUPTED:
      return SQLITE_INTERRUPT;
    case SERVICE_NO_MEMORY:
      return SQLITE_NOMEM;
    default:
      sqlite3_free(table->base.zErrMsg);
      table->base.zErrMsg = sqlite3_mprintf("%s: %s", TABLE_NAME, error->message);
      return table->base.zErrMsg ? SQLITE_ERROR : SQLITE_NOMEM;
  }
}

/*
** DIRECTONLY: a view or trigger in a database file from someone else would make whoever opens the
** file send requests with his credentials. Top-level SQL and TEMP views are not affected.
*/
static int table_connect(sqlite3 *db, void *context, int argc, const char *const *argv,
                         sqlite3_vtab **result, char **message) {
  struct connection *connection = context;
  struct table *table;
  int rc = sqlite3_declare_vtab(db, TABLE_DECLARATION);

  (void)argc;
  (void)argv;
  (void)message;
  if (rc == SQLITE_OK) rc = sqlite3_vtab_config(db, SQLITE_VTAB_DIRECTONLY);
  if (rc != SQLITE_OK) return rc;
  table = sqlite3_malloc(sizeof *table);
  if (!table) return SQLITE_NOMEM;
  memset(table, 0, sizeof *table);
  rc = interrupt_init(&table->interrupt, db);
  if (rc != SQLITE_OK) {
    sqlite3_free(table);
    return rc;
  }
  table->connection = connection_retain(connection);
  *result = &table->base;
  return SQLITE_OK;
}

static int table_disconnect(sqlite3_vtab *base) {
  struct table *table = (struct table *)base;

  service_watch(table->connection->service, NULL, NULL);
  interrupt_free(&table->interrupt);
  connection_release(table->connection);
  sqlite3_free(table);
  return SQLITE_OK;
}

static int cursor_open(sqlite3_vtab *base, sqlite3_vtab_cursor **result) {
  struct table *table = (struct table *)base;
  struct cursor *cursor = sqlite3_malloc(sizeof *cursor);

  if (!cursor) return SQLITE_NOMEM;
  memset(cursor, 0, sizeof *cursor);
  cursor->eof = true;
  if (table->open_cursors++ == 0) table->begun = false;
  *result = &cursor->base;
  return SQLITE_OK;
}

/* As it was when it was opened; xFilter may run many times. */
static void cursor_reset(struct cursor *cursor) {
  page_map_close(cursor->map);
  cursor->map = NULL;
  cursor->position = 0;
  cursor->eof = true;
}

static int cursor_close(sqlite3_vtab_cursor *base) {
  struct cursor *cursor = (struct cursor *)base;

  cursor_reset(cursor);
  table_of(cursor)->open_cursors--;
  sqlite3_free(cursor);
  return SQLITE_OK;
}

/* Finds out whether there is a row at the cursor's position. */
static int settle(struct cursor *cursor) {
  struct service_error error;
  bool exists = false;
  enum service_status status =
      page_map_seek(cursor->map, &cursor->reader, &cursor->position, &exists, &error);

  cursor->eof = !exists;
  return report(table_of(cursor), status, &error);
}

static int cursor_next(sqlite3_vtab_cursor *base) {
  struct cursor *cursor = (struct cursor *)base;

  cursor->position++;
  return settle(cursor);
}

static int cursor_eof(sqlite3_vtab_cursor *base) { return ((struct cursor *)base)->eof; }

/* A value of the record at the cursor's position. */
static void result_field(sqlite3_context *context, const struct job_page *page, size_t row,
                         enum job_field field) {
  const char *text;
  size_t size;

  if (field == JOB_ID) {
    sqlite3_result_int64(context, page->rows[row].id);
    return;
  }
  if (field == JOB_OVERRIDE) {
    if (page->rows[row].override_flag == JOB_NULL) return; /* NULL is the default */
    sqlite3_result_int(context, page->rows[row].override_flag);
    return;
  }
  text = job_page_text(page, row, field, &size);
  if (!text) return;
  /* With a length SQLite copies once more, to add the NUL; where one is inside, it must be given.
   */
  sqlite3_result_text(context, text, memchr(text, 0, size) ? (int)size : -1, SQLITE_TRANSIENT);
}

/* The columns that echo what was asked. */
static void result_key(sqlite3_context *context, struct cursor *cursor, int column) {
  const struct repository *repository = page_map_repository(cursor->map);
  char image[NAMESPACE_MAX + REPOSITORY_MAX + 2];

  switch (column) {
    case COLUMN_NAMESPACE:
      sqlite3_result_text(context, repository->name_space, -1, SQLITE_TRANSIENT);
      return;
    case COLUMN_REPO_NAME:
      sqlite3_result_text(context, repository->name, -1, SQLITE_TRANSIENT);
      return;
    case COLUMN_IMAGE:
      sqlite3_snprintf(sizeof image, image, "%s/%s", repository->name_space, repository->name);
      sqlite3_result_text(context, image, -1, SQLITE_TRANSIENT);
      return;
    default:
      sqlite3_result_text(context, table_of(cursor)->connection->service->access.region, -1,
                          SQLITE_TRANSIENT);
  }
}

static int cursor_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column) {
  struct cursor *cursor = (struct cursor *)base;
  const struct job_page *page;
  struct service_error error;
  enum service_status status;
  size_t row;
  int rc;

  if (column_is_key(column)) {
    result_key(context, cursor, column);
    return SQLITE_OK;
  }
  status = page_map_row(cursor->map, &cursor->reader, cursor->position, &page, &row, &error);
  if (status == SERVICE_OK) {
    result_field(context, page, row, (enum job_field)column);
    return SQLITE_OK;
  }
  rc = report(table_of(cursor), status, &error);
  if (rc == SQLITE_ERROR) sqlite3_result_error(context, table_of(cursor)->base.zErrMsg, -1);
  sqlite3_result_error_code(context, rc);
  return rc;
}

/* Never called: a table WITHOUT ROWID has none. The slot must be filled all the same. */
static int cursor_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *rowid) {
  (void)base;
  *rowid = 0;
  return SQLITE_ERROR;
}

/* The bytes of a key value; false for one that no name equals. INTEGER and REAL become text. */
static bool key_value(sqlite3_value *value, const char **text, size_t *size, int *rc) {
  int type = sqlite3_value_type(value);

  if (type == SQLITE_NULL || type == SQLITE_BLOB) return false;
  *text = (const char *)sqlite3_value_text(value);
  if (!*text) {
    *rc = SQLITE_NOMEM;
    return false;
  }
  *size = (size_t)sqlite3_value_bytes(value);
  return true;
}

/* One part of a name, given by one term and perhaps again by others. */
struct name_part {
  const char *text; /* NULL: not given yet */
  size_t size;
};

static bool agree(struct name_part *part, const char *text, size_t size) {
  if (part->text) return part->size == size && !memcmp(part->text, text, size);
  part->text = text;
  part->size = size;
  return true;
}

/*
** The repository that the keys name. *named is false if there can be none: a value that is no name,
** or two terms that contradict each other.
*/
static int read_keys(const struct plan *plan, sqlite3_value **argv, struct repository *repository,
                     bool *named) {
  struct name_part space = {NULL, 0};
  struct name_part name = {NULL, 0};
  int rc = SQLITE_OK;

  *named = false;
  for (size_t i = 0; i < plan->key_count; i++) {
    const char *text;
    const char *slash;
    size_t size;
    if (!key_value(argv[i], &text, &size, &rc)) return rc;
    switch (plan->keys[i]) {
      case PLAN_NAMESPACE:
        if (!agree(&space, text, size)) return SQLITE_OK;
        break;
      case PLAN_REPO_NAME:
        if (!agree(&name, text, size)) return SQLITE_OK;
        break;
      default:
        slash = size ? memchr(text, '/', size) : NULL;
        if (!slash || !agree(&space, text, (size_t)(slash - text)) ||
            !agree(&name, slash + 1, size - (size_t)(slash - text) - 1)) {
          return SQLITE_OK;
        }
    }
  }
  *named = repository_set(repository, space.text, space.size, name.text, name.size);
  return SQLITE_OK;
}

static int missing_keys(struct table *table, const struct plan *plan) {
  struct service_error error;
  unsigned keys = plan_keys(plan);
  const char *add = keys & PLAN_NAMESPACE   ? "repoName = …"
                    : keys & PLAN_REPO_NAME ? "namespace = …"
                                            : "namespace = … AND repoName = …, or image = …";

  service_fail(&error,
               "a query must say which repository it asks: add %s to the WHERE clause (in an outer "
               "join, to the ON clause of this table)",
               add);
  return report(table, SERVICE_FAILED, &error);
}

/* LIMIT and OFFSET as SQLite gives them; negative means none. */
static void read_hints(const struct plan *plan, sqlite3_value **argv, struct page_reader *reader) {
  size_t next = plan->key_count;

  reader->offset = 0;
  reader->limit = -1;
  reader->count_only = plan->count_only;
  reader->ordered = plan->ordered;
  if (plan->limit) reader->limit = sqlite3_value_int64(argv[next++]);
  if (plan->offset) reader->offset = sqlite3_value_int64(argv[next]);
  if (reader->offset < 0) reader->offset = 0;
}

static int begin_statement(struct table *table) {
  struct service_error error;
  enum service_status status;

  if (table->begun) return SQLITE_OK;
  status = service_begin(table->connection->service, &error);
  table->begun = status == SERVICE_OK;
  service_watch(table->connection->service, interrupt_pending, &table->interrupt);
  return report(table, status, &error);
}

static int cursor_filter(sqlite3_vtab_cursor *base, int number, const char *text, int argc,
                         sqlite3_value **argv) {
  struct cursor *cursor = (struct cursor *)base;
  struct table *table = table_of(cursor);
  struct repository repository;
  struct plan plan;
  bool named = false;
  int rc;

  (void)argc;
  cursor_reset(cursor);
  if (!plan_decode(number, text, &plan)) return SQLITE_INTERNAL;
  if (!plan_keys_complete(plan_keys(&plan))) return missing_keys(table, &plan);
  rc = read_keys(&plan, argv, &repository, &named);
  if (rc != SQLITE_OK || !named) return rc;
  rc = begin_statement(table);
  if (rc != SQLITE_OK) return rc;
  read_hints(&plan, argv, &cursor->reader);
  cursor->map = page_map_open(table->connection->service, &repository,
                              plan.descending ? JOBS_DESCENDING : JOBS_ASCENDING);
  if (!cursor->map) return SQLITE_NOMEM;
  return settle(cursor);
}

static const sqlite3_module module = {
    .iVersion = 0,
    .xCreate = NULL, /* eponymous only: nothing to create, nothing in the database file */
    .xConnect = table_connect,
    .xBestIndex = best_index,
    .xDisconnect = table_disconnect,
    .xDestroy = NULL,
    .xOpen = cursor_open,
    .xClose = cursor_close,
    .xFilter = cursor_filter,
    .xNext = cursor_next,
    .xEof = cursor_eof,
    .xColumn = cursor_column,
    .xRowid = cursor_rowid,
    .xUpdate = NULL, /* read-only */
};

int table_register(sqlite3 *db, struct connection *connection) {
  return sqlite3_create_module_v2(db, TABLE_NAME, &module, connection_retain(connection),
                                  connection_release);
}
