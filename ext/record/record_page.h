/*
** Sync jobs: the fields of a record, and the rows of one decoded page.
**
** A page holds its rows in two blocks of memory, whatever their number, and a text that a row has in
** common with the row before it only once: most fields of a repository's jobs hardly ever change. It must
** not know where its records come from.
*/
#ifndef SWR_RECORD_PAGE_H
#define SWR_RECORD_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The fields of a record, in the order of the table's columns. */
enum job_field {
  JOB_CREATED_AT,
  JOB_DOMAIN_ID,
  JOB_DOMAIN_NAME,
  JOB_ID,
  JOB_NAMESPACE,
  JOB_OVERRIDE,
  JOB_REMOTE_NAMESPACE,
  JOB_REMOTE_REGION_ID,
  JOB_REPO_NAME,
  JOB_STATUS,
  JOB_SYNC_OPERATOR_ID,
  JOB_SYNC_OPERATOR_NAME,
  JOB_TAG,
  JOB_UPDATED_AT,
  JOB_FIELD_COUNT
};

#define JOB_NULL INT8_MIN        /* of an override */
#define JOB_TEXT_NULL UINT32_MAX /* of a text */

struct record_row {
  int64_t id;
  uint32_t texts[JOB_FIELD_COUNT]; /* places in the text; JOB_ID and JOB_OVERRIDE have none */
  int8_t override_flag;            /* 0, 1 or JOB_NULL */
  bool plain; /* no text holds what JSON writes with an escape: a NUL, a quotation mark, … */
};

struct record_page {
  struct record_row *rows;
  size_t row_count;
  size_t row_capacity;
  char *text; /* for each value its size, its bytes and a NUL */
  size_t text_size;
  size_t text_capacity;
};

/* The API's name of a field. */
const char *job_field_name(enum job_field field);

/* An empty page. Allocates nothing. */
void record_page_init(struct record_page *page);

/* Forgets the rows and keeps the memory. */
void record_page_clear(struct record_page *page);

void record_page_free(struct record_page *page);

/* Bytes of memory that the page holds. */
size_t record_page_footprint(const struct record_page *page);

/*
** A text field of a row: NULL for NULL; *size without the NUL. Valid until the page changes. Here, as it is
** asked for a dozen times a row, and costs less than its call.
*/
static inline const char *record_page_text(const struct record_page *page, size_t row,
                                           enum job_field field, size_t *size) {
  uint32_t start = page->rows[row].texts[field];
  uint32_t stored;

  *size = 0;
  if (start == JOB_TEXT_NULL) return NULL;
  memcpy(&stored, page->text + start, sizeof stored);
  *size = stored;
  return page->text + start + sizeof stored;
}

/* True if a row has its text of a field in common with the row before it. False says nothing. */
static inline bool record_page_repeats(const struct record_page *page, size_t row,
                                       enum job_field field) {
  return row > 0 && page->rows[row].texts[field] == page->rows[row - 1].texts[field];
}

/*
** Begins a row behind the others, all NULL, which counts once record_page_commit is called. NULL when out of
** memory. Valid until the next record_page_begin.
*/
struct record_row *record_page_begin(struct record_page *page);

/*
** Adds a text to the row that was begun. False when out of memory. What was added is taken back by
** setting text_size to what it was at record_page_begin.
*/
bool record_page_add(struct record_page *page, struct record_row *row, enum job_field field,
                     const char *text, size_t size);

/* The same for a text that the row before has not, as the caller knows. */
bool record_page_add_other(struct record_page *page, struct record_row *row, enum job_field field,
                           const char *text, size_t size);

/*
** The same for a text of at most `size` bytes that is written into the page itself: record_page_room returns the
** place for it, NULL when out of memory, and record_page_add_written adds the `size` bytes that stand there.
*/
char *record_page_room(struct record_page *page, size_t size);
void record_page_add_written(struct record_page *page, struct record_row *row, enum job_field field,
                             size_t size);

/* The row that was begun is there. */
void record_page_commit(struct record_page *page);

#endif
