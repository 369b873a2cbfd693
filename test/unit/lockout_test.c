/*
** Tests of ext/account/lockout: which credentials are held back, for how long; and that page requests
** ask it, tell it, and send nothing while it says so.
*/
#include "account/lockout.h"

#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "request/page_request.h"
#include "unit.h"

#define MINUTE ((int64_t)60000)
#define KEY "AKEXAMPLE00000000001"

static char key[] = KEY;
static char other_key[] = "AKEXAMPLE00000000002";
static char secret[] = "secret";
static char other_secret[] = "secre";
static char security_token[] = "t";
static char token[] = "token";

static const struct credentials wrong = {.access_key = key, .secret_key = secret};

static void refuse(struct lockout *lockout, int times, int64_t at) {
  while (times-- > 0) lockout_refused(lockout, &wrong, at);
}

static void check_pause(void) {
  struct lockout lockout = {.refusals = 0};

  CHECK_INT(0, lockout_wait(&lockout, &wrong, 0));
  refuse(&lockout, 2, 1000);
  CHECK_INT(0, lockout_wait(&lockout, &wrong, 1000));
  refuse(&lockout, 1, 2000);
  CHECK_INT(5 * MINUTE, lockout_wait(&lockout, &wrong, 2000));
  CHECK_INT(1, lockout_wait(&lockout, &wrong, 2000 + 5 * MINUTE - 1));
  CHECK_INT(0, lockout_wait(&lockout, &wrong, 2000 + 5 * MINUTE));
  unit_case("one more, and not three");
  refuse(&lockout, 1, 10 * MINUTE);
  CHECK_INT(5 * MINUTE, lockout_wait(&lockout, &wrong, 10 * MINUTE));
  unit_case("accepted");
  lockout_accepted(&lockout, &wrong);
  CHECK_INT(0, lockout_wait(&lockout, &wrong, 10 * MINUTE));
  refuse(&lockout, 2, 11 * MINUTE);
  CHECK_INT(0, lockout_wait(&lockout, &wrong, 11 * MINUTE));
}

/* Credentials that differ in one of their parts, or only in where one part ends, are others. */
static void check_others(void) {
  static const struct credentials others[] = {
      {.access_key = other_key, .secret_key = secret},
      {.access_key = key, .secret_key = other_secret},
      {.access_key = key, .secret_key = secret, .security_token = security_token},
      {.access_key = key, .secret_key = other_secret, .security_token = security_token},
      {.token = token},
  };

  for (size_t i = 0; i < COUNT_OF(others); i++) {
    struct lockout lockout = {.refusals = 0};
    unit_case("other credentials %zu", i);
    refuse(&lockout, 3, 0);
    CHECK_INT(0, lockout_wait(&lockout, &others[i], 0));
    lockout_accepted(&lockout, &others[i]);
    CHECK_INT(5 * MINUTE, lockout_wait(&lockout, &wrong, 0));
    lockout_refused(&lockout, &others[i], 0);
    CHECK_INT(others[i].token ? 5 * MINUTE : 0, lockout_wait(&lockout, &wrong, 0));
    CHECK_INT(0, lockout_wait(&lockout, &others[i], 0));
  }
}

static void check_message(void) {
  struct lockout lockout = {.refusals = 0};
  char text[600];

  refuse(&lockout, 4, 0);
  lockout_explain(&lockout, 1, text, sizeof text);
  CHECK_HAS(text, "refused 4 times in a row");
  CHECK_HAS(text, "another 1 s");
  lockout_explain(&lockout, 299001, text, sizeof text);
  CHECK_HAS(text, "another 300 s");
  CHECK_LACKS(text, KEY);
}

/* ---- page requests ---- */

#define REFUSED(code) \
  { .status = 401, .body = "{\"error_code\":\"" code "\",\"error_msg\":\"no\"}" }

/* Sends one request; true if it came to be sent. */
static bool ask(struct fixture *fixture, enum verdict expected) {
  static const struct page_window window = {0, 10, JOBS_DESCENDING};
  size_t before = fixture->transport->request_count;
  struct page_request *request = page_request_start(fixture->service, fixture->access,
                                                    &sync_job_listing, &fixture->place, &window);

  for (int i = 0; !page_request_ended(request) && CHECK(i < 10000); i++) {
    CHECK_INT(SERVICE_OK, service_wait(fixture->service));
  }
  CHECK_INT(expected, page_request_verdict(request));
  page_request_explain(request, &fixture->error);
  page_request_close(request);
  return fixture->transport->request_count > before;
}

static void open_with_key(struct fixture *fixture, struct scripted_list *list) {
  fixture_open(fixture, scripted_list_answer, list);
  fixture_set(fixture, "token", NULL);
  fixture_set(fixture, "access_key", KEY);
  fixture_set(fixture, "secret_key", secret);
  fixture_begin(fixture);
}

static void check_held_back(void) {
  static const struct scripted_answer answers[] = {
      REFUSED("APIGW.0301"), REFUSED("APIGW.0301"),         {.end = SCRIPTED_CUT, .status = 401},
      REFUSED("APIGW.0301"), {.status = 200, .body = "[]"}, REFUSED("APIGW.0301")};
  struct scripted_list list = {answers, COUNT_OF(answers)};
  struct fixture fixture;

  open_with_key(&fixture, &list);
  for (int i = 0; i < 3; i++) CHECK(ask(&fixture, VERDICT_FAILED));
  CHECK_HAS(fixture.error.message, " Asked: GET ");
  CHECK(!ask(&fixture, VERDICT_FAILED));
  CHECK_HAS(fixture.error.message, "group/library/busybox: the access key was refused 3 times");
  CHECK_HAS(fixture.error.message, "another 300 s");
  CHECK_HAS(fixture.error.message, " Not asked: GET https://swr.example/");
  scripted_transport_pause(fixture.transport, 5 * MINUTE - 1);
  CHECK(!ask(&fixture, VERDICT_FAILED));
  CHECK_HAS(fixture.error.message, "another 1 s");
  unit_case("one try when the time is over");
  scripted_transport_pause(fixture.transport, 1);
  CHECK(ask(&fixture, VERDICT_FAILED));
  CHECK(!ask(&fixture, VERDICT_FAILED));
  unit_case("accepted, then refused again");
  scripted_transport_pause(fixture.transport, 5 * MINUTE);
  CHECK(ask(&fixture, VERDICT_READY));
  for (int i = 0; i < 3; i++) CHECK(ask(&fixture, VERDICT_FAILED));
  CHECK(!ask(&fixture, VERDICT_FAILED));
  fixture_close(&fixture);
}

/* What says nothing of the signature is sent as often as it is asked for. */
static void check_not_held_back(void) {
  static const struct {
    const char *name;
    struct scripted_answer answer;
  } cases[] = {
      {"a code of SWR itself", REFUSED("SVCSTG.SWR.4011064")},
      {"403", {.status = 403, .body = "{\"error_code\":\"APIGW.0302\"}"}},
      {"400", {.status = 400}},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct scripted_list list = {&cases[i].answer, 1};
    struct fixture fixture;
    unit_case("%s", cases[i].name);
    open_with_key(&fixture, &list);
    for (int j = 0; j < 9; j++) CHECK(ask(&fixture, VERDICT_FAILED));
    fixture_close(&fixture);
  }
}

void lockout_test(void) {
  check_pause();
  check_others();
  check_message();
  check_held_back();
  check_not_held_back();
}
