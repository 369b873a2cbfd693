/*
** Base URLs that credentials may be sent to, read by libcurl's own parser so that what is
** checked is what is asked: see endpoint.h.
*/
#include "network/endpoint.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/always.h"
#include "base/ascii.h"

#define LABEL_MAX 63 /* characters of a label in a host name (RFC 1035) */

/*
** libcurl has written any form of an IPv4 address (`127.1`, `0x7f000001`) as four numbers by now.
*/
static bool is_loopback(const char *host) {
  struct in_addr address;

  if (ascii_is(host, strlen(host), "localhost") || !strcmp(host, "[::1]")) return true;
  return inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

/*
** Whether it has none of these; one that cannot be read for want of memory is none that is absent.
*/
static enum endpoint_status check_absent(CURLU *parts) {
  static const CURLUPart unwanted[] = {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY,
                                       CURLUPART_FRAGMENT};

  for (size_t i = 0; i < sizeof unwanted / sizeof *unwanted; i++) {
    char *value = NULL;
    CURLUcode rc = curl_url_get(parts, unwanted[i], &value, 0);
    curl_free(value);
    if (rc == CURLUE_OUT_OF_MEMORY) return ENDPOINT_NO_MEMORY;
    if (rc == CURLUE_OK) return ENDPOINT_NOT_A_URL;
  }
  return ENDPOINT_OK;
}

static enum endpoint_status check_scheme(CURLU *parts) {
  char *scheme = NULL;
  char *host = NULL;
  CURLUcode rc = curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0);
  enum endpoint_status status = ENDPOINT_OK;

  if (!rc) rc = curl_url_get(parts, CURLUPART_HOST, &host, 0);
  if (rc == CURLUE_OUT_OF_MEMORY) {
    status = ENDPOINT_NO_MEMORY;
  } else if (rc || !host[0]) {
    status = ENDPOINT_NOT_A_URL;
  } else if (!strcmp(scheme, "http")) {
    if (!is_loopback(host)) status = ENDPOINT_NOT_PROTECTED;
  } else if (strcmp(scheme, "https") != 0) {
    status = ENDPOINT_WRONG_SCHEME;
  }
  curl_free(scheme);
  curl_free(host);
  return status;
}

static enum endpoint_status copy_url(CURLU *parts, char url[ENDPOINT_MAX]) {
  char *whole = NULL;
  size_t size;

  if (curl_url_get(parts, CURLUPART_URL, &whole, 0) != CURLUE_OK) return ENDPOINT_NO_MEMORY;
  size = strlen(whole);
  while (ALWAYS(size) && whole[size - 1] == '/') size--; /* there is a scheme */
  if (size >= ENDPOINT_MAX) {
    curl_free(whole);
    return ENDPOINT_NOT_A_URL;
  }
  memcpy(url, whole, size);
  url[size] = '\0';
  curl_free(whole);
  return ENDPOINT_OK;
}

/*
** libcurl reads escapes in a host and writes what they mean, such as DEL, which it refuses later,
** or digits, which it then takes for a number: what is written has to be read as the same.
*/
static enum endpoint_status check_written(const char *url) {
  char again[ENDPOINT_MAX] = "";
  CURLU *parts = curl_url();
  CURLUcode rc = parts ? curl_url_set(parts, CURLUPART_URL, url, 0) : CURLUE_OUT_OF_MEMORY;
  enum endpoint_status status = ENDPOINT_NOT_A_URL;

  if (rc == CURLUE_OUT_OF_MEMORY) status = ENDPOINT_NO_MEMORY;
  if (rc == CURLUE_OK) status = copy_url(parts, again);
  if (status == ENDPOINT_OK && strcmp(url, again) != 0) status = ENDPOINT_NOT_A_URL;
  curl_url_cleanup(parts);
  return status;
}

enum endpoint_status endpoint_parse(const char *text, char url[ENDPOINT_MAX]) {
  CURLU *parts = curl_url();
  enum endpoint_status status = ENDPOINT_NOT_A_URL;
  CURLUcode rc;
  char with_scheme[ENDPOINT_MAX];

  if (!parts) return ENDPOINT_NO_MEMORY;
  if (!strstr(text, "://")) {
    int size = snprintf(with_scheme, sizeof with_scheme, "https://%s", text);
    text = size > 0 && (size_t)size < sizeof with_scheme ? with_scheme : "";
  }
  rc = curl_url_set(parts, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME);
  if (rc == CURLUE_OUT_OF_MEMORY) {
    status = ENDPOINT_NO_MEMORY;
  } else if (rc == CURLUE_OK) {
    status = check_absent(parts);
    if (status == ENDPOINT_OK) status = check_scheme(parts);
    if (status == ENDPOINT_OK) status = copy_url(parts, url);
    if (status == ENDPOINT_OK) status = check_written(url);
  }
  curl_url_cleanup(parts);
  return status;
}

bool endpoint_is_loopback(const char *url) {
  CURLU *parts = curl_url();
  char *host = NULL;
  bool loopback = parts && curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
                  curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK && is_loopback(host);

  curl_free(host);
  curl_url_cleanup(parts);
  return loopback;
}

/* The length of the label of a host name at `text`, in small letters; 0 if none is there. */
static size_t label_size(const char *text) {
  size_t size = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");

  return size > LABEL_MAX || text[0] == '-' || (size && text[size - 1] == '-') ? 0 : size;
}

/*
** `start`, the one label of a region, one of Huawei Cloud's own domains, `end`, and nothing else.
*/
static bool is_public(const char *url, const char *start, const char *end) {
  static const char *const domains[] = {".myhuaweicloud.com", ".myhuaweicloud.eu"};
  size_t start_size = strlen(start);
  size_t region_size;

  if (strncmp(url, start, start_size) != 0) return false;
  region_size = label_size(url + start_size);
  if (!region_size) return false;
  for (size_t i = 0; i < sizeof domains / sizeof domains[0]; i++) {
    const char *domain = url + start_size + region_size;
    size_t size = strlen(domains[i]);
    if (!strncmp(domain, domains[i], size) && !strcmp(domain + size, end)) return true;
  }
  return false;
}

bool endpoint_is_public_swr(const char *url) { return is_public(url, "https://swr-api.", ""); }

bool endpoint_is_public_iam(const char *url) { return is_public(url, "https://iam.", "/v3"); }
