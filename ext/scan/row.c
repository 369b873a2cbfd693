/*
** Two rows of decoded pages, compared: see row.h.
*/
#include "scan/row.h"

#include <string.h>

#include "base/hash.h"
#include "base/timestamp.h"

static bool same_text(const struct record_page *a_page, size_t a, const struct record_page *b_page,
                      size_t b, int column) {
  size_t a_size;
  size_t b_size;
  const char *a_text = record_page_text(a_page, a, column, &a_size);
  const char *b_text = record_page_text(b_page, b, column, &b_size);

  if (!a_text || !b_text) return a_text == b_text;
  return a_size == b_size && memcmp(a_text, b_text, a_size) == 0;
}

static bool same_number(const struct record_page *a_page, size_t a,
                        const struct record_page *b_page, size_t b, int column) {
  bool a_present;
  bool b_present;
  int64_t a_value = record_page_integer(a_page, a, column, &a_present);
  int64_t b_value = record_page_integer(b_page, b, column, &b_present);

  return a_present == b_present && a_value == b_value;
}

/* True if a column tells records apart, and the page has it. */
static bool tells(const struct record_page *page, int column) {
  unsigned flags = page->listing->columns[column].flags;

  if (!(page->held & UINT32_C(1) << column)) return false;
  return flags & (COLUMN_IDENTITY | COLUMN_DISTINCT) || column == page->time;
}

bool row_same(const struct record_page *a_page, size_t a, const struct record_page *b_page,
              size_t b) {
  const struct listing *listing = a_page->listing;

  if (record_page_id(a_page, a) != record_page_id(b_page, b)) return false;
  for (int i = 0; i < listing->column_count; i++) {
    enum column_kind kind = listing->columns[i].kind;
    if (!tells(a_page, i) || kind == COLUMN_BOOLEAN) continue;
    if (kind == COLUMN_INTEGER ? !same_number(a_page, a, b_page, b, i)
                               : !same_text(a_page, a, b_page, b, i)) {
      return false;
    }
  }
  return true;
}

uint64_t row_hash(const struct record_page *page, size_t row) {
  uint64_t hash = HASH_START;

  for (int i = 0; i < page->listing->column_count; i++) {
    enum column_kind kind = page->listing->columns[i].kind;
    size_t size;
    bool present;
    if (!tells(page, i) || kind == COLUMN_BOOLEAN) continue;
    if (kind == COLUMN_INTEGER) {
      int64_t value = record_page_integer(page, row, i, &present);
      hash = hash_bytes(hash, &value, sizeof value);
    } else {
      const char *text = record_page_text(page, row, i, &size);
      hash = hash_bytes(hash, text ? text : "", size + 1); /* texts end with a NUL */
    }
  }
  return hash;
}

uint64_t row_time_hash(const struct record_page *page, size_t row) {
  size_t size;
  const char *time = record_page_time(page, row, &size);

  return hash_bytes(HASH_START, time, size);
}

int row_compare(const struct order *order, enum nulls nulls, const struct record_page *a_page,
                size_t a, const struct record_page *b_page, size_t b) {
  size_t a_size;
  size_t b_size;
  const char *a_text = record_page_time(a_page, a, &a_size);
  const char *b_text = record_page_time(b_page, b, &b_size);
  bool descending = order && order->descending;
  int compared;

  if (!a_text || !b_text) {
    bool first = nulls == NULLS_FIRST || (nulls == NULLS_UNKNOWN && !descending);
    compared = (a_text != NULL) - (b_text != NULL);
    return first ? compared : -compared;
  }
  compared = timestamp_compare(a_text, a_size, b_text, b_size);
  return descending ? -compared : compared;
}

bool row_timeless(const struct record_page *page, size_t row) {
  size_t size;

  return page->time >= 0 && !record_page_time(page, row, &size);
}
