/*
** Numbers that follow from a seed and a point's number alone, so that one point can be run again.
*/
#ifndef SWR_FAULT_RANDOM_H
#define SWR_FAULT_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct random {
  uint64_t state;
};

/* The sequence of a point. */
void random_begin(struct random *random, int64_t seed, int64_t point);

/* From 0 to `count` - 1. */
int64_t random_below(struct random *random, int64_t count);

bool random_chance(struct random *random, int percent);

#define RANDOM_PICK(random, array) \
  ((array)[random_below(random, (int64_t)(sizeof(array) / sizeof *(array)))])

#endif
