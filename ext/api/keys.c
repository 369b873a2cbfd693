/*
** Which parts of a place are named: see keys.h.
*/
#include "api/keys.h"

#include <stdio.h>

#define BOTH ((unsigned)(PLACE_NAMESPACE | PLACE_REPOSITORY))

unsigned keys_parts(unsigned keys) {
  return keys & PLACE_IMAGE ? (keys & ~(unsigned)PLACE_IMAGE) | BOTH : keys;
}

unsigned keys_of_path(const struct listing *listing) { return listing->required & BOTH; }

bool keys_complete(const struct listing *listing, unsigned keys) {
  return !(keys_of_path(listing) & ~keys_parts(keys));
}

unsigned keys_of_column(const struct listing *listing, int column) {
  unsigned key = column < 0 ? 0 : listing->columns[column].key;
  unsigned known = listing->required | listing->narrowing | PLACE_REGION;

  return keys_parts(key) & ~known ? 0 : key;
}

bool keys_echo(const struct listing *listing, int column) {
  unsigned key = listing->columns[column].key;

  return key && !(keys_parts(key) & ~(listing->required | PLACE_REGION));
}

bool keys_narrow(const struct listing *listing, unsigned keys) {
  return keys_parts(keys) & BOTH & ~keys_of_path(listing);
}

const char *keys_place(const struct listing *listing) {
  if (listing->required & PLACE_REPOSITORY) return "repository";
  return listing->required & PLACE_NAMESPACE ? "organization" : "account";
}

const char *keys_name(const struct listing *listing, enum place_key key) {
  for (int i = 0; i < listing->column_count; i++) {
    if (listing->columns[i].key == key) return listing->columns[i].name;
  }
  return NULL;
}

void keys_missing(const struct listing *listing, unsigned keys, const char *sign,
                  const char *together, char text[KEYS_TEXT_MAX]) {
  unsigned missing = keys_of_path(listing) & ~keys_parts(keys);
  const char *name_space = missing & PLACE_NAMESPACE ? keys_name(listing, PLACE_NAMESPACE) : NULL;
  const char *repository = missing & PLACE_REPOSITORY ? keys_name(listing, PLACE_REPOSITORY) : NULL;
  const char *image = missing == BOTH ? keys_name(listing, PLACE_IMAGE) : NULL;

  snprintf(text, KEYS_TEXT_MAX, "%s%s%s%s%s%s%s%s", name_space ? name_space : "",
           name_space ? sign : "", name_space && repository ? together : "",
           repository ? repository : "", repository ? sign : "", image ? ", or " : "",
           image ? image : "", image ? sign : "");
}
