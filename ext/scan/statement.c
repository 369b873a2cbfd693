/*
** What a statement has fetched: see statement.h.
*/
#include "scan/statement.h"

#include <stdlib.h>
#include <string.h>

#include "request/page_request.h"

#define BUCKETS 256
#define PAGES_BYTES_MAX ((size_t)16 << 20) /* of all maps together */

struct entry {
  struct page_map *map;
  const struct listing *listing;
  const struct order *order;
  struct entry *next;        /* in its bucket */
  struct entry *used_before; /* list by use, the last used first */
  struct entry *used_after;
};

/* A region that was reached. */
struct reached {
  struct access *access; /* referenced */
  struct reached *next;
};

struct statement {
  struct service *service;
  struct access *set;      /* of the region that is set, reached or not; referenced */
  struct reached *reached; /* owned */
  int references;
  size_t footprint; /* bytes of the pages of all maps */
  struct entry *buckets[BUCKETS];
  struct entry *newest;
  struct entry *oldest;
};

enum service_status statement_begin(struct service *service, struct statement **statement,
                                    struct service_error *error) {
  struct statement *fresh = calloc(1, sizeof *fresh);
  enum service_status status;

  *statement = NULL;
  if (!fresh) return SERVICE_NO_MEMORY;
  fresh->service = service;
  fresh->references = 1;
  status = service_begin(service, &fresh->set, error);
  if (status == SERVICE_OK) {
    *statement = fresh;
  } else {
    free(fresh);
  }
  return status;
}

struct statement *statement_retain(struct statement *statement) {
  statement->references++;
  return statement;
}

void statement_release(struct statement *statement) {
  struct entry *next;
  struct reached *next_reached;

  if (!statement || --statement->references) return;
  for (struct entry *entry = statement->newest; entry; entry = next) {
    next = entry->used_before;
    page_map_close(entry->map);
    free(entry);
  }
  for (struct reached *reached = statement->reached; reached; reached = next_reached) {
    next_reached = reached->next;
    access_release(reached->access);
    free(reached);
  }
  access_release(statement->set);
  free(statement);
}

const char *statement_region(const struct statement *statement) { return statement->set->region; }

/* How a region that was reached is asked; NULL if it was not. */
static struct access *access_to(const struct statement *statement, const char *region) {
  for (const struct reached *reached = statement->reached; reached; reached = reached->next) {
    if (!strcmp(reached->access->region, region)) return reached->access;
  }
  return NULL;
}

static enum service_status reach(struct statement *statement, const char *region,
                                 struct service_error *error) {
  struct reached *fresh = calloc(1, sizeof *fresh);
  enum service_status status;

  if (!fresh) return SERVICE_NO_MEMORY;
  status = access_for_region(statement->set, region, &fresh->access, error);
  if (status != SERVICE_OK) {
    free(fresh);
    return status;
  }
  fresh->next = statement->reached;
  statement->reached = fresh;
  return SERVICE_OK;
}

enum service_status statement_reach(struct statement *statement, const struct place *places,
                                    size_t count, struct service_error *error) {
  enum service_status status = SERVICE_OK;

  for (size_t i = 0; i < count && status == SERVICE_OK; i++) {
    if (access_to(statement, places[i].region)) continue;
    status = reach(statement, places[i].region, error);
  }
  return status;
}

bool statement_has_room(const struct statement *statement) {
  return service_has_room_ahead(statement->service, statement->set);
}

/* FNV-1a. */
static uint32_t hash_text(uint32_t hash, const char *text) {
  for (; *text; text++) hash = (hash ^ (unsigned char)*text) * 16777619u;
  return hash;
}

/* Over region and both names. */
static size_t bucket_of(const struct place *place) {
  uint32_t hash = hash_text(2166136261u, place->region);

  hash = hash_text(hash, place->name_space);
  return hash_text(hash, place->name) % BUCKETS;
}

static void take_out(struct statement *statement, struct entry *entry) {
  if (entry->used_after) {
    entry->used_after->used_before = entry->used_before;
  } else {
    statement->newest = entry->used_before;
  }
  if (entry->used_before) {
    entry->used_before->used_after = entry->used_after;
  } else {
    statement->oldest = entry->used_after;
  }
}

static void put_first(struct statement *statement, struct entry *entry) {
  entry->used_after = NULL;
  entry->used_before = statement->newest;
  if (statement->newest) statement->newest->used_after = entry;
  statement->newest = entry;
  if (!statement->oldest) statement->oldest = entry;
}

struct page_map *statement_map(struct statement *statement, const struct listing *listing,
                               const struct place *place, const struct order *order) {
  struct entry **bucket = &statement->buckets[bucket_of(place)];
  struct entry *entry = *bucket;

  while (entry && (entry->listing != listing || entry->order != order ||
                   !place_equal(page_map_repository(entry->map), place))) {
    entry = entry->next;
  }
  if (entry) {
    take_out(statement, entry);
    put_first(statement, entry);
    return entry->map;
  }
  entry = calloc(1, sizeof *entry);
  if (!entry) return NULL;
  entry->map = page_map_open(statement->service, access_to(statement, place->region), listing,
                             place, order, &statement->footprint);
  if (!entry->map) {
    free(entry);
    return NULL;
  }
  entry->listing = listing;
  entry->order = order;
  entry->next = *bucket;
  *bucket = entry;
  put_first(statement, entry);
  return entry->map;
}

void statement_trim(struct statement *statement) {
  struct entry *entry = statement->oldest;

  for (; entry && statement->footprint > PAGES_BYTES_MAX; entry = entry->used_after) {
    page_map_shrink(entry->map);
  }
}
