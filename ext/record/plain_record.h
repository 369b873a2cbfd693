/*
** Plain records: read in one pass over their bytes, without json-c.
**
** A record is plain if it is one object in which no column's member comes twice, each has its
** column's type, and every other member is a string in valid UTF-8, an integer without sign of at
** most 18 digits, true, false or null. Only texts of columns may have escapes, and none that could
** be read in two ways: see json_unescape. Columns of kind JSON hold any value. That is what the
** service sends; whatever else comes, json_record decides on from its first byte. What is plain
** must be what that one takes, with the same values: see the test of both.
*/
#ifndef SWR_PLAIN_RECORD_H
#define SWR_PLAIN_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/record_page.h"

#define PLAIN_KEY_MAX 54 /* of a member's name with quotation marks and colon */

/* What has to be known of a column's member, in one place; of members without a column the same. */
struct plain_column {
  uint32_t bit;           /* of the column */
  unsigned char index;    /* of the column */
  unsigned char word;     /* of a row, where the column begins */
  unsigned char kind;     /* what its values are */
  unsigned char slot;     /* of itself in the reader */
  unsigned char next;     /* slot of what came after it the last time; of the last one: the first */
  unsigned char key_size; /* 0 for a column that no record has */
  char key[PLAIN_KEY_MAX]; /* `"name":` */
};
_Static_assert(sizeof(struct plain_column) == 64, "found by a shift, once for each member");

/* What is known of the columns, and from the records before. */
struct plain_reader {
  uint32_t required; /* columns without which a record is wrong */
  int count;         /* of columns */
  struct plain_column columns[COLUMNS_MAX + 1];
};

/*
** For records of a listing. Of its columns that are large only those are kept that have a bit in
** `wanted`. False if a name is too long, so that no record is plain.
*/
bool plain_reader_init(struct plain_reader *reader, const struct listing *listing, uint32_t wanted);

/*
** Appends the record that begins with the first of `bytes` to the page, if it is plain and whole;
** *taken is its size, 0 if it is not. RECORD_OK or RECORD_NO_MEMORY. The page is as before unless a
** record was taken.
*/
enum record_status plain_record_take(struct plain_reader *reader, const char *bytes, size_t size,
                                     struct record_page *page, size_t *taken);

#endif
