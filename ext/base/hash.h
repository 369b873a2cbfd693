/*
** FNV-1a, for what is looked up or compared by a number first. Of words that an outsider chooses
** it keeps nothing apart: whoever uses it stays right where two hashes are equal.
*/
#ifndef SWR_HASH_H
#define SWR_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_START UINT64_C(14695981039346656037)

/* The hash of what `hash` is of, and these bytes after it. */
static inline uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size) {
  const unsigned char *at = bytes;

  for (size_t i = 0; i < size; i++) hash = (hash ^ at[i]) * UINT64_C(1099511628211);
  return hash;
}

#endif
