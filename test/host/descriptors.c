/*
** Hosts that have closed the descriptors 0 to 2, or have few to give; a file that somebody else has
** in use.
*/
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host.h"

static atomic_bool over;
static atomic_int seen;  /* descriptors that could be read or written */
static atomic_int looks; /* taken while the statement ran */

/* Whether a host that reads or prints would reach anything. */
static void look(void) {
  for (int i = 0; i < 3; i++) {
    char byte;
    struct stat status;
    if (fstat(i, &status) == 0 && S_ISSOCK(status.st_mode)) atomic_fetch_add(&seen, 1);
    if (write(i, "", 0) == 0 || (i == 0 && read(i, &byte, 0) == 0)) atomic_fetch_add(&seen, 1);
  }
  atomic_fetch_add(&looks, 1);
}

static void *keep_looking(void *context) {
  while (!atomic_load(&over)) look();
  return context;
}

static int on_row(void *context, int count, char **values, char **names) {
  struct answer *answer = context;
  size_t size = strlen(answer->said);

  (void)names;
  look();
  snprintf(answer->said + size, SAID_MAX - size, "%s ", count && values[0] ? values[0] : "NULL");
  return 0;
}

/* How many of the three are open at all. */
static int open_ones(void) {
  int count = 0;

  for (int i = 0; i < 3; i++) count += fcntl(i, F_GETFD) >= 0;
  return count;
}

int host_closed(int count, char **arguments) {
  struct answer answer = {0};
  const char *report = getenv("SWR_HOST_REPORT");
  pthread_t thread;
  sqlite3 *db;
  FILE *file;
  int left[2];

  if (count != 2 || !report) return 2;
  for (int i = 0; i < 3; i++) close(i);
  db = host_open(arguments[0]);
  left[0] = open_ones();
  if (pthread_create(&thread, NULL, keep_looking, NULL)) return 2;
  if (sqlite3_exec(db, arguments[1], on_row, &answer, NULL)) {
    snprintf(answer.said, SAID_MAX, "%s", sqlite3_errmsg(db));
  }
  left[1] = open_ones();
  atomic_store(&over, true);
  pthread_join(thread, NULL);
  sqlite3_close(db);
  file = fopen(report, "w");
  if (!file) return 2;
  fprintf(file, "loaded %d ended %d closed %d seen %d looked %d: %s\n", left[0], left[1],
          open_ones() - (fileno(file) < 3), atomic_load(&seen), atomic_load(&looks) > 10,
          answer.said);
  return fclose(file) != 0;
}

/* The limit below which so many are free. */
static rlim_t limit_of_free(long long count) {
  int limit = 0;

  for (long long free = 0; free < count || fcntl(limit, F_GETFD) >= 0; limit++) {
    free += fcntl(limit, F_GETFD) < 0;
  }
  return (rlim_t)limit;
}

int host_descriptors(int count, char **arguments) {
  struct answer answer;
  struct rlimit limit;
  sqlite3 *db;

  if (count != 3) return 2;
  db = host_open(arguments[0]);
  if (getrlimit(RLIMIT_NOFILE, &limit)) return 2;
  limit.rlim_cur = limit_of_free(strtoll(arguments[1], NULL, 10));
  if (setrlimit(RLIMIT_NOFILE, &limit)) return 2;
  host_run(db, arguments[2], &answer);
  printf("%d %s\n", answer.code, answer.said);
  return sqlite3_close(db) != SQLITE_OK;
}

int host_hold(int count, char **arguments) {
  int file = count == 1 ? open(arguments[0], O_RDWR | O_CLOEXEC) : -1;

  signal(SIGIO, SIG_IGN); /* that somebody wants the file */
  if (file < 0 || fcntl(file, F_SETLEASE, F_WRLCK)) return 2;
  puts("held");
  fflush(stdout);
  while (getchar() != EOF) {
  }
  return close(file) != 0;
}
