/*
** The command line, and what the parts share: see soak.h.
*/
#include "soak.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GROWTH_KILOBYTES 2048 /* what arenas and caches may take after the warm-up */
#define GROWTH_DESCRIPTORS 8
#define WARM 0.01 /* of all times */

const char *const soak_sql =
    "SELECT id, createdAt, tag FROM swr_sync_job WHERE image = 'group/app1' ORDER BY createdAt";

int64_t soak_times(const struct soak *soak, int64_t often) {
  int64_t times = (int64_t)((double)often * soak->times);

  return times > 0 ? times : 1;
}

sqlite3 *soak_open(const struct soak *soak) {
  struct outcome outcome;
  sqlite3 *db = fault_open(soak->extension, &outcome);

  if (db) return db;
  printf("! %d %s\n", outcome.code, outcome.said);
  exit(2);
}

bool soak_right(const struct soak *soak, sqlite3 *db) {
  struct outcome outcome;

  fault_run(db, soak_sql, &outcome);
  if (fault_same(&outcome, &soak->right)) return true;
  printf("! %d %s\n", outcome.code, outcome.said);
  return false;
}

struct soak_measure soak_measure(void) {
  struct soak_measure measure = {0, fault_descriptors()};
  FILE *file = fopen("/proc/self/statm", "r");
  char line[200];
  char *at = line;

  if (!file) return measure;
  if (fgets(line, sizeof line, file)) {
    (void)strtoll(line, &at, 10);
    measure.kilobytes = strtoll(at, NULL, 10) * (sysconf(_SC_PAGESIZE) / 1024);
  }
  fclose(file);
  return measure;
}

bool soak_flat(const struct soak *soak, const struct soak_measure *before, const char *part) {
  struct soak_measure after = soak_measure();
  bool flat = after.kilobytes - before->kilobytes < GROWTH_KILOBYTES || soak->times < WARM;

  flat = flat && after.descriptors - before->descriptors < GROWTH_DESCRIPTORS;

  printf("%s: %" PRId64 " kB and %d descriptors more\n", part, after.kilobytes - before->kilobytes,
         after.descriptors - before->descriptors);
  return flat;
}

static const struct {
  const char *name;
  int64_t (*run)(const struct soak *soak);
} parts[] = {{"statements", soak_statements}, {"cycles", soak_cycles}, {"threads", soak_threads},
             {"shared", soak_shared},         {"forks", soak_forks},   {"closed", soak_closed},
             {"limits", soak_limits}};

/* What the statement gives when nothing is the matter. */
static void learn(struct soak *soak) {
  sqlite3 *db = soak_open(soak);

  fault_run(db, soak_sql, &soak->right);
  if (soak->right.code) exit(2);
  sqlite3_close(db);
}

int main(int count, char **words) {
  struct soak soak = {.times = 1};
  int passed = 0;
  int failed = 0;

  if (count < 3) {
    fprintf(stderr, "usage: swr-soak EXTENSION PART|all [TIMES]\n");
    return 2;
  }
  soak.extension = words[1];
  if (count > 3) soak.times = strtod(words[3], NULL);
  setvbuf(stdout, NULL, _IOLBF, 0);
  fault_begin();
  learn(&soak);
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    int64_t begun = fault_now();
    int64_t wrong;
    if (strcmp(words[2], "all") != 0 && !strstr(words[2], parts[i].name)) continue;
    wrong = parts[i].run(&soak);
    printf("%s: %" PRId64 " wrong, in %" PRId64 " s\n", parts[i].name, wrong,
           (fault_now() - begun) / 1000);
    passed += wrong == 0;
    failed += wrong != 0;
  }
  fault_finish();
  printf("%d passed, %d failed\n", passed, failed);
  return failed || !passed;
}
