/*
** Tests of ext/scan/page_map under random access: the row at any position, in any sequence, is
** the one of the list, whatever the server's habits and however little memory pages may take.
*/
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "scan/page_map.h"
#include "simulated_server.h"
#include "unit.h"

static struct page_reader reader;

static void open_map(struct fixture *fixture, struct simulated_server *server,
                     const char *page_size, const struct order *order, struct page_map **map) {
  fixture_open(fixture, simulated_server_answer, server);
  fixture_set(fixture, "page_size", page_size);
  fixture_set(fixture, "concurrency", "1");
  fixture_begin(fixture);
  *map = fixture_map(fixture, order);
  CHECK(*map != NULL);
}

/* The row at a position is the list's. */
static void check_row(struct fixture *fixture, const struct simulated_server *server,
                      struct page_map *map, const struct order *order, int64_t position) {
  const struct record_page *page;
  size_t index;
  enum service_status status = fixture_row(map, &reader, position, &page, &index);

  if (!CHECK_INT(SERVICE_OK, status)) {
    CHECK_TEXT("", fixture->service->error.message);
    return;
  }
  CHECK(simulated_server_has(server, order, position, page, index));
}

/* Some 300 questions after rows, neighbours and ends. */
static void walk(struct fixture *fixture, const struct simulated_server *server,
                 struct page_map *map, const struct order *order) {
  int64_t position = 0;

  for (int i = 0; i < 300; i++) {
    bool exists;
    if (unit_random(2) == 0) {
      position = unit_random((uint32_t)server->jobs + 20);
    } else {
      position += (int64_t)unit_random(4) - 1;
    }
    if (position < 0) position = 0;
    CHECK_INT(SERVICE_OK, page_map_seek(map, &reader, position, &exists));
    CHECK_INT(position < server->jobs, exists);
    if (exists && unit_random(3)) check_row(fixture, server, map, order, position);
  }
}

static void check_walks(void) {
  static const int64_t caps[] = {0, 1, 7, 100};
  static const char *const page_sizes[] = {"1", "10", "64"};

  for (int range = 0; range < RANGE_TOO_LARGE; range++) {
    for (size_t i = 0; i < COUNT_OF(caps); i++) {
      for (size_t j = 0; j < COUNT_OF(page_sizes); j++) {
        struct simulated_server server = simulated_server_of(120);
        const struct order *order = unit_random(1) ? JOBS_ASCENDING : JOBS_DESCENDING;
        struct fixture fixture;
        struct page_map *map;
        reader = (struct page_reader){.offset = unit_random(130),
                                      .limit = (int64_t)unit_random(130) - 1,
                                      .page = unit_random(3) ? 0 : 1 + unit_random(30),
                                      .count_only = unit_random(1) == 1,
                                      .reads = unit_random(1) == 1,
                                      .ordered = true};
        server.range = (enum range_style)range;
        server.limit_cap = caps[i];
        server.ignores_limit = caps[i] == 100;
        unit_case("walk: range %d, cap %d, page size %s, hint %" PRId64 ",%" PRId64, range,
                  (int)caps[i], page_sizes[j], reader.offset, reader.limit);
        open_map(&fixture, &server, page_sizes[j], order, &map);
        walk(&fixture, &server, map, order);
        page_map_close(map);
        fixture_close(&fixture);
      }
    }
  }
}

/* Rows that are here are not asked for again. */
static void check_kept(void) {
  struct simulated_server server = simulated_server_of(250);
  struct fixture fixture;
  struct page_map *map;

  unit_case("kept");
  reader = (struct page_reader){.limit = -1, .reads = true, .ordered = true};
  open_map(&fixture, &server, "100", JOBS_ASCENDING, &map);
  check_row(&fixture, &server, map, JOBS_ASCENDING, 120);
  check_row(&fixture, &server, map, JOBS_ASCENDING, 219);
  check_row(&fixture, &server, map, JOBS_ASCENDING, 120);
  CHECK_TEXT("100@120", fixture_requests(&fixture, 0));
  unit_case("the gap before a page, and no more");
  check_row(&fixture, &server, map, JOBS_ASCENDING, 110);
  check_row(&fixture, &server, map, JOBS_ASCENDING, 119);
  check_row(&fixture, &server, map, JOBS_ASCENDING, 10);
  check_row(&fixture, &server, map, JOBS_ASCENDING, 109);
  check_row(&fixture, &server, map, JOBS_ASCENDING, 0);
  check_row(&fixture, &server, map, JOBS_ASCENDING, 249);
  CHECK_TEXT("100@120 12@110 102@10 12@0 100@249", fixture_requests(&fixture, 0));
  for (int64_t position = 220; position < 250; position++) {
    check_row(&fixture, &server, map, JOBS_ASCENDING, position);
  }
  CHECK_TEXT("100@120 12@110 102@10 12@0 100@249 33@218", fixture_requests(&fixture, 0));
  for (int64_t position = 0; position < 250; position++) {
    check_row(&fixture, &server, map, JOBS_ASCENDING, position);
  }
  CHECK_INT(6, fixture.transport->request_count);
  page_map_close(map);
  fixture_close(&fixture);
}

/* Pages of a megabyte: the ones used last stay within the bound, the others are fetched again. */
static void check_eviction(void) {
  struct simulated_server server = simulated_server_of(100);
  struct fixture fixture;
  struct page_map *map;
  size_t before;

  unit_case("eviction");
  server.padding = 38000; /* a page has the rows that it repeats, too */
  reader = (struct page_reader){.limit = -1, .reads = true, .ordered = true};
  open_map(&fixture, &server, "10", JOBS_DESCENDING, &map);
  for (int64_t position = 0; position < 100; position++) {
    check_row(&fixture, &server, map, JOBS_DESCENDING, position);
    check_row(&fixture, &server, map, JOBS_DESCENDING, position);
  }
  CHECK_TEXT("10@0 12@8 12@18 12@28 12@38 12@48 12@58 12@68 12@78 13@88",
             fixture_requests(&fixture, 0));
  before = fixture.transport->request_count;
  check_row(&fixture, &server, map, JOBS_DESCENDING, 95); /* the last page is here */
  check_row(&fixture, &server, map, JOBS_DESCENDING, 85);
  CHECK_TEXT("", fixture_requests(&fixture, before));
  check_row(&fixture, &server, map, JOBS_DESCENDING, 5);
  check_row(&fixture, &server, map, JOBS_DESCENDING, 6);
  CHECK_TEXT("10@5", fixture_requests(&fixture, before));
  unit_case("what is used stays");
  for (int64_t page = 2; page < 8; page++) {
    check_row(&fixture, &server, map, JOBS_DESCENDING, 5);
    check_row(&fixture, &server, map, JOBS_DESCENDING, page * 10);
  }
  CHECK_TEXT("10@5 10@20 12@28 12@38 12@48 12@58 12@68", fixture_requests(&fixture, before));
  unit_case("a walk with eviction");
  for (int i = 0; i < 60; i++) {
    check_row(&fixture, &server, map, JOBS_DESCENDING, unit_random(99));
  }
  page_map_close(map);
  fixture_close(&fixture);
}

/* A page that is larger than the bound by itself is kept as long as it is read. */
static void check_page_beyond_bound(void) {
  struct simulated_server server = simulated_server_of(30);
  struct fixture fixture;
  struct page_map *map;

  unit_case("a page beyond the bound");
  server.padding = 600000;
  reader = (struct page_reader){.limit = -1, .reads = true, .ordered = true};
  open_map(&fixture, &server, "10", JOBS_ASCENDING, &map);
  for (int64_t position = 0; position < 30; position++) {
    check_row(&fixture, &server, map, JOBS_ASCENDING, position);
  }
  CHECK_TEXT("10@0 12@8 13@18", fixture_requests(&fixture, 0));
  page_map_close(map);
  fixture_close(&fixture);
}

/* Two maps of one service do not disturb each other, and one may be closed at any time. */
static void check_two_maps(void) {
  struct simulated_server server = simulated_server_of(60);
  struct fixture fixture;
  struct page_map *left;
  struct page_map *right;

  unit_case("two maps");
  reader = (struct page_reader){.limit = -1, .reads = true, .ordered = true};
  open_map(&fixture, &server, "10", JOBS_ASCENDING, &left);
  right = fixture_map(&fixture, JOBS_DESCENDING);
  CHECK(right != NULL);
  for (int64_t position = 0; position < 60; position += 7) {
    check_row(&fixture, &server, left, JOBS_ASCENDING, position);
    check_row(&fixture, &server, right, JOBS_DESCENDING, position);
  }
  page_map_close(left);
  check_row(&fixture, &server, right, JOBS_DESCENDING, 59);
  page_map_close(right);
  page_map_close(NULL);
  fixture_close(&fixture);
}

void page_map_walk_test(void) {
  check_walks();
  check_kept();
  check_eviction();
  check_page_beyond_bound();
  check_two_maps();
}
