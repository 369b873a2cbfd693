/*
** One list of records, read in ways that must agree: whole by json_record alone, in pieces by
** record_reader, and each record by json-c as a whole.
**
** It must not know how the list was made.
*/
#ifndef SWR_RECORD_WAYS_H
#define SWR_RECORD_WAYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/listing.h"
#include "record/record_splitter.h"

struct record_ways {
  const char *bytes;
  size_t size;
  const struct listing *listing;
  uint32_t wanted; /* see record_reader_init */
  size_t first;    /* bytes of the first piece; 0: as of the others */
  size_t step;     /* bytes of a piece, at least one */
};

/* Records that json-c was asked about. */
struct record_counts {
  size_t taken; /* and has read as we do */
  size_t wrong; /* and refuses as we do */
};

/* False where json-c, strict, refuses what is right JSON: it is then not asked to be. */
bool record_ways_strict(void);

/* The first call of a record_sink that takes no record at once. */
enum record_status record_ways_pass_by(void *context, const char *bytes, size_t size,
                                       size_t *taken);

/* Reads the list in all ways, checks that they agree, and counts. */
void record_ways_check(const struct record_ways *ways, struct record_counts *counts);

#endif
