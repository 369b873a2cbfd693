/*
** What a scan of an odd world may return: see odd_model.h.
*/
#include "odd_model.h"

#include <string.h>

#include "unit.h"

const char *odd_verdict_name(enum odd_verdict verdict) {
  static const char *const names[ODD_VERDICTS] = {"right",   "error",      "LOST",       "DOUBLED",
                                                  "FOREIGN", "DISORDERED", "MISCOUNTED", "ENDLESS",
                                                  "HANGS",   "ACCUSED"};

  return names[verdict];
}

/* ---- reading ---- */

static enum service_status take_row(struct odd_world *world, struct scan *scan,
                                    struct odd_result *result) {
  const struct record_page *page;
  size_t index;
  struct odd_row *row = &result->rows[result->count];
  enum service_status status = scan_row(scan, &page, &index, &world->world.fixture.error);

  if (status != SERVICE_OK) return status;
  row->place = world_index(&world->world, scan_repository(scan));
  row->number = odd_server_job(&world->servers[row->place], page, index);
  result->count++;
  return SERVICE_OK;
}

static bool stop_here(struct odd_world *world, const struct odd_reading *reading,
                      const struct odd_result *result) {
  if (result->moved >= ODD_ROWS_MAX) world->endless = true;
  return world->endless || (reading->take >= 0 && result->moved >= reading->skip + reading->take);
}

void odd_read(struct odd_world *world, const struct scan_request *request,
              const struct odd_reading *reading, struct odd_result *result) {
  struct service_error *error = &world->world.fixture.error;
  struct scan *scan;

  error->message[0] = '\0';
  result->count = 0;
  result->moved = 0;
  result->ended = false;
  result->status = scan_open(world->world.statement, request, &scan, error);
  while (result->status == SERVICE_OK && !scan_ended(scan) && !stop_here(world, reading, result)) {
    bool read = result->moved++ >= reading->skip && !reading->count;
    if (read) result->status = take_row(world, scan, result);
    if (stop_here(world, reading, result)) break;
    if (result->status == SERVICE_OK) result->status = scan_next(scan, error);
  }
  if (result->status == SERVICE_OK && scan) result->ended = scan_ended(scan);
  scan_close(scan);
}

/* ---- judging ---- */

struct judge {
  const struct odd_world *world;
  const struct scan_request *request;
  const struct odd_reading *reading;
  const struct odd_result *result;
  size_t first; /* place of the request's first */
  bool merged;
};

static const struct odd_job *job_of(const struct judge *judge, const struct odd_row *row) {
  return &judge->world->servers[row->place].jobs[row->number];
}

static bool within(const struct time_bounds *bounds, const struct odd_job *job) {
  char text[SIMULATED_TIME_MAX];

  if (bounds->count == 0) return true;
  if (job->seconds == NO_TIME) return false;
  simulated_time(job->seconds, text);
  for (size_t i = 0; i < bounds->count; i++) {
    const struct time_bound *bound = &bounds->bounds[i];
    int order = strcmp(text, bound->text);
    if (!(bound->op == BOUND_LT   ? order < 0
          : bound->op == BOUND_LE ? order <= 0
          : bound->op == BOUND_GE ? order >= 0
                                  : order > 0)) {
      return false;
    }
  }
  return true;
}

/* True if row `a` must leave before row `b`; false where both orders are right. */
static bool precedes(const struct judge *judge, const struct odd_row *a, const struct odd_row *b) {
  int64_t left = job_of(judge, a)->seconds;
  int64_t right = job_of(judge, b)->seconds;

  if (!judge->merged && a->place != b->place) return a->place < b->place;
  if (left == right || left == NO_TIME || right == NO_TIME) return false;
  return judge->request->order->descending ? left > right : left < right;
}

static enum odd_verdict judge_rows(const struct judge *judge) {
  static unsigned char times[ODD_PLACES_MAX][ODD_JOBS_MAX];
  const struct odd_row *before = NULL;
  bool doubled = false;
  bool disordered = false;

  memset(times, 0, sizeof times);
  for (size_t i = 0; i < judge->result->count; i++) {
    const struct odd_row *row = &judge->result->rows[i];
    if (row->number < 0 || row->place < judge->first ||
        row->place >= judge->first + places_count(judge->request->places)) {
      return ODD_FOREIGN;
    }
    if (!within(&judge->request->bounds, job_of(judge, row))) continue; /* the reader's affair */
    if (times[row->place][row->number]++) doubled = true;
    if (before && (judge->request->ordered || before->place != row->place) &&
        precedes(judge, row, before)) {
      disordered = true;
    }
    if (job_of(judge, row)->seconds != NO_TIME) before = row;
  }
  return doubled ? ODD_DOUBLED : disordered ? ODD_DISORDERED : ODD_RIGHT;
}

static bool was_read(const struct judge *judge, const struct odd_row *wanted) {
  for (size_t i = 0; i < judge->result->count; i++) {
    const struct odd_row *row = &judge->result->rows[i];
    if (row->place == wanted->place && row->number == wanted->number) return true;
  }
  return false;
}

/* Whether a job that was there all the time and was not read had to be. */
static bool is_missed(const struct judge *judge, const struct odd_row *row, int64_t *before) {
  const struct odd_result *result = judge->result;
  bool skips = judge->reading->skip > 0;

  if (result->count == 0) {
    if (skips) (*before)++;
    return !skips && result->ended;
  }
  if (skips && !precedes(judge, &result->rows[0], row)) {
    (*before)++; /* it can be among the rows that were moved over */
    return false;
  }
  return result->ended || precedes(judge, row, &result->rows[result->count - 1]);
}

static bool lacks(const struct judge *judge) {
  int64_t before = 0;

  for (size_t i = 0; i < places_count(judge->request->places); i++) {
    const struct odd_server *server = &judge->world->servers[judge->first + i];
    for (size_t number = 0; number < server->job_count; number++) {
      struct odd_row row = {judge->first + i, (int64_t)number};
      const struct odd_job *job = &server->jobs[number];
      if (!job->from_start || !job->there || !within(&judge->request->bounds, job)) continue;
      if (!was_read(judge, &row) && is_missed(judge, &row, &before)) return true;
    }
  }
  if (!judge->result->ended) return false; /* any of a tie may be the last one that was taken */
  return before > judge->reading->skip;
}

static enum odd_verdict judge_count(const struct judge *judge) {
  int64_t least = 0;
  int64_t most = 0;

  for (size_t i = 0; i < places_count(judge->request->places); i++) {
    const struct odd_server *server = &judge->world->servers[judge->first + i];
    for (size_t number = 0; number < server->job_count; number++) {
      least += server->jobs[number].from_start && server->jobs[number].there;
      most++;
    }
  }
  if (judge->result->moved > most) return ODD_MISCOUNTED;
  return judge->result->ended && judge->result->moved < least ? ODD_MISCOUNTED : ODD_RIGHT;
}

static size_t first_place(const struct odd_world *world, const struct scan_request *request) {
  struct place place;

  if (!places_count(request->places)) return 0;
  places_get(request->places, 0, &place);
  return world_index(&world->world, &place);
}

enum odd_verdict odd_judge(const struct odd_world *world, const struct scan_request *request,
                           const struct odd_reading *reading, const struct odd_result *result) {
  struct judge judge = {.world = world, .request = request, .reading = reading, .result = result};
  enum odd_verdict verdict;

  judge.first = first_place(world, request);
  judge.merged = request->ordered && places_count(request->places) > 1;
  if (world->endless) return ODD_ENDLESS;
  verdict = judge_rows(&judge);
  if (verdict != ODD_RIGHT) return verdict;
  if (result->status != SERVICE_OK) return ODD_ERROR;
  if (reading->count) return judge_count(&judge);
  return lacks(&judge) ? ODD_LOST : ODD_RIGHT;
}
