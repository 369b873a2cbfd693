/*
** A run of an SQL statement: see run.h.
*/
#include "vtab/run.h"

#include <stdlib.h>
#include <string.h>

void run_opened(struct runs *runs, struct seat *seat) { runs->opened = seat; }

static void take(struct seat *seat, struct run *run) {
  if (run) run->seats++;
  seat->run = run;
}

static void end_parts(struct part_of_run *part) {
  while (part) {
    struct part_of_run *next = part->next;
    statement_release(part->statement);
    free(part);
    part = next;
  }
}

static void leave(struct runs *runs, struct run *run) {
  struct run **link = &runs->first;

  if (!run || --run->seats) return;
  while (*link != run) link = &(*link)->next;
  *link = run->next;
  end_parts(run->parts);
  free(run);
}

/* One that only seats hold on to which are not filtered may be over. */
static struct run *find(const struct runs *runs, uint64_t number) {
  struct run *run = runs->first;

  while (run && (run->number != number || !run->filtered)) run = run->next;
  return run;
}

static struct run *begin(struct runs *runs, uint64_t number) {
  struct run *run = calloc(1, sizeof *run);

  if (!run) return NULL;
  run->number = number;
  run->serial = ++runs->count;
  run->next = runs->first;
  runs->first = run;
  return run;
}

bool run_filtered(struct runs *runs, struct seat *seat, uint64_t number) {
  struct run *held = seat->run;
  struct run *run = held;

  runs->opened = NULL;
  if (seat->filtered) return true;
  if (!run || run->number != number) run = find(runs, number);
  if (!run) run = begin(runs, number);
  if (!run) return false;
  take(seat, run);
  leave(runs, held);
  seat->filtered = true;
  run->filtered++;
  return true;
}

void run_closed(struct runs *runs, struct seat *seat) {
  struct seat *successor = runs->opened;

  runs->opened = NULL;
  if (seat->filtered) seat->run->filtered--;
  if (successor && successor != seat) take(successor, seat->run);
  leave(runs, seat->run);
  seat->run = NULL;
}

struct statement *run_statement(const struct run *run, const char *profile) {
  const struct part_of_run *part = run->parts;

  while (part && strcmp(part->profile, profile ? profile : "") != 0) part = part->next;
  return part ? part->statement : NULL;
}

bool run_begin(struct run *run, const char *profile, struct statement *statement) {
  size_t size = profile ? strlen(profile) : 0;
  struct part_of_run *part = malloc(sizeof *part + size + 1);

  if (!part) return false;
  part->statement = statement;
  if (size) memcpy(part->profile, profile, size);
  part->profile[size] = '\0';
  part->next = run->parts;
  run->parts = part;
  return true;
}
