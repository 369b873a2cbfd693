/*
** Where a statement's requests go and what they carry: see access.h.
*/
#include "service/access.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct access *access_retain(struct access *access) {
  access->references++;
  return access;
}

void access_release(struct access *access) {
  if (!access || --access->references) return;
  credentials_free(&access->credentials);
  free(access->ca_file);
  free(access);
}

/* The SDKs' endpoint for a region: HUAWEICLOUD_SDK_REGION_SWR_CN_NORTH_4. A list may stand there.
 */
static const char *sdk_endpoint(const char *region, char variable[192], char out[ENDPOINT_MAX]) {
  const char *value;
  size_t size;

  snprintf(variable, 192, "HUAWEICLOUD_SDK_REGION_SWR_%.128s", region);
  for (char *c = variable; *c; c++) {
    if (*c == '-' || *c == '.') *c = '_';
    if (*c >= 'a' && *c <= 'z') *c = (char)(*c - 'a' + 'A');
  }
  value = getenv(variable);
  if (!value || !value[0]) return NULL;
  size = strcspn(value, ",");
  if (size >= ENDPOINT_MAX) size = 0; /* no URL: the caller refuses it */
  memcpy(out, value, size);
  out[size] = '\0';
  return out;
}

static enum service_status set_base_url(struct access *access, const char *text, const char *source,
                                        struct service_error *error) {
  switch (endpoint_parse(text, access->base_url)) {
    case ENDPOINT_OK:
      return SERVICE_OK;
    case ENDPOINT_NO_MEMORY:
      return SERVICE_NO_MEMORY;
    default:
      return service_fail(error,
                          "%s is no endpoint that can be used: it takes https://…, or http:// to a "
                          "loopback address, without user, query or #",
                          source);
  }
}

/* Endpoint: the setting, else the SDKs' variable for the region, else made from region and cloud.
 */
static enum service_status resolve_endpoint(struct access *access, const struct settings *settings,
                                            struct service_error *error) {
  const char *text = NULL;
  const char *cloud = NULL;
  char variable[192];
  char made[ENDPOINT_MAX];
  enum service_status status;

  status = settings_checked_text(settings, SETTING_ENDPOINT, &text, error);
  if (status != SERVICE_OK) return status;
  if (text) return set_base_url(access, text, "setting endpoint", error);
  if (!access->region[0]) {
    return service_fail(error,
                        "no service to ask: set region (HW_REGION_NAME, OS_REGION_NAME or "
                        "swr_config('region', …)) or endpoint (SWR_ENDPOINT or "
                        "swr_config('endpoint', …))");
  }
  text = sdk_endpoint(access->region, variable, made);
  if (text) return set_base_url(access, text, variable, error);
  status = settings_cloud(settings, access->region, &cloud, error);
  if (status != SERVICE_OK) return status;
  snprintf(made, sizeof made, "https://swr-api.%s.%s", access->region, cloud);
  return set_base_url(access, made, "the endpoint made from region and cloud", error);
}

static enum service_status resolve_region(struct access *access, const struct settings *settings,
                                          struct service_error *error) {
  const char *region = NULL;
  enum service_status status = settings_checked_text(settings, SETTING_REGION, &region, error);

  if (status != SERVICE_OK) return status;
  snprintf(access->region, sizeof access->region, "%s", region ? region : "");
  return SERVICE_OK;
}

static enum service_status resolve_ca_file(struct access *access, const struct settings *settings,
                                           struct service_error *error) {
  const char *path = NULL;
  enum service_status status = settings_checked_text(settings, SETTING_CA_FILE, &path, error);

  if (status != SERVICE_OK || !path) return status;
  access->ca_file = strdup(path);
  return access->ca_file ? SERVICE_OK : SERVICE_NO_MEMORY;
}

enum service_status access_resolve(struct access **access, const struct settings *settings,
                                   struct service_error *error) {
  struct access *fresh = calloc(1, sizeof *fresh);
  enum service_status status;

  *access = NULL;
  if (!fresh) return SERVICE_NO_MEMORY;
  fresh->references = 1;
  status = resolve_region(fresh, settings, error);
  if (!status) status = resolve_endpoint(fresh, settings, error);
  if (!status) status = settings_number(settings, SETTING_PAGE_SIZE, &fresh->page_size, error);
  if (!status) status = settings_number(settings, SETTING_CONCURRENCY, &fresh->concurrency, error);
  if (!status) status = settings_number(settings, SETTING_TIMEOUT, &fresh->timeout, error);
  if (!status) status = settings_number(settings, SETTING_DEADLINE, &fresh->deadline, error);
  if (!status) status = settings_number(settings, SETTING_RETRIES, &fresh->retries, error);
  if (!status) status = resolve_ca_file(fresh, settings, error);
  if (!status) status = credentials_find(&fresh->credentials, settings, fresh->region, error);
  if (status == SERVICE_OK) {
    *access = fresh;
  } else {
    access_release(fresh);
  }
  return status;
}
