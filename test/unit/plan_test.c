/*
** Tests of ext/vtab/plan: the text of a plan, there and back, and texts that are no plan.
*/
#include "vtab/plan.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

#define NAMESPACE_EQ \
  { PLAN_NAMESPACE, PLAN_EQ }
#define REPO_NAME_EQ \
  { PLAN_REPO_NAME, PLAN_EQ }
#define IMAGE_EQ \
  { PLAN_IMAGE, PLAN_EQ }

/* A plan and how it is written. */
struct written {
  struct plan plan;
  const char *text;
  int number;
};

static void check_written(const struct written *cases, size_t count) {
  for (size_t i = 0; i < count; i++) {
    char text[PLAN_TEXT_MAX];
    unit_case("%s", cases[i].text);
    plan_encode(&cases[i].plan, text);
    CHECK_TEXT(cases[i].text, text);
    CHECK_INT(cases[i].number, plan_number(&cases[i].plan));
  }
}

static void check_texts(void) {
  static const struct written cases[] = {
      {{.terms = {NAMESPACE_EQ, REPO_NAME_EQ}, .term_count = 2},
       "namespace=? repoName=? filter=limit::page_size|offset::0|order::asc",
       PLAN_KEYED},
      {{.terms = {NAMESPACE_EQ, REPO_NAME_EQ},
        .term_count = 2,
        .ordered = true,
        .descending = true,
        .limit = true,
        .offset = true},
       "namespace=? repoName=? filter=limit::?|offset::?|order::desc",
       PLAN_KEYED | PLAN_HINTED | PLAN_ORDERED},
      {{.terms = {IMAGE_EQ}, .term_count = 1, .count_only = true},
       "image=? filter=limit::1|offset::0|order::asc",
       PLAN_KEYED},
      {{.terms = {NAMESPACE_EQ}, .term_count = 1}, "namespace=? missing: repoName=?", 0},
      {{.terms = {REPO_NAME_EQ}, .term_count = 1, .ordered = true},
       "repoName=? missing: namespace=?",
       PLAN_ORDERED},
      {{.term_count = 0}, "missing: namespace=? and repoName=?, or image=?", 0},
      {{.terms = {{PLAN_REGION, PLAN_EQ}, {PLAN_CREATED_AT, PLAN_GE}}, .term_count = 2},
       "region=? createdAt>=? missing: namespace=? and repoName=?, or image=?",
       0},
      {{.terms = {{PLAN_IMAGE, PLAN_IN}}, .term_count = 1, .ordered = true},
       "image IN ? filter=limit::page_size|offset::0|order::asc merged",
       PLAN_KEYED | PLAN_ORDERED},
      {{.terms = {{PLAN_IMAGE, PLAN_IN}}, .term_count = 1, .limit = true},
       "image IN ? filter=limit::?|offset::0|order::asc",
       PLAN_KEYED | PLAN_HINTED},
      {{.terms = {NAMESPACE_EQ,
                  {PLAN_REPO_NAME, PLAN_IN},
                  {PLAN_CREATED_AT, PLAN_GT},
                  {PLAN_CREATED_AT, PLAN_LE}},
        .term_count = 4,
        .ordered = true,
        .descending = true},
       "namespace=? repoName IN ? createdAt>? createdAt<=? "
       "filter=limit::page_size|offset::0|order::desc merged",
       PLAN_KEYED | PLAN_ORDERED},
      {{.terms = {IMAGE_EQ, {PLAN_CREATED_AT, PLAN_LT}, {PLAN_CREATED_AT, PLAN_EQ}},
        .term_count = 3,
        .ordered = true},
       "image=? createdAt<? createdAt=? "
       "filter=limit::page_size|offset::0|order::asc",
       PLAN_KEYED | PLAN_ORDERED},
  };

  check_written(cases, COUNT_OF(cases));
}

static void check_region_texts(void) {
  static const struct written cases[] = {
      {{.terms = {IMAGE_EQ}, .term_count = 1, .region_unknown = true},
       "image=? missing: region=?",
       0},
      {{.terms = {NAMESPACE_EQ}, .term_count = 1, .region_unknown = true},
       "namespace=? missing: repoName=?",
       0},
      {{.terms = {{PLAN_REGION, PLAN_IN}, IMAGE_EQ}, .term_count = 2, .ordered = true},
       "region IN ? image=? filter=limit::page_size|offset::0|order::asc merged",
       PLAN_KEYED | PLAN_ORDERED},
      {{.terms = {{PLAN_REGION, PLAN_EQ}, IMAGE_EQ}, .term_count = 2, .ordered = true},
       "region=? image=? filter=limit::page_size|offset::0|order::asc",
       PLAN_KEYED | PLAN_ORDERED},
  };

  check_written(cases, COUNT_OF(cases));
}

static void check_round_trip(const struct plan *plan) {
  char text[PLAN_TEXT_MAX];
  struct plan decoded;

  plan_encode(plan, text);
  unit_case("%s", text);
  if (!CHECK(plan_decode(plan_number(plan), text, &decoded))) return;
  CHECK_INT(plan->term_count, decoded.term_count);
  for (size_t i = 0; i < plan->term_count; i++) {
    CHECK_INT(plan->terms[i].column, decoded.terms[i].column);
    CHECK_INT(plan->terms[i].op, decoded.terms[i].op);
  }
  CHECK_INT(plan->check_count, decoded.check_count);
  for (size_t i = 0; i < plan->check_count; i++) CHECK_INT(plan->checks[i], decoded.checks[i]);
  CHECK_INT(plan->ordered, decoded.ordered);
  CHECK_INT(plan_complete(plan), plan_complete(&decoded));
  if (!plan_complete(plan)) return; /* no request will be made */
  CHECK_INT(plan->descending, decoded.descending);
  CHECK_INT(plan->limit, decoded.limit);
  CHECK_INT(plan->offset, decoded.offset);
  CHECK_INT(plan->count_only && !plan->limit, decoded.count_only);
}

/* All terms that there are. */
static const struct plan_term all_terms[] = {
    NAMESPACE_EQ,
    {PLAN_NAMESPACE, PLAN_IN},
    REPO_NAME_EQ,
    {PLAN_REPO_NAME, PLAN_IN},
    IMAGE_EQ,
    {PLAN_IMAGE, PLAN_IN},
    {PLAN_REGION, PLAN_EQ},
    {PLAN_REGION, PLAN_IN},
    {PLAN_CREATED_AT, PLAN_LT},
    {PLAN_CREATED_AT, PLAN_LE},
    {PLAN_CREATED_AT, PLAN_EQ},
    {PLAN_CREATED_AT, PLAN_GE},
    {PLAN_CREATED_AT, PLAN_GT},
};

/* Every sequence of up to three terms, with every combination of what else a plan says. */
static void check_round_trips(void) {
  unsigned sequences = 1;

  for (unsigned count = 0; count <= 3; count++, sequences *= COUNT_OF(all_terms)) {
    for (unsigned sequence = 0; sequence < sequences; sequence++) {
      for (unsigned bits = 0; bits < 64; bits += count == 3 ? 5 : 1) {
        struct plan plan = {.term_count = count,
                            .ordered = bits & 1,
                            .descending = bits & 2,
                            .limit = bits & 4,
                            .offset = bits & 8,
                            .count_only = bits & 16,
                            .region_unknown = bits & 32};
        unsigned rest = sequence;
        for (unsigned i = 0; i < count; i++, rest /= COUNT_OF(all_terms)) {
          plan.terms[i] = all_terms[rest % COUNT_OF(all_terms)];
        }
        plan.check_count = sequence % (PLAN_CHECKS_MAX + 1);
        for (size_t i = 0; i < plan.check_count; i++) {
          plan.checks[i] = (int)((sequence + 7 * i) % ((1 << PLAN_CHECK_BITS) - 1));
        }
        check_round_trip(&plan);
      }
    }
  }
}

/* The most terms, of each kind: the text has room for them, and one more is no plan. */
static void check_longest(void) {
  for (size_t kind = 0; kind < COUNT_OF(all_terms); kind++) {
    struct plan plan = {.term_count = PLAN_TERMS_MAX, .ordered = true};
    char text[PLAN_TEXT_MAX];
    char longer[PLAN_TEXT_MAX + 20];
    struct plan decoded;
    for (size_t i = 0; i < PLAN_TERMS_MAX; i++) plan.terms[i] = all_terms[kind];
    plan.terms[PLAN_TERMS_MAX - 1] = (struct plan_term){PLAN_IMAGE, PLAN_IN};
    check_round_trip(&plan);
    plan_encode(&plan, text);
    CHECK(strlen(text) + 1 < sizeof text); /* nothing was cut */
    CHECK_HAS(text, "|order::asc");
    snprintf(longer, sizeof longer, "image=? %s", text);
    unit_case("one term too many");
    CHECK(!plan_decode(PLAN_KEYED, longer, &decoded));
  }
}

/* Which columns name repositories, and which plans may name more than one. */
static void check_columns(void) {
  static const struct {
    struct plan plan;
    bool complete;
    bool many;
  } cases[] = {
      {{.term_count = 0}, false, true},
      {{.terms = {NAMESPACE_EQ, REPO_NAME_EQ}, .term_count = 2}, true, false},
      {{.terms = {IMAGE_EQ}, .term_count = 1}, true, false},
      {{.terms = {{PLAN_IMAGE, PLAN_IN}}, .term_count = 1}, true, true},
      {{.terms = {{PLAN_NAMESPACE, PLAN_IN}, REPO_NAME_EQ}, .term_count = 2}, true, true},
      {{.terms = {NAMESPACE_EQ, {PLAN_REPO_NAME, PLAN_IN}}, .term_count = 2}, true, true},
      {{.terms = {{PLAN_IMAGE, PLAN_IN}, IMAGE_EQ}, .term_count = 2}, true, false},
      {{.terms = {{PLAN_IMAGE, PLAN_IN}, NAMESPACE_EQ, REPO_NAME_EQ}, .term_count = 3},
       true,
       false},
      {{.terms = {{PLAN_IMAGE, PLAN_IN}, NAMESPACE_EQ}, .term_count = 2}, true, true},
      {{.terms = {{PLAN_REGION, PLAN_EQ}, {PLAN_CREATED_AT, PLAN_EQ}}, .term_count = 2},
       false,
       true},
      {{.terms = {{PLAN_REGION, PLAN_IN}, IMAGE_EQ}, .term_count = 2}, true, true},
      {{.terms = {{PLAN_REGION, PLAN_IN}, {PLAN_REGION, PLAN_EQ}, IMAGE_EQ}, .term_count = 3},
       true,
       false},
      {{.terms = {{PLAN_REGION, PLAN_EQ}, {PLAN_IMAGE, PLAN_IN}}, .term_count = 2}, true, true},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    unit_case("columns, case %zu", i);
    CHECK_INT(cases[i].complete, plan_columns_complete(plan_columns(&cases[i].plan)));
    CHECK_INT(cases[i].many, plan_has_many(&cases[i].plan));
  }
}

/* Which columns are the same in all rows. */
static void check_pinned(void) {
  static const struct {
    struct plan plan;
    unsigned pinned;
  } cases[] = {
      {{.terms = {IMAGE_EQ}, .term_count = 1}, PLAN_KEYS},
      {{.terms = {NAMESPACE_EQ, REPO_NAME_EQ, {PLAN_REGION, PLAN_EQ}}, .term_count = 3}, PLAN_KEYS},
      {{.terms = {{PLAN_IMAGE, PLAN_IN}}, .term_count = 1}, PLAN_REGION},
      {{.terms = {{PLAN_IMAGE, PLAN_IN}, {PLAN_REGION, PLAN_IN}}, .term_count = 2}, 0},
      {{.terms = {{PLAN_IMAGE, PLAN_IN}, NAMESPACE_EQ}, .term_count = 2},
       PLAN_NAMESPACE | PLAN_REGION},
      {{.terms = {IMAGE_EQ, {PLAN_REGION, PLAN_IN}}, .term_count = 2}, PLAN_NAMES},
      {{.terms = {IMAGE_EQ, {PLAN_REGION, PLAN_IN}, {PLAN_REGION, PLAN_EQ}}, .term_count = 3},
       PLAN_KEYS},
      {{.terms = {IMAGE_EQ, {PLAN_CREATED_AT, PLAN_EQ}}, .term_count = 2}, PLAN_KEYS},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    unit_case("pinned, case %zu", i);
    CHECK_INT(cases[i].pinned, plan_pinned(&cases[i].plan));
  }
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
      "image IN filter=limit::?|offset::?|order::asc",
      "image IN ?filter=limit::?|offset::?|order::asc",
      "image IN =? filter=limit::?|offset::?|order::asc",
      "image filter=limit::?|offset::?|order::asc",
      "createdAt=? filter=limit::?|offset::?|order::asc",
      "createdAt<>? image=? filter=limit::?|offset::?|order::asc",
      "image=? createdAt=>? filter=limit::?|offset::?|order::asc",
      "image=? filter=limit::?|offset::?|order::asc mergedx",
      "image=? filter=limit::?|offset::?|order::asc  merged",
      "image=? filter=limit::?|offset::?|order::ascmerged",
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
  check_region_texts();
  check_round_trips();
  check_longest();
  check_columns();
  check_pinned();
  check_garbage();
  check_prefixes();
}
