/*
** Records of every shape, and broken in every way, as a service might send them.
**
** It must not know how they are read.
*/
#ifndef SWR_RANDOM_RECORDS_H
#define SWR_RANDOM_RECORDS_H

#include <stddef.h>

#include "api/listing.h"

/* What is written, as it grows; what does not fit is left out. */
struct random_text {
  char bytes[20000];
  size_t size;
};

void random_text_put(struct random_text *text, const char *other);

/*
** Makes a list of a few records, in the listing's envelope if it has one: half of these hold just
** what the service sends, and half of all are then broken by some bytes.
*/
void random_list(struct random_text *text, const struct listing *listing);

/* A listing with columns of all kinds, some of which have names of which others are a part. */
struct random_listing {
  struct listing listing;
  struct column columns[COLUMNS_MAX];
};

/* The listing must not be moved. */
void random_listing(struct random_listing *random);

#endif
