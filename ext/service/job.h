/*
** Sync jobs: the fields of a record, and the rows of one decoded page.
**
** A page holds its rows in two blocks of memory, whatever their number. It must not know where its
** records come from.
*/
#ifndef SWR_JOB_H
#define SWR_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

#define JOB_NULL INT8_MIN /* of an override */

struct job_text {
  uint32_t start; /* in the page's text; JOB_TEXT_NULL for NULL */
  uint32_t size;  /* bytes, without the NUL that follows them */
};

#define JOB_TEXT_NULL UINT32_MAX

struct job_row {
  int64_t id;
  int8_t override_flag;                   /* 0, 1 or JOB_NULL */
  struct job_text texts[JOB_FIELD_COUNT]; /* those of JOB_ID and JOB_OVERRIDE are not used */
};

struct job_page {
  struct job_row *rows;
  size_t row_count;
  size_t row_capacity;
  char *text; /* the values, each with a NUL behind it */
  size_t text_size;
  size_t text_capacity;
};

enum job_status {
  JOB_DECODED,
  JOB_WRONG, /* the record is not as documented: the problem says how */
  JOB_NO_MEMORY
};

struct job_problem {
  char text[160]; /* such as `field createdAt is not a string` */
};

struct job_decoder;

/* The API's name of a field. */
const char *job_field_name(enum job_field field);

/* An empty page. Allocates nothing. */
void job_page_init(struct job_page *page);

/* Forgets the rows and keeps the memory. */
void job_page_clear(struct job_page *page);

void job_page_free(struct job_page *page);

/* Bytes of memory that the page holds. */
size_t job_page_footprint(const struct job_page *page);

/* A text field of a row: NULL for NULL; *size without the NUL. Valid until the page changes. */
const char *job_page_text(const struct job_page *page, size_t row, enum job_field field,
                          size_t *size);

/* NULL when out of memory. */
struct job_decoder *job_decoder_create(void);

void job_decoder_destroy(struct job_decoder *decoder);

/*
** Decodes one whole record and appends it to the page. Strict JSON in valid UTF-8; fields that are
** not documented are ignored, null and missing are NULL, a wrong type is JOB_WRONG, and so is a
** missing or non-integer id. The page is as before unless JOB_DECODED is returned.
*/
enum job_status job_decode(struct job_decoder *decoder, const char *record, size_t size,
                           struct job_page *page, struct job_problem *problem);

#endif
