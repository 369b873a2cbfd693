/*
** A host of the extension: see host.h.
*/
#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

sqlite3 *host_new(void) {
  sqlite3 *db = NULL;

  if (sqlite3_open(":memory:", &db) || sqlite3_enable_load_extension(db, 1)) exit(2);
  return db;
}

sqlite3 *host_open(const char *extension) {
  sqlite3 *db = host_new();
  char *message = NULL;

  if (sqlite3_load_extension(db, extension, NULL, &message)) {
    fprintf(stderr, "%s: %s\n", extension, message ? message : sqlite3_errmsg(db));
    exit(2);
  }
  return db;
}

void host_run(sqlite3 *db, const char *sql, struct answer *answer) {
  sqlite3_stmt *statement = NULL;
  size_t size = 0;

  answer->said[0] = '\0';
  answer->code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
  while (!answer->code && sqlite3_step(statement) == SQLITE_ROW) {
    for (int i = 0; i < sqlite3_column_count(statement); i++) {
      const char *value = (const char *)sqlite3_column_text(statement, i);
      int more = snprintf(answer->said + size, SAID_MAX - size, "%s ", value ? value : "NULL");
      size += more > 0 && (size_t)more < SAID_MAX - size ? (size_t)more : 0;
    }
  }
  if (!answer->code) answer->code = sqlite3_finalize(statement);
  if (answer->code) snprintf(answer->said, SAID_MAX, "%s", sqlite3_errmsg(db));
}

int64_t host_now(void) {
  struct timespec time;

  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

int main(int count, char **arguments) {
  static const struct {
    const char *name;
    int (*run)(int count, char **arguments);
  } commands[] = {{"interrupt", host_interrupt},
                  {"fork", host_fork},
                  {"closed", host_closed},
                  {"descriptors", host_descriptors},
                  {"full", host_full},
                  {"hold", host_hold},
                  {"load-faults", host_load_faults},
                  {"finalize", host_finalize},
                  {"finalize-random", host_finalize_random},
                  {"close-v2", host_close_v2},
                  {"environment", host_environment},
                  {"locale", host_locale}};

  for (size_t i = 0; count > 1 && i < sizeof commands / sizeof commands[0]; i++) {
    if (!strcmp(arguments[1], commands[i].name)) return commands[i].run(count - 2, arguments + 2);
  }
  fprintf(stderr, "swr-host: no such command\n");
  return 2;
}
