/*
** The rows of one decoded page: see record_page.h.
*/
#include "record/record_page.h"

#include <stdlib.h>

#include "base/always.h"
#include "base/array.h"
#include "base/memory_bounds.h"

/*
** Both are made as large as all the rows will take, once that can be told: pages of one list are
** blocks of nearly one size then, of which none is left unused, and the next one fits where one
** was.
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

static size_t row_bytes(const struct record_page *page) {
  return page->stride * sizeof *page->rows;
}

void spare_pages_free(struct spare_pages *spares) {
  while (spares->count) {
    struct spare_page *spare = &spares->pages[--spares->count];
    free(spare->rows);
    free(spare->text);
  }
  while (spares->body_count) buffer_free(&spares->bodies[--spares->body_count]);
}

enum buffer_status spare_body_take(struct spare_pages *spares, struct buffer *body, size_t size) {
  size_t limit = body->limit;

  if (!body->bytes && spares && spares->body_count) {
    *body = spares->bodies[--spares->body_count];
    body->limit = limit;
  }
  return buffer_reserve(body, size);
}

void spare_body_put(struct spare_pages *spares, struct buffer *body) {
  if (spares && body->bytes && spares->body_count < SPARE_BODIES_MAX) {
    buffer_clear(body);
    spares->bodies[spares->body_count++] = *body;
    buffer_init(body, body->limit);
  }
  buffer_free(body);
}

/* Keeps the memory of a page for another one. False if there is no place, or nothing to keep. */
static bool put_by(const struct record_page *page) {
  struct spare_pages *spares = page->spares;

  if (!spares || spares->count == SPARE_PAGES_MAX || !page->rows || !page->text) return false;
  spares->pages[spares->count++] = (struct spare_page){
      page->rows, page->row_capacity * row_bytes(page), page->text, page->text_capacity};
  return true;
}

/* Takes memory that was kept, where it has room for the rows and is not far too large. */
static bool take_spare(struct record_page *page) {
  size_t needed = page->expected * row_bytes(page);

  for (size_t i = page->spares ? page->spares->count : 0; i-- > 0;) {
    struct spare_page spare = page->spares->pages[i];
    if (spare.rows_size < needed || spare.rows_size > 2 * needed) continue;
    page->spares->pages[i] = page->spares->pages[--page->spares->count];
    page->rows = spare.rows;
    page->row_capacity = spare.rows_size / row_bytes(page);
    page->text = spare.text;
    page->text_capacity = spare.text_size;
    return true;
  }
  return false;
}

void record_page_free(struct record_page *page) {
  if (!put_by(page)) {
    free(page->rows);
    free(page->text);
  }
  page->rows = NULL;
  page->row_capacity = 0;
  page->text = NULL;
  page->text_capacity = 0;
  record_page_clear(page);
}

size_t record_page_footprint(const struct record_page *page) {
  return page->row_capacity * row_bytes(page) + page->text_capacity;
}

/* Makes an array just so large. NULL when out of memory: it is then as it was. */
static void *resize(void *array, size_t *capacity, size_t wanted, size_t size) {
  void *resized = realloc(array, wanted * size);

  if (resized) *capacity = wanted;
  return resized;
}

/* Makes room for one more row. */
static bool reserve_row(struct record_page *page) {
  size_t needed = page->row_count ? page->row_count + 1 : FIRST_ROWS;
  bool known = page->expected > page->row_count;
  uint32_t *rows;

  if (page->row_count < page->row_capacity || (!page->rows && take_spare(page))) return true;
  rows = known ? resize(page->rows, &page->row_capacity, page->expected, row_bytes(page))
               : array_reserve(page->rows, &page->row_capacity, needed, row_bytes(page));
  if (rows) page->rows = rows;
  return rows != NULL;
}

uint32_t *record_page_begin(struct record_page *page) {
  if (!reserve_row(page)) return NULL;
  return page->rows + page->row_count * page->stride;
}

void record_page_remove(struct record_page *page, size_t row) {
  page->row_count--;
  memmove(page->rows + row * page->stride, page->rows + (row + 1) * page->stride,
          (page->row_count - row) * row_bytes(page));
}

/* The next of a few sizes, each at most an eighth more than the one before. */
static size_t round_up(size_t size) {
  size_t step = 512;

  while (step * 16 <= size) step *= 2;
  return (size + step - 1) / step * step;
}

/* Where a text begins to grow: many lists may have a page of a few rows each. */
static size_t first_text(const struct record_page *page) {
  size_t few = FIRST_TEXT / 8 + page->expected * (FIRST_TEXT / 64);

  return page->expected && few < FIRST_TEXT ? few : FIRST_TEXT;
}

/* How much text all rows will have, by those so far and the one that begins; 0: nobody knows. */
static size_t guess_text(const struct record_page *page, size_t needed) {
  size_t rows = page->row_count + 1;
  size_t least = page->text_capacity + page->text_capacity / 8;
  size_t guess;

  if (!page->text_capacity || page->expected < rows) return 0;
  guess = needed / rows * page->expected;
  if (guess > GUESSED_TEXT_MAX) guess = GUESSED_TEXT_MAX;
  if (guess < least) guess = least;
  return round_up(guess > needed ? guess : needed);
}

/* Makes room for `size` more bytes of text. */
static bool reserve_text(struct record_page *page, size_t size) {
  size_t needed = page->text_size + size;
  size_t guess;
  char *text;

  if (page->text_capacity - page->text_size >= size) return true;
  if (NEVER(size >= RECORD_NULL - page->text_size))
    return false; /* far above the cap of a response */
  guess = guess_text(page, needed);
  if (needed < first_text(page)) needed = first_text(page);
  text = guess ? resize(page->text, &page->text_capacity, guess, 1)
               : array_reserve(page->text, &page->text_capacity, needed, 1);
  if (text) page->text = text;
  return text != NULL;
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
