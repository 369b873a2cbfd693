/*
** Numbers by a seed: see random.h.
*/
#include "random.h"

/* The finalizer of SplitMix64, which leaves no two states near each other. */
static uint64_t mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

void random_begin(struct random *random, int64_t seed, int64_t point) {
  random->state = mix((uint64_t)seed) ^ mix(~(uint64_t)point);
}

int64_t random_below(struct random *random, int64_t count) {
  random->state += 0x9e3779b97f4a7c15u;
  return (int64_t)(mix(random->state) % (uint64_t)count);
}

bool random_chance(struct random *random, int percent) {
  return random_below(random, 100) < percent;
}
