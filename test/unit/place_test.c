/*
** Tests of ext/api/place: which names can exist, and whose a record is.
*/
#include "api/place.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static bool set(struct place *place, const char *name_space, const char *name) {
  return place_set(place, name_space, strlen(name_space), name, strlen(name));
}

static void check_names(void) {
  static const struct {
    const char *name_space;
    const char *name;
    bool right;
  } cases[] = {
      {"group", "busybox", true},     {"g", "b", true},
      {"group", "9", true},           {"g9", "a/b/c", true},
      {"a.b_c-d", "a.b_c-d/e", true}, {"a--b", "a--b", true},
      {"a..b", "a__b", true},         {"a.-b", "a//b", true},
      {"", "busybox", false},         {"group", "", false},
      {"9group", "busybox", false},   {"group-", "busybox", false},
      {"-group", "busybox", false},   {"group.", "busybox", false},
      {"group_", "busybox", false},   {"gr/oup", "busybox", false},
      {"Group", "busybox", false},    {"group", "Busybox", false},
      {"group", "/busybox", false},   {"group", "busybox/", false},
      {"group", "-busybox", false},   {"group", "busybox_", false},
      {"group", ".busybox", false},   {"group", "busybox.", false},
      {"group", "a$b", false},        {"gr$oup", "busybox", false},
      {"group", "a b", false},        {"group", "a%2fb", false},
      {"group", "a?b", false},        {"group", "a#b", false},
      {"group", "a\nb", false},       {"gro\xc3\xbcp", "busybox", false},
      {"group", "a\\b", false},       {"group", "a:b", false},
      {"group", "../busybox", false}, {"group", "a|b", false},
  };
  struct place place;

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    unit_case("'%s' and '%s'", cases[i].name_space, cases[i].name);
    if (!CHECK_INT(cases[i].right, set(&place, cases[i].name_space, cases[i].name)) ||
        !cases[i].right) {
      continue;
    }
    CHECK_TEXT(cases[i].name_space, place.name_space);
    CHECK_TEXT(cases[i].name, place.name);
  }
  unit_case("a NUL inside, and no text at all");
  CHECK(!place_set(&place, "a\0b", 3, "busybox", 7));
  CHECK(!place_set(&place, "group", 5, "a\0b", 3));
  CHECK(!place_set(&place, NULL, 0, "busybox", 7));
  CHECK(!place_set(&place, "group", 5, NULL, 0));
}

/* Every byte as first, inner and last character. */
static void check_characters(void) {
  struct place place;

  for (int c = 0; c < 256; c++) {
    bool letter = c >= 'a' && c <= 'z';
    bool digit = c >= '0' && c <= '9';
    bool separator = c == '.' || c == '_' || c == '-';
    char first[] = {(char)c, 'a'};
    char inner[] = {'a', (char)c, 'a'};
    char last[] = {'a', (char)c};
    unit_case("byte %d", c);
    CHECK_INT(letter, place_set(&place, first, 2, "a", 1));
    CHECK_INT(letter || digit || separator, place_set(&place, inner, 3, "a", 1));
    CHECK_INT(letter || digit, place_set(&place, last, 2, "a", 1));
    CHECK_INT(letter || digit, place_set(&place, "a", 1, first, 2));
    CHECK_INT(letter || digit || separator || c == '/', place_set(&place, "a", 1, inner, 3));
    CHECK_INT(letter || digit, place_set(&place, "a", 1, last, 2));
  }
}

static void check_lengths(void) {
  char text[140];
  struct place place;

  memset(text, 'a', sizeof text);
  for (size_t size = 0; size < sizeof text; size++) {
    unit_case("%zu characters", size);
    CHECK_INT(size >= 1 && size <= 64, place_set(&place, text, size, "b", 1));
    CHECK_INT(size >= 1 && size <= 128, place_set(&place, "g", 1, text, size));
  }
}

static void check_images(void) {
  static const struct {
    const char *image;
    const char *name_space; /* NULL: no such repository */
    const char *name;
  } cases[] = {
      {"group/busybox", "group", "busybox"},
      {"group/library/busybox", "group", "library/busybox"},
      {"g/a/b/c", "g", "a/b/c"},
      {"", NULL, NULL},
      {"group", NULL, NULL},
      {"/", NULL, NULL},
      {"group/", NULL, NULL},
      {"/busybox", NULL, NULL},
      {"group//busybox", NULL, NULL},
      {"group/busybox/", NULL, NULL},
      {"group/busybox:latest", NULL, NULL},
      {"Group/busybox", NULL, NULL},
  };
  struct place place;

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    bool right = cases[i].name_space != NULL;
    unit_case("'%s'", cases[i].image);
    CHECK_INT(right, place_set_image(&place, cases[i].image, strlen(cases[i].image)));
    if (!right) continue;
    CHECK_TEXT(cases[i].name_space, place.name_space);
    CHECK_TEXT(cases[i].name, place.name);
  }
  unit_case("no text at all");
  CHECK(!place_set_image(&place, NULL, 0));
}

static void check_matches(void) {
  static const struct {
    const char *said;
    bool matches;
  } cases[] = {
      {"library/busybox", true},
      {"library$busybox", true},
      {"group/library/busybox", true},
      {"group/library$busybox", true},
      {"group$library$busybox", true},
      {"busybox", false},
      {"library/busybo", false},
      {"library/busyboxx", false},
      {"Library/busybox", false},
      {"library-busybox", false},
      {"librar$-busybox", false},
      {"$ibrary/busybox", false},
      {"group/group/library/busybox", false},
      {"other/library/busybox", false},
      {"group-library/busybox", false},
      {"grouplibrary/busybox", false},
      {"group/", false},
      {"group", false},
      {"", false},
  };
  struct place place;
  struct place other;

  CHECK(set(&place, "group", "library/busybox"));
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    unit_case("'%s'", cases[i].said);
    CHECK_INT(cases[i].matches, place_matches_name(&place, cases[i].said, strlen(cases[i].said)));
  }
  unit_case("equal");
  CHECK(!place_matches_name(&place, "library/busybox\0", 16));
  CHECK(set(&other, "group", "library/busybox") && place_equal(&place, &other));
  CHECK(set(&other, "grouq", "library/busybox") && !place_equal(&place, &other));
  CHECK(set(&other, "group", "library/busyboy") && !place_equal(&place, &other));
}

static void check_regions(void) {
  static const struct {
    const char *region;
    bool right;
  } cases[] = {
      {"cn-north-4", true},
      {"c", true},
      {"x9", true},
      {"evil", true},
      {"", false},
      {"-x", false},
      {"x-", false},
      {"4cn", false},
      {"cn.north", false},
      {"x.", false},
      {"evil.example", false},
      {"x/", false},
      {"x@y", false},
      {"x:1", false},
      {"x?", false},
      {"x#", false},
      {"x%2e", false},
      {"CN-NORTH-4", false},
      {"cn north", false},
      {"cn_north", false},
      {"x\n", false},
      {"x\\", false},
      {"caf\xc3\xa9", false},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    unit_case("region '%s'", cases[i].region);
    CHECK_INT(cases[i].right, region_valid(cases[i].region, strlen(cases[i].region)));
  }
  unit_case("region with a NUL inside, and no text at all");
  CHECK(!region_valid("cn\0x", 4));
  CHECK(!region_valid(NULL, 0));
  for (int c = 0; c < 256; c++) {
    bool letter = c >= 'a' && c <= 'z';
    bool digit = c >= '0' && c <= '9';
    char text[] = {(char)c, 'a', (char)c};
    unit_case("region, byte %d", c);
    CHECK_INT(letter, region_valid(text, 2));
    CHECK_INT(letter || digit, region_valid(text + 1, 2));
    text[0] = 'b';
    text[1] = (char)c;
    text[2] = 'b';
    CHECK_INT(letter || digit || c == '-', region_valid(text, 3));
  }
}

static void check_region_lengths(void) {
  char text[80];

  memset(text, 'a', sizeof text);
  for (size_t size = 0; size < sizeof text; size++) {
    unit_case("a region of %zu characters", size);
    CHECK_INT(size >= 1 && size <= 63, region_valid(text, size));
  }
}

/* Places that name fewer parts, and what messages call them. */
static void check_parts(void) {
  static const struct {
    unsigned parts;
    const char *image;
    const char *label;
  } cases[] = {{PLACE_NAMESPACE | PLACE_REPOSITORY, "group/a/b", "group/a/b"},
               {PLACE_NAMESPACE, "group", "group"},
               {PLACE_REPOSITORY, "a/b", "a/b"},
               {0, "", "eu-west-101"}};
  struct place place;

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    unit_case("parts %u", cases[i].parts);
    memset(&place, 'x', sizeof place);
    CHECK(place_set_parts(&place, cases[i].parts, "group", 5, "a/b", 3));
    CHECK_TEXT(cases[i].parts & PLACE_NAMESPACE ? "group" : "", place.name_space);
    CHECK_TEXT(cases[i].parts & PLACE_REPOSITORY ? "a/b" : "", place.name);
    CHECK_TEXT(cases[i].image, place.image);
    place_set_region(&place, "eu-west-101");
    CHECK_TEXT(cases[i].label, place_label(&place));
  }
  unit_case("parts that are no names");
  CHECK(!place_set_parts(&place, PLACE_NAMESPACE, NULL, 0, "a", 1));
  CHECK(!place_set_parts(&place, PLACE_REPOSITORY, "g", 1, "", 0));
  CHECK(place_set_parts(&place, 0, "G", 1, "/", 1));
  CHECK_TEXT("the service", place_label(&place));
}

/* The same names in two regions are two repositories; the region comes first in their order. */
static void check_order(void) {
  static const char *const sorted[][3] = {{"", "b", "b"},  {"a", "b", "b"}, {"b", "a", "b"},
                                          {"b", "a", "c"}, {"b", "b", "a"}, {"b", "b", "b"}};
  struct place places[COUNT_OF(sorted)];

  for (size_t i = 0; i < COUNT_OF(sorted); i++) {
    memset(&places[i], 'x', sizeof places[i]);
    CHECK(set(&places[i], sorted[i][1], sorted[i][2]));
    CHECK_TEXT("", places[i].region);
    place_set_region(&places[i], sorted[i][0]);
    CHECK_TEXT(sorted[i][0], places[i].region);
  }
  for (size_t i = 0; i < COUNT_OF(sorted); i++) {
    for (size_t j = 0; j < COUNT_OF(sorted); j++) {
      int order = place_compare(&places[i], &places[j]);
      unit_case("%zu and %zu", i, j);
      CHECK_INT((i > j) - (i < j), (order > 0) - (order < 0));
      CHECK_INT(i == j, place_equal(&places[i], &places[j]));
    }
  }
}

void repository_test(void) {
  check_names();
  check_characters();
  check_lengths();
  check_images();
  check_parts();
  check_matches();
  check_regions();
  check_region_lengths();
  check_order();
}
