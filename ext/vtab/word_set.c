/*
** The values that a term on a key allows: see word_set.h.
*/
#include "vtab/word_set.h"

#include <stdlib.h>
#include <string.h>

#include "api/place.h"
#include "base/array.h"

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
** A number in a list equals all names that read as it where the list is one of numbers, as that of
** a column is which is declared INTEGER, or STRING: 7 equals `7`, `007` and `7.0`. Which of them
** there are cannot be said. Only a repository's name can read as a number: others begin with a
** letter.
*/
static bool may_equal_more(const struct word_set *set, sqlite3_value *value) {
  int type = sqlite3_value_type(value);

  if (set->key != PLACE_REPOSITORY) return false;
  if (type != SQLITE_INTEGER && type != SQLITE_FLOAT) return false;
  return sqlite3_value_double(value) >= 0; /* no name begins with a minus */
}

/*
** A single number is compared as its text where it is a parameter or written in the query, and as a
** number where it comes from a column of numbers, which is not known here: 7.0 stands for `7`, too.
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

int word_set_read_single(struct word_set *set, sqlite3_value *value) {
  bool real = sqlite3_value_type(value) == SQLITE_FLOAT;
  bool is_text;

  if (!reserve(set, 2)) return SQLITE_NOMEM;
  if (word_of_value(value, set->words, &is_text) != SQLITE_OK) return SQLITE_NOMEM;
  set->count = is_text ? 1 : 0;
  if (!real || set->key != PLACE_REPOSITORY) return SQLITE_OK;
  return add_integer(sqlite3_value_double(value), set);
}

static int add_copy(struct word_set *set, const struct word *word) {
  char *copy;

  if (!reserve(set, set->count + 1)) return SQLITE_NOMEM;
  copy = sqlite3_malloc64(word->size + 1);
  if (!copy) return SQLITE_NOMEM;
  memcpy(copy, word->text, word->size);
  set->words[set->count].text = copy;
  set->words[set->count++].size = word->size;
  return SQLITE_OK;
}

/* Text that SQLite makes a number of, where it applies the affinity of numbers. */
static bool reads_as_number(const struct word *word) {
  static const char digits[] = "0123456789";
  const char *at = word->text + strspn(word->text, " \t\n\v\f\r");
  const char *start;
  size_t whole;
  size_t fraction = 0;

  at += *at == '+' || *at == '-';
  whole = strspn(at, digits);
  at += whole;
  if (*at == '.') fraction = strspn(++at, digits);
  at += fraction;
  if (whole + fraction == 0) return false;
  if (*at == 'e' || *at == 'E') {
    start = at + 1 + (at[1] == '+' || at[1] == '-');
    if (strspn(start, digits) == 0) return false;
    at = start + strspn(start, digits);
  }
  at += strspn(at, " \t\n\v\f\r");
  return at == word->text + word->size;
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

  set->copied = true;
  for (rc = sqlite3_vtab_in_first(list, &value); rc == SQLITE_OK && value;
       rc = sqlite3_vtab_in_next(list, &value)) {
    struct word word = {"", 0};
    bool is_text;
    /* SQLite has applied the list's affinity: a number is compared as one, or equals no text. */
    if (may_equal_more(set, value)) set->open = true;
    rc = ++count % LOOK_EVERY || !interrupt_pending(interrupt) ? SQLITE_OK : SQLITE_INTERRUPT;
    if (rc == SQLITE_OK && sqlite3_value_type(value) != SQLITE_TEXT) continue;
    if (rc == SQLITE_OK) rc = word_of_value(value, &word, &is_text);
    if (rc == SQLITE_OK) rc = add_copy(set, &word);
    if (rc != SQLITE_OK) return rc;
    text_of_number = text_of_number || reads_as_number(&word);
  }
  if (text_of_number) set->open = false; /* it would be a number, if they were compared as such */
  sort_words(set);
  return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

bool word_set_contains(const struct word_set *set, const struct word *word) {
  return set->count && bsearch(word, set->words, set->count, sizeof *word, word_compare);
}

void word_set_free(struct word_set *set) {
  for (size_t i = 0; set->copied && i < set->count; i++) sqlite3_free((void *)set->words[i].text);
  sqlite3_free((void *)set->owned);
  free(set->words);
}
