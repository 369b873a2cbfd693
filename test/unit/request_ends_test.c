/*
** Tests of ext/request at its ends: what is asked of a service before and after its life, of
** windows that no quota has, of bodies that are written in another way.
*/
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "base/json_body.h"
#include "fixture.h"
#include "network/curl_transport.h"
#include "refusal.h"
#include "request/answer_error.h"
#include "request/page_request.h"
#include "request/request_log.h"
#include "request/throttle.h"
#include "request/transport_problem.h"
#include "unit.h"

/* ---- the throttle ---- */

static void check_windows(void) {
  static const struct throttle_window unfit[] = {
      {0, 1000}, {-1, 1000}, {5, 0}, {5, THROTTLE_WINDOW_LONGEST + 1}};
  struct throttle throttle = {0};
  struct throttle_window window = {3, 1000};

  unit_case("windows that no quota has");
  for (size_t i = 0; i < COUNT_OF(unfit); i++) CHECK(!throttle_learn(&throttle, &unfit[i], 0, 0));
  CHECK_INT(0, throttle.window_count);
  CHECK(!throttle_has_patience(&throttle));
  unit_case("one that is known is no news, one with another limit is");
  CHECK(throttle_learn(&throttle, &window, 10, 20));
  CHECK_INT(20, throttle.learnt);
  CHECK(throttle_learn(&throttle, &window, 15, 30)); /* it was not known when it was sent */
  CHECK(!throttle_learn(&throttle, &window, 25, 40));
  CHECK_INT(20, throttle.learnt);
  window.limit = 4;
  CHECK(throttle_learn(&throttle, &window, 25, 50));
  CHECK_INT(1, throttle.window_count);
  CHECK_INT(4, throttle.windows[0].limit);
  unit_case("a few are kept in mind, the last in the place of the last");
  for (int64_t length = 2000; length <= 10000; length += 1000) {
    window = (struct throttle_window){2, length};
    CHECK(throttle_learn(&throttle, &window, 25, 60));
  }
  CHECK_INT(THROTTLE_WINDOWS_MAX, throttle.window_count);
  CHECK_INT(1000, throttle.windows[0].length);
  CHECK_INT(10000, throttle.windows[THROTTLE_WINDOWS_MAX - 1].length);
  CHECK(throttle_has_patience(&throttle));
  unit_case("the longest is what is waited for, wherever it stands");
  throttle = (struct throttle){0};
  CHECK(throttle_learn(&throttle, &(struct throttle_window){9, 60000}, 0, 0));
  CHECK(throttle_learn(&throttle, &(struct throttle_window){9, 1000}, 0, 0));
  throttle.waited = 30000;
  CHECK(throttle_has_patience(&throttle));
}

/* ---- bodies ---- */

static bool is_body(const char *text, struct json_value *value) {
  return json_body_read(text, strlen(text), value);
}

static void check_bodies(void) {
  static const struct {
    const char *text;
    const char *means;
  } texts[] = {{"\"a\\u0041\\n\"", "aA\n"},
               {"\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80"},
               {"\"\\ud83d\\u0041 \\ud83dx\\\\ \\u0000\xc3\xa9\"", " A  x\\  \xc3\xa9"},
               {"\"\\ud83d\\\\u0041 and so\"", " \\u0041 and so"},
               {"\"\\u0000\\ud83d\\ude00\"", " \xf0\x9f\x98\x80"},
               {"\"\\ud83d\"", " "}};
  struct json_value value;
  struct json_value member;

  unit_case("what is a body");
  CHECK(is_body(" {\"a\":1} ", &value));
  CHECK(!is_body("{\"a\":1} x", &value));
  CHECK(!is_body("{\"a\":1", &value));
  CHECK(!is_body("  ", &value));
  CHECK(!is_body("1", &value));
  unit_case("names that are written with escapes");
  CHECK(is_body("{\"err\\u006fr\":1,\"\\ud83d\":2,\"a\":3}", &value));
  CHECK(json_body_member(&value, "error", &member));
  CHECK_BYTES("1", 1, member.at, member.size);
  CHECK(!json_body_member(&value, "errox", &member));
  {
    char name[400];
    snprintf(name, sizeof name, "{\"\\n%0*d\":1}", 200, 0); /* longer than any that is asked for */
    CHECK(is_body(name, &value));
    CHECK(!json_body_member(&value, "error", &member));
  }
  for (size_t i = 0; i < COUNT_OF(texts); i++) {
    struct json_value string = {texts[i].text, strlen(texts[i].text)};
    size_t size;
    char *text = json_body_text(&string, &size);
    unit_case("%s", texts[i].text);
    CHECK_BYTES(texts[i].means, strlen(texts[i].means), text, size);
    free(text);
  }
}

/* ---- errors ---- */

static void check_errors(void) {
  static const char body[] =
      "{\"errors\":[{\"errorCode\":\"A.\\u0031\",\"errorMessage\":\"x\\ny\",\"detail\":\"z\\tz\","
      "\"request_id\":\"r\\u0031\"}],\"request_id\":\"s\\u0031\"}";
  static const struct secrets secrets = {{"a-secret-word"}, 1};
  static char large[140000];
  struct answer_error error;
  bool refused = true;

  for (long nth = 1; refused; nth++) {
    bool read;
    unit_case("an error of all parts, allocation %ld", nth);
    allocation_fail_at(nth, false);
    read = answer_error_read(&error, body, sizeof body - 1, NULL);
    refused = allocation_stop() > 0;
    CHECK_INT(!refused, read);
  }
  CHECK_TEXT("A.1", error.code);
  CHECK_TEXT("r1", error.request_id);
  CHECK_HAS(error.message, "z");
  unit_case("a large page is read for its first words");
  memset(large, '\n', sizeof large);
  memcpy(large + 131000, "near", 4); /* NOLINT(bugprone-not-null-terminated-result): lines follow */
  memcpy(large + 131080, "far", 3);  /* NOLINT(bugprone-not-null-terminated-result) */
  CHECK(answer_error_read(&error, large, sizeof large, NULL));
  CHECK_TEXT("near", error.message);
  unit_case("a secret in markup");
  {
    static const char page[] = "no <p title='a-secret-word again'>good</p>";
    CHECK(answer_error_read(&error, page, sizeof page - 1, &secrets));
    CHECK_LACKS(error.message, "a-secret");
    CHECK_LACKS(error.message, "again");
    CHECK_HAS(error.message, "no");
    CHECK_HAS(error.message, "good");
  }
}

static void check_transport_problems(void) {
  static const struct {
    struct transport_result result;
    const char *says;
    bool again;
  } cases[] = {
      {{.outcome = TRANSPORT_REFUSED, .detail = "no such thing..."},
       "the request cannot be made: no such thing.",
       false},
      {{.outcome = TRANSPORT_REFUSED, .detail = "..."}, "the request cannot be made: .", false},
      {{.outcome = TRANSPORT_REFUSED, .detail = "", .proxy = "ALL_PROXY"},
       "the proxy that ALL_PROXY names cannot be used: .",
       false},
      {{.outcome = TRANSPORT_REFUSED, .detail = "d", .proxy = "ALL_PROXY", .proxy_problem = "why"},
       "the proxy that ALL_PROXY names cannot be used: why.",
       false},
      {{.outcome = TRANSPORT_REFUSED, .detail = "d", .proxy = "ALL_PROXY"},
       "the proxy that ALL_PROXY names cannot be used: d.",
       false},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct conclusion end;
    unit_case("problem %zu", i);
    CHECK_INT(cases[i].again ? VERDICT_AGAIN : VERDICT_FAILED,
              transport_problem(&cases[i].result, NULL, &end));
    CHECK_TEXT(cases[i].says, end.problem);
  }
}

static void check_statuses(void) {
  static const int asking[] = {408, 421, 425};
  static const int others[] = {0, 200, 400, 401, 404, 407, 409, 420, 422, 424, 426, 429, 500, 503};

  for (size_t i = 0; i < COUNT_OF(asking); i++) {
    unit_case("status %d asks for another connection", asking[i]);
    CHECK(status_wants_new_connection(asking[i]));
  }
  for (size_t i = 0; i < COUNT_OF(others); i++) {
    unit_case("status %d does not", others[i]);
    CHECK(!status_wants_new_connection(others[i]));
  }
}

/* ---- the log ---- */

/*
** Rows whose texts each keep a piece from being used again, while others are told anew: where there
** is no place for a text, it is left out, and all else stays as it is.
*/
static void check_no_place(void) {
  static char words[REQUEST_TEXTS_MAX];
  const struct request_end end = {.status = 500, .error = words};
  const struct request_start start = {.table = "t", .method = "GET", .place = "p", .attempt = 1};
  struct request_log log;
  struct logged_request row;
  int64_t id = 0;
  int left_out = 0;

  unit_case("no place for a text");
  memset(words, 'w', sizeof words - 1);
  if (!CHECK(request_log_create(&log))) return;
  for (int i = 0; i < REQUEST_PIECES + 20; i++) {
    id = request_log_add(&log, &start);
    for (int again = 0; again < 12; again++) request_log_finish(&log, id, &end);
    CHECK(request_log_next(&log, id - 1, &row));
    CHECK_INT(500, row.status);
    if (!row.place || !row.error) left_out++;
  }
  CHECK(left_out > 0);
  CHECK(request_log_next(&log, 0, &row));
  CHECK_TEXT("p", row.place);
  unit_case("and it is there again once others are gone");
  for (int i = 0; i < REQUEST_LOG_MAX; i++) id = request_log_add(&log, &start);
  CHECK(request_log_next(&log, id - 1, &row));
  CHECK_TEXT("p", row.place);
  request_log_free(&log);
}

/* A text is cut between two characters, where it has some; what is none may be left with none. */
static void check_cut_characters(void) {
  static char words[2 * REQUEST_TEXTS_MAX];
  const struct request_start start = {.table = "t", .method = "GET", .place = "p", .attempt = 1};
  struct request_log log;
  struct logged_request row;

  if (!CHECK(request_log_create(&log))) return;
  for (int odd = 0; odd < 2; odd++) {
    const struct request_end end = {.status = 1, .error = words};
    size_t size;
    unit_case("a cut among characters of two bytes, %d", odd);
    memset(words, 'x', sizeof words);
    for (size_t i = (size_t)odd; i + 2 < sizeof words; i += 2) memcpy(words + i, "\xc3\xa9", 2);
    words[sizeof words - 1 - !odd] = '\0';
    request_log_finish(&log, request_log_add(&log, &start), &end);
    CHECK(request_log_next(&log, odd, &row));
    size = row.error ? strlen(row.error) : 0;
    if (!CHECK(size > 10)) continue;
    CHECK_TEXT("\xa9...", row.error + size - 4);
  }
  unit_case("what has no beginning of a character");
  memset(words, 0x80, sizeof words - 1);
  words[sizeof words - 1] = '\0';
  request_log_finish(&log, request_log_add(&log, &start),
                     &(struct request_end){.status = 1, .error = words});
  CHECK(request_log_next(&log, 2, &row));
  CHECK_TEXT("...", row.error);
  unit_case("of rows that are gone, or were decoded, nothing is told");
  request_log_decoded(&log, 77, 1, NULL);
  request_log_decoded(&log, 1, 5, NULL);
  request_log_decoded(&log, 1, 6, NULL);
  CHECK(request_log_next(&log, 0, &row));
  CHECK_INT(5, row.rows);
  request_log_note(&log, 0, "other", "p", "a note");
  CHECK(request_log_next(&log, 0, &row));
  CHECK_TEXT(NULL, row.note);
  request_log_free(&log);
}

/* ---- the service ---- */

static void answer_none(void *context, size_t number, const char *url,
                        struct scripted_answer *answer) {
  (void)context, (void)number, (void)url;
  answer->status = 200;
  answer->body = "[]";
}

static void count_warning(void *context, const char *message) {
  CHECK_HAS(message, "unreadable is 'skip': why");
  ++*(int *)context;
}

static void check_service(void) {
  struct fixture fixture;
  struct listing listings[LESSONS_MAX + 2];
  struct service *service;
  struct access *access;
  int warnings = 0;

  unit_case("a service without a life");
  service_destroy(NULL);
  service = service_create(NULL);
  if (!CHECK(service)) return;
  CHECK_INT(0, service_held(service));
  for (size_t i = 0; i < COUNT_OF(listings); i++) {
    struct lesson *lesson = service_lesson(service, &listings[i]);
    CHECK(lesson == &service->lessons[i < LESSONS_MAX ? i : LESSONS_MAX - 1]);
    CHECK(lesson->listing == &listings[i]);
  }
  CHECK(service_lesson(service, &listings[1]) == &service->lessons[1]);
  unit_case("a libcurl that is too old");
  refusal_begin("curl_version_info", 1, false, ENOSYS);
  CHECK_INT(SERVICE_FAILED, service_begin(service, &access));
  CHECK_INT(1, refusal_stop());
  CHECK_TEXT("libcurl 7.85.0 or newer is required (this is 7.84.0)", service->error.message);
  unit_case("without memory for a transport");
  refusal_begin("curl_multi_init", 1, false, ENOMEM);
  CHECK_INT(SERVICE_NO_MEMORY, service_begin(service, &access));
  CHECK_INT(1, refusal_stop());
  service_destroy(service);
  unit_case("what is left out where nobody is warned");
  fixture_open(&fixture, answer_none, NULL);
  fixture_begin(&fixture);
  service_warn_by(fixture.service, NULL, NULL);
  service_leave_out(fixture.service, 1, &sync_job_listing, &fixture.place, "why");
  CHECK(fixture.service->exchanges.log.count > 0);
  unit_case("and where somebody is, once");
  service_warn_by(fixture.service, count_warning, &warnings);
  for (size_t i = 0; i < 2; i++) {
    service_leave_out(fixture.service, 1, &sync_job_listing, &fixture.place, "why");
    CHECK_INT(1, warnings);
  }
  fixture_close(&fixture);
}

/* A request whose owner has left it is ended with the service; before its end it has no rows. */
static void check_left_request(void) {
  static const struct page_window window = {0, 10, JOBS_DESCENDING};
  struct fixture fixture;
  struct page_request *request;

  unit_case("a request that is left");
  fixture_open(&fixture, answer_none, NULL);
  fixture_begin(&fixture);
  request = page_request_start(fixture.service, fixture.access, &sync_job_listing, &fixture.place,
                               &window);
  if (CHECK(request)) {
    CHECK(!page_request_ended(request));
    (void)page_request_verdict(request);
    CHECK_INT(0, page_request_answer(request)->page.row_count);
    CHECK_INT(0, service_tally(fixture.service).pages);
  }
  CHECK_INT(1, fixture_page_requests(&fixture));
  service_destroy(fixture.service);
  CHECK_INT(1, fixture.access->references);
  access_release(fixture.access);
}

void request_ends_test(void) {
  check_windows();
  check_bodies();
  check_errors();
  check_transport_problems();
  check_statuses();
  check_no_place();
  check_cut_characters();
  check_service();
  check_left_request();
}
