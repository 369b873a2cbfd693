/*
** The scans of one statement in an odd world: see odd_scans.h.
*/
#include "odd_scans.h"

#include <inttypes.h>
#include <stdio.h>

#include "unit.h"

void odd_scans_open(struct odd_scans *scans, struct odd_world *world, const struct odd_kind *kind,
                    uint64_t seed, const struct odd_settings *settings) {
  uint32_t dice;

  odd_run_open(&scans->run, world, kind, seed, settings);
  dice = odd_random(&scans->run.random, 7);
  scans->count = dice < 2 && !settings->plain ? 2 : 1;
  scans->together = dice == 0 && scans->count == 2;
  for (size_t i = 0; i < scans->count; i++) {
    odd_run_scan(&scans->run, settings, &scans->scans[i]);
    scans->verdicts[i] = ODD_ALARMED;
    scans->results[i].count = 0;
    scans->results[i].error.message[0] = '\0';
  }
}

/* ---- reading ---- */

static void judge(struct odd_scans *scans, size_t index) {
  const struct odd_scan *scan = &scans->scans[index];
  enum odd_verdict *verdict = &scans->verdicts[index];

  *verdict = odd_judge(scans->run.world, &scan->request, &scan->reading, &scans->results[index]);
  if (*verdict == ODD_ERROR && !(scans->run.kind->flags & ODD_MAY_FAIL)) *verdict = ODD_ACCUSED;
}

static void read_together(struct odd_scans *scans) {
  struct odd_reader readers[ODD_SCANS_MAX];
  bool on[ODD_SCANS_MAX] = {true, true};

  scans->run.world->requests_most *= scans->count;
  for (size_t i = 0; i < scans->count; i++) {
    readers[i] = (struct odd_reader){scans->run.world, &scans->scans[i].request,
                                     &scans->scans[i].reading, &scans->results[i], NULL};
    odd_reader_open(&readers[i]);
  }
  while (on[0] || on[1]) {
    size_t turn = odd_random(&scans->run.random, 1);
    if (on[turn]) on[turn] = odd_reader_step(&readers[turn]);
  }
  for (size_t i = 0; i < scans->count; i++) {
    odd_reader_close(&readers[i]);
    judge(scans, i);
  }
}

void odd_scans_read(struct odd_scans *scans) {
  struct odd_world *world = scans->run.world;

  if (scans->together) {
    read_together(scans);
    return;
  }
  for (size_t i = 0; i < scans->count; i++) {
    const struct odd_scan *scan = &scans->scans[i];
    world->waits = 0;
    odd_read(world, &scan->request, &scan->reading, &scans->results[i]);
    judge(scans, i);
    world->requests_most += world->world.fixture.transport->request_count;
  }
}

bool odd_scans_wrong(const struct odd_scans *scans) {
  for (size_t i = 0; i < scans->count; i++) {
    if (scans->verdicts[i] != ODD_RIGHT && scans->verdicts[i] != ODD_ERROR) return true;
  }
  return false;
}

/* ---- showing ---- */

static void describe(const struct odd_world *world, const struct odd_scan *scan,
                     const struct odd_result *result) {
  static const char *const operators[] = {"<", "<=", ">=", ">"};
  const struct scan_request *request = &scan->request;
  struct place first;

  places_get(request->places, 0, &first);
  printf("  scan: %s, %s, places from %s, %zu of %zu",
         request->order->descending ? "newest first" : "oldest first",
         request->ordered ? "ordered" : "in no order", first.name, places_count(request->places),
         world->world.count);
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
    printf(" %s:n%" PRId64, world->world.places[result->rows[i].place].name,
           result->rows[i].number);
  }
  printf(" (at %" PRId64 "%s)\n", result->moved, result->ended ? ", ended" : "");
}

void odd_scans_show(const struct odd_scans *scans, bool long_form) {
  const struct odd_run *run = &scans->run;

  for (size_t i = 0; i < scans->count; i++) {
    const char *message = scans->results[i].error.message;
    printf("%s seed %" PRIu64 ": %s%s%s\n", run->kind->name, run->seed,
           odd_verdict_name(scans->verdicts[i]), message[0] ? ": " : "", message);
  }
  if (!long_form) return;
  printf("  page size %" PRId64 "%s, concurrency %" PRId64 "%s", run->page_size,
         run->grows ? ", growing" : "", run->concurrency,
         scans->together ? ", scans take turns" : "");
  for (size_t i = 0; i < run->mixed_count; i++) printf(", %s", run->mixed[i]->name);
  printf("\n%s", run->world->trace);
  for (size_t i = 0; i < scans->count; i++)
    describe(run->world, &scans->scans[i], &scans->results[i]);
}
