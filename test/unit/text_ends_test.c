/*
** Tests of what reads texts of a given size: nothing past their ends, which no sanitizer has to say
** here, since no memory follows them.
*/
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/timestamp.h"
#include "unit.h"

/* Copies a text to the end of a page before one that cannot be read. */
static const char *at_end(char *pages, size_t page, const char *text, size_t size) {
  return memcpy(pages + page - size, text, size);
}

static void check_times(char *pages, size_t page) {
  static const char time[] = "2020-03-12T08:11:36.518144Z";

  for (size_t size = 0; size < sizeof time; size++) {
    const char *text = at_end(pages, page, time, size);
    unit_case("the first %zu bytes of a time", size);
    CHECK_INT(0, timestamp_compare(text, size, text, size));
    CHECK(timestamp_compare(text, size, time, sizeof time - 1) != 0 || size + 2 >= sizeof time);
  }
}

void text_ends_test(void) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  /* cppcheck-suppress invalidFunctionArg ; no file */
  char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  CHECK(pages != MAP_FAILED);
  if (pages == MAP_FAILED) return;
  CHECK(!mprotect(pages + page, page, PROT_NONE));
  check_times(pages, page);
  CHECK(!munmap(pages, 2 * page));
}
