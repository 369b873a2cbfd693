/*
** Growing buffers, decimal numbers, percent-decoding and query strings.
** Must not know HTTP, the API or its records.
*/
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A test tool that cannot allocate has no useful answer left to give, so no caller has to check. */
void *memory_or_exit(void *old, size_t size) {
  void *memory = realloc(old, size ? size : 1);
  if (!memory) {
    fputs("swr-emulator: out of memory\n", stderr);
    exit(3);
  }
  return memory;
}

static void reserve(struct text *out, size_t more) {
  size_t room = out->room ? out->room : 4096;
  if (out->room - out->length >= more) return;
  while (room - out->length < more) room *= 2;
  out->at = memory_or_exit(out->at, room);
  out->room = room;
}

void text_add(struct text *out, const char *bytes, size_t length) {
  if (!length) return;
  reserve(out, length);
  memcpy(out->at + out->length, bytes, length);
  out->length += length;
}

void text_str(struct text *out, const char *string) { text_add(out, string, strlen(string)); }

/*
** The inside of a JSON string. Bytes beyond ASCII become the characters of these numbers: what a
** client sent need not be UTF-8, and the answer has to be.
*/
void text_json(struct text *out, const char *string) {
  static const char hex[] = "0123456789abcdef";
  for (; *string; string++) {
    unsigned char c = (unsigned char)*string;
    if (c < 32 || c > 126) {
      char escape[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
      text_add(out, escape, sizeof escape);
    } else {
      if (c == '"' || c == '\\') text_add(out, "\\", 1);
      text_add(out, string, 1);
    }
  }
}

/* Hand-made because snprintf() per field would be most of the cost of a page. */
void text_digits(struct text *out, uint64_t number, unsigned width) {
  char digits[20];
  size_t at = sizeof digits;
  do {
    digits[--at] = (char)('0' + (int)(number % 10));
    number /= 10;
  } while (number && at);
  while (at && sizeof digits - at < width) digits[--at] = '0';
  text_add(out, digits + at, sizeof digits - at);
}

void text_number(struct text *out, int64_t number) {
  if (number < 0) text_add(out, "-", 1);
  text_digits(out, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, 1);
}

const char *text_end(struct text *out) {
  reserve(out, 1);
  out->at[out->length] = '\0';
  return out->at;
}

void text_free(struct text *out) {
  free(out->at);
  out->at = NULL;
  out->length = out->room = 0;
}

/* Digits only: strtoll() would let signs and white space through. */
bool number_parse(const char *string, int64_t largest, int64_t *number) {
  int64_t value = 0;
  if (!*string) return false;
  for (; *string; string++) {
    int digit = *string - '0';
    if (digit < 0 || digit > 9 || value > (largest - digit) / 10) return false;
    value = value * 10 + digit;
  }
  *number = value;
  return true;
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/* `to` needs length + 1 bytes. %00 is refused: it would cut the C string that callers compare. */
bool percent_decode(const char *from, size_t length, char *to) {
  size_t i;
  for (i = 0; i < length; i++) {
    if (from[i] != '%') {
      *to++ = from[i];
      continue;
    }
    if (length - i < 3) return false;
    int high = hex_digit(from[i + 1]);
    int low = hex_digit(from[i + 2]);
    if (high < 0 || low < 0 || (high == 0 && low == 0)) return false;
    *to++ = (char)(unsigned char)(high * 16 + low);
    i += 2;
  }
  *to = '\0';
  return true;
}

/* Splits before decoding, so that an encoded & or = stays part of its name or value. */
bool query_parse(const char *string, struct query *query) {
  char *to;
  memset(query, 0, sizeof *query);
  /* A parameter without '=' needs one byte more than it brings: its empty value's end. */
  query->copy = to = memory_or_exit(NULL, 2 * strlen(string) + 4);
  while (*string) {
    size_t length = strcspn(string, "&");
    const char *equals = memchr(string, '=', length);
    size_t name_length = equals ? (size_t)(equals - string) : length;
    size_t value_length = equals ? length - name_length - 1 : 0;
    if (query->count == QUERY_MAX) return false;
    if (!percent_decode(string, name_length, to)) return false;
    query->name[query->count] = to;
    to += strlen(to) + 1;
    if (!percent_decode(equals ? equals + 1 : "", value_length, to)) return false;
    query->value[query->count++] = to;
    to += strlen(to) + 1;
    string += length;
    if (*string == '&') string++;
  }
  return true;
}

const char *query_value(const struct query *query, const char *name) {
  size_t i;
  for (i = 0; i < query->count; i++) {
    if (strcmp(query->name[i], name) == 0) return query->value[i];
  }
  return NULL;
}

void query_free(struct query *query) {
  free(query->copy);
  query->copy = NULL;
  query->count = 0;
}
