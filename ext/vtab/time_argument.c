/*
** Values that are compared with times: see time_argument.h.
*/
#include "vtab/time_argument.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "api/listing.h"
#include "base/redact.h"
#include "base/timestamp.h"

SQLITE_EXTENSION_INIT3

#define DIGITS "0123456789"
#define SHOWN_MAX 80 /* bytes of a value in a message, NUL included */

/*
** What a number most likely counts, by its digits before the point, and how datetime() is told.
** Milliseconds have 13 digits since 2001; with 12, a number is rather a day and a minute.
*/
static const struct {
  size_t least;
  size_t most;
  const char *rest;        /* of the call, after the value */
} counts[] = {{7, 7, ")"}, /* days, as julianday() has them */
              {9, 10, ", 'unixepoch')"},
              {13, 13, " / 1000, 'unixepoch')"},
              {15, 16, " / 1000000, 'unixepoch')"},
              {18, 19, " / 1000000000, 'unixepoch')"}};

/* A value as SQL writes it, cut where it is long. False without memory. */
static bool show(sqlite3_value *value, char shown[SHOWN_MAX]) {
  bool quoted = sqlite3_value_type(value) == SQLITE_TEXT;
  char words[SHOWN_MAX - 2];
  const char *text;

  if (sqlite3_value_type(value) == SQLITE_BLOB) {
    snprintf(shown, SHOWN_MAX, "a blob of %d bytes", sqlite3_value_bytes(value));
    return true;
  }
  text = (const char *)sqlite3_value_text(value);
  if (!text) return false;
  secrets_mask(text, NULL, words, sizeof words);
  snprintf(shown, SHOWN_MAX, quoted ? "'%s'" : "%s", words);
  return true;
}

/* The rest of the call that makes a time of a number; NULL where none is known. */
static const char *call_for(const char *shown) {
  const char *number = shown + (*shown == '\'');
  size_t whole = strspn(number, DIGITS);
  const char *end = number + whole;

  if (*end == '.') end += 1 + strspn(end + 1, DIGITS);
  if (*end && strcmp(end, "'") != 0) return NULL;
  for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
    if (whole >= counts[i].least && whole <= counts[i].most) return counts[i].rest;
  }
  return NULL;
}

static enum service_status refuse(const char *column, sqlite3_value *value,
                                  struct service_error *error) {
  char shown[SHOWN_MAX];
  const char *rest;

  if (!show(value, shown)) return SERVICE_NO_MEMORY;
  service_fail(error, "%s is compared with %s, which is no time.", column, shown);
  rest = call_for(shown);
  if (rest) {
    return service_advise(error, "Write datetime(%s%s", shown, rest);
  }
  return service_advise(error,
                        "Write it as '2026-01-31T08:00:00Z', '2026-01-31' or datetime('now', '-1 "
                        "day'), and seconds since 1970 as datetime(x, 'unixepoch')");
}

static enum service_status check(const char *column, sqlite3_value *value,
                                 struct service_error *error) {
  struct timestamp time;
  const char *text;

  if (sqlite3_value_type(value) == SQLITE_NULL) return SERVICE_OK;
  if (sqlite3_value_type(value) != SQLITE_TEXT) return refuse(column, value, error);
  text = (const char *)sqlite3_value_text(value);
  if (!text) return SERVICE_NO_MEMORY;
  if (timestamp_parse(text, (size_t)sqlite3_value_bytes(value), &time)) return SERVICE_OK;
  return refuse(column, value, error);
}

enum service_status time_arguments_check(const struct plan *plan, int count, const int *columns,
                                         sqlite3_value **values, struct service_error *error) {
  const struct column *all = plan->listing->columns;
  enum service_status status = SERVICE_OK;

  for (size_t i = 0; i < plan->term_count && status == SERVICE_OK; i++) {
    int column = plan->terms[i].column;
    if (!(all[column].flags & COLUMN_TIME)) continue;
    status = check(all[column].name, values[i], error);
  }
  values += plan->term_count + plan->limit + plan->offset;
  for (int i = 0; i < count && status == SERVICE_OK; i++) {
    status = check(all[columns[i]].name, values[i], error);
  }
  return status;
}
