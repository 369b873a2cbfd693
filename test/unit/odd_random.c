/*
** The random numbers of odd worlds: see odd_random.h.
*/
#include "odd_random.h"

void odd_random_seed(struct odd_random *random, uint64_t seed) {
  random->state = (seed + 1) * 0x9e3779b97f4a7c15u | 1;
  for (int i = 0; i < 4; i++) odd_random(random, 1); /* seeds that are alike part ways */
}

uint32_t odd_random(struct odd_random *random, uint32_t most) {
  random->state ^= random->state << 13;
  random->state ^= random->state >> 7;
  random->state ^= random->state << 17;
  return (uint32_t)((random->state >> 16) % ((uint64_t)most + 1));
}
