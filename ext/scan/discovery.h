/*
** Discovery: the places that a query does not name are the records of another listing, which is
** read while they are asked.
**
** Each place that was there all the time is found once, whatever is created, removed or pushed to
** meanwhile: the listing is read by name, in pages that overlap (see roll.h), and once more where
** it has fewer records than it says. It must not know what is asked of the places, nor SQL.
*/
#ifndef SWR_DISCOVERY_H
#define SWR_DISCOVERY_H

#include <stdbool.h>

#include "base/status.h"
#include "scan/places.h"
#include "scan/statement.h"

/* Which of the places that are found are wanted. */
struct place_filter {
  bool (*accepts)(const void *context, const struct place *place);
  void (*release)(void *context); /* called once */
  void *context;
};

struct discovery;

/*
** Finds places by `listing`, whose own places are `lists`: one after the other, without any that
** two of them have. Their regions must have been reached. The filter becomes its own, also on
** failure; `accepts` may be NULL. It keeps a reference of the statement, with which other readers
** of the same lists share their pages. NULL when out of memory.
*/
struct discovery *discovery_open(struct statement *statement, const struct listing *listing,
                                 struct places *lists, const struct place_filter *filter);

/* NULL is fine. */
void discovery_close(struct discovery *discovery);

/* Those that were found so far, which grow by the calls below; the discovery's. */
struct places *discovery_places(const struct discovery *discovery);

/* Waits for more of them. False once there are no more. */
enum service_status discovery_more(struct discovery *discovery, bool *more);

/* Takes those that have come, and asks for further ones, while there is room. Never waits. */
enum service_status discovery_advance(struct discovery *discovery);

#endif
