/*
** The text of JSON strings: see json_text.h.
*/
#include "base/json_text.h"

#include <stdint.h>
#include <string.h>

#include "base/always.h"
#include "base/utf8.h"

#define EACH_BYTE UINT64_C(0x0101010101010101)

/*
** Of eight bytes, the upper bit of each one that is 0; above such a one, perhaps of others too.
** Other bits mean nothing.
*/
static uint64_t zeros(uint64_t bytes) { return (bytes - EACH_BYTE) & ~bytes; }

/*
** Of eight bytes, the upper bit of each one that is not plain; above such a one, perhaps of others
** too.
*/
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

/* Writes a character, and returns the place after it. */
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

/* The digits after `\u`, and the second half of a pair. NULL if there is no such character. */
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

/* What stands after a backslash. Returns the place after it, NULL if it is no escape. */
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

static bool is_digit(const char *at, const char *end) {
  return at < end && *at >= '0' && *at <= '9';
}

const char *json_pass_space(const char *at, const char *end) {
  while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
  return at;
}

/* What stands after a backslash. Returns the place after it, NULL if it is no escape. */
static const char *pass_escape(const char *at, const char *end) {
  static const char names[] = "\"\\/bfnrt";

  if (at == end) return NULL;
  if (*at == 'u') return read_hex(at + 1, end) < 0 ? NULL : at + 5;
  return memchr(names, *at, sizeof names - 1) ? at + 1 : NULL;
}

const char *json_pass_string(const char *at, const char *end) {
  while (at) {
    size_t length;
    at += json_plain_run(at, (size_t)(end - at));
    if (at == end) return NULL;
    if (*at == '"') return at + 1;
    if (*at == '\\') {
      at = pass_escape(at + 1, end);
      continue;
    }
    length = utf8_character(at, (size_t)(end - at));
    at = length < 2 ? NULL : at + length; /* a control character, or no character */
  }
  return NULL;
}

/* One digit at least. */
static const char *pass_digits(const char *at, const char *end) {
  if (!is_digit(at, end)) return NULL;
  while (is_digit(at, end)) at++;
  return at;
}

static const char *pass_number(const char *at, const char *end) {
  if (ALWAYS(at < end) && *at == '-') at++;
  at = at < end && *at == '0' ? at + 1 : pass_digits(at, end);
  if (at && at < end && *at == '.') at = pass_digits(at + 1, end);
  if (at && at < end && (*at == 'e' || *at == 'E')) {
    at++;
    if (at < end && (*at == '+' || *at == '-')) at++;
    at = pass_digits(at, end);
  }
  return at;
}

static const char *pass_word(const char *at, const char *end, const char *word) {
  size_t size = strlen(word);

  return (size_t)(end - at) >= size && memcmp(at, word, size) == 0 ? at + size : NULL;
}

/* A value with no others inside. */
static const char *pass_scalar(const char *at, const char *end) {
  if (at == end) return NULL;
  switch (*at) {
    case '"':
      return json_pass_string(at + 1, end);
    case 't':
      return pass_word(at, end, "true");
    case 'f':
      return pass_word(at, end, "false");
    case 'n':
      return pass_word(at, end, "null");
    default:
      return pass_number(at, end);
  }
}

/* A member's name and the colon, with white space around. */
static const char *pass_name(const char *at, const char *end) {
  at = json_pass_space(at, end);
  at = at < end && *at == '"' ? json_pass_string(at + 1, end) : NULL;
  at = at ? json_pass_space(at, end) : NULL;
  return at && at < end && *at == ':' ? at + 1 : NULL;
}

/*
** The arrays and objects that a place is inside of: bit 0 stands for the innermost, 1 for an
** object.
*/
struct nesting {
  uint64_t objects;
  int depth;
};

/*
** An array or object at its first bracket: the place of its first value, or after it if it has
** none.
*/
static const char *enter(struct nesting *nesting, const char *at, const char *end) {
  bool object = *at == '{';
  const char *first = json_pass_space(at + 1, end);

  if (first < end && *first == (object ? '}' : ']')) return first + 1;
  nesting->objects = nesting->objects << 1 | object;
  nesting->depth++;
  return object ? pass_name(first, end) : first;
}

/*
** What follows a value: as many closing brackets as are there, then the name of a member where one
** has to come. Depth 0 says that nothing has to.
*/
static const char *leave(struct nesting *nesting, const char *at, const char *end) {
  while (nesting->depth) {
    bool object = nesting->objects & 1;
    at = json_pass_space(at, end);
    if (at == end) return NULL;
    if (*at == ',') return object ? pass_name(at + 1, end) : at + 1;
    if (*at != (object ? '}' : ']')) return NULL;
    at++;
    nesting->objects >>= 1;
    nesting->depth--;
  }
  return at;
}

const char *json_pass_value(const char *at, const char *end, int depth, const char **seen) {
  struct nesting nesting = {0, 0};

  do {
    at = json_pass_space(at, end);
    *seen = at;
    if (at < end && (*at == '{' || *at == '[')) {
      int outside = nesting.depth;
      if (nesting.depth == depth) return NULL;
      at = enter(&nesting, at, end);
      if (at && nesting.depth > outside) continue;
    } else {
      at = pass_scalar(at, end);
    }
    if (at) at = leave(&nesting, at, end);
  } while (at && nesting.depth);
  return at;
}
