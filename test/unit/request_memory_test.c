/*
** Tests of ext/request: that answers on their way, and those that nobody has taken yet, stay within
** the bounds of memory, whatever a service sends.
*/
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "request/page_request.h"
#include "unit.h"

#define REQUESTS 12
#define RECORD ((size_t)1000000) /* bytes; 2^20 are taken */

/* Some records that are as large as they may be. */
static char *large_body(size_t records) {
  char *body = malloc(records * (RECORD + 40) + 3);
  size_t size = 0;

  if (!body) return NULL;
  for (size_t i = 0; i < records; i++) {
    size += (size_t)snprintf(body + size, 40, "%c{\"id\":%zu,\"tag\":\"", i ? ',' : '[', i);
    memset(body + size, 'a' + (int)(i % 26), RECORD); /* what repeats is held once */
    size += RECORD;
    body[size++] = '"';
    body[size++] = '}';
  }
  body[size++] = ']';
  body[size] = '\0';
  return body;
}

/* Many answers, each of a size that one may have: some fail rather than that all are held. */
static void check_large_answers(void) {
  static const size_t records[] = {1, 7, 30, 60};

  for (size_t i = 0; i < COUNT_OF(records); i++) {
    struct page_window window = {0, 100, JOBS_ASCENDING};
    struct scripted_answer answer = {.status = 200, .chunk = 16384};
    struct scripted_list list = {&answer, 1};
    struct page_request *requests[REQUESTS];
    struct fixture fixture;
    size_t most = 0;
    int failed = 0;
    unit_case("%d answers of %zu MB", REQUESTS, records[i]);
    answer.body = large_body(records[i]);
    fixture_open(&fixture, scripted_list_answer, &list);
    fixture_begin(&fixture);
    for (size_t j = 0; j < REQUESTS; j++) {
      requests[j] = page_request_start(fixture.service, fixture.access, &sync_job_listing,
                                       &fixture.place, &window);
    }
    while (exchanges_under_way(&fixture.service->exchanges)) {
      size_t bytes = exchanges_footprint(&fixture.service->exchanges);
      if (bytes > most) most = bytes;
      CHECK_INT(SERVICE_OK, service_wait(fixture.service));
    }
    for (size_t j = 0; j < REQUESTS; j++) {
      if (page_request_verdict(requests[j]) == VERDICT_READY) continue;
      failed++;
      page_request_explain(requests[j], &fixture.service->error);
      CHECK_HAS(fixture.service->error.message, "more than 128 MB together");
      CHECK_HAS(fixture.service->error.message, "page_size and concurrency");
    }
    CHECK(most <= (size_t)160 << 20);
    CHECK(records[i] <= 7 ? failed == 0 : failed > 0 && failed < REQUESTS);
    for (size_t j = 0; j < REQUESTS; j++) page_request_close(requests[j]);
    fixture_close(&fixture);
    free((void *)answer.body);
  }
}

/* What was asked for and is still to come counts, too: as much as it will probably have. */
static void check_expected(void) {
  static const struct {
    int64_t limit;
    int under_way;
  } cases[] = {{1000, 9}, {500, 17}, {100, 64}, {1, 64}};

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct page_window window = {0, cases[i].limit, JOBS_ASCENDING};
    struct scripted_answer answer = {.status = 200, .body = "[]", .delay = 1000};
    struct scripted_list list = {&answer, 1};
    struct page_request *requests[100];
    struct fixture fixture;
    int count = 0;
    unit_case("ahead with limit %" PRId64, cases[i].limit);
    fixture_open(&fixture, scripted_list_answer, &list);
    fixture_set(&fixture, "concurrency", "64");
    fixture_begin(&fixture);
    while (count < 100 && service_has_room_ahead(fixture.service, fixture.access)) {
      requests[count++] = page_request_start(fixture.service, fixture.access, &sync_job_listing,
                                             &fixture.place, &window);
    }
    CHECK_INT(cases[i].under_way, count);
    while (count && !page_request_ended(requests[0])) service_wait(fixture.service);
    CHECK(service_has_room_ahead(fixture.service, fixture.access)); /* nothing came, after all */
    while (count) page_request_close(requests[--count]);
    fixture_close(&fixture);
  }
}

/*
** Answers without jobs, of a long list of places that there are not, add up, too; and what all hold
** is told without a look at each.
*/
static void check_empty(void) {
  static const struct page_window window = {0, 100, JOBS_ASCENDING};
  struct scripted_answer answer = {.status = 404, .body = "[]"};
  struct scripted_list list = {&answer, 1};
  static struct page_request *requests[4096];
  struct fixture fixture;
  size_t count = 0;

  unit_case("many without jobs");
  fixture_open(&fixture, scripted_list_answer, &list);
  fixture_begin(&fixture);
  while (count < COUNT_OF(requests) && service_has_room_ahead(fixture.service, fixture.access)) {
    requests[count] = page_request_start(fixture.service, fixture.access, &sync_job_listing,
                                         &fixture.place, &window);
    while (!page_request_ended(requests[count])) service_wait(fixture.service);
    count++;
  }
  CHECK(count > 100 && count < COUNT_OF(requests));
  page_request_close(requests[--count]);
  CHECK(service_has_room_ahead(fixture.service, fixture.access));
  while (count) page_request_close(requests[--count]);
  CHECK_INT(0, exchanges_footprint(&fixture.service->exchanges));
  fixture_close(&fixture);
}

void request_memory_test(void) {
  check_large_answers();
  check_expected();
  check_empty();
}
