/*
** swr_sync_job: Huawei Cloud SWR's image replication (sync) jobs as a table of SQLite.
**
**     CREATE TABLE swr_sync_job(
**       createdAt        TEXT COLLATE SWR_TIME,  -- RFC 3339, UTC
**       domainID         TEXT,
**       domainName       TEXT,
**       id               INTEGER NOT NULL,
**       namespace        TEXT NOT NULL,          -- the organization; a key
**       override         INTEGER,                -- 0 or 1
**       remoteNamespace  TEXT,
**       remoteRegionId   TEXT,
**       repoName         TEXT NOT NULL,          -- a key
**       status           TEXT,                   -- waiting running success failed timeout
**                                                -- cancel existed, or what comes to be
**       syncOperatorId   TEXT,
**       syncOperatorName TEXT,
**       tag              TEXT,
**       updatedAt        TEXT COLLATE SWR_TIME,
**       image            HIDDEN TEXT NOT NULL,   -- namespace || '/' || repoName; a key
**       region           HIDDEN TEXT NOT NULL,   -- the region that is asked, or ''
**       PRIMARY KEY(region, namespace, repoName, id)
**     ) WITHOUT ROWID;
**
** The table is there as soon as the extension is loaded, and read-only. A query names a repository,
** by `namespace = … AND repoName = …` or by `image = …`:
**
**     .load build/swr_sync_job
**     SELECT tag, status, createdAt FROM swr_sync_job
**      WHERE image = 'group/busybox' ORDER BY createdAt DESC LIMIT 10;
**
** sends one request, GET /v2/manage/namespaces/group/repos/busybox/sync_job with the filter
** limit::10|offset::0|order::desc.
**
** CREATE VIRTUAL TABLE temp.jobs USING swr_sync_job(region='...', profile='...') makes another one,
** for another region or account (vtab/own_table.h).
**
** swr_setting (vtab/setting_table.c) lists the settings, and where each of them comes from;
** swr_request (vtab/request_table.c) what was asked of the service.
**
** This file is the entry point and registers what the others implement. Each folder includes those
** below it only (.ci/layers.sh): vtab/ (what SQLite sees), scan/ (which rows, which pages),
** request/ (how one answer gets here), record/ (what the bytes say), account/ (who asks, where, how
** much), api/ (what can be asked), network/ (HTTP), base/ (small tools).
*/
#include <pthread.h>
#include <sqlite3ext.h>
#include <stdbool.h>

#include "account/signature.h"
#include "network/curl_transport.h"
#include "vtab/connection.h"
#include "vtab/functions.h"
#include "vtab/image_functions.h"
#include "vtab/request_table.h"
#include "vtab/setting_table.h"
#include "vtab/table.h"
#include "vtab/time_collation.h"

SQLITE_EXTENSION_INIT1

#define OLDEST_SQLITE 3038000 /* sqlite3_vtab_in, sqlite3_vtab_distinct, LIMIT in xBestIndex */

#if defined(_WIN32)
#define EXPORTED __declspec(dllexport)
#else
#define EXPORTED __attribute__((visibility("default")))
#endif

/* The name that SQLite derives from the file's: its letters, in lower case. */
EXPORTED int sqlite3_swrsyncjob_init(sqlite3 *db, char **message, const sqlite3_api_routines *api);

/* All of it, or nothing. */
static int register_all(sqlite3 *db, struct connection *connection) {
  int rc = time_collation_register(db);

  if (rc == SQLITE_OK) rc = tables_register(db, connection);
  if (rc == SQLITE_OK) rc = functions_register(db, connection);
  if (rc == SQLITE_OK) rc = image_functions_register(db);
  if (rc == SQLITE_OK) rc = request_table_register(db, connection);
  if (rc == SQLITE_OK) rc = setting_table_register(db, connection);
  if (rc != SQLITE_OK) {
    setting_table_unregister(db);
    request_table_unregister(db);
    image_functions_unregister(db);
    functions_unregister(db);
    tables_unregister(db);
    time_collation_unregister(db);
  }
  return rc;
}

static int load(sqlite3 *db, char **message) {
  struct connection *connection;
  char problem[CURL_PROBLEM_MAX];
  int rc;

  if (!curl_transport_initialize(problem)) {
    *message = sqlite3_mprintf("swr_sync_job: %s", problem);
    return SQLITE_ERROR;
  }
  if (!signature_prepare()) return SQLITE_NOMEM;
  connection = connection_create(db);
  if (!connection) return SQLITE_NOMEM;
  rc = register_all(db, connection);
  connection_release(connection);
  return rc;
}

/*
** SQLite's functions are the same for all connections: they are set once, and not while another
** thread calls them.
*/
static void take_functions(const sqlite3_api_routines *api) {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

  pthread_mutex_lock(&mutex);
  if (sqlite3_api != api) {
    SQLITE_EXTENSION_INIT2(api);
  }
  pthread_mutex_unlock(&mutex);
}

int sqlite3_swrsyncjob_init(sqlite3 *db, char **message, const sqlite3_api_routines *api) {
  bool registered;
  int rc;

  take_functions(api);
  if (sqlite3_libversion_number() < OLDEST_SQLITE) {
    *message = sqlite3_mprintf("swr_sync_job requires SQLite 3.38.0 or newer (this is %s)",
                               sqlite3_libversion());
    return SQLITE_ERROR;
  }
  rc = setting_table_registered(db, &registered); /* the last of all */
  if (rc == SQLITE_OK && !registered) rc = load(db, message);
  if (rc != SQLITE_OK && !*message)
    *message = sqlite3_mprintf("swr_sync_job: %s", sqlite3_errstr(rc));
  /* OpenSSL and libcurl have registered exit handlers: the code must stay when `db` closes. */
  return rc == SQLITE_OK ? SQLITE_OK_LOAD_PERMANENTLY : rc;
}
