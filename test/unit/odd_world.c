/*
** Several odd servers behind one scripted transport: see odd_world.h.
*/
#include "odd_world.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "unit.h"

#define FIRST_TIME 1000 /* of the oldest job */

void odd_world_note(struct odd_world *world, const char *format, ...) {
  size_t left = sizeof world->trace - world->traced;
  va_list arguments;
  int used;

  if (world->silent) return;
  va_start(arguments, format);
  used = vsnprintf(world->trace + world->traced, left, format, arguments);
  va_end(arguments);
  world->traced += (size_t)used < left ? (size_t)used : left - 1;
}

/* ---- jobs ---- */

static bool identity_taken(const struct odd_server *server, int64_t id, int64_t time,
                           const char *tag) {
  for (size_t i = 0; i < server->job_count; i++) {
    const struct odd_job *job = &server->jobs[i];
    if (job->id == id && job->time == time && strcmp(job->tag, tag) == 0) return true;
  }
  return false;
}

static int64_t next_id(struct odd_world *world, const struct odd_server *server) {
  int64_t number = (int64_t)server->job_count;

  switch (world->shape.ids) {
    case ODD_IDS_RANDOM: /* a bijection of the number */
      return 1000 + number * 7919 % 100003;
    case ODD_IDS_REUSED:
      return 1000 + (int64_t)odd_random(&world->random, 3);
    default:
      return 1000 + number * 3;
  }
}

static size_t create(struct odd_world *world, struct odd_server *server, int64_t time, bool last) {
  int64_t id = next_id(world, server);
  char tag[ODD_TAG_MAX] = "latest";

  if (!world->shape.tags_shared || identity_taken(server, id, time, tag)) {
    snprintf(tag, sizeof tag, "t%zu", server->job_count);
  }
  return odd_server_create(server, id, time, tag, last);
}

void odd_world_fill(struct odd_world *world, struct odd_server *server, size_t jobs) {
  size_t nulls = world->shape.nulls ? odd_random(&world->random, world->shape.nulls) : 0;
  int64_t time = FIRST_TIME;
  size_t filled = 0;

  for (; filled < nulls && filled + 1 < jobs; filled++) create(world, server, NO_TIME, true);
  while (filled < jobs) {
    size_t group = 1;
    if (world->shape.ties_most > 1 && odd_random(&world->random, 1)) {
      group += odd_random(&world->random, world->shape.ties_most - 1);
    }
    for (; group > 0 && filled < jobs; group--, filled++) create(world, server, time, true);
    time += 1 + odd_random(&world->random, 25);
  }
}

/* ---- events ---- */

static int64_t newest_time(const struct odd_server *server) {
  int64_t time = server->count ? server->jobs[server->list[server->count - 1]].time : NO_TIME;

  return time == NO_TIME ? FIRST_TIME : time;
}

/*
** How many jobs have had a time: one that is gone is a tie, too, for a reader who has seen it, and
** a small page cannot show that it was all.
*/
static uint32_t equals(const struct odd_server *server, int64_t time) {
  uint32_t count = 0;

  for (size_t i = 0; i < server->job_count; i++) count += server->jobs[i].time == time;
  return count;
}

static void note_created(struct odd_world *world, struct odd_server *server, int64_t time,
                         bool last) {
  uint32_t most = world->shape.ties_most ? world->shape.ties_most : 1;
  size_t number;

  while (time != NO_TIME && equals(server, time) >= most) time++;
  if (server->job_count >= ODD_JOBS_MAX) return;
  number = create(world, server, time, last);
  odd_world_note(world, "  +%s n%zu at %" PRId64 "\n", server->place->name, number, time);
}

static void remove_at(struct odd_world *world, struct odd_server *server, size_t position) {
  if (position >= server->count) return;
  odd_world_note(world, "  -%s n%zu, position %zu of %zu\n", server->place->name,
                 server->list[position], position, server->count);
  odd_server_remove(server, position);
}

static void remove_any(struct odd_world *world, struct odd_server *server) {
  if (server->count == 0) return;
  remove_at(world, server, odd_random(&world->random, (uint32_t)server->count - 1));
}

/* The row that stood `at` in the order of the answer before. */
static void remove_answered(struct odd_world *world, struct odd_server *server, int64_t at) {
  if (at < 0 || at >= (int64_t)server->visible) return;
  remove_at(world, server, odd_server_position(server, at));
}

static void change_any(struct odd_world *world, struct odd_server *server) {
  if (server->count == 0) return;
  server->jobs[server->list[odd_random(&world->random, (uint32_t)server->count - 1)]].status++;
}

static int64_t any_time(struct odd_world *world, const struct odd_server *server) {
  int64_t newest = newest_time(server);

  if (newest < FIRST_TIME) return newest; /* only one that came late is left */
  return FIRST_TIME + odd_random(&world->random, (uint32_t)(newest - FIRST_TIME));
}

static int64_t time_of_any(struct odd_world *world, const struct odd_server *server) {
  if (server->count == 0) return FIRST_TIME;
  return server->jobs[server->list[odd_random(&world->random, (uint32_t)server->count - 1)]].time;
}

void odd_world_event(struct odd_world *world, struct odd_server *server, enum odd_event event) {
  struct odd_random *random = &world->random;
  int64_t newest = newest_time(server);
  int64_t late = newest - 1 - odd_random(random, 30);

  switch (event) {
    case ODD_NEWEST:
      note_created(world, server, newest + 1 + odd_random(random, 20), true);
      break;
    case ODD_EQUAL:
      note_created(world, server, newest, true);
      break;
    case ODD_TWIN:
      note_created(world, server, time_of_any(world, server), odd_random(random, 1));
      break;
    case ODD_LATE:
      note_created(world, server, late, odd_random(random, 1));
      break;
    case ODD_MIDDLE:
      note_created(world, server, any_time(world, server), odd_random(random, 1));
      break;
    case ODD_PURGE:
      remove_at(world, server, 0);
      break;
    case ODD_RECALL:
      if (server->count) remove_at(world, server, server->count - 1);
      break;
    case ODD_REMOVE:
      remove_any(world, server);
      break;
    case ODD_ANCHOR:
      remove_answered(world, server, server->last_offset + server->last_count - 1);
      break;
    case ODD_FRONT:
      remove_answered(world, server, server->last_offset);
      break;
    case ODD_EXCHANGE:
      note_created(world, server, newest + 1, true);
      remove_at(world, server, 0);
      break;
    case ODD_RENEW:
      note_created(world, server, newest + 1, true);
      remove_any(world, server);
      break;
    default:
      change_any(world, server);
  }
}

static enum odd_event pick(struct odd_world *world) {
  const unsigned *weights = world->shape.weights;
  uint32_t sum = 0;
  uint32_t at;
  int event = 0;

  for (int i = 0; i < ODD_EVENTS; i++) sum += weights[i];
  at = odd_random(&world->random, sum - 1);
  while (at >= weights[event]) at -= weights[event++];
  return (enum odd_event)event;
}

bool odd_world_moves(const struct odd_world *world) {
  for (int i = 0; i < ODD_EVENTS; i++) {
    if (world->shape.weights[i]) return world->shape.budget > 0;
  }
  return false;
}

static void happen(void *context, struct odd_server *server) {
  struct odd_world *world = context;
  uint32_t count;

  if (server->asked == 1 || !odd_world_moves(world)) return;
  if (odd_random(&world->random, 99) >= world->shape.rate) return;
  count = 1;
  if (world->shape.at_once > 1) count += odd_random(&world->random, world->shape.at_once - 1);
  for (; count > 0 && world->shape.budget > 0; count--, world->shape.budget--) {
    odd_world_event(world, server, pick(world));
  }
}

/* ---- the transport ---- */

static int64_t latency(void *context, size_t number) {
  struct simulated_world *simulated = context;
  struct odd_world *world = simulated->serve_context;

  (void)number;
  return odd_random(&world->random, world->latency);
}

static void note_answer(struct odd_world *world, const struct odd_server *server, size_t number,
                        const char *url, const struct scripted_answer *answer) {
  int64_t limit = 0;
  int64_t offset = 0;
  bool descending;

  if (world->silent) return;
  simulated_window(url, &limit, &offset, &descending);
  odd_world_note(world, "%zu. %s %" PRId64 "@%" PRId64 " -> ", number, server->place->name, limit,
                 offset);
  if (answer->status != 200) {
    odd_world_note(world, "%d\n", answer->status);
    return;
  }
  for (int64_t i = 0; i < server->last_count; i++) {
    size_t job = server->list[odd_server_position(server, server->last_offset + i)];
    if (server->last_count > 12 && i > 2 && i < server->last_count - 3) continue;
    odd_world_note(world, "%sn%zu:%" PRId64, i ? " " : "", job,
                   server->jobs[job].time == NO_TIME ? -1 : server->jobs[job].time);
  }
  odd_world_note(world, " (%" PRId64 " of %zu) %s", server->last_count, server->count,
                 answer->headers[0] ? answer->headers : "\n");
}

static void serve(void *context, size_t place, size_t number, const char *url,
                  struct scripted_answer *answer) {
  struct odd_world *world = context;
  struct odd_server *server = &world->servers[place];

  odd_server_answer(server, number, url, answer);
  note_answer(world, server, number, url, answer);
  if (world->delay) answer->delay = odd_random(&world->random, world->delay);
  if (number > world->requests_most) world->endless = true;
}

static bool stop(void *context) {
  struct odd_world *world = context;

  if (++world->waits > ODD_WAITS_MAX) world->endless = true;
  return world->endless;
}

/* ---- the whole ---- */

void odd_world_open(struct odd_world *world, size_t places, uint64_t seed) {
  odd_random_seed(&world->random, seed);
  world_open(&world->world, places);
  world->world.serve = serve;
  world->world.serve_context = world;
  memset(&world->shape, 0, sizeof world->shape);
  world->latency = 0;
  world->delay = 0;
  world->requests_most = SIZE_MAX;
  world->waits = 0;
  world->endless = false;
  world->silent = false;
  world->traced = 0;
  world->trace[0] = '\0';
  for (size_t i = 0; i < places; i++) {
    odd_server_init(&world->servers[i], &world->world.places[i], seed * 31 + i);
    world->servers[i].before = happen;
    world->servers[i].before_context = world;
  }
}

void odd_world_begin(struct odd_world *world) {
  if (world->latency) world->world.fixture.transport->latency = latency;
  service_watch(world->world.fixture.service, stop, world);
  for (size_t i = 0; i < world->world.count; i++) odd_server_begin(&world->servers[i]);
  world_begin(&world->world);
}

void odd_world_close(struct odd_world *world) { world_close(&world->world); }
