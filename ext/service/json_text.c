/*
** The text of JSON strings: see json_text.h.
*/
#include "service/json_text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define EACH_BYTE UINT64_C(0x0101010101010101)

/*
** Of eight bytes, the upper bit of each one that is 0; above such a one, perhaps of others too. Other bits mean
** nothing.
*/
static uint64_t zeros(uint64_t bytes) { return (bytes - EACH_BYTE) & ~bytes; }

/* Of eight bytes, the upper bit of each one that is not plain; above such a one, perhaps of others too. */
static uint64_t not_plain(uint64_t bytes) {
  uint64_t controls = (bytes - EACH_BYTE * 0x20) & ~bytes;

  return (bytes | controls | zeros(bytes ^ EACH_BYTE * '"') | zeros(bytes ^ EACH_BYTE * '\\')) &
         EACH_BYTE * 0x80;
}

static bool is_plain(char c) {
  unsigned char byte = (unsigned char)c;

  return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

size_t json_plain_run(const char *text, size_t size) {
  size_t run = 0;
  uint64_t bytes;

  for (; size - run >= sizeof bytes; run += sizeof bytes) {
    uint64_t others;
    memcpy(&bytes, text + run, sizeof bytes);
    others = not_plain(bytes);
    if (!others) continue;
#if defined(__GNUC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return run + (size_t)__builtin_ctzll(others) / 8;
#else
    break;
#endif
  }
  while (run < size && is_plain(text[run])) run++;
  return run;
}
