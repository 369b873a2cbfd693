/*
** The roll over a list of repositories that is served here: each once and in order, whatever pages
** the service gives, and with any allocation failing.
*/
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "fixture.h"
#include "scan/roll.h"
#include "scan/scan.h"
#include "unit.h"

#define REPOSITORIES 57
#define ROW_MAX 120
#define NAME 0

enum { BY_NAME, BY_TIME, BY_TIME_DESCENDING };

/* Repositories by name; two have each name, and times have another order than names. */
struct list_server {
  int64_t cap;         /* rows of a page; 0: as many as asked */
  int64_t limit;       /* a limit above it is refused; 0: none */
  bool silent;         /* about totals */
  bool unordered;      /* an order is refused, */
  bool refuses_all;    /* and so is none */
  bool by_name;        /* whatever order is asked for */
  size_t padding;      /* bytes that make each record longer */
  int64_t removed;     /* the last ones that are not there any more */
  size_t refused_from; /* requests from this number on get 403; 0: none */
};

static int64_t number_in(const char *url, const char *word) {
  const char *at = strstr(url, word);

  return at ? strtoll(at + strlen(word), NULL, 10) : -1;
}

/* The repository at a position of an order. */
static int64_t repository_at(const char *url, int64_t position) {
  if (strstr(url, "_type%3A%3Adesc")) position = REPOSITORIES - 1 - position;
  return strstr(url, "updated_time") ? position * 10 % REPOSITORIES : position;
}

/* The inverse: where a repository stands by time, 10 * 40 being 1 more than a multiple of 57. */
static int64_t age_of(int64_t repository) { return repository * 40 % REPOSITORIES; }

/* The answer where the server refuses the request; false if it does not. */
static bool refuse(const struct list_server *server, size_t number, const char *url, int64_t limit,
                   struct scripted_answer *answer) {
  bool orders = strstr(url, "order_column") || server->refuses_all;
  const char *code = server->limit && limit > server->limit ? "4000056" : NULL;

  if (!code && server->unordered && orders) code = "4001096";
  if (!code && server->refused_from && number >= server->refused_from) code = "4039002";
  if (!code) return false;
  answer->status = strcmp(code, "4039002") == 0 ? 403 : 400;
  snprintf(answer->owned, ROW_MAX, "[{\"errorCode\":\"SVCSTG.SWR.%s\"}]", code);
  return true;
}

static void answer_list(void *context, size_t number, const char *url,
                        struct scripted_answer *answer) {
  const struct list_server *server = context;
  int64_t limit = number_in(url, "limit%3A%3A");
  int64_t offset = number_in(url, "offset%3A%3A");
  int64_t there = REPOSITORIES - server->removed;
  int64_t left = offset < there ? there - offset : 0;
  size_t used = 0;

  CHECK(limit > 0 && offset >= 0 && offset % limit == 0);
  answer->status = 200;
  answer->owned = plain_resize(NULL, (size_t)(REPOSITORIES + 1) * (ROW_MAX + server->padding));
  answer->body = answer->owned;
  if (refuse(server, number, url, limit, answer)) return;
  if (server->cap && limit > server->cap) limit = server->cap;
  if (limit > left) limit = left;
  answer->owned[used++] = '[';
  for (int64_t i = 0; i < limit; i++) {
    int64_t repository = server->by_name ? offset + i : repository_at(url, offset + i);
    used += (size_t)snprintf(answer->owned + used, ROW_MAX,
                             "%s{\"name\":\"r-%02" PRId64 "\",\"namespace\":\"n-%" PRId64
                             "\",\"updated_at\":\"2026-01-01T00:00:%02" PRId64 "Z\"",
                             i ? "," : "", repository / 2, repository % 2, age_of(repository));
    memset(answer->owned + used, ' ', server->padding);
    used += server->padding;
    answer->owned[used++] = '}';
  }
  memcpy(answer->owned + used, "]", 2);
  if (!server->silent) {
    snprintf(answer->headers, sizeof answer->headers,
             "Content-Range: %" PRId64 "-%" PRId64 "/%" PRId64 "\n", offset, limit, there);
  }
}

/* The number of the repository that a row is of, by its place in the order. */
static int64_t place_of(const struct record_page *page, size_t row, int order) {
  size_t size;
  const char *name = record_page_text(page, row, NAME, &size);
  const char *space =
      record_page_text(page, row, listing_key_column(page->listing, PLACE_NAMESPACE), &size);
  int64_t repository = strtoll(name + 2, NULL, 10) * 2 + strtoll(space + 2, NULL, 10);

  if (order == BY_TIME) return age_of(repository);
  return order == BY_TIME_DESCENDING ? REPOSITORIES - 1 - age_of(repository) : repository;
}

static enum service_status read_rows(struct roll *roll, int order, const struct page_reader *reader,
                                     int64_t count) {
  for (int64_t position = 0; position <= count; position++) {
    const struct record_page *page;
    size_t index;
    int64_t run;
    enum service_status status = roll_run(roll, reader, position, &page, &index, &run);
    if (status != SERVICE_OK) return status;
    CHECK_INT(position<REPOSITORIES, run> 0);
    if (run) CHECK_INT(position, place_of(page, index, order));
  }
  return SERVICE_OK;
}

static struct roll *open_roll(struct fixture *fixture, int order) {
  return roll_open(fixture->service, fixture->access, &repo_listing, &fixture->place,
                   &repo_listing.orders[order], 0);
}

static void open_fixture(struct fixture *fixture, struct list_server *server) {
  fixture_open(fixture, answer_list, server);
  fixture_begin(fixture);
  place_fill(&fixture->place, "", "", "");
}

static void check_pages(void) {
  static const int64_t caps[] = {0, 1, 2, 3, 5, 8, 12, 20, 56, 57, 58};
  const struct page_reader reader = {.limit = -1, .reads = true};

  for (size_t i = 0; i < COUNT_OF(caps); i++) {
    for (int order = BY_NAME; order <= BY_TIME_DESCENDING; order++) {
      for (int silent = 0; silent < 2; silent++) {
        struct list_server server = {.cap = caps[i], .silent = silent};
        struct fixture fixture;
        struct roll *roll;
        unit_case("pages of %" PRId64 ", order %d, silent %d", caps[i], order, silent);
        open_fixture(&fixture, &server);
        roll = open_roll(&fixture, order);
        CHECK_INT(SERVICE_OK, read_rows(roll, order, &reader, REPOSITORIES));
        roll_close(roll);
        fixture_close(&fixture);
      }
    }
  }
}

/*
** A name that the service takes as a wish, and gives what has others all the same: rows are only
** those that are called so, in their order, also where the first page is in order already.
*/
static void check_named(void) {
  static const int64_t caps[] = {0, 2, 7, 20};
  const struct page_reader reader = {.limit = -1, .reads = true};

  for (size_t i = 0; i < COUNT_OF(caps); i++) {
    for (int order = BY_NAME; order <= BY_TIME_DESCENDING; order++) {
      struct list_server server = {.cap = caps[i]};
      struct fixture fixture;
      struct roll *roll;
      int64_t place = -1;
      int64_t rows = 0;
      int64_t run = 1;
      unit_case("r-05 in pages of %" PRId64 ", order %d", caps[i], order);
      open_fixture(&fixture, &server);
      place_fill(&fixture.place, "", "", "r-05");
      roll = open_roll(&fixture, order);
      for (int64_t position = 0; run > 0 && position < REPOSITORIES; position++) {
        const struct record_page *page;
        size_t index;
        CHECK_INT(SERVICE_OK, roll_run(roll, &reader, position, &page, &index, &run));
        if (run <= 0) break;
        CHECK(place_of(page, index, order) > place);
        place = place_of(page, index, order);
        rows++;
      }
      CHECK_INT(2, rows);
      roll_close(roll);
      fixture_close(&fixture);
    }
  }
}

/* A reader of a few rows, and after it one of all: what was given stays. */
static void check_limit(void) {
  const struct page_reader few = {.limit = 5, .reads = true};
  const struct page_reader all = {.limit = -1, .reads = true};
  struct list_server server = {.cap = 0};
  struct fixture fixture;
  struct roll *roll;

  unit_case("five, and then all");
  open_fixture(&fixture, &server);
  roll = open_roll(&fixture, BY_TIME_DESCENDING);
  CHECK_INT(SERVICE_OK, read_rows(roll, BY_TIME_DESCENDING, &few, 4));
  CHECK_INT(1, fixture.transport->request_count);
  CHECK_INT(SERVICE_OK, read_rows(roll, BY_TIME_DESCENDING, &all, REPOSITORIES));
  CHECK_INT(2, fixture.transport->request_count);
  roll_close(roll);
  fixture_close(&fixture);
}

/* One that refuses what every list gives, too, is asked so once. */
static void check_limit_refused(void) {
  const struct page_reader reader = {.limit = -1, .reads = true};
  struct list_server server = {.limit = 50};
  struct fixture fixture;
  struct roll *roll;

  unit_case("a limit of 100 is refused");
  open_fixture(&fixture, &server);
  roll = open_roll(&fixture, BY_TIME);
  CHECK_INT(SERVICE_FAILED, read_rows(roll, BY_TIME, &reader, REPOSITORIES));
  CHECK_INT(2, fixture.transport->request_count);
  CHECK_HAS(fixture.service->error.message, "4000056");
  roll_close(roll);
  fixture_close(&fixture);
}

/* The first page shows that its order is not the one that was asked for: all are sorted here. */
static void check_order_ignored(void) {
  const struct page_reader reader = {.limit = -1, .reads = true};

  for (int order = BY_TIME; order <= BY_TIME_DESCENDING; order++) {
    struct list_server server = {.cap = 8, .by_name = true};
    struct fixture fixture;
    struct roll *roll;
    unit_case("the order is ignored, %d", order);
    open_fixture(&fixture, &server);
    roll = open_roll(&fixture, order);
    CHECK_INT(SERVICE_OK, read_rows(roll, order, &reader, REPOSITORIES));
    roll_close(roll);
    fixture_close(&fixture);
  }
}

/* ---- the first request ---- */

/* What a reader of so many rows asks for first: as many, where that is a page of them. */
static void check_first_request(void) {
  static const struct {
    int64_t offset;
    int64_t limit;
    bool count;
    const char *name; /* that is searched for */
    int64_t expected;
  } cases[] = {{0, 5, false, "", 5},        {10, 5, false, "", 15},     {0, 0, false, "", 1000},
               {999, 1, false, "", 1000},   {998, 5, false, "", 1000},  {2000, 5, false, "", 1000},
               {0, 5000, false, "", 1000},  {0, -1, false, "", 1000},   {0, -1, true, "", 1},
               {0, 5, false, "r-05", 1000}, {0, -1, true, "r-05", 1000}};

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct page_reader reader = {
        .offset = cases[i].offset, .limit = cases[i].limit, .count_only = cases[i].count};
    struct list_server server = {.cap = 0};
    struct fixture fixture;
    struct roll *roll;
    unit_case("first request %zu", i);
    open_fixture(&fixture, &server);
    place_fill(&fixture.place, "", "", cases[i].name);
    roll = open_roll(&fixture, BY_NAME);
    CHECK(!roll_begun(roll));
    CHECK(roll_start(roll, &reader));
    CHECK(roll_begun(roll));
    CHECK(roll_start(roll, &reader)); /* nothing more */
    CHECK_INT(1, fixture.transport->request_count);
    CHECK_INT(cases[i].expected, number_in(fixture.transport->requests[0].url, "limit%3A%3A"));
    roll_close(roll);
    fixture_close(&fixture);
  }
}

/*
** Requests for two lists are under way when the first of them is refused its order: that the second
** one is, too, says nothing new, and is made good for all the same. One at a time learns from it.
*/
static void check_order_refused(void) {
  static const struct page_reader reader = {.limit = -1, .reads = true};

  for (int at_once = 0; at_once <= 1; at_once++) {
    struct list_server server = {.unordered = true};
    struct fixture fixture;
    struct roll *rolls[2];
    unit_case("no order, %s", at_once ? "two at once" : "one after the other");
    open_fixture(&fixture, &server);
    for (size_t i = 0; i < 2; i++) rolls[i] = open_roll(&fixture, BY_NAME);
    if (at_once) CHECK(roll_start(rolls[0], &reader) && roll_start(rolls[1], &reader));
    for (size_t i = 0; i < 2; i++) {
      if (!CHECK_INT(SERVICE_OK, read_rows(rolls[i], BY_NAME, &reader, REPOSITORIES))) {
        CHECK_TEXT("", fixture.service->error.message);
      }
      roll_close(rolls[i]);
    }
    CHECK_INT(at_once ? 4 : 3, fixture.transport->request_count);
    fixture_close(&fixture);
  }
}

/* A service that refuses the list with an order and without says so in the end. */
static void check_all_refused(void) {
  static const struct page_reader reader = {.limit = -1, .reads = true};
  struct list_server server = {.unordered = true, .refuses_all = true};
  struct fixture fixture;
  struct roll *roll;
  bool exists;
  unit_case("neither with an order nor without");
  open_fixture(&fixture, &server);
  roll = open_roll(&fixture, BY_NAME);
  CHECK_INT(SERVICE_FAILED, roll_seek(roll, &reader, 0, &exists));
  CHECK_INT(2, fixture.transport->request_count);
  CHECK_HAS(fixture.service->error.message, "4001096");
  roll_close(roll);
  fixture_close(&fixture);
}

/* ---- one request at a time ---- */

static bool interrupt_at_once(void *context) {
  (void)context;
  return true;
}

/*
** Where there is room for one request, the list waits for what is under way, and an interrupt ends
** that wait, but not what is under way.
*/
static void check_room(void) {
  static const struct page_reader reader = {.limit = -1, .reads = true};
  struct list_server server = {.cap = 0};
  struct fixture fixture;
  struct roll *first;
  struct roll *second;
  bool exists;

  unit_case("no room");
  fixture_open(&fixture, answer_list, &server);
  fixture_set(&fixture, "concurrency", "1");
  fixture_begin(&fixture);
  place_fill(&fixture.place, "", "", "");
  first = open_roll(&fixture, BY_NAME);
  second = open_roll(&fixture, BY_TIME);
  CHECK(roll_start(first, &reader));
  service_watch(fixture.service, interrupt_at_once, NULL);
  CHECK_INT(SERVICE_INTERRUPTED, roll_seek(second, &reader, 0, &exists));
  CHECK(!exists);
  service_watch(fixture.service, NULL, NULL);
  CHECK_INT(1, fixture.transport->request_count);
  CHECK_INT(SERVICE_OK, read_rows(second, BY_TIME, &reader, REPOSITORIES));
  CHECK_INT(SERVICE_OK, read_rows(first, BY_NAME, &reader, REPOSITORIES));
  roll_close(first);
  roll_close(second);
  fixture_close(&fixture);

  unit_case("what nobody has started is started by who goes on");
  open_fixture(&fixture, &server);
  first = open_roll(&fixture, BY_NAME);
  CHECK_INT(SERVICE_OK, roll_advance(first, &reader, false));
  CHECK_INT(0, fixture.transport->request_count);
  CHECK_INT(SERVICE_OK, roll_advance(first, &reader, true));
  CHECK_INT(SERVICE_OK, roll_advance(first, &reader, true)); /* it is under way */
  CHECK_INT(1, fixture.transport->request_count);
  CHECK_INT(SERVICE_OK, read_rows(first, BY_NAME, &reader, REPOSITORIES));
  CHECK_INT(1, fixture.transport->request_count);
  roll_close(first);
  fixture_close(&fixture);
}

static bool interrupt_now(void *context) {
  long *left = context;

  return *left > 0 && --*left == 0;
}

/* An interrupt anywhere, also while a large answer is decoded, ends the call and not the list. */
static void check_interrupts(void) {
  static const struct page_reader reader = {.limit = -1, .reads = true};
  bool fired = true;

  for (long nth = 1; fired; nth++) {
    struct list_server server = {.cap = 40, .padding = 10000};
    struct fixture fixture;
    struct roll *roll;
    long left = nth;
    bool exists;
    enum service_status status;
    unit_case("interrupt at look %ld", nth);
    open_fixture(&fixture, &server);
    roll = open_roll(&fixture, BY_NAME);
    service_watch(fixture.service, interrupt_now, &left);
    status = roll_seek(roll, &reader, REPOSITORIES - 1, &exists);
    fired = left == 0;
    CHECK_INT(fired ? SERVICE_INTERRUPTED : SERVICE_OK, status);
    CHECK_INT(!fired, exists);
    service_watch(fixture.service, NULL, NULL);
    CHECK_INT(SERVICE_OK, read_rows(roll, BY_NAME, &reader, REPOSITORIES));
    roll_close(roll);
    fixture_close(&fixture);
  }
}

/* ---- rows of another roll ---- */

/* A list that is searched for names draws from the one that has all, which is asked once. */
static void check_drawn(void) {
  static const struct page_reader reader = {.limit = -1, .reads = true};
  struct list_server server = {.cap = 20};
  struct fixture fixture;
  struct roll *whole;
  struct roll *drawn;
  const struct record_page *page;
  size_t index;
  int64_t run;

  unit_case("drawn");
  open_fixture(&fixture, &server);
  whole = open_roll(&fixture, BY_NAME);
  place_fill(&fixture.place, "", "", "r-05");
  drawn = open_roll(&fixture, BY_NAME);
  roll_draw_from(drawn, whole);
  CHECK(!roll_begun(drawn));
  CHECK_INT(SERVICE_OK, roll_advance(drawn, &reader, true)); /* that is up to its reader */
  CHECK_INT(0, fixture.transport->request_count);
  CHECK(roll_start(drawn, &reader));
  CHECK(roll_start(drawn, &reader));
  CHECK(roll_begun(drawn) && roll_begun(whole));
  CHECK_INT(1, fixture.transport->request_count);
  CHECK_INT(SERVICE_OK, roll_run(drawn, &reader, 1, &page, &index, &run));
  CHECK_INT(1, run);
  CHECK_INT(11, place_of(page, index, BY_NAME));
  CHECK_INT(SERVICE_OK, roll_run(drawn, &reader, 2, &page, &index, &run));
  CHECK_INT(0, run);
  CHECK_INT(SERVICE_OK, read_rows(whole, BY_NAME, &reader, REPOSITORIES));
  CHECK_INT(4, fixture.transport->request_count);
  roll_close(drawn);
  roll_close(whole);
  fixture_close(&fixture);
}

/* The same where the whole list cannot be read, or the memory ends. */
static void check_drawn_failing(void) {
  static const struct page_reader reader = {.limit = -1, .reads = true};
  long refused = 1;

  for (long nth = 0; refused > 0; nth++) { /* 0: none fails, but the list does */
    struct list_server server = {.cap = 20, .refused_from = nth ? 0 : 2};
    struct fixture fixture;
    enum service_status status;
    struct roll *whole;
    struct roll *drawn;
    bool exists;
    unit_case("drawn, allocation %ld", nth);
    open_fixture(&fixture, &server);
    whole = open_roll(&fixture, BY_NAME);
    place_fill(&fixture.place, "", "", "r-05");
    drawn = open_roll(&fixture, BY_NAME);
    roll_draw_from(drawn, whole);
    if (nth) allocation_fail_at(nth, false);
    status = roll_start(drawn, &reader) ? roll_seek(drawn, &reader, 0, &exists) : SERVICE_NO_MEMORY;
    refused = allocation_stop() || !nth;
    CHECK_INT(!nth ? SERVICE_FORBIDDEN : refused ? SERVICE_NO_MEMORY : SERVICE_OK, status);
    server.refused_from = 0;
    CHECK_INT(SERVICE_OK, roll_seek(drawn, &reader, 1, &exists));
    CHECK(exists);
    CHECK_INT(SERVICE_OK, roll_seek(drawn, &reader, 2, &exists));
    CHECK(!exists);
    roll_close(drawn);
    roll_close(whole);
    fixture_close(&fixture);
    if (!CHECK(nth < 100000)) return;
  }
}

/* ---- what goes ---- */

static void answer_tags(void *context, size_t number, const char *url,
                        struct scripted_answer *answer) {
  size_t absent_from = *(const size_t *)context;

  (void)url;
  answer->status = number < absent_from ? 200 : 404;
  answer->body =
      number < absent_from ? "[{\"id\":1},{\"id\":2}]" : "[{\"errorCode\":\"SVCSTG.SWR.4040010\"}]";
  snprintf(answer->headers, sizeof answer->headers, "Content-Range: 0-2/5\n");
}

/* A list that is not there has no rows; one that goes while it is read is an error. */
static void check_absent(void) {
  static const struct page_reader reader = {.limit = -1, .reads = true};

  for (size_t absent_from = 1; absent_from <= 2; absent_from++) {
    struct fixture fixture;
    struct roll *roll;
    bool exists;
    unit_case("absent from request %zu on", absent_from);
    fixture_open(&fixture, answer_tags, &absent_from);
    fixture_begin(&fixture);
    roll = roll_open(fixture.service, fixture.access, &tag_listing, &fixture.place,
                     &tag_listing.orders[0], 0);
    CHECK_INT(absent_from == 1 ? SERVICE_OK : SERVICE_GONE, roll_seek(roll, &reader, 4, &exists));
    CHECK(!exists);
    if (absent_from == 2) CHECK_HAS(fixture.service->error.message, "HTTP 404");
    roll_close(roll);
    fixture_close(&fixture);
  }
}

/* Who counts goes by the total; a row of it that is wanted after all may have gone. */
static void check_counted(void) {
  struct list_server server = {.cap = 0};
  struct scan_request request = {.listing = &repo_listing,
                                 .places = places_create(),
                                 .order = &repo_listing.orders[BY_NAME],
                                 .count_only = true,
                                 .limit = -1};
  struct fixture fixture;
  struct statement *statement = NULL;
  struct scan *scan = NULL;
  const struct record_page *page;
  struct place everything;
  size_t index;

  unit_case("counted, and gone");
  fixture_open(&fixture, answer_list, &server);
  place_fill(&everything, "", "", "");
  CHECK(places_add(request.places, &everything));
  CHECK_INT(SERVICE_OK, statement_begin(fixture.service, &statement));
  CHECK_INT(SERVICE_OK, scan_open(statement, &request, &scan));
  for (int64_t position = 0; position < 50; position++) CHECK_INT(SERVICE_OK, scan_next(scan));
  CHECK(!scan_ended(scan));
  CHECK_INT(1, fixture.transport->request_count);
  server.removed = 10;
  CHECK_INT(SERVICE_FAILED, scan_row(scan, &page, &index));
  CHECK_HAS(fixture.service->error.message, "were removed while they were counted");
  scan_close(scan);
  statement_release(statement);
  places_release(request.places);
  fixture_close(&fixture);
}

/* Reads all; SERVICE_NO_MEMORY if something failed. */
static enum service_status read_all(struct fixture *fixture) {
  const struct page_reader reader = {.limit = -1, .reads = true};
  struct roll *roll = open_roll(fixture, BY_TIME);
  enum service_status status;

  if (!roll) return SERVICE_NO_MEMORY;
  status = read_rows(roll, BY_TIME, &reader, REPOSITORIES);
  roll_close(roll);
  CHECK_INT(0, fixture_page_requests(fixture));
  return status;
}

static void check_memory(bool all_after) {
  long refused = 1;

  for (long nth = 1; refused > 0; nth++) {
    struct list_server server = {.cap = 20, .limit = 100};
    struct fixture fixture;
    enum service_status status;
    unit_case("allocation %ld%s", nth, all_after ? " and all after" : "");
    open_fixture(&fixture, &server);
    allocation_fail_at(nth, all_after);
    status = read_all(&fixture);
    refused = allocation_stop();
    CHECK_INT(refused ? SERVICE_NO_MEMORY : SERVICE_OK, status);
    CHECK_INT(SERVICE_OK, read_all(&fixture));
    fixture_close(&fixture);
    if (!CHECK(nth < 100000)) return;
  }
}

void roll_test(void) {
  check_pages();
  check_named();
  check_limit();
  check_limit_refused();
  check_order_ignored();
  check_first_request();
  check_order_refused();
  check_all_refused();
  check_room();
  check_interrupts();
  check_drawn();
  check_drawn_failing();
  check_absent();
  check_counted();
  check_memory(false);
  check_memory(true);
}
