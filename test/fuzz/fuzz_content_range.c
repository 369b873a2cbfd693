/*
** Fuzz target: the value of Content-Range, against a pattern that says the same in another way.
*/
#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "request/content_range.h"

enum { OFFSET = 1, COUNT, TOTAL, GROUPS };

static const regex_t *pattern(void) {
  static regex_t compiled;
  static bool ready;

  if (!ready) {
    CHECK_INT(0, regcomp(&compiled, "^[ \t]*[a-z]*[ \t]*([0-9]+)-([0-9]+)/([0-9]+)[ \t]*$",
                         REG_EXTENDED));
  }
  ready = true;
  return &compiled;
}

/* False if it does not fit. */
static bool number(const char *text, const regmatch_t *group, int64_t *value) {
  errno = 0;
  *value = strtoll(text + group->rm_so, NULL, 10);
  return errno == 0;
}

static bool expected(const char *text, size_t size, struct content_range *range) {
  regmatch_t groups[GROUPS];

  if (strlen(text) != size || regexec(pattern(), text, GROUPS, groups, 0) != 0) return false;
  return number(text, &groups[OFFSET], &range->offset) &&
         number(text, &groups[COUNT], &range->count) && number(text, &groups[TOTAL], &range->total);
}

static void check_agreement(const struct content_range *range, int64_t offset, int64_t records) {
  if (!content_range_agrees(range, offset, records)) return;
  CHECK_INT(offset, range->offset);
  CHECK(records ? range->total >= offset + records : range->total <= offset);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_bytes bytes = {data, size};
  int64_t offset = fuzz_number(&bytes, 1000000000);
  int64_t records = fuzz_number(&bytes, 1001);
  char *text = fuzz_copy(bytes.at, bytes.left, true);
  char *value = fuzz_copy(bytes.at, bytes.left, false);
  struct content_range right;
  struct content_range range;
  bool is_range = expected(text, bytes.left, &right);

  CHECK_INT(is_range, content_range_parse(value, bytes.left, &range));
  if (is_range) {
    CHECK_INT(right.offset, range.offset);
    CHECK_INT(right.count, range.count);
    CHECK_INT(right.total, range.total);
    check_agreement(&range, offset, records);
    check_agreement(&range, range.offset % 1000000000, records);
  }
  free(text);
  free(value);
  return 0;
}
