/*
** Well-formed UTF-8: see utf8.h.
*/
#include "base/utf8.h"

#include <stdint.h>
#include <string.h>

size_t utf8_character(const char *text, size_t size) {
  const unsigned char *byte = (const unsigned char *)text;
  size_t length = byte[0] < 0x80 ? 1 : byte[0] >= 0xf0 ? 4 : byte[0] >= 0xe0 ? 3 : 2;

  if (byte[0] >= 0x80 && (byte[0] < 0xc2 || byte[0] > 0xf4)) return 0;
  if (length > size) return 0;
  for (size_t i = 1; i < length; i++) {
    if ((byte[i] & 0xc0) != 0x80) return 0;
  }
  /* Over-long forms, surrogates, and what lies beyond U+10FFFF. */
  if (byte[0] == 0xe0 && byte[1] < 0xa0) return 0;
  if (byte[0] == 0xed && byte[1] > 0x9f) return 0;
  if (byte[0] == 0xf0 && byte[1] < 0x90) return 0;
  if (byte[0] == 0xf4 && byte[1] > 0x8f) return 0;
  return length;
}

bool utf8_valid(const char *text, size_t size) {
  const uint64_t upper_bits = UINT64_C(0x8080808080808080);
  size_t at = 0;

  while (at < size) {
    uint64_t bytes;
    size_t length;
    if (size - at >= sizeof bytes) {
      memcpy(&bytes, text + at, sizeof bytes);
      if (!(bytes & upper_bits)) {
        at += sizeof bytes;
        continue;
      }
    }
    length = (unsigned char)text[at] < 0x80 ? 1 : utf8_character(text + at, size - at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}
