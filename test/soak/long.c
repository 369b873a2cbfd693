/*
** What is done very often: see soak.h.
*/
#include "soak.h"

#define WARM_UP 10 /* a part of all, after which nothing grows any more */

/* Statements of all kinds, one after the other on the same connection. */
int64_t soak_statements(const struct soak *soak) {
  int64_t times = soak_times(soak, 100000);
  int64_t warm = times / WARM_UP;
  struct soak_measure before = {0, 0};
  sqlite3 *db = soak_open(soak);
  int64_t wrong = 0;

  for (int64_t i = 0; i < times; i++) {
    const struct scenario *scenario = &scenarios[i % scenario_count];
    struct outcome outcome;
    if (i >= warm && !before.kilobytes) before = soak_measure();
    wrong += !soak_right(soak, db);
    /* Another kind of statement beside it, whose rows are another program's to judge. */
    if (scenario->fresh || scenario->settings) continue;
    fault_run(db, scenario->sql, &outcome);
    i++;
  }
  if (!soak_flat(soak, &before, "statements")) wrong++;
  return sqlite3_close(db) == SQLITE_OK ? wrong : -1;
}

int64_t soak_cycles(const struct soak *soak) {
  int64_t times = soak_times(soak, 10000);
  struct soak_measure before = {0, 0};
  int64_t wrong = 0;

  for (int64_t i = 0; i < times; i++) {
    sqlite3 *db = soak_open(soak);
    if (i == times / WARM_UP) before = soak_measure();
    wrong += !soak_right(soak, db);
    if (sqlite3_close(db) != SQLITE_OK) return -1;
  }
  return soak_flat(soak, &before, "cycles") ? wrong : -1;
}
