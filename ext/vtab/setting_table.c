/*
** swr_setting: the settings, one row for each, as they would be used now. Read-only.
**
**     CREATE TABLE swr_setting(
**       name    TEXT PRIMARY KEY,  -- of the setting
**       value   TEXT,  -- `set` for a secret; NULL where there is none, or none that may be shown
**       source  TEXT,  -- `session`, a variable of the environment, a file, `default`, or what
**                      -- it is made from
**       takes   TEXT,  -- what it takes
**       problem TEXT   -- why statements will fail with it; NULL if they will not
**     ) WITHOUT ROWID;
**
**     SELECT name, source FROM swr_setting WHERE value IS NOT NULL;
**     SELECT problem FROM swr_setting WHERE problem IS NOT NULL;
**
** No request is made for it. Values are looked up column by column, so that swr_config may be
** called while rows are read.
*/
#include "vtab/setting_table.h"

#include <string.h>

#include "account/setting_view.h"
#include "base/always.h"
#include "vtab/eponymous.h"
#include "vtab/local_table.h"

SQLITE_EXTENSION_INIT3

#define TABLE_NAME "swr_setting"
#define TABLE_DECLARATION                                                                     \
  "CREATE TABLE x(name TEXT PRIMARY KEY, value TEXT, source TEXT, takes TEXT, problem TEXT) " \
  "WITHOUT ROWID"

enum setting_column { COLUMN_NAME, COLUMN_VALUE, COLUMN_SOURCE, COLUMN_TAKES, COLUMN_PROBLEM };

struct setting_cursor {
  sqlite3_vtab_cursor base;
  int setting;
};

/*
** DIRECTONLY: what is set, and in which file credentials lie, is not for a database file from
** someone else.
*/
static int setting_connect(sqlite3 *db, void *context, int argc, const char *const *argv,
                           sqlite3_vtab **result, char **message) {
  return local_table_connect(db, context, TABLE_DECLARATION, argc, argv, result, message);
}

static int setting_open(sqlite3_vtab *base, sqlite3_vtab_cursor **result) {
  (void)base;
  return local_table_open(sizeof(struct setting_cursor), result);
}

static int setting_next(sqlite3_vtab_cursor *base) {
  ((struct setting_cursor *)base)->setting++;
  return SQLITE_OK;
}

static int setting_eof(sqlite3_vtab_cursor *base) {
  return ((struct setting_cursor *)base)->setting >= SETTING_COUNT;
}

static int setting_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column) {
  const struct local_table *table = (const struct local_table *)base->pVtab;
  enum setting setting = (enum setting)((struct setting_cursor *)base)->setting;
  struct setting_view view;
  char takes[SETTING_TAKES_MAX];
  const char *text;

  if (setting_look(&table->connection->service->settings, setting, &view) != SERVICE_OK) {
    return SQLITE_NOMEM;
  }
  switch ((enum setting_column)column) {
    case COLUMN_NAME:
      text = setting_name(setting);
      break;
    case COLUMN_VALUE:
      text = view.value;
      break;
    case COLUMN_SOURCE:
      text = view.source;
      break;
    case COLUMN_TAKES:
      setting_takes(setting, takes);
      text = takes;
      break;
    default:
      text = view.problem.message[0] ? view.problem.message : NULL;
  }
  sqlite3_result_text(context, text, -1, SQLITE_TRANSIENT); /* NULL gives NULL */
  return SQLITE_OK;
}

static int setting_best_index(sqlite3_vtab *base, sqlite3_index_info *info) {
  (void)base;
  return local_table_plan(info, SETTING_COUNT);
}

static int setting_filter(sqlite3_vtab_cursor *base, int number, const char *text, int argc,
                          sqlite3_value **argv) {
  const struct local_table *table = (const struct local_table *)base->pVtab;

  (void)number;
  (void)text;
  (void)argc;
  (void)argv;
  ((struct setting_cursor *)base)->setting = 0;
  return settings_look(&table->connection->service->settings) ? SQLITE_OK : SQLITE_NOMEM;
}

static const sqlite3_module module = {
    .iVersion = 0,
    .xCreate = NULL, /* eponymous only */
    .xConnect = setting_connect,
    .xBestIndex = setting_best_index,
    .xDisconnect = local_table_disconnect,
    .xDestroy = NULL,
    .xOpen = setting_open,
    .xClose = local_table_close,
    .xFilter = setting_filter,
    .xNext = setting_next,
    .xEof = setting_eof,
    .xColumn = setting_column,
    .xRowid = NEVER_CALLED(eponymous_rowid),
    .xUpdate = NULL, /* swr_config sets */
};

int setting_table_register(sqlite3 *db, struct connection *connection) {
  return local_table_register(db, TABLE_NAME, &module, connection);
}

void setting_table_unregister(sqlite3 *db) { local_table_unregister(db, TABLE_NAME); }

/* A function that is looked for and not there would stand in SQLite's error log. */
int setting_table_registered(sqlite3 *db, bool *registered) {
  sqlite3_stmt *modules = NULL;
  int rc = sqlite3_prepare_v2(db, "PRAGMA module_list", -1, &modules, NULL);

  *registered = false;
  if (rc != SQLITE_OK) return rc;
  while (!*registered && sqlite3_step(modules) == SQLITE_ROW) {
    const char *name = (const char *)sqlite3_column_text(modules, 0);
    *registered = name && !strcmp(name, TABLE_NAME);
  }
  return sqlite3_finalize(modules);
}
