/*
** Fuzz target: scans of lists that an honest service serves oddly (test/unit/odd_kind.c): jobs come
** and go, equal times change places, totals are wrong, pages short or empty. None is lost, none
** comes twice, and where the kind allows no error there is none.
**
** The first byte is the kind, whether lists are short, and whether pages grow; the others are all
** that is drawn: lists, settings, scans, events. Short lists have most of what can go wrong, at a
** quarter of the time.
*/
#include "../unit/odd_scans.h"
#include "harness.h"

#define VARIANTS 6 /* of a kind: in one byte with it */
#define FEW_JOBS 24
#define SEED_THAT_GROWS 8 /* of an odd_run; all else comes of the bytes */

struct chosen {
  const struct odd_kind *kind;
  struct odd_settings settings;
  uint64_t seed;
};

/* Of the kinds that are read right. */
static struct chosen choose(struct fuzz_bytes *bytes) {
  uint32_t number = fuzz_number(bytes, VARIANTS * (uint32_t)odd_kind_count - 1);
  size_t variant = number / odd_kind_count;
  struct chosen chosen = {.kind = &odd_kinds[number % odd_kind_count]};

  if (chosen.kind->flags & ODD_PENDING) chosen.kind = &odd_kinds[0];
  if (variant % 3) chosen.settings.jobs_most = FEW_JOBS;
  if (variant / 3) chosen.seed = SEED_THAT_GROWS;
  return chosen;
}

/*
** True if all went well. Writing down what happens takes much of the time: that is kept on demand.
*/
static bool scan(const struct chosen *chosen, const struct fuzz_bytes *bytes, bool shown) {
  static struct odd_world world;
  static struct odd_scans scans;
  bool right;

  fuzz_random(bytes->at, bytes->left);
  odd_scans_open(&scans, &world, chosen->kind, chosen->seed, &chosen->settings);
  world.silent = !shown;
  odd_scans_read(&scans);
  right = !odd_scans_wrong(&scans);
  if (shown) odd_scans_show(&scans, true);
  odd_world_close(&world);
  return right;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_bytes bytes = {data, size};
  const struct chosen chosen = choose(&bytes);

  unit_case("%s", chosen.kind->name);
  if (!scan(&chosen, &bytes, false)) {
    bool right = scan(&chosen, &bytes, true);
    CHECK(right);
  }
  return 0;
}
