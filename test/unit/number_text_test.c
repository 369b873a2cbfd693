/*
** Tests of ext/vtab/number_text: which texts SQLite makes numbers of, and which of them may be
** equal.
*/
#include "vtab/number_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

static void check_numbers(void) {
  static const struct {
    const char *text;
    double number;
  } numbers[] = {
      {"0", 0},
      {"7", 7},
      {"007", 7},
      {"7.0", 7},
      {"1.10", 1.1},
      {"1e3", 1000},
      {"1E3", 1000},
      {"1e+3", 1000},
      {"25e-1", 2.5},
      {".5", 0.5},
      {"5.", 5},
      {"-7", -7},
      {"+7", 7},
      {" \t7\r\n\v\f ", 7},
      {"0e9", 0},
      {"1e400", HUGE_VAL},
      {"1e-400", 0},
      {"0.1e1", 1},
      {"00.50", 0.5},
      {"9007199254740993", 9007199254740993.0},
      {"1e99999999999", HUGE_VAL},
      {"1e-99999999999", 0},
      {"100000000000000000000000000000000000000000000000000", 1e50},
      {"0.00000000000000000000000000000000000000000000000001", 1e-50},
      {"1.00000000000000000000000000000000000000000000000001", 1},
  };

  for (size_t i = 0; i < COUNT_OF(numbers); i++) {
    double number = -1;
    unit_case("%s", numbers[i].text);
    CHECK(number_of_text(numbers[i].text, strlen(numbers[i].text), &number));
    CHECK(number_among(&numbers[i].number, 1, number));
  }
}

static void check_others(void) {
  static const char *const texts[] = {"",    " ",   "a",   "7a",  "7.0.0", ".",   "e3",
                                      "1e",  "1e+", "1ee", "0x7", "1_0",   "7-",  "7/7",
                                      "--7", "+",   "inf", "nan", "1e3.",  "7 7", "1,5"};
  double number;

  for (size_t i = 0; i < COUNT_OF(texts); i++) {
    unit_case("%s", texts[i]);
    CHECK(!number_of_text(texts[i], strlen(texts[i]), &number));
  }
  unit_case("a NUL");
  CHECK(!number_of_text("7\0", 2, &number));
  unit_case("no more than its size");
  CHECK(number_of_text("77", 1, &number) && number == 7);
}

static void check_lists(void) {
  double numbers[] = {7, 0, 1.1, INFINITY, 100, -2};

  number_sort(numbers, COUNT_OF(numbers));
  unit_case("a list");
  for (size_t i = 0; i < COUNT_OF(numbers); i++) {
    CHECK(number_among(numbers, COUNT_OF(numbers), numbers[i]));
    CHECK(i == 0 || numbers[i - 1] < numbers[i]);
  }
  CHECK(number_among(numbers, COUNT_OF(numbers), 1.1 + 1e-15));
  CHECK(number_among(numbers, COUNT_OF(numbers), 1.1 - 1e-15));
  CHECK(number_among(numbers, COUNT_OF(numbers), 1e-300));
  CHECK(number_among(numbers, COUNT_OF(numbers), 1e300));
  CHECK(!number_among(numbers, COUNT_OF(numbers), 2));
  CHECK(!number_among(numbers, COUNT_OF(numbers), 1.1001));
  CHECK(!number_among(numbers, COUNT_OF(numbers), -7));
  CHECK(!number_among(numbers, COUNT_OF(numbers), 1e-9));
  CHECK(!number_among(numbers, 0, 7));
}

/* Any double is found by the text that has it, and by no number next to it but the nearest. */
static void check_random(void) {
  unit_case("random numbers");
  for (int i = 0; i < 20000; i++) {
    char text[64];
    double read;
    double number = (double)unit_random(1000000) / (double)(1 + unit_random(1000));
    snprintf(text, sizeof text, unit_random(2) ? "%.15g" : "%.17e", number);
    CHECK(number_of_text(text, strlen(text), &read));
    CHECK(number_among(&number, 1, read));
    number = number * 1.000001 + 1e-6;
    CHECK(!number_among(&number, 1, read));
  }
}

void number_text_test(void) {
  check_numbers();
  check_others();
  check_lists();
  check_random();
}
