/*
** Room in an array that grows.
**
** Nobody else may double a capacity. It must not know what the elements are, nor how many of them
** are used.
*/
#ifndef SWR_ARRAY_H
#define SWR_ARRAY_H

#include <stddef.h>

/*
** Makes sure that an array, of *capacity elements of `size` bytes each (NULL: of none), has room
** for `needed`: doubled until it has, so that adding one after the other moves each a few times
** only. Returns the array, which may have moved and is then the only one; to be freed by free().
** NULL when out of memory, or where so many bytes cannot be counted: the array is then as it was.
** `needed` is above 0.
*/
void *array_reserve(void *array, size_t *capacity, size_t needed, size_t size);

#endif
