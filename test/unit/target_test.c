/*
** Tests of ext/api/target: path and filter of a request, on the wire and in words.
*/
#include "api/target.h"

#include <string.h>

#include "unit.h"

/* Letters, digits and four signs stay as they are; all around them in ASCII is encoded. */
static void check_encoding(void) {
  static const struct target target = {.path = "/p", .filter = "az{`AZ@[09/:-._~^ !"};
  char text[TARGET_TEXT_MAX];

  unit_case("encoding");
  target_text(&target, text);
  CHECK_TEXT("/p?filter=az%7B%60AZ%40%5B09%2F%3A-._~%5E%20%21", text);
}

static void check_requests(void) {
  static const struct {
    const char *name;
    struct page_window window;
    const char *filter;
    const char *text;
  } cases[] = {
      {"busybox",
       {0, 10, JOBS_DESCENDING},
       "limit::10|offset::0|order::desc",
       "/v2/manage/namespaces/group/repos/busybox/sync_job"
       "?filter=limit%3A%3A10%7Coffset%3A%3A0%7Corder%3A%3Adesc"},
      {"library/a/busybox",
       {200, 1000, JOBS_ASCENDING},
       "limit::1000|offset::200|order::asc",
       "/v2/manage/namespaces/group/repos/library$a$busybox/sync_job"
       "?filter=limit%3A%3A1000%7Coffset%3A%3A200%7Corder%3A%3Aasc"},
      {"x",
       {INT64_MAX, INT64_MAX, JOBS_DESCENDING},
       "limit::9223372036854775807|offset::9223372036854775807|order::desc",
       "/v2/manage/namespaces/group/repos/x/sync_job"
       "?filter=limit%3A%3A9223372036854775807%7Coffset%3A%3A9223372036854775807%7Corder%3A%3A"
       "desc"},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct place place;
    struct target target;
    char text[TARGET_TEXT_MAX];
    unit_case("%s", cases[i].name);
    CHECK(place_set(&place, "group", 5, cases[i].name, strlen(cases[i].name)));
    target_make(&target, &sync_job_listing, &place, &cases[i].window, "");
    CHECK_TEXT(cases[i].filter, target.filter);
    target_text(&target, text);
    CHECK_TEXT(cases[i].text, text);
  }
}

/* The longest names and numbers that there are leave a target whole. */
static void check_longest_request(void) {
  char name[REPOSITORY_MAX];
  char text[TARGET_TEXT_MAX];
  struct place place;
  struct target target;
  struct page_window window = {INT64_MIN, INT64_MIN, JOBS_DESCENDING};

  memset(name, 'a', sizeof name);
  unit_case("the longest one");
  CHECK(place_set(&place, name, NAMESPACE_MAX, name, REPOSITORY_MAX));
  target_make(&target, &sync_job_listing, &place, &window, "");
  CHECK_HAS(target.path, "/sync_job");
  CHECK_HAS(target.filter, "|order::desc");
  target_text(&target, text);
  CHECK_HAS(text, "/sync_job?filter=");
  CHECK_HAS(text, "%7Corder%3A%3Adesc");
}

/* Lists of other shapes: a filter by name, keys that only narrow, none at all. */
static void check_templates(void) {
  static const struct order none = {.words = NULL};
  static const struct order order = {.words = "order_column::updated_at|order_type::desc"};
  static const struct {
    const char *path;
    const char *filter;
    unsigned parts; /* of group and a/b that the place names */
    struct page_window window;
    const char *text;
  } cases[] = {
      {"/v2/manage/repos",
       "namespace::{namespace}|name::{repository}|limit::{limit}|{order}",
       PLACE_NAMESPACE | PLACE_REPOSITORY,
       {0, 5, &order},
       "/v2/manage/repos?filter=namespace%3A%3Agroup%7Climit%3A%3A5%7C"
       "order_column%3A%3Aupdated_at%7Corder_type%3A%3Adesc"},
      {"/v2/manage/repos",
       "namespace::{namespace}|name::{repository}|limit::{limit}|{order}",
       PLACE_NAMESPACE,
       {0, 5, &none},
       "/v2/manage/repos?filter=namespace%3A%3Agroup%7Climit%3A%3A5"},
      {"/v2/manage/repos",
       "namespace::{namespace}|name::{repository}|{order}",
       0,
       {0, 5, &none},
       "/v2/manage/repos"},
      {"/v2/manage/repos",
       "namespace::{namespace}|a",
       0,
       {0, 5, &none},
       "/v2/manage/repos?filter=a"},
      {"/v2/manage/namespaces/{namespace}",
       NULL,
       PLACE_NAMESPACE,
       {0, 5, &none},
       "/v2/manage/namespaces/group"},
      {"/v2/trials", "q::{unknown}|x::{", 0, {0, 5, &none}, "/v2/trials?filter=x%3A%3A%7B"},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct listing listing = {.path = cases[i].path, .filter = cases[i].filter};
    struct place place;
    struct target target;
    char text[TARGET_TEXT_MAX];
    unit_case("template %zu", i);
    CHECK(place_set_parts(&place, cases[i].parts, "group", 5, "a/b", 3));
    target_make(&target, &listing, &place, &cases[i].window, "");
    target_text(&target, text);
    CHECK_TEXT(cases[i].text, text);
  }
}

/* The id of a project has its place in a path, and an empty one is none. */
static void check_project(void) {
  const struct page_window window = {0, 1, listing_steady_order(&feature_listing)};
  struct target target;
  struct place place;

  unit_case("project");
  place_fill(&place, "", "", "");
  target_make(&target, &feature_listing, &place, &window, "0a1b2c");
  CHECK_TEXT("/v2/manage/projects/0a1b2c/feature-gates", target.path);
  CHECK_TEXT("", target.filter);
}

static void check_words(void) {
  static const struct listing narrowed = {.path = "/v2/manage/repos",
                                          .filter = "namespace::{namespace}|limit::{limit}"};
  static const struct listing unfiltered = {.path = "/v2/{namespace}/x/{repository}"};
  static const struct target_values all = {"?", "?", "page_size", "0", "asc", NULL};
  static const struct target_values few = {.limit = "?"};
  char words[TARGET_WORDS_MAX];

  unit_case("words");
  target_words(&sync_job_listing, &all, words);
  CHECK_TEXT("filter=limit::page_size|offset::0|order::asc", words);
  target_words(&narrowed, &all, words);
  CHECK_TEXT("filter=namespace::?|limit::page_size", words);
  target_words(&narrowed, &few, words);
  CHECK_TEXT("filter=limit::?", words);
  target_words(&unfiltered, &all, words);
  CHECK_TEXT("path=/v2/?/x/?", words);
}

/* What does not fit is left out whole. */
static void check_too_long(void) {
  char path[2 * TARGET_PATH_MAX];
  struct listing listing = {.path = path};
  struct place place;
  struct target target;
  static const struct order none = {.words = NULL};
  struct page_window window = {0, 1, &none};

  unit_case("a template that is too long");
  memset(path, 'a', sizeof path);
  path[sizeof path - 1] = '\0';
  CHECK(place_set_parts(&place, 0, NULL, 0, NULL, 0));
  target_make(&target, &listing, &place, &window, "");
  CHECK_TEXT("", target.path);
}

void target_test(void) {
  check_encoding();
  check_requests();
  check_longest_request();
  check_templates();
  check_project();
  check_words();
  check_too_long();
}
