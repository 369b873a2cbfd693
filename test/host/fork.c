/*
** A process that forks while connections are open and statements run.
*/
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"

#define LONGEST 60 /* seconds that the parent may take to end its child */

/* Answers that were as expected, and others. */
struct tally {
  int64_t right;
  int64_t wrong;
  char first_wrong[SAID_MAX];
};

static void count_answer(struct tally *tally, const struct answer *answer, const char *expected) {
  if (!answer->code && !strcmp(answer->said, expected)) {
    tally->right++;
  } else if (!tally->wrong++) {
    snprintf(tally->first_wrong, SAID_MAX, "%s", answer->said);
  }
}

/* Adds rows from the one that the statement stands on, to its end. */
static void finish(sqlite3 *db, sqlite3_stmt *statement, struct answer *answer) {
  size_t size = strlen(answer->said);

  do {
    const char *value = (const char *)sqlite3_column_text(statement, 0);
    int more = snprintf(answer->said + size, SAID_MAX - size, "%s ", value ? value : "NULL");
    size += more > 0 && (size_t)more < SAID_MAX - size ? (size_t)more : 0;
  } while (sqlite3_step(statement) == SQLITE_ROW);
  answer->code = sqlite3_finalize(statement);
  if (answer->code) snprintf(answer->said, SAID_MAX, "%s", sqlite3_errmsg(db));
}

/* What both do after the fork: the statement that was under way, and two new ones. */
static void go_on(sqlite3 *db, sqlite3_stmt *statement, char **arguments, struct tally *tally) {
  struct answer answer = {0};

  finish(db, statement, &answer);
  count_answer(tally, &answer, arguments[3]);
  for (int i = 0; i < 2; i++) {
    host_run(db, arguments[2], &answer);
    count_answer(tally, &answer, arguments[3]);
  }
}

/*
** The child ends by a signal of its parent's: what it has left of the parent's connections is never
** freed, which those who look for leaks at a process's end need not be told. (At a signal of its
** own valgrind looks, too.)
*/
static void child(sqlite3 *db, sqlite3_stmt *statement, char **arguments, int pipe) {
  struct tally tally = {0};

  go_on(db, statement, arguments, &tally);
  if (sqlite3_close(db)) tally.wrong++;
  if (write(pipe, &tally, sizeof tally) == sizeof tally) {
    alarm(LONGEST);
    for (;;) pause();
  }
  _exit(2);
}

static int play_round(sqlite3 *db, char **arguments, struct tally *tally) {
  struct tally of_child;
  sqlite3_stmt *statement;
  int ends[2];
  pid_t process;

  if (sqlite3_prepare_v2(db, arguments[2], -1, &statement, NULL) ||
      sqlite3_step(statement) != SQLITE_ROW || pipe(ends)) {
    fprintf(stderr, "%s\n", sqlite3_errmsg(db));
    return 2;
  }
  process = fork();
  if (process == 0) child(db, statement, arguments, ends[1]);
  close(ends[1]);
  go_on(db, statement, arguments, tally);
  if (read(ends[0], &of_child, sizeof of_child) != sizeof of_child) return 2;
  close(ends[0]);
  kill(process, SIGKILL);
  waitpid(process, NULL, 0);
  tally->right += of_child.right;
  if (of_child.wrong && !tally->wrong) {
    memcpy(tally->first_wrong, of_child.first_wrong, SAID_MAX);
  }
  tally->wrong += of_child.wrong;
  return 0;
}

int host_fork(int count, char **arguments) {
  struct tally tally = {0};
  sqlite3 *db;

  if (count != 4) return 2;
  db = host_open(arguments[0]);
  for (long long rounds = strtoll(arguments[1], NULL, 10); rounds > 0; rounds--) {
    int status = play_round(db, arguments, &tally);
    if (status) return status;
  }
  printf("%" PRId64 " right, %" PRId64 " wrong %s\n", tally.right, tally.wrong, tally.first_wrong);
  return sqlite3_close(db) != SQLITE_OK;
}
