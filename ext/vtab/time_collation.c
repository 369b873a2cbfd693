/*
** The collation SWR_TIME: see time_collation.h.
*/
#include "vtab/time_collation.h"

#include "base/timestamp.h"

SQLITE_EXTENSION_INIT3

static int compare(void *context, int left_size, const void *left, int right_size,
                   const void *right) {
  (void)context;
  return timestamp_compare(left, (size_t)left_size, right, (size_t)right_size);
}

void time_collation_unregister(sqlite3 *db) {
  sqlite3_create_collation_v2(db, TIME_COLLATION, SQLITE_UTF8, NULL, NULL, NULL);
}

int time_collation_register(sqlite3 *db) {
  return sqlite3_create_collation_v2(db, TIME_COLLATION, SQLITE_UTF8, NULL, compare, NULL);
}
