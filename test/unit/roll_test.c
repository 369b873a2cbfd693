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
#include "unit.h"

#define REPOSITORIES 57
#define ROW_MAX 120
#define NAME 0

enum { BY_NAME, BY_TIME, BY_TIME_DESCENDING };

/* Repositories by name; two have each name, and times have another order than names. */
struct list_server {
  int64_t cap;   /* rows of a page; 0: as many as asked */
  int64_t limit; /* a limit above it is refused; 0: none */
  bool silent;   /* about totals */
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

static void answer_list(void *context, size_t number, const char *url,
                        struct scripted_answer *answer) {
  const struct list_server *server = context;
  int64_t limit = number_in(url, "limit%3A%3A");
  int64_t offset = number_in(url, "offset%3A%3A");
  int64_t left = offset < REPOSITORIES ? REPOSITORIES - offset : 0;
  size_t used = 0;

  (void)number;
  CHECK(limit > 0 && offset >= 0 && offset % limit == 0);
  answer->status = 200;
  answer->owned = plain_resize(NULL, (size_t)(REPOSITORIES + 1) * ROW_MAX);
  answer->body = answer->owned;
  if (server->limit && limit > server->limit) {
    answer->status = 400;
    snprintf(answer->owned, ROW_MAX, "[{\"errorCode\":\"SVCSTG.SWR.4000056\"}]");
    return;
  }
  if (server->cap && limit > server->cap) limit = server->cap;
  if (limit > left) limit = left;
  answer->owned[used++] = '[';
  for (int64_t i = 0; i < limit; i++) {
    int64_t repository = repository_at(url, offset + i);
    used += (size_t)snprintf(answer->owned + used, ROW_MAX,
                             "%s{\"name\":\"r-%02" PRId64 "\",\"namespace\":\"n-%" PRId64
                             "\",\"updated_at\":\"2026-01-01T00:00:%02" PRId64 "Z\"}",
                             i ? "," : "", repository / 2, repository % 2, age_of(repository));
  }
  memcpy(answer->owned + used, "]", 2);
  if (!server->silent) {
    snprintf(answer->headers, sizeof answer->headers, "Content-Range: %" PRId64 "-%" PRId64 "/%d\n",
             offset, limit, REPOSITORIES);
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
  check_memory(false);
  check_memory(true);
}
