/*
** Which of the places that are found a query wants: the terms of a plan on names, with copies of
** their values, since places are found after xFilter has returned.
**
** It chooses as SQLite does when it checks the terms again, or lets more through; so that what a
** query does not want is not asked for. It must not know how places are found.
*/
#ifndef SWR_FOUND_PLACES_H
#define SWR_FOUND_PLACES_H

#include <stdbool.h>
#include <stddef.h>

#include "api/listing.h"
#include "api/place.h"
#include "vtab/plan.h"

struct found_places;

/* Accepts every place. NULL when out of memory. */
struct found_places *found_places_create(void);

/* NULL is fine. As struct place_filter has it. */
void found_places_free(void *found);

/*
** From now on, a name must be one of those that are added next by found_places_add, sorted as
** strcmp does. False when out of memory.
*/
bool found_places_begin_names(struct found_places *found, enum place_key key);
bool found_places_add(struct found_places *found, const char *text, size_t size);

/*
** Or it may read as one of these numbers, which are sorted, and copied. After
** found_places_begin_names, once. False when out of memory.
*/
bool found_places_add_numbers(struct found_places *found, const double *numbers, size_t count);

/* From now on, a name must match a pattern of PLAN_LIKE or PLAN_GLOB. False when out of memory. */
bool found_places_match(struct found_places *found, enum place_key key, enum plan_operator op,
                        const char *pattern);

/* Whether a place is wanted. As struct place_filter has it. */
bool found_places_accept(const void *found, const struct place *place);

#endif
