/*
** Sync jobs, the rows of one decoded page: see record_page.h.
*/
#include "record/record_page.h"

#include <stdlib.h>

/* Both double as the page grows and are not trimmed then: blocks of a few sizes, which fit again. */
#define FIRST_ROWS 16
#define FIRST_TEXT 4096

static const char *const field_names[JOB_FIELD_COUNT] = {
    "createdAt", "domainID", "domainName",      "id",
    "namespace", "override", "remoteNamespace", "remoteRegionId",
    "repoName",  "status",   "syncOperatorId",  "syncOperatorName",
    "tag",       "updatedAt"};

const char *job_field_name(enum job_field field) { return field_names[field]; }

void record_page_init(struct record_page *page) { memset(page, 0, sizeof *page); }

void record_page_clear(struct record_page *page) {
  page->row_count = 0;
  page->text_size = 0;
}

void record_page_free(struct record_page *page) {
  free(page->rows);
  free(page->text);
  record_page_init(page);
}

size_t record_page_footprint(const struct record_page *page) {
  return page->row_capacity * sizeof *page->rows + page->text_capacity;
}

struct record_row *record_page_begin(struct record_page *page) {
  struct record_row *row;

  if (page->row_count == page->row_capacity) {
    size_t capacity = page->row_capacity ? page->row_capacity * 2 : FIRST_ROWS;
    struct record_row *rows = realloc(page->rows, capacity * sizeof *rows);
    if (!rows) return NULL;
    page->rows = rows;
    page->row_capacity = capacity;
  }
  row = &page->rows[page->row_count];
  row->id = 0;
  for (int field = 0; field < JOB_FIELD_COUNT; field++) row->texts[field] = JOB_TEXT_NULL;
  row->override_flag = JOB_NULL;
  row->plain = false;
  return row;
}

void record_page_commit(struct record_page *page) { page->row_count++; }

/* Makes room for `size` more bytes of text. */
static bool reserve_text(struct record_page *page, size_t size) {
  size_t capacity = page->text_capacity ? page->text_capacity : FIRST_TEXT;
  char *text;

  if (page->text_capacity - page->text_size >= size) return true;
  while (capacity - page->text_size < size) capacity *= 2;
  if (capacity >= JOB_TEXT_NULL) return false; /* far above the cap of a response */
  text = realloc(page->text, capacity);
  if (!text) return false;
  page->text = text;
  page->text_capacity = capacity;
  return true;
}

/* Whether the row before has this text in the field as well; if so, its place to *start. */
static bool repeated(const struct record_page *page, enum job_field field, const char *text,
                     size_t size, uint32_t *start) {
  const char *before;
  size_t before_size;

  if (page->row_count == 0) return false;
  before = record_page_text(page, page->row_count - 1, field, &before_size);
  if (!before || before_size != size || memcmp(before, text, size) != 0) return false;
  *start = page->rows[page->row_count - 1].texts[field];
  return true;
}

char *record_page_room(struct record_page *page, size_t size) {
  const size_t prefix = sizeof(uint32_t);

  return reserve_text(page, prefix + size + 1) ? page->text + page->text_size + prefix : NULL;
}

/* Keeps the text that stands in the room. */
static void keep_written(struct record_page *page, struct record_row *row, enum job_field field,
                         size_t size) {
  uint32_t stored = (uint32_t)size;

  row->texts[field] = (uint32_t)page->text_size;
  memcpy(page->text + page->text_size, &stored, sizeof stored);
  page->text_size += sizeof stored + size + 1;
  page->text[page->text_size - 1] = '\0';
}

void record_page_add_written(struct record_page *page, struct record_row *row, enum job_field field,
                             size_t size) {
  const char *text = page->text + page->text_size + sizeof(uint32_t);

  if (!repeated(page, field, text, size, &row->texts[field])) keep_written(page, row, field, size);
}

bool record_page_add(struct record_page *page, struct record_row *row, enum job_field field,
                     const char *text, size_t size) {
  return repeated(page, field, text, size, &row->texts[field]) ||
         record_page_add_other(page, row, field, text, size);
}

bool record_page_add_other(struct record_page *page, struct record_row *row, enum job_field field,
                           const char *text, size_t size) {
  char *room = record_page_room(page, size);

  if (!room) return false;
  memcpy(room, text, size);
  keep_written(page, row, field, size);
  return true;
}
