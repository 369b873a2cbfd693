/*
** Children, hosts without standard files, and little of everything: see soak.h.
*/
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "soak.h"

/* A child ends by a signal where all was right: it has copies of what the parent will free. */
static void end_child(bool right) {
  if (right) raise(SIGKILL);
  _exit(1);
}

static bool child_was_right(pid_t child) {
  int status = 0;

  return child > 0 && waitpid(child, &status, 0) == child && WIFSIGNALED(status) &&
         WTERMSIG(status) == SIGKILL;
}

int64_t soak_forks(const struct soak *soak) {
  sqlite3 *db = soak_open(soak);
  struct soak_measure before = {0, 0};
  int64_t times = soak_times(soak, 200);
  int64_t wrong = 0;

  for (int64_t i = 0; i < times; i++) {
    pid_t child;
    if (i == times / 10) before = soak_measure();
    wrong += !soak_right(soak, db);
    child = fork();
    if (child == 0) {
      sqlite3 *own = soak_open(soak);
      end_child(soak_right(soak, db) && soak_right(soak, own) && sqlite3_close(own) == SQLITE_OK);
    }
    wrong += !soak_right(soak, db);
    wrong += !child_was_right(child);
  }
  if (sqlite3_close(db) != SQLITE_OK) return -1;
  return soak_flat(soak, &before, "forks") ? wrong : -1;
}

/* Each of the eight ways to have closed some of the three. */
int64_t soak_closed(const struct soak *soak) {
  int64_t wrong = 0;

  for (int which = 0; which < 8; which++) {
    pid_t child = fork();
    if (child == 0) {
      bool right;
      sqlite3 *db;
      for (int i = 0; i < 3; i++) {
        if (which >> i & 1) close(i);
      }
      db = soak_open(soak);
      right = soak_right(soak, db) && sqlite3_close(db) == SQLITE_OK;
      for (int i = 0; i < 3; i++) right = right && (!(which >> i & 1) || fcntl(i, F_GETFD) < 0);
      end_child(right);
    }
    wrong += !child_was_right(child);
  }
  return wrong;
}

/* As setrlimit, whose first argument has another type on each system. */
static int set_limit(bool of_memory, const struct rlimit *limit) {
  return of_memory ? setrlimit(RLIMIT_AS, limit) : setrlimit(RLIMIT_NOFILE, limit);
}

/* The rows, or an error that says what there is too little of; and the rows when there is more. */
static bool right_within(const struct soak *soak, bool of_memory, rlim_t most) {
  struct outcome outcome = {SQLITE_OK, ""};
  sqlite3 *db = soak_open(soak);
  struct rlimit limit;
  struct rlimit less;
  bool right;

  if (of_memory ? getrlimit(RLIMIT_AS, &limit) : getrlimit(RLIMIT_NOFILE, &limit)) return false;
  less = limit;
  less.rlim_cur = most;
  if (set_limit(of_memory, &less)) return false;
  fault_run(db, soak_sql, &outcome);
  if (set_limit(of_memory, &limit)) return false;
  right = fault_same(&outcome, &soak->right) || outcome.code == SQLITE_NOMEM ||
          strcasestr(outcome.said, "too many open files") || strstr(outcome.said, "memory");
  if (!right) printf("! %d %s\n", outcome.code, outcome.said);
  return right && soak_right(soak, db) && sqlite3_close(db) == SQLITE_OK;
}

static rlim_t address_space(void) {
  FILE *file = fopen("/proc/self/statm", "r");
  char line[200] = "";

  if (!file) return 0;
  if (!fgets(line, sizeof line, file)) line[0] = '\0';
  fclose(file);
  return (rlim_t)strtoull(line, NULL, 10) * (rlim_t)sysconf(_SC_PAGESIZE);
}

/*
** In children, so that what a limit makes the C library remember is gone. The server is the
** parent's, and has as much as before.
*/
static bool child_within(const struct soak *soak, bool of_memory, rlim_t more) {
  pid_t child = fork();

  if (child == 0) {
    rlim_t now = of_memory ? address_space() : (rlim_t)fault_descriptors();
    end_child(right_within(soak, of_memory, now + more));
  }
  return child_was_right(child);
}

int64_t soak_limits(const struct soak *soak) {
  int64_t times = soak_times(soak, 64);
  int64_t wrong = 0;

  for (rlim_t more = 0; more < 12; more++) wrong += !child_within(soak, false, more);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  for (int64_t i = 0; i < times; i++) {
    wrong += !child_within(soak, true, (rlim_t)i * 64 * 1024);
  }
#else
  (void)times;
#endif
  return wrong;
}
