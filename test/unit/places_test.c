/*
** Tests of ext/scan/places: lists of places, sorted and without what is in them twice.
*/
#include "scan/places.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "unit.h"

#define MANY 5000

static struct place place_of(const char *region, const char *name_space, const char *name) {
  struct place place;

  place_fill(&place, region, name_space, name);
  return place;
}

/* Random places of few different names, so that many come twice. */
static struct place random_place(void) {
  char region[4];
  char name_space[4];
  char name[8];

  snprintf(region, sizeof region, "r%u", (unsigned)unit_random(2));
  snprintf(name_space, sizeof name_space, "g%s%u", unit_random(1) ? "-" : "",
           (unsigned)unit_random(3));
  snprintf(name, sizeof name, "%u", (unsigned)unit_random(200));
  return place_of(unit_random(4) ? region : "", unit_random(9) ? name_space : "", name);
}

static int compare(const void *left, const void *right) { return place_compare(left, right); }

/* As sorting an array of them does. */
static void check_sorted(size_t count) {
  static struct place expected[MANY];
  struct places *places = places_create();
  struct place place;
  size_t kept = 0;

  unit_case("%zu places", count);
  for (size_t i = 0; i < count; i++) {
    expected[i] = random_place();
    CHECK(places_add(places, &expected[i]));
    CHECK_INT(i + 1, places_count(places));
    places_get(places, i, &place);
    CHECK(place_equal(&expected[i], &place));
    CHECK_TEXT(expected[i].image, place.image);
    CHECK_TEXT(expected[i].region, places_region(places, i));
  }
  places_sort(places);
  if (count) qsort(expected, count, sizeof *expected, compare);
  for (size_t i = 0; i < count; i++) {
    if (i && place_equal(&expected[kept - 1], &expected[i])) continue;
    expected[kept++] = expected[i];
  }
  CHECK_INT(kept, places_count(places));
  for (size_t i = 0; i < kept && i < places_count(places); i++) {
    places_get(places, i, &place);
    CHECK(place_equal(&expected[i], &place));
    if (i && !strcmp(expected[i].region, expected[i - 1].region)) {
      CHECK(places_region(places, i) == places_region(places, i - 1));
    }
  }
  places_release(places);
}

static int compare_names(const void *left, const void *right) {
  const struct place *a = left;
  const struct place *b = right;
  int order = strcmp(a->name, b->name);

  return order ? order : place_compare(a, b);
}

static int compare_names_descending(const void *left, const void *right) {
  const struct place *a = left;
  const struct place *b = right;
  int order = strcmp(b->name, a->name);

  return order ? order : place_compare(a, b);
}

static void check_by_name(size_t count, bool descending) {
  static struct place expected[92];
  struct places *places = places_create();
  struct place place;

  unit_case("%zu places by name", count);
  for (size_t i = 0; i < count; i++) {
    place = random_place();
    CHECK(places_add(places, &place));
  }
  places_sort(places);
  count = places_count(places);
  for (size_t i = 0; i < count; i++) places_get(places, i, &expected[i]);
  qsort(expected, count, sizeof *expected, descending ? compare_names_descending : compare_names);
  places_sort_by_name(places, descending);
  CHECK_INT(count, places_count(places));
  for (size_t i = 0; i < count; i++) {
    places_get(places, i, &place);
    CHECK(place_equal(&expected[i], &place));
    if (i && !strcmp(expected[i].region, expected[i - 1].region)) {
      CHECK(places_region(places, i) == places_region(places, i - 1));
    }
  }
  places_release(places);
}

static void check_references(void) {
  struct places *places = places_create();
  struct place place = place_of("xx-test-1", "group", "a/b");

  unit_case("references");
  CHECK(places_add(places, &place));
  CHECK(places_retain(places) == places);
  places_release(places);
  CHECK_INT(1, places_count(places));
  places_release(places);
  places_release(NULL);
}

static void check_allocations(void) {
  for (long nth = 1;; nth++) {
    struct places *places;
    size_t added = 0;
    unit_case("allocation %ld fails", nth);
    allocation_fail_at(nth, false);
    places = places_create();
    for (size_t i = 0; places && i < 100; i++) {
      struct place place = random_place();
      if (!places_add(places, &place)) break;
      added++;
    }
    if (places) CHECK_INT(added, places_count(places));
    places_release(places);
    if (allocation_stop() == 0) break;
  }
}

void places_test(void) {
  check_sorted(0);
  check_sorted(1);
  for (int round = 0; round < 20; round++) check_sorted(2 + unit_random(30));
  check_sorted(MANY);
  check_by_name(0, false);
  check_by_name(1, true);
  for (int round = 0; round < 40; round++) check_by_name(2 + unit_random(90), round % 2);
  check_references();
  check_allocations();
}
