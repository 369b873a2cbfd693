/*
** What is said where the pages of a list do not fit together: see paging_error.h.
*/
#include "scan/paging_error.h"

#include <inttypes.h>

#include "request/place_text.h"

/* The column that the list is sorted by. */
static const char *time_name(const struct fetch *fetch) {
  return fetch->listing->columns[fetch->order->column].name;
}

static struct service_error *error_of(const struct fetch *fetch) { return &fetch->service->error; }

static const char *noun(const struct fetch *fetch) { return fetch->listing->record; }
static const char *nouns(const struct fetch *fetch) { return fetch->listing->records; }

static const char *where(const struct fetch *fetch, char text[PLACE_TEXT_MAX]) {
  return place_text(fetch->access, fetch->place, text);
}

static enum service_status advise_again(const struct fetch *fetch) {
  return service_advise(error_of(fetch), "Run the query again.");
}

enum service_status paging_fail_disordered(const struct fetch *fetch) {
  char text[PLACE_TEXT_MAX];

  service_fail(error_of(fetch),
               "%s: the service did not list the %s in the order of %s that was asked for (at the "
               "%s with id %" PRId64 ").",
               where(fetch, text), nouns(fetch), time_name(fetch), noun(fetch),
               fetch->drift->disordered_id);
  return service_advise(error_of(fetch),
                        "+%s instead of %s in ORDER BY and WHERE leaves sorting and comparing to "
                        "SQLite.",
                        time_name(fetch), time_name(fetch));
}

enum service_status paging_fail_misled(const struct fetch *fetch) {
  char text[PLACE_TEXT_MAX];

  service_fail(error_of(fetch),
               "%s: the service did not list the %s in the order of %s (at the %s with id %" PRId64
               "), and they moved while they were read, so that some may be missing.",
               where(fetch, text), nouns(fetch), time_name(fetch), noun(fetch),
               fetch->drift->disordered_id);
  return advise_again(fetch);
}

enum service_status paging_fail_tied(const struct fetch *fetch, int64_t position) {
  char text[PLACE_TEXT_MAX];

  service_fail(error_of(fetch),
               "%s: around the %s number %" PRId64
               " more %s share one %s than the service gives at once, and they changed places or "
               "number meanwhile, so that some may be missing.",
               where(fetch, text), noun(fetch), position, nouns(fetch), time_name(fetch));
  return advise_again(fetch);
}

enum service_status paging_fail_moving(const struct fetch *fetch, int64_t position, int64_t offset,
                                       int tries) {
  char text[PLACE_TEXT_MAX];

  service_fail(error_of(fetch),
               "%s: the %s after number %" PRId64
               " were not found in %d requests, the last one for offset %" PRId64
               ": %s keep moving while they are read, or the service does not keep to order, "
               "offset and limit.",
               where(fetch, text), nouns(fetch), position, tries, offset, nouns(fetch));
  return advise_again(fetch);
}

enum service_status paging_fail_gone(const struct fetch *fetch, int64_t position) {
  char text[PLACE_TEXT_MAX];

  service_fail(error_of(fetch), "%s: %s were removed while they were read: %s %" PRId64 " is gone.",
               where(fetch, text), nouns(fetch), noun(fetch), position + 1);
  return advise_again(fetch);
}

enum service_status paging_fail_twice(const struct fetch *fetch, int64_t id) {
  char text[PLACE_TEXT_MAX];

  service_fail(error_of(fetch),
               "%s: the service listed the %s with id %" PRId64
               " at two places, and the %s not in the order of %s, so that some may be missing.",
               where(fetch, text), noun(fetch), id, nouns(fetch), time_name(fetch));
  return advise_again(fetch);
}
