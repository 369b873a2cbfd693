/*
** The rows of one place as a numbered sequence: see sequence.h.
*/
#include "scan/sequence.h"

#include "base/always.h"
#include "scan/bound_search.h"

const struct place *sequence_place(const struct sequence *rows) {
  return rows->roll ? roll_place(rows->roll) : page_map_repository(rows->map);
}

bool sequence_begun(const struct sequence *rows) {
  return rows->roll ? roll_begun(rows->roll) : page_map_begun(rows->map);
}

bool sequence_start(struct sequence *rows, const struct page_reader *reader) {
  return rows->roll ? roll_start(rows->roll, reader) : page_map_start(rows->map, reader);
}

enum nulls sequence_nulls(const struct sequence *rows) {
  return rows->map ? page_map_nulls(rows->map) : NULLS_UNKNOWN;
}

bool sequence_come(const struct sequence *rows, int64_t position) {
  return rows->roll ? position < roll_ready(rows->roll) : page_map_come(rows->map, position);
}

void sequence_hold(struct sequence *rows) {
  if (rows->map) ++*page_map_readers(rows->map);
}

void sequence_leave(struct sequence *rows) {
  if (rows->map) --*page_map_readers(rows->map);
}

void sequence_rest(struct sequence *rows, const struct page_reader *reader) {
  if (rows->map) page_map_rest(rows->map, reader);
}

const uint64_t *sequence_version(const struct sequence *rows) {
  static const uint64_t forever = 0; /* a roll keeps its rows */

  return rows->roll ? &forever : page_map_version(rows->map);
}

enum service_status sequence_advance(struct sequence *rows, const struct page_reader *reader) {
  return rows->roll ? SERVICE_OK : page_map_advance(rows->map, reader);
}

enum service_status sequence_seek(struct sequence *rows, const struct page_reader *reader,
                                  int64_t position, bool *exists) {
  return rows->roll ? roll_seek(rows->roll, reader, position, exists)
                    : page_map_seek(rows->map, reader, position, exists);
}

enum service_status sequence_run(struct sequence *rows, const struct page_reader *reader,
                                 int64_t position, struct page_run *run) {
  int64_t count = 0;
  enum service_status status;

  if (rows->map) return page_map_run(rows->map, reader, position, run);
  *run = (struct page_run){.start = position, .version = *sequence_version(rows)};
  status = roll_run(rows->roll, reader, position, &run->page, &run->index, &count);
  run->end = position + count; /* none where that failed */
  run->here = run->end > position;
  return status;
}

enum service_status sequence_fail_gone(const struct sequence *rows, int64_t position) {
  return rows->roll ? roll_fail_gone(rows->roll) : page_map_fail_gone(rows->map, position);
}

enum service_status sequence_search(struct sequence *rows, const struct time_bounds *bounds,
                                    int64_t *position) {
  if (ALWAYS(rows->map)) return bound_search(rows->map, bounds, position); /* see listing_bounded */
  *position = 0;
  return SERVICE_OK;
}
