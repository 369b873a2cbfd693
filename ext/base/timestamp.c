/*
** Instants written as text: see timestamp.h.
*/
#include "base/timestamp.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define DATE_SIZE 11 /* of `YYYY-MM-DDT` */
#define CLOCK_SIZE 8 /* of `HH:MM:SS` */

struct reader {
  const char *at;
  const char *end;
};

/* Reads exactly `digits` decimal digits into *value. */
static bool read_number(struct reader *reader, int digits, int *value) {
  int result = 0;

  if (reader->end - reader->at < digits) return false;
  for (int i = 0; i < digits; i++) {
    char c = reader->at[i];
    if (c < '0' || c > '9') return false;
    result = result * 10 + (c - '0');
  }
  reader->at += digits;
  *value = result;
  return true;
}

static bool read_char(struct reader *reader, char expected) {
  if (reader->at == reader->end || *reader->at != expected) return false;
  reader->at++;
  return true;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool at_digit(const struct reader *reader) {
  return reader->at < reader->end && is_digit(*reader->at);
}

static int days_in_month(int year, int month) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

  return month == 2 && leap ? 29 : days[month - 1];
}

/* Days from 1970-01-01 to a date of the proleptic Gregorian calendar, years 0 to 9999. */
static int64_t days_from_civil(int year, int month, int day) {
  int y = month <= 2 ? year - 1 : year; /* years begin in March, so that leap days end them */
  int era = (y >= 0 ? y : y - 399) / 400;
  int year_of_era = y - era * 400;
  int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

  return (int64_t)era * 146097 + day_of_era - 719468;
}

/* `YYYYMMDD`, or a year or a month, which mean their first day. */
static bool read_other_date(struct reader *reader, int *year, int *month, int *day) {
  *month = 1;
  *day = 1;
  if (!read_number(reader, 4, year)) return false;
  if (reader->at == reader->end) return true;
  if (read_char(reader, '-')) return read_number(reader, 2, month) && reader->at == reader->end;
  return read_number(reader, 2, month) && read_number(reader, 2, day);
}

static bool read_date(struct reader *reader, int64_t *days) {
  int year;
  int month;
  int day;

  if (reader->end - reader->at > 7 && reader->at[7] == '-') { /* `YYYY-MM-DD` or nothing */
    if (!read_number(reader, 4, &year) || !read_char(reader, '-')) return false;
    if (!read_number(reader, 2, &month)) return false;
    reader->at++;
    if (!read_number(reader, 2, &day)) return false;
  } else if (!read_other_date(reader, &year, &month, &day)) {
    return false;
  }
  if (month < 1 || month > 12 || day < 1) return false;
  if (day > 28 && day > days_in_month(year, month)) return false;
  *days = days_from_civil(year, month, day);
  return true;
}

/* The digits after the point, at least one, trailing zeros left out. */
static bool read_fraction(struct reader *reader, struct timestamp *timestamp) {
  const char *start = reader->at;
  const char *end;

  while (at_digit(reader)) reader->at++;
  if (reader->at == start) return false;
  end = reader->at;
  while (end > start && end[-1] == '0') end--;
  timestamp->fraction = start;
  timestamp->fraction_size = (size_t)(end - start);
  return true;
}

/*
** True for eight bytes that stand at most as far above those of `zero` as `lacks` leaves to 0x80,
** all at once. XOR with those of zero leaves the value of a digit, and 0 of any other character;
** none has an upper half then, nor reaches 0x80 with what its greatest value lacks of 0x7f.
*/
static bool within(const char *text, const char zero[8], const char lacks[8]) {
  uint64_t bytes;
  uint64_t word;

  memcpy(&bytes, text, sizeof bytes);
  memcpy(&word, zero, sizeof word);
  bytes ^= word;
  memcpy(&word, lacks, sizeof word);
  return !((bytes & UINT64_C(0xf0f0f0f0f0f0f0f0)) |
           ((bytes + word) & UINT64_C(0x8080808080808080)));
}

/* From `00:00:00` to `99:59:59`. */
static bool is_clock(const char *text) {
  static const char lacks[] = {0x76, 0x76, 0x7f, 0x7a, 0x76, 0x7f, 0x7a, 0x76};

  return within(text, "00:00:00", lacks);
}

/* What two digits say, which are known to be there. */
static int two_digits(const char *text) { return (text[0] - '0') * 10 + (text[1] - '0'); }

/* `HH:MM`, `HHMM` or `HH`; *seconds tells whether seconds follow. */
static bool read_minutes(struct reader *reader, int *hour, int *minute, bool *seconds) {
  *minute = 0;
  if (!read_number(reader, 2, hour)) return false;
  if (read_char(reader, ':')) {
    if (!read_number(reader, 2, minute)) return false;
    *seconds = read_char(reader, ':');
    return true;
  }
  if (at_digit(reader) && !read_number(reader, 2, minute)) return false;
  *seconds = at_digit(reader);
  return true;
}

/*
** Down to the hour, minute or second, which alone may have a fraction. The usual form is read at
** once.
*/
static bool read_clock(struct reader *reader, struct timestamp *timestamp) {
  int hour;
  int minute;
  int second = 0;
  bool seconds = true;

  if (reader->end - reader->at >= CLOCK_SIZE && is_clock(reader->at)) {
    hour = two_digits(reader->at);
    minute = two_digits(reader->at + 3);
    second = two_digits(reader->at + 6);
    reader->at += CLOCK_SIZE;
  } else {
    if (!read_minutes(reader, &hour, &minute, &seconds)) return false;
    if (seconds && !read_number(reader, 2, &second)) return false;
  }
  if (hour > 23 || minute > 59 || second > 60) return false;
  timestamp->seconds += ((int64_t)hour * 60 + minute) * 60 + second;
  if (!seconds || !(read_char(reader, '.') || read_char(reader, ','))) return true;
  return read_fraction(reader, timestamp);
}

/* `+HH:MM`, `+HHMM` or `+HH`, and the same with `-`. */
static bool read_offset(struct reader *reader, int *minutes) {
  int hour;
  int minute = 0;
  int sign = 1;

  if (!read_char(reader, '+')) {
    if (!read_char(reader, '-')) return false;
    sign = -1;
  }
  if (!read_number(reader, 2, &hour)) return false;
  if ((read_char(reader, ':') || at_digit(reader)) && !read_number(reader, 2, &minute)) {
    return false;
  }
  if (hour > 23 || minute > 59) return false;
  *minutes = sign * (hour * 60 + minute);
  return true;
}

static bool read_word(struct reader *reader, const char *word) {
  size_t size = strlen(word);

  if ((size_t)(reader->end - reader->at) < size || memcmp(reader->at, word, size) != 0) {
    return false;
  }
  reader->at += size;
  return true;
}

/* `UTC`, the offset again, or three to five capitals. The first two must say what it says. */
static bool read_zone_name(struct reader *reader, int minutes) {
  const char *start = reader->at;
  int again;

  if (read_word(reader, "UTC")) return minutes == 0;
  if (read_offset(reader, &again)) return again == minutes;
  while (reader->at < reader->end && *reader->at >= 'A' && *reader->at <= 'Z') reader->at++;
  return reader->at - start >= 3 && reader->at - start <= 5;
}

/* Nothing, or ` m=+0.5`. */
static bool read_other_clock(struct reader *reader) {
  if (!read_word(reader, " m=")) return true;
  if (!read_char(reader, '+') && !read_char(reader, '-')) return false;
  while (at_digit(reader) || (reader->at < reader->end && *reader->at == '.')) reader->at++;
  return is_digit(reader->at[-1]);
}

/*
** What Go writes after an offset: the zone's name and the reading of another clock. Neither says
** more than the offset does.
*/
static bool read_after_offset(struct reader *reader, int minutes) {
  if (reader->at == reader->end) return true;
  return read_char(reader, ' ') && read_zone_name(reader, minutes) && read_other_clock(reader);
}

/* Nothing is UTC. After a blank stands an offset, with or without a name, or `UTC`. */
static bool read_zone(struct reader *reader, struct timestamp *timestamp) {
  int minutes;
  bool blank;

  if (reader->at == reader->end) return true;
  if (read_char(reader, 'Z') || read_char(reader, 'z')) return true;
  blank = read_char(reader, ' ');
  if (blank && read_word(reader, "UTC")) return true;
  if (!read_offset(reader, &minutes)) return false;
  timestamp->seconds -= (int64_t)minutes * 60;
  return !blank || read_after_offset(reader, minutes);
}

bool timestamp_parse(const char *text, size_t size, struct timestamp *timestamp) {
  struct reader reader = {text, text + size};
  int64_t days;

  timestamp->fraction = text;
  timestamp->fraction_size = 0;
  if (!read_date(&reader, &days)) return false;
  timestamp->seconds = days * 86400;
  if (reader.at == reader.end) return true;
  if (*reader.at != 'T' && *reader.at != 't' && *reader.at != ' ') return false;
  reader.at++;
  if (!read_clock(&reader, timestamp) || !read_zone(&reader, timestamp)) return false;
  return reader.at == reader.end;
}

static int compare_bytes(const char *left, size_t left_size, const char *right, size_t right_size) {
  size_t shared = left_size < right_size ? left_size : right_size;
  int order = shared ? memcmp(left, right, shared) : 0;

  if (order) return order;
  return (left_size > right_size) - (left_size < right_size);
}

/* From `.000000Z` to `.999999Z`: the usual fraction. */
static bool is_micros(const char *text) {
  static const char lacks[] = {0x7f, 0x76, 0x76, 0x76, 0x76, 0x76, 0x76, 0x7f};

  return within(text, ".000000Z", lacks);
}

/*
** True for `HH:MM:SSZ`, with or without a fraction, of a second below 60; at least 9 bytes. Hours
** may be up to 99: one beyond 23 names no instant, and so comes after all others of its day, as
** its digits do.
*/
static bool is_utc_clock(const char *text, size_t size) {
  const char *end = text + size - 1;

  if (!is_clock(text) || *end != 'Z') return false;
  text += CLOCK_SIZE;
  if (text == end) return true;
  if (size == CLOCK_SIZE + 8) return is_micros(text);
  if (*text != '.' || text + 1 == end) return false;
  while (++text < end && *text >= '0' && *text <= '9') {
  }
  return text == end;
}

/*
** Compares two texts of one day in the form of the service, at different seconds or with fractions
** of one length; false for all others. Row after row is compared like this. Whether there is such a
** day, and `T` after it, does not matter: if so, the seconds decide, and then the fractions, and if
** not, the texts' bytes do, which first differ there.
*/
static bool compare_clocks(const char *left, size_t left_size, const char *right, size_t right_size,
                           int *order) {
  const char *left_clock = left + DATE_SIZE;
  const char *right_clock = right + DATE_SIZE;

  if (left_size <= DATE_SIZE + CLOCK_SIZE || right_size <= DATE_SIZE + CLOCK_SIZE) return false;
  if (memcmp(left, right, DATE_SIZE) != 0) return false;
  *order = memcmp(left_clock, right_clock, CLOCK_SIZE);
  if (*order == 0) {
    if (left_size != right_size) return false;
    *order = memcmp(left_clock, right_clock, left_size - DATE_SIZE);
  }
  return is_utc_clock(left_clock, left_size - DATE_SIZE) &&
         is_utc_clock(right_clock, right_size - DATE_SIZE);
}

int timestamp_compare(const char *left, size_t left_size, const char *right, size_t right_size) {
  struct timestamp a;
  struct timestamp b;
  bool a_is_time;
  bool b_is_time;
  int order;

  if (compare_clocks(left, left_size, right, right_size, &order)) return order;
  a_is_time = timestamp_parse(left, left_size, &a);
  b_is_time = timestamp_parse(right, right_size, &b);
  if (a_is_time != b_is_time) return a_is_time ? -1 : 1;
  if (!a_is_time) return compare_bytes(left, left_size, right, right_size);
  if (a.seconds != b.seconds) return a.seconds < b.seconds ? -1 : 1;
  /* Without trailing zeros, digits after the point compare like text. */
  return compare_bytes(a.fraction, a.fraction_size, b.fraction, b.fraction_size);
}

void timestamp_write(int64_t seconds, char text[TIMESTAMP_SIZE]) {
  time_t time = (time_t)seconds;
  struct tm utc;

  text[0] = '\0';
  /* strftime() would read the environment, for the time zone. */
  if (!gmtime_r(&time, &utc)) return;
  snprintf(text, TIMESTAMP_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u",
           (unsigned)(utc.tm_year + 1900) % 10000, (unsigned)(utc.tm_mon + 1) % 100,
           (unsigned)utc.tm_mday % 100, (unsigned)utc.tm_hour % 100, (unsigned)utc.tm_min % 100,
           (unsigned)utc.tm_sec % 100);
}
