/*
** The SQL functions: see functions.h.
**
** swr_config changes where credentials are sent, so that it is for top-level SQL alone: a view or a
** trigger in a database file from someone else must not call it (SQLITE_DIRECTONLY). SQLite does
** not keep to that in CHECK constraints for functions that are not deterministic (3.38 to 3.54 at
** least), so that an INSERT or PRAGMA integrity_check would call it: it also wants a SELECT that
** calls it.
*/
#include "vtab/functions.h"

#include <string.h>

#include "account/setting_view.h"
#include "account/settings.h"
#include "base/version.h"
#include "vtab/debug.h"
#include "vtab/prepared.h"

SQLITE_EXTENSION_INIT3

static void swr_version(sqlite3_context *context, int argc, sqlite3_value **argv) {
  (void)argc;
  (void)argv;
  sqlite3_result_text(context, SWR_VERSION_TEXT, -1, SQLITE_STATIC);
}

static void result_owned(sqlite3_context *context, char *text) {
  if (text) {
    sqlite3_result_text(context, text, -1, sqlite3_free);
  } else {
    sqlite3_result_error_nomem(context);
  }
}

/* A view of a database file from someone else is told versions and no more. */
static void swr_debug(sqlite3_context *context, int argc, sqlite3_value **argv) {
  bool whole = prepared_calls(sqlite3_context_db_handle(context), "swr_debug");

  (void)argc;
  (void)argv;
  result_owned(context, debug_report(sqlite3_user_data(context), whole));
}

static void swr_error(sqlite3_context *context, int argc, sqlite3_value **argv) {
  const struct connection *connection = sqlite3_user_data(context);

  (void)argc;
  (void)argv;
  if (connection->failure.at) result_owned(context, failure_text(&connection->failure));
}

static void result_failure(sqlite3_context *context, enum service_status status,
                           const struct service_error *error) {
  struct connection *connection = sqlite3_user_data(context);
  char *message;

  if (status == SERVICE_NO_MEMORY) {
    sqlite3_result_error_nomem(context);
    return;
  }
  failure_note(&connection->failure, "swr_config", error, &connection->service->exchanges.log);
  message = failure_message(&connection->failure);
  if (!message) {
    sqlite3_result_error_nomem(context);
    return;
  }
  sqlite3_result_error(context, message, -1);
  sqlite3_free(message);
}

/* The value in force; of a secret, only that there is one. */
static void result_setting(sqlite3_context *context, const struct settings *settings,
                           enum setting setting) {
  struct setting_view view;

  if (setting_look(settings, setting, &view) != SERVICE_OK) {
    sqlite3_result_error_nomem(context);
    return;
  }
  sqlite3_result_text(context, view.value, -1, SQLITE_TRANSIENT); /* NULL gives NULL */
}

/* True if a text has no NUL inside, so that it is what it seems to be. */
static bool plain_text(sqlite3_value *value, const char **text) {
  *text = (const char *)sqlite3_value_text(value);
  return *text && strlen(*text) == (size_t)sqlite3_value_bytes(value);
}

/*
** Looks at the environment, once for each call in the text of a statement that runs. False when
** out of memory.
*/
static bool look_around(sqlite3_context *context, struct settings *settings) {
  static const char looked;

  if (sqlite3_get_auxdata(context, 0) == &looked) return true;
  if (!settings_look(settings)) return false;
  sqlite3_set_auxdata(context, 0, (void *)&looked, NULL);
  return true;
}

static void swr_config(sqlite3_context *context, int argc, sqlite3_value **argv) {
  struct connection *connection = sqlite3_user_data(context);
  struct settings *settings = &connection->service->settings;
  struct service_error error;
  enum setting setting = SETTING_ENDPOINT;
  enum service_status status;
  const char *name;
  const char *value = NULL;

  if (!prepared_calls(sqlite3_context_db_handle(context), "swr_config")) {
    sqlite3_result_error(context,
                         "unsafe use of swr_config()\nCall it in the text of a SELECT, while no "
                         "other statement writes, and no PRAGMA runs.",
                         -1);
    return;
  }
  if (!look_around(context, settings)) {
    sqlite3_result_error_nomem(context);
    return;
  }
  if (!plain_text(argv[0], &name)) name = "";
  status = settings_find(name, &setting, &error);
  if (status == SERVICE_OK && argc == 2) {
    if (sqlite3_value_type(argv[1]) != SQLITE_NULL && !plain_text(argv[1], &value)) {
      value = "";
    }
    status = settings_set(settings, setting, value, &error);
  }
  if (status != SERVICE_OK) {
    result_failure(context, status, &error);
    return;
  }
  result_setting(context, settings, setting);
}

static const struct {
  const char *name;
  int argc;
  int flags;
  void (*function)(sqlite3_context *, int, sqlite3_value **);
} functions[] = {
    {"swr_version", 0, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, swr_version},
    {"swr_debug", 0, SQLITE_UTF8 | SQLITE_INNOCUOUS, swr_debug},
    {"swr_error", 0, SQLITE_UTF8 | SQLITE_DIRECTONLY, swr_error},
    {"swr_config", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, swr_config},
    {"swr_config", 2, SQLITE_UTF8 | SQLITE_DIRECTONLY, swr_config},
};

int functions_register(sqlite3 *db, struct connection *connection) {
  int rc = SQLITE_OK;

  for (size_t i = 0; i < sizeof functions / sizeof functions[0] && rc == SQLITE_OK; i++) {
    rc = sqlite3_create_function_v2(db, functions[i].name, functions[i].argc, functions[i].flags,
                                    connection_retain(connection), functions[i].function, NULL,
                                    NULL, connection_release);
  }
  return rc;
}

void functions_unregister(sqlite3 *db) {
  for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
    sqlite3_create_function_v2(db, functions[i].name, functions[i].argc, functions[i].flags, NULL,
                               NULL, NULL, NULL, NULL);
  }
}
