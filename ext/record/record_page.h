/*
** The rows of one decoded page, with the columns of the listing that the page is of.
**
** A page holds its rows in two blocks of memory, whatever their number, and a text that a row has
** in common with the row before it only once: most fields of a repository's records hardly ever
** change. It must not know where its records come from, nor what they mean.
*/
#ifndef SWR_RECORD_PAGE_H
#define SWR_RECORD_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "api/listing.h"
#include "base/buffer.h"

/* How a call of this folder ends. */
enum record_status {
  RECORD_OK,
  RECORD_WRONG,      /* a record is not as documented: the problem says how */
  RECORD_NOT_A_LIST, /* the bytes are not a list of objects, in the envelope that it has to have */
  RECORD_TOO_LARGE,  /* a record is larger than RECORD_SIZE_MAX */
  RECORD_NO_MEMORY
};

struct record_problem {
  char text[160]; /* such as `field name is not a string` */
};

#define SPARE_PAGES_MAX 4
#define SPARE_BODIES_MAX 16

/*
** Memory of pages that are gone, and of their bytes as they came, for those that come: while a long
** list is read, pages come and go all the time, and blocks of many sizes between each other would
** leave holes; and what is given back to the system is to be cleared by it for the next page.
*/
struct spare_pages {
  struct spare_page {
    void *rows;
    size_t rows_size; /* bytes */
    char *text;
    size_t text_size;
  } pages[SPARE_PAGES_MAX];
  size_t count;
  struct buffer bodies[SPARE_BODIES_MAX];
  size_t body_count;
};

/* Gives all of it back. */
void spare_pages_free(struct spare_pages *spares);

/*
** Makes room for `size` bytes in a buffer that has none, in memory that was kept if there is any.
** `spares` may be NULL, here and below.
*/
enum buffer_status spare_body_take(struct spare_pages *spares, struct buffer *body, size_t size);

/* Empties a buffer, and keeps its memory for another one. */
void spare_body_put(struct spare_pages *spares, struct buffer *body);

#define RECORD_DEPTH 32 /* arrays and objects inside each other, the record itself included */
#define RECORD_NULL UINT32_MAX /* of a text or a boolean */

/*
** A row is so many words: one for each text (its place in the page's text) and each boolean, two
** for an integer or a real, in the order of columns. In front of them stands a word that is always
** RECORD_NULL, for columns that no record has, and one that tells whether the row is plain.
*/
struct record_page {
  uint32_t *rows;
  size_t row_count;
  size_t row_capacity;
  size_t expected; /* rows that it will have, as far as that is known; 0: nothing is */
  char *text;      /* for each value its size, its bytes and a NUL */
  size_t text_size;
  size_t text_capacity;
  struct spare_pages *spares; /* where its memory goes, and comes from; NULL; not owned */
  const struct listing *listing;
  uint32_t held;                /* a bit for each column that has words */
  int16_t identity;             /* the column that tells rows apart, -1 if there is none: */
  int16_t time;                 /* see listing.h; and the one that the list is sorted by */
  uint8_t stride;               /* words of a row */
  uint8_t offsets[COLUMNS_MAX]; /* of each column's first word in a row */
};

/* An empty page of a listing, which must outlive it. Allocates nothing. */
void record_page_init(struct record_page *page, const struct listing *listing);

/* Forgets the rows and keeps the memory. */
void record_page_clear(struct record_page *page);

void record_page_free(struct record_page *page);

/* Bytes of memory that the page holds. */
size_t record_page_footprint(const struct record_page *page);

/* ---- reading: here, as it is asked for a dozen times a row, and costs less than its call ---- */

static inline const uint32_t *record_page_row(const struct record_page *page, size_t row) {
  return page->rows + row * page->stride;
}

/* The text at a place in the page, with its size before it. */
static inline const char *record_page_stored(const struct record_page *page, uint32_t start,
                                             size_t *size) {
  uint32_t stored;

  memcpy(&stored, page->text + start, sizeof stored);
  *size = stored;
  return page->text + start + sizeof stored;
}

/*
** The text of a row in a column of kind TEXT or JSON: NULL for NULL; *size without the NUL. Valid
** until the page changes.
*/
static inline const char *record_page_text(const struct record_page *page, size_t row, int column,
                                           size_t *size) {
  uint32_t start = record_page_row(page, row)[page->offsets[column]];

  *size = 0;
  return start == RECORD_NULL ? NULL : record_page_stored(page, start, size);
}

/* The number of a row in a column of kind INTEGER; 0, and *present false, for NULL. */
static inline int64_t record_page_integer(const struct record_page *page, size_t row, int column,
                                          bool *present) {
  int64_t value;

  memcpy(&value, record_page_row(page, row) + page->offsets[column], sizeof value);
  *present = value != INT64_MIN; /* no record has that: see json_record.h */
  return *present ? value : 0;
}

/* The same for a column of kind REAL, which has the words of an integer. */
static inline double record_page_real(const struct record_page *page, size_t row, int column,
                                      bool *present) {
  double value;

  record_page_integer(page, row, column, present);
  memcpy(&value, record_page_row(page, row) + page->offsets[column], sizeof value);
  return *present ? value : 0;
}

/* The same, 0 or 1, for a column of kind BOOLEAN. */
static inline int record_page_boolean(const struct record_page *page, size_t row, int column,
                                      bool *present) {
  uint32_t value = record_page_row(page, row)[page->offsets[column]];

  *present = value != RECORD_NULL;
  return *present && value;
}

/* True if no text of the row holds what JSON writes with an escape: a NUL, a quotation mark, … */
static inline bool record_page_plain(const struct record_page *page, size_t row) {
  return record_page_row(page, row)[1] != 0;
}

/* True if a row has its text of a column in common with the row before it. False says nothing. */
static inline bool record_page_repeats(const struct record_page *page, size_t row, int column) {
  const uint32_t *words = record_page_row(page, row) + page->offsets[column];

  return row > 0 && words[0] == words[-page->stride];
}

/* The integer by which a row is told from others of its place; 0 if the listing has none. */
static inline int64_t record_page_id(const struct record_page *page, size_t row) {
  bool present;

  return page->identity < 0 ? 0 : record_page_integer(page, row, page->identity, &present);
}

/* The text that the list is sorted by; NULL for NULL, and where the listing has no such column. */
static inline const char *record_page_time(const struct record_page *page, size_t row,
                                           size_t *size) {
  *size = 0;
  return page->time < 0 ? NULL : record_page_text(page, row, page->time, size);
}

/* ---- writing ---- */

/*
** Begins a row after the others, of which nothing is set, and which counts once record_page_commit
** is called. NULL when out of memory. Valid until the next record_page_begin.
*/
uint32_t *record_page_begin(struct record_page *page);

/* The row that was begun is there. What `set` has no bit for is NULL. */
static inline void record_page_commit(struct record_page *page, uint32_t *row, uint32_t set,
                                      bool plain);

/* Takes a row out; those after it move up. What they have in common with each other stays. */
void record_page_remove(struct record_page *page, size_t row);

/*
** Adds a text to the row that was begun. False when out of memory. What was added is taken back by
** setting text_size to what it was at record_page_begin.
*/
bool record_page_add(struct record_page *page, uint32_t *row, int column, const char *text,
                     size_t size);

/* The same for a text that the row before has not, as the caller knows. */
bool record_page_add_other(struct record_page *page, uint32_t *row, int column, const char *text,
                           size_t size);

/*
** The same for a text of at most `size` bytes that is written into the page itself:
** record_page_room returns the place for it, NULL when out of memory, and record_page_add_written
** adds the `size` bytes that stand there.
*/
char *record_page_room(struct record_page *page, size_t size);
void record_page_add_written(struct record_page *page, uint32_t *row, int column, size_t size);

/* Sets an integer (not INT64_MIN), a boolean, or NULL in the row that was begun. */
static inline void record_page_set_integer(const struct record_page *page, uint32_t *row,
                                           int column, int64_t value) {
  memcpy(row + page->offsets[column], &value, sizeof value);
}

/* A real that is finite; -0.0, whose bits say NULL, becomes 0.0. */
static inline void record_page_set_real(const struct record_page *page, uint32_t *row, int column,
                                        double value) {
  double kept = value == 0 ? 0 : value;

  memcpy(row + page->offsets[column], &kept, sizeof kept);
}

/* True if a column takes two words. */
static inline bool record_page_wide(const struct column *column) {
  return column->kind == COLUMN_INTEGER || column->kind == COLUMN_REAL;
}

static inline void record_page_set_boolean(const struct record_page *page, uint32_t *row,
                                           int column, bool value) {
  row[page->offsets[column]] = value;
}

static inline void record_page_set_null(const struct record_page *page, uint32_t *row, int column) {
  if (record_page_wide(&page->listing->columns[column])) {
    record_page_set_integer(page, row, column, INT64_MIN);
  } else {
    row[page->offsets[column]] = RECORD_NULL;
  }
}

static inline void record_page_commit(struct record_page *page, uint32_t *row, uint32_t set,
                                      bool plain) {
  uint32_t missing = page->held & ~set;

  for (int column = 0; missing; column++, missing >>= 1) {
    if (missing & 1) record_page_set_null(page, row, column);
  }
  row[0] = RECORD_NULL;
  row[1] = plain;
  page->row_count++;
}

#endif
