/*
** Tests of ext/scan/page_map while jobs are created and removed between requests: each job
** that was there for the whole scan comes once, in order, and no job comes twice.
**
** That holds newest first whatever happens, oldest first where jobs are only created, and oldest
** first where they are only removed and the server tells its total. It is not asked for beyond
** that (oldest first with creation and removal together, or with removal and no totals): pages do
** not overlap, so that a whole scan costs no request more than it must, and then nothing shows
** that rows which were read already are gone. Nor of pages of one row, of which none can hold a
** row twice.
*/
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "scan/page_map.h"
#include "simulated_server.h"
#include "unit.h"

#define FIRST 100 /* number of the oldest job when a scan begins */
#define JOBS 60
#define ROUNDS 60
#define NUMBERS_MAX 1000 /* jobs that a run may create: a scan follows them to the last one */

/* How the list changes between two requests. */
struct drift {
  const char *name;
  uint32_t create; /* at most so many at a time */
  uint32_t purge;
  bool together;   /* as many are removed as created, so that the total stays */
  uint32_t rarity; /* it changes before one request in so many */
};

static struct drift drift;

/*
** Milliseconds until the server looks at a request: requests side by side change places on the way.
*/
static int64_t shuffle(void *server, size_t number) {
  (void)server;
  (void)number;
  return unit_random(20);
}

static void change(struct simulated_server *server, size_t number) {
  int64_t created;
  int64_t purged;

  if (number == 1 || unit_random(drift.rarity - 1)) return;
  created = unit_random(drift.create);
  purged = drift.together ? created : unit_random(drift.purge);
  if (purged > server->jobs) purged = server->jobs;
  if (server->first + server->jobs + created >= NUMBERS_MAX) return;
  server->jobs += created - purged;
  server->first += purged;
}

struct drift_scan {
  struct fixture fixture;
  struct page_map *map;
  struct page_reader reader;
  bool descending;
  enum service_status status;
  int64_t last; /* the number of the job that came last; -1 before the first */
  bool disordered;
  unsigned char times[NUMBERS_MAX];
};

static void take_row(struct drift_scan *scan, const struct record_page *page, size_t index) {
  int64_t job = simulated_job(page, index);

  if (!CHECK(job >= 0 && job < NUMBERS_MAX)) return;
  if (scan->last >= 0 && (scan->descending ? job > scan->last : job < scan->last)) {
    scan->disordered = true;
  }
  scan->last = job;
  scan->times[job]++;
}

static void run_scan(void *context) {
  struct drift_scan *scan = context;

  for (int64_t position = 0;; position++) {
    const struct record_page *page;
    size_t index;
    bool exists;
    scan->status = page_map_seek(scan->map, &scan->reader, position, &exists);
    if (scan->status != SERVICE_OK || !exists) return;
    scan->reader.reads = true;
    scan->status = fixture_row(scan->map, &scan->reader, position, &page, &index);
    if (scan->status != SERVICE_OK) return;
    take_row(scan, page, index);
  }
}

/* Scans by how they ended; one may count in several. */
struct tally {
  int complete;
  int gave_up; /* with an error that asks to run the query again */
  int other_errors;
  int missing;
  int doubled;
  int disordered;
};

static void count_scan(const struct drift_scan *scan, const struct simulated_server *server,
                       struct tally *tally) {
  bool missing = false;
  bool doubled = false;

  for (int64_t job = 0; job < NUMBERS_MAX; job++) {
    bool stayed = job >= server->first && job >= FIRST && job < FIRST + JOBS;
    doubled = doubled || scan->times[job] > 1;
    missing = missing || (stayed && scan->times[job] == 0);
  }
  if (scan->status == SERVICE_OK) {
    tally->complete++;
    tally->missing += missing;
  } else if (strstr(scan->fixture.service->error.message, "Run the query again") ||
             (server->range == RANGE_NONE &&
              strstr(scan->fixture.service->error.message, "ignores the offset"))) {
    /*
    ** The second: just as many jobs came as a page has, and without a total that looks as if the
    ** server gave its first page again. Telling both apart would cost a request where the server
    ** is at fault.
    */
    tally->gave_up++;
  } else {
    tally->other_errors++;
  }
  tally->doubled += doubled;
  tally->disordered += scan->disordered;
}

/* One scan with one sequence of changes. */
static bool run(enum range_style range, bool descending, const char *page_size, bool shuffled,
                void (*before)(struct simulated_server *server, size_t number),
                struct tally *tally) {
  static struct drift_scan scan;
  struct simulated_server server = simulated_server_of(JOBS);
  bool ended;

  memset(&scan, 0, sizeof scan);
  server.first = FIRST;
  server.range = range;
  server.before = before;
  scan.descending = descending;
  scan.reader = (struct page_reader){.limit = -1, .ordered = true};
  scan.last = -1;
  fixture_open(&scan.fixture, simulated_server_answer, &server);
  fixture_set(&scan.fixture, "page_size", page_size);
  fixture_set(&scan.fixture, "concurrency", shuffled ? "8" : "1");
  if (shuffled) scan.fixture.transport->latency = shuffle;
  fixture_begin(&scan.fixture);
  scan.map = fixture_map(&scan.fixture, descending ? JOBS_DESCENDING : JOBS_ASCENDING);
  ended = unit_ends(run_scan, &scan);
  if (ended) count_scan(&scan, &server, tally);
  page_map_close(scan.map);
  fixture_close(&scan.fixture);
  return ended;
}

/* Changes before certain requests, and nothing at random. */
struct step {
  size_t number; /* of the request */
  int64_t created;
  int64_t purged;
};

static const struct step *steps;

static void follow_steps(struct simulated_server *server, size_t number) {
  for (const struct step *step = steps; step->number; step++) {
    if (step->number != number) continue;
    server->jobs += step->created - step->purged;
    server->first += step->purged;
  }
}

/* Changes that once led a scan astray. */
static void check_steps(void) {
  static const struct {
    const char *name;
    enum range_style range;
    bool descending;
    const char *page_size;
    struct step steps[8];
  } cases[] = {
      {"one job comes before the end is looked for", RANGE_NONE, true, "25", {{4, 1, 0}}},
      {"the last page has one row, and the row before it is gone",
       RANGE_COUNT,
       true,
       "10",
       {{4, 0, 1}, {6, 2, 0}, {7, 2, 2}}},
      {"more is removed while rows that moved are looked for",
       RANGE_COUNT,
       false,
       "3",
       {{3, 0, 5}, {4, 0, 12}, {5, 0, 8}, {7, 0, 8}, {12, 0, 12}, {13, 0, 12}}},
      {"more is removed than comes, which is more than was read",
       RANGE_COUNT,
       true,
       "3",
       {{2, 8, 9}}},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct tally tally = {0, 0, 0, 0, 0, 0};
    unit_case("%s", cases[i].name);
    steps = cases[i].steps;
    run(cases[i].range, cases[i].descending, cases[i].page_size, false, follow_steps, &tally);
    CHECK_INT(1, tally.complete);
    CHECK_INT(0, tally.missing + tally.doubled + tally.disordered + tally.other_errors);
  }
}

static void check_drift(const struct drift *kind, enum range_style range, bool descending,
                        bool shuffled) {
  static const char *const page_sizes[] = {"3", "7", "10", "25"};

  drift = *kind;
  /* Without totals, rows are looked for page by page: very short ones do not keep up. */
  for (size_t i = range == RANGE_NONE ? 1 : 0; i < COUNT_OF(page_sizes); i++) {
    struct tally tally = {0, 0, 0, 0, 0, 0};
    unit_case("%s, range %d, %s, page size %s, %s", kind->name, (int)range,
              descending ? "newest first" : "oldest first", page_sizes[i],
              shuffled ? "8 at once" : "one by one");
    for (int round = 0; round < ROUNDS; round++) {
      if (!run(range, descending, page_sizes[i], shuffled, change, &tally)) break;
    }
    CHECK_INT(0, tally.missing);
    CHECK_INT(0, tally.doubled);
    CHECK_INT(0, tally.disordered);
    CHECK_INT(0, tally.other_errors);
    /* Giving up is the exception; without totals there is less to go by. */
    CHECK(tally.complete >= ROUNDS * (range == RANGE_NONE ? 2 : 3) / 4);
  }
}

void page_map_drift_test(void) {
  static const struct drift still = {"nothing changes", 0, 0, false, 1};
  static const struct drift created = {"jobs are created", 3, 0, false, 2};
  static const struct drift many_created = {"many are created", 40, 0, false, 4};
  static const struct drift purged = {"jobs are removed", 0, 3, false, 2};
  static const struct drift many_purged = {"many are removed", 0, 15, false, 4};
  static const struct drift both = {"created and removed", 2, 2, false, 2};
  static const struct drift window = {"as many removed as created", 3, 0, true, 2};
  const struct drift *const kinds[] = {&still,       &created, &many_created, &purged,
                                       &many_purged, &both,    &window};
  const struct drift *const creations[] = {&still, &created, &many_created};
  const struct drift *const removals[] = {&purged, &many_purged};

  check_steps();
  for (int shuffled = 0; shuffled < 2; shuffled++) {
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
      check_drift(kinds[i], RANGE_COUNT, true, shuffled);
      check_drift(kinds[i], RANGE_NONE, true, shuffled);
    }
    for (size_t i = 0; i < COUNT_OF(creations); i++) {
      check_drift(creations[i], RANGE_COUNT, false, shuffled);
      check_drift(creations[i], RANGE_NONE, false, shuffled);
    }
    for (size_t i = 0; i < COUNT_OF(removals); i++) {
      check_drift(removals[i], RANGE_COUNT, false, shuffled);
    }
  }
}
