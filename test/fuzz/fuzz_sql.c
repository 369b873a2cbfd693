/*
** Fuzz target: the text of a statement. Where SQLite itself finds a call of the function, we must
** find it, too.
*/
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "vtab/sql_text.h"

#define FUNCTION "f"

static void nothing(sqlite3_context *context, int count, sqlite3_value **values) {
  (void)count;
  (void)values;
  sqlite3_result_null(context);
}

/* What SQLite says while it reads a statement. */
static int see(void *context, int action, const char *first, const char *second,
               const char *database, const char *trigger) {
  bool *called = context;

  (void)first;
  (void)database;
  (void)trigger;
  if (action == SQLITE_FUNCTION && second && !sqlite3_stricmp(second, FUNCTION)) *called = true;
  return SQLITE_OK;
}

static sqlite3 *open_once(bool *called) {
  static sqlite3 *connection;

  if (connection) return connection;
  CHECK_INT(SQLITE_OK, sqlite3_open(":memory:", &connection));
  CHECK_INT(SQLITE_OK, sqlite3_create_function(connection, FUNCTION, -1, SQLITE_UTF8, NULL, nothing,
                                               NULL, NULL));
  CHECK_INT(SQLITE_OK, sqlite3_exec(connection, "CREATE TABLE t(a, b)", NULL, NULL, NULL));
  CHECK_INT(SQLITE_OK, sqlite3_set_authorizer(connection, see, called));
  return connection;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static bool called;
  struct fuzz_bytes bytes = {data, size};
  char *text = fuzz_text(&bytes, size);
  sqlite3_stmt *statement = NULL;
  bool calls = sql_calls(text, FUNCTION);

  if (calls) CHECK(strchr(text, '(') != NULL);
  called = false;
  sqlite3_prepare_v2(open_once(&called), text, -1, &statement, NULL);
  if (statement && called) {
    CHECK(calls);
    CHECK(sql_calls(sqlite3_sql(statement), FUNCTION));
  }
  if (statement && !strcmp(sqlite3_sql(statement), text)) {
    bool explains = sqlite3_stmt_isexplain(statement) != 0;
    CHECK_INT(explains, sql_begins_with(text, "explain"));
  }
  sqlite3_finalize(statement);
  free(text);
  return 0;
}
