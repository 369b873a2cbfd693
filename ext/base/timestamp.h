/*
** Instants written as text: the order behind the collation SWR_TIME.
**
** The service writes RFC 3339 in UTC with a fraction of any length (trailing zeros trimmed), so
** that comparing the bytes puts `…03Z` after `…03.5Z`. SQLite's own functions write `2026-01-01
** 08:00:00`. Both, and plain dates, name instants here. This file must not know where a text
** comes from.
*/
#ifndef SWR_TIMESTAMP_H
#define SWR_TIMESTAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timestamp {
  int64_t seconds;      /* since 1970-01-01T00:00:00Z, leap seconds not counted */
  const char *fraction; /* decimal digits of the second, inside the parsed text, not owned */
  size_t fraction_size; /* without trailing zeros */
};

/*
** Reads `YYYY-MM-DD`, or that followed by `T`, `t` or a space, `HH:MM`, optionally `:SS` and
** `.digits`, optionally `Z`, `z` or `+HH:MM` / `-HH:MM`. No zone means UTC. A second of 60 is the
** first of the next minute. Returns false for any other text; the calendar is checked.
*/
bool timestamp_parse(const char *text, size_t size, struct timestamp *timestamp);

/*
** Compares two texts as instants: negative, 0, positive. A text that names no instant comes after
** every one that does, and two such compare by their bytes. A total order for any bytes.
*/
int timestamp_compare(const char *left, size_t left_size, const char *right, size_t right_size);

#endif
