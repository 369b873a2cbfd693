/*
** Reads the records of one answer while its bytes arrive: the listing says what they hold.
**
** It owns what that takes: the splitter, which finds records, the plain reader, which takes most of
** them, and json-c for the others. It must not know where the bytes come from, nor what the records
** mean.
*/
#ifndef SWR_RECORD_READER_H
#define SWR_RECORD_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/json_record.h"
#include "record/plain_record.h"
#include "record/record_page.h"
#include "record/record_splitter.h"

#define EVERY_COLUMN UINT32_MAX

/* All of it private. */
struct record_reader {
  struct record_splitter splitter;
  struct plain_reader plain;
  struct json_reader json;
  bool has_plain; /* records can be plain */
};

/*
** For one answer with records of the listing, which must outlive the reader. Of the columns that
** are large only those are kept that have a bit in `wanted`; the others are NULL. Allocates
** nothing.
*/
void record_reader_init(struct record_reader *reader, const struct listing *listing,
                        uint32_t wanted);

/* Ready for another answer; gives memory back. */
void record_reader_reset(struct record_reader *reader);

/*
** Takes the next bytes and appends the records that they complete to the page, which is of the same
** listing. All but RECORD_OK is final; rows before the record in question are in the page then.
*/
enum record_status record_reader_feed(struct record_reader *reader, const char *bytes, size_t size,
                                      struct record_page *page, struct record_problem *problem);

/* True once the list is closed: anything less is an answer cut short. */
bool record_reader_finished(const struct record_reader *reader);

#endif
