/*
** A bug report: see debug.h.
*/
#include "vtab/debug.h"

#include <json-c/json_c_version.h>
#include <string.h>
#include <sys/utsname.h>

#include "account/setting_view.h"
#include "account/signature.h"
#include "base/always.h"
#include "base/version.h"
#include "network/curl_transport.h"

SQLITE_EXTENSION_INIT3

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#elif defined(__GNUC__)
#define COMPILER "gcc " __VERSION__
#else
#define COMPILER "unknown"
#endif

static void append_versions(sqlite3_str *text) {
  struct utsname system;
  int rc = uname(&system);

  sqlite3_str_appendf(
      text, "swr_sync_job %s\ncommit %s\ncompiler %s\nSQLite %s (built with %s)\n%s\njson-c %s\n%s",
      SWR_VERSION_TEXT, SWR_COMMIT_TEXT, COMPILER, sqlite3_libversion(), SQLITE_VERSION,
      curl_transport_version(), json_c_version(), signature_library());
  if (NEVER(rc < 0)) return; /* that is for an address that is none */
  sqlite3_str_appendf(text, "\n%s %s %s", system.sysname, system.release, system.machine);
}

/*
** Names of people and accounts are not secret, and still not for everybody. A problem may say the
** name that is wrong.
*/
static bool is_private(enum setting setting) {
  return setting_is_secret(setting) || setting == SETTING_USER_NAME ||
         setting == SETTING_DOMAIN_NAME;
}

/* False when out of memory. */
static bool append_settings(sqlite3_str *text, const struct settings *settings) {
  struct setting_view view;

  sqlite3_str_appendall(text, "\nsettings:");
  for (int i = 0; i < SETTING_COUNT; i++) {
    enum setting setting = (enum setting)i;
    if (setting_look(settings, setting, &view) != SERVICE_OK) return false;
    if (!view.value && !view.source && !view.problem.message[0]) continue;
    sqlite3_str_appendf(text, "\n  %s = %s (%s)", setting_name(setting),
                        !view.value           ? "?"
                        : is_private(setting) ? "set"
                                              : view.value,
                        view.source ? view.source : "nowhere");
    if (view.problem.message[0]) sqlite3_str_appendf(text, ": %s", view.problem.message);
  }
  return true;
}

static void append_counts(sqlite3_str *text, const struct connection *connection) {
  struct service_tally tally = service_tally(connection->service);

  sqlite3_str_appendf(text,
                      "\ncounts: %lld statements, %lld requests (%lld of them again), %lld "
                      "repositories (%lld found), %lld pages, %lld rows",
                      connection->runs.count, tally.requests, tally.again, tally.places,
                      tally.found, tally.pages, tally.rows);
}

char *debug_report(struct connection *connection, bool whole) {
  sqlite3_str *text = sqlite3_str_new(NULL);
  char *failure = NULL;
  bool enough = true;

  append_versions(text);
  if (whole) {
    failure = failure_text(&connection->failure);
    enough = failure && settings_look(&connection->service->settings) &&
             append_settings(text, &connection->service->settings);
    append_counts(text, connection);
    sqlite3_str_appendf(text, "\nlast error: %s", failure);
    sqlite3_free(failure);
  }
  if (enough) return sqlite3_str_finish(text);
  sqlite3_free(sqlite3_str_finish(text));
  return NULL;
}
