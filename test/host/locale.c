/*
** A host that changes its locale and its time zone, between statements and in the middle of them.
*/
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host.h"

/* A locale and a time zone after the other, round and round. */
struct surroundings {
  char **names;
  int count; /* of pairs */
  int next;
};

static void move_on(struct surroundings *around) {
  char **pair = &around->names[2 * (size_t)around->next];

  if (!setlocale(LC_ALL, pair[0])) {
    fprintf(stderr, "swr-host: no locale %s\n", pair[0]);
    exit(2);
  }
  setenv("TZ", pair[1], 1);
  tzset();
  around->next = (around->next + 1) % around->count;
}

static int change_often(void *context) {
  move_on(context);
  return 0;
}

/* True if it said the same as before. */
static bool ask(sqlite3 *db, const char *sql, const char *said, const char *when) {
  struct answer answer;

  host_run(db, sql, &answer);
  if (!strcmp(said, answer.said)) return true;
  printf("%s: %s, before: %s\n", when, answer.said, said);
  return false;
}

int host_locale(int count, char **arguments) {
  struct surroundings around = {arguments + 2, (count - 2) / 2, 0};
  struct answer first;
  sqlite3 *db;
  bool same = true;

  if (count < 4 || count % 2) return 2;
  db = host_open(arguments[0]);
  host_run(db, arguments[1], &first);
  for (int i = 0; i < around.count && same; i++) {
    move_on(&around);
    same = ask(db, arguments[1], first.said, arguments[2 + 2 * i]);
  }
  sqlite3_progress_handler(db, 10, change_often, &around);
  same = same && ask(db, arguments[1], first.said, "changing");
  if (same) printf("always %s\n", first.said);
  sqlite3_close(db);
  return 0;
}
