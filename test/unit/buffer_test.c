/*
** Tests of ext/base/buffer: growth, the limit, and what is left after a failure.
*/
#include "base/buffer.h"

#include <string.h>

#include "allocation.h"
#include "unit.h"

static void check_growth(void) {
  struct buffer buffer;
  char byte;

  unit_case("byte by byte");
  buffer_init(&buffer, 5000);
  CHECK(!buffer.bytes);
  for (int i = 0; i < 5000; i++) {
    byte = (char)('a' + i % 26);
    if (!CHECK_INT(BUFFER_OK, buffer_append(&buffer, &byte, 1))) return;
    CHECK_INT('\0', buffer.bytes[i + 1]);
  }
  CHECK_INT(5000, buffer.size);
  for (size_t i = 0; i < 5000; i++) {
    if (buffer.bytes[i] != (char)('a' + i % 26)) CHECK(false);
  }
  CHECK_INT(BUFFER_OK, buffer_append(&buffer, NULL, 0));
  CHECK_INT(BUFFER_FULL, buffer_append(&buffer, "x", 1));
  CHECK(!buffer.bytes);
  CHECK_INT(0, buffer.size);
  unit_case("usable after it was full");
  CHECK_INT(BUFFER_OK, buffer_append(&buffer, "again", 5));
  CHECK_TEXT("again", buffer.bytes);
  buffer_clear(&buffer);
  CHECK_TEXT("", buffer.bytes);
  CHECK_INT(BUFFER_OK, buffer_append(&buffer, "more", 4));
  CHECK_TEXT("more", buffer.bytes);
  buffer_free(&buffer);
  CHECK(!buffer.bytes);
  buffer_free(&buffer);
  buffer_clear(&buffer);
}

static void check_reserved(void) {
  struct buffer buffer;
  const char *bytes;

  unit_case("reserved");
  buffer_init(&buffer, 1000);
  CHECK_INT(BUFFER_OK, buffer_reserve(&buffer, 900));
  CHECK_TEXT("", buffer.bytes);
  CHECK_INT(0, buffer.size);
  bytes = buffer.bytes;
  for (int i = 0; i < 100; i++) CHECK_INT(BUFFER_OK, buffer_append(&buffer, "123456789", 9));
  CHECK(buffer.bytes == bytes);
  CHECK_INT(BUFFER_OK, buffer_reserve(&buffer, 10)); /* as there is */
  CHECK_INT(BUFFER_OK, buffer_reserve(&buffer, SIZE_MAX));
  CHECK_INT(900, buffer.size);
  CHECK_INT(900, strlen(buffer.bytes));
  CHECK_INT(1001, buffer.capacity);
  CHECK_INT(BUFFER_OK, buffer_append(&buffer, buffer.bytes, 100));
  CHECK_INT(BUFFER_FULL, buffer_append(&buffer, "x", 1));
  allocation_fail_at(1, false);
  CHECK_INT(BUFFER_NO_MEMORY, buffer_reserve(&buffer, 5));
  CHECK_INT(1, allocation_stop());
  CHECK(!buffer.bytes);
}

static void check_limits(void) {
  static const size_t limits[] = {0, 1, 255, 256, 257, 1000};
  static char bytes[1100];

  memset(bytes, 'x', sizeof bytes);
  for (size_t i = 0; i < COUNT_OF(limits); i++) {
    struct buffer buffer;
    unit_case("limit %zu", limits[i]);
    buffer_init(&buffer, limits[i]);
    CHECK_INT(BUFFER_OK, buffer_append(&buffer, bytes, limits[i]));
    CHECK_INT(limits[i], buffer.size);
    buffer_clear(&buffer);
    CHECK_INT(BUFFER_FULL, buffer_append(&buffer, bytes, limits[i] + 1));
    CHECK_INT(BUFFER_FULL, buffer_append(&buffer, bytes, SIZE_MAX));
    CHECK_INT(BUFFER_OK, buffer_append(&buffer, "", 0));
    buffer_free(&buffer);
  }
}

static void check_no_memory(void) {
  struct buffer buffer;

  unit_case("out of memory");
  buffer_init(&buffer, 5000);
  CHECK_INT(BUFFER_OK, buffer_append(&buffer, "some", 4));
  allocation_fail_at(1, false);
  for (int i = 0; i < 300 && buffer_append(&buffer, "bytes", 5) == BUFFER_OK; i++) {
  }
  CHECK_INT(1, allocation_stop());
  CHECK(!buffer.bytes);
  CHECK_INT(BUFFER_OK, buffer_append(&buffer, "again", 5));
  CHECK_TEXT("again", buffer.bytes);
  buffer_free(&buffer);
}

void buffer_test(void) {
  check_growth();
  check_reserved();
  check_limits();
  check_no_memory();
}
