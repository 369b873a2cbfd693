/*
** Fuzz target: scans of lists that an honest service serves oddly (test/unit/odd_kind.c): jobs come
** and go, equal times change places, totals are wrong, pages short or empty. None is lost, none
** comes twice, and where the kind allows no error there is none.
**
** The first byte is the kind; the others are all that is drawn: lists, settings, scans, events.
*/
#include "../unit/odd_scans.h"
#include "harness.h"

/* Of the kinds that are read right. */
static const struct odd_kind *choose(struct fuzz_bytes *bytes) {
  const struct odd_kind *kind = &odd_kinds[fuzz_number(bytes, (uint32_t)odd_kind_count - 1)];

  return kind->flags & ODD_PENDING ? &odd_kinds[0] : kind;
}

/*
** True if all went well. Writing down what happens takes much of the time: that is kept on demand.
*/
static bool scan(const struct odd_kind *kind, const struct fuzz_bytes *bytes, bool shown) {
  static struct odd_world world;
  static struct odd_scans scans;
  const struct odd_settings settings = {.concurrency = 0};
  bool right;

  fuzz_random(bytes->at, bytes->left);
  odd_scans_open(&scans, &world, kind, 0, &settings);
  world.silent = !shown;
  odd_scans_read(&scans);
  right = !odd_scans_wrong(&scans);
  if (shown) odd_scans_show(&scans, true);
  odd_world_close(&world);
  return right;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_bytes bytes = {data, size};
  const struct odd_kind *kind = choose(&bytes);

  unit_case("%s", kind->name);
  if (!scan(kind, &bytes, false)) {
    bool right = scan(kind, &bytes, true);
    CHECK(right);
  }
  return 0;
}
