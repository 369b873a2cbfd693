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

#include "odd_kind.h"
#include "unit.h"

#define RUNS 60
#define SEED 1
#define SHOWN_MAX 3 /* failures of a kind that are shown */

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

/* The scans of one statement. */
struct scans {
  struct odd_run run;
  struct odd_scan scans[2];
  struct odd_result results[2];
  enum odd_verdict verdicts[2];
  size_t count;
  bool together; /* they take turns */
};

static struct scans scans;

static void judge(size_t index) {
  const struct odd_scan *scan = &scans.scans[index];

  scans.verdicts[index] = odd_judge(&world, &scan->request, &scan->reading, &scans.results[index]);
}

static void read_together(void) {
  struct odd_reader readers[2];
  bool on[2] = {true, true};

  for (size_t i = 0; i < 2; i++) {
    readers[i] = (struct odd_reader){&world, &scans.scans[i].request, &scans.scans[i].reading,
                                     &scans.results[i], NULL};
    odd_reader_open(&readers[i]);
  }
  while (on[0] || on[1]) {
    size_t turn = odd_random(&scans.run.random, 1);
    if (on[turn]) on[turn] = odd_reader_step(&readers[turn]);
  }
  for (size_t i = 0; i < 2; i++) {
    odd_reader_close(&readers[i]);
    judge(i);
  }
}

static void read_all(void *context) {
  (void)context;
  if (scans.together) {
    read_together();
    return;
  }
  for (size_t i = 0; i < scans.count; i++) {
    const struct odd_scan *scan = &scans.scans[i];
    world.waits = 0;
    odd_read(&world, &scan->request, &scan->reading, &scans.results[i]);
    judge(i);
    world.requests_most += world.world.fixture.transport->request_count;
  }
}

static bool is_wrong(enum odd_verdict verdict) {
  return verdict != ODD_RIGHT && verdict != ODD_ERROR;
}

static void describe(const struct odd_scan *scan, const struct odd_result *result) {
  static const char *const operators[] = {"<", "<=", ">=", ">"};
  const struct scan_request *request = &scan->request;
  struct place first;

  places_get(request->places, 0, &first);
  printf("  scan: %s, %s, places from %s, %zu of %zu",
         request->order->descending ? "newest first" : "oldest first",
         request->ordered ? "ordered" : "in no order", first.name, places_count(request->places),
         world.world.count);
  if (request->announced) printf(", announced");
  for (size_t i = 0; i < request->bounds.count; i++) {
    printf(", createdAt %s %s", operators[request->bounds.bounds[i].op],
           request->bounds.bounds[i].text);
  }
  printf(", offset %" PRId64 " limit %" PRId64 ", skips %" PRId64 " takes %" PRId64 "%s%s\n",
         request->offset, request->limit, scan->reading.skip, scan->reading.take,
         scan->reading.count ? ", counts" : "", request->count_only ? ", count only" : "");
  printf("  rows:");
  for (size_t i = 0; i < result->count; i++) {
    printf(" %s:n%" PRId64, world.world.places[result->rows[i].place].name, result->rows[i].number);
  }
  printf(" (at %" PRId64 "%s)\n", result->moved, result->ended ? ", ended" : "");
}

static void show(const struct scans *all, bool long_form) {
  const struct odd_run *run = &all->run;

  for (size_t i = 0; i < all->count; i++) {
    const char *message = all->results[i].error.message;
    printf("%s seed %" PRIu64 ": %s%s%s\n", run->kind->name, run->seed,
           odd_verdict_name(all->verdicts[i]), message[0] ? ": " : "", message);
  }
  if (!long_form) return;
  printf("  page size %" PRId64 ", concurrency %" PRId64 "%s", run->page_size, run->concurrency,
         all->together ? ", scans take turns" : "");
  for (size_t i = 0; i < run->mixed_count; i++) printf(", %s", run->mixed[i]->name);
  printf("\n%s", world.trace);
  for (size_t i = 0; i < all->count; i++) describe(&all->scans[i], &all->results[i]);
}

static void draw_scans(const struct test *test) {
  uint32_t dice = odd_random(&scans.run.random, 7);

  scans.count = dice < 2 && !test->settings.plain ? 2 : 1;
  scans.together = dice == 0 && scans.count == 2;
  for (size_t i = 0; i < scans.count; i++) {
    odd_run_scan(&scans.run, &test->settings, &scans.scans[i]);
    scans.verdicts[i] = ODD_ALARMED;
    scans.results[i].count = 0;
    scans.results[i].error.message[0] = '\0';
  }
}

/* One statement with one scan, or two. */
static void run_once(const struct test *test, const struct odd_kind *kind, uint64_t seed,
                     struct tally *tally) {
  bool wrong = false;
  bool alarmed;

  odd_run_open(&scans.run, &world, kind, seed, &test->settings);
  draw_scans(test);
  unit_case("%s seed %" PRIu64, kind->name, seed);
  alarmed = !unit_ends(read_all, NULL);
  for (size_t i = 0; i < scans.count; i++) {
    enum odd_verdict *verdict = &scans.verdicts[i];
    if (*verdict == ODD_ERROR && !(kind->flags & ODD_MAY_FAIL)) *verdict = ODD_ACCUSED;
    wrong = wrong || is_wrong(*verdict);
    tally->runs++;
    tally->of[*verdict]++;
  }
  if (wrong && (tally->shown++ < SHOWN_MAX || test->runs == 1)) {
    CHECK(!wrong);
    show(&scans, test->runs == 1 || !test->loud);
  } else if (test->loud && test->runs == 1) {
    show(&scans, true);
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

void odd_scan_test(void) {
  struct test test = test_of_environment();
  struct tally sum = {0};

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
