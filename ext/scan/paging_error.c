/*
** What is said where the pages of a list do not fit together: see paging_error.h.
*/
#include "scan/paging_error.h"

#include <inttypes.h>

/* The column that the list is sorted by. */
static const char *time_name(const struct fetch *fetch) {
  return fetch->listing->columns[fetch->order->column].name;
}

static struct service_error *error_of(const struct fetch *fetch) { return &fetch->service->error; }

static const char *noun(const struct fetch *fetch) { return fetch->listing->record; }
static const char *nouns(const struct fetch *fetch) { return fetch->listing->records; }

enum service_status paging_fail_disordered(const struct fetch *fetch) {
  return service_fail(error_of(fetch),
                      "%s: the service did not list the %s in the order of %s that was asked for "
                      "(at the %s with id %" PRId64
                      "). +%s instead of %s in ORDER BY and WHERE leaves sorting and comparing to "
                      "SQLite.",
                      place_label(fetch->place), nouns(fetch), time_name(fetch), noun(fetch),
                      fetch->drift->disordered_id, time_name(fetch), time_name(fetch));
}

enum service_status paging_fail_misled(const struct fetch *fetch) {
  return service_fail(
      error_of(fetch),
      "%s: the service did not list the %s in the order of %s (at the %s with id "
      "%" PRId64
      "), and they moved while they were read, so that some may be missing. Run the "
      "query again.",
      place_label(fetch->place), nouns(fetch), time_name(fetch), noun(fetch),
      fetch->drift->disordered_id);
}

enum service_status paging_fail_tied(const struct fetch *fetch, int64_t position) {
  return service_fail(
      error_of(fetch),
      "%s: around the %s number %" PRId64
      " more %s share one %s than the service gives at once, and they changed places or number "
      "meanwhile, so that some may be missing. Run the query again.",
      place_label(fetch->place), noun(fetch), position, nouns(fetch), time_name(fetch));
}

enum service_status paging_fail_moving(const struct fetch *fetch, int64_t position, int64_t offset,
                                       int tries) {
  return service_fail(error_of(fetch),
                      "%s: the %s after number %" PRId64
                      " were not found in %d requests, the last one for offset %" PRId64
                      ": %s keep moving while they are read, or the service does not keep to "
                      "order, offset and limit. Run the query again.",
                      place_label(fetch->place), nouns(fetch), position, tries, offset,
                      nouns(fetch));
}

enum service_status paging_fail_gone(const struct fetch *fetch, int64_t position) {
  return service_fail(error_of(fetch),
                      "%s: %s were removed while they were read: %s %" PRId64
                      " is gone. Run the query again.",
                      place_label(fetch->place), nouns(fetch), noun(fetch), position + 1);
}

enum service_status paging_fail_twice(const struct fetch *fetch, int64_t id) {
  return service_fail(error_of(fetch),
                      "%s: the service listed the %s with id %" PRId64
                      " at two places, and the %s not in the order of %s, so that some may be "
                      "missing. Run the query again.",
                      place_label(fetch->place), noun(fetch), id, nouns(fetch), time_name(fetch));
}
