/*
** Tests of ext/account/signature: vectors that the official SDK's signer gave, and the published
** one.
*/
#include "account/signature.h"

#include <string.h>

#include "allocation.h"
#include "refusal.h"
#include "unit.h"

#define ACCESS_KEY "AKEXAMPLE00000000001"
#define SECRET_KEY "SKexample0123456789abcdefghijklmnopqrstu"
#define DATE "20240115T103045Z"
#define PROJECT "0123456789abcdef0123456789abcdef"
#define SWR_HOST "swr-api.cn-north-4.myhuaweicloud.com"
#define REPOS "/v2/manage/namespaces/group/repos/"
#define JSON \
  { "content-type", "application/json" }

static const struct {
  const char *name;
  const char *secret_key;
  const char *date;
  const char *path;
  const char *query_name;
  const char *query_value;
  struct signed_header headers[5];
  size_t header_count;
  const char *signature;
} cases[] = {
    {"A",
     SECRET_KEY,
     DATE,
     REPOS "busybox/sync_job",
     "filter",
     "limit::10|offset::0|order::desc",
     {{"host", SWR_HOST}, {"x-sdk-date", DATE}},
     2,
     "ee6c0d8452b84d8e82c924a645316b029e568ae36921033d0db3f0d729273734"},
    {"B",
     SECRET_KEY,
     DATE,
     REPOS "library$busybox/sync_job",
     "filter",
     "limit::100|offset::200",
     {JSON, {"host", SWR_HOST}, {"x-project-id", PROJECT}, {"x-sdk-date", DATE}},
     4,
     "87627afa8043d5a1fa22408989061e98f0d4bdc60091188a1e969bb301004ca3"},
    {"C",
     SECRET_KEY,
     DATE,
     REPOS "busybox/sync_job",
     "filter",
     "limit::100|offset::0|order::asc",
     {JSON,
      {"host", SWR_HOST},
      {"x-project-id", PROJECT},
      {"x-sdk-date", DATE},
      {"x-security-token", "STEXAMPLETOKEN"}},
     5,
     "a37a8bdce3aa44fc54cc41a1aed1c91861eb2c74abd65bed2fad3f14a9b36397"},
    {"D",
     SECRET_KEY,
     DATE,
     "/v3/projects",
     "name",
     "cn-north-4",
     {JSON, {"host", "iam.cn-north-4.myhuaweicloud.com"}, {"x-sdk-date", DATE}},
     3,
     "b5d58e55a87a0b65e195452b6cb63d175248cd18a835efe8d4d46039600a6c3f"},
    {"E",
     SECRET_KEY,
     DATE,
     "/v2/manage/namespaces",
     NULL,
     NULL,
     {{"host", SWR_HOST}, {"x-sdk-date", DATE}},
     2,
     "bf1d5210e89e48218289446b65a197655516e7f936bcff5bbadc61952c478bac"},
    {"published",
     "SecretKey",
     "20060102T150405Z",
     "/path",
     "limit",
     "1",
     {{"x-sdk-date", "20060102T150405Z"}},
     1,
     "5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624"},
};

/* What stands beside letters and digits in ASCII is encoded, each byte by itself. */
static void test_encoding(void) {
  static const char *const paths[][2] = {
      {"/@[`{/:", "/%40%5B%60%7B/%3A"}, {"/az-._~", "/az-._~"}, {"/AZ09", "/AZ09"}};

  for (size_t i = 0; i < COUNT_OF(paths); i++) {
    struct signature_request request = {"GET", paths[i][0], NULL, NULL, cases[0].headers, 2};
    char signature[SIGNATURE_HEX_SIZE] = "";
    char other[SIGNATURE_HEX_SIZE] = "";
    unit_case("%s", paths[i][0]);
    CHECK(signature_make(&request, DATE, SECRET_KEY, signature));
    request.path = "/";
    CHECK(signature_make(&request, DATE, SECRET_KEY, other));
    CHECK(strcmp(signature, other) != 0);
  }
}

static void test_vectors(void) {
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct signature_request request = {"GET",
                                        cases[i].path,
                                        cases[i].query_name,
                                        cases[i].query_value,
                                        cases[i].headers,
                                        cases[i].header_count};
    char signature[SIGNATURE_HEX_SIZE] = "";

    unit_case("%s", cases[i].name);
    CHECK(signature_make(&request, cases[i].date, cases[i].secret_key, signature));
    CHECK_TEXT(cases[i].signature, signature);
  }
}

static void test_authorization(void) {
  static const char expected[] =
      "SDK-HMAC-SHA256 Access=" ACCESS_KEY
      ", SignedHeaders=host;x-sdk-date, "
      "Signature=ee6c0d8452b84d8e82c924a645316b029e568ae36921033d0db3f0d729273734";
  struct signature_request request = {
      "GET", cases[0].path, cases[0].query_name, cases[0].query_value, cases[0].headers, 2};
  char value[sizeof expected];

  CHECK(signature_authorization(&request, DATE, ACCESS_KEY, SECRET_KEY, value, sizeof value));
  CHECK_TEXT(expected, value);
  CHECK(!signature_authorization(&request, DATE, ACCESS_KEY, SECRET_KEY, value, sizeof value - 1));
}

/* Out of memory at any place, which the length of the path moves: no signature, and no leak. */
static void test_without_memory(void) {
  static const struct signed_header headers[] = {{"host", SWR_HOST}, {"x-sdk-date", DATE}};
  char path[400] = "/";
  char value[400];
  long failures = 0;

  for (size_t size = 1; size < sizeof path - 1; size++) {
    struct signature_request request = {"GET", path, "filter", "limit::1|x", headers, 2};
    unit_case("a path of %zu bytes", size);
    for (long nth = 1; nth < 100; nth++) {
      bool made;
      allocation_fail_at(nth, true);
      made = signature_authorization(&request, DATE, ACCESS_KEY, SECRET_KEY, value, sizeof value);
      if (!allocation_stop()) {
        CHECK(made);
        break;
      }
      CHECK(!made);
      failures++;
    }
    path[size] = size % 7 ? 'a' : '$'; /* of which one takes one byte, and the other three */
    path[size + 1] = '\0';
  }
  CHECK(failures >= (long)sizeof path);
}

static void test_date(void) {
  char date[SIGNATURE_DATE_SIZE];

  signature_date(1705314645, date);
  CHECK_TEXT(DATE, date);
  if (REFUSES_SYSTEM) {
    refusal_begin("gmtime_r", 1, false, 0);
    signature_date(1705314645, date);
    CHECK_INT(1, refusal_stop());
    CHECK_TEXT("", date);
  }
  signature_date(0, date);
  CHECK_TEXT("19700101T000000Z", date);
}

void signature_test(void) {
  CHECK(signature_prepare());
  test_vectors();
  test_encoding();
  test_authorization();
  test_without_memory();
  test_date();
}
