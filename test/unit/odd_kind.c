/*
** The kinds of oddity: see odd_kind.h.
*/
#include "odd_kind.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "orders.h"
#include "unit.h"

static uint32_t draw(struct odd_run *run, uint32_t most) { return odd_random(&run->random, most); }

/* ---- what happens to the lists ---- */

static void happens(struct odd_run *run, enum odd_event event, unsigned weight) {
  run->world->shape.weights[event] += weight;
}

static void newest(struct odd_run *run) { happens(run, ODD_NEWEST, 1); }
static void purge(struct odd_run *run) { happens(run, ODD_PURGE, 1); }

static void removal(struct odd_run *run) {
  happens(run, ODD_REMOVE, 3);
  happens(run, ODD_ANCHOR, 1);
  happens(run, ODD_FRONT, 1);
  happens(run, ODD_RECALL, 1);
}

static void anchor(struct odd_run *run) { happens(run, draw(run, 1) ? ODD_ANCHOR : ODD_FRONT, 1); }
static void exchange(struct odd_run *run) { happens(run, ODD_EXCHANGE, 1); }
static void renew(struct odd_run *run) { happens(run, ODD_RENEW, 1); }
static void late(struct odd_run *run) { happens(run, draw(run, 1) ? ODD_LATE : ODD_MIDDLE, 1); }
static void change(struct odd_run *run) { happens(run, ODD_CHANGE, 1); }

static void honest(struct odd_run *run) {
  newest(run);
  removal(run);
  purge(run);
  exchange(run);
  renew(run);
  change(run);
}

static void all(struct odd_run *run) {
  honest(run);
  happens(run, ODD_LATE, 1);
  happens(run, ODD_MIDDLE, 1);
}

static void storm(struct odd_run *run) {
  all(run);
  run->world->shape.budget = 200;
  run->world->shape.at_once = 4;
  run->world->shape.rate = 80;
}

/* ---- what the lists are like ---- */

static uint32_t tie_most(const struct odd_run *run) {
  return run->page_size < 10 ? (uint32_t)run->page_size : 10;
}

static void ties(struct odd_run *run) {
  run->world->shape.ties_most = tie_most(run);
  happens(run, ODD_EQUAL, 1);
  happens(run, ODD_TWIN, 1);
  if (draw(run, 1)) honest(run);
}

/* As many as one answer can show: what is more may not move, and nobody can read it then. */
static void ties_long(struct odd_run *run) {
  run->world->shape.ties_most = run->page_size < 300 ? (uint32_t)run->page_size * 3 : 900;
  if (draw(run, 1)) honest(run);
}

static void ties_still(struct odd_run *run) { run->world->shape.ties_most = tie_most(run); }
static void ties_long_still(struct odd_run *run) { run->world->shape.ties_most = 40; }

/*
** Where one is created and one removed, the total hides that rows have moved, and equal times that
** change places hide it in the rows: an answer that was asked ahead may then look as if one of
** these had never been there.
*/
static void hide_no_moves(struct odd_run *run) {
  run->world->shape.at_once = 1;
  run->world->shape.weights[ODD_EXCHANGE] = run->world->shape.weights[ODD_RENEW] = 0;
}

static void ties_drift(struct odd_run *run) {
  ties_still(run);
  all(run);
  hide_no_moves(run);
}

static void ids(struct odd_run *run) {
  run->world->shape.ids = ODD_IDS_REUSED;
  run->world->shape.tags_shared = draw(run, 1);
  if (draw(run, 1)) honest(run);
}

static void ids_random(struct odd_run *run) {
  run->world->shape.ids = ODD_IDS_RANDOM;
  run->world->shape.tags_shared = draw(run, 1);
  if (draw(run, 1)) honest(run);
}

static void nulls(struct odd_run *run) {
  run->world->shape.nulls = tie_most(run) - 1; /* a whole page of them tells nothing of the order */
  if (draw(run, 1)) honest(run);
}

static void maybe_all(struct odd_run *run) {
  if (draw(run, 1)) all(run);
}

/* ---- what a server does ---- */

static void shuffle(struct odd_run *run, struct odd_server *server) {
  (void)run;
  server->shuffles_ties = true;
}

static void astray(struct odd_run *run, struct odd_server *server) {
  server->nulls_astray = draw(run, 1);
}

/* A header that says something. */
static void told(struct odd_server *server) {
  if (server->range == RANGE_NONE || server->range == RANGE_GARBAGE) server->range = RANGE_COUNT;
}

static void lags(struct odd_run *run, struct odd_server *server) {
  told(server);
  server->total = ODD_TOTAL_LAGS;
  server->total_value = 1 + draw(run, 4);
}

static void capped(struct odd_run *run, struct odd_server *server) {
  told(server);
  server->total = ODD_TOTAL_CAPPED;
  server->total_value =
      draw(run, 1) ? run->page_size * (1 + draw(run, 3)) : 1 + (int64_t)draw(run, 40);
}

static void page_total(struct odd_run *run, struct odd_server *server) {
  (void)run;
  told(server);
  server->total = ODD_TOTAL_PAGE;
}

static void off(struct odd_run *run, struct odd_server *server) {
  told(server);
  server->total = ODD_TOTAL_OFF;
  server->total_at = 1 + draw(run, 4);
  server->total_value = (draw(run, 2) ? 1 : -1) * (1 + (int64_t)draw(run, 5));
}

static void huge(struct odd_run *run, struct odd_server *server) {
  static const int64_t totals[] = {1000000000000000000, INT64_MAX, INT64_MAX - 1, 1000000001};

  told(server);
  server->total = ODD_TOTAL_IS;
  server->total_value = totals[draw(run, COUNT_OF(totals) - 1)];
}

static void refuses(struct odd_run *run, struct odd_server *server) {
  server->limit_refused = run->page_size;
  if (run->grows) server->limit_refused += (int64_t)(run->seed / 32 % 3) * run->page_size;
}

static void caps(struct odd_run *run, struct odd_server *server) {
  server->limit_cap = run->page_size > 2 ? 2 + draw(run, (uint32_t)run->page_size - 2) : 2;
  if (run->grows) server->limit_cap += (int64_t)(run->seed / 32 % 3) * run->page_size;
}

/*
** Pages that just have room for jobs of one time that change places and for one before or after
** them, where nothing else moves.
*/
static void ties_just(struct odd_run *run) { run->world->shape.ties_most = tie_most(run) - 1; }

static void shuffle_capped(struct odd_run *run, struct odd_server *server) {
  int64_t least = (int64_t)run->world->shape.ties_most + 1;

  told(server);
  shuffle(run, server);
  caps(run, server);
  if (server->limit_cap < least) server->limit_cap = least;
}

static void shuffle_refused(struct odd_run *run, struct odd_server *server) {
  told(server);
  shuffle(run, server);
  refuses(run, server);
}

static void counts_pages(struct odd_run *run, struct odd_server *server) {
  server->counts_pages = true;
  server->claims_asked = draw(run, 1);
}

static void ignores_offset(struct odd_run *run, struct odd_server *server) {
  server->ignores_offset = true;
  server->claims_asked = draw(run, 1);
}

static void empty_once(struct odd_run *run, struct odd_server *server) {
  server->empty_from = server->empty_to = 1 + draw(run, 4);
  if (server->range == RANGE_NONE || server->range == RANGE_GARBAGE) server->empty_below = 1;
}

static void empty_always(struct odd_run *run, struct odd_server *server) {
  empty_once(run, server);
  server->empty_to = SIZE_MAX;
  server->empty_below = 1;
}

/* Without totals a page of known rows alone is the end: nothing shows that it is short. */
static void short_page(struct odd_run *run, struct odd_server *server) {
  told(server);
  server->short_from = server->short_to = 1 + draw(run, 4);
  server->short_by = 1 + draw(run, (uint32_t)run->page_size / 4);
  server->short_claims = draw(run, 1);
}

static void busy(struct odd_run *run, struct odd_server *server) {
  server->busy_from = 1 + draw(run, 5);
  server->busy_to = server->busy_from + draw(run, 1);
}

static void stale(struct odd_run *run, struct odd_server *server) {
  server->stale = 1 + draw(run, 3);
}

/* One job stands in the list twice. */
static void twice(struct odd_run *run, struct odd_server *server) {
  size_t at;

  if (server->count == 0) return;
  at = draw(run, (uint32_t)server->count - 1);
  memmove(server->list + at + 1, server->list + at, (server->count - at) * sizeof server->list[0]);
  server->visible = ++server->count;
}

/* What was read of it before is right or an error, and never silently less. */
static void vanish(struct odd_run *run, struct odd_server *server) {
  server->gone_from = 2 + draw(run, 3);
}

static void unsort(struct odd_run *run, struct odd_server *server) {
  for (size_t swaps = 1 + draw(run, 4); server->count > 1 && swaps > 0; swaps--) {
    size_t a = draw(run, (uint32_t)server->count - 1);
    size_t b = draw(run, (uint32_t)server->count - 1);
    size_t number = server->list[a];
    server->list[a] = server->list[b];
    server->list[b] = number;
  }
  server->unsorted = true;
}

static void mix(struct odd_run *run);
static void bend_mixed(struct odd_run *run, struct odd_server *server);

const struct odd_kind odd_kinds[] = {
    /* Honest ones. */
    {"quiet", 0, NULL, NULL},
    {"newest", 0, newest, NULL},
    {"purge", 0, purge, NULL},
    {"removal", 0, removal, NULL},
    {"anchor", 0, anchor, NULL},
    {"exchange", 0, exchange, NULL},
    {"renew", 0, renew, NULL},
    {"change", 0, change, NULL},
    {"honest", 0, honest, NULL},
    {"ties", 0, ties, NULL},
    {"ties-long", 0, ties_long, NULL},
    {"ids-random", 0, ids_random, NULL},
    {"busy", 0, honest, busy},
    {"caps", ODD_NOT_SINGLE, maybe_all, caps},
    /* Those that are to be read right all the same. */
    {"late", 0, late, NULL},
    {"all", 0, all, NULL},
    {"ids", 0, ids, NULL},
    {"nulls", 0, nulls, astray},
    {"shuffle", ODD_NOT_SINGLE, ties_still, shuffle},
    {"lags", ODD_NO_COUNT, maybe_all, lags},
    {"capped", ODD_NO_COUNT, maybe_all, capped},
    {"page-total", ODD_NO_COUNT, maybe_all, page_total},
    {"off", ODD_NO_COUNT, maybe_all, off},
    {"refuses", ODD_NOT_SINGLE, maybe_all, refuses},
    {"empty-once", ODD_NO_COUNT, maybe_all, empty_once},
    {"short", ODD_NO_COUNT | ODD_NOT_SINGLE, maybe_all, short_page},
    /* Those where an error is right, too. */
    {"shuffle-drift", ODD_MAY_FAIL, ties_drift, shuffle},
    {"shuffle-long", ODD_MAY_FAIL | ODD_NO_COUNT, ties_long_still, shuffle},
    {"shuffle-caps", ODD_MAY_FAIL | ODD_NOT_SINGLE, ties_just, shuffle_capped},
    {"shuffle-refuses", ODD_MAY_FAIL | ODD_NOT_SINGLE, ties_just, shuffle_refused},
    {"huge", ODD_MAY_FAIL, maybe_all, huge},
    {"empty-always", ODD_MAY_FAIL | ODD_NO_COUNT, NULL, empty_always},
    {"counts-pages", ODD_MAY_FAIL | ODD_NO_COUNT | ODD_NO_SKIP, NULL, counts_pages},
    {"ignores-offset", ODD_MAY_FAIL | ODD_NO_COUNT, NULL, ignores_offset},
    {"unsorted", ODD_MAY_FAIL | ODD_WHOLE, NULL, unsort},
    {"stale", ODD_MAY_FAIL, maybe_all, stale},
    {"twice", ODD_MAY_FAIL | ODD_NO_COUNT, NULL, twice},
    {"vanishes", ODD_MAY_FAIL, maybe_all, vanish},
    {"storm", ODD_MAY_FAIL, storm, NULL},
    {"mixture", ODD_MAY_FAIL | ODD_NOT_SINGLE | ODD_PENDING, mix, bend_mixed},
};

const size_t odd_kind_count = COUNT_OF(odd_kinds);

/* Two to four kinds at once. */
static void mix(struct odd_run *run) {
  for (uint32_t count = 1 + draw(run, 2); run->mixed_count <= count;) {
    const struct odd_kind *kind = &odd_kinds[draw(run, (uint32_t)odd_kind_count - 2)];
    run->mixed[run->mixed_count++] = kind;
    run->flags |= kind->flags;
    if (kind->shape) kind->shape(run);
  }
}

/*
** True if a page can be too small for jobs of one time, with one before and, where the list moves,
** one after them. If these change places, one that is never seen may as well have been created
** late: each page looks the same.
*/
static bool pages_hide_ties(const struct odd_run *run, const struct odd_server *server) {
  int64_t rows = server->limit_cap ? server->limit_cap : server->limit_refused;
  bool told_still =
      server->range != RANGE_NONE && server->range != RANGE_GARBAGE && !odd_world_moves(run->world);

  return rows && rows < (int64_t)run->world->shape.ties_most + (told_still ? 1 : 2);
}

/* A header that says of a page what was asked is that of a list which has moved as far. */
static bool pages_answer_otherwise(const struct odd_run *run, const struct odd_server *server) {
  return server->limit_cap || server->short_from || server->stale || odd_world_moves(run->world);
}

/* An order that is broken looks like what a list without one may do. */
static void keep_unsorted_apart(struct odd_server *server, bool untold) {
  server->shuffles_ties = server->nulls_astray = false;
  if (untold || server->claims_asked) server->counts_pages = false;
}

/* What is gone was there once: it has answered. */
static void keep_there_once(struct odd_server *server) {
  if (server->gone_from && server->busy_to >= server->gone_from - 1) {
    server->gone_from = server->busy_to + 2;
  }
}

/* What one fault hides, another must still tell, or nobody can know. */
static void reconcile(struct odd_run *run, struct odd_server *server) {
  bool untold = server->range == RANGE_NONE || server->range == RANGE_GARBAGE;
  bool wrong = server->total != ODD_TOTAL_EXACT;

  if (wrong || (untold && server->counts_pages)) server->limit_cap = 0;
  if (wrong || (untold && server->limit_cap)) {
    server->short_from = server->short_to = 0;
    server->empty_from = server->empty_to = 0;
  }
  if (untold && server->limit_cap) server->stale = 0;
  if (server->unsorted) keep_unsorted_apart(server, untold);
  if (pages_hide_ties(run, server)) server->shuffles_ties = false;
  if (server->shuffles_ties) hide_no_moves(run);
  if (pages_answer_otherwise(run, server)) server->claims_asked = false;
  keep_there_once(server);
}

/*
** A list without an order that moves as well: what stands in front of the rows that are here may
** have stood there all the time, or have been committed late. Both look the same.
*/
static void bend_mixed(struct odd_run *run, struct odd_server *server) {
  for (size_t i = 0; i < run->mixed_count; i++) {
    if (run->mixed[i]->bend) run->mixed[i]->bend(run, server);
  }
  reconcile(run, server);
  if (!server->unsorted) return;
  run->world->shape.budget = 0;
  server->stale = 0;
  server->limit_cap = 0; /* each page that is cut may be in order by itself */
}

/* ---- a run ---- */

static int64_t draw_page_size(struct odd_run *run) {
  static const int64_t large[] = {50, 100, 500, 1000};
  uint32_t dice = draw(run, 19);

  if (dice == 0) return (run->kind->flags & ODD_NOT_SINGLE) ? 2 : 1;
  if (dice == 1) return large[draw(run, COUNT_OF(large) - 1)];
  return 2 + draw(run, dice < 10 ? 3 : 18);
}

static void set_number(struct odd_run *run, const char *name, int64_t value) {
  char text[24];

  snprintf(text, sizeof text, "%" PRId64, value);
  fixture_set(&run->world->world.fixture, name, text);
}

static enum range_style draw_range(struct odd_run *run, const struct odd_settings *settings) {
  static const enum range_style told_ones[] = {RANGE_COUNT, RANGE_LAST_INDEX, RANGE_UNIT};
  static const enum range_style others[] = {RANGE_NONE, RANGE_NONE, RANGE_GARBAGE};

  if (settings->totals == 1) return RANGE_NONE;
  if (settings->totals == 2 || draw(run, 1)) {
    return draw(run, 1) ? RANGE_COUNT : told_ones[draw(run, COUNT_OF(told_ones) - 1)];
  }
  return others[draw(run, COUNT_OF(others) - 1)];
}

static void fill(struct odd_run *run, struct odd_server *server,
                 const struct odd_settings *settings) {
  size_t jobs = draw(run, (uint32_t)run->jobs_most);

  if (draw(run, 3) == 0) { /* pages that are just full, or one job more or less */
    jobs = (size_t)run->page_size * draw(run, 4) + draw(run, 2);
    if (jobs > run->jobs_most) jobs = run->jobs_most;
    if (jobs > 0) jobs--;
  }
  odd_world_fill(run->world, server, jobs);
  server->range = draw_range(run, settings);
  if (run->kind->bend) run->kind->bend(run, server);
}

/*
** So many requests are in order: twenty times what a list that never changes needs, and some for
** each change.
*/
static size_t requests_most(const struct odd_run *run) {
  size_t pages = 0;

  for (size_t i = 0; i < run->world->world.count; i++) {
    const struct odd_server *server = &run->world->servers[i];
    int64_t rows = run->page_size;
    if (server->limit_cap && server->limit_cap < rows) rows = server->limit_cap;
    pages += server->count / (size_t)rows + 1;
  }
  return 50 + 20 * pages + 10 * (size_t)run->world->shape.budget;
}

void odd_run_open(struct odd_run *run, struct odd_world *world, const struct odd_kind *kind,
                  uint64_t seed, const struct odd_settings *settings) {
  static const int64_t concurrencies[] = {1, 1, 2, 8, 8, 64};
  size_t places;

  memset(run, 0, sizeof *run);
  run->kind = kind;
  run->flags = kind->flags;
  run->seed = seed;
  run->world = world;
  odd_random_seed(&run->random, seed);
  places = draw(run, 1) ? 1 : 1 + draw(run, ODD_PLACES_MAX - 1);
  if (settings->plain) places = 1;
  odd_world_open(world, places, seed);
  run->page_size = draw_page_size(run);
  run->concurrency = concurrencies[draw(run, COUNT_OF(concurrencies) - 1)];
  if (settings->concurrency) run->concurrency = settings->concurrency;
  run->grows = seed / 8 % 4 == 1; /* not drawn, so that worlds of other seeds stay as they were */
  world->world.fixture.service->first_page = run->grows ? run->page_size : 0;
  set_number(run, "page_size", run->page_size);
  if (run->grows) fixture_set(&world->world.fixture, "page_size", "auto");
  set_number(run, "concurrency", run->concurrency);
  run->jobs_most = draw(run, 9) ? 60 : 250;
  if (run->page_size >= 50 && draw(run, 9) == 0) run->jobs_most = ODD_JOBS_MAX - 500;
  if (run->page_size == 1) run->jobs_most = 20;
  if (settings->jobs_most) run->jobs_most = settings->jobs_most;
  world->shape.rate = 10 + draw(run, 80);
  world->shape.at_once = 1 + draw(run, 1);
  world->shape.budget = 1 + (int)draw(run, 9);
  if (draw(run, 1)) world->latency = 1 + draw(run, 40);
  if (draw(run, 1)) world->delay = 1 + draw(run, 40);
  if (kind->shape) kind->shape(run);
  for (size_t i = 0; i < places; i++) fill(run, &world->servers[i], settings);
  world->requests_most = requests_most(run);
  odd_world_begin(world);
}

static void add_bounds(struct odd_run *run, struct odd_scan *scan) {
  const struct simulated_world *world = &run->world->world;

  for (size_t i = 0, count = 1 + draw(run, 1); i < count; i++) {
    const struct odd_server *server = &run->world->servers[draw(run, (uint32_t)world->count - 1)];
    int64_t time = 1000;
    if (server->count) {
      time = server->jobs[server->list[draw(run, (uint32_t)server->count - 1)]].time;
      if (draw(run, 3) == 0) time = server->jobs[server->list[server->count - 1]].time;
    }
    if (time == NO_TIME) time = 1000;
    time += draw(run, 1) ? (int64_t)draw(run, 2) - 1 : (int64_t)draw(run, 20) - 10;
    odd_time(time, scan->bounds[i]);
    time_bounds_add(&scan->request.bounds, (enum bound_operator)draw(run, 3), scan->bounds[i],
                    strlen(scan->bounds[i]));
  }
}

/*
** Rows that are not read are counted by the total: where that is wrong, all are asked for, of one
** list.
*/
static bool can_skip(const struct odd_run *run, const struct scan_request *request) {
  if (run->flags & ODD_NO_SKIP) return false;
  return !(run->flags & ODD_NO_COUNT) || places_count(request->places) == 1;
}

/* A reader that skips or stops, and what is expected of it, right or wrong. */
static void add_hints(struct odd_run *run, struct odd_scan *scan) {
  struct scan_request *request = &scan->request;
  struct odd_reading *reading = &scan->reading;

  if (draw(run, 1)) reading->take = 1 + draw(run, 40);
  if (draw(run, 1) && request->bounds.count == 0 && can_skip(run, request)) {
    reading->skip = draw(run, 30);
  }
  request->may_stop = reading->take >= 0;
  if (request->bounds.count == 0) {
    request->offset = draw(run, 3) ? reading->skip : (int64_t)draw(run, (uint32_t)reading->skip);
    /*
    ** Past what is expected to be skipped, a reader of no row counts: the total says how many there
    ** are, and one that is gone when it is read after all is an error.
    */
    if (run->flags & ODD_NO_COUNT || odd_world_moves(run->world)) request->offset = reading->skip;
    request->limit = draw(run, 3) ? reading->take : (int64_t)draw(run, 30);
  }
}

void odd_run_scan(struct odd_run *run, const struct odd_settings *settings, struct odd_scan *scan) {
  struct scan_request *request = &scan->request;
  struct simulated_world *world = &run->world->world;
  size_t first = draw(run, (uint32_t)world->count - 1);
  bool descending = draw(run, 1);

  if (settings->order) descending = settings->order == 2;
  memset(scan, 0, sizeof *scan);
  scan->reading.take = -1;
  request->listing = &sync_job_listing;
  request->order = descending ? JOBS_DESCENDING : JOBS_ASCENDING;
  request->ordered = draw(run, 2) > 0;
  request->limit = -1;
  request->places = world_list(world, first, 1 + draw(run, (uint32_t)(world->count - first) - 1));
  if (draw(run, 5) == 0) request->announced = world_list(world, 0, world->count);
  if (settings->plain || (run->flags & ODD_WHOLE)) return;
  if (draw(run, 2) == 0) add_bounds(run, scan);
  if (draw(run, 3) == 0) add_hints(run, scan);
  if (!(run->flags & ODD_NO_COUNT) && request->bounds.count == 0 && draw(run, 7) == 0) {
    scan->reading.count = true;
    request->count_only = draw(run, 3) > 0;
  }
}
