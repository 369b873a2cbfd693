/*
** The values that a term on a key allows: see word_set.h.
*/
#include "vtab/word_set.h"

#include <stdlib.h>
#include <string.h>

#include "api/place.h"
#include "base/array.h"
#include "vtab/number_text.h"

SQLITE_EXTENSION_INIT3

#define LOOK_EVERY 1024                    /* values between two looks for an interrupt */
#define LARGEST_INTEGER 9007199254740992.0 /* up to which a double has every integer */

int word_compare(const void *left, const void *right) {
  const struct word *a = left;
  const struct word *b = right;
  size_t shared = a->size < b->size ? a->size : b->size;
  int order = shared ? memcmp(a->text, b->text, shared) : 0;

  return order ? order : (a->size > b->size) - (a->size < b->size);
}

/* The text of a value; *is_text is false for NULL and blobs, which equal no text. */
int word_of_value(sqlite3_value *value, struct word *word, bool *is_text) {
  int type = sqlite3_value_type(value);

  *is_text = type != SQLITE_NULL && type != SQLITE_BLOB;
  if (!*is_text) return SQLITE_OK;
  word->text = (const char *)sqlite3_value_text(value);
  word->size = (size_t)sqlite3_value_bytes(value);
  return word->text ? SQLITE_OK : SQLITE_NOMEM;
}

/*
** A number equals all names that read as it where it is compared as a number, as with a column that
** is declared INTEGER, or STRING: 7 equals `7`, `007` and `7.0`. Only a repository's name can read
** as a number: others begin with a letter.
*/
static bool may_equal_more(const struct word_set *set, sqlite3_value *value) {
  int type = sqlite3_value_type(value);

  if (set->key != PLACE_REPOSITORY) return false;
  if (type != SQLITE_INTEGER && type != SQLITE_FLOAT) return false;
  return sqlite3_value_double(value) >= 0; /* no name begins with a minus */
}

static int add_number(struct word_set *set, double number) {
  double *grown = array_reserve(set->numbers, &set->number_capacity, set->number_count + 1,
                                sizeof *set->numbers);

  if (!grown) return SQLITE_NOMEM;
  set->numbers = grown;
  set->numbers[set->number_count++] = number;
  set->open = true;
  return SQLITE_OK;
}

/*
** The text of a whole number is written without a fraction in a name, too. Asked for both, so that
** 7.0 finds `7`, whatever SQLite makes of it.
*/
static int add_integer(double number, struct word_set *set) {
  char *text;

  if (number < 0 || number > LARGEST_INTEGER || number != (double)(sqlite3_int64)number) {
    return SQLITE_OK;
  }
  text = sqlite3_mprintf("%lld", (sqlite3_int64)number);
  if (!text) return SQLITE_NOMEM;
  set->words[set->count] = (struct word){text, strlen(text)};
  set->owned = set->words[set->count++].text;
  qsort(set->words, set->count, sizeof *set->words, word_compare);
  return SQLITE_OK;
}

static bool reserve(struct word_set *set, size_t count) {
  struct word *words = array_reserve(set->words, &set->capacity, count, sizeof *words);

  if (!words) return false;
  set->words = words;
  return true;
}

int word_set_read_single(struct word_set *set, sqlite3_value *value, bool literal) {
  bool real = sqlite3_value_type(value) == SQLITE_FLOAT;
  bool is_text;

  if (!literal && may_equal_more(set, value)) return add_number(set, sqlite3_value_double(value));
  if (!reserve(set, 2)) return SQLITE_NOMEM;
  if (word_of_value(value, set->words, &is_text) != SQLITE_OK) return SQLITE_NOMEM;
  set->count = is_text ? 1 : 0;
  if (!real || set->key != PLACE_REPOSITORY) return SQLITE_OK;
  return add_integer(sqlite3_value_double(value), set);
}

/* Where its text is, is set once all are there: until then they move. */
static int add_copy(struct word_set *set, const struct word *word) {
  char *texts =
      array_reserve(set->texts, &set->texts_capacity, set->texts_size + word->size + 1, 1);

  if (!texts) return SQLITE_NOMEM;
  set->texts = texts;
  if (!reserve(set, set->count + 1)) return SQLITE_NOMEM;
  memcpy(texts + set->texts_size, word->text, word->size);
  set->texts_size += word->size;
  texts[set->texts_size++] = '\0';
  set->words[set->count++] = (struct word){NULL, word->size};
  return SQLITE_OK;
}

static void find_texts(struct word_set *set) {
  const char *text = set->texts;

  for (size_t i = 0; i < set->count; i++) {
    set->words[i].text = text;
    text += set->words[i].size + 1;
  }
}

/* SQLite hands lists over in this order; nothing but speed depends on it. */
static void sort_words(struct word_set *set) {
  size_t in_order = 1;

  while (in_order < set->count &&
         word_compare(&set->words[in_order - 1], &set->words[in_order]) <= 0) {
    in_order++;
  }
  if (in_order < set->count) qsort(set->words, set->count, sizeof *set->words, word_compare);
}

/* The values of a list are there one at a time, so that they are copied. */
int word_set_read_list(struct word_set *set, sqlite3_value *list, struct interrupt *interrupt) {
  sqlite3_value *value = NULL;
  bool text_of_number = false;
  size_t count = 0;
  int rc;

  for (rc = sqlite3_vtab_in_first(list, &value); rc == SQLITE_OK && value;
       rc = sqlite3_vtab_in_next(list, &value)) {
    struct word word = {"", 0};
    double number;
    bool is_text;
    /* SQLite has applied the list's affinity: a number is compared as one, or equals no text. */
    if (may_equal_more(set, value)) {
      rc = add_number(set, sqlite3_value_double(value));
      if (rc != SQLITE_OK) return rc;
    }
    rc = ++count % LOOK_EVERY || !interrupt_pending(interrupt) ? SQLITE_OK : SQLITE_INTERRUPT;
    if (rc == SQLITE_OK && sqlite3_value_type(value) != SQLITE_TEXT) continue;
    if (rc == SQLITE_OK) rc = word_of_value(value, &word, &is_text);
    if (rc == SQLITE_OK) rc = add_copy(set, &word);
    if (rc != SQLITE_OK) return rc;
    text_of_number = text_of_number || number_of_text(word.text, word.size, &number);
  }
  if (text_of_number) set->open = false; /* it would be a number, if they were compared as such */
  find_texts(set);
  sort_words(set);
  number_sort(set->numbers, set->number_count);
  return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

bool word_set_contains(const struct word_set *set, const struct word *word) {
  double number;

  if (set->count && bsearch(word, set->words, set->count, sizeof *word, word_compare)) return true;
  return set->open && number_of_text(word->text, word->size, &number) &&
         number_among(set->numbers, set->number_count, number);
}

void word_set_free(struct word_set *set) {
  free(set->texts);
  sqlite3_free((void *)set->owned);
  free(set->numbers);
  free(set->words);
}
