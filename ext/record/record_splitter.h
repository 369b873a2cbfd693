/*
** Cuts the records out of a JSON array while its bytes arrive, also one that is a member of an
** object.
**
** It knows strings, escapes and depth, and nothing more: whether a record is right JSON is for
** those who get it whole. A buffer holds the one record that is not complete yet, another one what
** stands around the array.
*/
#ifndef SWR_RECORD_SPLITTER_H
#define SWR_RECORD_SPLITTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "record/record_page.h"

/* What takes the records; the bytes are valid during the call only. All but RECORD_OK ends it. */
struct record_sink {
  /*
  ** A record begins with the first of `bytes`, whole or not: takes it if it is one whose end is
  ** easily told. *taken is its size then, else 0.
  */
  enum record_status (*plain)(void *context, const char *bytes, size_t size, size_t *taken);
  /* One whole record, braces included, that `plain` did not take. */
  enum record_status (*other)(void *context, const char *record, size_t size);
  void *context;
};

struct record_splitter {
  const char *envelope; /* the member that is the array; NULL: the text is the array */
  int state;
  int depth;
  bool in_string;
  bool escaped;
  bool single; /* there is no array: the text is the record */
  bool found;  /* the array began */
  struct buffer partial;
  struct buffer around; /* the object with an empty array in it */
};

/* The name of `envelope` needs no escapes, and must outlive the splitter. */
void record_splitter_init(struct record_splitter *splitter, const char *envelope);

/* After init: the text is not a list, but one record. */
void record_splitter_single(struct record_splitter *splitter);

/*
** Takes the next bytes and hands over each record that they complete. RECORD_OK, RECORD_NOT_A_LIST,
** RECORD_TOO_LARGE, RECORD_NO_MEMORY, or what the sink returned.
*/
enum record_status record_splitter_feed(struct record_splitter *splitter, const char *bytes,
                                        size_t size, const struct record_sink *sink);

/* True once the list is closed: anything less is a body cut short. */
bool record_splitter_finished(const struct record_splitter *splitter);

/* Ready for another list; gives the buffers back. */
void record_splitter_reset(struct record_splitter *splitter);

#endif
