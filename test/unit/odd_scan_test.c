/*
** Scans of odd worlds, at random and kind by kind, against what a scan may return at all.
**
**   SWR_ODD_RUNS   scans of each kind; some 60 without it
**   SWR_ODD_SEED   of the first; a failure names the seed that shows it alone, with SWR_ODD_RUNS=1
**   SWR_ODD_KIND   names of kinds, or `all`: also those that are pending
**   SWR_ODD_WITH   words: `plain`, `asc` or `desc`, `totals` or `no-totals`, `concurrency=8`
**
** Any of them prints a table by kind; SWR_ODD_RUNS=1 prints what was asked and what happened, too.
*/
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "odd_scans.h"
#include "unit.h"

#define RUNS 60
#define SEED 1
#define SHOWN_MAX 20 /* failures of a kind that are shown */

struct test {
  struct odd_settings settings;
  long runs;
  uint64_t seed;
  const char *kinds;
  bool loud; /* prints a table, and one line for each failure */
};

struct tally {
  long runs;
  long of[ODD_VERDICTS];
  long shown;
};

static struct odd_world world;

static bool names(const char *list, const char *word) {
  size_t size = strlen(word);

  for (const char *at = list; at && (at = strstr(at, word)) != NULL; at += size) {
    bool begins = at == list || at[-1] == ' ' || at[-1] == ',';
    if (begins && (at[size] == '\0' || at[size] == ' ' || at[size] == ',')) return true;
  }
  return false;
}

static struct test test_of_environment(void) {
  const char *runs = getenv("SWR_ODD_RUNS");
  const char *seed = getenv("SWR_ODD_SEED");
  const char *with = getenv("SWR_ODD_WITH");
  const char *concurrency = with ? strstr(with, "concurrency=") : NULL;
  struct test test = {.runs = runs ? strtol(runs, NULL, 10) : RUNS,
                      .seed = seed ? strtoull(seed, NULL, 10) : SEED,
                      .kinds = getenv("SWR_ODD_KIND")};

  test.loud = runs || seed || with || test.kinds;
  test.settings.plain = names(with, "plain");
  test.settings.order = names(with, "asc") ? 1 : names(with, "desc") ? 2 : 0;
  test.settings.totals = names(with, "no-totals") ? 1 : names(with, "totals") ? 2 : 0;
  if (concurrency) test.settings.concurrency = strtol(concurrency + 12, NULL, 10);
  return test;
}

static struct odd_scans scans;

static void read_all(void *context) {
  (void)context;
  odd_scans_read(&scans);
}

/* One statement with one scan, or two. */
static void run_once(const struct test *test, const struct odd_kind *kind, uint64_t seed,
                     struct tally *tally) {
  bool alarmed;
  bool wrong;

  odd_scans_open(&scans, &world, kind, seed, &test->settings);
  unit_case("%s seed %" PRIu64, kind->name, seed);
  alarmed = !unit_ends(read_all, NULL);
  for (size_t i = 0; i < scans.count; i++) tally->of[scans.verdicts[i]]++;
  tally->runs += (long)scans.count;
  wrong = odd_scans_wrong(&scans);
  if (wrong && (tally->shown++ < SHOWN_MAX || test->runs == 1)) {
    CHECK(!wrong);
    odd_scans_show(&scans, test->runs == 1 || !test->loud);
  } else if (test->loud && test->runs == 1) {
    odd_scans_show(&scans, true);
  }
  if (!alarmed) odd_world_close(&world);
}

static void print_line(const char *name, const struct tally *tally) {
  printf("%-16s %8ld %8ld %8ld", name, tally->runs, tally->of[ODD_RIGHT], tally->of[ODD_ERROR]);
  for (int i = ODD_ERROR + 1; i < ODD_VERDICTS; i++) {
    if (tally->of[i]) printf("  %ld %s", tally->of[i], odd_verdict_name((enum odd_verdict)i));
  }
  printf("\n");
}

/* Runs that have shown what only few do. */
static void run_kept(void) {
  static const struct {
    const char *kind;
    uint64_t seed;
    struct odd_settings settings;
  } kept[] = {
      {"ties", 733805, {.order = 1, .totals = 1, .concurrency = 1}},
      {"ties", 602000283, {.order = 1, .totals = 1, .concurrency = 1}},
      {"ties", 700449, {0}},
      {"ties-long", 800408, {0}},
      {"ties-long", 718798, {.order = 1, .totals = 1, .concurrency = 1}},
      {"capped", 30229826, {0}},
      {"page-total", 20004958, {0}},
      {"page-total", 20385090, {0}},
      {"lags", 802350, {.concurrency = 8}},
      {"lags", 802350, {.concurrency = 64}},
      {"refuses", 900062, {0}},
      {"mixture", 10009021, {0}}, /* the first page again, as if it were the end */
      {"mixture", 10021692, {0}}, /* without its first row, elsewhere */
      {"mixture", 50045947, {0}}, /* without any row that was read */
      {"mixture", 1065631, {0}},  /* a row past the newest one, which is not the last */
      {"mixture", 60022049, {0}}, /* headers that count pages */
      {"mixture", 60042605, {0}}, /* a list that another scan is waiting for, gone */
      {"mixture", 90130900, {0}}, /* more rows than there were at the end */
      {"mixture", 208081004, {.concurrency = 8}}, /* a row put back that others have elsewhere */
      {"caps", 500001437, {0}},    /* a page that was cut, and rows that moved up since */
      {"shuffle", 700000819, {0}}, /* the same, where times are equal */
      {"caps", 264500757, {.concurrency = 64}}, /* pages of two rows, all the time moved */
      {"mixture", 60173986, {0}}};              /* pages of two rows, asked for ahead in vain */

  for (size_t i = 0; i < COUNT_OF(kept); i++) {
    const struct test test = {.settings = kept[i].settings, .runs = 1};
    struct tally tally = {0};
    for (size_t kind = 0; kind < odd_kind_count; kind++) {
      if (strcmp(odd_kinds[kind].name, kept[i].kind) != 0) continue;
      run_once(&test, &odd_kinds[kind], kept[i].seed, &tally);
    }
    CHECK(tally.runs > 0);
  }
}

void odd_scan_test(void) {
  struct test test = test_of_environment();
  struct tally sum = {0};

  if (!test.loud) run_kept();

  if (test.loud) printf("%-16s %8s %8s %8s  wrong\n", "kind", "scans", "right", "error");
  for (size_t i = 0; i < odd_kind_count; i++) {
    const struct odd_kind *kind = &odd_kinds[i];
    struct tally tally = {0};
    if (test.kinds ? !names(test.kinds, kind->name) && !names(test.kinds, "all")
                   : (kind->flags & ODD_PENDING) != 0) {
      continue;
    }
    for (long run = 0; run < test.runs; run++) {
      run_once(&test, kind, test.seed + (uint64_t)run, &tally);
    }
    if (test.loud) print_line(kind->name, &tally);
    sum.runs += tally.runs;
    for (int verdict = 0; verdict < ODD_VERDICTS; verdict++) {
      sum.of[verdict] += tally.of[verdict];
    }
  }
  if (test.loud) print_line("all kinds", &sum);
}
