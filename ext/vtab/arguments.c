/*
** The arguments of xFilter: see arguments.h.
**
** A term on a key is a set of texts, of one or many. The repositories are those that every term
** allows: the images of the smallest set on image, or the pairs of the smallest sets on namespace
** and repoName; each in every region of the smallest set on region, or in the one that is set where
** no term is on region.
*/
#include "vtab/arguments.h"

#include <stdlib.h>
#include <string.h>

SQLITE_EXTENSION_INIT3

struct word {
  const char *text;
  size_t size;
};

/* The values that one term allows, sorted. */
struct word_set {
  unsigned key;
  enum plan_operator op;
  struct word *words; /* owned, and so are their texts where `copied` */
  size_t count;
  bool copied;
};

struct reading {
  struct word_set sets[PLAN_TERMS_MAX];
  size_t set_count;
  unsigned ignored; /* keys of which single values do not count, for a list is beside them */
  struct place *places;
  size_t place_count;
  size_t place_capacity;
};

/* True if a term counts: see `ignored`. */
static bool counts(const struct reading *reading, const struct word_set *set) {
  return set->op == PLAN_IN || !(reading->ignored & set->key);
}

static int compare_words(const void *left, const void *right) {
  const struct word *a = left;
  const struct word *b = right;
  size_t shared = a->size < b->size ? a->size : b->size;
  int order = shared ? memcmp(a->text, b->text, shared) : 0;

  return order ? order : (a->size > b->size) - (a->size < b->size);
}

static int compare_places(const void *left, const void *right) {
  return place_compare(left, right);
}

/* The text of a value; *is_text is false for NULL and blobs, which equal no text. */
static int text_of(sqlite3_value *value, struct word *word, bool *is_text) {
  int type = sqlite3_value_type(value);

  *is_text = type != SQLITE_NULL && type != SQLITE_BLOB;
  if (!*is_text) return SQLITE_OK;
  word->text = (const char *)sqlite3_value_text(value);
  word->size = (size_t)sqlite3_value_bytes(value);
  return word->text ? SQLITE_OK : SQLITE_NOMEM;
}

/* ---- sets of texts ---- */

static int read_single(sqlite3_value *value, struct word_set *set) {
  bool is_text;

  set->words = sqlite3_malloc64(sizeof *set->words);
  if (!set->words) return SQLITE_NOMEM;
  if (text_of(value, set->words, &is_text) != SQLITE_OK) return SQLITE_NOMEM;
  set->count = is_text ? 1 : 0;
  return SQLITE_OK;
}

static int add_copy(struct word_set *set, const struct word *word) {
  char *copy;

  if ((set->count & (set->count - 1)) == 0) { /* room doubles at 0, 1, 2, 4, 8 ... */
    size_t capacity = set->count ? set->count * 2 : 1;
    struct word *words = sqlite3_realloc64(set->words, capacity * sizeof *words);
    if (!words) return SQLITE_NOMEM;
    set->words = words;
  }
  copy = sqlite3_malloc64(word->size + 1);
  if (!copy) return SQLITE_NOMEM;
  memcpy(copy, word->text, word->size);
  set->words[set->count].text = copy;
  set->words[set->count++].size = word->size;
  return SQLITE_OK;
}

/* The values of a list are there one at a time, so that they are copied. */
static int read_list(sqlite3_value *list, struct word_set *set) {
  sqlite3_value *value = NULL;
  int rc;

  set->copied = true;
  for (rc = sqlite3_vtab_in_first(list, &value); rc == SQLITE_OK && value;
       rc = sqlite3_vtab_in_next(list, &value)) {
    struct word word = {"", 0};
    bool is_text;
    /* A number that is still one after SQLite has applied the list's affinity equals no text. */
    if (sqlite3_value_type(value) != SQLITE_TEXT) continue;
    rc = text_of(value, &word, &is_text);
    if (rc == SQLITE_OK) rc = add_copy(set, &word);
    if (rc != SQLITE_OK) return rc;
  }
  if (set->count) qsort(set->words, set->count, sizeof *set->words, compare_words);
  return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static bool contains(const struct word_set *set, const struct word *word) {
  return set->count && bsearch(word, set->words, set->count, sizeof *word, compare_words);
}

static void reading_free(struct reading *reading) {
  for (size_t i = 0; i < reading->set_count; i++) {
    struct word_set *set = &reading->sets[i];
    for (size_t j = 0; set->copied && j < set->count; j++) sqlite3_free((void *)set->words[j].text);
    sqlite3_free(set->words);
  }
  sqlite3_free(reading->places);
}

/* ---- repositories ---- */

/* True if every term on a key allows this value of it. */
static bool allowed(const struct reading *reading, unsigned key, const char *text, size_t size) {
  struct word word = {text, size};

  for (size_t i = 0; i < reading->set_count; i++) {
    const struct word_set *set = &reading->sets[i];
    if (set->key == key && counts(reading, set) && !contains(set, &word)) return false;
  }
  return true;
}

static const struct word_set *smallest(const struct reading *reading, unsigned key) {
  const struct word_set *best = NULL;

  for (size_t i = 0; i < reading->set_count; i++) {
    const struct word_set *set = &reading->sets[i];
    if (set->key != key || !counts(reading, set)) continue;
    if (!best || set->count < best->count) best = set;
  }
  return best;
}

/* Adds a repository that all terms allow. */
static int add_place(struct reading *reading, const struct place *place) {
  if (!allowed(reading, PLACE_NAMESPACE, place->name_space, strlen(place->name_space)) ||
      !allowed(reading, PLACE_REPOSITORY, place->name, strlen(place->name)) ||
      !allowed(reading, PLACE_IMAGE, place->image, strlen(place->image))) {
    return SQLITE_OK;
  }
  if (reading->place_count == reading->place_capacity) {
    size_t capacity = reading->place_capacity ? reading->place_capacity * 2 : 4;
    struct place *places = sqlite3_realloc64(reading->places, capacity * sizeof *places);
    if (!places) return SQLITE_NOMEM;
    reading->places = places;
    reading->place_capacity = capacity;
  }
  reading->places[reading->place_count++] = *place;
  return SQLITE_OK;
}

static int add_images(struct reading *reading, const struct word_set *images) {
  struct place place;
  int rc = SQLITE_OK;

  for (size_t i = 0; i < images->count && rc == SQLITE_OK; i++) {
    const struct word *image = &images->words[i];
    if (!place_set_image(&place, image->text, image->size)) continue;
    rc = add_place(reading, &place);
  }
  return rc;
}

/* A part of a place that no term names stands for itself: the one value that is none. */
static const struct word_set unnamed = {.words = &(struct word){"", 0}, .count = 1};

static int add_pairs(struct reading *reading, const struct word_set *spaces,
                     const struct word_set *names) {
  unsigned parts = (spaces ? PLACE_NAMESPACE : 0) | (names ? PLACE_REPOSITORY : 0);
  struct place place;
  int rc = SQLITE_OK;

  if (!spaces) spaces = &unnamed;
  if (!names) names = &unnamed;
  for (size_t i = 0; i < spaces->count; i++) {
    const struct word *space = &spaces->words[i];
    for (size_t j = 0; j < names->count && rc == SQLITE_OK; j++) {
      const struct word *name = &names->words[j];
      if (!place_set_parts(&place, parts, space->text, space->size, name->text, name->size)) {
        continue;
      }
      rc = add_place(reading, &place);
    }
  }
  return rc;
}

static void sort_places(struct reading *reading) {
  size_t kept = 0;

  if (reading->place_count < 2) return;
  qsort(reading->places, reading->place_count, sizeof *reading->places, compare_places);
  for (size_t i = 1; i < reading->place_count; i++) {
    if (place_equal(&reading->places[kept], &reading->places[i])) continue;
    reading->places[++kept] = reading->places[i];
  }
  reading->place_count = kept + 1;
}

/* Adds the repositories of one region. */
static int add_region(struct reading *reading, const char *region) {
  const struct word_set *images = smallest(reading, PLACE_IMAGE);
  size_t first = reading->place_count;
  int rc;

  if (!allowed(reading, PLACE_REGION, region, strlen(region))) return SQLITE_OK;
  if (images) {
    rc = add_images(reading, images);
  } else {
    rc =
        add_pairs(reading, smallest(reading, PLACE_NAMESPACE), smallest(reading, PLACE_REPOSITORY));
  }
  for (size_t i = first; i < reading->place_count; i++) {
    place_set_region(&reading->places[i], region);
  }
  return rc;
}

/*
** Adds the repositories of the regions that are named and may exist; `set` is the one that is set.
*/
static int add_regions(struct reading *reading, const struct word_set *regions, const char *set) {
  const struct word set_word = {set, strlen(set)};
  char region[REGION_LABEL_MAX + 1];
  int rc = SQLITE_OK;

  for (size_t i = 0; i < regions->count && rc == SQLITE_OK; i++) {
    const struct word *word = &regions->words[i];
    if (compare_words(word, &set_word) == 0) {
      rc = add_region(reading, set);
    } else if (region_valid(word->text, word->size)) {
      memcpy(region, word->text, word->size);
      region[word->size] = '\0';
      rc = add_region(reading, region);
    }
  }
  return rc;
}

/* `region` is the one that is set. */
static int find_places(struct reading *reading, const char *region) {
  const struct word_set *regions = smallest(reading, PLACE_REGION);
  int rc = regions ? add_regions(reading, regions, region) : add_region(reading, region);

  if (rc == SQLITE_OK) sort_places(reading);
  return rc;
}

/* The keys that have a single value and a list beside it. */
static unsigned announcing(const struct reading *reading) {
  unsigned single = 0;
  unsigned listed = 0;

  for (size_t i = 0; i < reading->set_count; i++) {
    if (reading->sets[i].op == PLAN_IN) {
      listed |= reading->sets[i].key;
    } else {
      single |= reading->sets[i].key;
    }
  }
  return single & listed;
}

/* Moves the repositories out of a reading. */
static void take_places(struct reading *reading, struct place **places, size_t *count) {
  *places = reading->places;
  *count = reading->place_count;
  reading->places = NULL;
  reading->place_count = 0;
  reading->place_capacity = 0;
}

/*
** True if lists beside single values of these keys tell what will be asked. Those of namespace and
** of repository together say nothing of pairs, and neither does one of region together with
** another.
*/
static bool announces(unsigned keys) {
  if (keys & PLACE_REGION) return keys == PLACE_REGION;
  return keys && keys != (PLACE_NAMESPACE | PLACE_REPOSITORY);
}

/* Finds what a list beside a single value announces. */
static int find_announced(struct reading *reading, const char *region,
                          struct arguments *arguments) {
  int rc;

  reading->ignored = announcing(reading);
  if (arguments->place_count == 0 || !announces(reading->ignored)) return SQLITE_OK;
  rc = find_places(reading, region);
  if (rc == SQLITE_OK) {
    take_places(reading, &arguments->announced, &arguments->announced_count);
  }
  return rc;
}

/* ---- bounds ---- */

/* Adds a bound on the time, a time or NULL: see time_argument.h. *never if no row can meet it. */
static int read_bound(enum plan_operator op, sqlite3_value *value, struct time_bounds *bounds,
                      bool *never) {
  struct word word = {"", 0};
  bool is_text;

  *never = *never || sqlite3_value_type(value) == SQLITE_NULL;
  if (sqlite3_value_type(value) != SQLITE_TEXT) return SQLITE_OK;
  if (text_of(value, &word, &is_text) != SQLITE_OK) return SQLITE_NOMEM;
  if (op == PLAN_LT) time_bounds_add(bounds, BOUND_LT, word.text, word.size);
  if (op == PLAN_LE || op == PLAN_EQ) time_bounds_add(bounds, BOUND_LE, word.text, word.size);
  if (op == PLAN_GE || op == PLAN_EQ) time_bounds_add(bounds, BOUND_GE, word.text, word.size);
  if (op == PLAN_GT) time_bounds_add(bounds, BOUND_GT, word.text, word.size);
  return SQLITE_OK;
}

static int read_terms(const struct plan *plan, sqlite3_value **values, struct reading *reading,
                      struct arguments *arguments, bool *never) {
  int rc = SQLITE_OK;

  for (size_t i = 0; i < plan->term_count && rc == SQLITE_OK; i++) {
    const struct plan_term *term = &plan->terms[i];
    struct word_set *set = &reading->sets[reading->set_count];
    if (!plan_term_key(plan, term)) {
      rc = read_bound(term->op, values[i], &arguments->bounds, never);
      continue;
    }
    reading->set_count++;
    set->key = plan_term_key(plan, term);
    set->op = term->op;
    rc = term->op == PLAN_IN ? read_list(values[i], set) : read_single(values[i], set);
  }
  return rc;
}

int arguments_read(const struct plan *plan, sqlite3_value **values, const char *region,
                   struct arguments *arguments) {
  struct reading reading;
  size_t next = plan->term_count;
  bool never = false;
  int rc;

  memset(arguments, 0, sizeof *arguments);
  memset(&reading, 0, sizeof reading);
  arguments->limit = -1;
  if (plan->limit) arguments->limit = sqlite3_value_int64(values[next++]);
  if (plan->offset) arguments->offset = sqlite3_value_int64(values[next]);
  if (arguments->offset < 0) arguments->offset = 0;
  if (arguments->offset > JOBS_OFFSET_MAX) {
    arguments->offset = 0;
    arguments->limit = -1;
  }
  rc = read_terms(plan, values, &reading, arguments, &never);
  if (rc == SQLITE_OK && !never) rc = find_places(&reading, region);
  if (rc == SQLITE_OK) {
    take_places(&reading, &arguments->places, &arguments->place_count);
    rc = find_announced(&reading, region, arguments);
  }
  if (rc != SQLITE_OK) arguments_free(arguments);
  reading_free(&reading);
  return rc;
}

void arguments_free(struct arguments *arguments) {
  sqlite3_free(arguments->places);
  sqlite3_free(arguments->announced);
  memset(arguments, 0, sizeof *arguments);
}
