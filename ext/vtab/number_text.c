/*
** Texts that read as numbers: see number_text.h.
*/
#include "vtab/number_text.h"

#include <stdlib.h>

#define DIGITS_MAX 30       /* that count: the next ones change a double by nothing */
#define EXPONENT_MAX 100000 /* past the largest double, however many digits stand before it */
#define NEAR 1e-12 /* how far two readings of one text are apart, at most, in parts of it */
/* Beyond these, two numbers may be one to SQLite, which has no more of them there. */
#define TINY 1e-290
#define HUGE_NUMBER 1e290

/* A text that is read, and the number so far: value times ten to the power of `exponent`. */
struct reading {
  const char *at;
  const char *end;
  double value;
  int digits; /* that count */
  int exponent;
};

static bool is_digit(const struct reading *reading) {
  return reading->at < reading->end && *reading->at >= '0' && *reading->at <= '9';
}

static void skip_space(struct reading *reading) {
  while (reading->at < reading->end &&
         (*reading->at == ' ' || (*reading->at >= '\t' && *reading->at <= '\r'))) {
    reading->at++;
  }
}

/* One of two characters. */
static bool take(struct reading *reading, char one, char other) {
  if (reading->at == reading->end || (*reading->at != one && *reading->at != other)) return false;
  reading->at++;
  return true;
}

/* Digits before the point, or after it; returns how many there are. */
static size_t take_digits(struct reading *reading, bool fraction) {
  const char *start = reading->at;

  for (; is_digit(reading); reading->at++) {
    if (reading->digits < DIGITS_MAX) {
      reading->value = reading->value * 10 + (*reading->at - '0');
      if (reading->value > 0) reading->digits++;
      if (fraction) reading->exponent--;
    } else if (!fraction) {
      reading->exponent++;
    }
  }
  return (size_t)(reading->at - start);
}

/* What follows an `e`; false if that is no number. */
static bool take_exponent(struct reading *reading) {
  bool negative = reading->at < reading->end && *reading->at == '-';
  int exponent = 0;

  take(reading, '+', '-');
  if (!is_digit(reading)) return false;
  for (; is_digit(reading); reading->at++) {
    if (exponent < EXPONENT_MAX) exponent = exponent * 10 + (*reading->at - '0');
  }
  reading->exponent += negative ? -exponent : exponent;
  return true;
}

/* Ends at zero or infinity, if not before. */
static double scaled(double value, int exponent) {
  double before = -1;

  for (; exponent > 0 && value != before; exponent--) {
    before = value;
    value *= 10;
  }
  for (; exponent < 0 && value != before; exponent++) {
    before = value;
    value /= 10;
  }
  return value;
}

bool number_of_text(const char *text, size_t size, double *number) {
  struct reading reading = {.at = text, .end = text + size};
  bool negative;
  size_t digits;

  skip_space(&reading);
  negative = reading.at < reading.end && *reading.at == '-';
  take(&reading, '+', '-');
  digits = take_digits(&reading, false);
  if (take(&reading, '.', '.')) digits += take_digits(&reading, true);
  if (!digits) return false;
  if (take(&reading, 'e', 'E') && !take_exponent(&reading)) return false;
  skip_space(&reading);
  if (reading.at != reading.end) return false;
  *number = scaled(negative ? -reading.value : reading.value, reading.exponent);
  return true;
}

static int compare(const void *left, const void *right) {
  double a = *(const double *)left;
  double b = *(const double *)right;

  return (a > b) - (a < b);
}

void number_sort(double *numbers, size_t count) {
  if (count > 1) qsort(numbers, count, sizeof *numbers, compare);
}

static double size_of(double number) { return number < 0 ? -number : number; }

static bool may_be_equal(double a, double b) {
  double larger = size_of(a) > size_of(b) ? size_of(a) : size_of(b);
  double smaller = size_of(a) > size_of(b) ? size_of(b) : size_of(a);

  if (larger < TINY) return true;
  if ((a < 0) != (b < 0)) return false;
  return smaller > HUGE_NUMBER || larger - smaller <= larger * NEAR;
}

/* The nearest ones on both sides tell: none is nearer. */
bool number_among(const double *numbers, size_t count, double number) {
  size_t first = 0; /* that is not less, */
  size_t last = count;

  while (first < last) {
    size_t middle = first + (last - first) / 2;
    if (numbers[middle] < number) {
      first = middle + 1;
    } else {
      last = middle;
    }
  }
  return (first < count && may_be_equal(numbers[first], number)) ||
         (first > 0 && may_be_equal(numbers[first - 1], number));
}
