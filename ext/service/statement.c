/*
** What a statement has fetched: see statement.h.
*/
#include "service/statement.h"

#include <stdlib.h>
#include <string.h>

#include "service/page_request.h"

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
  struct access *access; /* referenced */
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
  status = service_begin(service, &fresh->access, error);
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

  if (!statement || --statement->references) return;
  for (struct entry *entry = statement->newest; entry; entry = next) {
    next = entry->used_before;
    page_map_close(entry->map);
    free(entry);
  }
  access_release(statement->access);
  free(statement);
}

const char *statement_region(const struct statement *statement) {
  return statement->access->region;
}

bool statement_has_room(const struct statement *statement) {
  return service_has_room_ahead(statement->service, statement->access);
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
  entry->map = page_map_open(statement->service, statement->access, repository, order,
                             &statement->footprint);
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
  struct entry *entry = statement->oldest;

  for (; entry && statement->footprint > PAGES_BYTES_MAX; entry = entry->used_after) {
    page_map_shrink(entry->map);
  }
}
