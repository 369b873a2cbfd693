/*
** Tests of what is asked of a service that allows so many requests in so much time, and of the
** setting `rate`: three hundred repositories, by a simulated clock.
**
** The service counts in fixed windows or in the time that has just passed, refused requests
** included or not, and its quota may be used by others as well.
*/
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "fixture.h"
#include "request/page_request.h"
#include "scan/scan.h"
#include "unit.h"

#define REPOSITORIES 300
#define AT_ONCE 8
#define ONE_JOB "[{\"id\":1,\"tag\":\"8\"}]"

static const struct page_window window = {0, 10, JOBS_ASCENDING};

/* A service with a quota. */
struct quota {
  const char *name;
  int64_t limit;
  int64_t length; /* milliseconds */
  const char *says;
  int64_t others; /* that other clients send in each window, evenly */
  /* What has come. */
  struct fixture *fixture;
  int64_t times[20000];
  int64_t count;
  int64_t refused;
  int64_t last_other;
  /* Of what kind it is. */
  bool sliding; /* counts the time that has passed; else windows one after the other */
  bool charges; /* refused requests count, too */
  char body[300];
};

static int64_t counted(const struct quota *quota, int64_t now) {
  int64_t from = quota->sliding ? now - quota->length + 1 : now - now % quota->length;
  int64_t count = 0;

  for (int64_t i = quota->count - 1; i >= 0 && quota->times[i] >= from; i--) count++;
  return count;
}

static void use(struct quota *quota, int64_t now) {
  if (CHECK((size_t)quota->count < COUNT_OF(quota->times))) quota->times[quota->count++] = now;
}

static void serve_others(struct quota *quota, int64_t now) {
  int64_t step = quota->others ? quota->length / quota->others : 0;

  while (step && quota->last_other + step <= now) {
    quota->last_other += step;
    if (counted(quota, quota->last_other) < quota->limit) use(quota, quota->last_other);
  }
}

/* The list of all repositories. */
static void list_all(struct scripted_answer *answer) {
  size_t size = (size_t)REPOSITORIES * 60;
  size_t used = 0;

  answer->owned = plain_resize(NULL, size);
  answer->body = answer->owned;
  for (int i = 0; i < REPOSITORIES; i++) {
    used += (size_t)snprintf(answer->owned + used, size - used,
                             "%s{\"name\":\"r%03d\",\"namespace\":\"group\"}", i ? "," : "[", i);
  }
  snprintf(answer->owned + used, size - used, "]");
  snprintf(answer->headers, sizeof answer->headers, "Content-Range: 0-%d/%d\n", REPOSITORIES,
           REPOSITORIES);
}

static void answer(void *context, size_t number, const char *url, struct scripted_answer *answer) {
  struct quota *quota = context;
  int64_t now = quota->fixture->transport->clock;

  (void)number;
  serve_others(quota, now);
  answer->delay = 50;
  if (counted(quota, now) < quota->limit) {
    use(quota, now);
    answer->status = 200;
    answer->body = ONE_JOB;
    snprintf(answer->headers, sizeof answer->headers, "Content-Range: 0-1/1\n");
    if (strstr(url, "/manage/repos?")) list_all(answer);
    return;
  }
  if (quota->charges) use(quota, now);
  quota->refused++;
  answer->status = 429;
  snprintf(quota->body, sizeof quota->body,
           "{\"error_code\":\"APIGW.0308\",\"error_msg\":\"The throttling threshold has been "
           "reached: policy user over ratelimit%s\"}",
           quota->says);
  answer->body = quota->body;
}

/* Asks for all, as a scan does: so many at once where there is room, at least one. */
static int64_t ask_for_all(struct fixture *fixture, const char *name) {
  struct page_request *requests[AT_ONCE] = {NULL};
  struct place places[AT_ONCE];
  int64_t begun = fixture->transport->clock;
  int asked = 0;
  int ready = 0;

  for (int done = 0; done < REPOSITORIES;) {
    for (int i = 0; i < AT_ONCE; i++) {
      char repository[30];
      if (requests[i] || asked == REPOSITORIES) continue;
      if (asked > done && !service_has_room(fixture->service, fixture->access)) break;
      snprintf(repository, sizeof repository, "r%d", asked++);
      CHECK(place_set(&places[i], "group", 5, repository, strlen(repository)));
      requests[i] = page_request_start(fixture->service, fixture->access, &sync_job_listing,
                                       &places[i], &window);
    }
    CHECK_INT(SERVICE_OK, service_wait(fixture->service));
    for (int i = 0; i < AT_ONCE; i++) {
      if (!requests[i] || !page_request_ended(requests[i])) continue;
      ready += page_request_verdict(requests[i]) == VERDICT_READY;
      page_request_explain(requests[i], &fixture->service->error);
      if (page_request_verdict(requests[i]) != VERDICT_READY) {
        unit_case("%s: %s", name, fixture->service->error.message);
        CHECK(false);
      }
      page_request_close(requests[i]);
      requests[i] = NULL;
      done++;
    }
  }
  CHECK_INT(REPOSITORIES, ready);
  return fixture->transport->clock - begun;
}

#define FIVE_A_SECOND .limit = 5, .length = 1000, .says = ",limit:5,time:1 second"
#define MANY_IN_MINUTES .limit = 200, .length = 300000, .says = ",limit:200,time:5 minute"
static const struct quota quotas[] = {
    {.name = "5 a second", FIVE_A_SECOND},
    {.name = "5 a second, sliding", FIVE_A_SECOND, .sliding = true},
    {.name = "5 a second, sliding, all count", FIVE_A_SECOND, .sliding = true, .charges = true},
    {.name = "200 in 5 minutes", MANY_IN_MINUTES},
    {.name = "200 in 5 minutes, sliding", MANY_IN_MINUTES, .sliding = true},
    {.name = "200 in 5 minutes, sliding, all count",
     MANY_IN_MINUTES,
     .sliding = true,
     .charges = true},
    {.name = "5 a second, of which others take 2", FIVE_A_SECOND, .sliding = true, .others = 2},
    {.name = "200 in 5 minutes, half of it others'",
     MANY_IN_MINUTES,
     .sliding = true,
     .others = 100},
};

/* Asks for all as a query that names none: they are listed, and each is asked for its job. */
static int64_t find_all(struct fixture *fixture, const char *name) {
  int64_t begun = fixture->transport->clock;
  struct place everything;
  struct scan_request request = {
      .listing = &sync_job_listing, .lists = places_create(), .order = JOBS_ASCENDING, .limit = -1};
  struct statement *statement;
  struct scan *scan = NULL;
  int rows = 0;
  enum service_status status = statement_begin(fixture->service, &statement);

  place_fill(&everything, "", "", "");
  request.places = request.lists;
  CHECK(request.lists && places_add(request.lists, &everything));
  if (status == SERVICE_OK) status = scan_open(statement, &request, &scan);
  while (status == SERVICE_OK && !scan_ended(scan)) {
    rows++;
    status = scan_next(scan);
  }
  if (!CHECK_INT(SERVICE_OK, status)) {
    unit_case("%s: %s", name, fixture->service->error.message);
    CHECK(false);
  }
  CHECK_INT(REPOSITORIES, rows);
  scan_close(scan);
  statement_release(statement);
  places_release(request.lists);
  return fixture->transport->clock - begun;
}

static void check_quotas(int64_t (*ask)(struct fixture *fixture, const char *name),
                         const char *what) {
  for (size_t i = 0; i < COUNT_OF(quotas); i++) {
    struct quota *quota = plain_resize(NULL, sizeof *quota);
    struct fixture fixture;
    int64_t took;
    /* What must pass at least: the windows that three hundred requests fill. */
    int64_t share = quotas[i].limit - quotas[i].others;
    int64_t least = (REPOSITORIES / share - (REPOSITORIES % share == 0)) * quotas[i].length;
    unit_case("%s, %s", what, quotas[i].name);
    *quota = quotas[i];
    fixture_open(&fixture, answer, quota);
    quota->fixture = &fixture;
    fixture.transport->clock = quota->length * 10; /* where a window begins */
    quota->last_other = fixture.transport->clock;
    fixture_begin(&fixture);
    took = ask(&fixture, quota->name);
    if (getenv("QUOTA_FIGURES")) {
      printf("%s, %s: %.1f s (at least %.1f), %" PRId64 " refused\n", what, quota->name,
             (double)took / 1000, (double)least / 1000, quota->refused);
    }
    if (!quota->others) {
      CHECK(quota->refused <= AT_ONCE);
      CHECK(took <= least + least / 10 + quota->length / 10 + 2000);
    }
    CHECK(quota->refused <= REPOSITORIES / 3);
    CHECK(took <= 3 * least + quota->length);
    fixture_close(&fixture);
    free(quota);
  }
}

/* Each pair of requests is as far apart as the rate says, and the first goes at once. */
static void check_rate(void) {
  static const struct {
    const char *rate;
    int64_t apart;
  } cases[] = {{"5", 200}, {"0.5", 2000}, {"300", 4}, {"1000", 1}};

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    static const struct scripted_answer fine = {.status = 200, .body = ONE_JOB, .delay = 30};
    struct scripted_list list = {&fine, 1};
    struct fixture fixture;
    int64_t took;
    unit_case("rate %s", cases[i].rate);
    fixture_open(&fixture, scripted_list_answer, &list);
    fixture_set(&fixture, "rate", cases[i].rate);
    fixture_set(&fixture, "deadline", "1"); /* a rate makes nobody late */
    fixture_begin(&fixture);
    took = ask_for_all(&fixture, cases[i].rate);
    CHECK_INT(REPOSITORIES, (int)fixture.transport->request_count);
    for (size_t j = 1; j < fixture.transport->request_count; j++) {
      const struct scripted_request *requests = fixture.transport->requests;
      if (requests[j].at - requests[j - 1].at < cases[i].apart) CHECK(false);
    }
    if (cases[i].apart >= 200) {
      CHECK(took <= (REPOSITORIES - 1) * cases[i].apart + 100);
    }
    fixture_close(&fixture);
  }
}

/* One that is never served ends: once the window has been waited for, the deadline counts. */
static void check_refused_for_ever(void) {
  struct quota quota = {.says = ",limit:200,time:5 minute"};
  struct fixture fixture;
  struct page_request *request;
  int64_t begun;

  unit_case("refused for ever");
  quota.length = 300000;
  fixture_open(&fixture, answer, &quota);
  quota.fixture = &fixture;
  fixture_begin(&fixture);
  begun = fixture.transport->clock;
  request = page_request_start(fixture.service, fixture.access, &sync_job_listing, &fixture.place,
                               &window);
  for (int i = 0; !page_request_ended(request) && CHECK(i < 20000); i++) {
    CHECK_INT(SERVICE_OK, service_wait(fixture.service));
  }
  CHECK_INT(VERDICT_FAILED, page_request_verdict(request));
  CHECK(fixture.transport->clock - begun >= 300000);
  CHECK(fixture.transport->clock - begun <= 310000 + 120000);
  page_request_explain(request, &fixture.service->error);
  CHECK_HAS(fixture.service->error.message, "another try would pass the deadline");
  CHECK_HAS(fixture.service->error.message, "limit:200,time:5 minute");
  CHECK(quota.refused < 20);
  page_request_close(request);
  fixture_close(&fixture);
}

/* A window that nobody waits for is throttling like any other. */
static void check_long_window(void) {
  struct quota quota = {.says = ",limit:200,time:1 day", .length = 86400000};
  struct fixture fixture;
  struct page_request *request;
  int64_t begun;

  unit_case("a day");
  fixture_open(&fixture, answer, &quota);
  quota.fixture = &fixture;
  fixture_begin(&fixture);
  begun = fixture.transport->clock;
  request = page_request_start(fixture.service, fixture.access, &sync_job_listing, &fixture.place,
                               &window);
  for (int i = 0; !page_request_ended(request) && CHECK(i < 20000); i++) {
    CHECK_INT(SERVICE_OK, service_wait(fixture.service));
  }
  CHECK_INT(VERDICT_FAILED, page_request_verdict(request));
  CHECK(fixture.transport->clock - begun <= 120000);
  page_request_close(request);
  fixture_close(&fixture);
}

/* A window of more requests than are remembered: they are sent evenly, a little slower. */
static void check_many_in_a_window(void) {
  static const struct throttle_window many = {THROTTLE_STARTS_MAX + 1, 10000};
  struct throttle throttle = {.start_count = 0};

  CHECK(throttle_learn(&throttle, &many, 0, 0));
  CHECK_INT(2500, throttle_wait(&throttle, 0));
  throttle_started(&throttle, 2500);
  CHECK_INT(10, throttle_wait(&throttle, 2500));
  CHECK_INT(1, throttle_wait(&throttle, 2509));
  CHECK_INT(0, throttle_wait(&throttle, 2510));
}

static void check_words(void) {
  static const struct {
    const char *message;
    int64_t limit; /* 0: none is named */
    int64_t length;
  } cases[] = {
      {"policy user over ratelimit,limit:200,time:5 minute", 200, 300000},
      {"policy ip over ratelimit,limit:5,time:1 second", 5, 1000},
      {"limit:60,time:1 minute.", 60, 60000},
      {"limit:1000,time:2 hours", 1000, 7200000},
      {"limit:10,time:1day", 10, 86400000},
      {"limit:123456789,time:1 second", 123456789, 1000},
      {"limit:,time:1 second", 0, 0},
      {"limit:5,time:x second", 0, 0},
      {"limit:5,time:1 fortnight", 0, 0},
      {"limit:5 time:1 second", 0, 0},
      {"limit:9999999999,time:1 second", 0, 0},
      {"limit:5,time:9999999999 second", 0, 0},
      {"limit:5,time:", 0, 0},
      {"too many requests", 0, 0},
      {"", 0, 0},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct answer_error error = {.code = "APIGW.0308"};
    int64_t limit = 0;
    int64_t length = 0;
    unit_case("%s", cases[i].message);
    snprintf(error.message, sizeof error.message, "%s", cases[i].message);
    CHECK_INT(cases[i].limit > 0, answer_error_window(&error, &limit, &length));
    if (!cases[i].limit) continue;
    CHECK_INT(cases[i].limit, limit);
    CHECK_INT(cases[i].length, length);
  }
}

void quota_test(void) {
  check_words();
  check_many_in_a_window();
  check_quotas(ask_for_all, "named");
  check_quotas(find_all, "found");
  check_rate();
  check_refused_for_ever();
  check_long_window();
}
