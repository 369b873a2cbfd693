/*
** Path and filter of a request: see target.h.
*/
#include "api/target.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define SEGMENT_END "|" /* of a filter */
#define NUMBER_MAX 24   /* characters of an integer of 64 bits, NUL included */

/*
** A text that grows within its room; what does not fit is left out (target_test has the longest).
*/
struct writing {
  char *text;
  size_t used;
  size_t room;
};

static void put(struct writing *writing, const char *bytes, size_t size) {
  if (size >= writing->room - writing->used) return;
  memcpy(writing->text + writing->used, bytes, size);
  writing->used += size;
  writing->text[writing->used] = '\0';
}

/* The value that stands for a placeholder. */
static const char *value_of(const struct target_values *values, const char *name, size_t size) {
  const struct {
    const char *name;
    const char *value;
  } known[] = {{"{project}", values->project},       {"{namespace}", values->name_space},
               {"{repository}", values->repository}, {"{limit}", values->limit},
               {"{offset}", values->offset},         {"{order}", values->order}};

  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    if (strlen(known[i].name) == size && !memcmp(known[i].name, name, size)) return known[i].value;
  }
  return NULL;
}

/* Writes `size` bytes of a template. False if a placeholder in it has no value. */
static bool expand(struct writing *writing, const char *at, size_t size,
                   const struct target_values *values) {
  const char *end = at + size;

  while (at < end) {
    const char *brace = memchr(at, '{', (size_t)(end - at));
    const char *after = brace ? memchr(brace, '}', (size_t)(end - brace)) : NULL;
    const char *value;
    if (!after) break;
    put(writing, at, (size_t)(brace - at));
    at = after + 1;
    value = value_of(values, brace, (size_t)(at - brace));
    if (!value) return false;
    put(writing, value, strlen(value));
  }
  put(writing, at, (size_t)(end - at));
  return true;
}

/* Writes the segments of a filter that have their values. */
static void expand_filter(struct writing *writing, const char *template,
                          const struct target_values *values) {
  size_t start = writing->used;

  for (const char *at = template; at && *at;) {
    size_t size = strcspn(at, SEGMENT_END);
    size_t before = writing->used;
    if (before > start) put(writing, SEGMENT_END, 1);
    if (!expand(writing, at, size, values)) {
      writing->used = before;
      writing->text[before] = '\0';
    }
    at += size + (at[size] != '\0');
  }
}

void target_make(struct target *target, const struct listing *listing, const struct place *place,
                 const struct page_window *window, const char *project) {
  char repository[REPOSITORY_MAX + 1];
  char limit[NUMBER_MAX];
  char offset[NUMBER_MAX];
  struct writing path = {target->path, 0, sizeof target->path};
  struct writing filter = {target->filter, 0, sizeof target->filter};
  struct target_values values = {.project = project,
                                 .name_space = place->name_space[0] ? place->name_space : NULL,
                                 .repository = place->name[0] ? repository : NULL,
                                 .limit = limit,
                                 .offset = offset,
                                 .order = window->order->words};

  target->path[0] = target->filter[0] = '\0';
  snprintf(repository, sizeof repository, "%s", place->name);
  for (char *slash = repository; (slash = strchr(slash, '/'));) *slash = '$';
  snprintf(limit, sizeof limit, "%" PRId64, window->limit);
  snprintf(offset, sizeof offset, "%" PRId64, window->offset);
  expand(&path, listing->path, strlen(listing->path), &values);
  /* In a filter as it is; one with a slash is not sought for everywhere. */
  values.repository = place->name[0] && !strchr(place->name, '/') ? place->name : NULL;
  expand_filter(&filter, listing->filter, &values);
}

static bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

static void put_encoded(struct writing *writing, char c) {
  static const char digits[] = "0123456789ABCDEF";
  const char encoded[] = {'%', digits[(unsigned char)c >> 4], digits[(unsigned char)c & 15]};

  put(writing, encoded, sizeof encoded);
}

void target_text(const struct target *target, char text[TARGET_TEXT_MAX]) {
  struct writing writing = {text, 0, TARGET_TEXT_MAX};

  put(&writing, target->path, strlen(target->path));
  if (!target->filter[0]) return;
  put(&writing, "?" TARGET_PARAMETER "=", strlen("?" TARGET_PARAMETER "="));
  for (const char *at = target->filter; *at;) {
    size_t run = 0;
    while (is_unreserved(at[run])) run++;
    put(&writing, at, run);
    at += run;
    if (*at) put_encoded(&writing, *at++);
  }
}

void target_words(const struct listing *listing, const struct target_values *values,
                  char words[TARGET_WORDS_MAX]) {
  struct writing writing = {words, 0, TARGET_WORDS_MAX};

  words[0] = '\0';
  if (listing->filter) {
    put(&writing, "filter=", strlen("filter="));
    expand_filter(&writing, listing->filter, values);
  } else {
    put(&writing, "path=", strlen("path="));
    expand(&writing, listing->path, strlen(listing->path), values);
  }
}
