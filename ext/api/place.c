/*
** The rules of names: see place.h.
*/
#include "api/place.h"

#include <string.h>

static bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

static bool is_letter_or_digit(char c) { return is_letter(c) || (c >= '0' && c <= '9'); }

bool region_valid(const char *region, size_t size) {
  if (size < 1 || size > REGION_LABEL_MAX) return false;
  if (!is_letter(region[0]) || !is_letter_or_digit(region[size - 1])) return false;
  for (size_t i = 0; i < size; i++) {
    if (!is_letter_or_digit(region[i]) && region[i] != '-') return false;
  }
  return true;
}

/* The characters between the first and the last one. */
static bool all_allowed(const char *name, size_t size, bool slash_allowed) {
  for (size_t i = 0; i < size; i++) {
    char c = name[i];
    if (is_letter_or_digit(c) || c == '.' || c == '_' || c == '-') continue;
    if (c == '/' && slash_allowed) continue;
    return false;
  }
  return true;
}

static bool namespace_valid(const char *name, size_t size) {
  return size >= 1 && size <= NAMESPACE_MAX && is_letter(name[0]) &&
         is_letter_or_digit(name[size - 1]) && all_allowed(name, size, false);
}

static bool name_valid(const char *name, size_t size) {
  return size >= 1 && size <= REPOSITORY_MAX && is_letter_or_digit(name[0]) &&
         is_letter_or_digit(name[size - 1]) && all_allowed(name, size, true);
}

/* Copies a text of at most `room` bytes, NUL included; what is longer cannot have been valid. */
static char *copy(char *to, size_t room, const char *text) {
  size_t size = strnlen(text, room - 1);

  memcpy(to, text, size);
  to[size] = '\0';
  return to + size;
}

/* The image, of both names. */
static void join_names(struct place *place) {
  char *end = copy(place->image, sizeof place->name_space, place->name_space);

  if (place->name_space[0] && place->name[0]) *end++ = '/';
  copy(end, sizeof place->name, place->name);
}

void place_fill(struct place *place, const char *region, const char *name_space, const char *name) {
  copy(place->region, sizeof place->region, region);
  copy(place->name_space, sizeof place->name_space, name_space);
  copy(place->name, sizeof place->name, name);
  join_names(place);
}

bool place_set_parts(struct place *place, unsigned parts, const char *name_space,
                     size_t name_space_size, const char *name, size_t name_size) {
  if (!(parts & PLACE_NAMESPACE)) name_space_size = 0;
  if (!(parts & PLACE_REPOSITORY)) name_size = 0;
  if (parts & PLACE_NAMESPACE && !namespace_valid(name_space, name_space_size)) return false;
  if (parts & PLACE_REPOSITORY && !name_valid(name, name_size)) return false;
  if (name_space_size) memcpy(place->name_space, name_space, name_space_size);
  place->name_space[name_space_size] = '\0';
  if (name_size) memcpy(place->name, name, name_size);
  place->name[name_size] = '\0';
  place->region[0] = '\0';
  join_names(place);
  return true;
}

bool place_set(struct place *place, const char *name_space, size_t name_space_size,
               const char *name, size_t name_size) {
  return place_set_parts(place, PLACE_NAMESPACE | PLACE_REPOSITORY, name_space, name_space_size,
                         name, name_size);
}

bool place_set_image(struct place *place, const char *image, size_t size) {
  const char *slash = size ? memchr(image, '/', size) : NULL;
  size_t name_space_size;

  if (!slash) return false;
  name_space_size = (size_t)(slash - image);
  return place_set(place, image, name_space_size, slash + 1, size - name_space_size - 1);
}

void place_set_region(struct place *place, const char *region) {
  copy(place->region, sizeof place->region, region);
}

const char *place_label(const struct place *place) {
  if (place->image[0]) return place->image;
  return place->region[0] ? place->region : "the service";
}

int place_compare(const struct place *left, const struct place *right) {
  int order = strcmp(left->region, right->region);

  if (order == 0) order = strcmp(left->name_space, right->name_space);
  return order ? order : strcmp(left->name, right->name);
}

bool place_equal(const struct place *left, const struct place *right) {
  return place_compare(left, right) == 0;
}

/* Equal, where `$` in `said` stands for `/`. */
static bool same_name(const char *name, const char *said, size_t size) {
  if (strlen(name) != size) return false;
  for (size_t i = 0; i < size; i++) {
    if (said[i] != name[i] && !(said[i] == '$' && name[i] == '/')) return false;
  }
  return true;
}

bool place_matches_name(const struct place *place, const char *name, size_t size) {
  size_t prefix = strlen(place->name_space);

  if (same_name(place->name, name, size)) return true;
  if (size <= prefix || memcmp(name, place->name_space, prefix) != 0) return false;
  if (name[prefix] != '/' && name[prefix] != '$') return false;
  return same_name(place->name, name + prefix + 1, size - prefix - 1);
}
