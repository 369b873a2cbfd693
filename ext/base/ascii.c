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
