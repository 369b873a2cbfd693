/*
** Instants written as text: the order of the collation SWR_TIME.
**
** The service writes RFC 3339 in UTC with a fraction of any length (trailing zeros trimmed), so
** that comparing the bytes puts `…03Z` after `…03.5Z`. SQLite's own functions write
** `2026-01-01 08:00:00`, and languages and people have other spellings. Those that can mean but one
** instant name it here; numbers, which may count seconds, milliseconds or days, do not. This file
** must not know where a text comes from.
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
** Reads an instant; returns false for any other text. The calendar is checked.
** - A date is `YYYY-MM-DD` or `YYYYMMDD`. Alone it means its first second, and so do a month,
**   `YYYY-MM`, and a year, `YYYY`.
** - After `T`, `t` or a space stands a clock: `HH:MM:SS`, `HHMMSS`, either without seconds or
**   without minutes, too. Seconds may have a fraction after `.` or `,`. A second of 60 is the
**   first of the next minute.
** - Then comes nothing, `Z` or `z`, all of which mean UTC; or `+HH:MM`, `+HHMM`, `+HH`, or the
**   same with `-`.
** - An offset may follow a space, as Go, Ruby and .NET write it, and ` UTC` may stand for one.
**   What Go adds then, the name of the zone and ` m=+0.1`, says nothing more.
*/
bool timestamp_parse(const char *text, size_t size, struct timestamp *timestamp);

/*
** Compares two texts as instants: negative, 0, positive. A text that names no instant comes after
** every one that does, and two such compare by their bytes. A total order for any bytes.
*/
int timestamp_compare(const char *left, size_t left_size, const char *right, size_t right_size);

#define TIMESTAMP_SIZE 24

/*
** Writes `2026-01-31T23:59:59`, in UTC and without a mark that says so; nothing where the calendar
** of C has no such year. Reads neither locale nor time zone.
*/
void timestamp_write(int64_t seconds, char text[TIMESTAMP_SIZE]);

#endif
