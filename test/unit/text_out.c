/*
** Texts that servers of the tests write by the thousand: see text_out.h.
*/
#include "text_out.h"

#include <stdlib.h>
#include <string.h>

struct text_out text_out_of(char *room, size_t size) {
  struct text_out out = {room, room + size};

  return out;
}

void text_out_bytes(struct text_out *out, const char *bytes, size_t size) {
  if (size > (size_t)(out->end - out->at)) abort();
  memcpy(out->at, bytes, size);
  out->at += size;
}

void text_out_text(struct text_out *out, const char *text) {
  text_out_bytes(out, text, strlen(text));
}

void text_out_number(struct text_out *out, int64_t number) {
  uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
  char digits[24];
  size_t at = sizeof digits;

  do {
    digits[--at] = (char)('0' + left % 10);
    left /= 10;
  } while (left);
  if (number < 0) digits[--at] = '-';
  text_out_bytes(out, digits + at, sizeof digits - at);
}

void text_out_two(struct text_out *out, unsigned number) {
  const char digits[] = {(char)('0' + number / 10 % 10), (char)('0' + number % 10)};

  text_out_bytes(out, digits, sizeof digits);
}

void text_out_end(struct text_out *out) {
  text_out_bytes(out, "", 1);
  out->at--;
}

void text_copy(char *room, size_t size, const char *text) {
  size_t length = strnlen(text, size - 1);

  memcpy(room, text, length);
  room[length] = '\0';
}
