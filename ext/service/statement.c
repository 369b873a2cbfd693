/*
** What a statement has fetched: see statement.h.
*/
#include "service/statement.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS 256
#define PAGES_BYTES_MAX ((size_t)16 << 20) /* of all maps together */

struct entry {
  struct page_map *map;
  enum jobs_order order;
  struct entry *next;        /* in its bucket */
  struct entry *used_before; /* list by use, the last used first */
  struct entry *used_after;
};

struct statement {
  struct service *service;
  struct entry *buckets[BUCKETS];
  struct entry *newest;
  struct entry *oldest;
};

struct statement *statement_create(struct service *service) {
  struct statement *statement = calloc(1, sizeof *statement);

  if (statement) statement->service = service;
  return statement;
}

void statement_destroy(struct statement *statement) {
  struct entry *next;

  if (!statement) return;
  for (struct entry *entry = statement->newest; entry; entry = next) {
    next = entry->used_before;
    page_map_close(entry->map);
    free(entry);
  }
  free(statement);
}

struct service *statement_service(const struct statement *statement) {
  return statement->service;
}

/* FNV-1a over both names. */
static size_t bucket_of(const struct repository *repository) {
  uint32_t hash = 2166136261u;

  for (const char *c = repository->name_space; *c; c++) {
    hash = (hash ^ (unsigned char)*c) * 16777619u;
  }
  for (const char *c = repository->name; *c; c++) hash = (hash ^ (unsigned char)*c) * 16777619u;
  return hash % BUCKETS;
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

struct page_map *statement_map(struct statement *statement, const struct repository *repository,
                               enum jobs_order order) {
  struct entry **bucket = &statement->buckets[bucket_of(repository)];
  struct entry *entry = *bucket;

  while (entry && (entry->order != order ||
                   !repository_equal(page_map_repository(entry->map), repository))) {
    entry = entry->next;
  }
  if (entry) {
    take_out(statement, entry);
    put_first(statement, entry);
    return entry->map;
  }
  entry = calloc(1, sizeof *entry);
  if (!entry) return NULL;
  entry->map = page_map_open(statement->service, repository, order);
  if (!entry->map) {
    free(entry);
    return NULL;
  }
  entry->order = order;
  entry->next = *bucket;
  *bucket = entry;
  put_first(statement, entry);
  return entry->map;
}

void statement_trim(struct statement *statement) {
  size_t kept = 0;

  for (struct entry *entry = statement->newest; entry; entry = entry->used_before) {
    kept += page_map_footprint(entry->map);
    /* The map used last is the one that is read now. */
    if (kept > PAGES_BYTES_MAX && entry != statement->newest) {
      kept -= page_map_footprint(entry->map);
      page_map_forget(entry->map);
    }
  }
}
