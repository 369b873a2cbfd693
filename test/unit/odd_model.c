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

static enum service_status take_row(struct odd_reader *reader) {
  struct odd_result *result = reader->result;
  struct odd_row *row = &result->rows[result->count];
  const struct record_page *page;
  size_t index;
  enum service_status status = scan_row(reader->scan, &page, &index);

  if (status != SERVICE_OK) return status;
  row->place = world_index(&reader->world->world, scan_repository(reader->scan));
  row->number = odd_server_job(&reader->world->servers[row->place], page, index);
  result->count++;
  return SERVICE_OK;
}

static bool has_all(const struct odd_reader *reader) {
  const struct odd_reading *reading = reader->reading;

  return reading->take >= 0 && reader->result->moved >= reading->skip + reading->take;
}

/* The next call of the service may fail otherwise. */
static void keep_error(const struct odd_reader *reader) {
  if (reader->result->status == SERVICE_OK) return;
  reader->result->error = reader->world->world.fixture.service->error;
}

void odd_reader_open(struct odd_reader *reader) {
  struct odd_result *result = reader->result;

  result->error.message[0] = '\0';
  result->count = 0;
  result->moved = 0;
  result->ended = false;
  result->status = scan_open(reader->world->world.statement, reader->request, &reader->scan);
  keep_error(reader);
}

bool odd_reader_step(struct odd_reader *reader) {
  struct odd_result *result = reader->result;

  if (result->moved >= ODD_ROWS_MAX) reader->world->endless = true;
  if (result->status != SERVICE_OK || scan_ended(reader->scan) || reader->world->endless ||
      has_all(reader)) {
    return false;
  }
  if (result->moved++ >= reader->reading->skip && !reader->reading->count) {
    result->status = take_row(reader);
  }
  if (result->status == SERVICE_OK && !has_all(reader)) {
    result->status = scan_next(reader->scan);
  }
  keep_error(reader);
  return result->status == SERVICE_OK;
}

void odd_reader_close(struct odd_reader *reader) {
  struct odd_result *result = reader->result;

  if (result->status == SERVICE_OK) result->ended = scan_ended(reader->scan);
  scan_close(reader->scan);
  reader->scan = NULL;
}

void odd_read(struct odd_world *world, const struct scan_request *request,
              const struct odd_reading *reading, struct odd_result *result) {
  struct odd_reader reader = {world, request, reading, result, NULL};

  odd_reader_open(&reader);
  while (odd_reader_step(&reader)) continue;
  odd_reader_close(&reader);
}

/* ---- judging ---- */

struct judge {
  const struct odd_world *world;
  const struct scan_request *request;
  const struct odd_reading *reading;
  const struct odd_result *result;
  size_t first; /* place of the request's first */
  bool merged;
  unsigned char (*times)[ODD_JOBS_MAX]; /* how often each job came */
};

static const struct odd_job *job_of(const struct judge *judge, const struct odd_row *row) {
  return &judge->world->servers[row->place].jobs[row->number];
}

/* By the digits of both texts, which are of the same year. */
static int compare_times(const char *left, const char *right) {
  int order = strncmp(left, right, 19);
  int tenths = (left[19] == '.' ? left[20] : '0') - (right[19] == '.' ? right[20] : '0');

  return order ? order : tenths;
}

static bool within(const struct time_bounds *bounds, const struct odd_job *job) {
  char text[ODD_TIME_MAX];

  if (bounds->count == 0) return true;
  if (job->time == NO_TIME) return false;
  odd_time(job->time, text);
  for (size_t i = 0; i < bounds->count; i++) {
    const struct time_bound *bound = &bounds->bounds[i];
    int order = compare_times(text, bound->text);
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
  int64_t left = job_of(judge, a)->time;
  int64_t right = job_of(judge, b)->time;

  if (!judge->merged && a->place != b->place) return a->place < b->place;
  if (left == right || left == NO_TIME || right == NO_TIME) return false;
  return judge->request->order->descending ? left > right : left < right;
}

static enum odd_verdict judge_rows(const struct judge *judge) {
  const struct odd_row *before = NULL;
  bool doubled = false;
  bool disordered = false;

  for (size_t i = 0; i < judge->result->count; i++) {
    const struct odd_row *row = &judge->result->rows[i];
    if (row->number < 0 || row->place < judge->first ||
        row->place >= judge->first + places_count(judge->request->places)) {
      return ODD_FOREIGN;
    }
    if (!within(&judge->request->bounds, job_of(judge, row))) continue; /* the reader's affair */
    if (judge->times[row->place][row->number]++) doubled = true;
    if (before && (judge->request->ordered || before->place != row->place) &&
        precedes(judge, row, before)) {
      disordered = true;
    }
    if (job_of(judge, row)->time != NO_TIME) before = row;
  }
  return doubled ? ODD_DOUBLED : disordered ? ODD_DISORDERED : ODD_RIGHT;
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
      if (!judge->times[row.place][row.number] && is_missed(judge, &row, &before)) return true;
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
  static unsigned char times[ODD_PLACES_MAX][ODD_JOBS_MAX];
  struct judge judge = {
      .world = world, .request = request, .reading = reading, .result = result, .times = times};
  enum odd_verdict verdict;

  judge.first = first_place(world, request);
  judge.merged = request->ordered && places_count(request->places) > 1;
  if (world->endless) return ODD_ENDLESS;
  memset(times, 0, sizeof times);
  verdict = judge_rows(&judge);
  if (verdict != ODD_RIGHT) return verdict;
  if (result->status != SERVICE_OK) return ODD_ERROR;
  if (reading->count) return judge_count(&judge);
  return lacks(&judge) ? ODD_LOST : ODD_RIGHT;
}
