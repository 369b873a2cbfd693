/*
** What a reader of a list that is not sorted was given: such a list may bring a row again anywhere,
** and only the rows themselves show it.
**
** It must not know where rows come from.
*/
#ifndef SWR_GIVEN_H
#define SWR_GIVEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scan/trail.h"

struct given {
  uint64_t *slots; /* hashes of rows, see row_hash; 0: none */
  size_t capacity; /* a power of two, or 0 */
  size_t count;
  int64_t end; /* rows before this position were noted */
};

/*
** Notes the rows of a run that were not noted yet. *again: one of them stood elsewhere, too; *index
** is its index in the page. False when out of memory.
*/
bool given_note(struct given *given, const struct page_run *run, bool *again, size_t *index);

void given_free(struct given *given);

#endif
