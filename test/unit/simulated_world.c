/*
** Several repositories behind one scripted transport: see simulated_world.h.
*/
#include "simulated_world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "unit.h"

/*
** False if the host of a URL is that of another region; an endpoint that was set is of every
** region.
*/
static bool host_fits(const struct place *place, const char *url) {
  static const char before[] = "https://swr-api.";
  size_t size = strlen(place->region);

  if (strncmp(url, before, sizeof before - 1) != 0) return true;
  url += sizeof before - 1;
  return !strncmp(url, place->region, size) && url[size] == '.';
}

/* The index of the repository that a URL names. */
static size_t index_in_url(const struct simulated_world *world, const char *url) {
  static const char before[] = "/namespaces/group/repos/";
  const char *name = strstr(url, before);
  size_t size;

  if (!CHECK(name != NULL) || !name) return 0;
  name += strlen(before);
  size = strcspn(name, "/");
  for (size_t i = 0; i < world->count; i++) {
    if (host_fits(&world->places[i], url) && place_matches_name(&world->places[i], name, size)) {
      return i;
    }
  }
  CHECK(false); /* nobody was to ask for that */
  return 0;
}

static void answer(void *context, size_t number, const char *url, struct scripted_answer *answer) {
  struct simulated_world *world = context;

  if (number == world->trouble) {
    answer->status = 503;
    answer->body = "busy";
    return;
  }
  if (world->serve) {
    world->serve(world->serve_context, index_in_url(world, url), number, url, answer);
    return;
  }
  simulated_server_answer(&world->servers[index_in_url(world, url)], number, url, answer);
  answer->delay = world->delay;
  answer->chunk = world->chunk;
}

void world_open(struct simulated_world *world, size_t count) {
  memset(world, 0, sizeof *world);
  fixture_open(&world->fixture, answer, world);
  world->count = count;
  for (size_t i = 0; i < count; i++) {
    char name[30];
    if (i < 26) {
      snprintf(name, sizeof name, "%c", (char)('a' + i));
    } else {
      snprintf(name, sizeof name, "n%zu", i);
    }
    CHECK(place_set(&world->places[i], "group", 5, name, strlen(name)));
    world->servers[i] = simulated_server_of(0);
    world->servers[i].place = &world->places[i];
  }
}

void world_begin(struct simulated_world *world) {
  CHECK(!world->statement);
  CHECK_INT(SERVICE_OK, statement_begin(world->fixture.service, &world->statement));
  if (!world->statement) return;
  for (size_t i = 0; i < world->count; i++) {
    if (world->places[i].region[0]) continue;
    place_set_region(&world->places[i], statement_region(world->statement));
  }
  for (size_t i = 0; i < world->count; i++) {
    CHECK_INT(SERVICE_OK, statement_reach(world->statement, world->places[i].region));
  }
}

struct world_list {
  size_t first;
  size_t count;
  struct places *places;
  struct world_list *next;
};

/* True if a list still has the names of the world. */
static bool list_fits(const struct simulated_world *world, const struct world_list *list) {
  for (size_t i = 0; i < list->count; i++) {
    struct place place;
    places_get(list->places, i, &place);
    if (!place_equal(&place, &world->places[list->first + i])) return false;
  }
  return true;
}

struct places *world_list(struct simulated_world *world, size_t first, size_t count) {
  struct world_list *list = world->lists;

  while (list && (list->first != first || list->count != count || !list_fits(world, list))) {
    list = list->next;
  }
  if (list) return list->places;
  list = plain_resize(NULL, sizeof *list);
  *list = (struct world_list){first, count, places_create(), world->lists};
  world->lists = list;
  for (size_t i = 0; i < count; i++) CHECK(places_add(list->places, &world->places[first + i]));
  return list->places;
}

void world_end(struct simulated_world *world) {
  statement_release(world->statement);
  world->statement = NULL;
  CHECK_INT(0, fixture_page_requests(&world->fixture));
}

void world_close(struct simulated_world *world) {
  struct world_list *next;

  world_end(world);
  fixture_close(&world->fixture);
  for (struct world_list *list = world->lists; list; list = next) {
    next = list->next;
    places_release(list->places);
    free(list);
  }
  world->lists = NULL;
}

size_t world_index(const struct simulated_world *world, const struct place *place) {
  size_t index = 0;

  while (index < world->count && !place_equal(&world->places[index], place)) {
    index++;
  }
  return index;
}

const char *world_requests(const struct simulated_world *world, size_t from) {
  static char text[20000];
  const struct scripted_transport *transport = world->fixture.transport;
  size_t used = 0;

  text[0] = '\0';
  for (size_t i = from; i < transport->request_count && used + 80 < sizeof text; i++) {
    const char *url = transport->requests[i].url;
    int64_t limit = -1;
    int64_t offset = -1;
    bool descending;
    simulated_window(url, &limit, &offset, &descending);
    used += (size_t)snprintf(text + used, sizeof text - used, "%s%s:%" PRId64 "@%" PRId64,
                             i > from ? " " : "", world->places[index_in_url(world, url)].name,
                             limit, offset);
  }
  return text;
}
