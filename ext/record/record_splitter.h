/*
** Cuts the records out of a JSON array while its bytes arrive.
**
** It knows strings, escapes and depth, and nothing more: whether a record is right JSON is for the
** decoder, which gets it whole (json-c rejects valid UTF-8 that is split between two calls). The
** buffer holds the one record that is not complete yet.
*/
#ifndef SWR_RECORD_SPLITTER_H
#define SWR_RECORD_SPLITTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

#define RECORD_SIZE_MAX ((size_t)1 << 20) /* bytes; a real record has some 420 */

enum splitter_status {
  SPLITTER_OK,
  SPLITTER_NOT_AN_ARRAY, /* the bytes are not an array of objects */
  SPLITTER_TOO_LARGE,    /* a record is larger than RECORD_SIZE_MAX */
  SPLITTER_REFUSED,      /* the sink returned false */
  SPLITTER_NO_MEMORY
};

/* What takes the records; the bytes are valid during the call only. False ends it. */
struct record_sink {
  /*
  ** A record begins with the first of `bytes`, whole or not: takes it if it is one whose end is easily told.
  ** *taken is its size then, else 0.
  */
  bool (*plain)(void *context, const char *bytes, size_t size, size_t *taken);
  /* One whole record, braces included, that `plain` did not take. */
  bool (*other)(void *context, const char *record, size_t size);
  void *context;
};

struct record_splitter {
  int state;
  int depth;
  bool in_string;
  bool escaped;
  struct buffer partial;
};

void record_splitter_init(struct record_splitter *splitter);

/* Takes the next bytes and hands over each record that they complete. */
enum splitter_status record_splitter_feed(struct record_splitter *splitter, const char *bytes,
                                          size_t size, const struct record_sink *sink);

/* True once the array is closed: anything less is a body cut short. */
bool record_splitter_finished(const struct record_splitter *splitter);

/* Ready for another array; gives the buffer back. */
void record_splitter_reset(struct record_splitter *splitter);

#endif
