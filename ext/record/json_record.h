/*
** Sync jobs: the decoder of records, by json-c and, for the plain ones, without it.
**
** It must not know where its records come from.
*/
#ifndef SWR_JSON_RECORD_H
#define SWR_JSON_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "record/record_page.h"

enum job_status {
  JOB_DECODED,
  JOB_WRONG, /* the record is not as documented: the problem says how */
  JOB_NO_MEMORY
};

struct job_problem {
  char text[160]; /* such as `field createdAt is not a string` */
};

struct job_decoder;

/* NULL when out of memory. */
struct job_decoder *job_decoder_create(void);

void job_decoder_destroy(struct job_decoder *decoder);

/*
** Decodes one whole record and appends it to the page. Strict JSON in valid UTF-8; fields that are
** not documented are ignored, null and missing are NULL, a wrong type is JOB_WRONG, and so is a
** missing or non-integer id. The page is as before unless JOB_DECODED is returned.
*/
enum job_status job_decode(struct job_decoder *decoder, const char *record, size_t size,
                           struct record_page *page, struct job_problem *problem);

/*
** Decodes a plain record (see plain_record.h) that lies whole at the beginning of `bytes`, as job_decode would,
** at less than a tenth of the cost. *taken is its size, 0 if there is none. JOB_DECODED or JOB_NO_MEMORY.
*/
enum job_status job_decode_plain(struct job_decoder *decoder, const char *bytes, size_t size,
                                 struct record_page *page, size_t *taken);

#endif
