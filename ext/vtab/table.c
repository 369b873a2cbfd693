/*
** The virtual table swr_sync_job: see table.h, and plan.h for what xBestIndex hands to xFilter.
**
** A cursor is a scan, which fetches what is read. What cursors have fetched is kept until the last of
** them is closed: below SQLite 3.51 a correlated subquery opens its cursor anew for every run, the new
** one before the old one is closed.
*/
#include "vtab/table.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "scan/scan.h"
#include "vtab/arguments.h"
#include "vtab/best_index.h"
#include "vtab/columns.h"
#include "vtab/eponymous.h"
#include "vtab/interrupt.h"
#include "vtab/plan.h"
#include "vtab/running.h"
#include "vtab/time_argument.h"

SQLITE_EXTENSION_INIT3

struct table {
  sqlite3_vtab base;
  struct connection *connection; /* referenced */
  struct interrupt interrupt;
  int open_cursors;
  struct statement *statement; /* the one that scanned last, referenced; NULL if none */
  struct running running;      /* what ran then */
};

struct cursor {
  sqlite3_vtab_cursor base;
  struct scan *scan; /* NULL: no rows */
  /* The row, once a column of it was read; valid while *version is `seen`. */
  const struct record_page *page; /* NULL if none was */
  size_t row;
  const uint64_t *version;
  uint64_t seen;
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

static int table_connect(sqlite3 *db, void *context, int argc, const char *const *argv,
                         sqlite3_vtab **result, char **message) {
  struct connection *connection = context;
  struct table *table;
  int rc = eponymous_declare(db, TABLE_DECLARATION, argc, argv, message);

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

/* Lets go of what was fetched; scans that are open keep what is theirs. */
static void end_statement(struct table *table) {
  statement_release(table->statement);
  table->statement = NULL;
}

static int table_disconnect(sqlite3_vtab *base) {
  struct table *table = (struct table *)base;

  service_watch(table->connection->service, NULL, NULL);
  end_statement(table);
  running_free(&table->running);
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
  table->open_cursors++;
  *result = &cursor->base;
  return SQLITE_OK;
}

/* As it was when it was opened; xFilter may run many times. */
static void cursor_reset(struct cursor *cursor) {
  scan_close(cursor->scan);
  cursor->scan = NULL;
  cursor->page = NULL;
}

static int cursor_close(sqlite3_vtab_cursor *base) {
  struct cursor *cursor = (struct cursor *)base;
  struct table *table = table_of(cursor);

  cursor_reset(cursor);
  if (--table->open_cursors == 0) end_statement(table);
  sqlite3_free(cursor);
  return SQLITE_OK;
}

static int cursor_next(sqlite3_vtab_cursor *base) {
  struct cursor *cursor = (struct cursor *)base;
  struct service_error error;

  cursor->page = NULL;
  return report(table_of(cursor), scan_next(cursor->scan, &error), &error);
}

static int cursor_eof(sqlite3_vtab_cursor *base) {
  struct cursor *cursor = (struct cursor *)base;

  return !cursor->scan || scan_ended(cursor->scan);
}

/* A value of the record at the cursor's position. */
static void result_field(sqlite3_context *context, const struct record_page *page, size_t row,
                         enum job_field field) {
  const char *text;
  size_t size;
  bool nul;

  if (field == JOB_ID) {
    sqlite3_result_int64(context, page->rows[row].id);
    return;
  }
  if (field == JOB_OVERRIDE) {
    if (page->rows[row].override_flag == JOB_NULL) return; /* NULL is the default */
    sqlite3_result_int(context, page->rows[row].override_flag);
    return;
  }
  text = record_page_text(page, row, field, &size);
  if (!text) return;
  /* With a length SQLite copies once more, to add the NUL; where one is inside, it must be given.
   */
  nul = !page->rows[row].plain && memchr(text, 0, size);
  sqlite3_result_text(context, text, nul ? (int)size : -1, SQLITE_TRANSIENT);
}

/* The columns that echo what was asked. */
static void result_key(sqlite3_context *context, struct cursor *cursor, int column) {
  const struct place *place = scan_repository(cursor->scan);

  switch (column) {
    case COLUMN_NAMESPACE:
      sqlite3_result_text(context, place->name_space, -1, SQLITE_TRANSIENT);
      return;
    case COLUMN_REPO_NAME:
      sqlite3_result_text(context, place->name, -1, SQLITE_TRANSIENT);
      return;
    case COLUMN_IMAGE:
      sqlite3_result_text(context, place->image, -1, SQLITE_TRANSIENT);
      return;
    default:
      sqlite3_result_text(context, place->region, -1, SQLITE_TRANSIENT);
  }
}

/* Looks for the row, which another cursor of the statement may have let go of since the last column. */
static int find_row(struct cursor *cursor, sqlite3_context *context) {
  struct service_error error;
  enum service_status status = scan_row(cursor->scan, &cursor->page, &cursor->row, &error);
  int rc;

  if (status == SERVICE_OK) {
    cursor->version = scan_version(cursor->scan);
    cursor->seen = *cursor->version;
    return SQLITE_OK;
  }
  cursor->page = NULL;
  rc = report(table_of(cursor), status, &error);
  if (rc == SQLITE_ERROR) sqlite3_result_error(context, table_of(cursor)->base.zErrMsg, -1);
  sqlite3_result_error_code(context, rc);
  return rc;
}

static int cursor_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column) {
  struct cursor *cursor = (struct cursor *)base;

  if (column_is_key(column)) {
    result_key(context, cursor, column);
    return SQLITE_OK;
  }
  if (!cursor->page || *cursor->version != cursor->seen) {
    int rc = find_row(cursor, context);
    if (rc != SQLITE_OK) return rc;
  }
  result_field(context, cursor->page, cursor->row, (enum job_field)column);
  return SQLITE_OK;
}

/* Never called: a table WITHOUT ROWID has none. The slot must be filled all the same. */
static int cursor_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *rowid) {
  (void)base;
  *rowid = 0;
  return SQLITE_ERROR;
}

static int missing_keys(struct table *table, const struct plan *plan) {
  struct service_error error;
  unsigned keys = plan_columns(plan);
  const char *where = "to the WHERE clause (in an outer join, to the ON clause of this table)";
  const char *add = keys & PLAN_NAMESPACE   ? "repoName = …"
                    : keys & PLAN_REPO_NAME ? "namespace = …"
                                            : "namespace = … AND repoName = …, or image = …";

  if (plan_columns_complete(keys)) {
    service_fail(
        &error,
        "the region must be known before its jobs are asked for, and compared byte by byte: "
        "add region = … or region IN (…) %s",
        where);
  } else {
    service_fail(&error, "a query must say which repository it asks: add %s %s", add, where);
  }
  return report(table, SERVICE_FAILED, &error);
}

/* What was fetched by scans of the same statement is used again; of another one it goes. */
static int look_for_statement(struct table *table) {
  bool started;
  int rc = running_look(&table->running, table->interrupt.db, table->interrupt.poll, &started);

  if (rc == SQLITE_OK && started) end_statement(table);
  return rc;
}

/* The statement to scan in; a new one reads the settings and asks anew. */
static int begin_statement(struct table *table) {
  struct service *service = table->connection->service;
  struct service_error error;

  if (table->statement) return SQLITE_OK;
  service_watch(service, interrupt_pending, &table->interrupt);
  return report(table, statement_begin(service, &table->statement, &error), &error);
}

/* The region that is set, as the statement sees it; '' if none. Checked when the statement begins. */
static const char *region_of(const struct table *table) {
  const char *region = settings_text(&table->connection->service->settings, SETTING_REGION);

  if (table->statement) return statement_region(table->statement);
  return region ? region : "";
}

/* Opens the scan that a plan and its arguments ask for. */
static int open_scan(struct cursor *cursor, const struct plan *plan,
                     const struct arguments *arguments) {
  struct table *table = table_of(cursor);
  struct scan_request request = {.listing = &sync_job_listing,
                                 .places = arguments->places,
                                 .place_count = arguments->place_count,
                                 .announced = arguments->announced,
                                 .announced_count = arguments->announced_count,
                                 .order = &sync_job_listing.orders[plan->descending],
                                 .ordered = plan->ordered,
                                 .bounds = arguments->bounds,
                                 .offset = arguments->offset,
                                 .limit = arguments->limit,
                                 .count_only = plan->count_only,
                                 .may_stop = plan->limited};
  struct service_error error;
  int rc = begin_statement(table);

  if (rc != SQLITE_OK) return rc;
  return report(table, scan_open(table->statement, &request, &cursor->scan, &error), &error);
}

static int cursor_filter(sqlite3_vtab_cursor *base, int number, const char *text, int argc,
                         sqlite3_value **argv) {
  struct cursor *cursor = (struct cursor *)base;
  struct table *table = table_of(cursor);
  struct service_error error;
  struct arguments arguments;
  struct plan plan;
  int rc;

  (void)argc;
  cursor_reset(cursor);
  if (!plan_decode(number, text, &plan)) return SQLITE_INTERNAL;
  if (!plan_complete(&plan)) return missing_keys(table, &plan);
  rc = report(table, time_arguments_check(&plan, argv, &error), &error);
  if (rc == SQLITE_OK) rc = look_for_statement(table);
  if (rc != SQLITE_OK) return rc;
  rc = arguments_read(&plan, argv, region_of(table), &arguments);
  if (rc != SQLITE_OK) return rc;
  if (arguments.place_count) rc = open_scan(cursor, &plan, &arguments);
  arguments_free(&arguments);
  return rc;
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
