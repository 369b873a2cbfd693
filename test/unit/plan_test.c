/*
** Tests of ext/sql/plan: the text of a plan, there and back, and texts that are no plan.
*/
#include "sql/plan.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static void check_texts(void) {
  static const struct {
    struct plan plan;
    const char *text;
    int number;
  } cases[] = {
      {{.keys = {PLAN_NAMESPACE, PLAN_REPO_NAME}, .key_count = 2},
       "namespace=? repoName=? filter=limit::page_size|offset::0|order::asc",
       PLAN_KEYED},
      {{.keys = {PLAN_NAMESPACE, PLAN_REPO_NAME},
        .key_count = 2,
        .ordered = true,
        .descending = true,
        .limit = true,
        .offset = true},
       "namespace=? repoName=? filter=limit::?|offset::?|order::desc",
       PLAN_KEYED | PLAN_HINTED | PLAN_ORDERED},
      {{.keys = {PLAN_IMAGE}, .key_count = 1, .count_only = true},
       "image=? filter=limit::1|offset::0|order::asc",
       PLAN_KEYED},
      {{.keys = {PLAN_NAMESPACE}, .key_count = 1}, "namespace=? missing: repoName=?", 0},
      {{.keys = {PLAN_REPO_NAME}, .key_count = 1, .ordered = true},
       "repoName=? missing: namespace=?",
       PLAN_ORDERED},
      {{.key_count = 0}, "missing: namespace=? and repoName=?, or image=?", 0},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    char text[PLAN_TEXT_MAX];
    unit_case("%s", cases[i].text);
    plan_encode(&cases[i].plan, text);
    CHECK_TEXT(cases[i].text, text);
    CHECK_INT(cases[i].number, plan_number(&cases[i].plan));
  }
}

static void check_round_trip(const struct plan *plan) {
  char text[PLAN_TEXT_MAX];
  struct plan decoded;
  bool complete = plan_keys_complete(plan_keys(plan));

  plan_encode(plan, text);
  unit_case("%s", text);
  if (!CHECK(plan_decode(plan_number(plan), text, &decoded))) return;
  CHECK_INT(plan->key_count, decoded.key_count);
  CHECK(!memcmp(plan->keys, decoded.keys, plan->key_count * sizeof plan->keys[0]));
  CHECK_INT(plan->ordered, decoded.ordered);
  if (!complete) return; /* no request will be made */
  CHECK_INT(plan->descending, decoded.descending);
  CHECK_INT(plan->limit, decoded.limit);
  CHECK_INT(plan->offset, decoded.offset);
  CHECK_INT(plan->count_only && !plan->limit, decoded.count_only);
}

/* Every sequence of up to four keys, with every combination of what else a plan says. */
static void check_round_trips(void) {
  static const enum plan_key keys[] = {PLAN_NAMESPACE, PLAN_REPO_NAME, PLAN_IMAGE};

  for (unsigned count = 0; count <= 4; count++) {
    unsigned sequences = 1;
    for (unsigned i = 0; i < count; i++) sequences *= 3;
    for (unsigned sequence = 0; sequence < sequences; sequence++) {
      for (unsigned bits = 0; bits < 32; bits++) {
        struct plan plan = {.key_count = count,
                            .ordered = bits & 1,
                            .descending = bits & 2,
                            .limit = bits & 4,
                            .offset = bits & 8,
                            .count_only = bits & 16};
        unsigned rest = sequence;
        for (unsigned i = 0; i < count; i++, rest /= 3) plan.keys[i] = keys[rest % 3];
        check_round_trip(&plan);
      }
    }
  }
}

static void check_longest(void) {
  struct plan plan = {.key_count = PLAN_KEYS_MAX, .limit = true, .offset = true};
  char text[PLAN_TEXT_MAX];
  char longer[PLAN_TEXT_MAX + 20];
  struct plan decoded;

  for (size_t i = 0; i < PLAN_KEYS_MAX; i++) plan.keys[i] = i ? PLAN_NAMESPACE : PLAN_REPO_NAME;
  check_round_trip(&plan);
  plan_encode(&plan, text);
  snprintf(longer, sizeof longer, "image=? %s", text);
  unit_case("one key too many");
  CHECK(!plan_decode(PLAN_KEYED, longer, &decoded));
}

static void check_garbage(void) {
  static const char *const texts[] = {
      "",
      "garbage",
      "namespace=?",
      "namespace=? ",
      "namespace=? repoName=?",
      "filter=limit::?|offset::?|order::asc",
      "namespace=? filter=limit::?|offset::?|order::asc",
      "repoName=? filter=limit::?|offset::?|order::asc",
      "image=? filter=",
      "image=? filter=limit::2|offset::0|order::asc",
      "image=? filter=limit::10|offset::0|order::asc",
      "image=? filter=limit::|offset::0|order::asc",
      "image=? filter=limit::?|offset::1|order::asc",
      "image=? filter=limit::?|offset::|order::asc",
      "image=? filter=limit::?|offset::?|order::",
      "image=? filter=limit::?|offset::?|order::up",
      "image=? filter=limit::?|offset::?|order::ascx",
      "image=? filter=limit::?|offset::?|order::asc ",
      "image=? filter=limit::?|offset::?",
      "image=? filter=offset::?|limit::?|order::asc",
      "image=?  filter=limit::?|offset::?|order::asc",
      " image=? filter=limit::?|offset::?|order::asc",
      "Image=? filter=limit::?|offset::?|order::asc",
      "tag=? image=? filter=limit::?|offset::?|order::asc",
      "missing",
  };

  for (size_t i = 0; i < COUNT_OF(texts); i++) {
    struct plan plan;
    unit_case("'%s'", texts[i]);
    CHECK(!plan_decode(PLAN_KEYED, texts[i], &plan));
  }
}

/* No beginning of a plan is a plan. */
static void check_prefixes(void) {
  static const char whole[] =
      "namespace=? repoName=? filter=limit::page_size|offset::0|order::desc";

  for (size_t size = 0; size < sizeof whole; size++) {
    char text[sizeof whole];
    struct plan plan;
    snprintf(text, sizeof text, "%.*s", (int)size, whole);
    unit_case("'%s'", text);
    CHECK_INT(size == sizeof whole - 1, plan_decode(PLAN_KEYED, text, &plan));
  }
}

void plan_test(void) {
  check_texts();
  check_round_trips();
  check_longest();
  check_garbage();
  check_prefixes();
}
