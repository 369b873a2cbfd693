/*
** The check of the signing computation against known signatures: those that the service's own SDKs
** make, and one that is published with them. Must not know more than the computation.
*/
#include "self_test.h"
#include "signature.h"

#include <stdio.h>
#include <string.h>

#define SWR_HOST \
  { "Host", "swr-api.cn-north-4.myhuaweicloud.com" }
#define SDK_DATE \
  { "X-Sdk-Date", "20240115T103045Z" }
#define TYPE \
  { "Content-Type", " application/json\t" }
#define PROJECT \
  { "X-Project-Id", "0123456789abcdef0123456789abcdef" }
#define SECRET "SKexample0123456789abcdefghijklmnopqrstu"
#define REPOS "/v2/manage/namespaces/group/repos/"

enum { HEADERS_MAX = 5 };

struct vector {
  const char *name;
  const char *uri;
  struct pair headers[HEADERS_MAX];
  const char *secret;
  const char *date;
  const char *digest; /* of the canonical request; NULL = not known */
  const char *signature;
};

static const struct vector vectors[] = {
    {"encoded query",
     REPOS "busybox/sync_job?filter=limit%3A%3A10%7Coffset%3A%3A0%7Corder%3A%3Adesc",
     {SWR_HOST, SDK_DATE},
     SECRET,
     "20240115T103045Z",
     "2dfb3078ce792e0f46d564cdd9d8a1220baf8c2b5ff9afd5c6fe664071a84a44",
     "ee6c0d8452b84d8e82c924a645316b029e568ae36921033d0db3f0d729273734"},
    {"query as it is",
     REPOS "busybox/sync_job?filter=limit::10|offset::0|order::desc",
     {SWR_HOST, SDK_DATE},
     SECRET,
     "20240115T103045Z",
     "2dfb3078ce792e0f46d564cdd9d8a1220baf8c2b5ff9afd5c6fe664071a84a44",
     "ee6c0d8452b84d8e82c924a645316b029e568ae36921033d0db3f0d729273734"},
    {"encoded dollar",
     REPOS "library%24busybox/sync_job?filter=limit%3A%3A100%7Coffset%3A%3A200",
     {TYPE, SWR_HOST, PROJECT, SDK_DATE},
     SECRET,
     "20240115T103045Z",
     "a17d945f4ec2ab5c6ef85410cad970a9ace05aff8ad1a3845d422e9c991e5401",
     "87627afa8043d5a1fa22408989061e98f0d4bdc60091188a1e969bb301004ca3"},
    {"dollar as it is",
     REPOS "library$busybox/sync_job?filter=limit::100%7Coffset::200",
     {TYPE, SWR_HOST, PROJECT, SDK_DATE},
     SECRET,
     "20240115T103045Z",
     "a17d945f4ec2ab5c6ef85410cad970a9ace05aff8ad1a3845d422e9c991e5401",
     "87627afa8043d5a1fa22408989061e98f0d4bdc60091188a1e969bb301004ca3"},
    {"security token",
     REPOS "busybox/sync_job?filter=limit%3A%3A100%7Coffset%3A%3A0%7Corder%3A%3Aasc",
     {TYPE, SWR_HOST, PROJECT, SDK_DATE, {"X-Security-Token", "STEXAMPLETOKEN"}},
     SECRET,
     "20240115T103045Z",
     "97cdaa2f360816d1e54f3ca32031cc6f991429ad9f489ae7e9bb4b3147f1f7df",
     "a37a8bdce3aa44fc54cc41a1aed1c91861eb2c74abd65bed2fad3f14a9b36397"},
    {"another service",
     "/v3/projects?name=cn-north-4",
     {TYPE, {"Host", "iam.cn-north-4.myhuaweicloud.com"}, SDK_DATE},
     SECRET,
     "20240115T103045Z",
     "b3c81a0ebb914611da3ebfb918fc5a85f6a815edb53639766a9d4bb2ad48e5b7",
     "b5d58e55a87a0b65e195452b6cb63d175248cd18a835efe8d4d46039600a6c3f"},
    {"no query",
     "/v2/manage/namespaces",
     {SWR_HOST, SDK_DATE},
     SECRET,
     "20240115T103045Z",
     "5813c49baa4ba7ad4c3d28be0e9b67b8a6661e7393c1d93a0da928eb6914fc23",
     "bf1d5210e89e48218289446b65a197655516e7f936bcff5bbadc61952c478bac"},
    {"published",
     "/path?limit=1",
     {{"X-Sdk-Date", "20060102T150405Z"}},
     "SecretKey",
     "20060102T150405Z",
     NULL,
     "5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624"},
};

static bool check(const struct vector *vector) {
  struct text canonical = {0};
  char digest[SIGNATURE_HEX + 1] = "";
  char signature[SIGNATURE_HEX + 1] = "";
  size_t count = 0;
  bool good;
  while (count < HEADERS_MAX && vector->headers[count].name) count++;
  good = signature_canonical("GET", vector->uri, vector->headers, count, &canonical);
  if (good) {
    signature_digest(canonical.at, canonical.length, digest);
    signature_make(vector->secret, vector->date, &canonical, signature);
    good = (!vector->digest || strcmp(digest, vector->digest) == 0) &&
           strcmp(signature, vector->signature) == 0;
  }
  if (!good) fprintf(stderr, "swr-emulator: self-test: %s: wrong signature\n", vector->name);
  text_free(&canonical);
  return good;
}

/* By hand, as the known signatures have one parameter at most and no odd path. */
static bool check_canonical(void) {
  static const char expected[] =
      "GET\n/a%20b/c/%25/%C3%A9%2B/\na=&a=%2B&a=~1&b%26=%3D&%7B=1\nhost:h\n\nhost\n"
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  static const struct pair host = {"HOST", "h "};
  struct text canonical = {0};
  bool good = signature_canonical("GET", "/a%20b%2fc/%25/\xc3\xa9+?b%26==&%7b=1&a=%7e1&a&a=+",
                                  &host, 1, &canonical) &&
              strcmp(text_end(&canonical), expected) == 0;
  canonical.length = 0;
  if (signature_canonical("GET", "/%zz", &host, 1, &canonical)) good = false;
  if (signature_canonical("GET", "/?a=%", &host, 1, &canonical)) good = false;
  if (!good) fputs("swr-emulator: self-test: wrong canonical request\n", stderr);
  text_free(&canonical);
  return good;
}

bool self_test(void) {
  bool good = check_canonical();
  size_t i;
  for (i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
    if (!check(&vectors[i])) good = false;
  }
  return good;
}
