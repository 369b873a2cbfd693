/*
** Records of every shape, and broken in every way, as a service might send them.
**
** It must not know how they are read.
*/
#ifndef SWR_RANDOM_RECORDS_H
#define SWR_RANDOM_RECORDS_H

#include <stddef.h>

/* What is written, as it grows; what does not fit is left out. */
struct random_text {
  char bytes[20000];
  size_t size;
};

void random_text_put(struct random_text *text, const char *other);

/*
** Makes a JSON array of a few records: half of these arrays hold just what the service sends, and half of all
** are then broken by some bytes.
*/
void random_array(struct random_text *text);

#endif
