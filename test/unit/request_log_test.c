/*
** Tests of ext/request/request_log: what a row keeps, and for how long.
*/
#include "request/request_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "unit.h"

static const struct request_start one = {.statement = 7,
                                         .table = "swr_tag",
                                         .method = "GET",
                                         .place = "group/one",
                                         .url = "https://example.com/one",
                                         .attempt = 2,
                                         .waited = 30};

static const char *text(const char *found) { return found ? found : "(none)"; }

static void check_life(void) {
  const struct request_end end = {
      .status = 503, .took = 40, .code = "SWR.1", .request_id = "abc", .error = "busy"};
  struct request_log log;
  struct logged_request row;
  int64_t id;

  unit_case("from its start to its end");
  if (!CHECK(request_log_create(&log))) return;
  CHECK(!request_log_next(&log, 0, &row));
  id = request_log_add(&log, &one);
  CHECK_INT(1, id);
  CHECK(request_log_next(&log, 0, &row));
  CHECK(row.took < 0 && row.rows < 0 && !row.sent && row.statement == 7);
  CHECK_INT(1, request_log_sent(&log, id, true, 0));
  request_log_received(&log, id, 20);
  request_log_received(&log, id, 22);
  request_log_finish(&log, id, &end);
  request_log_decoded(&log, id, 3, "not an array");
  request_log_decoded(&log, id, 0, NULL); /* what is told first counts */
  CHECK(request_log_next(&log, 0, &row));
  CHECK(row.sent && row.reused);
  CHECK_INT(503, row.status);
  CHECK_INT(40, row.took);
  CHECK_INT(42, row.bytes);
  CHECK_INT(3, row.rows);
  CHECK_TEXT("https://example.com/one", text(row.url));
  CHECK_TEXT("group/one", text(row.place));
  CHECK_TEXT("SWR.1", text(row.code));
  CHECK_TEXT("abc", text(row.request_id));
  CHECK_TEXT("not an array", text(row.error));
  CHECK(!request_log_next(&log, 1, &row));
  request_log_free(&log);
}

/* The HTTP library sends again by itself: that is a row of its own, since a server sees two. */
static void check_sent_again(void) {
  struct request_log log;
  struct logged_request row;
  int64_t id;

  unit_case("sent again, where the row before is the one that is pushed out");
  if (!CHECK(request_log_create(&log))) return;
  id = request_log_add(&log, &one);
  id = request_log_sent(&log, id, true, 0);
  for (int i = 1; i < REQUEST_LOG_MAX; i++) request_log_add(&log, &one);
  id = request_log_sent(&log, id, false, 90);
  CHECK_INT(REQUEST_LOG_MAX + 1, id);
  CHECK(request_log_next(&log, id - 1, &row));
  CHECK(row.sent && !row.reused && row.took < 0 && row.attempt == 2);
  CHECK_INT(30, row.waited);
  CHECK_TEXT("group/one", text(row.place));
  unit_case("sent again: the first is lost");
  id = request_log_sent(&log, id, false, 70);
  CHECK(request_log_next(&log, id - 2, &row));
  CHECK(row.took == 70 && !row.status);
  CHECK(strstr(text(row.error), "closed before an answer") != NULL);
  request_log_free(&log);
}

static void check_pushed_out(void) {
  struct request_log log;
  struct logged_request row;

  unit_case("the newest are kept");
  if (!CHECK(request_log_create(&log))) return;
  for (int i = 0; i < 2 * REQUEST_LOG_MAX + 3; i++) request_log_add(&log, &one);
  CHECK(request_log_next(&log, 0, &row));
  CHECK_INT(REQUEST_LOG_MAX + 4, row.id);
  CHECK(!request_log_next(&log, log.count, &row));
  unit_case("what is gone takes nothing");
  CHECK_INT(5, request_log_sent(&log, 5, true, 0));
  request_log_received(&log, 5, 10);
  request_log_cancel(&log, 5, 10);
  request_log_finish(&log, 0, &(struct request_end){.status = 200});
  request_log_finish(&log, log.count + 1, &(struct request_end){.status = 200});
  for (int64_t id = 0; request_log_next(&log, id, &row); id = row.id) {
    if (row.sent || row.bytes || row.note || row.status) CHECK(false);
  }
  request_log_free(&log);
}

/* All texts of a row share its memory: long ones are cut between two characters. */
static void check_long_texts(void) {
  char large[3000];
  const struct request_start start = {.method = "GET", .place = large, .url = large};
  const struct request_end end = {.code = large, .request_id = large, .error = large};
  struct request_log log;
  struct logged_request row;

  unit_case("long texts");
  for (size_t i = 0; i + 1 < sizeof large; i++) large[i] = i % 2 ? '\xa9' : '\xc3';
  large[sizeof large - 1] = '\0';
  if (!CHECK(request_log_create(&log))) return;
  request_log_finish(&log, request_log_add(&log, &start), &end);
  CHECK(request_log_next(&log, 0, &row));
  CHECK(strlen(text(row.url)) < REQUEST_URL_MAX);
  CHECK(strlen(text(row.url)) > REQUEST_URL_MAX - 6);
  CHECK_INT(1, (int)(strlen(text(row.url)) % 2)); /* whole characters and three points */
  CHECK(strstr(text(row.place), "\xa9...") != NULL);
  CHECK(strstr(text(row.code), "\xa9...") != NULL);
  CHECK(!row.request_id && !row.error);
  request_log_free(&log);
}

/* A text that just has room with its end is whole; one character more, and it ends in points. */
static void check_just_fitting(void) {
  char place[REQUEST_PLACE_MAX + 1] = "";
  const struct request_start start = {.method = "GET", .place = place, .url = "x"};
  struct request_log log;
  struct logged_request row;

  if (!CHECK(request_log_create(&log))) return;
  for (size_t size = REQUEST_PLACE_MAX - 2; size <= REQUEST_PLACE_MAX; size++) {
    int64_t id;
    unit_case("a place of %zu bytes", size);
    memset(place, 'x', size);
    id = request_log_add(&log, &start);
    CHECK(request_log_next(&log, id - 1, &row));
    CHECK_INT(size < REQUEST_PLACE_MAX ? (int64_t)size : REQUEST_PLACE_MAX - 1,
              (int64_t)strlen(text(row.place)));
    CHECK_INT(size >= REQUEST_PLACE_MAX, strstr(text(row.place), "...") != NULL);
  }
  request_log_free(&log);
}

/* What is told anew takes the room of what was told before it. */
static void check_told_again(void) {
  char error[REQUEST_TEXTS_MAX - 100];
  const struct request_end end = {.code = "SWR.1", .request_id = "abc", .error = error};
  struct request_log log;
  struct logged_request row;
  int64_t id;

  unit_case("told again");
  memset(error, 'x', sizeof error - 1);
  error[sizeof error - 1] = '\0';
  if (!CHECK(request_log_create(&log))) return;
  id = request_log_add(&log, &one);
  for (int i = 0; i < 2 * REQUEST_TEXTS_MAX; i++) request_log_finish(&log, id, &end);
  CHECK(request_log_next(&log, 0, &row));
  CHECK_TEXT("SWR.1", text(row.code));
  CHECK_TEXT("abc", text(row.request_id));
  CHECK_TEXT(error, text(row.error));
  request_log_free(&log);
}

/* How many pieces have been touched. */
static size_t touched(const struct request_log *log) {
  size_t count = REQUEST_PIECES;

  while (count && !log->texts[(count - 1) * REQUEST_PIECE + 1]) count--;
  return count;
}

/*
** Requests that end in any order, with texts of any length: each row has its own. The texts of a
** thousand take what they need, however many there are.
*/
static void check_many_texts(void) {
  enum { UNDER_WAY = 64, LAST = 20 * REQUEST_LOG_MAX };
  struct request_log log;
  struct logged_request row;
  int64_t wrong = 0;

  unit_case("texts of many rows");
  if (!CHECK(request_log_create(&log))) return;
  memset(log.texts, 0, (size_t)REQUEST_PIECES * REQUEST_PIECE);
  for (int64_t id = 1; id <= LAST; id++) {
    char url[200];
    char code[32];
    struct request_start start = {.method = "GET", .url = url};
    struct request_end end = {.code = code};
    int64_t other = id - id * 7919 % UNDER_WAY; /* begun a while ago: some twice, some never */
    snprintf(url, sizeof url, "%d %0*d", (int)id, (int)(id % 150), 0);
    request_log_add(&log, &start);
    snprintf(code, sizeof code, "%d", (int)other);
    request_log_finish(&log, other, &end);
  }
  for (int64_t id = 0; request_log_next(&log, id, &row); id = row.id) {
    wrong += strtoll(text(row.url), NULL, 10) != row.id;
    wrong += row.code && strtoll(row.code, NULL, 10) != row.id;
  }
  CHECK_INT(0, wrong);
  CHECK_INT(LAST, row.id);
  CHECK(touched(&log) * REQUEST_PIECE < (size_t)REQUEST_LOG_MAX * 120);
  request_log_free(&log);
}

/* As long as can be, and all of them. */
static void check_full(void) {
  char large[REQUEST_TEXTS_MAX + 1];
  const struct request_start start = {.method = "GET", .place = large, .url = large};
  const struct request_end end = {.error = large};
  struct request_log log;
  struct logged_request row;
  size_t least = REQUEST_TEXTS_MAX;

  unit_case("texts that fill the log");
  memset(large, 'x', sizeof large - 1);
  large[sizeof large - 1] = '\0';
  if (!CHECK(request_log_create(&log))) return;
  for (int i = 0; i < 3 * REQUEST_LOG_MAX; i++) {
    request_log_finish(&log, request_log_add(&log, &start), &end);
  }
  for (int64_t id = 0; request_log_next(&log, id, &row); id = row.id) {
    size_t size = strlen(text(row.url)) + strlen(text(row.place)) + strlen(text(row.error)) + 3;
    if (size < least) least = size;
  }
  CHECK_INT(REQUEST_TEXTS_MAX, (int64_t)least);
  request_log_free(&log);
}

static void check_skips(void) {
  struct request_log log;
  struct logged_request row;

  unit_case("what is not asked, a hundred times of each statement");
  if (!CHECK(request_log_create(&log))) return;
  for (int i = 0; i < 250; i++) {
    request_log_skip(&log, 1 + i / 150, "swr_tag", "a\nname", "no name");
  }
  CHECK_INT(200, log.count);
  CHECK(request_log_next(&log, 0, &row));
  CHECK_TEXT("a name", text(row.place));
  CHECK_TEXT("no name", row.note);
  CHECK(!row.method);
  CHECK(request_log_next(&log, 99, &row));
  CHECK(strstr(row.note, "and more") != NULL);
  request_log_free(&log);
}

/*
** The newest row of that statement, table and place has the note; where there is none, a new one.
*/
static void check_notes(void) {
  static const char why[] = "left out";
  struct request_start other = one;
  struct request_log log;
  struct logged_request row;

  unit_case("notes");
  if (!CHECK(request_log_create(&log))) return;
  request_log_add(&log, &one);
  request_log_add(&log, &one);
  other.table = NULL;
  request_log_add(&log, &other);
  other.table = "swr_sync_job";
  request_log_add(&log, &other);
  other = one;
  other.statement = 8;
  request_log_add(&log, &other);
  other = one;
  other.place = "group/two";
  request_log_add(&log, &other);
  request_log_note(&log, 7, "swr_tag", "group/one", why);
  for (int64_t id = 1; id <= 6; id++) {
    CHECK(request_log_next(&log, id - 1, &row));
    CHECK_TEXT(id == 2 ? why : "(none)", text(row.note));
  }
  request_log_note(&log, 7, "swr_tag", "group/one", why);
  CHECK(request_log_next(&log, 0, &row));
  CHECK_TEXT(why, text(row.note));
  CHECK_INT(6, log.count);
  request_log_note(&log, 7, "swr_tag", "group/one", why);
  CHECK(request_log_next(&log, 6, &row));
  CHECK(!row.method && row.note == why && !strcmp("group/one", text(row.place)));
  request_log_free(&log);
}

void request_log_test(void) {
  struct request_log log;

  check_life();
  check_sent_again();
  check_pushed_out();
  check_long_texts();
  check_just_fitting();
  check_told_again();
  check_many_texts();
  check_full();
  check_skips();
  check_notes();
  unit_case("out of memory");
  for (int at = 1; at <= 2; at++) {
    allocation_fail_at(at, false);
    CHECK(!request_log_create(&log));
    allocation_stop();
  }
}
