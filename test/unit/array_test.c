/*
** Tests of ext/base/array: growth, what is kept when there is no memory, and sizes past all memory.
*/
#include "base/array.h"

#include <stdlib.h>

#include "allocation.h"
#include "unit.h"

static void check_growth(void) {
  int *numbers = NULL;
  size_t capacity = 0;
  int moves = 0;

  unit_case("one by one");
  for (size_t count = 0; count < 10000; count++) {
    size_t before = capacity;
    int *grown = array_reserve(numbers, &capacity, count + 1, sizeof *numbers);
    CHECK(grown != NULL);
    if (!grown) break;
    numbers = grown;
    moves += capacity != before;
    CHECK(capacity > count);
    numbers[count] = (int)count;
  }
  CHECK(moves < 16);
  for (int i = 0; numbers && i < 10000; i++) {
    if (numbers[i] != i) CHECK_INT(i, numbers[i]);
  }
  free(numbers);
}

static void check_needed(void) {
  static const struct {
    size_t capacity;
    size_t needed;
    size_t then;
  } cases[] = {{0, 1, 4},     {0, 4, 4},     {0, 5, 8},       {4, 4, 4},      {4, 5, 8},
               {4, 100, 128}, {100, 1, 100}, {100, 101, 200}, {100, 250, 400}};

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    size_t capacity = 0;
    long *array = NULL;
    unit_case("%zu of %zu", cases[i].needed, cases[i].capacity);
    if (cases[i].capacity) {
      capacity = cases[i].capacity;
      array = calloc(capacity, sizeof *array);
    }
    array = array_reserve(array, &capacity, cases[i].needed, sizeof *array);
    CHECK(array != NULL);
    CHECK_INT(cases[i].then, capacity);
    free(array);
  }
}

static void check_overflow(void) {
  static const struct {
    size_t needed;
    size_t size;
  } cases[] = {{SIZE_MAX, 2}, {SIZE_MAX / 8 + 1, 8}, {2, SIZE_MAX}, {3, SIZE_MAX / 2}};
  size_t capacity = 3;
  long *array = calloc(capacity, sizeof *array);

  CHECK(array != NULL);
  if (!array) return;
  array[2] = 7;
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    size_t none = 0;
    unit_case("%zu elements of %zu bytes", cases[i].needed, cases[i].size);
    CHECK(!array_reserve(NULL, &none, cases[i].needed, cases[i].size));
    CHECK_INT(0, none);
  }
  unit_case("few elements are more than there can be");
  capacity = 0;
  allocation_fail_at(1, false);
  CHECK(!array_reserve(NULL, &capacity, 1, SIZE_MAX / 2));
  CHECK_INT(1, allocation_stop()); /* one was asked for */
  unit_case("a capacity that cannot be doubled");
  capacity = SIZE_MAX / sizeof *array - 1;
  allocation_fail_at(1, false);
  CHECK(!array_reserve(array, &capacity, capacity + 1, sizeof *array));
  CHECK_INT(1, allocation_stop()); /* it was asked for, in a number of bytes that is right */
  CHECK(!array_reserve(array, &capacity, capacity + 2, sizeof *array));
  CHECK_INT(SIZE_MAX / sizeof *array - 1, capacity);
  CHECK_INT(7, array[2]);
  free(array);
}

static void check_no_memory(void) {
  size_t capacity = 0;
  char *text = array_reserve(NULL, &capacity, 4, 1);
  char *larger;

  unit_case("out of memory");
  CHECK(text != NULL);
  if (!text) return;
  text[3] = 'x';
  allocation_fail_at(1, false);
  larger = array_reserve(text, &capacity, 5, 1);
  CHECK_INT(1, allocation_stop());
  CHECK(!larger);
  CHECK_INT(4, capacity);
  CHECK_INT('x', text[3]);
  free(text);
}

void array_test(void) {
  check_growth();
  check_needed();
  check_overflow();
  check_no_memory();
}
