/*
** Fuzz target: texts that are to be base URLs. What is accepted is in normal form and leads, as
** libcurl itself reads it, to where credentials may go.
*/
#include <curl/curl.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "network/endpoint.h"
#include "network/origin.h"

#define DOMAIN "[.]([a-z0-9]|[a-z0-9][a-z0-9-]{0,61}[a-z0-9])[.]myhuaweicloud[.](com|eu)"

/* A part of a URL; the empty text if it has none. Owned by the caller, to be freed by curl_free. */
static char *part(const char *url, CURLUPart which) {
  CURLU *parts = curl_url();
  char *value = NULL;

  CHECK(parts != NULL);
  CHECK_INT(CURLUE_OK, curl_url_set(parts, CURLUPART_URL, url, 0));
  if (curl_url_get(parts, which, &value, 0) != CURLUE_OK) value = NULL;
  curl_url_cleanup(parts);
  return value;
}

static bool has(const char *url, CURLUPart which) {
  char *value = part(url, which);
  bool found = value != NULL;

  curl_free(value);
  return found;
}

enum shape { SHAPE_LOOPBACK, SHAPE_SWR, SHAPE_SWR_HOST, SHAPE_IAM, SHAPE_IAM_HOST, SHAPES };

static bool matches(enum shape shape, const char *text) {
  static const char *const patterns[SHAPES] = {[SHAPE_LOOPBACK] = "^127([.][0-9]{1,3}){3}$",
                                               [SHAPE_SWR] = "^https://swr-api" DOMAIN "$",
                                               [SHAPE_SWR_HOST] = "^swr-api" DOMAIN "$",
                                               [SHAPE_IAM] = "^https://iam" DOMAIN "/v3$",
                                               [SHAPE_IAM_HOST] = "^iam" DOMAIN "$"};
  static regex_t compiled[SHAPES];
  static bool ready[SHAPES];

  if (!ready[shape]) {
    CHECK_INT(0, regcomp(&compiled[shape], patterns[shape], REG_EXTENDED | REG_NOSUB));
  }
  ready[shape] = true;
  return regexec(&compiled[shape], text, 0, NULL, 0) == 0;
}

/*
** 127.0.0.0/8 as four numbers, which is how libcurl writes it, and what libcurl takes for this
** machine.
*/
static bool is_local(const char *host) {
  return matches(SHAPE_LOOPBACK, host) || !strcmp(host, "[::1]") || !strcasecmp(host, "localhost");
}

static void check_accepted(const char *url) {
  char again[ENDPOINT_MAX];
  char *host = part(url, CURLUPART_HOST);
  struct origins origins = {0};

  CHECK(strlen(url) < ENDPOINT_MAX);
  CHECK(!fuzz_has_controls(url) || !strpbrk(url, "\r\n"));
  CHECK(host && host[0]);
  CHECK(!strncmp(url, "https://", 8) || (!strncmp(url, "http://", 7) && is_local(host)));
  CHECK(url[strlen(url) - 1] != '/');
  CHECK(!has(url, CURLUPART_USER) && !has(url, CURLUPART_PASSWORD));
  CHECK(!has(url, CURLUPART_QUERY) && !has(url, CURLUPART_FRAGMENT));
  CHECK_INT(ENDPOINT_OK, endpoint_parse(url, again));
  CHECK_TEXT(url, again);
  CHECK_INT(is_local(host), endpoint_is_loopback(url));
  CHECK_INT(matches(SHAPE_SWR, url), endpoint_is_public_swr(url));
  CHECK_INT(matches(SHAPE_IAM, url), endpoint_is_public_iam(url));
  if (endpoint_is_public_swr(url)) CHECK(matches(SHAPE_SWR_HOST, host));
  if (endpoint_is_public_iam(url)) CHECK(matches(SHAPE_IAM_HOST, host));
  origins_find(&origins, url);
  curl_free(host);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_bytes bytes = {data, size};
  char *text = fuzz_text(&bytes, size);
  char url[ENDPOINT_MAX];
  enum endpoint_status status = endpoint_parse(text, url);

  CHECK(status != ENDPOINT_NO_MEMORY);
  if (status == ENDPOINT_OK) check_accepted(url);
  endpoint_is_loopback(text);
  endpoint_is_public_swr(text);
  endpoint_is_public_iam(text);
  free(text);
  return 0;
}
