/*
** Allocations that fail on demand: see allocation.h.
*/
#include "allocation.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The names that the linker's --wrap makes. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
char *__real_strdup(const char *text);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
char *__wrap_strdup(const char *text);
void __wrap_free(void *memory);
struct evp_md_ctx_st *__real_EVP_MD_CTX_new(void);
struct evp_md_ctx_st *__wrap_EVP_MD_CTX_new(void);
struct json_tokener *__real_json_tokener_new_ex(int depth);
struct json_tokener *__wrap_json_tokener_new_ex(int depth);
struct json_object *__real_json_tokener_parse_ex(struct json_tokener *tokener, const char *text,
                                                 int size);
struct json_object *__wrap_json_tokener_parse_ex(struct json_tokener *tokener, const char *text,
                                                 int size);

static long left; /* allocations up to the one that fails; 0: none will */
static bool all_after;
static long refused;
static bool hashes_too;

/* The addresses of the blocks that live, by their hashes: what others allocated is freed, too. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uintptr_t *blocks;
static size_t capacity; /* a power of two */
static size_t live;

/* Where the block is, or where it would be. */
static size_t place_of(uintptr_t block) {
  size_t at = (size_t)((uint64_t)block / 16 * 0x9e3779b97f4a7c15u >> 32) & (capacity - 1);

  while (blocks[at] && blocks[at] != block) at = (at + 1) & (capacity - 1);
  return at;
}

static void grow(void) {
  uintptr_t *old = blocks;
  size_t old_capacity = capacity;

  capacity = capacity ? capacity * 2 : 1024;
  blocks = __real_calloc(capacity, sizeof *blocks);
  if (!blocks) abort();
  for (size_t i = 0; i < old_capacity; i++) {
    if (old[i]) blocks[place_of(old[i])] = old[i];
  }
  __real_free(old);
}

static void *note(void *memory) {
  if (!memory) return NULL;
  pthread_mutex_lock(&lock);
  if (live >= capacity / 2) grow();
  blocks[place_of((uintptr_t)memory)] = (uintptr_t)memory;
  live++;
  pthread_mutex_unlock(&lock);
  return memory;
}

/* True if it was noted. */
static bool forget(uintptr_t block) {
  bool noted = false;

  pthread_mutex_lock(&lock);
  if (block && capacity) {
    size_t at = place_of(block);
    noted = blocks[at] != 0;
    live -= noted;
    for (; blocks[at]; at = (at + 1) & (capacity - 1)) { /* those after it may move up */
      uintptr_t moved = blocks[at];
      blocks[at] = 0;
      if (moved != block) blocks[place_of(moved)] = moved;
    }
  }
  pthread_mutex_unlock(&lock);
  return noted;
}

void allocation_note(void *block) { note(block); }

void allocation_forget(void *block) { forget((uintptr_t)block); }

long allocation_live(void) { return (long)live; }

void allocation_fail_at(long nth, bool and_all_after) {
  left = nth;
  all_after = and_all_after;
  refused = 0;
}

void allocation_fail_hashes(void) { hashes_too = true; }

long allocation_stop(void) {
  left = 0;
  hashes_too = false;
  all_after = false;
  return refused;
}

bool allocation_refused(void) {
  bool now = left ? --left == 0 : all_after && refused > 0;

  if (now) refused++;
  return now;
}

void *__wrap_malloc(size_t size) { return allocation_refused() ? NULL : note(__real_malloc(size)); }

void *__wrap_calloc(size_t count, size_t size) {
  return allocation_refused() ? NULL : note(__real_calloc(count, size));
}

void *__wrap_realloc(void *memory, size_t size) {
  bool noted = !memory || forget((uintptr_t)memory);
  void *resized = allocation_refused() ? NULL : __real_realloc(memory, size);

  if (noted) note(resized ? resized : memory);
  return resized;
}

void __wrap_free(void *memory) {
  forget((uintptr_t)memory);
  __real_free(memory);
}

struct evp_md_ctx_st *__wrap_EVP_MD_CTX_new(void) {
  return hashes_too && allocation_refused() ? NULL : __real_EVP_MD_CTX_new();
}

struct json_tokener *__wrap_json_tokener_new_ex(int depth) {
  return allocation_refused() ? NULL : __real_json_tokener_new_ex(depth);
}

struct json_object *__wrap_json_tokener_parse_ex(struct json_tokener *tokener, const char *text,
                                                 int size) {
  return allocation_refused() ? NULL : __real_json_tokener_parse_ex(tokener, text, size);
}

char *__wrap_strdup(const char *text) {
  return allocation_refused() ? NULL : note(__real_strdup(text));
}

void *plain_resize(void *memory, size_t size) {
  void *resized = __real_realloc(memory, size);

  if (!resized) abort();
  return resized;
}

char *plain_copy(const char *text) {
  size_t size = strlen(text) + 1;

  return memcpy(plain_resize(NULL, size), text, size);
}
