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
static const char *sdk_endpoint(const char *region, char variable[ENDPOINT_SOURCE_MAX],
                                char out[ENDPOINT_MAX]) {
  const char *value;
  size_t size;

  snprintf(variable, ENDPOINT_SOURCE_MAX, "HUAWEICLOUD_SDK_REGION_SWR_%.128s", region);
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

const char *access_default_cloud(const char *region) {
  return strncmp(region, "eu-west-1", 9) == 0 ? "myhuaweicloud.eu" : "myhuaweicloud.com";
}

/* Endpoint: the setting, else the SDKs' variable for the region, else made from region and cloud.
 */
static enum service_status resolve_endpoint(struct access *access, const struct settings *settings,
                                            struct service_error *error) {
  const char *text = NULL;
  const char *cloud = NULL;
  char *source = access->endpoint_source;
  char made[ENDPOINT_MAX];
  enum service_status status;

  access->endpoint_of_session = settings->values[SETTING_ENDPOINT] != NULL;
  status = settings_checked_text(settings, SETTING_ENDPOINT, &text, error);
  if (text)
    snprintf(source, ENDPOINT_SOURCE_MAX, "%s", settings_source(settings, SETTING_ENDPOINT));
  if (status != SERVICE_OK) return status;
  if (text) return set_base_url(access, text, "setting endpoint", error);
  if (!access->region[0]) {
    return service_fail(error,
                        "no service to ask: set region (HW_REGION_NAME, OS_REGION_NAME or "
                        "swr_config('region', …)) or endpoint (SWR_ENDPOINT or "
                        "swr_config('endpoint', …))");
  }
  text = sdk_endpoint(access->region, source, made);
  if (text) return set_base_url(access, text, source, error);
  snprintf(source, ENDPOINT_SOURCE_MAX, "made from region and cloud");
  access->endpoint_of_session = settings->values[SETTING_CLOUD] != NULL;
  status = settings_checked_text(settings, SETTING_CLOUD, &cloud, error);
  if (status != SERVICE_OK) return status;
  if (!cloud) cloud = access_default_cloud(access->region);
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

enum service_status access_look(struct access *access, const struct settings *settings,
                                struct service_error *error) {
  enum service_status status;

  memset(access, 0, sizeof *access);
  status = resolve_region(access, settings, error);
  return status ? status : resolve_endpoint(access, settings, error);
}

/*
** SQL that sets the endpoint is not always the user's own, and a token is all that its receiver needs to
** be the user. So what the environment or a file holds goes to a host that SQL has chosen only if that is
** SWR's own or this machine: whoever names another host by SQL has to bring the credentials for it.
*/
static enum service_status check_destination(const struct access *access,
                                             struct service_error *error) {
  const char *source = access->credentials.sources[0];

  if (!access->endpoint_of_session || !strcmp(source, SOURCE_SESSION) ||
      endpoint_is_loopback(access->base_url) || endpoint_is_public_swr(access->base_url)) {
    return SERVICE_OK;
  }
  return service_fail(
      error,
      "the endpoint %s was set by SQL, and the credentials come from %s: these are not sent where "
      "SQL "
      "says. Set the endpoint by SWR_ENDPOINT (or its cloud by HW_CLOUD), or the credentials by "
      "swr_config too",
      access->base_url, source);
}

enum service_status access_resolve(struct access **access, const struct settings *settings,
                                   struct service_error *error) {
  struct access *fresh = calloc(1, sizeof *fresh);
  enum service_status status;

  *access = NULL;
  if (!fresh) return SERVICE_NO_MEMORY;
  status = access_look(fresh, settings, error);
  fresh->references = 1;
  if (!status) status = settings_number(settings, SETTING_PAGE_SIZE, &fresh->page_size, error);
  if (!status) status = settings_number(settings, SETTING_CONCURRENCY, &fresh->concurrency, error);
  if (!status) status = settings_number(settings, SETTING_TIMEOUT, &fresh->timeout, error);
  if (!status) status = settings_number(settings, SETTING_DEADLINE, &fresh->deadline, error);
  if (!status) status = settings_number(settings, SETTING_RETRIES, &fresh->retries, error);
  if (!status) status = resolve_ca_file(fresh, settings, error);
  if (!status) status = credentials_find(&fresh->credentials, settings, error);
  if (!status) status = check_destination(fresh, error);
  if (status == SERVICE_OK) {
    *access = fresh;
  } else {
    access_release(fresh);
  }
  return status;
}
