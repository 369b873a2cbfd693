/*
** Records of every kind: strict in what is JSON (json_text.h), and decoded by json-c.
**
** What a record is made of is found here, so that nothing is made of members that nobody reads, and
** json-c sees a string or a number at a time: an object it would build with all that is inside, and
** versions of it crash where there is no memory for the name of a member. It must not know where
** its records come from.
*/
#ifndef SWR_JSON_RECORD_H
#define SWR_JSON_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "record/record_page.h"

struct json_reader {
  struct json_tokener *tokener; /* NULL until first needed */
  size_t room;                  /* bytes of a string that it can take without asking for memory */
  uint32_t decoded;             /* a bit for each column that is kept */
};

/*
** For pages of a listing. Of its columns that are large only those are kept that have a bit in
** `wanted`.
*/
void json_reader_init(struct json_reader *reader, const struct listing *listing, uint32_t wanted);

/* Gives the memory back; the reader stays usable. */
void json_reader_free(struct json_reader *reader);

/*
** Decodes one whole record, that is all of the bytes, and appends it to the page. Strict JSON in
** valid UTF-8; members without a column are ignored, null and missing are NULL, the last one counts
** where a name comes twice. Wrong are another type than the column's, an integer that is not above
** -2^63 and below 2^63 - 1, and NULL in a column that is not null. RECORD_OK, RECORD_WRONG or
** RECORD_NO_MEMORY; the page is as before unless it is RECORD_OK.
*/
enum record_status json_record_take(struct json_reader *reader, const char *record, size_t size,
                                    struct record_page *page, struct record_problem *problem);

#endif
