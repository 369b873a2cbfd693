/*
** Fuzz target: a number and a text that SQLite hands over as a plan. What is read as one fits its
** bounds, and is the same once it was written and read again.
*/
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "vtab/plan.h"

/* A list of an organization that is not paged, has no order, and takes a filter. */
static const struct column columns[] = {
    {.name = "name", .key = PLACE_REPOSITORY},
    {.name = "namespace", .key = PLACE_NAMESPACE},
    {.name = "name_of_more", .kind = COLUMN_INTEGER},
    {.name = "region", .key = PLACE_REGION, .flags = COLUMN_HIDDEN},
};
static const struct listing unpaged = {
    .table = "fuzz",
    .path = "/v2/manage/namespaces/{namespace}/repos",
    .required = PLACE_REGION | PLACE_NAMESPACE,
    .narrowing = PLACE_REPOSITORY,
    .columns = columns,
    .column_count = COUNT_OF(columns),
};

static void check_plan(const struct plan *plan) {
  CHECK(plan->term_count <= PLAN_TERMS_MAX);
  for (size_t i = 0; i < plan->term_count; i++) {
    const struct plan_term *term = &plan->terms[i];
    CHECK(term->column >= 0 && term->column < plan->listing->column_count);
    CHECK(plan_term_key(plan, term) ? term->op <= PLAN_GLOB
                                    : term->op == PLAN_EQ || term->op >= PLAN_LT);
  }
}

static void check_again(const struct plan *plan) {
  char text[PLAN_TEXT_MAX];
  struct plan again;

  plan_encode(plan, text);
  CHECK(plan_decode(plan->listing, plan_number(plan), text, &again));
  CHECK_INT(plan_number(plan), plan_number(&again));
  CHECK_INT(plan->term_count, again.term_count);
  for (size_t i = 0; i < plan->term_count; i++) {
    CHECK_INT(plan->terms[i].column, again.terms[i].column);
    CHECK_INT(plan->terms[i].op, again.terms[i].op);
  }
  CHECK(plan->order == again.order || !plan->listing->order_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_bytes bytes = {data, size};
  const struct listing *listing = fuzz_number(&bytes, 1) ? &unpaged : fuzz_listing(&bytes);
  int number = fuzz_number(&bytes, 1) ? (int)fuzz_number(&bytes, 1023)
                                      : (int)fuzz_number(&bytes, UINT32_MAX);
  char *text = fuzz_text(&bytes, bytes.left);
  struct plan plan;

  if (plan_decode(listing, number, text, &plan)) {
    check_plan(&plan);
    plan_pinned(&plan);
    plan_has_many(&plan);
    plan_has_bounds(&plan);
    check_again(&plan);
  }
  free(text);
  return 0;
}
