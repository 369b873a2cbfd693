/*
** Hosts that finalize every statement of a connection, as sqlite3_next_stmt gives it, be it theirs
** or not.
*/
#include <stdbool.h>
#include <stdint.h>
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

/* ---- at random ---- */

#define OPEN_MAX 3

/* A connection, and the statements of the host that are under way. */
struct play {
  sqlite3 *db;
  const char *extension;
  const char *sql;
  int expected; /* rows of the SQL */
  sqlite3_stmt *open[OPEN_MAX];
  int rows[OPEN_MAX]; /* that each has given */
  int whole;          /* read to their end */
  int foreign;        /* finalized, and not of the host */
  int wrong;
};

static uint64_t random_state;

static int draw(int most) {
  random_state ^= random_state << 13; /* xorshift64 */
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return (int)((random_state >> 16) % (uint64_t)(most + 1));
}

static void go_on(struct play *play, int slot) {
  sqlite3_stmt *statement = play->open[slot];
  int rc = SQLITE_ROW;

  if (!statement) {
    play->rows[slot] = 0;
    if (sqlite3_prepare_v2(play->db, play->sql, -1, &play->open[slot], NULL)) play->wrong++;
    return;
  }
  for (int left = draw(200); left > 0 && rc == SQLITE_ROW; left--) {
    rc = sqlite3_step(statement);
    play->rows[slot] += rc == SQLITE_ROW;
  }
  if (rc == SQLITE_ROW) return;
  if (rc != SQLITE_DONE || play->rows[slot] != play->expected) play->wrong++;
  if (sqlite3_finalize(statement)) play->wrong++;
  play->open[slot] = NULL;
  play->whole++;
}

static bool is_own(const struct play *play, const sqlite3_stmt *handle) {
  for (int i = 0; i < OPEN_MAX; i++) {
    if (play->open[i] == handle) return true;
  }
  return false;
}

/* All that are not the host's, or all; others lie in their places for a while. */
static void let_go(struct play *play, bool all) {
  sqlite3_stmt *others[OTHERS];
  sqlite3_stmt *handle;
  sqlite3_stmt *next = sqlite3_next_stmt(play->db, NULL);

  while ((handle = next) != NULL) {
    next = sqlite3_next_stmt(play->db, handle);
    if (is_own(play, handle) && !all) continue;
    play->foreign += !is_own(play, handle);
    sqlite3_finalize(handle);
  }
  if (all) memset(play->open, 0, sizeof play->open);
  prepare_others(play->db, others);
  if (!all) go_on(play, draw(OPEN_MAX - 1));
  if (finalize_others(others) != OTHERS) play->wrong++;
}

static void close_and_open(struct play *play) {
  let_go(play, true);
  if (sqlite3_close(play->db)) play->wrong++;
  play->db = host_open(play->extension);
}

int host_finalize_random(int count, char **arguments) {
  struct play play = {0};
  int misuses = 0;

  if (count != 5 || sqlite3_config(SQLITE_CONFIG_LOG, count_misuse, &misuses)) return 2;
  play.extension = arguments[0];
  play.sql = arguments[3];
  play.expected = (int)strtol(arguments[4], NULL, 10);
  random_state = strtoull(arguments[1], NULL, 10) * 0x9e3779b97f4a7c15u + 1;
  play.db = host_open(play.extension);
  for (long rounds = strtol(arguments[2], NULL, 10); rounds > 0; rounds--) {
    int what = draw(19);
    if (what < 15) {
      go_on(&play, draw(OPEN_MAX - 1));
    } else if (what < 19) {
      let_go(&play, draw(3) == 0);
    } else {
      close_and_open(&play);
    }
  }
  let_go(&play, true);
  printf("%s whole, %s foreign, %d wrong, ", play.whole > 2 ? "some" : "few",
         play.foreign > 2 ? "some" : "few", play.wrong);
  printf("close %d, %d misuses\n", sqlite3_close(play.db), misuses);
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
