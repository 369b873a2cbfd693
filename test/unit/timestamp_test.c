/*
** Tests of ext/base/timestamp: which texts name an instant, which one, and their order.
*/
#include "base/timestamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "allocation.h"
#include "unit.h"

static const struct {
  const char *text;
  int64_t seconds;
  const char *fraction;
} known_times[] = {
    {"1970-01-01", 0, ""},
    {"1970-01-01T00:00:00Z", 0, ""},
    {"1969-12-31T23:59:59Z", -1, ""},
    {"1969-12-31 23:59:59.25", -1, "25"},
    {"2020-03-12T08:11:36.518144Z", 1584000696, "518144"},
    {"2020-03-12T08:11:36.51814Z", 1584000696, "51814"},
    {"2020-03-12T08:11:36Z", 1584000696, ""},
    {"2020-03-12T08:11:36.Z5", 0, NULL},
    {"2020-03-12T08:11:36.0Z", 1584000696, ""},
    {"2020-03-12T08:11:36.000000000Z", 1584000696, ""},
    {"2020-03-12T08:11:36.500Z", 1584000696, "5"},
    {"2020-03-12T08:11:36.050Z", 1584000696, "05"},
    {"2020-03-12T08:11:36.542841141Z", 1584000696, "542841141"},
    {"2020-03-12T08:11:36.123456789012345678901234567890", 1584000696,
     "12345678901234567890123456789"},
    {"2020-03-12 08:11:36", 1584000696, ""},
    {"2020-03-12t08:11:36z", 1584000696, ""},
    {"2020-03-12 08:11", 1584000660, ""},
    {"2020-03-12T08:11Z", 1584000660, ""},
    {"2020-03-12", 1583971200, ""},
    {"2020-03-12T16:11:36+08:00", 1584000696, ""},
    {"2020-03-12T02:41:36-05:30", 1584000696, ""},
    {"2020-03-12T08:11:36.5+00:00", 1584000696, "5"},
    {"2020-03-12T08:11:36-00:00", 1584000696, ""},
    {"2020-03-12T08:11+23:59", 1583914320, ""},
    {"2000-02-29", 951782400, ""},
    {"2024-02-29T12:00:00Z", 1709208000, ""},
    {"2016-12-31T23:59:60Z", 1483228800, ""},
    {"2016-12-31T23:59:60.5Z", 1483228800, "5"},
    {"0000-01-01", -62167219200, ""},
    {"0000-02-29", -62162121600, ""},
    {"9999-12-31T23:59:59.999Z", 253402300799, "999"},
    {"2020", 1577836800, ""},
    {"2020-03", 1583020800, ""},
    {"20200312", 1583971200, ""},
    {"20200312T081136Z", 1584000696, ""},
    {"20200312T08:11:36Z", 1584000696, ""},
    {"2020-03-12T081136Z", 1584000696, ""},
    {"20200312 081136.50", 1584000696, "5"},
    {"20200312T0811Z", 1584000660, ""},
    {"20200312T08", 1584000000, ""},
    {"20200312T16+0800", 1584000000, ""},
    {"20200312T160000-0100", 1584032400, ""},
    {"2020-03-12T08", 1584000000, ""},
    {"2020-03-12 08", 1584000000, ""},
    {"2020-03-12T08Z", 1584000000, ""},
    {"2020-03-12T03-05", 1584000000, ""},
    {"2020-03-12T08:11:36,5Z", 1584000696, "5"},
    {"2020-03-12T08:11:36,518144000+00", 1584000696, "518144"},
    {"2020-03-12T16:11:36+0800", 1584000696, ""},
    {"2020-03-12T16:11:36+08", 1584000696, ""},
    {"2020-03-12T02:41:36-0530", 1584000696, ""},
    {"2020-03-12 08:11:36 +00:00", 1584000696, ""},
    {"2020-03-12 08:11:36 UTC", 1584000696, ""},
    {"2020-03-12 08:11:36 +0000", 1584000696, ""},
    {"2020-03-12 08:11:36 +0000 UTC", 1584000696, ""},
    {"2020-03-12 08:11:36.25 +0000 UTC m=+0.000012", 1584000696, "25"},
    {"2020-03-12 16:11:36.518144 +0800 CST", 1584000696, "518144"},
    {"2020-03-12 16:11:36 +0800 CST m=-1.5", 1584000696, ""},
    {"2020-03-12 05:11:36 -0300 -03", 1584000696, ""},
    {"2020-03-12 13:41:36 +0530 +0530", 1584000696, ""},
};

static void check_times(void) {
  for (size_t i = 0; i < COUNT_OF(known_times); i++) {
    struct timestamp timestamp;
    bool expected = known_times[i].fraction != NULL;
    unit_case("%s", known_times[i].text);
    CHECK_INT(expected,
              timestamp_parse(known_times[i].text, strlen(known_times[i].text), &timestamp));
    if (!expected) continue;
    CHECK_INT(known_times[i].seconds, timestamp.seconds);
    CHECK_BYTES(known_times[i].fraction, strlen(known_times[i].fraction), timestamp.fraction,
                timestamp.fraction_size);
  }
}

static const char *const no_times[] = {
    "",
    " ",
    "now",
    "2020-3-12",
    "202",
    "202003",
    "2020031",
    "2020-0312",
    "202003-12",
    "2020-03-",
    "2020-03T08",
    "2020T08",
    "2020-3",
    "2020Z",
    "20200332",
    "20201312",
    "20190229",
    "2020-072",
    "2020072",
    "2020-W11-4",
    "20200312081136",
    "20200312T",
    "20200312T8",
    "20200312T081",
    "20200312T08113",
    "20200312T0811:36Z",
    "20200312T08:1136Z",
    "20200312T240000Z",
    "20200312T08.5",
    "20200312T0811,5",
    "1584000696",
    "1584000696518",
    "1584000696.518",
    "1584000696518144000",
    "2458920.84",
    "Thu, 12 Mar 2020 08:11:36 +0000",
    "Thu Mar 12 08:11:36 2020",
    "12/03/2020",
    "2020-03-12T",
    "2020-03-12 ",
    " 2020-03-12",
    "2020-03-12Z",
    "2020-03-12+08:00",
    "2020/03/12",
    "2020-03-12X08:11:36Z",
    "2020-03-12T08:1",
    "2020-03-12T8:11:36Z",
    "2020-03-12T08:11:",
    "2020-03-12T08:11:3",
    "2020-03-12T08:11:36.",
    "2020-03-12T08:11:36.Z",
    "2020-03-12T08:11.5Z",
    "2020-03-12T08:11:36 Z",
    "2020-03-12T08:11:36Z ",
    "2020-03-12T08:11:36ZZ",
    "2020-03-12T08:11:36Zjunk",
    "2020-03-12T08:11:36+8:00",
    "2020-03-12T08:11:36+080",
    "2020-03-12T08:11:36+08:",
    "2020-03-12T08:11:36+08:0",
    "2020-03-12T08:11:36+08000",
    "2020-03-12T08:11:36+2400",
    "2020-03-12T08:11:36+24",
    "2020-03-12T08:11:36+0860",
    "2020-03-12T08:11:36+",
    "2020-03-12T08:11:36UTC",
    "2020-03-12T08:11:36  UTC",
    "2020-03-12T08:11:36 utc",
    "2020-03-12T08:11:36 CST",
    "2020-03-12T08:11:36+0000 UTC",
    "2020-03-12 08:11:36 +0800 UTC",
    "2020-03-12 08:11:36 +0000 UTC ",
    "2020-03-12 08:11:36 +0000  UTC",
    "2020-03-12 08:11:36 +0000 UT",
    "2020-03-12 08:11:36 +0000 UTCUTC",
    "2020-03-12 08:11:36 +0000 m=+0.1",
    "2020-03-12 08:11:36 +0000 AB",
    "2020-03-12 08:11:36 +0000 ABCDEF",
    "2020-03-12 08:11:36 +0000 {",
    "2020-03-12 08:11:36 +0000 UTC m=",
    "2020-03-12 08:11:36 +0000 UTC m=+",
    "2020-03-12 08:11:36 +0000 UTC m=0.1",
    "2020-03-12 08:11:36 +0000 UTC m=+0.",
    "2020-03-12 08:11:36 -0300 -04",
    "2020-03-12 08:11:36 Z",
    "2020-03-12T08:11:36+24:00",
    "2020-03-12T08:11:36+08:60",
    "2020-03-12T08:11:36+08:00Z",
    "2020-00-12",
    "2020-13-12",
    "2020-03-00",
    "2020-03-32",
    "2020-04-31",
    "2019-02-29",
    "1900-02-29",
    "2100-02-29",
    "2020-02-30",
    "2020-03-12T24:00:00Z",
    "2020-03-12T08:60:00Z",
    "2020-03-12T08:11:61Z",
    "-020-03-12",
    "+2020-03-12",
    "12020-03-12",
    "2020-03-12T-8:11:36Z",
    "\xef\xbc\x92-03-12",
};

static void check_others(void) {
  static const char embedded[] = "2020-03-12\0T08:11:36Z";
  struct timestamp timestamp;

  for (size_t i = 0; i < COUNT_OF(no_times); i++) {
    unit_case("'%s'", no_times[i]);
    CHECK(!timestamp_parse(no_times[i], strlen(no_times[i]), &timestamp));
  }
  unit_case("a NUL inside");
  CHECK(!timestamp_parse(embedded, sizeof embedded - 1, &timestamp));
  CHECK(!timestamp_parse(embedded, 11, &timestamp));
  CHECK(timestamp_parse(embedded, 10, &timestamp));
}

/* Every prefix of a time is read within its bounds, and the C library agrees on the calendar. */
static void check_calendar(void) {
  for (int i = 0; i < 2000; i++) {
    struct timestamp timestamp;
    struct tm parts = {.tm_year = (int)unit_random(9999) - 1900,
                       .tm_mon = (int)unit_random(11),
                       .tm_mday = 1 + (int)unit_random(30),
                       .tm_hour = (int)unit_random(23),
                       .tm_min = (int)unit_random(59),
                       .tm_sec = (int)unit_random(59)};
    struct tm normal = parts;
    time_t seconds = timegm(&normal);
    bool exists = normal.tm_mday == parts.tm_mday;
    char text[80];
    snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", parts.tm_year + 1900,
             parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
    unit_case("%s", text);
    CHECK_INT(exists, timestamp_parse(text, strlen(text), &timestamp));
    if (exists) CHECK_INT(seconds, timestamp.seconds);
  }
}

static int sign(int value) { return (value > 0) - (value < 0); }

static int compare(const char *left, const char *right) {
  return sign(timestamp_compare(left, strlen(left), right, strlen(right)));
}

static void check_order(void) {
  static const struct {
    const char *left;
    const char *right;
    int order;
  } cases[] = {
      {"2020-03-12T08:11:03Z", "2020-03-12T08:11:03.5Z", -1},
      {"2020-03-12T08:11:03.53183Z", "2020-03-12T08:11:03.531831Z", -1},
      {"2020-03-12T08:11:03.518144Z", "2020-03-12T08:11:03.518145Z", -1},
      {"2020-03-12T08:11:03.518144Z", "2020-03-12T08:11:03.518144Z", 0},
      {"2020-03-12T08:11:03.515Z", "2020-03-12T08:11:03.514Z", 1},
      {"2020-03-12T08:11:03.51814:Z", "2020-03-12T08:11:03.518149Z", 1},
      {"2020-03-12T08:11:03.518144Z", "2020-03-12T08:11:04:518143Z", -1},
      {"2020-03-12T08:11:03.6Z", "2020-03-12T08:11:03.59999999999999999999Z", 1},
      {"2020-03-12T08:11:03.5Z", "2020-03-12T08:11:03.500Z", 0},
      {"2020-03-12T08:11:03.0Z", "2020-03-12 08:11:03", 0},
      {"2020-03-12", "2020-03-12T00:00:00Z", 0},
      {"2020-03-12", "2020-03-11T24:00:00Z", -1},
      {"2020-03-12T00:00:00+08:00", "2020-03-11T16:00:00Z", 0},
      {"2020-03-12T00:00:00+08:00", "2020-03-11T23:00:00Z", -1},
      {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z", 0},
      {"9999-12-31T23:59:59Z", "", -1},
      {"9999-12-31", "0", -1},
      {"abc", "abd", -1},
      {"abc", "abcd", -1},
      {"", "a", -1},
      {"", "", 0},
      {"a\x7f", "a\x80", -1},
      {"success", "2020-03-12", 1},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    unit_case("'%s' and '%s'", cases[i].left, cases[i].right);
    CHECK_INT(cases[i].order, compare(cases[i].left, cases[i].right));
    CHECK_INT(-cases[i].order, compare(cases[i].right, cases[i].left));
  }
  unit_case("a NUL inside");
  CHECK_INT(-1, sign(timestamp_compare("a\0b", 3, "a\0c", 3)));
  CHECK_INT(1, sign(timestamp_compare("a\0", 2, "a", 1)));
}

#define TEXT_MAX 96

/* A text and what its parts said before it was written. */
struct spelling {
  char text[TEXT_MAX];
  bool is_time;
  int64_t seconds;
  char fraction[13]; /* twelve digits, zeros at the end */
};

static const char *pick(const char *const *from, size_t count) {
  return from[unit_random((uint32_t)count - 1)];
}

#define ADD(spelling, ...)                                                                   \
  snprintf((spelling)->text + strlen((spelling)->text), TEXT_MAX - strlen((spelling)->text), \
           __VA_ARGS__)

/* An offset as `+HH:MM`, `+HHMM` or, in whole hours, `+HH`. */
static void add_offset(struct spelling *spelling, int minutes) {
  int size = minutes < 0 ? -minutes : minutes;

  ADD(spelling, "%c%02d", minutes < 0 ? '-' : '+', size / 60);
  if (size % 60 || unit_random(2)) ADD(spelling, "%s%02d", unit_random(1) ? ":" : "", size % 60);
}

static void add_zone(struct spelling *spelling, int minutes) {
  static const char *const utc[] = {"", "Z", "z", " UTC", " +0000 UTC", " +0000 UTC m=+0.25"};

  if (minutes == 0 && unit_random(2)) {
    ADD(spelling, "%s", pick(utc, COUNT_OF(utc)));
  } else if (unit_random(3)) {
    add_offset(spelling, minutes);
  } else {
    ADD(spelling, " ");
    add_offset(spelling, minutes);
    if (unit_random(1)) ADD(spelling, minutes ? " CST" : " GMT");
  }
}

/* The fraction with as many digits as are not zeros at its end, or more. */
static void add_fraction(struct spelling *spelling) {
  uint32_t least = 12;

  while (least > 1 && spelling->fraction[least - 1] == '0') least--;
  ADD(spelling, "%c%.*s", unit_random(1) ? '.' : ',', (int)(least + unit_random(12 - least)),
      spelling->fraction);
}

/* Parts that are zero may be left out, the last ones first. */
static void add_clock(struct spelling *spelling, const struct tm *parts, bool fraction) {
  const char *colon = unit_random(3) ? ":" : "";

  ADD(spelling, "%c%02d", "Tt "[unit_random(2)], parts -> tm_hour);
  if (!fraction && !parts->tm_min && !parts->tm_sec && unit_random(1)) return;
  ADD(spelling, "%s%02d", colon, parts->tm_min);
  if (!fraction && !parts->tm_sec && unit_random(1)) return;
  ADD(spelling, "%s%02d", colon, parts->tm_sec);
  if (fraction) add_fraction(spelling);
}

/* A date as long as it must be to say its parts, or longer. */
static void add_date(struct spelling *spelling, const struct tm *parts, bool alone) {
  const char *hyphen = unit_random(3) ? "-" : "";
  bool month = alone && parts->tm_mday == 1 && unit_random(1);

  ADD(spelling, "%04d", parts->tm_year + 1900);
  if (month && parts->tm_mon == 0 && unit_random(1)) return;
  ADD(spelling, "%s%02d", month ? "-" : hyphen, parts->tm_mon + 1);
  if (!month) ADD(spelling, "%s%02d", hyphen, parts->tm_mday);
}

/* Few instants in many spellings, so that equal ones meet. */
static void spell(struct spelling *spelling) {
  static const int64_t instants[] = {1577836800, 1577836799, 1583020800, 1584000696, 1584000660,
                                     1584000000, 1583971200, 951782400,  -1,         0};
  static const char *const fractions[] = {"000000000000", "500000000000", "050000000000",
                                          "499999999999", "531831000000", "999999999999"};
  static const int offsets[] = {0, 0, 0, 480, -300, 330, -570, 1439, -1439};
  static const char *const broken[] = {" ", "x", "Z0", "+", ":"};
  int offset = offsets[unit_random(COUNT_OF(offsets) - 1)];
  bool whole = unit_random(1);
  bool alone;
  struct tm parts;
  time_t local;

  memset(spelling, 0, sizeof *spelling);
  spelling->is_time = true;
  spelling->seconds = instants[unit_random(COUNT_OF(instants) - 1)];
  memcpy(spelling->fraction, whole ? fractions[0] : pick(fractions, COUNT_OF(fractions)), 13);
  local = (time_t)(spelling->seconds + (int64_t)offset * 60);
  gmtime_r(&local, &parts);
  whole = !strcmp(spelling->fraction, fractions[0]);
  alone = whole && !offset && spelling->seconds % 86400 == 0 && unit_random(1);
  add_date(spelling, &parts, alone);
  if (!alone) {
    add_clock(spelling, &parts, !whole || unit_random(5) == 0);
    add_zone(spelling, offset);
  }
  if (unit_random(9) == 0) {
    ADD(spelling, "%s", pick(broken, COUNT_OF(broken)));
    spelling->is_time = false;
  }
}

static int order_by_parts(const struct spelling *left, const struct spelling *right) {
  if (left->is_time != right->is_time) return left->is_time ? -1 : 1;
  if (!left->is_time) return sign(strcmp(left->text, right->text));
  if (left->seconds != right->seconds) return left->seconds < right->seconds ? -1 : 1;
  return sign(memcmp(left->fraction, right->fraction, sizeof left->fraction));
}

/* What is read is what was written, and two compare as their parts do. */
static void check_spellings(void) {
  long equal = 0;

  for (int i = 0; i < 200000; i++) {
    struct spelling pair[2];
    struct timestamp time;
    int expected;
    spell(&pair[0]);
    spell(&pair[1]);
    unit_case("'%s' and '%s'", pair[0].text, pair[1].text);
    CHECK_INT(pair[0].is_time, timestamp_parse(pair[0].text, strlen(pair[0].text), &time));
    if (pair[0].is_time) CHECK_INT(pair[0].seconds, time.seconds);
    expected = order_by_parts(&pair[0], &pair[1]);
    CHECK_INT(expected, compare(pair[0].text, pair[1].text));
    equal += expected == 0 && pair[0].is_time && strcmp(pair[0].text, pair[1].text) != 0;
  }
  unit_case("spellings");
  CHECK(equal > 1000);
}

#define TEXTS 320

static char texts[TEXTS][TEXT_MAX];

static void make_texts(void) {
  static const char *const dates[] = {"2020-03-12", "2020-03-13", "2019-02-29", "0001-01-01"};
  static const char *const clocks[] = {"", "T08:11:36", " 23:59:60", "T00:00", "T08:11:3x"};
  static const char *const fractions[] = {"", ".5", ".50", ".05", ".499999999999"};
  static const char *const zones[] = {"", "Z", "+08:00", "-00:30", "+0800"};

  for (size_t i = 0; i < TEXTS; i++) {
    struct spelling spelling;
    snprintf(texts[i], sizeof texts[i], "%s%s%s%s", pick(dates, COUNT_OF(dates)),
             pick(clocks, COUNT_OF(clocks)), pick(fractions, COUNT_OF(fractions)),
             pick(zones, COUNT_OF(zones)));
    if (unit_random(9) == 0) texts[i][unit_random(12)] = '\0';
    if (i % 2) continue;
    spell(&spelling);
    memcpy(texts[i], spelling.text, sizeof texts[i]);
  }
}

/* `ab` and `bc` as orders of two pairs allow `ac` for the third. */
static bool transitive(int ab, int bc, int ac) {
  if (ab > 0 || bc > 0) return true; /* seen from the other side */
  return ab == 0 && bc == 0 ? ac == 0 : ac < 0;
}

static void check_total_order(void) {
  static signed char order[TEXTS][TEXTS];
  long wrong = 0;

  unit_case("a generated set");
  make_texts();
  for (size_t i = 0; i < TEXTS; i++) {
    for (size_t j = 0; j < TEXTS; j++) order[i][j] = (signed char)compare(texts[i], texts[j]);
  }
  for (size_t i = 0; i < TEXTS; i++) {
    for (size_t j = 0; j < TEXTS; j++) {
      wrong += order[i][j] != -order[j][i];
      for (size_t k = 0; k < TEXTS; k++) {
        wrong += !transitive(order[i][j], order[j][k], order[i][k]);
      }
    }
  }
  CHECK_INT(0, wrong);
}

/* The same order by what timestamp_parse says alone. */
static int order_by_parsing(const char *left, size_t left_size, const char *right,
                            size_t right_size) {
  struct timestamp times[2];
  bool is_time[2] = {timestamp_parse(left, left_size, &times[0]),
                     timestamp_parse(right, right_size, &times[1])};
  const char *parts[2] = {left, right};
  size_t sizes[2] = {left_size, right_size};
  size_t shared;
  int order;

  if (is_time[0] != is_time[1]) return is_time[0] ? -1 : 1;
  for (int i = 0; i < 2 && is_time[0]; i++) {
    parts[i] = times[i].fraction;
    sizes[i] = times[i].fraction_size;
  }
  if (is_time[0] && times[0].seconds != times[1].seconds) {
    return times[0].seconds < times[1].seconds ? -1 : 1;
  }
  shared = sizes[0] < sizes[1] ? sizes[0] : sizes[1];
  order = shared ? memcmp(parts[0], parts[1], shared) : 0;
  return order ? sign(order) : (sizes[0] > sizes[1]) - (sizes[0] < sizes[1]);
}

/* Writes a time as the service does, or nearly, and breaks it by some bytes now and then. */
static size_t make_time(char *out, size_t room, const char *date) {
  static const char *const fractions[] = {"", "", ".5", ".531831", ".000", ".", ".5x", "5"};
  static const char *const zones[] = {"Z", "Z", "Z", "Z", "", "z", "+00:00", "-08:00", "ZZ"};
  static const char bytes[] = "0123456789:.-+TZtz /\xff";
  uint32_t whole = unit_random(3);
  int written = snprintf(
      out, room, "%s%c%02u:%02u:%02u%s%s", date, unit_random(9) ? 'T' : ' ',
      unit_random(whole ? 23 : 29), unit_random(whole ? 59 : 62), unit_random(whole ? 59 : 62),
      fractions[unit_random(COUNT_OF(fractions) - 1)], zones[unit_random(COUNT_OF(zones) - 1)]);
  size_t size = (size_t)written;

  for (uint32_t i = unit_random(2); i == 0; i = unit_random(2)) {
    out[unit_random((uint32_t)size - 1)] = bytes[unit_random(sizeof bytes - 1)];
  }
  return unit_random(9) ? size : unit_random((uint32_t)size);
}

/* Times of one day are compared without being parsed where they can be: nobody must notice. */
static void check_one_day(void) {
  static const char *const dates[] = {"2026-02-28", "2026-02-29", "2024-02-29", "2026-02-30",
                                      "2026-13-01", "2026-1x-01", "0000-00-00", "9999-12-31"};
  long wrong = 0;
  long times = 0;
  long others = 0;

  unit_case("two of one day");
  for (long i = 0; i < 400000; i++) {
    const char *date = dates[unit_random(COUNT_OF(dates) - 1)];
    struct timestamp time;
    char *copies[2];
    char made[2][48];
    size_t sizes[2];
    int expected;
    for (int j = 0; j < 2; j++) {
      sizes[j] = make_time(made[j], sizeof made[j], date);
      copies[j] = plain_resize(NULL, sizes[j] + 1); /* a sanitizer sees every excess */
      memcpy(copies[j] + 1, made[j], sizes[j]);
    }
    expected = order_by_parsing(copies[0] + 1, sizes[0], copies[1] + 1, sizes[1]);
    wrong += expected != sign(timestamp_compare(copies[0] + 1, sizes[0], copies[1] + 1, sizes[1]));
    times += timestamp_parse(copies[0] + 1, sizes[0], &time);
    others += !timestamp_parse(copies[1] + 1, sizes[1], &time);
    free(copies[0]);
    free(copies[1]);
  }
  CHECK_INT(0, wrong);
  CHECK(times > 40000);
  CHECK(others > 40000);
}

/* What is written is what is read. */
static void check_written(void) {
  static const struct {
    int64_t seconds;
    const char *text;
  } cases[] = {{0, "1970-01-01T00:00:00"},
               {-1, "1969-12-31T23:59:59"},
               {1584000696, "2020-03-12T08:11:36"},
               {4102444799, "2099-12-31T23:59:59"},
               {253402300799, "9999-12-31T23:59:59"}};
  char text[TIMESTAMP_SIZE];

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    timestamp_write(cases[i].seconds, text);
    CHECK_TEXT(cases[i].text, text);
  }
  timestamp_write(INT64_MAX, text);
  CHECK_TEXT("", text);
}

void timestamp_test(void) {
  check_written();
  check_times();
  check_others();
  check_calendar();
  check_order();
  check_spellings();
  check_total_order();
  check_one_day();
}
