/*
** Tests of ext/api/image_reference: which references are taken apart, character by character.
*/
#include "api/image_reference.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

#define HOST "swr.cn-north-4.myhuaweicloud.com"
#define DIGITS "0123456789abcdefABCDEF0123456789"

static void check_part(const char *expected, const struct reference_part *part) {
  CHECK_BYTES(expected, expected ? strlen(expected) : 0, part->text, part->text ? part->size : 0);
}

static void check_accepted(void) {
  static const struct {
    const char *text;
    const char *region;
    const char *name;
    const char *tag;
    const char *digest;
  } cases[] = {
      {HOST "/group/app", "cn-north-4", "group/app", NULL, NULL},
      {HOST ":443/group/app:1.2", "cn-north-4", "group/app", "1.2", NULL},
      {HOST ":1/group/app", "cn-north-4", "group/app", NULL, NULL},
      {HOST ":12345/group/app", "cn-north-4", "group/app", NULL, NULL},
      {" docker://" HOST "/group/a/b:_x.Y-9 ", "cn-north-4", "group/a/b", "_x.Y-9", NULL},
      {"swr.x.A-9z.b/g/r@sha256:" DIGITS, "x", "g/r", NULL, "sha256:" DIGITS},
      {"swr.x.a.b/g/r:t@Az9+._-:" DIGITS, "x", "g/r", "t", "Az9+._-:" DIGITS},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct image_reference reference;
    unit_case("'%s'", cases[i].text);
    CHECK(image_reference_parse(cases[i].text, strlen(cases[i].text), &reference));
    check_part(cases[i].region, &reference.region);
    check_part(cases[i].name, &reference.name);
    check_part(cases[i].tag, &reference.tag);
    check_part(cases[i].digest, &reference.digest);
  }
}

static void check_refused(void) {
  static const char *const cases[] = {
      "",
      "group/app",
      "docker.io/group/app",
      HOST,
      HOST "/app",
      HOST ":/group/app",
      HOST ":123456/group/app",
      HOST ":4a/group/app",
      HOST ":-1/group/app",
      "swr.cn-north-4/group/app",
      "swr..a.b/group/app",
      "swr.x.a/group/app",
      "swr.x..b/group/app",
      "swr.x.a./group/app",
      "swr.x.a_c.b/group/app",
      "swr.x.a~.b/group/app",
      "swr.x.a@.b/group/app",
      HOST "/group/app:",
      HOST "/group/app:.x",
      HOST "/group/app:-x",
      HOST "/group/app:a+b",
      HOST "/group/app@sha256",
      HOST "/group/app@:" DIGITS,
      HOST "/group/app@sha256:0123456789abcdef0123456789abcde",
      HOST "/group/app@sha!256:" DIGITS,
      HOST "/group/app@sha~256:" DIGITS,
      HOST "/group/app@sha`256:" DIGITS,
      HOST "/group/app@sha[256:" DIGITS,
      HOST "/group/app@sha256:" DIGITS "g",
      HOST "/group/app@sha256:" DIGITS "G",
      HOST "/group/app@sha256:" DIGITS "@",
      HOST "/group/app@sha256:" DIGITS "`",
      HOST "/group/app@sha256:" DIGITS "/",
      HOST "/Group/app",
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct image_reference reference;
    unit_case("'%s'", cases[i]);
    CHECK(!image_reference_parse(cases[i], strlen(cases[i]), &reference));
  }
}

/* A tag of 128 characters is the longest. */
static void check_longest_tag(void) {
  for (int size = 127; size <= 129; size++) {
    struct image_reference reference;
    char text[300];
    unit_case("a tag of %d", size);
    snprintf(text, sizeof text, HOST "/group/app:%0*d", size, 0);
    CHECK_INT(size <= 128, image_reference_parse(text, strlen(text), &reference));
  }
}

void image_reference_test(void) {
  check_accepted();
  check_refused();
  check_longest_tag();
}
