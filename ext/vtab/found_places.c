/*
** Which of the places that are found a query wants: see found_places.h.
*/
#include "vtab/found_places.h"

#include <sqlite3ext.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "vtab/number_text.h"

SQLITE_EXTENSION_INIT3

/*
** Bytes of a pattern that SQLite matches, by default; a longer one is left to it, with its error.
*/
#define PATTERN_MAX 50000

/* One term: a pattern, or a list of names and numbers. */
struct condition {
  struct condition *next;
  enum place_key key;
  enum plan_operator op; /* PLAN_IN for a list */
  char *pattern;         /* owned */
  char **names;          /* owned, and so is each; sorted */
  size_t count;
  size_t capacity;
  double *numbers; /* owned; sorted */
  size_t number_count;
};

struct found_places {
  struct condition *first; /* owned */
};

struct found_places *found_places_create(void) {
  return calloc(1, sizeof(struct found_places));
}

void found_places_free(void *context) {
  struct found_places *found = context;
  struct condition *next;

  if (!found) return;
  for (struct condition *condition = found->first; condition; condition = next) {
    next = condition->next;
    for (size_t i = 0; i < condition->count; i++) free(condition->names[i]);
    free(condition->names);
    free(condition->numbers);
    free(condition->pattern);
    free(condition);
  }
  free(found);
}

static struct condition *begin(struct found_places *found, enum place_key key,
                               enum plan_operator op) {
  struct condition *condition = calloc(1, sizeof *condition);

  if (!condition) return NULL;
  condition->key = key;
  condition->op = op;
  condition->next = found->first;
  found->first = condition;
  return condition;
}

bool found_places_begin_names(struct found_places *found, enum place_key key) {
  return begin(found, key, PLAN_IN) != NULL;
}

bool found_places_add(struct found_places *found, const char *text, size_t size) {
  struct condition *names = found->first;
  char **grown;
  char *copy;

  if (size > IMAGE_MAX || memchr(text, '\0', size)) return true; /* no place is called that */
  grown = array_reserve(names->names, &names->capacity, names->count + 1, sizeof *grown);
  if (!grown) return false;
  names->names = grown;
  copy = malloc(size + 1);
  if (!copy) return false;
  memcpy(copy, text, size);
  copy[size] = '\0';
  names->names[names->count++] = copy;
  return true;
}

bool found_places_add_numbers(struct found_places *found, const double *numbers, size_t count) {
  struct condition *names = found->first;

  if (!count) return true;
  names->numbers = malloc(count * sizeof *numbers);
  if (!names->numbers) return false;
  memcpy(names->numbers, numbers, count * sizeof *numbers);
  names->number_count = count;
  return true;
}

bool found_places_match(struct found_places *found, enum place_key key, enum plan_operator op,
                        const char *pattern) {
  struct condition *condition;

  if (strlen(pattern) > PATTERN_MAX) return true;
  condition = begin(found, key, op);
  if (!condition) return false;
  condition->pattern = strdup(pattern);
  return condition->pattern != NULL;
}

static int compare_names(const void *name, const void *member) {
  return strcmp(name, *(char *const *)member);
}

/* True if a name is one of those that are listed, or may be to SQLite. */
static bool is_listed(const struct condition *condition, const char *name) {
  double number;

  if (condition->count > 0 &&
      bsearch(name, condition->names, condition->count, sizeof *condition->names, compare_names)) {
    return true;
  }
  return condition->number_count > 0 && number_of_text(name, strlen(name), &number) &&
         number_among(condition->numbers, condition->number_count, number);
}

/* True if one condition holds of a name. */
static bool holds(const struct condition *condition, const char *name) {
  switch (condition->op) {
    case PLAN_LIKE: /* without regard to case: case_sensitive_like has it that fewer match */
      return sqlite3_strlike(condition->pattern, name, 0) == 0;
    case PLAN_GLOB:
      return sqlite3_strglob(condition->pattern, name) == 0;
    default:
      return is_listed(condition, name);
  }
}

bool found_places_accept(const void *context, const struct place *place) {
  const struct found_places *found = context;

  for (const struct condition *condition = found->first; condition; condition = condition->next) {
    const char *name = place->image;
    if (condition->key == PLACE_NAMESPACE) name = place->name_space;
    if (condition->key == PLACE_REPOSITORY) name = place->name;
    if (!holds(condition, name)) return false;
  }
  return true;
}
