/*
** A list of places: see places.h.
**
** Texts lie in blocks that are never moved, and a region only once for all places in a row that
** share it.
*/
#include "scan/places.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

#define FIRST_BLOCK 1024 /* bytes; each block has twice the room of the one before */
#define BLOCK_MAX ((size_t)1 << 20)

struct block {
  struct block *before;
  size_t used;
  size_t size;
  char bytes[];
};

struct entry {
  const char *region;
  const char *names; /* the namespace, its NUL, and the repository */
};

struct places {
  int references;
  struct entry *entries;
  size_t count;
  size_t capacity;
  struct block *last;
};

struct places *places_create(void) {
  struct places *places = calloc(1, sizeof *places);

  if (places) places->references = 1;
  return places;
}

struct places *places_retain(struct places *places) {
  places->references++;
  return places;
}

void places_release(struct places *places) {
  struct block *before;

  if (!places || --places->references) return;
  for (struct block *block = places->last; block; block = before) {
    before = block->before;
    free(block);
  }
  free(places->entries);
  free(places);
}

/* Room for `size` bytes of text, which is theirs once the block counts them as used. */
static char *room(struct places *places, size_t size) {
  struct block *last = places->last;
  size_t fresh_size = last ? last->size * 2 : FIRST_BLOCK;
  struct block *fresh;

  if (last && last->size - last->used >= size) return last->bytes + last->used;
  if (fresh_size > BLOCK_MAX) fresh_size = BLOCK_MAX;
  fresh = malloc(sizeof *fresh + fresh_size);
  if (!fresh) return NULL;
  fresh->before = last;
  fresh->used = 0;
  fresh->size = fresh_size;
  places->last = fresh;
  return fresh->bytes;
}

static bool reserve(struct places *places) {
  struct entry *entries =
      array_reserve(places->entries, &places->capacity, places->count + 1, sizeof *entries);

  if (!entries) return false;
  places->entries = entries;
  return true;
}

bool places_add(struct places *places, const struct place *place) {
  const char *before = places->count ? places->entries[places->count - 1].region : NULL;
  size_t region = before && !strcmp(before, place->region) ? 0 : strlen(place->region) + 1;
  size_t name_space = strlen(place->name_space) + 1;
  size_t name = strlen(place->name) + 1;
  struct entry *entry;
  char *text;

  if (!reserve(places)) return false;
  text = room(places, region + name_space + name);
  if (!text) return false;
  places->last->used += region + name_space + name;
  entry = &places->entries[places->count++];
  entry->region = region ? text : before;
  entry->names = text + region;
  memcpy(text, place->region, region);
  memcpy(text + region, place->name_space, name_space);
  memcpy(text + region + name_space, place->name, name);
  return true;
}

static const char *name_of(const struct entry *entry) {
  return entry->names + strlen(entry->names) + 1;
}

static int compare_entries(const void *left, const void *right) {
  const struct entry *a = left;
  const struct entry *b = right;
  int order = a->region == b->region ? 0 : strcmp(a->region, b->region);

  if (order == 0) order = strcmp(a->names, b->names);
  if (order) return order;
  return strcmp(name_of(a), name_of(b));
}

static int compare_names(const void *left, const void *right) {
  int order = strcmp(name_of(left), name_of(right));

  return order ? order : compare_entries(left, right);
}

static int compare_names_descending(const void *left, const void *right) {
  int order = strcmp(name_of(right), name_of(left));

  return order ? order : compare_entries(left, right);
}

void places_sort(struct places *places) {
  struct entry *entries = places->entries;
  size_t in_order = 1;
  size_t kept = 0;

  if (places->count < 2) return;
  while (in_order < places->count &&
         compare_entries(&entries[in_order - 1], &entries[in_order]) < 0) {
    in_order++;
  }
  if (in_order == places->count) return; /* as pairs come, and most lists */
  qsort(entries, places->count, sizeof *entries, compare_entries);
  for (size_t i = 1; i < places->count; i++) {
    if (!strcmp(entries[kept].region, entries[i].region)) entries[i].region = entries[kept].region;
    if (compare_entries(&entries[kept], &entries[i]) == 0) continue;
    entries[++kept] = entries[i];
  }
  places->count = kept + 1;
}

void places_sort_by_name(struct places *places, bool descending) {
  struct entry *entries = places->entries;

  if (places->count < 2) return;
  qsort(entries, places->count, sizeof *entries,
        descending ? compare_names_descending : compare_names);
  for (size_t i = 1; i < places->count; i++) {
    if (!strcmp(entries[i - 1].region, entries[i].region))
      entries[i].region = entries[i - 1].region;
  }
}

size_t places_count(const struct places *places) { return places->count; }

void places_get(const struct places *places, size_t index, struct place *place) {
  const struct entry *entry = &places->entries[index];
  const char *name = entry->names + strlen(entry->names) + 1;

  place_fill(place, entry->region, entry->names, name);
}

const char *places_region(const struct places *places, size_t index) {
  return places->entries[index].region;
}
