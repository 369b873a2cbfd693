/*
** The rows of a list that is read whole: see row_set.h.
*/
#include "scan/row_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/hash.h"
#include "base/timestamp.h"

#define FIRST_SLOTS 64 /* a power of two */

void row_set_init(struct row_set *set, const struct listing *listing, const struct place *place) {
  memset(set, 0, sizeof *set);
  set->listing = listing;
  set->place = place;
}

void row_set_free(struct row_set *set) {
  for (size_t i = 0; i < set->page_count; i++) {
    record_page_free(set->pages[i]);
    free(set->pages[i]);
  }
  free(set->pages);
  free(set->rows);
  free(set->shown);
  free(set->slots);
  row_set_init(set, set->listing, set->place);
}

/* ---- identity ---- */

static bool is_identity(const struct listing *listing, int column) {
  return listing->columns[column].flags & COLUMN_IDENTITY;
}

static bool has_identity(const struct listing *listing) {
  for (int i = 0; i < listing->column_count; i++) {
    if (is_identity(listing, i)) return true;
  }
  return false;
}

/* The value of a column as bytes, whatever its kind. */
static const void *bytes_of(const struct record_page *page, size_t row, int column, int64_t *number,
                            size_t *size) {
  bool present;

  if (page->listing->columns[column].kind != COLUMN_INTEGER) {
    return record_page_text(page, row, column, size);
  }
  *number = record_page_integer(page, row, column, &present);
  *size = sizeof *number;
  return present ? number : NULL; /* NULL for NULL, as of a text */
}

static bool same_value(const struct record_page *a_page, size_t a, const struct record_page *b_page,
                       size_t b, int column) {
  int64_t a_number;
  int64_t b_number;
  size_t a_size;
  size_t b_size;
  const void *a_bytes = bytes_of(a_page, a, column, &a_number, &a_size);
  const void *b_bytes = bytes_of(b_page, b, column, &b_number, &b_size);

  if (!a_bytes || !b_bytes) return a_bytes == b_bytes;
  return a_size == b_size && memcmp(a_bytes, b_bytes, a_size) == 0;
}

static bool same_record(const struct record_page *a_page, size_t a,
                        const struct record_page *b_page, size_t b) {
  for (int i = 0; i < a_page->listing->column_count; i++) {
    if (is_identity(a_page->listing, i) && !same_value(a_page, a, b_page, b, i)) return false;
  }
  return true;
}

/* A hash of what identifies a record. */
static uint64_t hash_of(const struct record_page *page, size_t row) {
  uint64_t hash = HASH_START;

  for (int i = 0; i < page->listing->column_count; i++) {
    int64_t number;
    size_t size;
    const unsigned char *bytes;
    if (!is_identity(page->listing, i)) continue;
    bytes = bytes_of(page, row, i, &number, &size);
    if (bytes) hash = hash_bytes(hash, bytes, size);
    hash = hash_bytes(hash, "\xff", 1);
  }
  return hash ^ hash >> 32;
}

/* The slot of a record: the one that holds it, or the free one where it belongs. */
static size_t slot_of(const struct row_set *set, const struct record_page *page, size_t row) {
  size_t slot = (size_t)hash_of(page, row) & (set->slot_count - 1);

  for (;; slot = (slot + 1) & (set->slot_count - 1)) {
    const struct known_row *known;
    if (!set->slots[slot]) return slot;
    known = &set->rows[set->slots[slot] - 1];
    if (same_record(known->page, known->row, page, row)) return slot;
  }
}

/* The record, if it is known. */
static struct known_row *find(const struct row_set *set, const struct record_page *page,
                              size_t row) {
  uint32_t at;

  if (!set->slot_count || !has_identity(set->listing)) return NULL;
  at = set->slots[slot_of(set, page, row)];
  return at ? &set->rows[at - 1] : NULL;
}

/* Twice as many slots as rows, at least. */
static bool reserve_slots(struct row_set *set, size_t rows) {
  size_t count = set->slot_count ? set->slot_count : FIRST_SLOTS;
  uint32_t *before = set->slots;
  uint32_t *slots;

  while (count < rows * 2) count *= 2;
  if (count == set->slot_count) return true;
  slots = calloc(count, sizeof *slots);
  if (!slots) return false;
  set->slots = slots;
  set->slot_count = count;
  for (size_t i = 0; before && i < set->row_count; i++) {
    slots[slot_of(set, set->rows[i].page, set->rows[i].row)] = (uint32_t)i + 1;
  }
  free(before);
  return true;
}

/* ---- rows ---- */

/* True if a record says the name that was asked for, or that is none of its business. */
static bool says(const struct row_set *set, const struct record_page *page, size_t row,
                 enum place_key key, const char *name) {
  int column = listing_key_column(set->listing, key);
  const char *text;
  size_t size;

  if (!name[0] || set->listing->required & key || column < 0) return true;
  text = record_page_text(page, row, column, &size);
  return text && strlen(name) == size && memcmp(text, name, size) == 0;
}

static void add_row(struct row_set *set, const struct record_page *page, size_t row, bool chained,
                    size_t *news) {
  struct known_row *known = find(set, page, row);
  uint32_t index = (uint32_t)set->row_count;

  if (known) {
    known->chained = known->chained || chained;
    return;
  }
  if (has_identity(set->listing)) set->slots[slot_of(set, page, row)] = index + 1;
  /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): there is room, see reserve_rows. */
  set->rows[set->row_count++] = (struct known_row){page, (uint32_t)row, chained};
  ++*news;
  if (says(set, page, row, PLACE_NAMESPACE, set->place->name_space) &&
      says(set, page, row, PLACE_REPOSITORY, set->place->name)) {
    set->shown[set->shown_count++] = index;
  }
}

/* Room for so many more rows, at least one, all of them shown. */
static bool reserve_rows(struct row_set *set, size_t count) {
  struct known_row *rows =
      array_reserve(set->rows, &set->row_capacity, set->row_count + count, sizeof *rows);
  uint32_t *shown;

  if (!rows) return false;
  set->rows = rows;
  shown = array_reserve(set->shown, &set->shown_capacity, set->shown_count + count, sizeof *shown);
  if (!shown) return false;
  set->shown = shown;
  return reserve_slots(set, set->row_count + count);
}

static bool reserve_page(struct row_set *set) {
  struct record_page **pages = array_reserve(set->pages, &set->page_capacity, set->page_count + 1,
                                             sizeof(struct record_page *));

  if (!pages) return false;
  set->pages = pages;
  return true;
}

bool row_set_add(struct row_set *set, struct record_page *page, bool chained, size_t *news) {
  size_t count = page->row_count;
  struct record_page *kept;

  *news = 0;
  if (!count) return true;
  if (!reserve_page(set) || !reserve_rows(set, count)) return false;
  kept = malloc(sizeof *kept);
  if (!kept) return false;
  *kept = *page;
  record_page_init(page, set->listing);
  set->pages[set->page_count++] = kept;
  for (size_t row = 0; row < count; row++) add_row(set, kept, row, chained, news);
  return true;
}

bool row_set_borrow(struct row_set *set, const struct row_set *from) {
  size_t news = 0;

  if (!from->row_count) return true;
  if (!reserve_rows(set, from->row_count)) return false;
  for (size_t i = 0; i < from->shown_count; i++) {
    const struct known_row *row = &from->rows[from->shown[i]];
    add_row(set, row->page, row->row, true, &news);
  }
  return true;
}

bool row_set_covers(const struct row_set *set, const struct record_page *page, int column) {
  for (size_t row = column < 0 ? 0 : 1; row < page->row_count; row++) {
    const struct known_row *known = find(set, page, row);
    if (!known || !known->chained) continue;
    if (column < 0) return true;
    if (same_value(known->page, known->row, page, row, column) &&
        !same_value(page, 0, page, row, column)) {
      return true;
    }
  }
  return false;
}

size_t row_set_ties(const struct record_page *page, int column) {
  size_t count = page->row_count ? 1 : 0;

  while (column >= 0 && count && count < page->row_count &&
         same_value(page, page->row_count - 1 - count, page, page->row_count - 1, column)) {
    count++;
  }
  return count;
}

/* ---- order ---- */

/* As strcmp; no time comes first, as in SQLite. */
static int compare_times(const struct record_page *a_page, size_t a,
                         const struct record_page *b_page, size_t b) {
  size_t a_size;
  size_t b_size;
  const char *a_text = record_page_time(a_page, a, &a_size);
  const char *b_text = record_page_time(b_page, b, &b_size);

  if (!a_text || !b_text) return (a_text != NULL) - (b_text != NULL);
  return timestamp_compare(a_text, a_size, b_text, b_size);
}

bool row_set_sorted(const struct record_page *page, bool descending) {
  for (size_t row = 1; row < page->row_count; row++) {
    int order = compare_times(page, row - 1, page, row);
    if (descending ? order < 0 : order > 0) return false;
  }
  return true;
}

/* Merges two sorted runs, the left one first where times are the same. */
static void merge(const struct row_set *set, bool descending, const uint32_t *left,
                  size_t left_count, const uint32_t *right, size_t right_count, uint32_t *to) {
  while (left_count && right_count) {
    const struct known_row *a = &set->rows[*left];
    const struct known_row *b = &set->rows[*right];
    int order = compare_times(a->page, a->row, b->page, b->row);
    if (descending ? order >= 0 : order <= 0) {
      *to++ = *left++;
      left_count--;
    } else {
      *to++ = *right++;
      right_count--;
    }
  }
  memcpy(to, left, left_count * sizeof *to);
  memcpy(to + left_count, right, right_count * sizeof *to);
}

bool row_set_sort(struct row_set *set, size_t first, bool descending) {
  size_t count = set->shown_count - first;
  uint32_t *from = set->shown + first;
  uint32_t *spare;

  if (count < 2) return true;
  spare = malloc(count * sizeof *spare);
  if (!spare) return false;
  for (size_t run = 1; run < count; run *= 2) {
    for (size_t at = 0; at < count; at += 2 * run) {
      size_t left = count - at < run ? count - at : run;
      size_t right = count - at - left < run ? count - at - left : run;
      merge(set, descending, from + at, left, from + at + left, right, spare + at);
    }
    memcpy(from, spare, count * sizeof *from);
  }
  free(spare);
  return true;
}
