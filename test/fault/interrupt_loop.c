/*
** An interrupt at each wait: see fault.h.
**
** The Nth call of a progress handler says stop. Right are the rows of the scenario, or that it was
** interrupted; and what comes next on the same connection.
*/
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fault.h"

#define OPERATIONS 400 /* between two calls */
#define DELAY 25       /* milliseconds of an answer: there is a look in each wait */

static int count_down(void *context) {
  int64_t *left = context;

  return --*left == 0;
}

/* False once the handler was not called so often. */
static bool try_call(sqlite3 *db, const struct scenario *scenario, const struct outcome *right,
                     int64_t call, const struct options *options, struct tally *tally) {
  int64_t left = call;
  int64_t begun = fault_now();
  struct outcome outcome;
  struct outcome next;

  sqlite3_progress_handler(db, OPERATIONS, count_down, &left);
  fault_run(db, scenario->sql, &outcome);
  sqlite3_progress_handler(db, 0, NULL, NULL);
  if (left > 0) return false;
  fault_expect(tally, (double)(fault_now() - begun) < 2000 * options->patience, "slow", &outcome);
  if (fault_same(&outcome, right) || outcome.code == SQLITE_INTERRUPT) {
    fault_passed(tally);
  } else {
    fault_failed(tally, "neither right nor interrupted", &outcome);
  }
  fault_run(db, scenario->sql, &next);
  fault_expect(tally, fault_same(&next, right), "the next statement is wrong", &next);
  return true;
}

static void run_scenario(const struct options *options, const struct scenario *scenario,
                         struct tally *tally) {
  struct conduct conduct = scenario->conduct;
  struct outcome right;
  sqlite3 *db;

  fault_at("interrupt of %s", scenario->name);
  fault_set(scenario->settings);
  conduct.delay = DELAY;
  server_conduct(&conduct);
  db = fault_open(options->extension, &right);
  fault_expect(tally, db, "it cannot be loaded", &right);
  if (db) fault_run(db, scenario->sql, &right);
  for (int64_t call = options->point ? options->point : 1; db; call += options->stride) {
    fault_at("interrupt of %s at call %" PRId64, scenario->name, call);
    if (!try_call(db, scenario, &right, call, options, tally) || options->point) break;
  }
  fault_expect(tally, sqlite3_close(db) == SQLITE_OK, "it cannot be closed", NULL);
  fault_unset(scenario->settings);
  server_conduct(NULL);
}

void loop_interrupt(const struct options *options, struct tally *tally) {
  int64_t before = tally->points;

  for (int i = 0; i < scenario_count; i++) {
    if (options->only && !strstr(options->only, scenarios[i].name)) continue;
    run_scenario(options, &scenarios[i], tally);
  }
  printf("interrupt: %" PRId64 " calls of a progress handler\n", tally->points - before);
}
