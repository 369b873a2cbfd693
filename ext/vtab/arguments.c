/*
** The arguments of xFilter: see arguments.h.
**
** A term on a key is a set of texts, of one or many. The places are those that every term allows:
** the images of the smallest set on image, or the pairs of the smallest sets on namespace and
** repository; each in every region of the smallest set on region, or in the one that is set where
** no term is on region. Where these do not name repositories, they are places of the listing that
** finds them, and all sets go with them, to choose among what it finds.
*/
#include "vtab/arguments.h"

#include <stdio.h>
#include <string.h>

#include "api/image_reference.h"
#include "api/target.h"
#include "base/hash.h"
#include "vtab/best_index.h"
#include "vtab/prepared.h"
#include "vtab/word_set.h"

SQLITE_EXTENSION_INIT3

#define LISTS_MAX 16    /* with more names, all repositories are listed, and chosen from */
#define LOOK_EVERY 1024 /* values between two looks for an interrupt */
#define SHOWN 400       /* bytes of what is no name */

struct reading {
  const struct plan *plan;
  struct interrupt *interrupt;
  const struct skips *skips;
  const struct comparison *comparison;
  struct word_set sets[PLAN_TERMS_MAX];
  size_t set_count;
  unsigned ignored; /* keys of which single values do not count, for a list is beside them */
  struct places *places;
  struct found_places *wanted; /* owned; NULL where places are named */
  size_t steps;                /* values looked at, for `interrupt` */
};

/* For each value of what may be long: SQLITE_INTERRUPT if the user wants to stop. */
static int step(struct reading *reading) {
  if (++reading->steps % LOOK_EVERY) return SQLITE_OK;
  return interrupt_pending(reading->interrupt) ? SQLITE_INTERRUPT : SQLITE_OK;
}

/* True if a term counts: see `ignored`. */
static bool counts(const struct reading *reading, const struct word_set *set) {
  return set->op == PLAN_IN || !(reading->ignored & set->key);
}

static void reading_free(struct reading *reading) {
  for (size_t i = 0; i < reading->set_count; i++) word_set_free(&reading->sets[i]);
  places_release(reading->places);
  found_places_free(reading->wanted);
}

/* ---- what is not asked ---- */

static void skip(const struct reading *reading, const char *note, const struct word *space,
                 const struct word *name) {
  const struct skips *skips = reading->skips;
  char place[SHOWN];

  if (reading->ignored) return; /* it is only announced, or was noted already */
  snprintf(place, sizeof place, "%.*s%s%.*s", (int)space->size, space->text, name ? "/" : "",
           name ? (int)name->size : 0, name ? name->text : "");
  request_log_skip(skips->log, skips->statement, skips->table, place, note);
}

static void skip_image(const struct reading *reading, const struct word *image) {
  struct image_reference parts;

  if (image_reference_parse(image->text, image->size, &parts)) {
    skip(reading,
         "a reference where the name of an image is wanted: write image = swr_image_name(...)",
         image, NULL);
  } else {
    skip(reading, "no image can have this name", image, NULL);
  }
}

static void skip_value(const struct reading *reading, const struct word_set *set) {
  const char *column = reading->plan->listing->columns[set->column].name;

  skip(reading, "compared with NULL or a blob, which equal no name",
       &(struct word){column, strlen(column)}, NULL);
}

/* ---- places ---- */

/*
** True if every term on a key allows this value of it; what is not named, those do that are open.
*/
static bool allowed(const struct reading *reading, unsigned key, const char *text, size_t size) {
  struct word word = {text, size};

  for (size_t i = 0; i < reading->set_count; i++) {
    const struct word_set *set = &reading->sets[i];
    if (set->key != key || !counts(reading, set) || (set->open && !size)) continue;
    if (!word_set_contains(set, &word)) return false;
  }
  return true;
}

/* Of the terms on a key that name all values, the one with the fewest; NULL if there is none. */
static const struct word_set *smallest(const struct reading *reading, unsigned key) {
  const struct word_set *best = NULL;

  for (size_t i = 0; i < reading->set_count; i++) {
    const struct word_set *set = &reading->sets[i];
    if (set->key != key || set->open || !counts(reading, set)) continue;
    if (!best || set->count < best->count) best = set;
  }
  return best;
}

/* Adds a place that all terms allow. */
static int add_place(struct reading *reading, const struct place *place) {
  if (!allowed(reading, PLACE_NAMESPACE, place->name_space, strlen(place->name_space)) ||
      !allowed(reading, PLACE_REPOSITORY, place->name, strlen(place->name)) ||
      !allowed(reading, PLACE_IMAGE, place->image, strlen(place->image))) {
    return SQLITE_OK;
  }
  return places_add(reading->places, place) ? SQLITE_OK : SQLITE_NOMEM;
}

static int add_images(struct reading *reading, const char *region, const struct word_set *images) {
  struct place place;
  int rc = SQLITE_OK;

  for (size_t i = 0; i < images->count && rc == SQLITE_OK; i++) {
    const struct word *image = &images->words[i];
    rc = step(reading);
    if (rc != SQLITE_OK) break;
    if (!place_set_image(&place, image->text, image->size)) {
      skip_image(reading, image);
      continue;
    }
    place_set_region(&place, region);
    rc = add_place(reading, &place);
  }
  return rc;
}

/* A part of a place that no term names has one value, which is none. */
static const struct word_set unnamed = {.words = &(struct word){"", 0}, .count = 1};

static int add_pairs(struct reading *reading, const char *region, const struct word_set *spaces,
                     const struct word_set *names) {
  unsigned parts = (spaces ? PLACE_NAMESPACE : 0) | (names ? PLACE_REPOSITORY : 0);
  struct place place;
  int rc = SQLITE_OK;

  if (!spaces) spaces = &unnamed;
  if (!names) names = &unnamed;
  for (size_t i = 0; i < spaces->count && rc == SQLITE_OK; i++) {
    const struct word *space = &spaces->words[i];
    for (size_t j = 0; j < names->count && rc == SQLITE_OK; j++) {
      const struct word *name = &names->words[j];
      rc = step(reading);
      if (rc != SQLITE_OK) break;
      if (!place_set_parts(&place, parts, space->text, space->size, name->text, name->size)) {
        skip(reading, "nothing can have this name", space, name);
        continue;
      }
      place_set_region(&place, region);
      rc = add_place(reading, &place);
    }
  }
  return rc;
}

/* Adds a region itself: all of it is listed. */
static int add_whole(struct reading *reading, const char *region) {
  struct place place;

  place_fill(&place, region, "", "");
  return places_add(reading->places, &place) ? SQLITE_OK : SQLITE_NOMEM;
}

/* Adds the places of one region. */
static int add_region(struct reading *reading, const char *region) {
  const struct word_set *images = smallest(reading, PLACE_IMAGE);
  const struct word_set *spaces = smallest(reading, PLACE_NAMESPACE);
  const struct word_set *names = smallest(reading, PLACE_REPOSITORY);

  if (!allowed(reading, PLACE_REGION, region, strlen(region))) return SQLITE_OK;
  if (images) return add_images(reading, region, images);
  if (reading->wanted &&
      ((spaces && spaces->count > LISTS_MAX) || (names && names->count > LISTS_MAX))) {
    return add_whole(reading, region);
  }
  return add_pairs(reading, region, spaces, names);
}

/*
** Adds the places of the regions that are named and may exist; `set` is the one that is set.
*/
static int add_regions(struct reading *reading, const struct word_set *regions, const char *set) {
  const struct word set_word = {set, strlen(set)};
  char region[REGION_LABEL_MAX + 1];
  int rc = SQLITE_OK;

  for (size_t i = 0; i < regions->count && rc == SQLITE_OK; i++) {
    const struct word *word = &regions->words[i];
    if (word_compare(word, &set_word) == 0) {
      rc = add_region(reading, set);
    } else if (region_valid(word->text, word->size)) {
      memcpy(region, word->text, word->size);
      region[word->size] = '\0';
      rc = add_region(reading, region);
    } else {
      skip(reading, "no region can have this name", word, NULL);
    }
  }
  return rc;
}

/* Finds the places: reading->places, NULL if there are none. `region` is the one that is set. */
static int find_places(struct reading *reading, const char *region) {
  const struct word_set *regions = smallest(reading, PLACE_REGION);
  int rc;

  reading->places = places_create();
  if (!reading->places) return SQLITE_NOMEM;
  rc = regions ? add_regions(reading, regions, region) : add_region(reading, region);
  if (rc == SQLITE_OK && places_count(reading->places)) {
    places_sort(reading->places);
    return SQLITE_OK;
  }
  places_release(reading->places);
  reading->places = NULL;
  return rc;
}

/* Moves the places out of a reading. */
static struct places *take_places(struct reading *reading) {
  struct places *places = reading->places;

  reading->places = NULL;
  return places;
}

/* ---- announced places ---- */

/* The keys that have a single value and, beside it, a list that names all it allows. */
static unsigned announcing(const struct reading *reading) {
  unsigned single = 0;
  unsigned listed = 0;

  for (size_t i = 0; i < reading->set_count; i++) {
    if (reading->sets[i].op == PLAN_IN) {
      if (!reading->sets[i].open) listed |= reading->sets[i].key;
    } else {
      single |= reading->sets[i].key;
    }
  }
  return single & listed;
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

/* A hash of the terms that count. What two of one hash announce wrongly is a hint, and no row. */
static uint64_t hash_terms(const struct reading *reading, const char *region) {
  uint64_t hash = hash_bytes(HASH_START, region, strlen(region));

  for (size_t i = 0; i < reading->set_count; i++) {
    const struct word_set *set = &reading->sets[i];
    if (!counts(reading, set)) continue;
    hash = hash_bytes(hash, &set->key, sizeof set->key);
    hash = hash_bytes(hash, set->numbers, set->number_count * sizeof *set->numbers);
    for (size_t j = 0; j < set->count; j++) {
      hash = hash_bytes(hash, set->words[j].text, set->words[j].size);
      hash = hash_bytes(hash, "", 1);
    }
  }
  return hash;
}

/*
** Finds what a list beside a single value announces. In a join it is the same list for each row, as
** a rule: its places are found once.
*/
static int find_announced(struct reading *reading, const struct argument_source *source,
                          struct arguments *arguments) {
  struct announcement *announcement = source->announcement;
  uint64_t terms;
  int rc;

  reading->ignored = announcing(reading);
  if (!arguments->places || !announces(reading->ignored)) return SQLITE_OK;
  terms = hash_terms(reading, source->region);
  if (!announcement->places || announcement->terms != terms) {
    announcement_free(announcement);
    rc = find_places(reading, source->region);
    if (rc != SQLITE_OK) return rc;
    announcement->places = take_places(reading);
    announcement->terms = terms;
  }
  arguments->announced.places = announcement->places;
  arguments->announced.begun = &announcement->begun;
  return SQLITE_OK;
}

void announcement_free(struct announcement *announcement) {
  places_release(announcement->places);
  memset(announcement, 0, sizeof *announcement);
}

/* ---- places that are found ---- */

/* A term of a pattern; *never if no name matches it. */
static int read_pattern(struct reading *reading, const struct plan_term *term, sqlite3_value *value,
                        bool *never) {
  enum place_key key = (enum place_key)plan_term_key(reading->plan, term);
  const char *pattern;

  if (sqlite3_value_type(value) == SQLITE_NULL) *never = true;
  if (*never || !reading->wanted) return SQLITE_OK;
  pattern = (const char *)sqlite3_value_text(value);
  if (!pattern) return SQLITE_NOMEM;
  return found_places_match(reading->wanted, key, term->op, pattern) ? SQLITE_OK : SQLITE_NOMEM;
}

/* Hands over what else chooses among places that are found. */
static int hand_over_names(struct reading *reading) {
  for (size_t i = 0; i < reading->set_count; i++) {
    const struct word_set *set = &reading->sets[i];
    if (!counts(reading, set) || set->key == PLACE_REGION) continue;
    if (!found_places_begin_names(reading->wanted, (enum place_key)set->key)) return SQLITE_NOMEM;
    for (size_t j = 0; j < set->count; j++) {
      const struct word *word = &set->words[j];
      if (!found_places_add(reading->wanted, word->text, word->size)) return SQLITE_NOMEM;
    }
    if (!found_places_add_numbers(reading->wanted, set->numbers, set->number_count)) {
      return SQLITE_NOMEM;
    }
  }
  return SQLITE_OK;
}

/* ---- bounds ---- */

/* Adds a bound on the time, a time or NULL: see time_argument.h. *never if no row can meet it. */
static int read_bound(enum plan_operator op, sqlite3_value *value, struct time_bounds *bounds,
                      bool *never) {
  struct word word = {"", 0};
  bool is_text;

  *never = *never || sqlite3_value_type(value) == SQLITE_NULL;
  if (sqlite3_value_type(value) != SQLITE_TEXT) return SQLITE_OK;
  if (word_of_value(value, &word, &is_text) != SQLITE_OK) return SQLITE_NOMEM;
  if (op == PLAN_LT) time_bounds_add(bounds, BOUND_LT, word.text, word.size);
  if (op == PLAN_LE || op == PLAN_EQ) time_bounds_add(bounds, BOUND_LE, word.text, word.size);
  if (op == PLAN_GE || op == PLAN_EQ) time_bounds_add(bounds, BOUND_GE, word.text, word.size);
  if (op == PLAN_GT) time_bounds_add(bounds, BOUND_GT, word.text, word.size);
  return SQLITE_OK;
}

/* ---- the whole ---- */

/*
** The term that would have to say which repositories are asked, and does not; NULL if there is
** none.
*/
static const struct word_set *open_set(const struct reading *reading) {
  if (!(reading->plan->listing->required & PLACE_REPOSITORY)) return NULL;
  if (smallest(reading, PLACE_IMAGE) || smallest(reading, PLACE_REPOSITORY)) return NULL;
  for (size_t i = 0; i < reading->set_count; i++) {
    if (reading->sets[i].open) return &reading->sets[i];
  }
  return NULL;
}

/*
** Reads a single value. A number is compared as its text where it is a literal, which a CAST of one
** looks like in xBestIndex. Of `(namespace, repoName) IN (SELECT ...)` SQLite makes two equalities
** for a virtual table, and takes of the names that equal a number the one that is its text.
*/
static int read_single(struct reading *reading, size_t term, struct word_set *set,
                       sqlite3_value *value, struct arguments *arguments) {
  const struct comparison *comparison = reading->comparison;
  int type = sqlite3_value_type(value);
  struct prepared_comparisons texts;
  unsigned literals;
  int rc;

  if (set->key != PLACE_REPOSITORY || (type != SQLITE_INTEGER && type != SQLITE_FLOAT)) {
    return word_set_read_single(set, value, true);
  }
  prepared_compare(comparison->db, comparison->table,
                   reading->plan->listing->columns[set->column].name, &texts);
  literals = texts.casts ? 0 : best_index_literals(comparison->text, texts.alone);
  rc = word_set_read_single(set, value, literals >> term & 1);
  if (rc != SQLITE_OK || !set->open) return rc;
  arguments->names = true;
  if (texts.rows) {
    const char *text = (const char *)sqlite3_value_text(value);
    if (!text) return SQLITE_NOMEM;
    snprintf(arguments->written, sizeof arguments->written, "%s", text);
  }
  return SQLITE_OK;
}

static int read_terms(sqlite3_value **values, struct reading *reading, struct arguments *arguments,
                      bool *never) {
  const struct plan *plan = reading->plan;
  int rc = SQLITE_OK;

  for (size_t i = 0; i < plan->term_count && rc == SQLITE_OK; i++) {
    const struct plan_term *term = &plan->terms[i];
    struct word_set *set = &reading->sets[reading->set_count];
    if (!plan_term_key(plan, term)) {
      rc = read_bound(term->op, values[i], &arguments->bounds, never);
      continue;
    }
    if (plan_is_pattern(term)) {
      rc = read_pattern(reading, term, values[i], never);
      continue;
    }
    reading->set_count++;
    set->column = term->column;
    set->key = plan_term_key(plan, term);
    set->op = term->op;
    rc = term->op == PLAN_IN ? word_set_read_list(set, values[i], reading->interrupt)
                             : read_single(reading, i, set, values[i], arguments);
    if (rc != SQLITE_OK || term->op == PLAN_IN) continue;
    if (!set->open && !set->count) skip_value(reading, set);
  }
  return rc;
}

static void read_hints(const struct plan *plan, sqlite3_value **values,
                       struct arguments *arguments) {
  size_t next = plan->term_count;

  arguments->limit = -1;
  if (plan->limit) arguments->limit = sqlite3_value_int64(values[next++]);
  if (plan->offset) arguments->offset = sqlite3_value_int64(values[next]);
  if (arguments->offset < 0) arguments->offset = 0;
  if (arguments->offset > JOBS_OFFSET_MAX) {
    arguments->offset = 0;
    arguments->limit = -1;
  }
}

/* Finds the places to ask, or where those are found. */
static int find_all(struct reading *reading, const struct argument_source *source,
                    struct arguments *arguments) {
  const struct word_set *open = reading->wanted ? NULL : open_set(reading);
  int rc;

  if (open) {
    arguments->found_by_number = open->column;
    reading->wanted = found_places_create();
    if (!reading->wanted) return SQLITE_NOMEM;
  }
  rc = find_places(reading, source->region);
  if (rc == SQLITE_OK && reading->wanted) rc = hand_over_names(reading);
  if (rc != SQLITE_OK) return rc;
  arguments->places = take_places(reading);
  arguments->wanted = reading->wanted;
  reading->wanted = NULL;
  return arguments->wanted ? SQLITE_OK : find_announced(reading, source, arguments);
}

int arguments_read(const struct plan *plan, sqlite3_value **values,
                   const struct argument_source *source, struct arguments *arguments) {
  struct reading reading = {.plan = plan,
                            .interrupt = source->interrupt,
                            .skips = source->skips,
                            .comparison = source->comparison};
  bool never = false;
  int rc = SQLITE_OK;

  memset(arguments, 0, sizeof *arguments);
  arguments->found_by_number = -1;
  read_hints(plan, values, arguments);
  if (!plan_complete(plan)) {
    reading.wanted = found_places_create();
    if (!reading.wanted) rc = SQLITE_NOMEM;
  }
  if (rc == SQLITE_OK) rc = read_terms(values, &reading, arguments, &never);
  if (rc == SQLITE_OK && !never) rc = find_all(&reading, source, arguments);
  if (rc != SQLITE_OK) arguments_free(arguments);
  reading_free(&reading);
  return rc;
}

void arguments_free(struct arguments *arguments) {
  places_release(arguments->places);
  found_places_free(arguments->wanted);
  memset(arguments, 0, sizeof *arguments);
}
