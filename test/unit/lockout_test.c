/*
** Tests of ext/account/lockout: which credentials are held back, for how long; and that page
** requests ask it, tell it, and send nothing while it says so.
*/
#include "account/lockout.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "allocation.h"
#include "fixture.h"
#include "refusal.h"
#include "request/page_request.h"
#include "unit.h"

#define REFUSALS 3 /* that a key is let have */
#define MINUTE ((int64_t)60000)
#define KEY "AKEXAMPLE00000000001"

static char key[] = KEY;
static char other_key[] = "AKEXAMPLE00000000002";
static char secret[] = "secret";
static char other_secret[] = "secre";
static char security_token[] = "t";
static char token[] = "token";

static const struct credentials wrong = {.access_key = key, .secret_key = secret};

static bool begin_try(struct lockout *lockout, const struct credentials *credentials, int64_t at) {
  struct lockout_try attempt;

  return lockout_begin(lockout, credentials, at, &attempt);
}

static void end_try(struct lockout *lockout, const struct credentials *credentials,
                    enum lockout_answer said, int64_t at) {
  struct lockout_try attempt = {0};

  attempt.counted = lockout_hash(credentials, attempt.hash);
  lockout_end(lockout, &attempt, said, at);
}

static void answer(struct lockout *lockout, const struct credentials *credentials,
                   enum lockout_answer said, int64_t at) {
  CHECK(begin_try(lockout, credentials, at));
  end_try(lockout, credentials, said, at);
}

static void refuse(struct lockout *lockout, int times, int64_t at) {
  while (times-- > 0) answer(lockout, &wrong, LOCKOUT_REFUSED, at);
}

static void check_pause(void) {
  struct lockout lockout = {.count = 0};

  CHECK_INT(0, lockout_wait(&lockout, &wrong, 0));
  refuse(&lockout, 2, 1000);
  CHECK_INT(0, lockout_wait(&lockout, &wrong, 1000));
  refuse(&lockout, 1, 2000);
  CHECK_INT(5 * MINUTE, lockout_wait(&lockout, &wrong, 2000));
  CHECK(!begin_try(&lockout, &wrong, 2000));
  CHECK_INT(1, lockout_wait(&lockout, &wrong, 2000 + 5 * MINUTE - 1));
  CHECK_INT(0, lockout_wait(&lockout, &wrong, 2000 + 5 * MINUTE));
  unit_case("one more, and not three");
  refuse(&lockout, 1, 10 * MINUTE);
  CHECK_INT(5 * MINUTE, lockout_wait(&lockout, &wrong, 10 * MINUTE));
  unit_case("accepted");
  answer(&lockout, &wrong, LOCKOUT_ACCEPTED, 16 * MINUTE);
  CHECK_INT(0, lockout_wait(&lockout, &wrong, 16 * MINUTE));
  refuse(&lockout, 2, 17 * MINUTE);
  CHECK_INT(0, lockout_wait(&lockout, &wrong, 17 * MINUTE));
}

/* Tries that are under way may all be wrong: they count as much, until they have ended. */
static void check_trying(void) {
  struct lockout lockout = {.count = 0};

  for (int i = 0; i < 3; i++) CHECK(begin_try(&lockout, &wrong, 0));
  CHECK(!begin_try(&lockout, &wrong, 0));
  CHECK_INT(0, lockout_wait(&lockout, &wrong, 0));
  unit_case("no answer");
  end_try(&lockout, &wrong, LOCKOUT_UNKNOWN, 0);
  CHECK(begin_try(&lockout, &wrong, 0));
  CHECK(!begin_try(&lockout, &wrong, 0));
  unit_case("a refusal makes no room");
  end_try(&lockout, &wrong, LOCKOUT_REFUSED, 0);
  CHECK(!begin_try(&lockout, &wrong, 0));
  unit_case("right after all: any number");
  end_try(&lockout, &wrong, LOCKOUT_ACCEPTED, 0);
  for (int i = 0; i < 100; i++) CHECK(begin_try(&lockout, &wrong, 0));
  for (int i = 0; i < 101; i++) end_try(&lockout, &wrong, LOCKOUT_ACCEPTED, 0);
  unit_case("one at a time when the pause is over");
  refuse(&lockout, 3, 0);
  CHECK(begin_try(&lockout, &wrong, 5 * MINUTE));
  CHECK(!begin_try(&lockout, &wrong, 5 * MINUTE));
}

/* Credentials that differ in one of their parts, or only in where one part ends, are others. */
static void check_others(void) {
  static const struct credentials others[] = {
      {.access_key = other_key, .secret_key = secret},
      {.access_key = key, .secret_key = other_secret},
      {.access_key = key, .secret_key = secret, .security_token = security_token},
      {.access_key = key, .secret_key = other_secret, .security_token = security_token},
      {.login = {.user_name = key, .user_password = secret}},
      {.token = token},
  };

  for (size_t i = 0; i < COUNT_OF(others); i++) {
    struct lockout lockout = {.count = 0};
    unit_case("other credentials %zu", i);
    refuse(&lockout, 3, 0);
    CHECK_INT(0, lockout_wait(&lockout, &others[i], 0));
    answer(&lockout, &others[i], LOCKOUT_ACCEPTED, 0);
    CHECK_INT(5 * MINUTE, lockout_wait(&lockout, &wrong, 0));
    for (int j = 0; j < 3; j++) answer(&lockout, &others[i], LOCKOUT_REFUSED, 0);
    CHECK_INT(5 * MINUTE, lockout_wait(&lockout, &wrong, 0));
    CHECK_INT(others[i].token ? 0 : 5 * MINUTE, lockout_wait(&lockout, &others[i], 0));
  }
}

/* Of more credentials than there is room for, those used last are known; those under way always. */
static void check_many(void) {
  struct lockout lockout = {.count = 0};
  char name[20];
  struct credentials many = {.access_key = name, .secret_key = secret};

  CHECK(begin_try(&lockout, &wrong, 0));
  for (int round = 0; round < 2; round++) {
    int64_t now = round ? 5 * MINUTE : 0;
    for (int i = 0; i < 200; i++) {
      snprintf(name, sizeof name, "key%d", i);
      for (int j = 0; j < 3; j++) answer(&lockout, &many, LOCKOUT_REFUSED, now);
      CHECK(lockout_wait(&lockout, &many, now) > 0);
    }
  }
  snprintf(name, sizeof name, "key%d", 200 - LOCKOUT_ENTRIES + 1);
  CHECK(lockout_wait(&lockout, &many, 5 * MINUTE) > 0);
  snprintf(name, sizeof name, "key%d", 200 - LOCKOUT_ENTRIES);
  CHECK_INT(0, lockout_wait(&lockout, &many, 5 * MINUTE));
  end_try(&lockout, &wrong, LOCKOUT_REFUSED, 0);
  refuse(&lockout, 2, 0);
  CHECK_INT(5 * MINUTE, lockout_wait(&lockout, &wrong, 0));
}

static void check_message(void) {
  struct lockout lockout = {.count = 0};
  char text[600];

  refuse(&lockout, 3, 0);
  answer(&lockout, &wrong, LOCKOUT_REFUSED, 5 * MINUTE);
  lockout_explain(&lockout, &wrong, 1, text, sizeof text);
  CHECK_HAS(text, "refused 4 times in a row");
  CHECK_HAS(text, "another 1 s");
  lockout_explain(&lockout, &wrong, 299001, text, sizeof text);
  CHECK_HAS(text, "another 300 s");
  CHECK_LACKS(text, KEY);
}

/* Threads that all have the same wrong key: three tries among them, whatever happens at once. */
/*
** More credentials under way at once than are known: what has no place is let through, and not
** counted.
*/
static void check_full(void) {
  struct lockout lockout = {.count = 0};
  char keys[LOCKOUT_ENTRIES][32];

  for (int i = 0; i < LOCKOUT_ENTRIES; i++) {
    snprintf(keys[i], sizeof keys[i], "AKOTHER%013d", i);
    CHECK(
        begin_try(&lockout, &(struct credentials){.access_key = keys[i], .secret_key = secret}, 0));
  }
  for (int i = 0; i < 4; i++) answer(&lockout, &wrong, LOCKOUT_REFUSED, 0);
  CHECK_INT(0, lockout_wait(&lockout, &wrong, 0));
  unit_case("a place is free again");
  end_try(&lockout, &(struct credentials){.access_key = keys[9], .secret_key = secret},
          LOCKOUT_UNKNOWN, 0);
  for (int i = 0; i < 3; i++) end_try(&lockout, &wrong, LOCKOUT_REFUSED, 0);
  CHECK_INT(5 * MINUTE, lockout_wait(&lockout, &wrong, 0));
  CHECK(!begin_try(&lockout, &wrong, 0));
}

struct tries {
  struct lockout *lockout;
  int sent;
};

static void *try_often(void *context) {
  struct tries *tries = context;

  for (int i = 0; i < 1000; i++) {
    if (!begin_try(tries->lockout, &wrong, 0)) continue;
    tries->sent++;
    end_try(tries->lockout, &wrong, LOCKOUT_REFUSED, 0);
  }
  return NULL;
}

static void check_threads(void) {
  struct lockout lockout = {.count = 0};
  struct tries tries[8] = {{0}};
  pthread_t threads[8] = {0};
  int sent = 0;

  for (size_t i = 0; i < COUNT_OF(threads); i++) {
    tries[i] = (struct tries){&lockout, 0};
    CHECK(!pthread_create(&threads[i], NULL, try_often, &tries[i]));
  }
  for (size_t i = 0; i < COUNT_OF(threads); i++) {
    CHECK(!pthread_join(threads[i], NULL));
    sent += tries[i].sent;
  }
  CHECK_INT(3, sent);
}

/* Credentials of which no digest can be made are not tried; nothing is known of them. */
static void check_without_digest(void) {
  struct lockout lockout = {.count = 0};
  struct lockout_try attempt;
  char words[400];

  unit_case("no digest");
  for (int i = 0; i < 3; i++) answer(&lockout, &wrong, LOCKOUT_REFUSED, 0);
  CHECK_INT(5 * MINUTE, lockout_wait(&lockout, &wrong, 0));
  refusal_begin("EVP_DigestFinal_ex", 1, true, 0);
  CHECK_INT(0, lockout_wait(&lockout, &wrong, 0));
  CHECK(!lockout_begin(&lockout, &wrong, 0, &attempt));
  CHECK(attempt.no_memory);
  lockout_explain(&lockout, &wrong, 1000, words, sizeof words);
  CHECK_INT(3, refusal_stop());
  CHECK_HAS(words, "was refused 3 times in a row");
}

/*
** An answer to a try that has no place of its own any more takes one where it is a refusal, and
** where all places are taken by tries under way, none.
*/
static void check_late_answers(void) {
  struct lockout lockout = {.count = 0};
  struct lockout before;
  struct lockout_try late;
  struct lockout_try others[LOCKOUT_ENTRIES];
  char name[20];
  struct credentials many = {.access_key = name, .secret_key = secret};

  unit_case("late answers");
  for (int i = 0; i < LOCKOUT_ENTRIES; i++) {
    snprintf(name, sizeof name, "key%d", i);
    CHECK(lockout_begin(&lockout, &many, 0, &others[i]));
  }
  CHECK(lockout_begin(&lockout, &wrong, 0, &late));
  lockout_end(&lockout, &late, LOCKOUT_REFUSED, 0);
  for (int i = 0; i < LOCKOUT_ENTRIES; i++) {
    lockout_end(&lockout, &others[i], LOCKOUT_UNKNOWN, 0);
  }
  before = lockout;
  lockout_end(&lockout, &late, LOCKOUT_ACCEPTED, 0); /* no place is taken for that */
  lockout_end(&lockout, &late, LOCKOUT_UNKNOWN, 0);
  for (int i = 0; i < LOCKOUT_ENTRIES; i++) {
    CHECK_BYTES((const char *)before.entries[i].hash, LOCKOUT_HASH_SIZE,
                (const char *)lockout.entries[i].hash, LOCKOUT_HASH_SIZE);
  }
  for (int i = 0; i < 3; i++) lockout_end(&lockout, &late, LOCKOUT_REFUSED, 0);
  CHECK_INT(5 * MINUTE, lockout_wait(&lockout, &wrong, 0));
}

/* In a child nothing is under way, and what was refused still is. */
static void check_fork(void) {
  struct lockout *lockout = lockout_of_process();
  pid_t child;
  int status = 0;

  for (int i = 0; i < 3; i++) CHECK(begin_try(lockout, &wrong, 0));
  end_try(lockout, &wrong, LOCKOUT_REFUSED, 0);
  CHECK(!begin_try(lockout, &wrong, 0));
  child = fork();
  if (child == 0) {
    int begun = 0;
    while (begun < 9 && begin_try(lockout, &wrong, 0)) begun++;
    unit_exit(begun);
  }
  CHECK(child > 0 && waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 2);
  CHECK(!begin_try(lockout, &wrong, 0));
  for (int i = 0; i < 2; i++) end_try(lockout, &wrong, LOCKOUT_ACCEPTED, 0);
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
  page_request_explain(request, &fixture->service->error);
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
  CHECK_LACKS(fixture.service->error.message, "Not asked");
  CHECK(!ask(&fixture, VERDICT_FAILED));
  CHECK_HAS(fixture.service->error.message,
            "group/library/busybox: the access key was refused 3 times");
  CHECK_HAS(fixture.service->error.message, "another 300 s");
  CHECK_HAS(fixture.service->error.message, " Not asked.\nCheck access key, secret key, ");
  scripted_transport_pause(fixture.transport, 5 * MINUTE - 1);
  CHECK(!ask(&fixture, VERDICT_FAILED));
  CHECK_HAS(fixture.service->error.message, "another 1 s");
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

#define CONNECTIONS 5

/* Connections of one process, each with a transport of its own. */
static void open_connections(struct fixture fixtures[CONNECTIONS], struct scripted_list *list,
                             bool with_password) {
  for (int i = 0; i < CONNECTIONS; i++) {
    fixture_open(&fixtures[i], scripted_list_answer, list);
    fixtures[i].service->exchanges.lockout = &fixtures[0].lockout;
    fixture_set(&fixtures[i], "token", NULL);
    if (with_password) {
      fixture_set(&fixtures[i], "user_name", "user");
      fixture_set(&fixtures[i], "user_password", "quiet");
      fixture_set(&fixtures[i], "domain_name", "domain");
      fixture_set(&fixtures[i], "project_name", "project");
      fixture_set(&fixtures[i], "auth_url", "https://iam.example");
    } else {
      fixture_set(&fixtures[i], "access_key", KEY);
      fixture_set(&fixtures[i], "secret_key", secret);
    }
    fixture_begin(&fixtures[i]);
  }
}

/* One after the other: the fourth sends nothing, and says why. */
static void check_connections(bool with_password) {
  static const struct scripted_answer answers[] = {REFUSED("APIGW.0301")};
  struct scripted_list list = {answers, COUNT_OF(answers)};
  struct fixture fixtures[CONNECTIONS];

  unit_case("connections with a wrong %s", with_password ? "password" : "key");
  open_connections(fixtures, &list, with_password);
  for (int i = 0; i < CONNECTIONS; i++) {
    CHECK_INT(i < 3, ask(&fixtures[i], VERDICT_FAILED));
    CHECK_INT(i < 3 ? 1 : 0, fixtures[i].transport->request_count);
    if (i < 3) {
      CHECK_LACKS(fixtures[i].service->error.message, "Not asked");
      continue;
    }
    CHECK_HAS(fixtures[i].service->error.message, " Not asked.\nCheck ");
    CHECK_HAS(fixtures[i].service->error.message, with_password
                                                      ? "the password was refused 3 times"
                                                      : "the access key was refused 3 times");
    CHECK_HAS(fixtures[i].service->error.message, "by this process for another 300 s");
  }
  for (int i = CONNECTIONS - 1; i >= 0; i--) fixture_close(&fixtures[i]);
}

/*
** At once: the fourth waits until one of the first three is answered, and goes out if that was
** right.
*/
static void check_at_once(bool with_password, bool right) {
  static const struct page_window window = {0, 10, JOBS_DESCENDING};
  const struct scripted_answer answers[] = {
      right && with_password ? (struct scripted_answer){.status = 201,
                                                        .headers = "X-Subject-Token: MII\n",
                                                        .body = "{\"token\":{\"expires_at\":"
                                                                "\"2099-01-01T00:00:00Z\"}}"}
      : right                ? (struct scripted_answer){.status = 200, .body = "[]"}
                             : (struct scripted_answer)REFUSED("APIGW.0301")};
  struct scripted_list list = {answers, COUNT_OF(answers)};
  struct fixture fixtures[CONNECTIONS];
  struct page_request *requests[CONNECTIONS];

  unit_case("connections at once with a %s %s", right ? "right" : "wrong",
            with_password ? "password" : "key");
  open_connections(fixtures, &list, with_password);
  for (int i = 0; i < CONNECTIONS; i++) {
    requests[i] = page_request_start(fixtures[i].service, fixtures[i].access, &sync_job_listing,
                                     &fixtures[i].place, &window);
    CHECK_INT(i < 3 ? 1 : 0, fixtures[i].transport->request_count);
  }
  for (int j = 0; j < 3; j++) CHECK_INT(SERVICE_OK, service_wait(fixtures[4].service));
  CHECK_INT(0, fixtures[4].transport->request_count);
  for (int i = 0; i < CONNECTIONS; i++) {
    for (int j = 0; j < 10; j++) CHECK_INT(SERVICE_OK, service_wait(fixtures[i].service));
    CHECK_INT(i < 3 || right, fixtures[i].transport->request_count > 0);
  }
  for (int i = CONNECTIONS - 1; i >= 0; i--) {
    page_request_close(requests[i]);
    fixture_close(&fixtures[i]);
  }
}

/* One that is given up makes room again, and one that waits ends by its deadline. */
static void check_given_up(void) {
  static const struct page_window window = {0, 10, JOBS_DESCENDING};
  static const struct scripted_answer answers[] = {{.end = SCRIPTED_SILENCE, .status = 200}};
  struct scripted_list list = {answers, COUNT_OF(answers)};
  struct fixture fixtures[CONNECTIONS];
  struct page_request *requests[CONNECTIONS];

  unit_case("given up");
  open_connections(fixtures, &list, false);
  for (int i = 0; i < CONNECTIONS; i++) {
    requests[i] = page_request_start(fixtures[i].service, fixtures[i].access, &sync_job_listing,
                                     &fixtures[i].place, &window);
  }
  page_request_close(requests[0]);
  for (int j = 0; j < 10; j++) CHECK_INT(SERVICE_OK, service_wait(fixtures[3].service));
  CHECK_INT(1, fixtures[3].transport->request_count);
  while (!page_request_ended(requests[4])) CHECK_INT(SERVICE_OK, service_wait(fixtures[4].service));
  CHECK_INT(VERDICT_FAILED, page_request_verdict(requests[4]));
  page_request_explain(requests[4], &fixtures[4].service->error);
  CHECK_HAS(fixtures[4].service->error.message, "the deadline has passed while others tried");
  CHECK_HAS(fixtures[4].service->error.message, " Not asked.\nRun the query again");
  for (int i = CONNECTIONS - 1; i >= 0; i--) {
    if (i) page_request_close(requests[i]);
    fixture_close(&fixtures[i]);
  }
}

/*
** Where there is no memory to tell a key from others, nothing is sent; a try that has begun ends
** without any, or whoever comes next would wait for it for ever.
*/
static void check_no_memory(void) {
  struct lockout lockout = {.count = 0};
  struct lockout_try attempts[REFUSALS + 1];

  unit_case("no memory");
  allocation_fail_at(1, true);
  allocation_fail_hashes();
  CHECK(!lockout_begin(&lockout, &wrong, 0, &attempts[0]));
  CHECK(allocation_stop() > 0);
  CHECK(attempts[0].no_memory);
  for (int i = 0; i < REFUSALS; i++) CHECK(lockout_begin(&lockout, &wrong, 0, &attempts[i]));
  CHECK(!lockout_begin(&lockout, &wrong, 0, &attempts[REFUSALS]));
  CHECK(!attempts[REFUSALS].no_memory);
  allocation_fail_at(1, true);
  allocation_fail_hashes();
  lockout_end(&lockout, &attempts[0], LOCKOUT_UNKNOWN, 0);
  CHECK_INT(0, allocation_stop());
  CHECK(lockout_begin(&lockout, &wrong, 0, &attempts[0]));
}

void lockout_test(void) {
  check_without_digest();
  check_late_answers();
  check_no_memory();
  check_pause();
  check_trying();
  check_many();
  check_full();
  check_threads();
  check_fork();
  check_others();
  check_message();
  check_held_back();
  check_not_held_back();
  for (int i = 0; i < 4; i++) {
    if (i < 2) check_connections(i);
    check_at_once(i & 1, i & 2);
  }
  check_given_up();
}
