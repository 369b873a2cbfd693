/*
** Tests of ext/scan/statement: one map for each repository and order, what it is begun with,
** and the bound of memory over all maps.
*/
#include "scan/statement.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "base/memory_bounds.h"
#include "scan/roll.h"
#include "scan/scan.h"
#include "simulated_world.h"
#include "unit.h"

static struct simulated_world world;

static const struct page_reader reader = {.limit = -1, .reads = true};

static void check_maps(void) {
  static struct page_map *maps[2000];
  struct place place;

  unit_case("maps");
  world_open(&world, 1);
  world_begin(&world);
  for (size_t i = 0; i < COUNT_OF(maps); i++) {
    char image[40];
    snprintf(image, sizeof image, "group/r%zu", i / 2);
    CHECK(place_set_image(&place, image, strlen(image)));
    maps[i] = statement_map(world.statement, &sync_job_listing, &place,
                            i % 2 ? JOBS_DESCENDING : JOBS_ASCENDING);
    if (!CHECK(maps[i] != NULL)) break;
    CHECK(i == 0 || maps[i] != maps[i - 1]);
  }
  for (size_t i = COUNT_OF(maps); i-- > 0;) {
    char image[40];
    snprintf(image, sizeof image, "group/r%zu", i / 2);
    CHECK(place_set_image(&place, image, strlen(image)));
    CHECK(maps[i] == statement_map(world.statement, &sync_job_listing, &place,
                                   i % 2 ? JOBS_DESCENDING : JOBS_ASCENDING));
    CHECK(place_equal(&place, page_map_repository(maps[i])));
    CHECK(page_map_order(maps[i]) == (i % 2 ? JOBS_DESCENDING : JOBS_ASCENDING));
  }
  CHECK_INT(100, page_map_page_size(maps[0]));
  CHECK_INT(0, world.fixture.transport->request_count); /* nothing is asked by that */
  statement_trim(world.statement);
  world_close(&world);
}

/* Settings are those of the time when it was begun, whatever is set later. */
static void check_begin(void) {
  struct statement *first;
  struct statement *second;
  struct page_map *map;

  unit_case("begin");
  world_open(&world, 1);
  fixture_set(&world.fixture, "region", "xx-test-1");
  CHECK_INT(SERVICE_OK, statement_begin(world.fixture.service, &first));
  fixture_set(&world.fixture, "region", "yy-test-2");
  CHECK_INT(SERVICE_OK, statement_begin(world.fixture.service, &second));
  CHECK_TEXT("xx-test-1", statement_region(first));
  CHECK_TEXT("yy-test-2", statement_region(second));
  place_set_region(&world.places[0], "xx-test-1");
  CHECK_INT(SERVICE_OK, statement_reach(first, world.places[0].region));
  map = statement_map(first, &sync_job_listing, &world.places[0], JOBS_ASCENDING);
  place_set_region(&world.places[0], "yy-test-2");
  CHECK_INT(SERVICE_OK, statement_reach(second, world.places[0].region));
  CHECK(map != statement_map(second, &sync_job_listing, &world.places[0], JOBS_ASCENDING));
  unit_case("references");
  CHECK(statement_retain(first) == first);
  statement_release(first);
  CHECK_TEXT("xx-test-1", statement_region(first));
  statement_release(first);
  statement_release(second);
  statement_release(NULL);
  unit_case("a failure");
  setenv("SWR_PAGE_SIZE", "many", 1);
  CHECK(settings_look(&world.fixture.service->settings));
  CHECK_INT(SERVICE_FAILED, statement_begin(world.fixture.service, &first));
  CHECK(!first);
  CHECK_HAS(world.fixture.service->error.message, "SWR_PAGE_SIZE");
  unsetenv("SWR_PAGE_SIZE");
  world_close(&world);
}

/* Settings with which every region can be asked. */
static void begin_with_key(void) {
  world_open(&world, 1);
  fixture_set(&world.fixture, "region", "xx-test-1");
  fixture_set(&world.fixture, "endpoint", NULL);
  fixture_set(&world.fixture, "token", NULL);
  fixture_set(&world.fixture, "access_key", "key");
  fixture_set(&world.fixture, "secret_key", "secret");
  world_begin(&world);
}

/* The same names in two regions are two maps; what cannot be asked is said before anything is. */
static void check_regions(void) {
  struct place other;
  struct page_map *first;
  struct page_map *second;

  unit_case("two regions");
  begin_with_key();
  other = world.places[0];
  place_set_region(&other, "yy-test-2");
  CHECK_INT(SERVICE_OK, statement_reach(world.statement, other.region));
  first = statement_map(world.statement, &sync_job_listing, &world.places[0], JOBS_ASCENDING);
  second = statement_map(world.statement, &sync_job_listing, &other, JOBS_ASCENDING);
  CHECK(first != NULL && second != NULL && first != second);
  CHECK(first ==
        statement_map(world.statement, &sync_job_listing, &world.places[0], JOBS_ASCENDING));
  CHECK(second == statement_map(world.statement, &sync_job_listing, &other, JOBS_ASCENDING));
  CHECK_TEXT("xx-test-1", page_map_repository(first)->region);
  CHECK_TEXT("yy-test-2", page_map_repository(second)->region);
  world_close(&world);
  unit_case("one region that cannot be asked");
  world_open(&world, 1);
  fixture_set(&world.fixture, "region", "xx-test-1");
  world_begin(&world);
  CHECK_INT(SERVICE_FAILED, statement_reach(world.statement, other.region));
  CHECK_HAS(world.fixture.service->error.message, "yy-test-2");
  CHECK_INT(SERVICE_OK, statement_reach(world.statement, world.places[0].region));
  CHECK_INT(0, world.fixture.transport->request_count);
  world_close(&world);
}

/*
** With an access key one request goes first, in whatever region; the key is then right in all of
** them.
*/
static void check_room_of_key(void) {
  unit_case("room with a key");
  world_open(&world, 3);
  fixture_set(&world.fixture, "endpoint", NULL);
  fixture_set(&world.fixture, "token", NULL);
  fixture_set(&world.fixture, "access_key", "key");
  fixture_set(&world.fixture, "secret_key", "secret");
  place_set_region(&world.places[0], "xx-test-1");
  place_set_region(&world.places[1], "yy-test-2");
  place_set_region(&world.places[2], "zz-test-3");
  world_begin(&world);
  CHECK(statement_has_room(world.statement));
  CHECK(page_map_start(
      statement_map(world.statement, &sync_job_listing, &world.places[1], JOBS_ASCENDING),
      &reader));
  CHECK(!statement_has_room(world.statement));
  CHECK_INT(SERVICE_OK, service_wait(world.fixture.service));
  CHECK(page_map_start(
      statement_map(world.statement, &sync_job_listing, &world.places[0], JOBS_ASCENDING),
      &reader));
  CHECK(statement_has_room(world.statement));
  CHECK(page_map_start(
      statement_map(world.statement, &sync_job_listing, &world.places[2], JOBS_ASCENDING),
      &reader));
  CHECK_TEXT("b:100@0 a:100@0 c:100@0", world_requests(&world, 0));
  world_close(&world);
}

static void check_room(void) {
  unit_case("room");
  world_open(&world, 4);
  fixture_set(&world.fixture, "concurrency", "3");
  world.servers[0].jobs = world.servers[3].jobs = 5;
  world_begin(&world);
  for (size_t i = 0; i < 3; i++) {
    CHECK(statement_has_room(world.statement));
    CHECK(page_map_start(
        statement_map(world.statement, &sync_job_listing, &world.places[i], JOBS_ASCENDING),
        &reader));
    CHECK(page_map_start(
        statement_map(world.statement, &sync_job_listing, &world.places[i], JOBS_ASCENDING),
        &reader)); /* once is enough */
  }
  CHECK(!statement_has_room(world.statement));
  CHECK_TEXT("a:100@0 b:100@0 c:100@0", world_requests(&world, 0));
  CHECK_INT(SERVICE_OK, service_wait(world.fixture.service));
  CHECK(statement_has_room(world.statement)); /* answered, if not taken */
  world_close(&world);                        /* with answers that nobody took */
}

/* A request under way ends with the statement. */
static void check_release_in_flight(void) {
  unit_case("released in flight");
  world_open(&world, 2);
  world.delay = 5000;
  world_begin(&world);
  for (size_t i = 0; i < 2; i++) {
    CHECK(page_map_start(
        statement_map(world.statement, &sync_job_listing, &world.places[i], JOBS_DESCENDING),
        &reader));
  }
  CHECK_INT(SERVICE_OK, service_wait(world.fixture.service));
  world_end(&world);
  CHECK(world.fixture.transport->requests[0].cancelled);
  CHECK(world.fixture.transport->requests[1].cancelled);
  world_close(&world);
}

/* Reads the first `count` rows of a repository. */
static void read_rows(size_t place, int64_t from, int64_t count) {
  struct page_map *map =
      statement_map(world.statement, &sync_job_listing, &world.places[place], JOBS_ASCENDING);

  for (int64_t position = from; position < from + count; position++) {
    const struct record_page *page;
    size_t index;
    CHECK_INT(SERVICE_OK, fixture_row(map, &reader, position, &page, &index));
    CHECK(simulated_server_has(&world.servers[place], JOBS_ASCENDING, position, page, index));
  }
}

/* Maps of three pages of half a megabyte each: together they may have sixteen megabytes. */
static void check_trim(void) {
  size_t before;

  unit_case("trim");
  world_open(&world, 12);
  fixture_set(&world.fixture, "page_size", "5");
  world_begin(&world);
  for (size_t i = 0; i < world.count; i++) {
    world.servers[i].jobs = 15;
    world.servers[i].padding = 72000; /* a page has the rows that it repeats, too */
    read_rows(i, 0, 15);
    before = statement_footprint(world.statement);
    statement_trim(world.statement);
    /* There is room for more then: it is not looked at all of them again with the next page. */
    CHECK(before <= STATEMENT_PAGES_MAX ||
          statement_footprint(world.statement) <= STATEMENT_PAGES_MAX / 8 * 7);
  }
  CHECK_INT(36, world.fixture.transport->request_count);
  before = world.fixture.transport->request_count;
  unit_case("the maps asked for last are whole");
  for (size_t i = world.count; i-- > 3;) read_rows(i, 0, 15);
  CHECK_TEXT("", world_requests(&world, before));
  unit_case("of the others, the page read last is here");
  read_rows(0, 10, 5);
  CHECK_TEXT("", world_requests(&world, before));
  read_rows(0, 3, 2);
  CHECK_TEXT("a:5@3", world_requests(&world, before));
  world_close(&world);
}

/* The most bytes that a merge of all jobs has at any time; at its end no list is held any more. */
static size_t merge_all(size_t jobs) {
  struct scan_request request = {.listing = &sync_job_listing,
                                 .places = world_list(&world, 0, world.count),
                                 .order = JOBS_ASCENDING,
                                 .ordered = true,
                                 .limit = -1};
  struct scan *scan;
  size_t most = 0;
  size_t rows = 0;

  if (!CHECK_INT(SERVICE_OK, scan_open(world.statement, &request, &scan))) return 0;
  for (; !scan_ended(scan); rows++) {
    const struct record_page *page;
    size_t index;
    size_t used = statement_footprint(world.statement);
    if (used > most) most = used;
    CHECK_INT(SERVICE_OK, scan_row(scan, &page, &index));
    if (!CHECK_INT(SERVICE_OK, scan_next(scan))) break;
  }
  CHECK_INT(jobs, rows);
  for (size_t i = 0; i < world.count; i++) {
    CHECK_INT(0, *page_map_readers(statement_map(world.statement, &sync_job_listing,
                                                 &world.places[i], JOBS_ASCENDING)));
  }
  scan_close(scan);
  return most;
}

/* Forty lists whose first pages have 64 MB together, were they as large as the settings say. */
static void check_merge(void) {
  unit_case("a merge of large records");
  world_open(&world, 40);
  world_begin(&world);
  for (size_t i = 0; i < world.count; i++) {
    world.servers[i].jobs = 16;
    world.servers[i].padding = 100000;
  }
  CHECK(merge_all((size_t)40 * 16) < 2 * STATEMENT_PAGES_MAX);
  world_close(&world);
}

/* What a reader has is counted until it goes, wherever else it was let go of. */
static void check_held(void) {
  struct trail trail = {.begin = 0};
  struct page_map *map;
  struct page_run run;
  size_t used;

  unit_case("a page that only a reader has");
  world_open(&world, 1);
  world_begin(&world);
  world.servers[0].jobs = 5;
  map = statement_map(world.statement, &sync_job_listing, &world.places[0], JOBS_ASCENDING);
  CHECK_INT(SERVICE_OK, page_map_run(map, &reader, 0, &run));
  used = statement_footprint(world.statement);
  CHECK(used > 0);
  CHECK(trail_go_on(&trail, &run, 0, false, false));
  page_cache_drop_from(page_map_cache(map), 0);
  CHECK_INT(used, statement_footprint(world.statement));
  trail_free(&trail);
  CHECK_INT(0, statement_footprint(world.statement));
  world_close(&world);
}

/* More regions than there are lists of them: each is asked where it is. */
static void check_many_regions(void) {
  static struct place places[300];

  unit_case("many regions");
  begin_with_key();
  for (size_t i = 0; i < COUNT_OF(places); i++) {
    char region[20];
    snprintf(region, sizeof region, "xx-test-%zu", i);
    places[i] = world.places[0];
    place_set_region(&places[i], region);
    CHECK_INT(SERVICE_OK, statement_reach(world.statement, region));
    CHECK_INT(SERVICE_OK, statement_reach(world.statement, region)); /* again */
  }
  for (size_t i = 0; i < COUNT_OF(places); i++) {
    struct page_map *map =
        statement_map(world.statement, &sync_job_listing, &places[i], JOBS_ASCENDING);
    struct page_run run;
    char host[60];
    world.places[0] = places[i];
    if (!CHECK(map) || !CHECK_INT(SERVICE_OK, page_map_run(map, &reader, 0, &run))) break;
    snprintf(host, sizeof host, "https://swr-api.%.30s.", places[i].region);
    CHECK_INT(i + 1, world.fixture.transport->request_count);
    CHECK_HAS(world.fixture.transport->requests[i].url, host);
  }
  world_close(&world);
}

/* Whether the service has given a list of a place; nothing that it was asked is under way. */
static bool found(const struct listing *listing, const struct place *place) {
  bool given;

  CHECK_INT(SERVICE_OK, statement_found(world.statement, listing, place, &given));
  return given;
}

/*
** Names that are alike where they are written one after the other; other lists, and orders, of the
** same place; rolls beside maps, and a map that a reader has for itself.
*/
static void check_alike(void) {
  struct place first;
  struct place second;
  struct page_map *map;
  struct page_map *other;
  struct page_map *apart;
  struct page_run run;

  unit_case("alike");
  world_open(&world, 1);
  world_begin(&world);
  fixture_begin(&world.fixture);
  first = world.places[0];
  second = first;
  CHECK(place_set(&first, "groupx", 6, "a", 1));
  CHECK(place_set(&second, "group", 5, "xa", 2));
  CHECK(!found(&sync_job_listing, &first)); /* there is nothing yet */
  map = statement_map(world.statement, &sync_job_listing, &first, JOBS_ASCENDING);
  other = statement_map(world.statement, &sync_job_listing, &second, JOBS_ASCENDING);
  CHECK(map && other && map != other);
  CHECK(place_equal(&second, page_map_repository(other)));
  apart = page_map_open(world.fixture.service, world.fixture.access, &sync_job_listing, &first,
                        JOBS_ASCENDING, &world.fixture.footprint);
  allocation_fail_at(1, false);
  CHECK(!statement_keep(world.statement, apart)); /* which has closed it */
  CHECK_INT(1, allocation_stop());
  apart = page_map_open(world.fixture.service, world.fixture.access, &sync_job_listing, &first,
                        JOBS_ASCENDING, &world.fixture.footprint);
  CHECK(statement_keep(world.statement, apart));
  for (size_t i = 0; i < 100; i++) { /* more than there is room for at first */
    struct place place;
    char image[40];
    snprintf(image, sizeof image, "group/r%zu", i);
    CHECK(place_set_image(&place, image, strlen(image)));
    CHECK(statement_map(world.statement, &sync_job_listing, &place, JOBS_ASCENDING));
    CHECK(statement_roll(world.statement, &tag_listing, &place, &tag_listing.orders[0], 0));
  }
  CHECK(map == statement_map(world.statement, &sync_job_listing, &first, JOBS_ASCENDING));
  CHECK(other == statement_map(world.statement, &sync_job_listing, &second, JOBS_ASCENDING));
  CHECK(other != statement_map(world.statement, &sync_job_listing, &second, JOBS_DESCENDING));
  CHECK(statement_roll(world.statement, &tag_listing, &first, &tag_listing.orders[0], 0) !=
        statement_roll(world.statement, &tag_listing, &first, &tag_listing.orders[0], 1));
  unit_case("found");
  world.places[0] = second;
  CHECK_INT(SERVICE_OK, page_map_run(other, &reader, 0, &run));
  CHECK(!found(&sync_job_listing, &first));
  CHECK(found(&sync_job_listing, &second));
  CHECK(!found(&tag_listing, &second));
  CHECK(!found(&tag_listing, &first)); /* a roll is not asked that */
  for (size_t i = 0; i < 100; i++) {
    struct place place;
    char image[40];
    snprintf(image, sizeof image, "group/s%zu", i);
    CHECK(place_set_image(&place, image, strlen(image)));
    CHECK(!found(&sync_job_listing, &place));
  }
  world_close(&world);
}

/* What is said of places that the statement has not asked for, or has no memory to note. */
static void check_notes(void) {
  const struct place *place = &world.places[0];
  int64_t attempts;

  unit_case("notes");
  world_open(&world, 1);
  world_begin(&world);
  attempts = statement_attempts(world.statement);
  CHECK(!statement_leaves_out(world.statement, &sync_job_listing, place, JOBS_ASCENDING, 0));
  statement_note_read(world.statement, &sync_job_listing, place, JOBS_ASCENDING, 0, false);
  statement_note_read(world.statement, &sync_job_listing, place, JOBS_ASCENDING, 0, false);
  CHECK_INT(attempts, statement_attempts(world.statement));
  allocation_fail_at(1, true);
  CHECK_INT(SERVICE_NO_MEMORY, statement_leave_out(world.statement, &sync_job_listing, place,
                                                   JOBS_ASCENDING, 0, "no"));
  CHECK(allocation_stop() > 0);
  CHECK(!statement_leaves_out(world.statement, &sync_job_listing, place, JOBS_ASCENDING, 0));
  CHECK_INT(SERVICE_OK, statement_leave_out(world.statement, &sync_job_listing, place,
                                            JOBS_ASCENDING, 0, "no"));
  CHECK(statement_leaves_out(world.statement, &sync_job_listing, place, JOBS_ASCENDING, 0));
  world_close(&world);
}

/* After a few names, the whole list is read: where there is memory for it. */
static void check_narrow(void) {
  long refused = 1;

  for (long nth = 1; refused > 0; nth++) {
    struct place place;
    struct roll *roll = NULL;
    unit_case("narrow, allocation %ld", nth);
    world_open(&world, 1);
    world_begin(&world);
    for (int name = 0; name < 9; name++) {
      char text[20];
      snprintf(text, sizeof text, "r%d", name);
      place_fill(&place, world.places[0].region, "", text);
      if (name == 8) allocation_fail_at(nth, false);
      roll = statement_roll(world.statement, &repo_listing, &place,
                            listing_steady_order(&repo_listing), 0);
      CHECK(name == 8 || roll);
    }
    refused = allocation_stop();
    CHECK_INT(!refused, roll != NULL);
    world_close(&world);
    if (!CHECK(nth < 1000)) return;
  }
}

/*
** Lists of one large page each, which nobody reads any more: the oldest ones are let go of whole,
** where what they have is more than may be kept.
*/
static void check_trim_idle(void) {
  size_t before;

  unit_case("trim what is idle");
  world_open(&world, 24);
  world_begin(&world);
  CHECK(statement_roll(world.statement, &tag_listing, &world.places[0], &tag_listing.orders[0], 0));
  for (size_t i = 0; i < world.count; i++) {
    world.servers[i].jobs = 1;
    world.servers[i].padding = 900000;
    read_rows(i, 0, 1);
    statement_trim(world.statement);
  }
  CHECK(statement_footprint(world.statement) <= STATEMENT_PAGES_MAX);
  before = world.fixture.transport->request_count;
  CHECK_INT(24, before);
  for (size_t i = world.count; i-- > 12;) read_rows(i, 0, 1);
  CHECK_TEXT("", world_requests(&world, before));
  read_rows(0, 0, 1);
  CHECK_TEXT("a:100@0", world_requests(&world, before));
  world_close(&world);
}

void statement_test(void) {
  check_maps();
  check_begin();
  check_regions();
  check_room();
  check_room_of_key();
  check_release_in_flight();
  check_trim();
  check_merge();
  check_held();
  check_many_regions();
  check_alike();
  check_notes();
  check_narrow();
  check_trim_idle();
}
