/*
** The headers of a request for a page: see request_headers.h.
*/
#include "request/request_headers.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account/signature.h"
#include "base/always.h"

#define AUTHORIZATION_MAX 1024
#define PATH_MAX_BYTES (ENDPOINT_MAX + TARGET_PATH_MAX)

static bool add(struct request_headers *headers, const char *name, const char *value) {
  size_t size = strlen(name) + strlen(value) + 3;
  char *line = malloc(size);

  if (!line) return false;
  snprintf(line, size, "%s: %s", name, value);
  headers->lines[headers->count++] = line;
  return true;
}

/* The part of the base URL after `://`, and in *path what comes after the host. */
static const char *host_of(const struct access *access, const char **path) {
  const char *host = strstr(access->base_url, "://");

  host = ALWAYS(host) ? host + 3 : access->base_url; /* endpoint_parse has made it */
  *path = host + strcspn(host, "/");
  return host;
}

/*
** Signs host, date and security token, and nothing that a proxy may change. Host is sent as it is
** signed, so that the library need not be asked how it writes ports.
*/
static bool add_signature(struct request_headers *headers, const struct access *access,
                          const struct target *target, time_t time) {
  const struct credentials *credentials = &access->credentials;
  const char *base_path;
  const char *host_start = host_of(access, &base_path);
  char host[ENDPOINT_MAX];
  char path[PATH_MAX_BYTES];
  char date[SIGNATURE_DATE_SIZE];
  char authorization[AUTHORIZATION_MAX];
  struct signed_header signed_headers[] = {
      {"host", host}, {"x-sdk-date", date}, {"x-security-token", credentials->security_token}};
  struct signature_request request = {.method = "GET",
                                      .path = path,
                                      .query_name = target->filter[0] ? TARGET_PARAMETER : NULL,
                                      .query_value = target->filter,
                                      .headers = signed_headers,
                                      .header_count = credentials->security_token ? 3 : 2};

  snprintf(host, sizeof host, "%.*s", (int)(base_path - host_start), host_start);
  snprintf(path, sizeof path, "%s%s", base_path, target->path);
  signature_date(time, date);
  return signature_authorization(&request, date, credentials->access_key, credentials->secret_key,
                                 authorization, sizeof authorization) &&
         add(headers, "Host", host) && add(headers, "X-Sdk-Date", date) &&
         (!credentials->security_token ||
          add(headers, "X-Security-Token", credentials->security_token)) &&
         add(headers, "Authorization", authorization);
}

enum service_status request_headers_make(struct request_headers *headers,
                                         const struct access *access, const char *token,
                                         const struct target *target, time_t time) {
  bool made;

  headers->count = 0;
  made = add(headers, "Content-Type", "application/json") &&
         add(headers, "Accept", "application/json");
  if (made && token) {
    made = add(headers, "X-Auth-Token", token);
  } else if (made) {
    made = add_signature(headers, access, target, time);
  }
  return made ? SERVICE_OK : SERVICE_NO_MEMORY;
}

void request_headers_free(struct request_headers *headers) {
  for (size_t i = 0; i < headers->count; i++) secret_free(headers->lines[i]);
  headers->count = 0;
}
