/*
** Letters without regard to case: see ascii.h.
*/
#include "base/ascii.h"

#include <string.h>

bool ascii_starts(const char *text, size_t size, const char *word) {
  size_t at = 0;

  for (; word[at]; at++) {
    if (at == size || ascii_lower(text[at]) != ascii_lower(word[at])) return false;
  }
  return true;
}

bool ascii_is(const char *text, size_t size, const char *word) {
  return size == strlen(word) && ascii_starts(text, size, word);
}

size_t ascii_distance(const char *a, const char *b) {
  size_t row[ASCII_DISTANCE_MAX + 1]; /* from what was read of `a` to each beginning of `b` */
  size_t a_size = strlen(a);
  size_t b_size = strlen(b);

  if (a_size > ASCII_DISTANCE_MAX || b_size > ASCII_DISTANCE_MAX) return ASCII_DISTANCE_MAX;
  for (size_t j = 0; j <= b_size; j++) row[j] = j;
  for (size_t i = 1; i <= a_size; i++) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b_size; j++) {
      size_t changed = diagonal + (ascii_lower(a[i - 1]) != ascii_lower(b[j - 1]));
      diagonal = row[j];
      if (row[j - 1] < row[j]) row[j] = row[j - 1];
      row[j] = row[j] + 1 < changed ? row[j] + 1 : changed;
    }
  }
  return row[b_size];
}
