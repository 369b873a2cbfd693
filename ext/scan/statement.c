/*
** What a statement has fetched: see statement.h.
*/
#include "scan/statement.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory_bounds.h"
#include "request/page_request.h"

#define FIRST_BUCKETS 64 /* powers of two */
#define REGION_BUCKETS 256
#define NARROW_MAX 8 /* searches for a name in one statement, before whole lists are read */
#define TRIM_STEP (STATEMENT_PAGES_MAX / 8) /* between two looks at all of them */

struct entry {
  struct page_map *map; /* of the two, one that the listing suits; owned */
  struct roll *roll;
  bool narrow; /* of a part of a list that could be had whole */
  const struct listing *listing;
  const struct order *order;
  uint32_t wanted;           /* large columns that a roll has */
  uint32_t hash;             /* of its place */
  bool left_out;             /* it may not be read */
  bool apart;                /* it is in no bucket: a reader has it */
  bool read;                 /* a reader has begun with its first row, */
  bool known;                /* and it is noted that another did without a request */
  struct entry *next;        /* in its bucket */
  struct entry *used_before; /* list by use, the last used first */
  struct entry *used_after;
};

/* Entries whose hashes have the same end. */
struct bucket {
  struct entry *first;
};

/* FNV-1a. */
static uint32_t hash_text(uint32_t hash, const char *text) {
  for (; *text; text++) hash = (hash ^ (unsigned char)*text) * 16777619u;
  return hash;
}

static uint32_t hash_region(const char *region) { return hash_text(2166136261u, region); }

/* Over region and both names. */
static uint32_t hash_place(const struct place *place) {
  return hash_text(hash_text(hash_region(place->region), place->name_space), place->name);
}

/* A region that was reached. */
struct reached {
  struct access *access; /* referenced */
  struct reached *next;
};

struct statement {
  struct service *service;
  struct access *set; /* of the region that is set, reached or not; referenced */
  struct reached *reached[REGION_BUCKETS]; /* owned */
  int references;
  size_t footprint;       /* bytes of the pages of all maps, and of those that readers have */
  size_t trimmed;         /* those that were left by the last trim */
  struct bucket *buckets; /* owned; NULL if there are no maps */
  size_t bucket_count;
  size_t map_count;
  size_t narrow_count; /* of entries */
  struct entry *newest;
  struct entry *oldest;
};

enum service_status statement_begin(struct service *service, struct statement **statement) {
  return statement_begin_as(service, NULL, statement);
}

enum service_status statement_begin_as(struct service *service, const char *profile,
                                       struct statement **statement) {
  struct statement *fresh = calloc(1, sizeof *fresh);
  enum service_status status;

  *statement = NULL;
  if (!fresh) return SERVICE_NO_MEMORY;
  fresh->service = service;
  fresh->references = 1;
  status = service_begin_as(service, profile, &fresh->set);
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
    roll_close(entry->roll);
    free(entry);
  }
  for (size_t i = 0; i < REGION_BUCKETS; i++) {
    for (struct reached *reached = statement->reached[i]; reached; reached = next_reached) {
      next_reached = reached->next;
      access_release(reached->access);
      free(reached);
    }
  }
  free(statement->buckets);
  spare_pages_free(&statement->service->spares);
  access_release(statement->set);
  free(statement);
}

const char *statement_region(const struct statement *statement) { return statement->set->region; }

/* How a region that was reached is asked; NULL if it was not. */
static struct access *access_to(const struct statement *statement, const char *region) {
  const struct reached *reached = statement->reached[hash_region(region) % REGION_BUCKETS];

  for (; reached; reached = reached->next) {
    if (!strcmp(reached->access->region, region)) return reached->access;
  }
  return NULL;
}

enum service_status statement_reach(struct statement *statement, const char *region) {
  struct reached **bucket = &statement->reached[hash_region(region) % REGION_BUCKETS];
  struct reached *fresh;
  enum service_status status;

  if (access_to(statement, region)) return SERVICE_OK;
  fresh = calloc(1, sizeof *fresh);
  if (!fresh) return SERVICE_NO_MEMORY;
  status = access_for_region(statement->set, region, &fresh->access, statement_error(statement));
  if (status != SERVICE_OK) {
    free(fresh);
    return status;
  }
  fresh->next = *bucket;
  *bucket = fresh;
  return SERVICE_OK;
}

void statement_found_one(struct statement *statement) { statement->service->tally.found++; }

struct service_error *statement_error(const struct statement *statement) {
  return &statement->service->error;
}

struct asker statement_ask_more(struct statement *statement, struct asker asker) {
  return service_ask_more(statement->service, asker);
}

bool statement_has_room(const struct statement *statement) {
  return service_has_room_ahead(statement->service, statement->set);
}

size_t statement_at_once(const struct statement *statement) {
  return (size_t)statement->set->limits.concurrency;
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

/* Twice as many buckets, where there are as many maps as buckets. False when out of memory. */
static bool grow(struct statement *statement) {
  size_t count = statement->bucket_count ? statement->bucket_count * 2 : FIRST_BUCKETS;
  struct bucket *buckets;

  if (statement->map_count < statement->bucket_count) return true;
  buckets = calloc(count, sizeof *buckets);
  if (!buckets) return false;
  for (struct entry *entry = statement->newest; entry; entry = entry->used_before) {
    struct bucket *bucket = &buckets[entry->hash % count];
    if (entry->apart) continue;
    entry->next = bucket->first;
    bucket->first = entry;
  }
  free(statement->buckets);
  statement->buckets = buckets;
  statement->bucket_count = count;
  return true;
}

static const struct place *place_of(const struct entry *entry) {
  return entry->roll ? roll_place(entry->roll) : page_map_repository(entry->map);
}

/* The entry that has what is wanted, but for the place; NULL if there is none. */
static struct entry *find(const struct statement *statement, const struct entry *wanted,
                          const struct place *place) {
  struct entry *entry = statement->map_count
                            ? statement->buckets[wanted->hash % statement->bucket_count].first
                            : NULL;

  while (entry && (entry->hash != wanted->hash || entry->listing != wanted->listing ||
                   entry->order != wanted->order || entry->wanted != wanted->wanted ||
                   !place_equal(place_of(entry), place))) {
    entry = entry->next;
  }
  return entry;
}

/* Opens what the entry is to have. False when out of memory. */
static bool open_entry(struct statement *statement, struct entry *entry,
                       const struct place *place) {
  struct access *access = access_to(statement, place->region);

  if (roll_suits(entry->listing)) {
    entry->roll =
        roll_open(statement->service, access, entry->listing, place, entry->order, entry->wanted);
  } else {
    entry->map = page_map_open(statement->service, access, entry->listing, place, entry->order,
                               &statement->footprint);
  }
  return entry->roll || entry->map;
}

static struct entry *add(struct statement *statement, const struct entry *wanted,
                         const struct place *place) {
  struct entry *entry = grow(statement) ? calloc(1, sizeof *entry) : NULL;
  struct bucket *bucket;

  if (!entry) return NULL;
  *entry = *wanted;
  if (!open_entry(statement, entry, place)) {
    free(entry);
    return NULL;
  }
  bucket = &statement->buckets[entry->hash % statement->bucket_count];
  entry->next = bucket->first;
  bucket->first = entry;
  statement->map_count++;
  return entry;
}

/* The entry, new or not, which counts as used. NULL when out of memory. */
static struct entry *entry_of(struct statement *statement, const struct listing *listing,
                              const struct place *place, const struct order *order,
                              uint32_t large) {
  const struct entry wanted = {
      .listing = listing, .order = order, .wanted = large, .hash = hash_place(place)};
  struct entry *entry = find(statement, &wanted, place);

  if (entry) {
    take_out(statement, entry);
  } else {
    entry = add(statement, &wanted, place);
    if (!entry) return NULL;
  }
  put_first(statement, entry);
  return entry;
}

struct page_map *statement_map(struct statement *statement, const struct listing *listing,
                               const struct place *place, const struct order *order) {
  struct entry *entry = entry_of(statement, listing, place, order, 0);

  return entry ? entry->map : NULL;
}

bool statement_keep(struct statement *statement, struct page_map *map) {
  struct entry *entry = calloc(1, sizeof *entry);

  if (!entry) {
    page_map_close(map);
    return false;
  }
  entry->map = map;
  entry->apart = true;
  put_first(statement, entry);
  return true;
}

enum service_status statement_found(const struct statement *statement,
                                    const struct listing *listing, const struct place *place,
                                    bool *found) {
  uint32_t hash = hash_place(place);
  const struct entry *entry =
      statement->map_count ? statement->buckets[hash % statement->bucket_count].first : NULL;

  *found = false;
  for (; entry && !*found; entry = entry->next) {
    enum service_status status;
    if (entry->hash != hash || !entry->map || entry->listing != listing ||
        !place_equal(place_of(entry), place)) {
      continue;
    }
    status = page_map_settle(entry->map);
    if (status != SERVICE_OK) return status;
    *found = page_map_was_there(entry->map);
  }
  return SERVICE_OK;
}

/* True if a place names what the listing takes as a filter. */
static bool narrows(const struct listing *listing, const struct place *place) {
  return (place->name_space[0] && !(listing->required & PLACE_NAMESPACE)) ||
         (place->name[0] && !(listing->required & PLACE_REPOSITORY));
}

/*
** A join may ask one list for many names, one after the other: after a few of them the whole list
** comes cheaper.
*/
struct roll *statement_roll(struct statement *statement, const struct listing *listing,
                            const struct place *place, const struct order *order, uint32_t wanted) {
  struct entry *entry = entry_of(statement, listing, place, order, wanted);
  struct entry *whole;
  struct place bare;

  if (!entry || entry->narrow || !narrows(listing, place)) return entry ? entry->roll : NULL;
  entry->narrow = true;
  if (++statement->narrow_count <= NARROW_MAX) return entry->roll;
  place_fill(&bare, place->region, "", "");
  whole = entry_of(statement, listing, &bare, listing_steady_order(listing), wanted);
  if (!whole) return NULL;
  roll_draw_from(entry->roll, whole->roll);
  return entry->roll;
}

/* Of which large columns an entry tells: a map has them all. */
static uint32_t large_of(const struct listing *listing, uint32_t wanted) {
  return roll_suits(listing) ? wanted : 0;
}

enum service_status statement_leave_out(struct statement *statement, const struct listing *listing,
                                        const struct place *place, const struct order *order,
                                        uint32_t wanted, const char *why) {
  struct entry *entry = entry_of(statement, listing, place, order, large_of(listing, wanted));

  if (!entry) return SERVICE_NO_MEMORY;
  entry->left_out = true;
  service_leave_out(statement->service, access_statement(statement->set), listing, place, why);
  return SERVICE_OK;
}

bool statement_leaves_out(const struct statement *statement, const struct listing *listing,
                          const struct place *place, const struct order *order, uint32_t wanted) {
  const struct entry key = {.listing = listing,
                            .order = order,
                            .wanted = large_of(listing, wanted),
                            .hash = hash_place(place)};
  const struct entry *entry = find(statement, &key, place);

  return entry && entry->left_out;
}

enum service_status statement_project(struct statement *statement, const struct listing *listing,
                                      const char *region) {
  if (!listing->of_project) return SERVICE_OK;
  return access_project(access_to(statement, region), statement_error(statement));
}

int64_t statement_attempts(const struct statement *statement) {
  return statement->service->exchanges.log.count;
}

void statement_note_known(struct statement *statement, const struct listing *listing,
                          const struct place *place) {
  request_log_skip(&statement->service->exchanges.log, access_statement(statement->set),
                   listing->table, place_label(place), "known from this statement");
}

void statement_note_read(struct statement *statement, const struct listing *listing,
                         const struct place *place, const struct order *order, uint32_t wanted,
                         bool asked) {
  const struct entry key = {.listing = listing,
                            .order = order,
                            .wanted = large_of(listing, wanted),
                            .hash = hash_place(place)};
  struct entry *entry = find(statement, &key, place);

  if (!entry) return;
  if (entry->read && !entry->known && !asked) {
    entry->known = true;
    statement_note_known(statement, listing, place);
  }
  entry->read = true;
}

size_t statement_footprint(const struct statement *statement) { return statement->footprint; }

/* What is let go of, least needed first. */
enum trim { IDLE_BUT_A_PAGE, IDLE, HELD_BUT_A_PAGE, TRIMS };

static void trim_entry(const struct entry *entry, enum trim trim) {
  if (!entry->map || (*page_map_readers(entry->map) > 0) != (trim == HELD_BUT_A_PAGE)) return;
  if (trim == IDLE) {
    page_cache_drop_from(page_map_cache(entry->map), 0);
  } else {
    page_cache_shrink(page_map_cache(entry->map));
  }
}

/*
** Each map that is held keeps a page, so that many of them may be above the bound all the same:
** they are looked at again once there is more. Of what is idle a little more is let go of than must
** be: a look at all maps for each page that comes would be quadratic in their number.
*/
void statement_trim(struct statement *statement) {
  if (statement->footprint <= STATEMENT_PAGES_MAX ||
      statement->footprint < statement->trimmed + TRIM_STEP) {
    return;
  }
  for (enum trim trim = 0; trim < TRIMS; trim++) {
    size_t most = STATEMENT_PAGES_MAX - (trim == HELD_BUT_A_PAGE ? 0 : TRIM_STEP);
    struct entry *entry = statement->oldest;
    for (; entry && statement->footprint > most; entry = entry->used_after) {
      trim_entry(entry, trim);
    }
  }
  statement->trimmed = statement->footprint > STATEMENT_PAGES_MAX ? statement->footprint : 0;
}

bool statement_interrupted(const struct statement *statement) {
  return service_interrupted(statement->service);
}
