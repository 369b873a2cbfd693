/*
** Tests of ext/vtab/plan: the text of a plan, there and back, and texts that are no plan.
*/
#include "vtab/plan.h"

#include <stdio.h>
#include <string.h>

#include "sync_job_columns.h"
#include "unit.h"

/* Columns of sync_job_listing; check_columns_of_listing has their names. */
enum {
  CREATED_AT = JOB_CREATED_AT,
  NAMESPACE = JOB_NAMESPACE,
  REPO_NAME = JOB_REPO_NAME,
  IMAGE = JOB_COLUMN_COUNT,
  REGION
};

#define NAMESPACE_EQ \
  { NAMESPACE, PLAN_EQ }
#define REPO_NAME_EQ \
  { REPO_NAME, PLAN_EQ }
#define IMAGE_EQ \
  { IMAGE, PLAN_EQ }
#define NAMES (PLACE_NAMESPACE | PLACE_REPOSITORY | PLACE_IMAGE)
#define ALL_KEYS (NAMES | PLACE_REGION)
#define DESCENDING (&sync_job_listing.orders[1])

/* A plan of a listing, which asks for its first order if no other is said. */
static struct plan plan_of(const struct plan *said) {
  struct plan plan = *said;

  if (!plan.listing) plan.listing = &sync_job_listing;
  if (!plan.order) plan.order = listing_order(plan.listing, false);
  return plan;
}

/* A plan and how it is written. */
struct written {
  struct plan plan;
  const char *text;
  int number;
};

static void check_written(const struct written *cases, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct plan plan = plan_of(&cases[i].plan);
    char text[PLAN_TEXT_MAX];
    unit_case("%s", cases[i].text);
    plan_encode(&plan, text);
    CHECK_TEXT(cases[i].text, text);
    CHECK_INT(cases[i].number, plan_number(&plan));
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
        .order = DESCENDING,
        .limit = true,
        .offset = true},
       "namespace=? repoName=? filter=limit::?|offset::?|order::desc",
       PLAN_KEYED | PLAN_LIMIT | PLAN_OFFSET | PLAN_ORDERED | PLAN_ORDER},
      {{.terms = {IMAGE_EQ}, .term_count = 1, .count_only = true},
       "image=? filter=limit::1|offset::0|order::asc",
       PLAN_KEYED | PLAN_COUNT},
      {{.terms = {NAMESPACE_EQ}, .term_count = 1}, "namespace=? missing: repoName=?", 0},
      {{.terms = {REPO_NAME_EQ}, .term_count = 1, .ordered = true},
       "repoName=? missing: namespace=?",
       PLAN_ORDERED},
      {{.term_count = 0}, "missing: namespace=? and repoName=?, or image=?", 0},
      {{.terms = {{REGION, PLAN_EQ}, {CREATED_AT, PLAN_GE}}, .term_count = 2},
       "region=? createdAt>=? missing: namespace=? and repoName=?, or image=?",
       0},
      {{.terms = {{IMAGE, PLAN_IN}}, .term_count = 1, .ordered = true},
       "image IN ? filter=limit::page_size|offset::0|order::asc merged",
       PLAN_KEYED | PLAN_ORDERED},
      {{.terms = {{IMAGE, PLAN_IN}}, .term_count = 1, .limit = true},
       "image IN ? filter=limit::?|offset::0|order::asc",
       PLAN_KEYED | PLAN_LIMIT},
      {{.terms = {NAMESPACE_EQ, {REPO_NAME, PLAN_IN}, {CREATED_AT, PLAN_GT}, {CREATED_AT, PLAN_LE}},
        .term_count = 4,
        .ordered = true,
        .order = DESCENDING},
       "namespace=? repoName IN ? createdAt>? createdAt<=? "
       "filter=limit::page_size|offset::0|order::desc merged",
       PLAN_KEYED | PLAN_ORDERED | PLAN_ORDER},
      {{.terms = {IMAGE_EQ, {CREATED_AT, PLAN_LT}, {CREATED_AT, PLAN_EQ}},
        .term_count = 3,
        .ordered = true},
       "image=? createdAt<? createdAt=? filter=limit::page_size|offset::0|order::asc",
       PLAN_KEYED | PLAN_ORDERED},
  };

  check_written(cases, COUNT_OF(cases));
}

static void check_region_texts(void) {
  static const struct written cases[] = {
      {{.terms = {IMAGE_EQ}, .term_count = 1, .region_unknown = true},
       "image=? missing: region=?",
       PLAN_REGION},
      {{.terms = {NAMESPACE_EQ}, .term_count = 1, .region_unknown = true},
       "namespace=? missing: repoName=?",
       PLAN_REGION},
      {{.terms = {{REGION, PLAN_IN}, IMAGE_EQ}, .term_count = 2, .ordered = true},
       "region IN ? image=? filter=limit::page_size|offset::0|order::asc merged",
       PLAN_KEYED | PLAN_ORDERED},
      {{.terms = {{REGION, PLAN_EQ}, IMAGE_EQ}, .term_count = 2, .ordered = true},
       "region=? image=? filter=limit::page_size|offset::0|order::asc",
       PLAN_KEYED | PLAN_ORDERED},
      {{.terms = {{IMAGE, PLAN_IN}},
        .term_count = 1,
        .ordered = true,
        .limit = true,
        .offset = true,
        .ties = {{NAMESPACE, false}, {JOB_ID, true}},
        .tie_count = 2},
       "image IN ? filter=limit::?|offset::0|order::asc merged, ties by namespace, id DESC",
       PLAN_KEYED | PLAN_ORDERED | PLAN_LIMIT | PLAN_OFFSET},
  };

  check_written(cases, COUNT_OF(cases));
}

static void check_round_trip(const struct plan *plan) {
  char text[PLAN_TEXT_MAX];
  struct plan decoded;

  plan_encode(plan, text);
  unit_case("%s", text);
  if (!CHECK(plan_decode(plan->listing, plan_number(plan), text, &decoded))) return;
  CHECK_INT(plan->term_count, decoded.term_count);
  for (size_t i = 0; i < plan->term_count; i++) {
    CHECK_INT(plan->terms[i].column, decoded.terms[i].column);
    CHECK_INT(plan->terms[i].op, decoded.terms[i].op);
  }
  CHECK_INT(plan->tie_count, decoded.tie_count);
  for (size_t i = 0; i < plan->tie_count; i++) {
    CHECK_INT(plan->ties[i].column, decoded.ties[i].column);
    CHECK_INT(plan->ties[i].descending, decoded.ties[i].descending);
  }
  CHECK_INT(plan->ordered, decoded.ordered);
  CHECK_INT(plan_complete(plan), plan_complete(&decoded));
  CHECK(plan->order == decoded.order);
  CHECK_INT(plan->limit, decoded.limit);
  CHECK_INT(plan->offset, decoded.offset);
  CHECK_INT(plan->count_only, decoded.count_only);
  CHECK_INT(plan->limited, decoded.limited);
  CHECK_INT(plan->region_unknown, decoded.region_unknown);
}

/* All terms that there are. */
static const struct plan_term all_terms[] = {
    NAMESPACE_EQ,
    {NAMESPACE, PLAN_IN},
    REPO_NAME_EQ,
    {REPO_NAME, PLAN_IN},
    IMAGE_EQ,
    {IMAGE, PLAN_IN},
    {REGION, PLAN_EQ},
    {REGION, PLAN_IN},
    {CREATED_AT, PLAN_LT},
    {CREATED_AT, PLAN_LE},
    {CREATED_AT, PLAN_EQ},
    {CREATED_AT, PLAN_GE},
    {CREATED_AT, PLAN_GT},
};

/* Every sequence of up to three terms, with every combination of what else a plan says. */
static void check_round_trips(void) {
  unsigned sequences = 1;

  for (unsigned count = 0; count <= 3; count++, sequences *= COUNT_OF(all_terms)) {
    for (unsigned sequence = 0; sequence < sequences; sequence++) {
      for (unsigned bits = 0; bits < 128; bits += count == 3 ? 5 : 1) {
        struct plan plan = {.listing = &sync_job_listing,
                            .term_count = count,
                            .ordered = bits & 1,
                            .order = &sync_job_listing.orders[bits & 2 ? 1 : 0],
                            .limit = bits & 4,
                            .offset = bits & 8,
                            .count_only = bits & 16,
                            .region_unknown = bits & 32,
                            .limited = bits & 64};
        unsigned rest = sequence;
        for (unsigned i = 0; i < count; i++, rest /= COUNT_OF(all_terms)) {
          plan.terms[i] = all_terms[rest % COUNT_OF(all_terms)];
        }
        check_round_trip(&plan);
      }
    }
  }
}

/* The most terms, of each kind: the text has room for them, and one more is no plan. */
static void check_longest(void) {
  for (size_t kind = 0; kind < COUNT_OF(all_terms); kind++) {
    struct plan plan = {.listing = &sync_job_listing,
                        .term_count = PLAN_TERMS_MAX,
                        .order = sync_job_listing.orders,
                        .ordered = true};
    char text[PLAN_TEXT_MAX];
    char longer[PLAN_TEXT_MAX + 20];
    struct plan decoded;
    for (size_t i = 0; i < PLAN_TERMS_MAX; i++) plan.terms[i] = all_terms[kind];
    plan.terms[PLAN_TERMS_MAX - 1] = (struct plan_term){IMAGE, PLAN_IN};
    for (int i = 0; i < TIES_MAX; i++) {
      plan.ties[plan.tie_count++] = (struct tie){i % plan.listing->column_count, true};
    }
    check_round_trip(&plan);
    plan_encode(&plan, text);
    CHECK(strlen(text) + 1 < sizeof text); /* nothing was cut */
    CHECK_HAS(text, "|order::asc");
    snprintf(longer, sizeof longer, "image=? %s", text);
    unit_case("one term too many");
    CHECK(plan_decode(&sync_job_listing, PLAN_KEYED | PLAN_ORDERED, longer, &decoded));
    CHECK_INT(PLAN_TERMS_MAX, decoded.term_count);
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
      {{.terms = {{IMAGE, PLAN_IN}}, .term_count = 1}, true, true},
      {{.terms = {{NAMESPACE, PLAN_IN}, REPO_NAME_EQ}, .term_count = 2}, true, true},
      {{.terms = {NAMESPACE_EQ, {REPO_NAME, PLAN_IN}}, .term_count = 2}, true, true},
      {{.terms = {{IMAGE, PLAN_IN}, IMAGE_EQ}, .term_count = 2}, true, false},
      {{.terms = {{IMAGE, PLAN_IN}, NAMESPACE_EQ, REPO_NAME_EQ}, .term_count = 3}, true, false},
      {{.terms = {{IMAGE, PLAN_IN}, NAMESPACE_EQ}, .term_count = 2}, true, true},
      {{.terms = {{REGION, PLAN_EQ}, {CREATED_AT, PLAN_EQ}}, .term_count = 2}, false, true},
      {{.terms = {{REGION, PLAN_IN}, IMAGE_EQ}, .term_count = 2}, true, true},
      {{.terms = {{REGION, PLAN_IN}, {REGION, PLAN_EQ}, IMAGE_EQ}, .term_count = 3}, true, false},
      {{.terms = {{REGION, PLAN_EQ}, {IMAGE, PLAN_IN}}, .term_count = 2}, true, true},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    unit_case("columns, case %zu", i);
    struct plan plan = plan_of(&cases[i].plan);
    CHECK_INT(cases[i].complete, plan_complete(&plan));
    CHECK_INT(cases[i].many, plan_has_many(&plan));
  }
}

/* Which columns are the same in all rows. */
static void check_pinned(void) {
  static const struct {
    struct plan plan;
    unsigned pinned;
  } cases[] = {
      {{.terms = {IMAGE_EQ}, .term_count = 1}, ALL_KEYS},
      {{.terms = {NAMESPACE_EQ, REPO_NAME_EQ, {REGION, PLAN_EQ}}, .term_count = 3}, ALL_KEYS},
      {{.terms = {{IMAGE, PLAN_IN}}, .term_count = 1}, PLACE_REGION},
      {{.terms = {{IMAGE, PLAN_IN}, {REGION, PLAN_IN}}, .term_count = 2}, 0},
      {{.terms = {{IMAGE, PLAN_IN}, NAMESPACE_EQ}, .term_count = 2},
       PLACE_NAMESPACE | PLACE_REGION},
      {{.terms = {IMAGE_EQ, {REGION, PLAN_IN}}, .term_count = 2}, NAMES},
      {{.terms = {IMAGE_EQ, {REGION, PLAN_IN}, {REGION, PLAN_EQ}}, .term_count = 3}, ALL_KEYS},
      {{.terms = {IMAGE_EQ, {CREATED_AT, PLAN_EQ}}, .term_count = 2}, ALL_KEYS},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    unit_case("pinned, case %zu", i);
    struct plan plan = plan_of(&cases[i].plan);
    CHECK_INT(cases[i].pinned, plan_pinned(&plan));
  }
}

/* Numbers and texts that do not belong together, and terms that no plan has. */
static void check_garbage(void) { /* NOLINT(readability-function-size): two tables */
  static const struct {
    int number;
    const char *text;
  } cases[] = {
      {PLAN_KEYED, ""},
      {PLAN_KEYED, "garbage"},
      {PLAN_KEYED, "namespace=?"},
      {PLAN_KEYED, "namespace=? "},
      {PLAN_KEYED, "namespace=? repoName=?"},
      {PLAN_KEYED, "filter=limit::?|offset::?|order::asc"},
      {PLAN_KEYED, "namespace=? filter=limit::?|offset::?|order::asc"},
      {PLAN_KEYED, "repoName=? filter=limit::?|offset::?|order::asc"},
      {PLAN_KEYED, " image=? filter=limit::?|offset::?|order::asc"},
      {PLAN_KEYED, "Image=? filter=limit::?|offset::?|order::asc"},
      {PLAN_KEYED, "tag=? image=? filter=limit::?|offset::?|order::asc"},
      {PLAN_KEYED, "missing"},
      {PLAN_KEYED, "image IN filter=limit::?|offset::?|order::asc"},
      {PLAN_KEYED, "image IN ?filter=limit::?|offset::?|order::asc"},
      {PLAN_KEYED, "image IN =? filter=limit::?|offset::?|order::asc"},
      {PLAN_KEYED, "image filter=limit::?|offset::?|order::asc"},
      {PLAN_KEYED, "image<? filter=limit::?|offset::?|order::asc"},
      {PLAN_KEYED, "createdAt=? filter=limit::?|offset::?|order::asc"},
      {PLAN_KEYED, "createdAt<>? image=? filter=limit::?|offset::?|order::asc"},
      {PLAN_KEYED, "createdAt IN ? image=? filter=limit::?|offset::?|order::asc"},
      {PLAN_KEYED, "namespace=? missing: repoName=?"},
      {PLAN_KEYED, "image=? missing: region=?"},
      {PLAN_KEYED | PLAN_REGION, "image=? filter=limit::?|offset::?|order::asc"},
      {PLAN_KEYED | 2 * PLAN_ORDER, "image=? filter=limit::?|offset::?|order::asc"},
      {-1, "image=? filter=limit::?|offset::?|order::asc"},
      {0, "image=? filter=limit::?|offset::?|order::asc"},
      {0, "namespace=? filter=limit::?|offset::?|order::asc"},
      {0, ""},
      {PLAN_KEYED, "image=? filter=limit::?|offset::?|order::asc, ties by id"},
      {PLAN_KEYED | PLAN_ORDERED, "image=? filter=limit::?|offset::?|order::asc, ties by "},
      {PLAN_KEYED | PLAN_ORDERED, "image=? filter=limit::?|offset::?|order::asc, ties by i"},
      {PLAN_KEYED | PLAN_ORDERED, "image=? filter=limit::?|offset::?|order::asc, ties by id DES"},
      {PLAN_KEYED | PLAN_ORDERED, "image=? filter=limit::?|offset::?|order::asc, ties by id, "},
      {PLAN_KEYED | PLAN_ORDERED, "image=? filter=limit::?|offset::?|order::asc, ties by id,tag"},
  };

  static const struct {
    const struct listing *listing;
    int number;
    const char *text;
  } of_others[] = {
      {&sync_job_listing, 0, "swr_repo"},
      {&sync_job_listing, 0, "swr_repo missing: namespace=?"},
      {&sync_job_listing, PLAN_KEYED, "image=? swr_repo(filter=limit::?"},
      {&sync_job_listing, -2 * PLAN_ORDER + PLAN_KEYED, "image=? filter=limit::?"},
      {&sync_job_listing, PLAN_KEYED | PLAN_ORDERED,
       "image=? filter=limit::?|offset::?|order::asc, ties by id, id, id, id, id, id, id, id, id, "
       "id, id, id, id, id, id, id, id, id"},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct plan plan;
    unit_case("%d '%s'", cases[i].number, cases[i].text);
    CHECK(!plan_decode(&sync_job_listing, cases[i].number, cases[i].text, &plan));
  }
  for (size_t i = 0; i < COUNT_OF(of_others); i++) {
    struct plan plan;
    unit_case("%d '%s' of %s", of_others[i].number, of_others[i].text, of_others[i].listing->table);
    CHECK(!plan_decode(of_others[i].listing, of_others[i].number, of_others[i].text, &plan));
  }
  {
    struct plan plan;
    unit_case("a bound on a time that moves");
    CHECK(plan_decode(&repo_listing, PLAN_KEYED, "updated_at>=? filter=limit::?", &plan));
    CHECK_INT(0, plan.term_count); /* which is none of a plan */
  }
}

/* No beginning of a plan's terms is a plan. */
static void check_prefixes(void) {
  static const char whole[] = "namespace=? repoName=? ";

  for (size_t size = 0; size < sizeof whole; size++) {
    char text[sizeof whole];
    struct plan plan;
    snprintf(text, sizeof text, "%.*s", (int)size, whole);
    unit_case("'%s'", text);
    CHECK_INT(size == sizeof whole - 1, plan_decode(&sync_job_listing, PLAN_KEYED, text, &plan));
  }
}

static void check_columns_of_listing(void) {
  static const struct {
    int column;
    const char *name;
  } cases[] = {{CREATED_AT, "createdAt"},
               {NAMESPACE, "namespace"},
               {REPO_NAME, "repoName"},
               {IMAGE, "image"},
               {REGION, "region"}};

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    CHECK_TEXT(cases[i].name, sync_job_listing.columns[cases[i].column].name);
  }
}

/*
** Lists of other shapes: of an organization, of a whole account with a filter by name, not paged.
*/
static const struct column other_columns[] = {
    {.name = "name"},
    {.name = "name2", .flags = COLUMN_TIME},
    {.name = "namespace", .key = PLACE_NAMESPACE},
    {.name = "region", .key = PLACE_REGION, .flags = COLUMN_HIDDEN}};
static const struct listing of_namespace = {.path = "/v2/{namespace}/x",
                                            .required = PLACE_REGION | PLACE_NAMESPACE,
                                            .columns = other_columns,
                                            .column_count = 4};
static const struct listing of_account = {.path = "/v2/x",
                                          .filter = "namespace::{namespace}|limit::{limit}|{order}",
                                          .required = PLACE_REGION,
                                          .narrowing = PLACE_NAMESPACE,
                                          .paged = true,
                                          .columns = other_columns,
                                          .column_count = 4,
                                          .orders = {{.column = 1, .words = "order::up"}},
                                          .order_count = 1};

static void check_other_listings(void) {
  static const struct written cases[] = {
      {{.listing = &of_namespace, .term_count = 0}, "missing: namespace=?", 0},
      {{.listing = &of_namespace, .terms = {{2, PLAN_EQ}}, .term_count = 1},
       "namespace=? path=/v2/?/x",
       PLAN_KEYED},
      {{.listing = &of_namespace, .terms = {{2, PLAN_EQ}}, .term_count = 1, .region_unknown = true},
       "namespace=? missing: region=?",
       PLAN_REGION},
      {{.listing = &of_account, .term_count = 0, .limit = true},
       "filter=limit::?|order::up",
       PLAN_KEYED | PLAN_LIMIT},
      {{.listing = &of_account,
        .terms = {{1, PLAN_GE}, {2, PLAN_IN}},
        .term_count = 2,
        .ordered = true},
       "name2>=? namespace IN ? filter=namespace::?|limit::page_size|order::up merged",
       PLAN_KEYED | PLAN_ORDERED},
      {{.listing = &of_account, .terms = {{2, PLAN_EQ}}, .term_count = 1, .ordered = true},
       "namespace=? filter=namespace::?|limit::page_size|order::up",
       PLAN_KEYED | PLAN_ORDERED},
  };

  check_written(cases, COUNT_OF(cases));
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct plan plan = plan_of(&cases[i].plan);
    check_round_trip(&plan);
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
  check_columns_of_listing();
  check_other_listings();
}
