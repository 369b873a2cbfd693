/*
** What is known of the servers that were asked: see origin.h.
*/
#include "network/origin.h"

#include <stddef.h>
#include <string.h>

#define HTTPS "https://"

/* Where the least recently used one that nobody refers to stands; NULL if all are in use. */
static struct origin *find_place(struct origins *origins) {
  struct origin *place = NULL;

  for (int i = 0; i < ORIGINS_MAX; i++) {
    struct origin *entry = &origins->entries[i];
    if (entry->transfers == 0 && (!place || entry->used < place->used)) place = entry;
  }
  return place;
}

struct origin *origins_find(struct origins *origins, const char *url) {
  struct origin *origin;
  size_t size;

  if (strncmp(url, HTTPS, sizeof HTTPS - 1) != 0) return NULL;
  size = sizeof HTTPS - 1 + strcspn(url + sizeof HTTPS - 1, "/?#");
  if (size >= sizeof origin->name) return NULL;
  origins->count++;
  for (int i = 0; i < ORIGINS_MAX; i++) {
    origin = &origins->entries[i];
    if (strncmp(origin->name, url, size) != 0 || origin->name[size]) continue;
    origin->used = origins->count;
    return origin;
  }
  origin = find_place(origins);
  if (!origin) return NULL;
  memset(origin, 0, sizeof *origin);
  memcpy(origin->name, url, size);
  origin->used = origins->count;
  return origin;
}

bool origin_admits(struct origin *origin, const void *transfer) {
  if (!origin || origin->protocol != ORIGIN_UNKNOWN) return true;
  if (origin->scout && origin->scout != transfer) return false;
  origin->scout = transfer;
  return true;
}

bool origin_reached(struct origin *origin, const void *transfer) {
  if (!origin || origin->scout != transfer) return false;
  origin->scout = NULL;
  origin->protocol = ORIGIN_REACHED;
  return true;
}

void origin_release(struct origin *origin, const void *transfer) {
  if (!origin) return;
  if (origin->scout == transfer) origin->scout = NULL;
  origin->transfers--;
}
