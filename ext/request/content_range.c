/*
** The Content-Range header as SWR writes it: see content_range.h.
*/
#include "request/content_range.h"

/* Decimal digits up to a value that fits; *at moves past them. */
static bool read_count(const char **at, const char *end, int64_t *value) {
  const char *start = *at;
  int64_t result = 0;

  for (; *at < end && **at >= '0' && **at <= '9'; ++*at) {
    int digit = **at - '0';
    if (result > (INT64_MAX - digit) / 10) return false;
    result = result * 10 + digit;
  }
  *value = result;
  return *at > start;
}

static bool read_char(const char **at, const char *end, char expected) {
  if (*at == end || **at != expected) return false;
  ++*at;
  return true;
}

static void skip_spaces(const char **at, const char *end) {
  while (*at < end && (**at == ' ' || **at == '\t')) ++*at;
}

bool content_range_parse(const char *value, size_t size, struct content_range *range) {
  const char *at = value;
  const char *end = value + size;

  skip_spaces(&at, end);
  while (at < end && *at >= 'a' && *at <= 'z') at++;
  skip_spaces(&at, end);
  if (!read_count(&at, end, &range->offset) || !read_char(&at, end, '-')) return false;
  if (!read_count(&at, end, &range->count) || !read_char(&at, end, '/')) return false;
  if (!read_count(&at, end, &range->total)) return false;
  skip_spaces(&at, end);
  return at == end;
}

bool content_range_agrees(const struct content_range *range, int64_t offset, int64_t records) {
  if (range->offset != offset) return false;
  if (records == 0) return range->count == 0 && range->total <= offset;
  if (range->count != records && range->count != offset + records - 1) return false;
  return range->total >= offset + records;
}
