/*
** Each allocation fails, alone and with all after it: see fault.h.
**
** Right is what the scenario gives without a fault, or that memory is out.
*/
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "allocations.h"
#include "fault.h"

static const char *const owner_names[] = {"sqlite", "libraries", "system"};

/* One scenario with the allocations of one owner. */
struct loop {
  const struct options *options;
  const struct scenario *scenario;
  enum owner owner;
  bool for_ever;
  struct outcome right;
  struct tally *tally;
};

/* Loading reports an error of its own, whose words say it where SQLite has memory for words. */
static bool lacks_memory(const struct outcome *outcome) {
  static const char failed[] = "error during initialization: ";
  int code = outcome->code & 0xff;

  if (code == SQLITE_NOMEM || outcome->code == SQLITE_IOERR_NOMEM) return true;
  if (code != SQLITE_ERROR) return false;
  return !strcmp(outcome->said, FAULT_NO_WORDS) ||
         (!strncmp(outcome->said, failed, strlen(failed)) &&
          strstr(outcome->said, "out of memory"));
}

/*
** Where one allocation of its own fails, libcurl (7.88) says something else of some: no memory for
** a name is a name that is not found, and for a header's line, a line that is too long. An answer
** that was refused stays so, also where it breaks off before it says why. OpenSSL (3.0) forgets
** what has failed in its depths, and says something of each place that met it.
*/
static bool is_libcurls_word(const struct loop *loop, const struct outcome *outcome) {
  static const char *const words[] = {"a header is too long, or memory too short",
                                      "Unknown failure within decompression software",
                                      "HTTP 401.\nThe token was not accepted",
                                      "HTTP 401. Request id: r-1.\nThe token was not accepted",
                                      "no connection: Could not resolve host: 127.0.0.1",
                                      "no connection: OpenSSL/",
                                      "no connection: error setting certificate file: ",
                                      "SSL: couldn't get X509-issuer name",
                                      "SSL certificate problem: ",
                                      "no connection: Error setting ALPN"};

  if (loop->for_ever || loop->owner == OWNER_SQLITE) return false;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (strstr(outcome->said, words[i])) return true;
  }
  return false;
}

/* SQLite goes on without the words of an error where it has no memory to copy them. */
static bool is_speechless(const struct loop *loop, const struct outcome *outcome) {
  return loop->owner == OWNER_SQLITE && outcome->code == SQLITE_ERROR &&
         loop->right.code == SQLITE_ERROR && !strcmp(outcome->said, sqlite3_errstr(SQLITE_ERROR));
}

/*
** Where the state machine of OpenSSL (3.0, 3.5) has no memory for the next message of a handshake,
** it says that it waits for bytes of the other side, which waits for it. The timeout ends that.
*/
static bool waits_in_vain(const struct loop *loop, const struct outcome *outcome) {
  return loop->owner == OWNER_SYSTEM && loop->scenario->tls && outcome->code == SQLITE_ERROR &&
         strstr(outcome->said, "no answer in time: no byte arrived for 1 second");
}

static void judge(const struct loop *loop, const struct outcome *outcome) {
  bool waits = waits_in_vain(loop, outcome);
  double most = 1000 * loop->options->patience + (waits ? 2000 : 0); /* milliseconds */

  fault_expect(loop->tally, (double)fault_took() < most, "slow", outcome);
  if (fault_same(outcome, &loop->right) || lacks_memory(outcome) || waits ||
      is_libcurls_word(loop, outcome) || is_speechless(loop, outcome)) {
    fault_passed(loop->tally);
  } else {
    fault_failed(loop->tally, "neither right nor out of memory", outcome);
  }
}

/* What comes after a fault, without one; `db` may be NULL, where it could not be opened. */
static void go_on(const struct loop *loop, sqlite3 *db, const char *why) {
  struct outcome next;

  if (!db) return;
  fault_run(db, loop->scenario->sql, &next);
  fault_expect(loop->tally, fault_same(&next, &loop->right), why, &next);
}

static void close_checked(const struct loop *loop, sqlite3 *db) {
  fault_expect(loop->tally, sqlite3_close(db) == SQLITE_OK, "the connection cannot be closed",
               NULL);
}

static bool try_shared(const struct loop *loop, sqlite3 *db, int64_t number) {
  struct outcome outcome;
  bool failed;

  allocations_fail(loop->owner, number, loop->for_ever);
  fault_run(db, loop->scenario->sql, &outcome);
  failed = allocations_end();
  if (!failed) return false;
  judge(loop, &outcome);
  go_on(loop, db, "the next statement is wrong");
  return true;
}

static bool try_fresh(const struct loop *loop, int64_t number) {
  int64_t held = allocations_held();
  int64_t used = sqlite3_memory_used();
  struct outcome outcome;
  sqlite3 *db;
  bool failed;

  allocations_fail(loop->owner, number, loop->for_ever);
  db = fault_open(loop->options->extension, &outcome);
  if (db) fault_run(db, loop->scenario->sql, &outcome);
  failed = allocations_end();
  if (failed) judge(loop, &outcome);
  go_on(loop, db, "the next statement is wrong");
  close_checked(loop, db);
  fault_expect(loop->tally, allocations_held() == held, "blocks are left", NULL);
  fault_expect(loop->tally, sqlite3_memory_used() == used, "memory of SQLite is left", NULL);
  return failed;
}

/* A connection for all points; NULL if that fails. */
static sqlite3 *open_shared(const struct loop *loop, struct outcome *outcome) {
  sqlite3 *db = fault_open(loop->options->extension, outcome);

  if (db && loop->scenario->utf16) fault_run(db, "PRAGMA encoding = 'UTF-16'", outcome);
  return db;
}

/* All of its points; how many. */
static int64_t run_loop(const struct loop *loop) {
  const struct options *options = loop->options;
  int64_t held = allocations_held();
  struct outcome outcome;
  sqlite3 *db = loop->scenario->fresh ? NULL : open_shared(loop, &outcome);
  int64_t before = loop->tally->points;
  int64_t number = options->point ? options->point : 1;
  int64_t stride = options->stride * (loop->scenario->stride ? loop->scenario->stride : 1);

  for (;; number += stride) {
    bool failed;
    fault_at("%s %s %s %" PRId64, loop->scenario->name, owner_names[loop->owner],
             loop->for_ever ? "from" : "at", number);
    failed = db ? try_shared(loop, db, number) : try_fresh(loop, number);
    if (!failed || options->point) break;
  }
  fault_at("%s %s at the end", loop->scenario->name, owner_names[loop->owner]);
  if (db) close_checked(loop, db);
  fault_expect(loop->tally, allocations_held() == held, "blocks are left", NULL);
  return loop->tally->points - before;
}

/* What it gives without a fault, twice the same. */
static void find_right(struct loop *loop) {
  sqlite3 *db = open_shared(loop, &loop->right);

  fault_at("%s without a fault", loop->scenario->name);
  if (db) {
    fault_run(db, loop->scenario->sql, &loop->right);
    go_on(loop, db, "not twice the same");
  }
  fault_expect(loop->tally, db, "cannot be loaded", &loop->right);
  close_checked(loop, db);
}

static void run_scenario(struct loop *loop, int64_t points[OWNERS]) {
  fault_set(loop->scenario->settings);
  server_conduct(&loop->scenario->conduct);
  find_right(loop);
  for (int owner = 0; owner < OWNERS; owner++) {
    loop->owner = (enum owner)owner;
    for (int i = 0; i < 2; i++) {
      loop->for_ever = i;
      points[owner] += run_loop(loop);
    }
  }
  if (loop->options->only) printf("%s: %s\n", loop->scenario->name, loop->right.said);
  fault_unset(loop->scenario->settings);
  server_conduct(NULL);
}

/* ---- in a process that has done nothing yet ---- */

/* What a child has seen. */
struct report {
  bool failed; /* something did */
  struct outcome outcome;
  struct outcome next;
};

/* The first statement of a process, of which one allocation fails; 0: none does. */
static void run_cold(const struct loop *loop, int64_t number, struct report *report) {
  const char *sql = loop->scenario->sql;
  sqlite3 *db = fault_open(loop->options->extension, &report->outcome);

  if (!db) _exit(2);
  allocations_find_libraries();
  if (number > 0) allocations_fail(loop->owner, number, loop->for_ever);
  fault_run(db, sql, &report->outcome);
  report->failed = allocations_end();
  fault_run(db, sql, &report->next);
}

/* The same by a child. False if that has died. */
static bool ask_child(const struct loop *loop, int64_t number, struct report *report) {
  int ends[2];
  size_t size = 0;
  ssize_t got = 1;
  pid_t child;

  if (pipe(ends) || (child = fork()) < 0) exit(2);
  if (child == 0) {
    run_cold(loop, number, report);
    _exit(write(ends[1], report, sizeof *report) == sizeof *report ? 0 : 2);
  }
  close(ends[1]);
  while (got > 0 && size < sizeof *report) {
    got = read(ends[0], (char *)report + size, sizeof *report - size);
    if (got > 0) size += (size_t)got;
  }
  close(ends[0]);
  waitpid(child, NULL, 0);
  return size == sizeof *report;
}

static void run_points_cold(struct loop *loop) {
  static struct report report;

  for (int64_t number = 1;; number += loop->options->stride) {
    fault_at("cold %s %s %" PRId64, loop->scenario->name, loop->for_ever ? "from" : "at", number);
    if (!ask_child(loop, number, &report)) {
      fault_failed(loop->tally, "the process has died", NULL);
      continue;
    }
    if (!report.failed) return;
    judge(loop, &report.outcome);
    fault_expect(loop->tally, fault_same(&report.next, &loop->right), "the next statement is wrong",
                 &report.next);
  }
}

/*
** What libraries set up once is set up by the first loop in one process, whatever the others do: so
** each point has its own here, which has only loaded the extension.
*/
void loop_cold(const struct options *options, struct tally *tally) {
  static const char *const names[] = {"access-key", "login"};
  static struct report report;
  int64_t before = tally->points;

  for (int i = 0; i < scenario_count; i++) {
    struct loop loop = {.options = options, .scenario = &scenarios[i], .tally = tally};
    bool meant = false;
    for (size_t j = 0; j < sizeof names / sizeof *names; j++) {
      meant = meant || !strcmp(names[j], scenarios[i].name);
    }
    if (!meant || (options->only && !strstr(options->only, scenarios[i].name))) continue;
    loop.owner = OWNER_SYSTEM;
    fault_set(loop.scenario->settings);
    if (!ask_child(&loop, 0, &report)) exit(2);
    loop.right = report.outcome;
    for (int for_ever = 0; for_ever < 2; for_ever++) {
      loop.for_ever = for_ever;
      run_points_cold(&loop);
    }
    fault_unset(loop.scenario->settings);
  }
  printf("cold: %" PRId64 " allocations of the C library and OpenSSL in first statements\n",
         tally->points - before);
}

/* ---- all of it ---- */

void loop_memory(const struct options *options, struct tally *tally) {
  int64_t points[OWNERS] = {0};
  struct loop loop = {.options = options, .tally = tally};
  int count = 0;

  sqlite3_close(fault_open(options->extension, &loop.right));
  allocations_find_libraries();
  allocations_tell(options->point != 0);
  for (int i = 0; i < scenario_count; i++) {
    loop.scenario = &scenarios[i];
    if (options->only && !strstr(options->only, scenarios[i].name)) continue;
    run_scenario(&loop, points);
    count++;
  }
  printf("memory: %d scenarios, %" PRId64 " allocations of SQLite, %" PRId64
         " of ours, libcurl's and json-c's, %" PRId64 " of the C library and OpenSSL\n",
         count, points[OWNER_SQLITE], points[OWNER_LIBRARIES], points[OWNER_SYSTEM]);
}
