/*
** A setting as the user may see it: see setting_view.h.
*/
#include "service/setting_view.h"

#include <stddef.h>

#define SECRET_IS_SET "set"

/* The endpoint that would be asked, whatever it is made from; none is no problem of its own. */
static enum service_status look_at_endpoint(const struct settings *settings,
                                            struct setting_view *view) {
  enum service_status status = access_look(&view->access, settings, &view->problem);

  if (view->access.endpoint_source[0]) view->source = view->access.endpoint_source;
  if (status == SERVICE_OK) view->value = view->access.base_url;
  if (!view->source) view->problem.message[0] = '\0';
  return status;
}

/* The cloud that an endpoint would be made from. */
static void look_at_cloud(const struct settings *settings, struct setting_view *view) {
  const char *region = settings_text(settings, SETTING_REGION);

  if (view->value || !region) return;
  view->value = access_default_cloud(region);
  view->source = SOURCE_DEFAULT;
}

/* What the session or the environment says of a secret is there; a file is looked into. */
static enum service_status look_at_secret(const struct settings *settings, enum setting setting,
                                          struct setting_view *view) {
  struct credentials found = {NULL, NULL, NULL, NULL, {NULL, NULL, NULL}, NULL, 0};
  bool of_token = setting == SETTING_TOKEN;
  size_t part = of_token ? 0 : (size_t)(setting - SETTING_ACCESS_KEY);
  enum service_status status = credentials_look(&found, settings, of_token, &view->problem);
  const char *const secrets[] = {of_token ? found.token : found.access_key, found.secret_key,
                                 found.security_token};

  if (secrets[part]) {
    view->value = SECRET_IS_SET;
    view->source = found.sources[part];
  } else if (settings->values[setting] || status != SERVICE_OK) {
    /* Half of a pair, or what is wrong: it is shown where it stands. */
    view->source = settings_source(settings, setting);
    if (view->source) view->value = SECRET_IS_SET;
    if (!view->source && of_token) view->source = found.sources[0];
  }
  if (!view->source && setting == SETTING_SECURITY_TOKEN) view->problem.message[0] = '\0';
  credentials_free(&found);
  return status;
}

enum service_status setting_look(const struct settings *settings, enum setting setting,
                                 struct setting_view *view) {
  enum service_status status = SERVICE_OK;

  view->problem.message[0] = '\0';
  view->value = NULL;
  view->source = NULL;
  if (setting == SETTING_ENDPOINT) {
    status = look_at_endpoint(settings, view);
  } else if (setting >= SETTING_TOKEN && setting <= SETTING_SECURITY_TOKEN) {
    status = look_at_secret(settings, setting, view);
  } else {
    status = settings_checked_text(settings, setting, &view->value, &view->problem);
    view->source = settings_source(settings, setting);
    if (view->value && setting_is_secret(setting)) view->value = SECRET_IS_SET;
    if (setting == SETTING_CLOUD) look_at_cloud(settings, view);
  }
  return status == SERVICE_NO_MEMORY ? status : SERVICE_OK;
}
