/*
** A name that is compared with a number: see number_key.h.
*/
#include "vtab/number_key.h"

#include <stdio.h>
#include <string.h>

#include "api/keys.h"

#define MORE_NAMES "is compared with a number, which several names may equal (7: '7', '007', '7.0')"

enum service_status number_key_refuse(const struct listing *listing, int column,
                                      struct service_error *error) {
  const char *name = listing->columns[column].name;

  service_fail(error, "%s " MORE_NAMES ", and discovery, which would find them, is off.", name);
  return service_advise(
      error,
      "Write it as text: %s = CAST(x AS TEXT), or %s IN (SELECT CAST(x AS TEXT) FROM ...); or "
      "swr_config('discovery', 'on')",
      name, name);
}

void number_key_explain(const struct listing *listing, int column, enum service_status status,
                        struct service_error *error) {
  const char *name = listing->columns[column].name;

  if (status != SERVICE_FAILED && status != SERVICE_FORBIDDEN) return;
  service_advise(
      error, "(asked for since %s is compared with a number; CAST(x AS TEXT) names one repository)",
      name);
}

void name_check_begin(struct name_check *check, enum name_order first, bool apart) {
  check->allowed = first == NAMES_ANYHOW ? NAMES_ONE : apart ? NAMES_ONE_PLACE : NAMES_ANY;
  memset(&check->last, 0, sizeof check->last);
}

void name_check_begin_written(struct name_check *check, const char *name) {
  check->allowed = NAMES_WRITTEN;
  memset(&check->last, 0, sizeof check->last);
  snprintf(check->last.name, sizeof check->last.name, "%s", name);
}

enum service_status name_check(struct name_check *check, const struct place *place,
                               const struct listing *listing, struct service_error *error) {
  const char *column = keys_name(listing, PLACE_REPOSITORY);
  struct place last = check->last;
  bool same = !strcmp(last.name, place->name);

  if (check->allowed == NAMES_ANY || place_equal(&last, place)) return SERVICE_OK;
  if (check->allowed == NAMES_WRITTEN) {
    if (same) return SERVICE_OK;
    service_fail(error,
                 "%s is compared with the number %s by (..., ...) IN (...), as it seems: there "
                 "SQLite leaves out '%s', which equals it, too.",
                 column, last.name, place->name);
    return service_advise(error,
                          "Write the number as text, as by CAST(x AS TEXT), or join instead");
  }
  check->last = *place;
  if (!last.name[0] || same == (check->allowed == NAMES_ONE)) return SERVICE_OK;
  service_fail(error,
               "%s is compared with a number, which several names may equal, and the rows of %s "
               "and %s cannot leave in the order that is wanted.",
               column, last.image, place->image);
  return service_advise(
      error, "Write the number as text, as by CAST(x AS TEXT), or sort, or group, by +%s", column);
}
