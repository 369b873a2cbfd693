/*
** A list of places, of any length: the ones that a query asks.
**
** A place takes some dozens of bytes here, since lists may have hundreds of thousands of them. It
** must not know where they come from, nor what is asked of them.
*/
#ifndef SWR_PLACES_H
#define SWR_PLACES_H

#include <stdbool.h>
#include <stddef.h>

#include "api/place.h"

struct places;

/* An empty list with one reference. NULL when out of memory. */
struct places *places_create(void);

/* One reference more; returns its argument. */
struct places *places_retain(struct places *places);

/* One reference less. NULL is fine. */
void places_release(struct places *places);

/* Adds a place at the end. False when out of memory; the list is as before then. */
bool places_add(struct places *places, const struct place *place);

/* Sorts the list as place_compare does, and takes out what is in it twice. */
void places_sort(struct places *places);

/*
** Sorts a list in which no place is twice by the names of repositories, and those of one name as
** places_sort does.
*/
void places_sort_by_name(struct places *places, bool descending);

size_t places_count(const struct places *places);

/* The place of an index, copied into *place. */
void places_get(const struct places *places, size_t index, struct place *place);

/*
** The region of a place, as long as the list lives. Where it is the one of the place before, so is
** the pointer.
*/
const char *places_region(const struct places *places, size_t index);

#endif
