/*
** Letters without regard to case, as protocols and tokens know them: ASCII and nothing else.
**
** The C library's own functions for this follow the locale of the host: in a Turkish one, `I` and
** `i` are two letters. `make lint` keeps them out of ext/.
*/
#ifndef SWR_ASCII_H
#define SWR_ASCII_H

#include <stdbool.h>
#include <stddef.h>

/* The small letter of a capital; any other byte as it is. */
static inline char ascii_lower(char c) {
  if (c >= 'A' && c <= 'Z') c = (char)(c | 0x20);
  return c;
}

/* The value of a hexadecimal digit; -1 for any other byte. */
static inline int ascii_hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = ascii_lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* True if `size` bytes are the word, in any case. */
bool ascii_is(const char *text, size_t size, const char *word);

#define ASCII_DISTANCE_MAX 64 /* bytes of a word that is measured */

/*
** How many letters have to be put in, taken out or changed to make one word of the other, in any
** case. Words of more than ASCII_DISTANCE_MAX bytes are that far from all others.
*/
size_t ascii_distance(const char *a, const char *b);

/* True if `size` bytes begin with the word, in any case. */
bool ascii_starts(const char *text, size_t size, const char *word);

#endif
