/*
** What a reader of a list that is not sorted was given: see given.h.
*/
#include "scan/given.h"

#include <stdlib.h>
#include <string.h>

#include "scan/row.h"

#define FIRST_SLOTS 256 /* a power of two */

/* Puts a hash in a table that has room. False if it is there. */
static bool put(uint64_t *slots, size_t capacity, uint64_t hash) {
  size_t at = (size_t)hash & (capacity - 1);

  while (slots[at] && slots[at] != hash) at = (at + 1) & (capacity - 1);
  if (slots[at]) return false;
  slots[at] = hash;
  return true;
}

static bool grow(struct given *given) {
  size_t capacity = given->capacity ? given->capacity * 2 : FIRST_SLOTS;
  uint64_t *slots;

  if (given->count < given->capacity / 2) return true;
  slots = calloc(capacity, sizeof *slots);
  if (!slots) return false;
  for (size_t i = 0; i < given->capacity; i++) {
    if (given->slots[i]) put(slots, capacity, given->slots[i]);
  }
  free(given->slots);
  given->slots = slots;
  given->capacity = capacity;
  return true;
}

bool given_note(struct given *given, const struct page_run *run, bool *again, size_t *index) {
  *again = false;
  for (int64_t position = run->start; position < run->end; position++) {
    size_t row = page_run_index(run, position);
    uint64_t hash;
    if (position < given->end) continue;
    if (!grow(given)) return false;
    hash = row_hash(run->page, row);
    if (put(given->slots, given->capacity, hash ? hash : 1)) {
      given->count++;
    } else {
      *again = true;
      *index = row;
    }
    given->end = position + 1;
  }
  return true;
}

void given_free(struct given *given) {
  free(given->slots);
  memset(given, 0, sizeof *given);
}
