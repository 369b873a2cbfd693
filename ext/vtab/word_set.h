/*
** The values that a term on a key allows: texts, one or a list of them, as SQLite compares them,
** and numbers, which equal every text that reads as one of them (see number_text.h).
**
** It must not know what the keys are of, nor what other terms allow.
*/
#ifndef SWR_WORD_SET_H
#define SWR_WORD_SET_H

#include <sqlite3ext.h>
#include <stdbool.h>
#include <stddef.h>

#include "vtab/interrupt.h"
#include "vtab/plan.h"

struct word {
  const char *text;
  size_t size;
};

/* The values that one term allows, sorted. Zero but for the first three before they are read. */
struct word_set {
  int column;
  unsigned key;
  enum plan_operator op;
  struct word *words; /* owned */
  size_t count;
  size_t capacity;
  char *texts; /* owned: those of a list's values, one after the other, each with its NUL */
  size_t texts_size;
  size_t texts_capacity;
  const char *owned; /* the text of one of them that is not the value's; NULL if none */
  /* It allows names that are not in it, too: those that read as one of these, which are sorted. */
  bool open;
  double *numbers; /* owned */
  size_t number_count;
  size_t number_capacity;
};

/* As strcmp, by bytes; of two struct word. */
int word_compare(const void *left, const void *right);

/*
** The text of a value, valid as long as the value; *is_text is false for NULL and blobs, which
** equal no text. SQLITE_OK or SQLITE_NOMEM.
*/
int word_of_value(sqlite3_value *value, struct word *word, bool *is_text);

/*
** Reads a single value, whose text stays the value's. `literal`: where it is a number, it is known
** to be compared as its text. SQLITE_OK or SQLITE_NOMEM.
*/
int word_set_read_single(struct word_set *set, sqlite3_value *value, bool literal);

/*
** Copies the values of a list: SQLite has them one at a time. SQLITE_INTERRUPT, too: it may be
** long.
*/
int word_set_read_list(struct word_set *set, sqlite3_value *list, struct interrupt *interrupt);

/* True if a text is one of the set, or may read as one of its numbers. */
bool word_set_contains(const struct word_set *set, const struct word *word);

/* Whether it was read or not. */
void word_set_free(struct word_set *set);

#endif
