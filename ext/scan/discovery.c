/*
** Places that another listing finds: see discovery.h.
*/
#include "scan/discovery.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/always.h"
#include "base/redact.h"
#include "scan/roll.h"

#define READINGS_MAX 4     /* of a list that has fewer records than it says */
#define SHOWN_NAME_MAX 160 /* bytes of a name in a message, NUL included */

struct discovery {
  struct statement *statement; /* referenced */
  const struct listing *listing;
  struct places *lists; /* referenced */
  struct place_filter filter;
  struct places *found; /* owned */
  size_t current;       /* of the lists: the one that is read, */
  int64_t position;     /* up to here */
  int readings;         /* of it that have ended */
  size_t started;       /* lists that something was asked of, */
  size_t read;          /* and those that are read, or were */
};

/* Whoever finds places reads all of a list. */
static const struct page_reader whole = {.limit = -1, .reads = true};

struct discovery *discovery_open(struct statement *statement, const struct listing *listing,
                                 struct places *lists, const struct place_filter *filter) {
  struct discovery *discovery = calloc(1, sizeof *discovery);
  struct places *found = discovery ? places_create() : NULL;

  if (!found) {
    free(discovery);
    if (filter->release) filter->release(filter->context);
    return NULL;
  }
  discovery->statement = statement_retain(statement);
  discovery->listing = listing;
  discovery->lists = places_retain(lists);
  discovery->filter = *filter;
  discovery->found = found;
  return discovery;
}

void discovery_close(struct discovery *discovery) {
  if (!discovery) return;
  if (discovery->filter.release) discovery->filter.release(discovery->filter.context);
  places_release(discovery->found);
  places_release(discovery->lists);
  statement_release(discovery->statement);
  free(discovery);
}

struct places *discovery_places(const struct discovery *discovery) {
  return discovery->found;
}

/* The roll of a list, in the order in which it is steady. NULL when out of memory. */
static struct roll *roll_of(const struct discovery *discovery, size_t list) {
  struct place place;

  places_get(discovery->lists, list, &place);
  return statement_roll(discovery->statement, discovery->listing, &place,
                        listing_steady_order(discovery->listing), 0);
}

static bool has_ended(const struct discovery *discovery) {
  return discovery->current == places_count(discovery->lists);
}

/* ---- what a record says ---- */

/* A name in a record; NULL: it has none. */
static const char *name_in(const struct record_page *page, size_t row, enum place_key key,
                           size_t *size) {
  return record_page_text(page, row, listing_key_column(page->listing, key), size);
}

/* What is no name of a place is a sign that the list is not what it is taken for. */
static enum service_status refuse(const struct discovery *discovery, const char *space,
                                  size_t space_size, const char *name, size_t name_size) {
  const struct secrets *unknown = NULL; /* nothing of ours is in a list of names */
  char spaces[SHOWN_NAME_MAX];
  char names[SHOWN_NAME_MAX];

  redact(ALWAYS(space) ? space : "", space_size, unknown, spaces, sizeof spaces);
  redact(ALWAYS(name) ? name : "", name_size, unknown, names, sizeof names);
  service_fail(statement_error(discovery->statement),
               "the list of %s has one with the organization '%s' and the name '%s', which no %s "
               "can have, so that it cannot be asked.",
               discovery->listing->records, spaces, names, discovery->listing->record);
  return service_advise(statement_error(discovery->statement),
                        "Name those to ask in the WHERE clause.");
}

/* Adds the place that a record names, if it is wanted. */
static enum service_status add(struct discovery *discovery, const struct place *list,
                               const struct record_page *page, size_t row) {
  size_t space_size;
  size_t name_size;
  const char *space = name_in(page, row, PLACE_NAMESPACE, &space_size);
  const char *name = name_in(page, row, PLACE_REPOSITORY, &name_size);
  struct place place;

  /* Both are columns that are not null. */
  if (NEVER(!space) || NEVER(!name) || !place_set(&place, space, space_size, name, name_size)) {
    return refuse(discovery, space, space_size, name, name_size);
  }
  place_set_region(&place, list->region);
  if (discovery->filter.accepts && !discovery->filter.accepts(discovery->filter.context, &place)) {
    return SERVICE_OK;
  }
  if (!places_add(discovery->found, &place)) return SERVICE_NO_MEMORY;
  statement_found_one(discovery->statement);
  return SERVICE_OK;
}

/* Adds what the current list has up to `end`, which is there. */
static enum service_status add_to(struct discovery *discovery, struct roll *roll, int64_t end) {
  enum service_status status = SERVICE_OK;

  while (status == SERVICE_OK && discovery->position < end) {
    const struct record_page *page;
    size_t index;
    int64_t count;
    status = roll_run(roll, &whole, discovery->position, &page, &index, &count);
    for (int64_t i = 0; i < count && status == SERVICE_OK; i++) {
      status = add(discovery, roll_place(roll), page, index + (size_t)i);
      discovery->position++;
    }
  }
  return status;
}

/* ---- one list after the other ---- */

/*
** The current list was read to its end: on to the next one, unless it has said that there is more.
*/
static enum service_status end_list(struct discovery *discovery, struct roll *roll) {
  int64_t missing = roll_missing(roll);
  char where[PLACE_TEXT_MAX];

  if (missing <= 0) {
    discovery->current++;
    discovery->position = 0;
    discovery->readings = 0;
    return SERVICE_OK;
  }
  if (++discovery->readings < READINGS_MAX) {
    roll_again(roll);
    return SERVICE_OK;
  }
  service_fail(statement_error(discovery->statement),
               "%s: the list of %s says that it has %" PRId64
               " more than it gave, in %d readings, so that some may be missing.",
               roll_text(roll, where), discovery->listing->records, missing, READINGS_MAX);
  return service_advise(statement_error(discovery->statement),
                        "Run the query again, or name those to ask in the WHERE clause.");
}

/* Asks for the first pages of lists that nothing was asked of. False when out of memory. */
static bool start_lists(struct discovery *discovery) {
  if (discovery->started < discovery->current) discovery->started = discovery->current;
  while (discovery->started < places_count(discovery->lists) &&
         statement_has_room(discovery->statement)) {
    size_t list = discovery->started++;
    struct roll *roll = roll_of(discovery, list);
    if (!roll) return false;
    if (list >= discovery->read && roll_begun(roll)) {
      statement_note_known(discovery->statement, discovery->listing, roll_place(roll));
    } else if (!roll_start(roll, &whole)) {
      return false;
    }
  }
  return true;
}

enum service_status discovery_advance(struct discovery *discovery) {
  enum service_status status = SERVICE_OK;

  if (!start_lists(discovery)) return SERVICE_NO_MEMORY;
  while (status == SERVICE_OK && !has_ended(discovery)) {
    struct roll *roll = roll_of(discovery, discovery->current);
    if (!roll) return SERVICE_NO_MEMORY;
    discovery->read = discovery->current + 1;
    status = roll_advance(roll, &whole, statement_has_room(discovery->statement));
    if (status == SERVICE_OK) status = add_to(discovery, roll, roll_ready(roll));
    if (status != SERVICE_OK || !roll_complete(roll)) break;
    status = end_list(discovery, roll);
  }
  return status;
}

enum service_status discovery_more(struct discovery *discovery, bool *more) {
  size_t before = places_count(discovery->found);
  enum service_status status = SERVICE_OK;

  if (!start_lists(discovery)) return SERVICE_NO_MEMORY;
  while (status == SERVICE_OK && !has_ended(discovery) &&
         places_count(discovery->found) == before) {
    struct roll *roll = roll_of(discovery, discovery->current);
    bool exists;
    if (!roll) return SERVICE_NO_MEMORY;
    discovery->read = discovery->current + 1;
    status = roll_seek(roll, &whole, discovery->position, &exists);
    if (status != SERVICE_OK) break;
    status = exists ? add_to(discovery, roll, roll_ready(roll)) : end_list(discovery, roll);
  }
  *more = places_count(discovery->found) > before;
  return status;
}
