/*
** Plain records: read in one pass over their bytes, without json-c.
**
** A record is plain if it is one flat object in which every member is a string in valid UTF-8, an integer
** without sign of at most 18 digits, true, false or null, no field comes twice, and each documented field has
** its type. Only texts of documented fields may have escapes, and none that could be read in two ways: see
** json_unescape. That is what the service sends; whatever else comes, json-c decides on from its first byte.
** What is plain must be what json-c takes, with the same values: see the test of both.
*/
#ifndef SWR_PLAIN_RECORD_H
#define SWR_PLAIN_RECORD_H

#include <stddef.h>

#include "record/record_page.h"

/* What is known from the records before. */
struct plain_reader {
  /* The field behind each one, and the first field at the end. */
  unsigned char next[JOB_FIELD_COUNT + 1];
};

enum plain_status {
  PLAIN_TAKEN,
  PLAIN_NOT, /* or not whole, or not as documented */
  PLAIN_NO_MEMORY
};

void plain_reader_init(struct plain_reader *reader);

/*
** Appends the record that begins with the first of `bytes` to the page; *taken is its size. The page is as
** before unless PLAIN_TAKEN is returned.
*/
enum plain_status plain_record_take(struct plain_reader *reader, const char *bytes, size_t size,
                                    struct record_page *page, size_t *taken);

#endif
