/*
** Tests of ext/request/iam_session, and of how page requests wait for its tokens: who shares one,
** when it is renewed, what is never sent twice, and what is left behind.
**
** IAM and the service stand behind one scripted transport; what is asked of them is written down as
** `T` for a token and `P2` for a page with the second token.
*/
#include "request/iam_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "fixture.h"
#include "request/page_request.h"
#include "unit.h"

#define HOUR 3600000
#define REFUSAL 300000 /* milliseconds that a refused login is kept */

struct world {
  struct fixture fixture;
  long lifetime;  /* seconds of a token */
  size_t tokens;  /* that were given */
  size_t revoked; /* tokens up to this number are not accepted */
  size_t trouble; /* so many of the next requests to IAM get this: */
  struct scripted_answer fault;
  char bodies[4][200];
  char echo[100];
  char asked[400];
};

static const struct page_window window = {0, 10, JOBS_DESCENDING};

static void note(struct world *world, const char *text) {
  size_t used = strlen(world->asked);

  snprintf(world->asked + used, sizeof world->asked - used, "%s%s", used ? " " : "", text);
}

static void answer(void *context, size_t number, const char *url, struct scripted_answer *answer) {
  struct world *world = context;
  const struct scripted_request *made = &world->fixture.transport->requests[number - 1];
  const char *token = strstr(made->headers, "X-Auth-Token: MIIquiet");
  char text[20];

  if (!strcmp(url, "https://iam.example/v3/auth/tokens?nocatalog=true")) {
    char *body = world->bodies[world->tokens % COUNT_OF(world->bodies)];
    note(world, "T");
    CHECK_HAS(made->body, "\"name\":\"alice\"");
    CHECK(!token);
    if (world->trouble) {
      world->trouble--;
      *answer = world->fault;
      return;
    }
    snprintf(answer->headers, sizeof answer->headers, "X-Subject-Token: MIIquiet%zu\n",
             ++world->tokens);
    snprintf(
        body, sizeof world->bodies[0],
        "{\"token\":{\"issued_at\":\"2024-01-01T00:00:00Z\",\"expires_at\":\"2024-01-%02ldT%02ld:"
        "%02ld:%02ldZ\"}}",
        1 + world->lifetime / 86400, world->lifetime / 3600 % 24, world->lifetime / 60 % 60,
        world->lifetime % 60);
    answer->status = 201;
    answer->body = body;
    return;
  }
  CHECK_TEXT("", made->body);
  if (!CHECK(token != NULL) || !token) return;
  number = (size_t)strtol(token + 22, NULL, 10);
  snprintf(text, sizeof text, "P%zu", number);
  note(world, text);
  snprintf(world->echo, sizeof world->echo, "{\"error_msg\":\"Bad MIIquiet%zu or quietword\"}",
           number);
  answer->status = number > world->revoked ? 200 : 401;
  answer->body = answer->status == 200 ? "[]" : world->echo;
}

static void open_world(struct world *world) {
  memset(world, 0, sizeof *world);
  world->lifetime = 86400;
  fixture_open(&world->fixture, answer, world);
  fixture_set(&world->fixture, "token", NULL);
  fixture_set(&world->fixture, "user_name", "alice");
  fixture_set(&world->fixture, "user_password", "quietword");
  fixture_set(&world->fixture, "domain_name", "acme");
  fixture_set(&world->fixture, "project_name", "region-1");
  fixture_set(&world->fixture, "auth_url", "https://iam.example");
}

static void begin(struct world *world) {
  access_release(world->fixture.access);
  world->fixture.access = NULL;
  fixture_begin(&world->fixture);
}

static struct page_request *start(struct world *world) {
  return page_request_start(world->fixture.service, world->fixture.access, &sync_job_listing,
                            &world->fixture.place, &window);
}

static void wait_for(struct world *world, const struct page_request *request) {
  for (int i = 0; !page_request_ended(request) && CHECK(i < 10000); i++) {
    CHECK_INT(SERVICE_OK, service_wait(world->fixture.service));
  }
}

/* One request in a statement of its own; how it ended, with the message of a failure. */
static enum verdict ask(struct world *world) {
  struct page_request *request;
  enum verdict verdict;

  begin(world);
  world->fixture.service->error.message[0] = '\0';
  request = start(world);
  if (!request) return VERDICT_NO_MEMORY;
  wait_for(world, request);
  verdict = page_request_verdict(request);
  if (verdict == VERDICT_FAILED) page_request_explain(request, &world->fixture.service->error);
  CHECK_LACKS(world->fixture.service->error.message, "quiet");
  page_request_close(request);
  return verdict;
}

static void check_asked(struct world *world, const char *expected) {
  CHECK_TEXT(expected, world->asked);
  world->asked[0] = '\0';
}

static void check_wire(void) {
  struct world world;
  const struct scripted_request *made;

  unit_case("what goes out");
  open_world(&world);
  fixture_set(&world.fixture, "ca_file", "some.pem");
  fixture_set(&world.fixture, "timeout", "7");
  fixture_set(&world.fixture, "deadline", "9");
  CHECK_INT(VERDICT_READY, ask(&world));
  check_asked(&world, "T P1");
  made = &world.fixture.transport->requests[0];
  CHECK_TEXT("Content-Type: application/json\nAccept: application/json\n", made->headers);
  CHECK(!strncmp(made->user_agent, "swr_sync_job/", 13));
  CHECK_TEXT("some.pem", made->ca_file);
  CHECK_INT(7, made->idle_timeout);
  CHECK_INT(9000, made->time_limit);
  CHECK_HAS(made->body, "\"password\":\"quietword\",\"domain\":{\"name\":\"acme\"}");
  fixture_close(&world.fixture);
}

/*
** A token is used until five minutes before its end, or for half of a life that is shorter than
** ten.
*/
static void check_lifetimes(void) {
  static const struct {
    long lifetime; /* seconds */
    int64_t good;  /* milliseconds for which it is used */
  } cases[] = {{86400, 86100000}, {3600, 3300000}, {600, 300000},
               {200, 100000},     {3, 2000},       {1, 1000}};

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct world world;
    unit_case("a token of %ld s", cases[i].lifetime);
    open_world(&world);
    world.lifetime = cases[i].lifetime;
    CHECK_INT(VERDICT_READY, ask(&world));
    scripted_transport_pause(world.fixture.transport, cases[i].good - 1);
    CHECK_INT(VERDICT_READY, ask(&world));
    check_asked(&world, "T P1 P1");
    scripted_transport_pause(world.fixture.transport, 1);
    CHECK_INT(VERDICT_READY, ask(&world));
    CHECK_INT(VERDICT_READY, ask(&world));
    check_asked(&world, "T P2 P2");
    fixture_close(&world.fixture);
  }
}

static void check_side_by_side(void) {
  struct world world;
  struct page_request *requests[4];

  unit_case("side by side");
  open_world(&world);
  begin(&world);
  for (size_t i = 0; i < 4; i++) requests[i] = start(&world);
  for (size_t i = 0; i < 4; i++) wait_for(&world, requests[i]);
  check_asked(&world, "T P1 P1 P1 P1");
  for (size_t i = 0; i < 4; i++) page_request_close(requests[i]);
  unit_case("side by side, with a token that was revoked");
  world.revoked = 1;
  for (size_t i = 0; i < 4; i++) requests[i] = start(&world);
  for (size_t i = 0; i < 4; i++) wait_for(&world, requests[i]);
  check_asked(&world, "P1 P1 P1 P1 T P2 P2 P2 P2");
  for (size_t i = 0; i < 4; i++) {
    CHECK_INT(VERDICT_READY, page_request_verdict(requests[i]));
    page_request_close(requests[i]);
  }
  fixture_close(&world.fixture);
}

static void check_revoked(void) {
  struct world world;

  unit_case("revoked");
  open_world(&world);
  CHECK_INT(VERDICT_READY, ask(&world));
  world.revoked = 1;
  CHECK_INT(VERDICT_READY, ask(&world));
  check_asked(&world, "T P1 P1 T P2");
  unit_case("revoked, and what follows too");
  world.revoked = 1000;
  CHECK_INT(VERDICT_FAILED, ask(&world));
  check_asked(&world, "P2 T P3");
  CHECK_HAS(world.fixture.service->error.message, "HTTP 401");
  CHECK_HAS(world.fixture.service->error.message, "IAM has just given the token");
  unit_case("refused at once");
  CHECK_INT(VERDICT_FAILED, ask(&world));
  check_asked(&world, "T P4");
  unit_case("no retries are needed for it");
  fixture_set(&world.fixture, "retries", "0");
  world.revoked = 0;
  CHECK_INT(VERDICT_READY, ask(&world));
  world.revoked = 5;
  CHECK_INT(VERDICT_READY, ask(&world));
  check_asked(&world, "T P5 P5 T P6");
  fixture_close(&world.fixture);
}

/* A refused login is sent again after five minutes; other faults are forgotten at once. */
static void check_refused(void) {
  struct world world;

  unit_case("a wrong password");
  open_world(&world);
  world.trouble = 2;
  world.fault = (struct scripted_answer){.status = 401, .headers = "X-Request-Id: 77ff\n"};
  CHECK_INT(VERDICT_FAILED, ask(&world));
  CHECK_HAS(world.fixture.service->error.message,
            "group/library/busybox: IAM gave no token to user 'alice' of "
            "account 'acme' for project 'region-1': HTTP 401.");
  CHECK_HAS(world.fixture.service->error.message, "Request id: 77ff.\nCheck user_name, ");
  CHECK_INT(VERDICT_FAILED, ask(&world));
  CHECK_HAS(world.fixture.service->error.message, "HTTP 401");
  scripted_transport_pause(world.fixture.transport, REFUSAL - 1);
  CHECK_INT(VERDICT_FAILED, ask(&world));
  check_asked(&world, "T");
  unit_case("a wrong password, later");
  scripted_transport_pause(world.fixture.transport, 1);
  CHECK_INT(VERDICT_FAILED, ask(&world));
  scripted_transport_pause(world.fixture.transport, REFUSAL);
  CHECK_INT(VERDICT_READY, ask(&world));
  check_asked(&world, "T T P1");
  unit_case("another password");
  world.trouble = 1;
  fixture_set(&world.fixture, "user_password", "quiet-too");
  CHECK_INT(VERDICT_FAILED, ask(&world));
  fixture_set(&world.fixture, "user_password", "quiet-and-right");
  CHECK_INT(VERDICT_READY, ask(&world));
  fixture_set(&world.fixture, "user_password", "quiet-too");
  CHECK_INT(VERDICT_FAILED, ask(&world));
  fixture_set(&world.fixture, "user_password", "quietword");
  CHECK_INT(VERDICT_READY, ask(&world));
  check_asked(&world, "T T P2 P1");
  unit_case("forbidden");
  world.trouble = 2;
  world.fault.status = 403;
  fixture_set(&world.fixture, "project_name", "region-2");
  CHECK_INT(VERDICT_FAILED, ask(&world));
  CHECK_INT(VERDICT_FAILED, ask(&world));
  CHECK_INT(VERDICT_READY, ask(&world));
  check_asked(&world, "T T T P3");
  fixture_close(&world.fixture);
}

static void check_retries(void) {
  static const struct scripted_answer faults[] = {
      {.status = 503, .body = "busy"},
      {.status = 429, .retry_after = 3000},
      {.end = SCRIPTED_CUT},
      {.end = SCRIPTED_SILENCE},
      {.end = SCRIPTED_CUT, .status = 201, .body = "{"}};

  for (size_t i = 0; i < COUNT_OF(faults); i++) {
    struct world world;
    const struct scripted_request *made;
    unit_case("fault %zu", i);
    open_world(&world);
    world.trouble = 2;
    world.fault = faults[i];
    CHECK_INT(VERDICT_READY, ask(&world));
    check_asked(&world, "T T T P1");
    made = world.fixture.transport->requests;
    CHECK(made[1].at - made[0].at >= (faults[i].retry_after ? faults[i].retry_after : 125));
    CHECK_INT(made[0].at + 120000 - made[2].at, made[2].time_limit);
    unit_case("fault %zu for ever", i);
    fixture_set(&world.fixture, "project_name", "another");
    fixture_set(&world.fixture, "retries", "1");
    world.trouble = 2;
    CHECK_INT(VERDICT_FAILED, ask(&world));
    CHECK_HAS(world.fixture.service->error.message, "IAM gave no token");
    CHECK_HAS(world.fixture.service->error.message, "Tried 2 times");
    CHECK_INT(VERDICT_READY, ask(&world));
    check_asked(&world, "T T T P2");
    fixture_close(&world.fixture);
  }
}

/* The deadline counts from where the page was asked for, and holds for those who only wait, too. */
static void check_deadlines(void) {
  struct world world;
  struct page_request *patient;
  struct access *long_one;
  int64_t started;

  unit_case("a deadline");
  open_world(&world);
  world.trouble = 2;
  world.fault = (struct scripted_answer){.end = SCRIPTED_SILENCE};
  fixture_set(&world.fixture, "deadline", "20");
  started = world.fixture.transport->clock;
  CHECK_INT(VERDICT_FAILED, ask(&world));
  CHECK_INT(20000, world.fixture.transport->clock - started);
  CHECK_HAS(world.fixture.service->error.message, "IAM gave no token");
  CHECK_HAS(world.fixture.service->error.message, "no answer in time");
  unit_case("a shorter deadline than that of the exchange");
  fixture_set(&world.fixture, "deadline", "500");
  fixture_set(&world.fixture, "timeout", "100");
  begin(&world);
  long_one = access_retain(world.fixture.access);
  patient = start(&world);
  fixture_set(&world.fixture, "deadline", "20");
  started = world.fixture.transport->clock;
  CHECK_INT(VERDICT_FAILED, ask(&world));
  CHECK(world.fixture.transport->clock - started <= 21100);
  CHECK_HAS(world.fixture.service->error.message, "the deadline has passed while IAM was asked");
  access_release(long_one);
  wait_for(&world, patient);
  CHECK_INT(VERDICT_READY, page_request_verdict(patient));
  check_asked(&world, "T T T P1");
  page_request_close(patient);
  fixture_close(&world.fixture);
}

/*
** What passes in the host's own hands counts for no deadline, while a token is waited for either.
*/
static void check_pause(void) {
  struct world world;
  struct page_request *request;

  unit_case("a pause of the host");
  open_world(&world);
  world.trouble = 1;
  world.fault = (struct scripted_answer){.status = 503, .delay = 50};
  begin(&world);
  request = start(&world);
  for (int i = 0; i < 6; i++) {
    scripted_transport_pause(world.fixture.transport, HOUR);
    CHECK_INT(SERVICE_OK, service_wait(world.fixture.service));
  }
  wait_for(&world, request);
  CHECK_INT(VERDICT_READY, page_request_verdict(request));
  check_asked(&world, "T T P1");
  page_request_close(request);
  fixture_close(&world.fixture);
}

/* An exchange lasts as long as someone waits for it. */
static void check_closed(void) {
  struct world world;
  struct page_request *first;
  struct page_request *second;

  unit_case("one of two is closed");
  open_world(&world);
  begin(&world);
  first = start(&world);
  begin(&world); /* the exchange keeps what it was begun with */
  second = start(&world);
  page_request_close(first);
  CHECK(!world.fixture.transport->requests[0].cancelled);
  wait_for(&world, second);
  CHECK_INT(VERDICT_READY, page_request_verdict(second));
  page_request_close(second);
  check_asked(&world, "T P1");
  unit_case("all are closed in flight");
  fixture_set(&world.fixture, "project_name", "another");
  begin(&world);
  first = start(&world);
  second = start(&world);
  page_request_close(first);
  page_request_close(second);
  CHECK(world.fixture.transport->requests[2].cancelled);
  unit_case("all are closed in a pause");
  world.trouble = 1;
  world.fault = (struct scripted_answer){.status = 503};
  first = start(&world);
  CHECK_INT(SERVICE_OK, service_wait(world.fixture.service));
  page_request_close(first);
  for (int i = 0; i < 20; i++) CHECK_INT(SERVICE_OK, service_wait(world.fixture.service));
  check_asked(&world, "T T");
  CHECK_INT(VERDICT_READY, ask(&world));
  check_asked(&world, "T P3");
  fixture_close(&world.fixture);
}

/* Each login has a token of its own, and as many are kept as there may be regions. */
static void check_sessions(void) {
  static const char *const settings[] = {"user_name", "user_password", "domain_name",
                                         "project_name", "auth_url"};
  struct world world;

  unit_case("logins");
  open_world(&world);
  begin(&world);
  for (size_t i = 0; i + 1 < COUNT_OF(settings); i++) {
    struct iam_session *before;
    struct iam_session *after;
    unit_case("another %s", settings[i]);
    before = iam_session_open(world.fixture.service, world.fixture.access);
    fixture_set(&world.fixture, settings[i], "quite-another");
    begin(&world);
    after = iam_session_open(world.fixture.service, world.fixture.access);
    CHECK(before != after);
    CHECK(after == iam_session_open(world.fixture.service, world.fixture.access));
    iam_session_close(before);
    iam_session_close(after);
    iam_session_close(after);
  }
  unit_case("very many projects");
  fixture_set(&world.fixture, "user_name", "alice");
  for (int i = 0; i < 200; i++) {
    char project[20];
    snprintf(project, sizeof project, "p%d", i);
    fixture_set(&world.fixture, "project_name", project);
    CHECK_INT(VERDICT_READY, ask(&world));
  }
  world.asked[0] = '\0';
  fixture_set(&world.fixture, "project_name", "p150");
  CHECK_INT(VERDICT_READY, ask(&world));
  check_asked(&world, "P151");
  fixture_set(&world.fixture, "project_name", "p10");
  CHECK_INT(VERDICT_READY, ask(&world));
  check_asked(&world, "T P201");
  fixture_close(&world.fixture);
}

/* Two requests side by side, which get a token, or another one: any allocation may fail. */
static void check_allocations(bool renewed, bool all_after) {
  for (long nth = 1, refused = 1; refused; nth++) {
    struct world world;
    struct page_request *requests[2] = {NULL, NULL};
    bool memory = true;
    unit_case("%s, allocation %ld%s", renewed ? "renewed" : "got", nth,
              all_after ? " and all after" : "");
    open_world(&world);
    if (renewed) CHECK_INT(VERDICT_READY, ask(&world));
    world.revoked = renewed;
    begin(&world);
    allocation_fail_at(nth, all_after);
    for (size_t i = 0; i < 2; i++) requests[i] = start(&world);
    for (size_t i = 0; i < 2; i++) {
      if (requests[i]) wait_for(&world, requests[i]);
    }
    refused = allocation_stop();
    for (size_t i = 0; i < 2; i++) {
      enum verdict verdict = requests[i] ? page_request_verdict(requests[i]) : VERDICT_NO_MEMORY;
      CHECK(verdict == VERDICT_NO_MEMORY || verdict == VERDICT_READY);
      memory = memory && verdict == VERDICT_READY;
      page_request_close(requests[i]);
    }
    CHECK_INT(refused == 0, memory);
    CHECK_INT(VERDICT_READY, ask(&world));
    fixture_close(&world.fixture);
    if (!CHECK(nth < 1000)) return;
  }
}

/* True at the look of this number. */
static bool interrupted_at(void *left) { return --*(int *)left == 0; }

/* Interrupted at any look: nothing goes on after it, and the next request is served. */
static void check_interrupts(void) {
  for (int nth = 1, left = 0; left <= 0; nth++) {
    struct world world;
    struct page_request *request;
    enum service_status status = SERVICE_OK;
    unit_case("interrupted at look %d", nth);
    open_world(&world);
    world.trouble = 1;
    world.fault = (struct scripted_answer){.status = 503, .delay = 250};
    begin(&world);
    left = nth;
    service_watch(world.fixture.service, interrupted_at, &left);
    request = start(&world);
    while (!status && !page_request_ended(request)) status = service_wait(world.fixture.service);
    CHECK_INT(left > 0 ? SERVICE_OK : SERVICE_INTERRUPTED, status);
    page_request_close(request);
    CHECK_INT(0, world.fixture.transport->in_flight);
    service_watch(world.fixture.service, NULL, NULL);
    world.trouble = 0;
    CHECK_INT(VERDICT_READY, ask(&world));
    fixture_close(&world.fixture);
    if (!CHECK(nth < 1000)) return;
  }
}

void iam_session_test(void) {
  check_wire();
  check_lifetimes();
  check_side_by_side();
  check_revoked();
  check_refused();
  check_retries();
  check_deadlines();
  check_pause();
  check_closed();
  check_sessions();
  check_interrupts();
  check_allocations(false, false);
  check_allocations(false, true);
  check_allocations(true, false);
  check_allocations(true, true);
}
