/*
** Tests of ext/network/endpoint: the base URLs that credentials may be sent to, and no others.
*/
#include "network/endpoint.h"

#include <stdio.h>
#include <string.h>

#include "allocation.h"
#include "refusal.h"
#include "unit.h"

static void check_accepted(void) {
  static const struct {
    const char *text;
    const char *url;
  } cases[] = {
      {"https://swr.example", "https://swr.example"},
      {"https://swr.example/", "https://swr.example"},
      {"https://swr.example///", "https://swr.example"},
      {"HTTPS://swr.example", "https://swr.example"},
      {"swr.example", "https://swr.example"},
      {"swr.example:8443", "https://swr.example:8443"},
      {"swr.example/prefix/", "https://swr.example/prefix"},
      {"https://swr.example:8443/a/b/", "https://swr.example:8443/a/b"},
      {"https://swr.example/a%20b", "https://swr.example/a%20b"},
      {"https://10.0.0.1", "https://10.0.0.1"},
      {"https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"},
      {"http://127.0.0.1:8080", "http://127.0.0.1:8080"},
      {"http://127.0.0.1:8080/", "http://127.0.0.1:8080"},
      {"HTTP://127.0.0.1", "http://127.0.0.1"},
      {"http://127.255.255.255", "http://127.255.255.255"},
      {"http://127.1", "http://127.0.0.1"},
      {"http://0x7f000001", "http://127.0.0.1"},
      {"http://2130706433", "http://127.0.0.1"},
      {"http://0177.0.0.1", "http://127.0.0.1"},
      {"http://[::1]", "http://[::1]"},
      {"http://[::1]:8080/prefix", "http://[::1]:8080/prefix"},
      {"http://localhost", "http://localhost"},
      {"http://localhost:8080/", "http://localhost:8080"},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    char url[ENDPOINT_MAX] = "";
    unit_case("%s", cases[i].text);
    if (CHECK_INT(ENDPOINT_OK, endpoint_parse(cases[i].text, url))) CHECK_TEXT(cases[i].url, url);
  }
}

static void check_refused(void) {
  static const struct {
    const char *text;
    enum endpoint_status status;
  } cases[] = {
      {"http://swr.example", ENDPOINT_NOT_PROTECTED},
      {"http://localhost.evil.example", ENDPOINT_NOT_PROTECTED},
      {"http://127.0.0.1.evil.example", ENDPOINT_NOT_PROTECTED},
      {"http://127.0.0.1%2eevil.example", ENDPOINT_NOT_PROTECTED},
      {"http://evil.example/127.0.0.1", ENDPOINT_NOT_PROTECTED},
      {"http://128.0.0.1", ENDPOINT_NOT_PROTECTED},
      {"http://126.255.255.255", ENDPOINT_NOT_PROTECTED},
      {"http://0.0.0.0", ENDPOINT_NOT_PROTECTED},
      {"http://[::2]", ENDPOINT_NOT_PROTECTED},
      {"http://[::]", ENDPOINT_NOT_PROTECTED},
      {"http://[::ffff:10.0.0.1]", ENDPOINT_NOT_PROTECTED},
      {"http://localhos", ENDPOINT_NOT_PROTECTED},
      {"http://xlocalhost", ENDPOINT_NOT_PROTECTED},
      {"http:///evil.example", ENDPOINT_NOT_PROTECTED},
      {"http://127.0.0.1@evil.example", ENDPOINT_NOT_A_URL},
      {"http://127.0.0.1:80@evil.example", ENDPOINT_NOT_A_URL},
      {"http://evil.example@127.0.0.1", ENDPOINT_NOT_A_URL},
      {"https://user@swr.example", ENDPOINT_NOT_A_URL},
      {"https://user:password@swr.example", ENDPOINT_NOT_A_URL},
      {"https://:password@swr.example", ENDPOINT_NOT_A_URL},
      {"user@swr.example", ENDPOINT_NOT_A_URL},
      {"https://swr.example?x=1", ENDPOINT_NOT_A_URL},
      {"https://swr.example/?x=1", ENDPOINT_NOT_A_URL},
      {"https://swr.example/#x", ENDPOINT_NOT_A_URL},
      {"http://127.0.0.1#@evil.example", ENDPOINT_NOT_A_URL},
      {"http://127.0.0.1?@evil.example", ENDPOINT_NOT_A_URL},
      {"ftp://swr.example", ENDPOINT_WRONG_SCHEME},
      {"httpx://swr.example", ENDPOINT_WRONG_SCHEME},
      {"gopher://127.0.0.1", ENDPOINT_WRONG_SCHEME},
      {"", ENDPOINT_NOT_A_URL},
      {"/", ENDPOINT_NOT_A_URL},
      {"https://", ENDPOINT_NOT_A_URL},
      {"https:///", ENDPOINT_NOT_A_URL},
      {"http://:8080", ENDPOINT_NOT_A_URL},
      {"https://swr example", ENDPOINT_NOT_A_URL},
      {"https://swr.example\n", ENDPOINT_NOT_A_URL},
      {"https://swr.example/\x01", ENDPOINT_NOT_A_URL},
      {"https://swr%7f.example", ENDPOINT_NOT_A_URL},
      {"https://%31", ENDPOINT_NOT_A_URL}, /* 1, which is 0.0.0.1 */
      {"https://swr.example:99999", ENDPOINT_NOT_A_URL},
      {"https://swr.example:x", ENDPOINT_NOT_A_URL},
      {"https://[::1", ENDPOINT_NOT_A_URL},
      {"://swr.example", ENDPOINT_NOT_A_URL},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    char url[ENDPOINT_MAX] = "";
    unit_case("%s", cases[i].text);
    CHECK_INT(cases[i].status, endpoint_parse(cases[i].text, url));
  }
}

/* Tricks of which it does not matter how they end, as long as no credential leaves in clear. */
static void check_tricks(void) {
  static const char *const texts[] = {"http://127.0.0.1\\@evil.example",
                                      "http://127.0.0.1%00.evil.example",
                                      "http://127.0.0.1%0a.evil.example",
                                      "http://[::1]evil.example",
                                      "http://[::1].evil.example",
                                      "http://127.0.0.1.",
                                      "http://localhost.",
                                      "http://127.0.0.1:80:evil.example",
                                      "http://127.0.0.1;evil.example",
                                      "http://evil.example\\@127.0.0.1",
                                      "http:/evil.example",
                                      "http:evil.example",
                                      "file:///some/file",
                                      "https://swr.example?",
                                      "https://swr.example#",
                                      "https://@swr.example",
                                      "http://@evil.example",
                                      "http://0127.0.0.1",
                                      "http://127.0.0.256",
                                      "http://[::1%25eth0]",
                                      "http://\xef\xbc\x91.0.0.1"};

  for (size_t i = 0; i < COUNT_OF(texts); i++) {
    char url[ENDPOINT_MAX] = "";
    unit_case("%s", texts[i]);
    if (endpoint_parse(texts[i], url) != ENDPOINT_OK) continue;
    CHECK_LACKS(url, "@");
    CHECK_LACKS(url, "?");
    CHECK_LACKS(url, "#");
    if (strncmp(url, "https://", 8) == 0) continue;
    CHECK_LACKS(url, "evil");
    CHECK(strncmp(url, "http://127.", 11) == 0 || strncmp(url, "http://[::1", 11) == 0 ||
          strncmp(url, "http://localhost", 16) == 0);
  }
}

static void check_lengths(void) {
  char text[ENDPOINT_MAX + 40];
  char url[ENDPOINT_MAX];

  for (size_t size = ENDPOINT_MAX - 20; size < sizeof text; size++) {
    unit_case("%zu bytes", size);
    memset(text, 'a', sizeof text);
    memcpy(text, "https://swr.example/", 20);
    text[size] = '\0';
    if (size < ENDPOINT_MAX) {
      CHECK_INT(ENDPOINT_OK, endpoint_parse(text, url));
      CHECK_TEXT(text, url);
    } else {
      CHECK_INT(ENDPOINT_NOT_A_URL, endpoint_parse(text, url));
    }
    CHECK_INT(size < ENDPOINT_MAX ? ENDPOINT_OK : ENDPOINT_NOT_A_URL,
              endpoint_parse(text + 8, url)); /* the same without a scheme */
  }
}

/* Hosts that credentials may be sent to though SQL has named them. */
static void check_known_hosts(void) { /* NOLINT(readability-function-size): a table of hosts */
  static const struct {
    const char *url;
    bool loopback;
    bool public_swr;
    bool public_iam;
  } cases[] = {
      {"http://127.0.0.1:80", true, false, false},
      {"https://127.255.0.1", true, false, false},
      {"https://[::1]/swr", true, false, false},
      {"https://localhost:1", true, false, false},
      {"https://localhost.example", false, false, false},
      {"https://128.0.0.1", false, false, false},
      {"https://swr-api.cn-north-4.myhuaweicloud.com", false, true, false},
      {"https://swr-api.eu-west-101.myhuaweicloud.eu", false, true, false},
      {"https://swr-api.a.b.myhuaweicloud.com", false, false, false},
      {"https://swr-api.evil.cn-north-4.myhuaweicloud.com", false, false, false},
      {"https://swr-api..myhuaweicloud.com", false, false, false},
      {"https://swr-api.-.myhuaweicloud.com", false, false, false},
      {"https://swr-api.-a.myhuaweicloud.com", false, false, false},
      {"https://swr-api.a-.myhuaweicloud.com", false, false, false},
      {"https://swr-api.a_b.myhuaweicloud.com", false, false, false},
      {"https://swr-api.a%2eb.myhuaweicloud.com", false, false, false},
      {"https://swr-api.a@b.myhuaweicloud.com", false, false, false},
      {"https://swr-api.\xc4\xb1.myhuaweicloud.com", false, false, false},
      {"https://swr-api.x.myhuaweicloud.com.", false, false, false},
      {"https://swr-api.x.myhuaweicloud.community", false, false, false},
      {"https://swr-api.x.myhuaweicloud.eu.com", false, false, false},
      {"https://swr-api.x.myhuaweicloud.com/path", false, false, false},
      {"https://swr-api.x.myhuaweicloud.com/v3", false, false, false},
      {"https://swr-api-x.myhuaweicloud.com", false, false, false},
      {"https://swr-api.x-myhuaweicloud.com", false, false, false},
      {"https://iam.a.b.myhuaweicloud.com/v3", false, false, false},
      {"https://iam.a.b.myhuaweicloud.eu/v3", false, false, false},
      {"https://swr-api.myhuaweicloud.com", false, false, false},
      {"https://swr-api.myhuaweicloud.eu", false, false, false},
      {"https://swr-api.x.myhuaweicloud.com.example", false, false, false},
      {"https://swr-api.x.myhuaweicloud.com:8443", false, false, false},
      {"https://swr-api.x.example/y.myhuaweicloud.com", false, false, false},
      {"https://swr-api.x.notmyhuaweicloud.com", false, false, false},
      {"https://evil.swr-api.x.myhuaweicloud.com", false, false, false},
      {"https://obs.x.myhuaweicloud.com", false, false, false},
      {"http://swr-api.x.myhuaweicloud.com", false, false, false},
      {"https://iam.cn-north-4.myhuaweicloud.com/v3", false, false, true},
      {"https://iam.eu-west-101.myhuaweicloud.eu/v3", false, false, true},
      {"https://iam.myhuaweicloud.com/v3", false, false, false},
      {"https://iam.cn-north-4.myhuaweicloud.com", false, false, false},
      {"https://iam.cn-north-4.myhuaweicloud.com/other/v3", false, false, false},
      {"https://iam.cn-north-4.myhuaweicloud.com:8443/v3", false, false, false},
      {"https://iam.example/cn-north-4.myhuaweicloud.com/v3", false, false, false},
      {"https://iam.cn-north-4.myhuaweicloud.com.example/v3", false, false, false},
      {"https://evil.iam.cn-north-4.myhuaweicloud.com/v3", false, false, false},
      {"http://iam.cn-north-4.myhuaweicloud.com/v3", false, false, false},
      {"https://[::1]/v3", true, false, false},
      {"", false, false, false},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    unit_case("%s", cases[i].url);
    CHECK_INT(cases[i].loopback, endpoint_is_loopback(cases[i].url));
    CHECK_INT(cases[i].public_swr, endpoint_is_public_swr(cases[i].url));
    CHECK_INT(cases[i].public_iam, endpoint_is_public_iam(cases[i].url));
  }
}

/* A region is one label of at most 63 characters. */
static void check_label_lengths(void) {
  char url[200];

  for (int size = 1; size < 100; size++) {
    unit_case("a region of %d characters", size);
    snprintf(url, sizeof url, "https://swr-api.%0*d.myhuaweicloud.com", size, 0);
    CHECK_INT(size <= 63, endpoint_is_public_swr(url));
  }
}

/* Whatever part of it cannot be had for want of memory, it is not taken for a URL that is wrong. */
static void check_without_memory(void) {
  static const char *const text = "https://swr.example:8443/a";
  char url[ENDPOINT_MAX];
  long refused = 1;

  for (long nth = 1; refused > 0; nth++) {
    enum endpoint_status status;
    unit_case("part %ld cannot be had", nth);
    refusal_begin("curl_url_get", nth, false, 0);
    status = endpoint_parse(text, url);
    refused = refusal_stop();
    CHECK_INT(refused ? ENDPOINT_NO_MEMORY : ENDPOINT_OK, status);
    if (!CHECK(nth < 100)) return;
  }
  unit_case("what is no loopback");
  refusal_begin("curl_url_get", 1, false, 0);
  CHECK(!endpoint_is_loopback("http://127.0.0.1"));
  CHECK_INT(1, refusal_stop());
  CHECK(!endpoint_is_loopback("http://"));
}

/* A name without a scheme that is too long for any buffer is refused, and not cut. */
static void check_long_name(void) {
  char text[2 * ENDPOINT_MAX];
  char url[ENDPOINT_MAX];

  unit_case("a long name");
  memset(text, 'a', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  CHECK_INT(ENDPOINT_NOT_A_URL, endpoint_parse(text, url));
  CHECK_INT(ENDPOINT_NOT_A_URL, endpoint_parse("file:///tmp", url));
}

/* What has no memory to be read is on no machine, and so not on this one. */
static void check_loopback_without_memory(void) {
  CHECK(endpoint_is_loopback("http://127.0.0.1:1"));
  refusal_begin("curl_url_get", 1, false, 0);
  CHECK(!endpoint_is_loopback("http://127.0.0.1:1"));
  CHECK_INT(1, refusal_stop());
}

void endpoint_test(void) {
  check_loopback_without_memory();
  check_without_memory();
  check_long_name();
  check_label_lengths();
  check_known_hosts();
  check_accepted();
  check_refused();
  check_tricks();
  check_lengths();
}
