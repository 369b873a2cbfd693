/*
** Tests of ext/vtab/found_places: which places a query wants, with SQLite's two matchers played
** here (they know `%` and `*` at the end of a pattern, and nothing else).
*/
#include "vtab/found_places.h"

#include <sqlite3ext.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "allocation.h"
#include "unit.h"

SQLITE_EXTENSION_INIT1

static int like(const char *pattern, const char *name, unsigned escape) {
  size_t size = strlen(pattern);

  CHECK_INT(0, escape);
  if (size && pattern[size - 1] == '%') return strncasecmp(pattern, name, size - 1) != 0;
  return strcasecmp(pattern, name) != 0;
}

static int glob(const char *pattern, const char *name) {
  size_t size = strlen(pattern);

  if (size && pattern[size - 1] == '*') return strncmp(pattern, name, size - 1) != 0;
  return strcmp(pattern, name) != 0;
}

static bool accepts(const struct found_places *found, const char *image) {
  struct place place;

  CHECK(place_set_image(&place, image, strlen(image)));
  return found_places_accept(found, &place);
}

static bool names(struct found_places *found, enum place_key key, const char *const *list) {
  bool added = found_places_begin_names(found, key);

  for (; added && *list; list++) added = found_places_add(found, *list, strlen(*list));
  return added;
}

static void check_names(void) {
  static const char *const spaces[] = {"group", "my-group", "team", NULL};
  static const char *const none[] = {NULL};
  struct found_places *found = found_places_create();

  unit_case("names");
  if (!CHECK(found != NULL)) return;
  CHECK(accepts(found, "a/b")); /* without a term */
  CHECK(names(found, PLACE_NAMESPACE, spaces));
  CHECK(accepts(found, "group/a"));
  CHECK(accepts(found, "team/a/b"));
  CHECK(!accepts(found, "grou/a"));
  CHECK(!accepts(found, "group-dr/a"));
  CHECK(names(found, PLACE_REPOSITORY, (const char *const[]){"a", "a/b", NULL}));
  CHECK(accepts(found, "team/a/b"));
  CHECK(!accepts(found, "team/b"));
  CHECK(names(found, PLACE_IMAGE, (const char *const[]){"group/a", "other/a", NULL}));
  CHECK(accepts(found, "group/a"));
  CHECK(!accepts(found, "team/a"));
  CHECK(!accepts(found, "other/a"));
  CHECK(names(found, PLACE_IMAGE, none)); /* a list of no names allows none */
  CHECK(!accepts(found, "group/a"));
  found_places_free(found);
}

static void check_numbers(void) {
  static const double numbers[] = {0, 1.1, 7};
  struct found_places *found = found_places_create();

  unit_case("numbers");
  if (!CHECK(found != NULL)) return;
  CHECK(names(found, PLACE_REPOSITORY, (const char *const[]){"a", "seven", NULL}));
  CHECK(found_places_add_numbers(found, numbers, COUNT_OF(numbers)));
  CHECK(accepts(found, "group/a"));
  CHECK(accepts(found, "group/7"));
  CHECK(accepts(found, "group/007"));
  CHECK(accepts(found, "group/1.10"));
  CHECK(accepts(found, "group/0e9"));
  CHECK(!accepts(found, "group/8"));
  CHECK(!accepts(found, "group/7a"));
  CHECK(!accepts(found, "group/b"));
  CHECK(names(found, PLACE_REPOSITORY, (const char *const[]){"007", NULL}));
  CHECK(found_places_add_numbers(found, numbers, 0));
  CHECK(accepts(found, "group/007"));
  CHECK(!accepts(found, "group/7"));
  found_places_free(found);
}

/* What no place can be called is left out: it would not be found, and need not be kept. */
static void check_impossible(void) {
  static const char nul[] = "group\0a";
  char *large = plain_resize(NULL, IMAGE_MAX + 2);
  struct found_places *found = found_places_create();

  unit_case("impossible names");
  if (!CHECK(found != NULL)) return;
  memset(large, 'a', IMAGE_MAX + 1);
  large[IMAGE_MAX + 1] = '\0';
  CHECK(found_places_begin_names(found, PLACE_NAMESPACE));
  CHECK(found_places_add(found, nul, sizeof nul - 1));
  CHECK(found_places_add(found, large, IMAGE_MAX + 1));
  CHECK(!accepts(found, "group/a"));
  CHECK(found_places_add(found, "group", 5));
  CHECK(accepts(found, "group/a"));
  found_places_free(found);
  free(large);
}

static void check_patterns(void) {
  struct found_places *found = found_places_create();
  char *longest = plain_resize(NULL, 50002);

  unit_case("patterns");
  if (!CHECK(found != NULL)) return;
  CHECK(found_places_match(found, PLACE_IMAGE, PLAN_LIKE, "GROUP/%"));
  CHECK(accepts(found, "group/a"));
  CHECK(!accepts(found, "groups/a"));
  CHECK(found_places_match(found, PLACE_REPOSITORY, PLAN_GLOB, "a*"));
  CHECK(accepts(found, "group/a/b"));
  CHECK(!accepts(found, "group/b"));
  CHECK(found_places_match(found, PLACE_NAMESPACE, PLAN_GLOB, "Group"));
  CHECK(!accepts(found, "group/a"));
  found_places_free(found);

  unit_case("a pattern that SQLite refuses: its own error comes with the first row");
  found = found_places_create();
  if (!CHECK(found != NULL)) return;
  memset(longest, 'x', 50001);
  longest[50001] = '\0';
  CHECK(found_places_match(found, PLACE_IMAGE, PLAN_LIKE, longest));
  CHECK(accepts(found, "group/a"));
  longest[50000] = '\0';
  CHECK(found_places_match(found, PLACE_IMAGE, PLAN_LIKE, longest));
  CHECK(!accepts(found, "group/a"));
  found_places_free(found);
  free(longest);
}

static bool make_all(void) {
  static const char *const list[] = {"a", "b", "c", "d", "e", NULL};
  const double number = 7;
  struct found_places *found = found_places_create();
  bool made = found && names(found, PLACE_NAMESPACE, list) &&
              found_places_match(found, PLACE_IMAGE, PLAN_GLOB, "a*") &&
              names(found, PLACE_REPOSITORY, list) && found_places_add_numbers(found, &number, 1);

  found_places_free(found);
  return made;
}

static void check_memory(void) {
  long refused = 1;

  for (long nth = 1; refused > 0; nth++) {
    bool made;
    unit_case("allocation %ld", nth);
    allocation_fail_at(nth, false);
    made = make_all();
    refused = allocation_stop();
    CHECK(made == (refused == 0));
    if (!CHECK(nth < 100)) return;
  }
}

void found_places_test(void) {
  static sqlite3_api_routines routines;

  routines.strlike = like;
  routines.strglob = glob;
  sqlite3_api = &routines;
  found_places_free(NULL);
  check_names();
  check_numbers();
  check_impossible();
  check_patterns();
  check_memory();
}
