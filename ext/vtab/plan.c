/*
** A plan as number and text: see plan.h for the grammar.
*/
#include "vtab/plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api/keys.h"
#include "api/target.h"
#include "base/always.h"

/* In an order in which no word hides a longer one after it. */
static const struct {
  enum plan_operator op;
  const char *text;
} operator_words[] = {{PLAN_IN, " IN ? "}, {PLAN_LIKE, " LIKE ? "}, {PLAN_GLOB, " GLOB ? "},
                      {PLAN_EQ, "=? "},    {PLAN_LE, "<=? "},       {PLAN_LT, "<? "},
                      {PLAN_GE, ">=? "},   {PLAN_GT, ">? "}};

#define NUMBER_MAX 24 /* characters of an integer of 64 bits, NUL included */
#define MISSING "missing: "
#define MERGED " merged"
#define TIES ", ties by "
#define NEXT_TIE ", "
#define DESCENDING " DESC"
#define THEN ") then "
#define OPERATOR_WORDS (sizeof operator_words / sizeof operator_words[0])

unsigned plan_term_key(const struct plan *plan, const struct plan_term *term) {
  return keys_of_column(plan->listing, term->column);
}

bool plan_is_pattern(const struct plan_term *term) {
  return term->op == PLAN_LIKE || term->op == PLAN_GLOB;
}

unsigned plan_keys(const struct plan *plan) {
  unsigned keys = 0;

  for (size_t i = 0; i < plan->term_count; i++) {
    if (!plan_is_pattern(&plan->terms[i])) keys |= plan_term_key(plan, &plan->terms[i]);
  }
  return keys;
}

bool plan_has_bounds(const struct plan *plan) {
  for (size_t i = 0; i < plan->term_count; i++) {
    if (!plan_term_key(plan, &plan->terms[i])) return true;
  }
  return false;
}

bool plan_complete(const struct plan *plan) {
  return keys_complete(plan->listing, plan_keys(plan)) && !plan->region_unknown;
}

bool plan_finds(const struct plan *plan) {
  return plan->finds && ALWAYS(plan->listing->found_by) && !plan->region_unknown &&
         !plan_complete(plan);
}

/* The keys with a term of one value, or with a list. */
static void split_keys(const struct plan *plan, unsigned *single, unsigned *listed) {
  *single = *listed = 0;
  for (size_t i = 0; i < plan->term_count; i++) {
    unsigned key = plan_term_key(plan, &plan->terms[i]);
    if (plan->terms[i].op == PLAN_EQ) *single |= key;
    if (plan->terms[i].op == PLAN_IN) *listed |= key;
  }
}

/* The keys that a complete plan has a value for, whatever its terms. */
static unsigned echoed_keys(const struct listing *listing) {
  unsigned keys = PLACE_REGION;

  for (int i = 0; i < listing->column_count; i++) {
    if (keys_echo(listing, i)) keys |= listing->columns[i].key;
  }
  return keys;
}

unsigned plan_pinned(const struct plan *plan) {
  unsigned names = echoed_keys(plan->listing) & ~(unsigned)PLACE_REGION;
  unsigned single;
  unsigned listed;

  split_keys(plan, &single, &listed);
  if (keys_complete(plan->listing, single)) single |= names;
  if (!(listed & PLACE_REGION)) single |= PLACE_REGION;
  return single;
}

bool plan_has_many(const struct plan *plan) {
  unsigned single;
  unsigned listed;

  split_keys(plan, &single, &listed);
  return (echoed_keys(plan->listing) | listed) & ~plan_pinned(plan);
}

int plan_number(const struct plan *plan) {
  int order = plan->listing->order_count ? (int)(plan->order - plan->listing->orders) : 0;
  bool complete = plan_complete(plan);

  return (complete ? PLAN_KEYED : 0) | (plan->limit ? PLAN_LIMIT : 0) |
         (plan->ordered ? PLAN_ORDERED : 0) | (plan->limited ? PLAN_LIMITED : 0) |
         (plan->offset ? PLAN_OFFSET : 0) | (plan->count_only ? PLAN_COUNT : 0) |
         (plan->region_unknown ? PLAN_REGION : 0) | (plan->large ? PLAN_LARGE : 0) |
         order * PLAN_ORDER;
}

static size_t append(char text[PLAN_TEXT_MAX], size_t used, const char *word) {
  int size = snprintf(text + used, PLAN_TEXT_MAX - used, "%s", word);

  return used + (size > 0 ? (size_t)size : 0);
}

static const char *operator_text(enum plan_operator op) {
  for (size_t i = 0; ALWAYS(i < OPERATOR_WORDS); i++) { /* each has one */
    if (operator_words[i].op == op) return operator_words[i].text;
  }
  return "";
}

static void append_missing(const struct plan *plan, char text[PLAN_TEXT_MAX], size_t used) {
  char words[KEYS_TEXT_MAX];

  used = append(text, used, MISSING);
  if (plan->finds || keys_complete(plan->listing, plan_keys(plan))) {
    used = append(text, used, keys_name(plan->listing, PLACE_REGION));
    append(text, used, "=?");
  } else {
    keys_missing(plan->listing, plan_keys(plan), "=?", " and ", words);
    append(text, used, words);
  }
}

/* How many records are asked for, and from where: a list that is read whole begins at its start. */
static void limit_words(const struct plan *plan, char number[NUMBER_MAX],
                        struct target_values *values) {
  const struct listing *listing = plan->listing;

  snprintf(number, NUMBER_MAX, "%" PRId64, listing->limit_max);
  values->limit = listing->aligned ? number : "page_size";
  values->offset = plan->offset && !listing->aligned && !plan->tie_count ? "?" : "0";
  if (plan->count_only && !keys_narrow(listing, plan_keys(plan))) values->limit = "1";
  if (plan->limit) values->limit = "?";
}

/* The request that finds places. */
static size_t append_found(const struct plan *plan, char text[PLAN_TEXT_MAX], size_t used) {
  const struct listing *found_by = plan->listing->found_by;
  const struct plan listing = {.listing = found_by, .order = listing_steady_order(found_by)};
  unsigned parts = plan_keys(plan);
  char number[NUMBER_MAX];
  struct target_values values = {.name_space = parts & PLACE_NAMESPACE ? "?" : NULL,
                                 .repository = parts & PLACE_REPOSITORY ? "?" : NULL,
                                 .order = listing.order->words};
  char words[TARGET_WORDS_MAX];

  limit_words(&listing, number, &values);
  target_words(found_by, &values, words);
  used = append(text, used, found_by->table);
  used = append(text, used, "(");
  used = append(text, used, words);
  return append(text, used, THEN);
}

static void append_request(const struct plan *plan, char text[PLAN_TEXT_MAX], size_t used) {
  unsigned parts = keys_parts(plan_keys(plan));
  char number[NUMBER_MAX];
  struct target_values values = {.project = "?",
                                 .name_space = parts & PLACE_NAMESPACE ? "?" : NULL,
                                 .repository = parts & PLACE_REPOSITORY ? "?" : NULL,
                                 .order = plan->order->words};
  char words[TARGET_WORDS_MAX];

  if (plan_finds(plan)) values.name_space = values.repository = "?"; /* of each that is found */
  limit_words(plan, number, &values);
  target_words(plan->listing, &values, words);
  used = append(text, used, words);
  if (plan->ordered && plan_has_many(plan)) used = append(text, used, MERGED);
  for (size_t i = 0; i < plan->tie_count; i++) {
    used = append(text, used, i ? NEXT_TIE : TIES);
    used = append(text, used, plan->listing->columns[plan->ties[i].column].name);
    if (plan->ties[i].descending) used = append(text, used, DESCENDING);
  }
}

void plan_encode(const struct plan *plan, char text[PLAN_TEXT_MAX]) {
  size_t used = 0;

  text[0] = '\0';
  for (size_t i = 0; i < plan->term_count; i++) {
    used = append(text, used, plan->listing->columns[plan->terms[i].column].name);
    used = append(text, used, operator_text(plan->terms[i].op));
  }
  if (plan_complete(plan)) {
    append_request(plan, text, used);
  } else if (plan_finds(plan)) {
    append_request(plan, text, append_found(plan, text, used));
  } else {
    append_missing(plan, text, used);
  }
}

/* Moves *text past `word` if it starts with it. */
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

/* A term: one name may begin with another, so that the operator must follow. */
static bool decode_term(const char **text, struct plan *plan) {
  const struct listing *listing = plan->listing;

  for (int i = 0; i < listing->column_count && plan->term_count < PLAN_TERMS_MAX; i++) {
    struct plan_term *term = &plan->terms[plan->term_count];
    const char *at = *text;
    bool key = keys_of_column(listing, i) != 0;
    bool of_key;
    if (!take(&at, listing->columns[i].name) || !decode_operator(&at, &term->op)) continue;
    of_key = term->op == PLAN_EQ || term->op == PLAN_IN || plan_is_pattern(term);
    if (key ? !of_key
            : (of_key && term->op != PLAN_EQ) || i != listing_time_column(listing) ||
                  !listing_bounded(listing)) {
      return false;
    }
    term->column = i;
    plan->term_count++;
    *text = at;
    return true;
  }
  return false;
}

/* What follows the terms: says whether places are named, found, or neither. */
static bool decode_rest(const char *text, struct plan *plan) {
  const struct listing *found_by = plan->listing->found_by;

  plan->finds = found_by && take(&text, found_by->table) && take(&text, "(");
  return plan_complete(plan) ? !plan->finds && !take(&text, MISSING)
                             : plan->finds || take(&text, MISSING);
}

/* One column, whose name ends there: others may begin with it. */
static bool decode_tie(const char **text, struct plan *plan) {
  const struct listing *listing = plan->listing;

  for (int i = 0; i < listing->column_count && plan->tie_count < TIES_MAX; i++) {
    const char *at = *text;
    bool descending;
    if (!take(&at, listing->columns[i].name)) continue;
    descending = take(&at, DESCENDING);
    if (*at && strncmp(at, NEXT_TIE, strlen(NEXT_TIE)) != 0) continue;
    plan->ties[plan->tie_count++] = (struct tie){i, descending};
    *text = at;
    return true;
  }
  return false;
}

/* The columns that ties are sorted by, at the end of the text. */
static bool decode_ties(const char *text, struct plan *plan) {
  const char *ties = strstr(text, TIES);

  if (!ties) return true;
  if (!plan->ordered) return false;
  take(&ties, TIES);
  while (decode_tie(&ties, plan)) {
    if (!*ties) return true;
    take(&ties, NEXT_TIE);
  }
  return false;
}

bool plan_decode(const struct listing *listing, int number, const char *text, struct plan *plan) {
  int order = number / PLAN_ORDER;

  memset(plan, 0, sizeof *plan);
  plan->listing = listing;
  plan->limit = number & PLAN_LIMIT;
  plan->ordered = number & PLAN_ORDERED;
  plan->limited = number & PLAN_LIMITED;
  plan->offset = number & PLAN_OFFSET;
  plan->count_only = number & PLAN_COUNT;
  plan->region_unknown = number & PLAN_REGION;
  plan->large = number & PLAN_LARGE;
  if (order < 0 || order >= (listing->order_count ? listing->order_count : 1)) return false;
  plan->order = listing->order_count ? &listing->orders[order] : listing_order(listing, false);
  while (decode_term(&text, plan)) {
  }
  return plan_complete(plan) == ((number & PLAN_KEYED) != 0) && decode_rest(text, plan) &&
         decode_ties(text, plan);
}
