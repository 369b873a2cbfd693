/*
** Hosts that finalize every statement of a connection, as sqlite3_next_stmt gives it, be it theirs
** or not.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

#define OTHERS 40

/* Misuse is what SQLite says of a statement that is finalized twice, where it notices. */
static void count_misuse(void *context, int code, const char *message) {
  int *misuses = context;

  (void)message;
  if (code == SQLITE_MISUSE) ++*misuses;
}

/* All but one, which may be NULL; how many. */
static int finalize_all(sqlite3 *db, const sqlite3_stmt *except) {
  sqlite3_stmt *handle = NULL;
  sqlite3_stmt *next = sqlite3_next_stmt(db, NULL);
  int count = 0;

  while ((handle = next) != NULL) {
    next = sqlite3_next_stmt(db, handle);
    if (handle == except) continue;
    sqlite3_finalize(handle);
    count++;
  }
  return count;
}

/* Statements of the host, which may come to lie where others were. */
static void prepare_others(sqlite3 *db, sqlite3_stmt *others[OTHERS]) {
  for (int i = 0; i < OTHERS; i++) {
    if (sqlite3_prepare_v2(db, "SELECT 'other'", -1, &others[i], NULL)) exit(2);
  }
}

/* How many of them are still what they were; lets go of them. */
static int finalize_others(sqlite3_stmt *others[OTHERS]) {
  int right = 0;

  for (int i = 0; i < OTHERS; i++) {
    right += sqlite3_step(others[i]) == SQLITE_ROW;
    right -= sqlite3_finalize(others[i]) != SQLITE_OK;
  }
  return right;
}

/* In the middle of a statement, which then goes on to its end; its rows. */
static int finalize_within(sqlite3 *db, const char *sql) {
  sqlite3_stmt *statement = NULL;
  sqlite3_stmt *others[OTHERS];
  int rows = 0;

  if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL)) exit(2);
  while (sqlite3_step(statement) == SQLITE_ROW) {
    if (rows++ % 60) continue;
    finalize_all(db, statement);
    prepare_others(db, others);
    if (finalize_others(others) != OTHERS) exit(2);
  }
  sqlite3_finalize(statement);
  return rows;
}

int host_finalize(int count, char **arguments) {
  sqlite3_stmt *others[OTHERS];
  struct answer first;
  struct answer second;
  int misuses = 0;
  int ours;
  int rows;
  int right;
  sqlite3 *db;

  if (count != 2 || sqlite3_config(SQLITE_CONFIG_LOG, count_misuse, &misuses)) return 2;
  db = host_open(arguments[0]);
  host_run(db, arguments[1], &first);
  ours = finalize_all(db, NULL);
  prepare_others(db, others);
  host_run(db, arguments[1], &second);
  right = finalize_others(others);
  rows = finalize_within(db, arguments[1]);
  finalize_all(db, NULL);
  prepare_others(db, others);
  right += finalize_others(others);
  printf("%d of the extension, %s, %d rows, %d of %d others, ", ours,
         strcmp(first.said, second.said) ? "different" : "the same", rows, right, 2 * OTHERS);
  printf("close %d, %d misuses\n", sqlite3_close(db), misuses);
  return 0;
}

int host_close_v2(int count, char **arguments) {
  sqlite3_stmt *statement = NULL;
  int misuses = 0;
  int codes[3];
  sqlite3 *db;

  if (count != 2 || sqlite3_config(SQLITE_CONFIG_LOG, count_misuse, &misuses)) return 2;
  db = host_open(arguments[0]);
  if (sqlite3_prepare_v2(db, arguments[1], -1, &statement, NULL)) return 2;
  codes[0] = sqlite3_step(statement);
  codes[1] = sqlite3_close_v2(db);
  codes[2] = sqlite3_step(statement);
  printf("%d %d %d %d, %d misuses\n", codes[0], codes[1], codes[2], sqlite3_finalize(statement),
         misuses);
  return 0;
}
