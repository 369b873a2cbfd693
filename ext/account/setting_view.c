/*
** A setting as the user may see it: see setting_view.h.
*/
#include "account/setting_view.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/always.h"

#define SECRET_IS_SET "set"

/* How one setting is looked at. */
typedef enum service_status look(const struct settings *settings, enum setting setting,
                                 struct setting_view *view);

/* The endpoint that would be asked, whatever it is made from; none is no problem of its own. */
static enum service_status look_at_endpoint(const struct settings *settings, enum setting setting,
                                            struct setting_view *view) {
  enum service_status status = access_look(&view->access, settings, &view->problem);

  (void)setting;
  if (view->access.endpoint_source[0]) view->source = view->access.endpoint_source;
  if (status == SERVICE_OK && view->access.base_url[0]) view->value = view->access.base_url;
  if (!view->source) view->problem.message[0] = '\0';
  return status;
}

/* What the session or the environment says of a secret is there; a file is looked into. */
static enum service_status look_at_secret(const struct settings *settings, enum setting setting,
                                          struct setting_view *view) {
  struct credentials found;
  bool of_token = setting == SETTING_TOKEN;
  size_t part = setting == SETTING_SECURITY_TOKEN ? 2 : setting == SETTING_SECRET_KEY ? 1 : 0;
  const char *secrets[3];
  enum service_status status;

  memset(&found, 0, sizeof found);
  status = credentials_look(&found, settings, of_token, &view->problem);
  secrets[0] = of_token ? found.token : found.access_key;
  secrets[1] = found.secret_key;
  secrets[2] = found.security_token;
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

/* What the session or the environment says, checked. */
static enum service_status look_at_text(const struct settings *settings, enum setting setting,
                                        struct setting_view *view) {
  enum service_status status =
      settings_checked_text(settings, setting, &view->value, &view->problem);

  view->source = settings_source(settings, setting);
  if (view->value && setting_is_secret(setting)) view->value = SECRET_IS_SET;
  return status;
}

/* The cloud that an endpoint would be made from. */
static enum service_status look_at_cloud(const struct settings *settings, enum setting setting,
                                         struct setting_view *view) {
  const char *region = settings_text(settings, SETTING_REGION);
  enum service_status status = look_at_text(settings, setting, view);

  if (view->value || !region) return status;
  view->value = settings_cloud_of(region);
  view->source = SOURCE_DEFAULT;
  return status;
}

/*
** Project and address of IAM where no setting gives them: as the region says, if it says anything.
*/
static enum service_status look_at_place(const struct settings *settings, enum setting setting,
                                         struct setting_view *view) {
  struct service_error unused;
  const char *region = NULL;
  const char *cloud = NULL;
  enum service_status status = settings_checked_text(settings, SETTING_REGION, &region, &unused);

  if (status != SERVICE_OK || !region) return status;
  if (setting == SETTING_PROJECT_NAME) {
    view->value = region;
    view->source = "made from region";
    return SERVICE_OK;
  }
  view->source = SOURCE_MADE;
  status = settings_cloud(settings, region, &cloud, &view->problem);
  if (!status) status = iam_login_address(region, cloud, view->auth_url, &view->problem);
  if (status == SERVICE_OK) view->value = view->auth_url;
  return status;
}

/*
** A part of what IAM is asked with. Name, password and account belong together: what is wrong with
** one is with all.
*/
static enum service_status look_at_login(const struct settings *settings, enum setting setting,
                                         struct setting_view *view) {
  bool of_place = setting == SETTING_PROJECT_NAME || setting == SETTING_AUTH_URL;
  struct iam_login login;
  struct service_error problem;
  bool found = false;
  enum service_status status = look_at_text(settings, setting, view);

  /* What is no URL may hold a password. */
  if (status != SERVICE_OK && setting == SETTING_AUTH_URL) view->value = NULL;
  if (status == SERVICE_OK && of_place && !view->value) {
    status = look_at_place(settings, setting, view);
  }
  if (status != SERVICE_OK || (of_place && view->source)) return status;
  memset(&login, 0, sizeof login);
  status = iam_login_find(&login, settings, "", &found, &problem);
  if (of_place) {
    if (!status) status = iam_login_check(&login, &view->problem);
  } else if (status == SERVICE_FAILED) {
    view->problem = problem;
  }
  iam_login_free(&login);
  return status;
}

/*
** A file of certificates that SSL_CERT_FILE names is not always needed: there are those of
** SSL_CERT_DIR.
*/
static enum service_status look_at_file(const struct settings *settings, enum setting setting,
                                        struct setting_view *view) {
  enum service_status status = look_at_text(settings, setting, view);

  if (NEVER(status != SERVICE_OK) || !view->value) return status; /* a path is never wrong */
  return access_check_ca_file(settings, view->value, strcmp(view->source, "SSL_CERT_FILE") != 0,
                              &view->problem);
}

/* Those of which the session and the environment do not say all. */
static look *const looks[SETTING_COUNT] = {
    [SETTING_ENDPOINT] = look_at_endpoint, [SETTING_CLOUD] = look_at_cloud,
    [SETTING_TOKEN] = look_at_secret,      [SETTING_ACCESS_KEY] = look_at_secret,
    [SETTING_SECRET_KEY] = look_at_secret, [SETTING_SECURITY_TOKEN] = look_at_secret,
    [SETTING_USER_NAME] = look_at_login,   [SETTING_USER_PASSWORD] = look_at_login,
    [SETTING_DOMAIN_NAME] = look_at_login, [SETTING_PROJECT_NAME] = look_at_login,
    [SETTING_AUTH_URL] = look_at_login,    [SETTING_CA_FILE] = look_at_file,
};

enum service_status setting_look(const struct settings *settings, enum setting setting,
                                 struct setting_view *view) {
  enum service_status status;
  char *advice;

  view->problem.message[0] = '\0';
  view->value = NULL;
  view->source = NULL;
  status = (looks[setting] ? looks[setting] : look_at_text)(settings, setting, view);
  advice = strchr(view->problem.message, '\n');
  if (advice) *advice = ' '; /* one line, for a column or a report */
  return status == SERVICE_NO_MEMORY ? status : SERVICE_OK;
}
