/*
** Tests of ext/request/iam_response: the body that IAM gets, and what is made of its answers.
*/
#include "request/iam_response.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account/settings.h"
#include "allocation.h"
#include "unit.h"

#define EXPIRES "{\"token\":{\"expires_at\":\"2024-01-02T00:00:00.000000Z\"}}"
#define NOW 1704067200 /* 2024-01-01T00:00:00Z */

static void check_body(const char *expected, const char *expected_quoted, struct iam_login *login) {
  char *quoted = NULL;
  char *body = iam_body(login, &quoted);

  CHECK_TEXT(expected, body);
  CHECK_TEXT(expected_quoted, quoted);
  secret_free(body);
  secret_free(quoted);
}

static void check_bodies(void) {
  static char alice[] = "alice";
  static char odd[] = "a\"b\\c/d\xc3\xa9";
  struct iam_login plain = {"", false, alice, alice, alice, alice};
  struct iam_login quoted = {"", false, odd, odd, odd, odd};

  unit_case("a body");
  check_body(
      "{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{\"name\":"
      "\"alice\","
      "\"password\":\"alice\",\"domain\":{\"name\":\"alice\"}}}},\"scope\":{\"project\":{\"name\":"
      "\"alice\"}}}}",
      "alice", &plain);
  unit_case("a body with characters to be escaped");
  check_body(
      "{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{\"name\":"
      "\"a\\\"b\\\\c/d\xc3\xa9\",\"password\":\"a\\\"b\\\\c/d\xc3\xa9\",\"domain\":{\"name\":"
      "\"a\\\"b\\\\c/d\xc3\xa9\"}}}},\"scope\":{\"project\":{\"name\":\"a\\\"b\\\\c/"
      "d\xc3\xa9\"}}}}",
      "a\\\"b\\\\c/d\xc3\xa9", &quoted);
  unit_case("a body with what only escapes can write");
  {
    static char low[] = "a\x01\x1f\n ";
    struct iam_login bare = {"", false, low, low, low, low};
    char *escaped = NULL;
    char *body = iam_body(&bare, &escaped);
    CHECK_TEXT("a\\u0001\\u001f\\u000a ", escaped);
    CHECK_HAS(body ? body : "", "\"name\":\"a\\u0001\\u001f\\u000a \"");
    secret_free(body);
    secret_free(escaped);
  }
  for (long nth = 1, refused = 1; refused; nth++) {
    char *password = NULL;
    char *body;
    unit_case("a body, allocation %ld", nth);
    allocation_fail_at(nth, false);
    body = iam_body(&plain, &password);
    refused = allocation_stop();
    CHECK(refused ? !body && !password : body && password);
    secret_free(body);
    secret_free(password);
  }
}

static const struct {
  const char *name;
  int status;
  const char *token; /* NULL: no such header */
  const char *body;
  enum transport_outcome outcome;
  enum verdict verdict;
  int64_t lifetime;
  const char *says[3];
} cases[] = {
    {"a token",
     201,
     "MIIx",
     "{\"token\":{\"expires_at\":\"2024-01-02T00:00:00.5Z\",\"issued_at\":\"2024-01-01T00:00:00Z\"}"
     "}",
     TRANSPORT_COMPLETE,
     VERDICT_READY,
     86400,
     {NULL}},
    {"a clock of its own",
     201,
     "MIIx",
     "{\"token\":{\"expires_at\":\"2031-01-01T00:10:00Z\",\"issued_at\":\"2031-01-01T00:00:00Z\"}}",
     TRANSPORT_COMPLETE,
     VERDICT_READY,
     600,
     {NULL}},
    {"this machine's clock",
     201,
     "MIIx",
     EXPIRES,
     TRANSPORT_COMPLETE,
     VERDICT_READY,
     86400,
     {NULL}},
    {"ended",
     201,
     "MIIx",
     "{\"token\":{\"expires_at\":\"2024-01-01T00:00:00Z\"}}",
     TRANSPORT_COMPLETE,
     VERDICT_FAILED,
     0,
     {"ended already"}},
    {"no token", 201, NULL, EXPIRES, TRANSPORT_COMPLETE, VERDICT_FAILED, 0, {"X-Subject-Token"}},
    {"an empty token",
     201,
     "",
     EXPIRES,
     TRANSPORT_COMPLETE,
     VERDICT_FAILED,
     0,
     {"X-Subject-Token"}},
    {"an odd token",
     201,
     "a b",
     EXPIRES,
     TRANSPORT_COMPLETE,
     VERDICT_FAILED,
     0,
     {"X-Subject-Token"}},
    {"no end",
     201,
     "MIIx",
     "{\"token\":{}}",
     TRANSPORT_COMPLETE,
     VERDICT_FAILED,
     0,
     {"expires_at"}},
    {"a number as end",
     201,
     "MIIx",
     "{\"token\":{\"expires_at\":1}}",
     TRANSPORT_COMPLETE,
     VERDICT_FAILED,
     0,
     {"expires_at"}},
    {"no time as end",
     201,
     "MIIx",
     "{\"token\":{\"expires_at\":\"tomorrow\"}}",
     TRANSPORT_COMPLETE,
     VERDICT_FAILED,
     0,
     {"expires_at"}},
    {"no object", 201, "MIIx", "[]", TRANSPORT_COMPLETE, VERDICT_FAILED, 0, {"expires_at"}},
    {"no JSON", 201, "MIIx", "<html>", TRANSPORT_COMPLETE, VERDICT_FAILED, 0, {"expires_at"}},
    {"no body", 201, "MIIx", "", TRANSPORT_COMPLETE, VERDICT_FAILED, 0, {"expires_at"}},
    {"a token, cut", 201, "MIIx", EXPIRES, TRANSPORT_FAILED, VERDICT_AGAIN, 0, {"cut short"}},
    {"a wrong password",
     401,
     NULL,
     "{\"error\":{\"message\":\"The username or password is "
     "wrong.\",\"code\":401,\"title\":\"x\"}}",
     TRANSPORT_COMPLETE,
     VERDICT_REFUSED,
     0,
     {"HTTP 401: The username or password is wrong.\nCheck", "user_password", "five minutes"}},
    {"a wrong password, cut",
     401,
     NULL,
     "{\"e",
     TRANSPORT_FAILED,
     VERDICT_REFUSED,
     0,
     {"HTTP 401"}},
    {"a second factor",
     403,
     NULL,
     "{\"error_msg\":\"no\",\"error_code\":\"IAM.0002\",\"request_id\":\"ab12\"}",
     TRANSPORT_COMPLETE,
     VERDICT_FAILED,
     0,
     {"HTTP 403, IAM.0002: no.", "second factor"}},
    {"a wrong request", 400, NULL, "no", TRANSPORT_TIMED_OUT, VERDICT_FAILED, 0, {"HTTP 400: no."}},
    {"no IAM", 404, NULL, "", TRANSPORT_COMPLETE, VERDICT_FAILED, 0, {"HTTP 404.", "auth_url"}},
    {"another answer", 200, "MIIx", EXPIRES, TRANSPORT_COMPLETE, VERDICT_FAILED, 0, {"HTTP 200"}},
    {"a redirect", 302, NULL, "", TRANSPORT_COMPLETE, VERDICT_FAILED, 0, {"Redirects"}},
    {"throttled", 429, NULL, "", TRANSPORT_COMPLETE, VERDICT_AGAIN, 0, {"HTTP 429", "throttles"}},
    {"throttled, cut", 429, NULL, "", TRANSPORT_FAILED, VERDICT_AGAIN, 0, {"HTTP 429"}},
    {"overloaded", 503, NULL, "busy", TRANSPORT_COMPLETE, VERDICT_AGAIN, 0, {"HTTP 503: busy."}},
    {"no connection", 0, NULL, "", TRANSPORT_FAILED, VERDICT_AGAIN, 0, {"no connection: detail"}},
    {"silence", 0, NULL, "", TRANSPORT_TIMED_OUT, VERDICT_AGAIN, 0, {"no answer in time"}},
    {"a certificate",
     0,
     NULL,
     "",
     TRANSPORT_UNTRUSTED,
     VERDICT_FAILED,
     0,
     {"certificate", "ca_file"}},
    {"no request", 0, NULL, "", TRANSPORT_REFUSED, VERDICT_FAILED, 0, {"cannot be made"}},
    {"no memory", 401, NULL, "", TRANSPORT_NO_MEMORY, VERDICT_NO_MEMORY, 0, {NULL}},
    {"an echo",
     400,
     NULL,
     "{\"error\":{\"message\":\"Bad quiet word\"}}",
     TRANSPORT_COMPLETE,
     VERDICT_FAILED,
     0,
     {"Bad *** word"}},
};

/* All of them by one exchange: what one has left must not be seen by the next. */
static void check_answers(void) {
  static const struct secrets secrets = {{"quiet"}, 1};
  struct iam_response exchange;

  memset(&exchange, 0xa5, sizeof exchange); /* as memory that is not cleared may be */
  iam_response_init(&exchange, &secrets);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct transport_result result = {cases[i].outcome, cases[i].status, 70, 0, NULL, NULL,
                                      "detail quiet"};
    char said[sizeof exchange.end.problem + sizeof exchange.end.advice];
    unit_case("%s", cases[i].name);
    iam_response_reset(&exchange);
    iam_response_header(&exchange, "x-request-ID", 12, "12quiet34", 9);
    if (cases[i].token) {
      iam_response_header(&exchange, "x-subject-token", 15, cases[i].token, strlen(cases[i].token));
    }
    for (const char *c = cases[i].body; *c; c++) CHECK(iam_response_body(&exchange, c, 1));
    CHECK_INT(cases[i].verdict, iam_response_finish(&exchange, &result, NOW));
    CHECK_TEXT("12***34", exchange.request_id);
    snprintf(said, sizeof said, "%s\n%s", exchange.end.problem, exchange.end.advice);
    CHECK_LACKS(said, "quiet");
    if (cases[i].verdict == VERDICT_READY) {
      CHECK_TEXT(cases[i].token, exchange.token);
      CHECK_INT(cases[i].lifetime, exchange.lifetime);
    }
    for (size_t j = 0; j < COUNT_OF(cases[i].says) && cases[i].says[j]; j++) {
      CHECK_HAS(said, cases[i].says[j]);
    }
  }
  iam_response_reset(&exchange);
}

static void check_sizes(void) {
  static char bytes[1 << 20];
  static const size_t sizes[] = {32768, 65536, 65537};
  struct transport_result result = {TRANSPORT_COMPLETE, 201, 0, 0, NULL, NULL, ""};
  struct iam_response exchange;
  size_t taken = 0;

  memset(bytes, 'q', sizeof bytes);
  iam_response_init(&exchange, NULL);
  for (size_t i = 0; i < COUNT_OF(sizes); i++) {
    unit_case("a token of %zu bytes", sizes[i]);
    iam_response_reset(&exchange);
    iam_response_header(&exchange, "X-Subject-Token", 15, bytes, sizes[i]);
    CHECK(iam_response_body(&exchange, EXPIRES, strlen(EXPIRES)));
    CHECK_INT(sizes[i] <= 65536 ? VERDICT_READY : VERDICT_FAILED,
              iam_response_finish(&exchange, &result, NOW));
  }
  unit_case("an endless body");
  iam_response_reset(&exchange);
  while (taken < 100 && iam_response_body(&exchange, bytes, sizeof bytes)) taken++;
  CHECK_INT(4, taken);
  result.outcome = TRANSPORT_STOPPED;
  CHECK_INT(VERDICT_FAILED, iam_response_finish(&exchange, &result, NOW));
  CHECK_HAS(exchange.end.problem, "4194304 bytes");
  unit_case("two tokens: the last one counts");
  iam_response_reset(&exchange);
  iam_response_header(&exchange, "X-Subject-Token", 15, "first", 5);
  iam_response_header(&exchange, "X-Subject-Token", 15, "second", 6);
  CHECK_TEXT("second", exchange.token);
  unit_case("no memory for a token");
  iam_response_reset(&exchange);
  allocation_fail_at(1, false);
  iam_response_header(&exchange, "X-Subject-Token", 15, "third", 5);
  CHECK_INT(1, allocation_stop());
  result.outcome = TRANSPORT_COMPLETE;
  CHECK_INT(VERDICT_NO_MEMORY, iam_response_finish(&exchange, &result, NOW));
  iam_response_reset(&exchange);
}

void iam_response_test(void) {
  check_bodies();
  check_answers();
  check_sizes();
}
