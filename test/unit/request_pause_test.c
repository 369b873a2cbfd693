/*
** Tests of ext/request/page_request while the host does something else between two waits: that
** time counts against no deadline, no answer is lost by it, and the time in which it does wait
** still counts.
*/
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "request/page_request.h"
#include "unit.h"

#define ONE_JOB "[{\"id\":1,\"tag\":\"8\"}]"
#define HOUR 3600000

static const struct page_window window = {0, 10, JOBS_DESCENDING};

static struct page_request *start(struct fixture *fixture) {
  return page_request_start(fixture->service, fixture->access, &sync_job_listing, &fixture->place,
                            &window);
}

static void wait_for(struct fixture *fixture, struct page_request *request) {
  for (int i = 0; !page_request_ended(request) && CHECK(i < 10000); i++) {
    CHECK_INT(SERVICE_OK, service_wait(fixture->service));
  }
}

/* Pauses before the first wait, or after so many of them: the rows come, in the least requests. */
static void check_answers(void) {
  static const struct {
    const char *name;
    struct scripted_answer answers[2];
    size_t requests;
  } cases[] = {
      {"an answer at once", {{.status = 200, .body = ONE_JOB}}, 1},
      {"an answer that takes its time", {{.status = 200, .body = ONE_JOB, .delay = 20000}}, 1},
      {"a body in pieces", {{.status = 200, .body = ONE_JOB, .chunk = 1}}, 1},
      {"a second try", {{.status = 503}, {.status = 200, .body = ONE_JOB}}, 2},
      {"a second try that takes its time",
       {{.status = 503, .delay = 20000}, {.status = 200, .body = ONE_JOB, .delay = 20000}},
       2},
      {"a try after a pause that was asked for",
       {{.status = 429, .retry_after = 60000}, {.status = 200, .body = ONE_JOB}},
       2},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    for (int waits = 0; waits <= 300; waits += waits < 8 ? 1 : 73) {
      struct scripted_list list = {cases[i].answers, cases[i].requests};
      struct fixture fixture;
      struct page_request *request;
      unit_case("%s, a pause after %d waits", cases[i].name, waits);
      fixture_open(&fixture, scripted_list_answer, &list);
      fixture_begin(&fixture);
      request = start(&fixture);
      for (int j = 0; j < waits; j++) CHECK_INT(SERVICE_OK, service_wait(fixture.service));
      scripted_transport_pause(fixture.transport, HOUR);
      wait_for(&fixture, request);
      page_request_explain(request, &fixture.service->error);
      if (!CHECK_INT(VERDICT_READY, page_request_verdict(request))) {
        CHECK_TEXT("", fixture.service->error.message);
      }
      CHECK_INT(1, page_request_answer(request)->page.row_count);
      CHECK_INT(cases[i].requests, fixture.transport->request_count);
      page_request_close(request);
      fixture_close(&fixture);
    }
  }
}

/* A pause after every wait: what is waited still ends a request that gets no answer. */
static void check_limits(void) {
  static const struct {
    const char *name;
    struct scripted_answer answer;
    const char *says;
  } cases[] = {
      {"silence", {.end = SCRIPTED_SILENCE}, "no answer in time"},
      {"silence inside the body",
       {.end = SCRIPTED_SILENCE, .status = 200, .body = ONE_JOB, .size = 5},
       "no answer in time"},
      {"too many requests", {.status = 429}, "Tried 101 times"},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct scripted_list list = {&cases[i].answer, 1};
    struct fixture fixture;
    struct page_request *request;
    int64_t waited = 0;
    unit_case("%s", cases[i].name);
    fixture_open(&fixture, scripted_list_answer, &list);
    fixture_set(&fixture, "deadline", "20");
    fixture_set(&fixture, "timeout", "7");
    fixture_set(&fixture, "retries", "100");
    fixture_begin(&fixture);
    request = start(&fixture);
    while (!page_request_ended(request) && waited < HOUR) {
      int64_t before = fixture.transport->clock;
      CHECK_INT(SERVICE_OK, service_wait(fixture.service));
      waited += fixture.transport->clock - before;
      if (!page_request_ended(request)) scripted_transport_pause(fixture.transport, 40000);
    }
    page_request_explain(request, &fixture.service->error);
    CHECK_INT(VERDICT_FAILED, page_request_verdict(request));
    CHECK(waited <= 20000);
    CHECK_HAS(fixture.service->error.message, "Tried");
    CHECK_HAS(fixture.service->error.message, cases[i].says);
    page_request_close(request);
    fixture_close(&fixture);
  }
}

/* The time that a message tells is the time that was waited. */
static void check_told_time(void) {
  static const struct scripted_answer answer = {.status = 503};
  struct scripted_list list = {&answer, 1};
  struct fixture fixture;
  struct page_request *request;

  unit_case("the time that is told");
  fixture_open(&fixture, scripted_list_answer, &list);
  fixture_set(&fixture, "retries", "1");
  fixture_begin(&fixture);
  request = start(&fixture);
  CHECK_INT(SERVICE_OK, service_wait(fixture.service));
  scripted_transport_pause(fixture.transport, HOUR);
  wait_for(&fixture, request);
  page_request_explain(request, &fixture.service->error);
  CHECK_HAS(fixture.service->error.message, "Tried 2 times in 0 s");
  page_request_close(request);
  fixture_close(&fixture);
}

/* A request that is begun between two waits, in front of a pause, is forgiven that as well. */
static void check_begun_between(void) {
  static const struct scripted_answer answers[] = {
      {.status = 200, .body = ONE_JOB}, {.status = 503}, {.status = 200, .body = ONE_JOB}};
  struct scripted_list list = {answers, COUNT_OF(answers)};
  struct fixture fixture;
  struct page_request *first;
  struct page_request *second;

  unit_case("begun between two waits");
  fixture_open(&fixture, scripted_list_answer, &list);
  fixture_begin(&fixture);
  first = start(&fixture);
  wait_for(&fixture, first);
  scripted_transport_pause(fixture.transport, 10);
  second = start(&fixture);
  scripted_transport_pause(fixture.transport, HOUR);
  wait_for(&fixture, second);
  CHECK_INT(VERDICT_READY, page_request_verdict(first));
  CHECK_INT(VERDICT_READY, page_request_verdict(second));
  page_request_close(first);
  page_request_close(second);
  fixture_close(&fixture);
}

void request_pause_test(void) {
  check_answers();
  check_limits();
  check_told_time();
  check_begun_between();
}
