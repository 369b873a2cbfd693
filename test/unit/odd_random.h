/*
** The random numbers of odd worlds. Fuzz targets link others in their place, which the fuzzer
** chooses.
*/
#ifndef SWR_ODD_RANDOM_H
#define SWR_ODD_RANDOM_H

#include <stdint.h>

/* xorshift64 with a state of its own, never 0. */
struct odd_random {
  uint64_t state;
};

void odd_random_seed(struct odd_random *random, uint64_t seed);

/* A number from 0 to `most`. */
uint32_t odd_random(struct odd_random *random, uint32_t most);

#endif
