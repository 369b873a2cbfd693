/*
** swr_request: what this connection has asked of its servers, the newest last. Read-only.
**
**     CREATE TABLE swr_request(
**       id         INTEGER PRIMARY KEY,  -- counts from 1 when the library is loaded
**       startedAt  TEXT COLLATE SWR_TIME, -- RFC 3339, UTC, milliseconds
**       statement  INTEGER,  -- counts the runs of SQL statements that read tables of the service
**       tableName  TEXT,     -- NULL: a login with IAM
**       place      TEXT,     -- what it is about: group/busybox
**       method     TEXT,     -- NULL: nothing was asked, see note
**       url        TEXT,     -- without secrets
**       attempt    INTEGER,  -- from 1
**       status     INTEGER,  -- of HTTP; NULL: no answer
**       code       TEXT,     -- the service's, of an error
**       requestId  TEXT,     -- the service's
**       rows       INTEGER,  -- NULL: nobody has looked at them
**       bytes      INTEGER,  -- of the body, decompressed
**       waitMs     INTEGER,  -- before it: pauses, throttling, a token that had to come first
**       transferMs INTEGER,  -- from its start to its end; NULL: it is under way
**       reused     INTEGER,  -- 1: on a connection that was there, 0: on a new one; NULL: not sent
**       error      TEXT,     -- in words
**       note       TEXT      -- why nothing was asked, or an answer not waited for or left out
**     ) WITHOUT ROWID;
**
**     SELECT statement, count(*), sum(bytes) FROM swr_request WHERE reused >= 0 GROUP BY 1;
**     SELECT place, note FROM swr_request WHERE method IS NULL;
**
** One row is one attempt (request/request_log.h says why, and what is kept). No request is made for
** it. Rows that come while it is read are for the next to read it.
*/
#include "vtab/request_table.h"

#include <stdbool.h>

#include "base/always.h"
#include "base/timestamp.h"
#include "request/request_log.h"
#include "vtab/eponymous.h"
#include "vtab/local_table.h"

SQLITE_EXTENSION_INIT3

#define TABLE_NAME "swr_request"
#define TABLE_DECLARATION                                                                    \
  "CREATE TABLE x(id INTEGER PRIMARY KEY, startedAt TEXT COLLATE SWR_TIME, "                 \
  "statement INTEGER, tableName TEXT, place TEXT, method TEXT, url TEXT, attempt INTEGER, "  \
  "status INTEGER, code TEXT, requestId TEXT, rows INTEGER, bytes INTEGER, waitMs INTEGER, " \
  "transferMs INTEGER, reused INTEGER, error TEXT, note TEXT) WITHOUT ROWID"

enum request_column {
  COLUMN_ID,
  COLUMN_STARTED,
  COLUMN_STATEMENT,
  COLUMN_TABLE,
  COLUMN_PLACE,
  COLUMN_METHOD,
  COLUMN_URL,
  COLUMN_ATTEMPT,
  COLUMN_STATUS,
  COLUMN_CODE,
  COLUMN_REQUEST_ID,
  COLUMN_ROWS,
  COLUMN_BYTES,
  COLUMN_WAIT,
  COLUMN_TRANSFER,
  COLUMN_REUSED,
  COLUMN_ERROR,
  COLUMN_NOTE
};

struct request_cursor {
  sqlite3_vtab_cursor base;
  int64_t last; /* the newest row when it was begun to read */
  bool ended;
  struct logged_request request; /* a copy: it may be pushed out while it is read */
};

static const struct request_log *log_of(const sqlite3_vtab *base) {
  return &((const struct local_table *)base)->connection->service->exchanges.log;
}

/*
** DIRECTONLY: what was asked, and of whom, is not for a database file from someone else.
*/
static int request_connect(sqlite3 *db, void *context, int argc, const char *const *argv,
                           sqlite3_vtab **result, char **message) {
  return local_table_connect(db, context, TABLE_DECLARATION, argc, argv, result, message);
}

static int request_open(sqlite3_vtab *base, sqlite3_vtab_cursor **result) {
  (void)base;
  return local_table_open(sizeof(struct request_cursor), result);
}

/* Goes to the first row after `id`. */
static void go_on(struct request_cursor *cursor, int64_t id) {
  const struct request_log *log = log_of(cursor->base.pVtab);

  cursor->ended = !request_log_next(log, id, &cursor->request) || cursor->request.id > cursor->last;
}

static int request_next(sqlite3_vtab_cursor *base) {
  struct request_cursor *cursor = (struct request_cursor *)base;

  go_on(cursor, cursor->request.id);
  return SQLITE_OK;
}

static int request_eof(sqlite3_vtab_cursor *base) { return ((struct request_cursor *)base)->ended; }

static void result_time(sqlite3_context *context, int64_t milliseconds) {
  char seconds[TIMESTAMP_SIZE];
  char text[TIMESTAMP_SIZE + 8];

  timestamp_write(milliseconds / 1000, seconds);
  sqlite3_snprintf((int)sizeof text, text, "%s.%03dZ", seconds, (int)(milliseconds % 1000));
  sqlite3_result_text(context, text, -1, SQLITE_TRANSIENT);
}

/* A text, NULL where there is none. */
static const char *text_of(const struct logged_request *request, enum request_column column) {
  switch (column) {
    case COLUMN_TABLE:
      return request->table;
    case COLUMN_PLACE:
      return request->place;
    case COLUMN_METHOD:
      return request->method;
    case COLUMN_URL:
      return request->url;
    case COLUMN_CODE:
      return request->code;
    case COLUMN_REQUEST_ID:
      return request->request_id;
    case COLUMN_ERROR:
      return request->error;
    case COLUMN_NOTE:
      return request->note;
    default:
      return NULL;
  }
}

/* A number that only what was asked has; negative where there is none. */
static int64_t number_of(const struct logged_request *request, enum request_column column) {
  switch (column) {
    case COLUMN_ATTEMPT:
      return request->attempt;
    case COLUMN_STATUS:
      return request->status ? request->status : -1;
    case COLUMN_ROWS:
      return request->rows;
    case COLUMN_BYTES:
      return request->bytes;
    case COLUMN_WAIT:
      return request->waited;
    case COLUMN_TRANSFER:
      return request->took;
    case COLUMN_REUSED:
      return request->sent ? request->reused : -1;
    default:
      return -1;
  }
}

static int request_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column) {
  const struct logged_request *request = &((struct request_cursor *)base)->request;
  const char *text = text_of(request, (enum request_column)column);
  int64_t number = request->method ? number_of(request, (enum request_column)column) : -1;

  if (column == COLUMN_ID) {
    sqlite3_result_int64(context, request->id);
  } else if (column == COLUMN_STARTED) {
    result_time(context, request->started_at);
  } else if (column == COLUMN_STATEMENT) {
    if (request->statement) sqlite3_result_int64(context, request->statement);
  } else if (text) {
    sqlite3_result_text(context, text, -1, SQLITE_TRANSIENT);
  } else if (number >= 0) {
    sqlite3_result_int64(context, number);
  }
  return SQLITE_OK;
}

static int request_best_index(sqlite3_vtab *base, sqlite3_index_info *info) {
  (void)base;
  return local_table_plan(info, REQUEST_LOG_MAX);
}

static int request_filter(sqlite3_vtab_cursor *base, int number, const char *text, int argc,
                          sqlite3_value **argv) {
  struct request_cursor *cursor = (struct request_cursor *)base;

  (void)number;
  (void)text;
  (void)argc;
  (void)argv;
  cursor->last = log_of(base->pVtab)->count;
  go_on(cursor, 0);
  return SQLITE_OK;
}

static const sqlite3_module module = {
    .iVersion = 0,
    .xCreate = NULL, /* eponymous only */
    .xConnect = request_connect,
    .xBestIndex = request_best_index,
    .xDisconnect = local_table_disconnect,
    .xDestroy = NULL,
    .xOpen = request_open,
    .xClose = local_table_close,
    .xFilter = request_filter,
    .xNext = request_next,
    .xEof = request_eof,
    .xColumn = request_column,
    .xRowid = NEVER_CALLED(eponymous_rowid),
    .xUpdate = NULL, /* read-only */
};

int request_table_register(sqlite3 *db, struct connection *connection) {
  return local_table_register(db, TABLE_NAME, &module, connection);
}

void request_table_unregister(sqlite3 *db) { local_table_unregister(db, TABLE_NAME); }
