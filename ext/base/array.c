/*
** Room in an array that grows: see array.h.
*/
#include "base/array.h"

#include <stdint.h>
#include <stdlib.h>

#define FEW 4 /* elements, where memory has room for so many */

void *array_reserve(void *array, size_t *capacity, size_t needed, size_t size) {
  size_t most = SIZE_MAX / size;
  size_t wanted = *capacity ? *capacity : FEW;
  void *larger;

  if (needed <= *capacity) return array;
  if (needed > most) return NULL;
  while (wanted < needed && wanted <= most / 2) wanted *= 2;
  if (wanted < needed || wanted > most) wanted = needed;
  larger = realloc(array, wanted * size);
  if (larger) *capacity = wanted;
  return larger;
}
