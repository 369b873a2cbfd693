/*
** The rows of one decoded page: see record_page.h.
*/
#include "record/record_page.h"

#include <stdlib.h>

#include "base/array.h"

/*
** Both double as the page grows and are not trimmed then: blocks of a few sizes, which fit again.
*/
#define FIRST_ROWS 16
#define FIRST_TEXT 4096

#define OWN_WORDS 2 /* of a row, before those of its columns */

void record_page_init(struct record_page *page, const struct listing *listing) {
  memset(page, 0, sizeof *page);
  page->listing = listing;
  page->identity = (int16_t)listing_identity(listing);
  page->time = (int16_t)listing_time_column(listing);
  page->stride = OWN_WORDS;
  for (int i = 0; i < listing->column_count; i++) {
    const struct column *column = &listing->columns[i];
    if (column->flags & COLUMN_HIDDEN) continue;
    page->held |= UINT32_C(1) << i;
    page->offsets[i] = page->stride;
    page->stride = (uint8_t)(page->stride + (record_page_wide(column) ? 2 : 1));
  }
}

void record_page_clear(struct record_page *page) {
  page->row_count = 0;
  page->text_size = 0;
}

void record_page_free(struct record_page *page) {
  free(page->rows);
  free(page->text);
  page->rows = NULL;
  page->row_capacity = 0;
  page->text = NULL;
  page->text_capacity = 0;
  record_page_clear(page);
}

static size_t row_bytes(const struct record_page *page) {
  return page->stride * sizeof *page->rows;
}

size_t record_page_footprint(const struct record_page *page) {
  return page->row_capacity * row_bytes(page) + page->text_capacity;
}

uint32_t *record_page_begin(struct record_page *page) {
  if (page->row_count == page->row_capacity) {
    size_t needed = page->row_count ? page->row_count + 1 : FIRST_ROWS;
    uint32_t *rows = array_reserve(page->rows, &page->row_capacity, needed, row_bytes(page));
    if (!rows) return NULL;
    page->rows = rows;
  }
  return page->rows + page->row_count * page->stride;
}

void record_page_remove(struct record_page *page, size_t row) {
  page->row_count--;
  memmove(page->rows + row * page->stride, page->rows + (row + 1) * page->stride,
          (page->row_count - row) * row_bytes(page));
}

/* Makes room for `size` more bytes of text. */
static bool reserve_text(struct record_page *page, size_t size) {
  size_t needed = page->text_size + size;
  char *text;

  if (page->text_capacity - page->text_size >= size) return true;
  if (size >= RECORD_NULL - page->text_size) return false; /* far above the cap of a response */
  if (needed < FIRST_TEXT) needed = FIRST_TEXT;
  text = array_reserve(page->text, &page->text_capacity, needed, 1);
  if (!text) return false;
  page->text = text;
  return true;
}

/* Whether the row before has this text in the column as well; if so, its place to the row. */
static bool repeated(const struct record_page *page, uint32_t *row, int column, const char *text,
                     size_t size) {
  size_t word = page->offsets[column];
  uint32_t start;
  const char *before;
  size_t before_size;

  if (page->row_count == 0) return false;
  start = (row - page->stride)[word];
  if (start == RECORD_NULL) return false;
  before = record_page_stored(page, start, &before_size);
  if (before_size != size || memcmp(before, text, size) != 0) return false;
  row[word] = start;
  return true;
}

char *record_page_room(struct record_page *page, size_t size) {
  const size_t prefix = sizeof(uint32_t);

  return reserve_text(page, prefix + size + 1) ? page->text + page->text_size + prefix : NULL;
}

/* Keeps the text that stands in the room. */
static void keep_written(struct record_page *page, uint32_t *row, int column, size_t size) {
  uint32_t stored = (uint32_t)size;

  row[page->offsets[column]] = (uint32_t)page->text_size;
  memcpy(page->text + page->text_size, &stored, sizeof stored);
  page->text_size += sizeof stored + size + 1;
  page->text[page->text_size - 1] = '\0';
}

void record_page_add_written(struct record_page *page, uint32_t *row, int column, size_t size) {
  const char *text = page->text + page->text_size + sizeof(uint32_t);

  if (!repeated(page, row, column, text, size)) keep_written(page, row, column, size);
}

bool record_page_add(struct record_page *page, uint32_t *row, int column, const char *text,
                     size_t size) {
  return repeated(page, row, column, text, size) ||
         record_page_add_other(page, row, column, text, size);
}

bool record_page_add_other(struct record_page *page, uint32_t *row, int column, const char *text,
                           size_t size) {
  char *room = record_page_room(page, size);

  if (!room) return false;
  memcpy(room, text, size);
  keep_written(page, row, column, size);
  return true;
}
