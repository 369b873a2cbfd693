/*
** Tests of ext/request/page_response: bodies that do not end, and when rows are decoded. What
** answers mean is tested with page_request, which acts on it.
*/
#include "request/page_response.h"

#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "request/page_request.h"
#include "unit.h"

static const struct page_window window = {20, 10, JOBS_DESCENDING};
static const struct page_window endless = {0, 1000000, JOBS_DESCENDING};

/* An endless body, of an answer or of an error, is given up and costs a bounded memory. */
static void check_endless(void) {
  static char body[1 << 20];
  static const int statuses[] = {200, 400, 503};

  memset(body, ' ', sizeof body);
  for (size_t i = 0; i < COUNT_OF(statuses); i++) {
    struct fixture fixture;
    struct page_response answer;
    struct transport_result result = {TRANSPORT_STOPPED, statuses[i], 0, 0, NULL, NULL, "stopped"};
    size_t taken = 0;
    unit_case("endless body with HTTP %d", statuses[i]);
    fixture_open(&fixture, scripted_list_answer, NULL);
    fixture_begin(&fixture);
    page_response_init(&answer, &sync_job_listing, EVERY_COLUMN, &fixture.place, &window, NULL, "");
    while (taken < 100 && page_response_body(&answer, statuses[i], body, sizeof body)) taken++;
    CHECK_INT(64, taken);
    CHECK(answer.error_body.size <= 65536);
    CHECK_INT(VERDICT_FAILED, page_response_finish(&answer, &result));
    CHECK_HAS(answer.end.problem, "67108864 bytes");
    page_response_reset(&answer);
    CHECK(page_response_body(&answer, 200, "[]", 2));
    result.outcome = TRANSPORT_COMPLETE;
    result.status = 200;
    CHECK_INT(VERDICT_READY, page_response_finish(&answer, &result));
    CHECK_INT(VERDICT_READY, page_response_decode(&answer));
    page_response_free(&answer);
    fixture_close(&fixture);
  }
}

/*
** Rows are decoded by page_response_decode, but for those of a very long body, in whatever pieces
** it comes.
*/
static void check_decoding(void) {
  static const size_t pieces[] = {61, 999, 16384, 3 << 20};
  static char body[3 << 20];

  for (size_t i = 0; i < COUNT_OF(pieces); i++) {
    struct fixture fixture;
    struct page_response answer;
    struct transport_result result = {TRANSPORT_COMPLETE, 200, 0, 0, NULL, NULL, ""};
    for (size_t rows = 1; rows < 60000; rows *= 3) {
      struct page_window all = {20, (int64_t)rows, JOBS_DESCENDING};
      size_t size = 0;
      unit_case("%zu rows in pieces of %zu bytes", rows, pieces[i]);
      for (size_t row = 0; row < rows; row++) {
        size += (size_t)snprintf(body + size, sizeof body - size, "%c{\"id\":%zu,\"tag\":\"v%zu\"}",
                                 row ? ',' : '[', row, row * row);
      }
      body[size++] = ']';
      fixture_open(&fixture, scripted_list_answer, NULL);
      fixture_begin(&fixture);
      page_response_init(&answer, &sync_job_listing, EVERY_COLUMN, &fixture.place, &all, NULL, "");
      for (size_t at = 0; at < size; at += pieces[i]) {
        CHECK(page_response_body(&answer, 200, body + at,
                                 size - at < pieces[i] ? size - at : pieces[i]));
      }
      CHECK(size > 128 << 10 ? answer.undecoded.size == 0 : answer.page.row_count == 0);
      CHECK_INT(VERDICT_READY, page_response_finish(&answer, &result));
      CHECK_INT(VERDICT_READY, page_response_decode(&answer));
      CHECK_INT(rows, answer.page.row_count);
      CHECK_INT(rows - 1, record_page_id(&answer.page, rows - 1));
      page_response_free(&answer);
      fixture_close(&fixture);
    }
  }
}

/* Records that nobody asked for: one more than asked, or a thousand and one; no more. */
static void check_too_many(void) {
  static const struct {
    int64_t limit;
    int rows;
    enum verdict verdict;
  } cases[] = {{1, 1001, VERDICT_READY},     {1, 1002, VERDICT_FAILED},
               {999, 1001, VERDICT_READY},   {1000, 1002, VERDICT_FAILED},
               {1001, 1002, VERDICT_READY},  {1001, 1003, VERDICT_FAILED},
               {1, 1000000, VERDICT_FAILED}, {1001, 1000000, VERDICT_FAILED}};

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct page_window few = {0, cases[i].limit, JOBS_DESCENDING};
    struct transport_result result = {TRANSPORT_COMPLETE, 200, 0, 0, NULL, NULL, ""};
    struct fixture fixture;
    struct page_response answer;
    bool taken = true;
    unit_case("%d records where %d were asked", cases[i].rows, (int)cases[i].limit);
    fixture_open(&fixture, scripted_list_answer, NULL);
    fixture_begin(&fixture);
    page_response_init(&answer, &sync_job_listing, EVERY_COLUMN, &fixture.place, &few, NULL, "");
    for (int row = 0; taken && row < cases[i].rows; row++) {
      const char *record = row ? ",{\"id\":1}" : "[{\"id\":1}";
      taken = page_response_body(&answer, 200, record, strlen(record));
    }
    if (taken) taken = page_response_body(&answer, 200, "]", 1);
    if (!taken) result.outcome = TRANSPORT_STOPPED;
    if (page_response_finish(&answer, &result) == VERDICT_READY) page_response_decode(&answer);
    CHECK_INT(cases[i].verdict, answer.end.verdict);
    if (cases[i].verdict == VERDICT_READY) CHECK_INT(cases[i].rows, answer.page.row_count);
    if (cases[i].verdict == VERDICT_FAILED) CHECK_HAS(answer.end.problem, "records, where");
    CHECK(page_response_footprint(&answer) < 4 << 20);
    page_response_free(&answer);
    fixture_close(&fixture);
  }
}

#define SLICE 262144 /* bytes that are decoded between two looks, at most */

/* Says stop at the look of this number, from 1; 0 for never. */
struct looks {
  size_t count;
  size_t stop_at;
};

static bool look(void *context) {
  struct looks *looks = context;

  return ++looks->count == looks->stop_at;
}

/* A body of records that are not plain, of more than 35 bytes each. */
static size_t write_slow_body(char *body, size_t room) {
  static const char record[] = "{\"id\":1,\"tag\":\"a\\u0000b\",\"more\":[{}]},\n";
  size_t size = 1;

  body[0] = '[';
  while (size + sizeof record < room) {
    memcpy(body + size, record, sizeof record - 1);
    size += sizeof record - 1;
  }
  body[size - 2] = ']';
  return size;
}

/* One answer in pieces of `step` bytes, which somebody stops or not. */
static void check_looks(const char *body, size_t size, size_t step, size_t stop_at) {
  struct looks looks = {0, stop_at};
  struct transport_result result = {.status = 200};
  struct page_response answer;
  struct place place;
  bool wanted = true;

  unit_case("pieces of %zu bytes, stopped at look %zu", step, stop_at);
  CHECK(place_set_image(&place, "group/app", 9));
  page_response_init(&answer, &sync_job_listing, EVERY_COLUMN, &place, &endless, NULL, "");
  page_response_watch(&answer, look, &looks);
  for (size_t at = 0; at < size && wanted; at += step) {
    wanted = page_response_body(&answer, 200, body + at, size - at < step ? size - at : step);
  }
  result.outcome = stop_at ? TRANSPORT_STOPPED : TRANSPORT_COMPLETE;
  CHECK_INT(stop_at == 0, wanted);
  CHECK_INT(stop_at ? stop_at : size / SLICE, looks.count);
  CHECK(answer.page.row_count <= (looks.count + (stop_at ? 0 : 1)) * (SLICE / 35));
  CHECK_INT(stop_at ? VERDICT_INTERRUPTED : VERDICT_READY, page_response_finish(&answer, &result));
  if (!stop_at) CHECK_INT(VERDICT_READY, page_response_decode(&answer));
  page_response_free(&answer);
}

/* However long an answer is, and however it comes: somebody is asked whether to go on. */
static void check_interrupted(void) {
  static const size_t steps[] = {1000, 16384, SLICE, 3 << 20};
  static char body[3 << 20];
  size_t size = write_slow_body(body, sizeof body);

  for (size_t i = 0; i < COUNT_OF(steps); i++) {
    for (size_t stop_at = 0; stop_at <= size / SLICE; stop_at++) {
      check_looks(body, size, steps[i], stop_at);
    }
  }
}

/* Who waits for the page is told. */
static void check_interrupted_request(void) {
  static char body[3 << 20];
  size_t size = write_slow_body(body, sizeof body);
  const struct scripted_answer answers[] = {{.status = 200, .body = body, .size = size}};
  struct scripted_list list = {answers, COUNT_OF(answers)};
  struct looks looks = {0, 4};
  struct fixture fixture;
  struct page_request *request;

  unit_case("a request");
  fixture_open(&fixture, scripted_list_answer, &list);
  fixture_begin(&fixture);
  service_watch(fixture.service, look, &looks);
  request = page_request_start(fixture.service, fixture.access, &sync_job_listing, &fixture.place,
                               &endless);
  while (!page_request_ended(request) && looks.count < 4) {
    CHECK_INT(SERVICE_OK, service_wait(fixture.service));
  }
  CHECK_INT(4, looks.count);
  CHECK_INT(VERDICT_INTERRUPTED, page_request_verdict(request));
  page_request_close(request);
  fixture_close(&fixture);
}

void page_response_test(void) {
  check_too_many();
  check_endless();
  check_decoding();
  check_interrupted();
  check_interrupted_request();
}
