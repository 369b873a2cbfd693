/*
** Fuzz target: the bytes of a page become rows. Plain and by json-c, whole and in pieces, any mask
** of columns, and listings of all kinds, must give the same rows or the same error.
**
** The first bytes choose; the others are the page itself, or what a page is made of at random.
*/
#include <string.h>

#include "../unit/random_records.h"
#include "../unit/record_ways.h"
#include "api/listing.h"
#include "harness.h"

/* Columns of every kind, in an envelope. */
static const struct column columns[] = {
    {.name = "name", .flags = COLUMN_NOT_NULL},
    {.name = "size", .member = "bytes", .kind = COLUMN_INTEGER},
    {.name = "share", .also = "part", .kind = COLUMN_REAL},
    {.name = "is_public", .kind = COLUMN_BOOLEAN, .flags = COLUMN_LENIENT},
    {.name = "labels", .kind = COLUMN_JSON},
    {.name = "manifest", .kind = COLUMN_JSON, .flags = COLUMN_LARGE},
};
static const struct listing enveloped = {
    .envelope = "tags", .columns = columns, .column_count = COUNT_OF(columns)};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static struct random_text text;
  struct fuzz_bytes bytes = {data, size};
  struct record_counts counts = {0, 0};
  uint32_t kind = fuzz_number(&bytes, 3);
  struct record_ways ways = {.listing = kind & 1 ? &enveloped : fuzz_listing(&bytes)};
  struct random_listing random;

  ways.wanted = fuzz_number(&bytes, 1) ? UINT32_MAX : fuzz_number(&bytes, UINT32_MAX - 1);
  ways.first = fuzz_number(&bytes, 255);
  ways.step = 1 + fuzz_number(&bytes, 255) * fuzz_number(&bytes, 3);
  if (kind < 2) {
    ways.bytes = (const char *)bytes.at;
    ways.size = bytes.left;
  } else {
    fuzz_random(bytes.at, bytes.left);
    if (kind == 3) random_listing(&random);
    if (kind == 3) ways.listing = &random.listing;
    random_list(&text, ways.listing);
    ways.bytes = text.bytes;
    ways.size = text.size;
  }
  record_ways_check(&ways, &counts);
  return 0;
}
