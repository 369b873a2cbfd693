/*
** The text of JSON strings: see json_text.h.
*/
#include "record/json_text.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

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

/* Four hexadecimal digits as a number; -1 if they are not there. */
static int32_t read_hex(const char *at, const char *end) {
  int32_t number = 0;

  if (end - at < 4) return -1;
  for (int i = 0; i < 4; i++) {
    char c = at[i];
    if (c >= '0' && c <= '9') {
      number = number * 16 + (c - '0');
    } else if (c >= 'a' && c <= 'f') {
      number = number * 16 + (c - 'a' + 10);
    } else if (c >= 'A' && c <= 'F') {
      number = number * 16 + (c - 'A' + 10);
    } else {
      return -1;
    }
  }
  return number;
}

/* Writes a character, and returns the place behind it. */
static char *write_utf8(char *out, int32_t code) {
  if (code < 0x80) {
    *out++ = (char)code;
    return out;
  }
  if (code < 0x800) {
    *out++ = (char)(0xc0 | code >> 6);
  } else {
    if (code < 0x10000) {
      *out++ = (char)(0xe0 | code >> 12);
    } else {
      *out++ = (char)(0xf0 | code >> 18);
      *out++ = (char)(0x80 | (code >> 12 & 0x3f));
    }
    *out++ = (char)(0x80 | (code >> 6 & 0x3f));
  }
  *out++ = (char)(0x80 | (code & 0x3f));
  return out;
}

/* The digits behind `\u`, and the second half of a pair. NULL if there is no such character. */
static const char *unescape_code(const char *at, const char *end, char **out) {
  int32_t code = read_hex(at, end);

  if (code <= 0 || (code >= 0xdc00 && code < 0xe000)) return NULL;
  at += 4;
  if (code >= 0xd800 && code < 0xdc00) {
    int32_t low = end - at >= 2 && at[0] == '\\' && at[1] == 'u' ? read_hex(at + 2, end) : -1;
    if (low < 0xdc00 || low >= 0xe000) return NULL;
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    if ((code & 0xf800) == 0xd800) return NULL; /* json-c takes it for a half */
    at += 6;
  }
  *out = write_utf8(*out, code);
  return at;
}

/* What stands behind a backslash. Returns the place behind it, NULL if it is no escape. */
static const char *unescape_one(const char *at, const char *end, char **out) {
  static const char names[] = "\"\\/bfnrt";
  static const char meanings[] = "\"\\/\b\f\n\r\t";
  const char *name;

  if (at == end) return NULL;
  if (*at == 'u') return unescape_code(at + 1, end, out);
  name = memchr(names, *at, sizeof names - 1);
  if (!name) return NULL;
  *(*out)++ = meanings[name - names];
  return at + 1;
}

bool json_unescape(const char *text, size_t size, char *out, size_t *written) {
  const char *end = text + size;
  char *first = out;

  while (text < end) {
    size_t length = json_plain_run(text, (size_t)(end - text));
    if (length == 0 && *text == '\\') {
      text = unescape_one(text + 1, end, &out);
      if (!text) return false;
      continue;
    }
    if (length == 0) {
      length = utf8_character(text, (size_t)(end - text));
      if (length < 2) return false; /* a quotation mark, a control character, or no character */
    }
    memcpy(out, text, length);
    out += length;
    text += length;
  }
  *written = (size_t)(out - first);
  return true;
}
