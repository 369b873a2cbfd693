/*
** A plan as text: see plan.h for the grammar.
*/
#include "vtab/plan.h"

#include <stdio.h>
#include <string.h>

static const struct {
  enum plan_column column;
  const char *text;
} column_words[] = {{PLAN_NAMESPACE, "namespace"},
                    {PLAN_REPO_NAME, "repoName"},
                    {PLAN_IMAGE, "image"},
                    {PLAN_REGION, "region"},
                    {PLAN_CREATED_AT, "createdAt"}};

/* In an order in which no word hides a longer one behind it. */
static const struct {
  enum plan_operator op;
  const char *text;
} operator_words[] = {{PLAN_IN, " IN ? "}, {PLAN_EQ, "=? "},  {PLAN_LE, "<=? "},
                      {PLAN_LT, "<? "},    {PLAN_GE, ">=? "}, {PLAN_GT, ">? "}};

#define MISSING "missing: "
#define COLUMN_WORDS (sizeof column_words / sizeof column_words[0])
#define OPERATOR_WORDS (sizeof operator_words / sizeof operator_words[0])

bool plan_columns_complete(unsigned columns) {
  unsigned both = PLAN_NAMESPACE | PLAN_REPO_NAME;

  return (columns & PLAN_IMAGE) || (columns & both) == both;
}

unsigned plan_columns(const struct plan *plan) {
  unsigned columns = 0;

  for (size_t i = 0; i < plan->term_count; i++) columns |= (unsigned)plan->terms[i].column;
  return columns;
}

bool plan_complete(const struct plan *plan) {
  return plan_columns_complete(plan_columns(plan)) && !plan->region_unknown;
}

unsigned plan_pinned(const struct plan *plan) {
  unsigned single = 0;
  unsigned listed = 0;

  for (size_t i = 0; i < plan->term_count; i++) {
    unsigned column = (unsigned)plan->terms[i].column & PLAN_KEYS;
    if (plan->terms[i].op == PLAN_EQ) single |= column;
    if (plan->terms[i].op == PLAN_IN) listed |= column;
  }
  if (plan_columns_complete(single)) single |= PLAN_NAMES;
  if (!(listed & PLAN_REGION)) single |= PLAN_REGION;
  return single;
}

bool plan_has_many(const struct plan *plan) { return plan_pinned(plan) != PLAN_KEYS; }

int plan_number(const struct plan *plan) {
  int number = 0;

  for (size_t i = plan->check_count; i-- > 0;) {
    number = (number << PLAN_CHECK_BITS) + plan->checks[i] + 1; /* 0: no more of them */
  }
  number <<= PLAN_CHECKS_SHIFT;
  return number | (plan_complete(plan) ? PLAN_KEYED : 0) |
         (plan->limit || plan->offset ? PLAN_HINTED : 0) | (plan->ordered ? PLAN_ORDERED : 0) |
         (plan->limited ? PLAN_LIMITED : 0);
}

static const char *missing_words(unsigned columns) {
  if (plan_columns_complete(columns)) return MISSING "region=?";
  if (columns & PLAN_NAMESPACE) return MISSING "repoName=?";
  if (columns & PLAN_REPO_NAME) return MISSING "namespace=?";
  return MISSING "namespace=? and repoName=?, or image=?";
}

static size_t append(char text[PLAN_TEXT_MAX], size_t used, const char *word) {
  int size = snprintf(text + used, PLAN_TEXT_MAX - used, "%s", word);

  return used + (size > 0 ? (size_t)size : 0);
}

void plan_encode(const struct plan *plan, char text[PLAN_TEXT_MAX]) {
  size_t used = 0;
  unsigned columns = plan_columns(plan);

  text[0] = '\0';
  for (size_t i = 0; i < plan->term_count; i++) {
    for (size_t j = 0; j < COLUMN_WORDS; j++) {
      if (column_words[j].column != plan->terms[i].column) continue;
      used = append(text, used, column_words[j].text);
    }
    for (size_t j = 0; j < OPERATOR_WORDS; j++) {
      if (operator_words[j].op != plan->terms[i].op) continue;
      used = append(text, used, operator_words[j].text);
    }
  }
  if (!plan_complete(plan)) {
    append(text, used, missing_words(columns));
    return;
  }
  snprintf(text + used, PLAN_TEXT_MAX - used, "filter=limit::%s|offset::%s|order::%s%s",
           plan->limit ? "?" : (plan->count_only ? "1" : "page_size"), plan->offset ? "?" : "0",
           plan->descending ? "desc" : "asc",
           plan->ordered && plan_has_many(plan) ? " merged" : "");
}

/* Moves *text behind `word` if it starts with it. */
static bool take(const char **text, const char *word) {
  size_t size = strlen(word);

  if (strncmp(*text, word, size) != 0) return false;
  *text += size;
  return true;
}

static bool decode_operator(const char **text, enum plan_operator *op) {
  for (size_t i = 0; i < OPERATOR_WORDS; i++) {
    if (!take(text, operator_words[i].text)) continue;
    *op = operator_words[i].op;
    return true;
  }
  return false;
}

static bool decode_term(const char **text, struct plan *plan) {
  const char *at = *text;

  for (size_t i = 0; i < COLUMN_WORDS && plan->term_count < PLAN_TERMS_MAX; i++) {
    struct plan_term *term = &plan->terms[plan->term_count];
    if (!take(&at, column_words[i].text)) continue;
    term->column = column_words[i].column;
    if (!decode_operator(&at, &term->op)) return false;
    if (term->column == PLAN_CREATED_AT ? term->op == PLAN_IN
                                        : term->op != PLAN_IN && term->op != PLAN_EQ) {
      return false;
    }
    plan->term_count++;
    *text = at;
    return true;
  }
  return false;
}

static void decode_checks(int number, struct plan *plan) {
  int checks = number >> PLAN_CHECKS_SHIFT;

  for (; checks > 0 && plan->check_count < PLAN_CHECKS_MAX; checks >>= PLAN_CHECK_BITS) {
    plan->checks[plan->check_count++] = (checks & ((1 << PLAN_CHECK_BITS) - 1)) - 1;
  }
}

bool plan_decode(int number, const char *text, struct plan *plan) {
  memset(plan, 0, sizeof *plan);
  plan->ordered = (number & PLAN_ORDERED) != 0;
  plan->limited = (number & PLAN_LIMITED) != 0;
  decode_checks(number, plan);
  while (decode_term(&text, plan)) {
  }
  if (take(&text, MISSING)) {
    plan->region_unknown = take(&text, "region");
    return true;
  }
  if (!take(&text, "filter=limit::")) return false;
  plan->limit = take(&text, "?");
  if (!plan->limit) {
    plan->count_only = take(&text, "1");
    if (!plan->count_only && !take(&text, "page_size")) return false;
  }
  if (!take(&text, "|offset::")) return false;
  plan->offset = take(&text, "?");
  if (!plan->offset && !take(&text, "0")) return false;
  if (take(&text, "|order::desc")) {
    plan->descending = true;
  } else if (!take(&text, "|order::asc")) {
    return false;
  }
  take(&text, " merged");
  return !*text && plan_columns_complete(plan_columns(plan));
}
