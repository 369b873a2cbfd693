/*
** Tests of ext/request/page_request: what goes out, what is tried again
** and when, and the sentence that says how a request failed.
*/
#include "request/page_request.h"

#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "unit.h"

#define ONE_JOB "[{\"id\":1,\"tag\":\"8\"}]"
#define TWO_JOBS "[{\"id\":1,\"tag\":\"8\"},{\"id\":2,\"tag\":\"9\"}]"
#define OVERLOADED \
  { .status = 503, .body = "busy" }

static const struct page_window window = {20, 10, JOBS_DESCENDING};

/* Runs one request to its end. */
static struct page_request *run(struct fixture *fixture) {
  struct page_request *request = page_request_start(fixture->service, fixture->access,
                                                    &sync_job_listing, &fixture->place, &window);

  for (int i = 0; request && !page_request_ended(request); i++) {
    CHECK_INT(SERVICE_OK, service_wait(fixture->service));
    if (i < 100000) continue;
    CHECK(false); /* it never ends */
    break;
  }
  page_request_explain(request, &fixture->service->error);
  return request;
}

static void check_wire(void) {
  static const struct scripted_answer answers[] = {{.status = 200, .body = ONE_JOB}};
  struct scripted_list list = {answers, COUNT_OF(answers)};
  struct fixture fixture;
  struct page_request *request;
  const struct scripted_request *made;

  unit_case("what goes out");
  fixture_open(&fixture, scripted_list_answer, &list);
  fixture_set(&fixture, "ca_file", "some.pem");
  fixture_set(&fixture, "timeout", "7");
  fixture_set(&fixture, "deadline", "9");
  fixture_begin(&fixture);
  request = run(&fixture);
  CHECK_INT(1, fixture.transport->request_count);
  made = &fixture.transport->requests[0];
  CHECK_TEXT(
      "https://swr.example/v2/manage/namespaces/group/repos/library$busybox/sync_job"
      "?filter=limit%3A%3A10%7Coffset%3A%3A20%7Corder%3A%3Adesc",
      made->url);
  CHECK_HAS(made->headers, "X-Auth-Token: " FIXTURE_TOKEN "\n");
  CHECK_HAS(made->headers, "Content-Type: application/json\n");
  CHECK(!strncmp(made->user_agent, "swr_sync_job/", 13));
  CHECK_TEXT("some.pem", made->ca_file);
  CHECK_INT(7, made->idle_timeout);
  CHECK_INT(9000, made->time_limit);
  CHECK_INT(VERDICT_READY, page_request_verdict(request));
  CHECK_INT(1, page_request_answer(request)->page.row_count);
  page_request_close(request);
  fixture_close(&fixture);
}

struct request_case {
  const char *name;
  struct scripted_answer answers[3];
  const char *retries;
  size_t requests;
  enum verdict verdict;
  size_t rows;
  const char *says[4];
};

/* Two lines; where it was asked is in the log, under the number that the error has. */
static void check_message(const struct fixture *fixture) {
  const struct service_error *error = &fixture->service->error;
  const char *second = strchr(error->message, '\n');
  struct logged_request row;

  CHECK_HAS(error->message, "group/library/busybox: ");
  CHECK_LACKS(error->message, "/v2/manage/");
  CHECK(second && second[1] && !strchr(second + 1, '\n'));
  CHECK(request_log_next(&fixture->service->exchanges.log, error->request - 1, &row));
  CHECK_INT(error->request, row.id);
  CHECK_HAS(row.url, "https://swr.example/v2/manage/");
  CHECK_HAS(row.url, "filter=limit%3A%3A10%7Coffset%3A%3A20%7Corder%3A%3Adesc");
}

static void check_case(const struct request_case *test) {
  struct scripted_list list = {test->answers, COUNT_OF(test->answers)};
  struct fixture fixture;
  struct page_request *request;

  unit_case("%s", test->name);
  while (list.count > 1 && !test->answers[list.count - 1].status &&
         test->answers[list.count - 1].end == SCRIPTED_WHOLE) {
    list.count--;
  }
  fixture_open(&fixture, scripted_list_answer, &list);
  if (test->retries) fixture_set(&fixture, "retries", test->retries);
  fixture_begin(&fixture);
  request = run(&fixture);
  CHECK_INT(test->requests, fixture.transport->request_count);
  CHECK_INT(test->verdict, page_request_verdict(request));
  if (test->verdict == VERDICT_READY) {
    CHECK_INT(test->rows, page_request_answer(request)->page.row_count);
  } else if (test->verdict == VERDICT_FAILED) {
    check_message(&fixture);
  }
  CHECK_LACKS(fixture.service->error.message, "Token-0123456789");
  for (size_t i = 0; i < COUNT_OF(test->says) && test->says[i]; i++) {
    CHECK_HAS(fixture.service->error.message, test->says[i]);
  }
  page_request_close(request);
  fixture_close(&fixture);
}

static void check_cases(const struct request_case *cases, size_t count) {
  for (size_t i = 0; i < count; i++) check_case(&cases[i]);
}

static const struct request_case status_cases[] = {
    {"rows", {{.status = 200, .body = TWO_JOBS}}, NULL, 1, VERDICT_READY, 2, {NULL}},
    {"no rows", {{.status = 200, .body = "[]"}}, NULL, 1, VERDICT_READY, 0, {NULL}},
    {"byte by byte",
     {{.status = 200, .body = TWO_JOBS, .chunk = 1}},
     NULL,
     1,
     VERDICT_READY,
     2,
     {NULL}},
    {"a token that is not accepted",
     {{.status = 401,
       .headers = "X-Request-Id: 0a1b2c\n",
       .body = "{\"error_msg\":\"Incorrect IAM authentication information: " FIXTURE_TOKEN
               "\",\"error_code\":\"APIGW.0301\",\"request_id\":\"other\"}"}},
     NULL,
     1,
     VERDICT_FAILED,
     0,
     {"HTTP 401", "APIGW.0301", "0a1b2c", "information: ***"}},
    {"no permission",
     {{.status = 403,
       .body = "[{\"errorCode\":\"SVCSTG.SWR.4039002\",\"errorMessage\":\"no permission\"}]"}},
     NULL,
     1,
     VERDICT_FAILED,
     0,
     {"HTTP 403", "SVCSTG.SWR.4039002", "no permission"}},
    {"a wrong filter",
     {{.status = 400, .body = "{\"errors\":[{\"errorCode\":\"SVCSTG.SWR.4001035\"}]}"}},
     NULL,
     1,
     VERDICT_FAILED,
     0,
     {"HTTP 400", "SVCSTG.SWR.4001035"}},
    {"no such repository",
     {{.status = 404, .body = "[{\"errorCode\":\"SVCSTG.SWR.4040010\"}]"}},
     NULL,
     1,
     VERDICT_ABSENT,
     0,
     {NULL}},
    {"no such path",
     {{.status = 404, .body = "{\"error_code\":\"APIGW.0101\",\"request_id\":\"77ff\"}"}},
     NULL,
     1,
     VERDICT_FAILED,
     0,
     {"HTTP 404", "APIGW.0101", "77ff"}},
    {"a web server's 404",
     {{.status = 404, .body = "<html><h1>404 Not Found</h1></html>"}},
     NULL,
     1,
     VERDICT_FAILED,
     0,
     {"HTTP 404", "404 Not Found"}},
    {"an empty 404", {{.status = 404}}, NULL, 1, VERDICT_FAILED, 0, {"HTTP 404"}},
    {"a redirect",
     {{.status = 302, .headers = "Location: https://x\n"}},
     NULL,
     1,
     VERDICT_FAILED,
     0,
     {"HTTP 302", "Redirects"}},
    {"no content", {{.status = 204}}, NULL, 1, VERDICT_FAILED, 0, {"HTTP 204"}},
    {"an empty 200", {{.status = 200}}, NULL, 1, VERDICT_FAILED, 0, {"HTTP 200", "empty body"}},
    {"HTML with 200",
     {{.status = 200, .body = "<html>log in</html>"}},
     NULL,
     1,
     VERDICT_FAILED,
     0,
     {"HTTP 200", "array"}},
    {"an object with 200",
     {{.status = 200, .body = "{\"jobs\":[]}"}},
     NULL,
     1,
     VERDICT_FAILED,
     0,
     {"HTTP 200", "array"}},
    {"a wrong record",
     {{.status = 200, .body = "[{\"id\":1},{\"id\":2,\"tag\":3}]"}},
     NULL,
     1,
     VERDICT_FAILED,
     0,
     {"record 22", "field tag is not a string"}},
    {"a record without id",
     {{.status = 200, .body = "[{\"tag\":\"x\"}]"}},
     NULL,
     1,
     VERDICT_FAILED,
     0,
     {"record 21", "field id is not an integer"}},
    {"another repository's record",
     {{.status = 200, .body = "[{\"id\":9,\"namespace\":\"group\",\"repoName\":\"busybox\"}]"}},
     NULL,
     1,
     VERDICT_FAILED,
     0,
     {"id 9", "'busybox'"}},
    {"another organization's record",
     {{.status = 200, .body = "[{\"id\":9,\"namespace\":\"groups\"}]"}},
     NULL,
     1,
     VERDICT_FAILED,
     0,
     {"id 9", "'groups'"}},
    {"a name with dollars",
     {{.status = 200,
       .body = "[{\"id\":9,\"namespace\":\"group\",\"repoName\":\"group/library"
               "$busybox\"}]"}},
     NULL,
     1,
     VERDICT_READY,
     1,
     {NULL}},
};

static void check_statuses(void) { check_cases(status_cases, COUNT_OF(status_cases)); }

static const struct request_case retry_cases[] = {
    {"throttled",
     {{.status = 429}, {.status = 429}, {.status = 200, .body = ONE_JOB}},
     NULL,
     3,
     VERDICT_READY,
     1,
     {NULL}},
    {"throttled by SWR",
     {{.status = 403, .body = "[{\"errorCode\":\"SVCSTG.SWR.4031032\"}]"},
      {.status = 200, .body = ONE_JOB}},
     NULL,
     2,
     VERDICT_READY,
     1,
     {NULL}},
    {"overloaded",
     {OVERLOADED, {.status = 500}, {.status = 200, .body = ONE_JOB}},
     NULL,
     3,
     VERDICT_READY,
     1,
     {NULL}},
    {"no connection",
     {{.end = SCRIPTED_CUT}, {.status = 200, .body = ONE_JOB}},
     NULL,
     2,
     VERDICT_READY,
     1,
     {NULL}},
    {"silence",
     {{.end = SCRIPTED_SILENCE}, {.status = 200, .body = ONE_JOB}},
     NULL,
     2,
     VERDICT_READY,
     1,
     {NULL}},
    {"a body cut after the first record",
     {{.end = SCRIPTED_CUT, .status = 200, .body = TWO_JOBS, .size = 22},
      {.status = 200, .body = TWO_JOBS}},
     NULL,
     2,
     VERDICT_READY,
     2,
     {NULL}},
    {"a body that falls silent",
     {{.end = SCRIPTED_SILENCE, .status = 200, .body = TWO_JOBS, .size = 30},
      {.status = 200, .body = TWO_JOBS}},
     NULL,
     2,
     VERDICT_READY,
     2,
     {NULL}},
    {"an error body cut short",
     {{.end = SCRIPTED_CUT, .status = 503, .body = "bu"}, {.status = 200, .body = "[]"}},
     NULL,
     2,
     VERDICT_READY,
     0,
     {NULL}},
    {"no retries",
     {{.status = 429}, {.status = 200, .body = ONE_JOB}},
     "0",
     1,
     VERDICT_FAILED,
     0,
     {"HTTP 429", "throttles"}},
    {"one retry",
     {OVERLOADED, OVERLOADED, {.status = 200, .body = ONE_JOB}},
     "1",
     2,
     VERDICT_FAILED,
     0,
     {"HTTP 503: busy.", "Tried 2 times"}},
    {"a cut body and no retries",
     {{.end = SCRIPTED_CUT, .status = 200, .body = TWO_JOBS, .size = 30}},
     "0",
     1,
     VERDICT_FAILED,
     0,
     {"HTTP 200", "cut short"}},
    {"no connection and no retries",
     {{.end = SCRIPTED_CUT}},
     "0",
     1,
     VERDICT_FAILED,
     0,
     {"no connection: Could not connect"}},
    {"silence and no retries",
     {{.end = SCRIPTED_SILENCE}},
     "0",
     1,
     VERDICT_FAILED,
     0,
     {"no answer in time"}},
    {"an answer then an error",
     {{.status = 429}, {.status = 400, .body = "{\"code\":\"X.1\"}"}},
     NULL,
     2,
     VERDICT_FAILED,
     0,
     {"HTTP 400, X.1", "Tried 2 times"}},
    {"an array that ends too early",
     {{.status = 200, .body = "[{\"id\":1},{\"id\""}},
     NULL,
     1,
     VERDICT_FAILED,
     0,
     {"cut short", "after 1 records"}},
    {"a certificate",
     {{.end = SCRIPTED_UNTRUSTED}},
     NULL,
     1,
     VERDICT_FAILED,
     0,
     {"certificate", "SWR_CA_FILE"}},
    {"a request that cannot be made",
     {{.end = SCRIPTED_REFUSED}},
     NULL,
     1,
     VERDICT_FAILED,
     0,
     {"cannot be made"}},
    {"no memory in the transport",
     {{.end = SCRIPTED_NO_MEMORY}},
     NULL,
     1,
     VERDICT_NO_MEMORY,
     0,
     {NULL}},
};

static void check_retries(void) { check_cases(retry_cases, COUNT_OF(retry_cases)); }

/* Credentials that were refused are not sent again, however the refusal ends. */
static void check_refused_credentials(void) {
  static const struct request_case cases[] = {
      {"401, cut short",
       {{.end = SCRIPTED_CUT, .status = 401, .body = "{\"error"}, {.status = 200, .body = "[]"}},
       NULL,
       1,
       VERDICT_FAILED,
       0,
       {"HTTP 401"}},
      {"401, then silence",
       {{.end = SCRIPTED_SILENCE, .status = 401, .body = "{\"error"},
        {.status = 200, .body = "[]"}},
       NULL,
       1,
       VERDICT_FAILED,
       0,
       {"HTTP 401"}},
      {"401, cut before the body",
       {{.end = SCRIPTED_CUT, .status = 401}, {.status = 200, .body = "[]"}},
       NULL,
       1,
       VERDICT_FAILED,
       0,
       {"HTTP 401"}},
      {"403, cut short",
       {{.end = SCRIPTED_CUT, .status = 403, .body = "{\"error"}, {.status = 200, .body = "[]"}},
       NULL,
       1,
       VERDICT_FAILED,
       0,
       {"HTTP 403"}},
  };

  check_cases(cases, COUNT_OF(cases));
}

static void check_pauses(void) {
  static const struct scripted_answer answers[] = {OVERLOADED};
  struct scripted_list list = {answers, COUNT_OF(answers)};

  for (int round = 0; round < 20; round++) {
    struct fixture fixture;
    struct page_request *request;
    int64_t most = 250;
    unit_case("pauses");
    fixture_open(&fixture, scripted_list_answer, &list);
    fixture_begin(&fixture);
    fixture.service->exchanges.random_state = (uint64_t)round * 0x123456789u;
    request = run(&fixture);
    CHECK_INT(VERDICT_FAILED, page_request_verdict(request));
    CHECK_INT(9, fixture.transport->request_count);
    for (size_t i = 1; i < fixture.transport->request_count; i++) {
      int64_t pause = fixture.transport->requests[i].at - fixture.transport->requests[i - 1].at;
      unit_case("pause %zu", i);
      CHECK(pause >= most / 2 && pause <= most);
      CHECK_INT(fixture.transport->requests[0].at + 120000 - fixture.transport->requests[i].at,
                fixture.transport->requests[i].time_limit);
      most = most * 2 < 10000 ? most * 2 : 10000;
    }
    CHECK_HAS(fixture.service->error.message, "Tried 9 times");
    page_request_close(request);
    fixture_close(&fixture);
  }
}

/* Attempts that take their time end within the deadline, all pauses included. */
static void check_deadline(void) {
  static const struct {
    const char *deadline;
    struct scripted_answer answer;
    size_t least; /* requests */
    size_t most;
    const char *says;
  } cases[] = {
      {"2", OVERLOADED, 3, 6, "another try would pass the deadline"},
      {"1", {.status = 503, .delay = 400}, 2, 2, "another try would pass the deadline"},
      {"120", {.end = SCRIPTED_SILENCE}, 4, 4, "no answer in time"},
      {"20", {.end = SCRIPTED_SILENCE}, 1, 1, "no answer in time"},
      {"1", {.status = 429, .retry_after = 5000}, 1, 1, "another try would pass the deadline"},
      {"120", {.status = 429, .retry_after = 86400000}, 1, 1, "would pass the deadline"},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct scripted_list list = {&cases[i].answer, 1};
    struct fixture fixture;
    struct page_request *request;
    int64_t started;
    unit_case("deadline of %s s, case %zu", cases[i].deadline, i);
    fixture_open(&fixture, scripted_list_answer, &list);
    fixture_set(&fixture, "deadline", cases[i].deadline);
    fixture_set(&fixture, "retries", "100");
    fixture_begin(&fixture);
    started = fixture.transport->clock;
    request = run(&fixture);
    CHECK_INT(VERDICT_FAILED, page_request_verdict(request));
    CHECK(fixture.transport->request_count >= cases[i].least);
    CHECK(fixture.transport->request_count <= cases[i].most);
    CHECK(fixture.transport->clock - started <= fixture.access->limits.deadline * 1000);
    CHECK_HAS(fixture.service->error.message, cases[i].says);
    page_request_close(request);
    fixture_close(&fixture);
  }
}

static void check_retry_after(void) {
  static const struct scripted_answer answers[] = {{.status = 429, .retry_after = 7000},
                                                   {.status = 503, .retry_after = 1},
                                                   {.status = 200, .body = "[]"}};
  struct scripted_list list = {answers, COUNT_OF(answers)};
  struct fixture fixture;
  struct page_request *request;

  unit_case("Retry-After");
  fixture_open(&fixture, scripted_list_answer, &list);
  fixture_begin(&fixture);
  request = run(&fixture);
  CHECK_INT(VERDICT_READY, page_request_verdict(request));
  if (CHECK_INT(3, fixture.transport->request_count)) {
    const struct scripted_request *made = fixture.transport->requests;
    CHECK_INT(7000, made[1].at - made[0].at);
    CHECK(made[2].at - made[1].at >= 250); /* never less than the pause that is due anyway */
    CHECK(made[2].at - made[1].at <= 500);
  }
  page_request_close(request);
  fixture_close(&fixture);
}

/* Several requests at once move on together, and any of them can be ended in any state. */
static void check_side_by_side(void) {
  static const struct scripted_answer answers[] = {{.status = 503},
                                                   {.status = 200, .body = ONE_JOB, .delay = 50},
                                                   {.end = SCRIPTED_SILENCE},
                                                   {.status = 200, .body = TWO_JOBS, .chunk = 1}};
  struct scripted_list list = {answers, COUNT_OF(answers)};
  struct fixture fixture;
  struct page_request *requests[4];

  unit_case("side by side");
  fixture_open(&fixture, scripted_list_answer, &list);
  fixture_begin(&fixture);
  for (size_t i = 0; i < 4; i++) {
    requests[i] = page_request_start(fixture.service, fixture.access, &sync_job_listing,
                                     &fixture.place, &window);
  }
  while (!page_request_ended(requests[1])) service_wait(fixture.service);
  CHECK(!page_request_ended(requests[0]));
  CHECK(!page_request_ended(requests[2]));
  page_request_close(requests[2]); /* in flight */
  CHECK(fixture.transport->requests[2].cancelled);
  while (!page_request_ended(requests[0])) service_wait(fixture.service);
  CHECK_INT(2, page_request_answer(requests[0])->page.row_count); /* by its second attempt */
  CHECK_INT(1, page_request_answer(requests[1])->page.row_count);
  while (!page_request_ended(requests[3])) service_wait(fixture.service);
  CHECK_INT(2, page_request_answer(requests[3])->page.row_count);
  page_request_close(requests[1]);
  page_request_close(requests[3]);
  page_request_close(requests[0]);
  page_request_close(NULL);
  fixture_close(&fixture);
}

/* A request that is ended while it waits for its next attempt is not sent again. */
static void check_closed_while_waiting(void) {
  static const struct scripted_answer answers[] = {OVERLOADED};
  struct scripted_list list = {answers, COUNT_OF(answers)};
  struct fixture fixture;
  struct page_request *request;

  unit_case("closed while waiting");
  fixture_open(&fixture, scripted_list_answer, &list);
  fixture_begin(&fixture);
  request = page_request_start(fixture.service, fixture.access, &sync_job_listing, &fixture.place,
                               &window);
  service_wait(fixture.service);
  CHECK(!page_request_ended(request));
  page_request_close(request);
  for (int i = 0; i < 20; i++) service_wait(fixture.service);
  CHECK_INT(1, fixture.transport->request_count);
  fixture_close(&fixture);
}

void page_request_test(void) {
  check_wire();
  check_statuses();
  check_retries();
  check_refused_credentials();
  check_pauses();
  check_deadline();
  check_retry_after();
  check_side_by_side();
  check_closed_while_waiting();
}
