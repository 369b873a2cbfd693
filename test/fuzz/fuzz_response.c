/*
** Fuzz target: one answer to the request of a page, with any headers, status, body and end. Whole
** and in pieces it comes to the same verdict; what messages show of it is bounded and without
** control characters. Then the pause before the next attempt, for any Retry-After.
*/
#include "request/page_response.h"

#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "request/attempts.h"

#define HEADERS_MAX 3
#define TOKEN "MIIfuzz.Token-0123456789"

/* What comes of the wire. */
struct answer {
  char *names[HEADERS_MAX];
  char *values[HEADERS_MAX];
  size_t header_count;
  struct transport_result result;
  const char *body;
  size_t size;
  size_t step; /* bytes of a piece */
};

static void draw_header(struct fuzz_bytes *bytes, struct answer *answer) {
  static const char *const names[] = {"Content-Range", "content-range", "X-Request-Id",
                                      "Content-Type"};
  uint32_t name = fuzz_number(bytes, COUNT_OF(names));

  answer->names[answer->header_count] = name < COUNT_OF(names)
                                            ? fuzz_copy(names[name], strlen(names[name]), true)
                                            : fuzz_text(bytes, 40);
  answer->values[answer->header_count++] = fuzz_text(bytes, 200);
}

static void draw(struct fuzz_bytes *bytes, struct answer *answer) {
  static const int statuses[] = {200, 200, 200, 206, 301, 400, 401, 403,
                                 404, 408, 421, 425, 429, 500, 503, 0};
  uint32_t status = fuzz_number(bytes, COUNT_OF(statuses));

  memset(answer, 0, sizeof *answer);
  answer->result.status =
      status < COUNT_OF(statuses) ? statuses[status] : 100 + (int)fuzz_number(bytes, 499);
  if (fuzz_number(bytes, 3) == 3) {
    answer->result.outcome = (enum transport_outcome)fuzz_number(bytes, TRANSPORT_REFUSED);
  }
  answer->result.detail = "detail with " TOKEN ".";
  answer->step = 1 + fuzz_number(bytes, 255);
  for (uint32_t count = fuzz_number(bytes, HEADERS_MAX); count > 0; count--) {
    draw_header(bytes, answer);
  }
  answer->body = (const char *)bytes->at;
  answer->size = bytes->left;
}

/* Gives it to a response that was reset, `step` bytes at a time, and finishes and decodes it. */
static enum verdict give(const struct answer *answer, struct page_response *response, size_t step) {
  struct transport_result result = answer->result;
  enum verdict verdict;

  for (size_t i = 0; i < answer->header_count; i++) {
    page_response_header(response, answer->names[i], strlen(answer->names[i]), answer->values[i],
                         strlen(answer->values[i]));
  }
  for (size_t at = 0; at < answer->size && result.status; at += step) {
    size_t piece = step < answer->size - at ? step : answer->size - at;
    char *copy = fuzz_copy(answer->body + at, piece, false);
    bool taken = page_response_body(response, result.status, copy, piece);
    free(copy);
    if (taken) continue;
    result.outcome = TRANSPORT_STOPPED;
    break;
  }
  verdict = page_response_finish(response, &result);
  return verdict == VERDICT_READY ? page_response_decode(response) : verdict;
}

static void check_texts(const struct page_response *response, enum verdict verdict) {
  CHECK(verdict != VERDICT_NO_MEMORY && verdict != VERDICT_INTERRUPTED);
  CHECK_INT(verdict != VERDICT_READY, response->end.problem[0] != '\0');
  CHECK(!fuzz_has_controls(response->end.problem));
  CHECK(!fuzz_has_controls(response->request_id));
  CHECK(!strstr(response->end.problem, TOKEN));
  CHECK((int64_t)response->page.row_count <= 1001);
  if (response->has_range) CHECK(response->range.total >= 0);
}

static void check_pause(struct fuzz_bytes *bytes) {
  struct limits limits = {.page_size = 100, .concurrency = 8, .timeout = 30};
  struct attempts attempts;
  int64_t now = 1000000 + (int64_t)fuzz_number(bytes, 1000000);
  int64_t retry_after =
      1000 * (int64_t)fuzz_number(bytes, 86400); /* what the transport lets pass */
  char said[ATTEMPTS_TEXT_MAX];

  limits.deadline = 1 + fuzz_number(bytes, 86399);
  limits.retries = fuzz_number(bytes, 20);
  attempts_begin(&attempts, &limits, now);
  do {
    int64_t before = now;
    attempts.count++;
    if (!attempts_pause(&attempts, now, fuzz_number(bytes, UINT32_MAX), retry_after)) break;
    now = attempts.resume_at;
    CHECK(now > before && now - before >= retry_after);
    CHECK(attempts_time_left(&attempts, now) > 0);
    CHECK(attempts.count <= limits.retries);
  } while (attempts.count <= limits.retries);
  CHECK(attempts.count <= limits.retries + 1);
  attempts_end(&attempts, now);
  attempts_describe(&attempts, "", said);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const struct secrets secrets = {{TOKEN}, 1};
  struct fuzz_bytes bytes = {data, size};
  const struct listing *listing = fuzz_listing(&bytes);
  struct page_window window = {fuzz_number(&bytes, 300), 1 + fuzz_number(&bytes, 200),
                               JOBS_ASCENDING};
  struct answer answer;
  struct place place;
  struct page_response whole;
  struct page_response pieces;
  enum verdict verdict;

  check_pause(&bytes);
  CHECK(place_set_image(&place, "group/library/busybox", 21));
  draw(&bytes, &answer);
  page_response_init(&whole, listing, 0, &place, &window, &secrets, "Refused.");
  page_response_init(&pieces, listing, 0, &place, &window, &secrets, "Refused.");
  verdict = give(&answer, &whole, answer.size + 1);
  check_texts(&whole, verdict);
  CHECK_INT(verdict, give(&answer, &pieces, answer.step));
  CHECK_TEXT(whole.end.problem, pieces.end.problem);
  CHECK_TEXT(whole.request_id, pieces.request_id);
  CHECK_INT(whole.page.row_count, pieces.page.row_count);
  page_response_reset(&pieces); /* and ready for another attempt */
  CHECK_INT(verdict, give(&answer, &pieces, answer.size + 1));
  page_response_free(&whole);
  page_response_free(&pieces);
  for (size_t i = 0; i < answer.header_count; i++) {
    free(answer.names[i]);
    free(answer.values[i]);
  }
  return 0;
}
