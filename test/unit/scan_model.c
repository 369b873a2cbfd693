/*
** The rows of a scan over a simulated world: see scan_model.h.
*/
#include "scan_model.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "unit.h"

/* Whether a time meets all bounds; none meets no bound at all. */
static bool within(const struct time_bounds *bounds, int64_t seconds) {
  char text[SIMULATED_TIME_MAX];

  if (seconds == NO_TIME) return bounds->count == 0;
  simulated_time(seconds, text);
  for (size_t i = 0; i < bounds->count; i++) {
    const struct time_bound *bound = &bounds->bounds[i];
    int order = strncmp(text, bound->text, bound->size);
    bool met = bound->op == BOUND_LT   ? order < 0
               : bound->op == BOUND_LE ? order <= 0
               : bound->op == BOUND_GE ? order >= 0
                                       : order > 0;
    if (!met) return false;
  }
  return true;
}

/* Sorts by time and leaves the order of equal ones as it is. */
static void sort(struct scanned_rows *rows, const struct order *order) {
  for (size_t i = 1; i < rows->count; i++) {
    struct scanned_row row = rows->rows[i];
    size_t at = i;
    for (; at > 0; at--) {
      int64_t before = rows->rows[at - 1].seconds;
      if (order == JOBS_ASCENDING ? before <= row.seconds : before >= row.seconds) break;
      rows->rows[at] = rows->rows[at - 1];
    }
    rows->rows[at] = row;
  }
}

void scan_model(const struct simulated_world *world, const struct scan_request *request,
                struct scanned_rows *rows) {
  bool newest_first = request->order == JOBS_DESCENDING;

  rows->count = 0;
  rows->outside = 0;
  for (size_t i = 0; i < places_count(request->places); i++) {
    struct place asked;
    size_t place;
    const struct simulated_server *server;
    places_get(request->places, i, &asked);
    place = world_index(world, &asked);
    server = &world->servers[place];
    for (int64_t position = 0; position < server->jobs; position++) {
      struct scanned_row row = {
          .place = place,
          .job = server->first + (newest_first ? server->jobs - 1 - position : position),
          .seconds = simulated_seconds(server, request->order, position)};
      if (!within(&request->bounds, row.seconds)) continue;
      if (!CHECK(rows->count < SCAN_ROWS_MAX)) return;
      rows->rows[rows->count++] = row;
    }
  }
  if (request->ordered && places_count(request->places) > 1) sort(rows, request->order);
}

/* Notes the row that a scan is at. */
static enum service_status take_row(struct simulated_world *world,
                                    const struct scan_request *request, struct scan *scan,
                                    struct scanned_rows *rows) {
  const struct record_page *page;
  const struct simulated_server *server;
  struct scanned_row row = {.place = world_index(world, scan_repository(scan))};
  int64_t position;
  size_t index;
  enum service_status status = scan_row(scan, &page, &index);

  if (status != SERVICE_OK) return status;
  if (!CHECK(row.place < world->count)) return SERVICE_FAILED;
  server = &world->servers[row.place];
  row.job = simulated_job(page, index);
  position = row.job - server->first;
  if (request->order == JOBS_DESCENDING) position = server->jobs - 1 - position;
  CHECK(simulated_server_has(server, request->order, position, page, index));
  row.seconds = simulated_seconds(server, request->order, position);
  if (!within(&request->bounds, row.seconds)) {
    rows->outside++;
  } else if (CHECK(rows->count < SCAN_ROWS_MAX)) {
    rows->rows[rows->count++] = row;
  }
  return SERVICE_OK;
}

enum service_status scan_read(struct simulated_world *world, const struct scan_request *request,
                              const struct scan_reading *reading, struct scanned_rows *rows) {
  struct scan *scan;
  enum service_status status = scan_open(world->statement, request, &scan);

  rows->count = 0;
  rows->outside = 0;
  CHECK_INT(status == SERVICE_OK, scan != NULL);
  for (int64_t row = 0; status == SERVICE_OK && !scan_ended(scan); row++) {
    if (reading->take == 0) break;
    if (row >= reading->skip && reading->count) rows->count++;
    if (row >= reading->skip && !reading->count) status = take_row(world, request, scan, rows);
    if (reading->take >= 0 && row + 1 >= reading->skip + reading->take) break;
    if (status == SERVICE_OK) status = scan_next(scan);
  }
  scan_close(scan);
  return status;
}

void scan_compare(const struct scanned_rows *model, const struct scanned_rows *rows,
                  const struct scan_reading *reading) {
  size_t skip = (size_t)reading->skip < model->count ? (size_t)reading->skip : model->count;
  size_t expected = model->count - skip;

  if (reading->take >= 0 && (size_t)reading->take < expected) expected = (size_t)reading->take;
  if (!CHECK_INT(expected, rows->count) || reading->count) return;
  for (size_t i = 0; i < rows->count; i++) {
    const struct scanned_row *right = &model->rows[skip + i];
    if (rows->rows[i].place == right->place && rows->rows[i].job == right->job) continue;
    CHECK_INT(i, -1); /* another row than the model's */
    return;
  }
}
