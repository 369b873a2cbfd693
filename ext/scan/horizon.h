/*
** The horizon of a list that grows faster than it is read: its newest record when that was noticed.
**
** A reader that follows such a list may end past it: whatever comes there is newer than all that
** there was when it began. It must not know how pages follow each other.
*/
#ifndef SWR_HORIZON_H
#define SWR_HORIZON_H

#include <stdbool.h>
#include <stdint.h>

#include "scan/fetch.h"

struct horizon {
  int64_t far; /* so many rows are a sign that the list grows faster than it is read; 0: ask */
  struct page_hold *newest; /* NULL: not asked for yet */
};

/* Lets go of the record. */
void horizon_free(struct horizon *horizon);

/*
** *past: the row in front of a position is past the horizon. Asks for that where so many rows were
** read already. `rows`: of a page.
*/
enum service_status horizon_look(struct horizon *horizon, struct fetch *fetch, int64_t position,
                                 int64_t rows, bool *past);

#endif
