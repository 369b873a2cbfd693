/*
** Well-formed UTF-8: see utf8.h.
*/
#include "base/utf8.h"

#include <stdint.h>
#include <string.h>

/*
** Table 3-7 of the Unicode Standard: the first bytes up to `last`, and from where to where the
** second one may go. That leaves out over-long forms, surrogates, and what lies beyond U+10FFFF.
*/
static const struct {
  unsigned char last;
  unsigned char length; /* of the character; 0: none begins so */
  unsigned char second_from;
  unsigned char second_to;
} forms[] = {{0x7f, 1, 0, 0},       {0xc1, 0, 0, 0},       {0xdf, 2, 0x80, 0xbf},
             {0xe0, 3, 0xa0, 0xbf}, {0xec, 3, 0x80, 0xbf}, {0xed, 3, 0x80, 0x9f},
             {0xef, 3, 0x80, 0xbf}, {0xf0, 4, 0x90, 0xbf}, {0xf3, 4, 0x80, 0xbf},
             {0xf4, 4, 0x80, 0x8f}, {0xff, 0, 0, 0}};

size_t utf8_character(const char *text, size_t size) {
  const unsigned char *byte = (const unsigned char *)text;
  size_t form = 0;
  size_t length;

  while (byte[0] > forms[form].last) form++;
  length = forms[form].length;
  if (length > size) return 0;
  if (length > 1 && (byte[1] < forms[form].second_from || byte[1] > forms[form].second_to)) {
    return 0;
  }
  for (size_t i = 2; i < length; i++) {
    if ((byte[i] & 0xc0) != 0x80) return 0;
  }
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
