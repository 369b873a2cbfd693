/*
** Allocations that fail on demand: see allocation.h.
*/
#include "allocation.h"

#include <stdlib.h>
#include <string.h>

/* The names that the linker's --wrap makes. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
char *__wrap_strdup(const char *text);
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

void *__wrap_malloc(size_t size) { return allocation_refused() ? NULL : __real_malloc(size); }

void *__wrap_calloc(size_t count, size_t size) {
  return allocation_refused() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size) {
  return allocation_refused() ? NULL : __real_realloc(memory, size);
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

char *__wrap_strdup(const char *text) { return allocation_refused() ? NULL : __real_strdup(text); }

void *plain_resize(void *memory, size_t size) {
  void *resized = __real_realloc(memory, size);

  if (!resized) abort();
  return resized;
}

char *plain_copy(const char *text) {
  size_t size = strlen(text) + 1;

  return memcpy(plain_resize(NULL, size), text, size);
}
