/*
** What a user logs in to IAM with: see iam_login.h.
*/
#include "account/iam_login.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/always.h"

void iam_login_free(struct iam_login *login) {
  free(login->user_name);
  secret_free(login->user_password);
  free(login->domain_name);
  free(login->project_name);
  memset(login, 0, sizeof *login);
}

/* Copies the checked value of a setting; *copy is NULL where there is none. */
static enum service_status take(char **copy, const struct settings *settings, enum setting setting,
                                struct service_error *error) {
  const char *value = NULL;
  enum service_status status = settings_checked_text(settings, setting, &value, error);

  if (status != SERVICE_OK || !value) return status;
  *copy = strdup(value);
  return *copy ? SERVICE_OK : SERVICE_NO_MEMORY;
}

/*
** A password of one set of variables is not sent in the name of the other one's user, nor to the
** other one's address: OS_* may be those of another cloud. What the session sets goes with either.
*/
static enum service_status check_sets(const struct settings *settings,
                                      struct service_error *error) {
  static const enum setting others[] = {SETTING_USER_NAME, SETTING_AUTH_URL};
  const char *password = settings_source(settings, SETTING_USER_PASSWORD);

  if (settings->values[SETTING_USER_PASSWORD]) return SERVICE_OK;
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    const char *other = settings_source(settings, others[i]);
    if (settings->values[others[i]] || !other || !strncmp(password, other, 3)) continue;
    service_fail(error, "the password comes from %s, but not so %s.", password, other);
    return service_advise(error,
                          "A password is used with the variables of its own set only (HW_... or "
                          "OS_...), or with what swr_config sets.");
  }
  return SERVICE_OK;
}

/* Takes an address that was checked, or made: with or without `/v3`. */
static enum service_status take_address(char address[IAM_URL_MAX], const char *text,
                                        struct service_error *error) {
  char url[ENDPOINT_MAX];
  size_t size;

  switch (endpoint_parse(text, url)) {
    case ENDPOINT_OK:
      break;
    case ENDPOINT_NO_MEMORY:
      return SERVICE_NO_MEMORY;
    default: /* the setting was checked: only what is made can be wrong */
      service_fail(error, "the address of IAM made from region and cloud is no URL.");
      return service_advise(error, "Check region and cloud, or set auth_url.");
  }
  size = strlen(url); /* of a URL, and so not as short as that */
  snprintf(address, IAM_URL_MAX, "%s%s", url,
           ALWAYS(size >= 3) && !strcmp(url + size - 3, "/v3") ? "" : "/v3");
  return SERVICE_OK;
}

enum service_status iam_login_address(const char *region, const char *cloud,
                                      char address[IAM_URL_MAX], struct service_error *error) {
  char made[ENDPOINT_MAX];

  snprintf(made, sizeof made, "https://iam.%s.%s", region, cloud);
  return take_address(address, made, error);
}

/*
** Terraform's rules: `iam.` before the region and its cloud, and the project that bears the
** region's name.
*/
static enum service_status follow_region(struct iam_login *login, const char *region,
                                         const char *cloud, struct service_error *error) {
  if (!login->project_name) login->project_name = strdup(region);
  if (!login->project_name) return SERVICE_NO_MEMORY;
  if (login->auth_url[0]) return SERVICE_OK;
  return iam_login_address(region, cloud, login->auth_url, error);
}

/* Project and address: the settings, else as the region says. */
static enum service_status find_place(struct iam_login *login, const struct settings *settings,
                                      const char *region, struct service_error *error) {
  const char *text = NULL;
  const char *cloud = NULL;
  enum service_status status = take(&login->project_name, settings, SETTING_PROJECT_NAME, error);

  if (!status) status = settings_checked_text(settings, SETTING_AUTH_URL, &text, error);
  if (!status && text) status = take_address(login->auth_url, text, error);
  login->auth_url_set = text != NULL;
  if (status != SERVICE_OK || !region[0]) return status;
  if (!text) status = settings_cloud(settings, region, &cloud, error);
  if (NEVER(status != SERVICE_OK)) return status; /* the cloud was checked before */
  return follow_region(login, region, cloud, error);
}

enum service_status iam_login_check(const struct iam_login *login, struct service_error *error) {
  if (!login->user_password) return SERVICE_OK;
  if (!login->project_name) {
    service_fail(error, "a token is got for a project, and none is known.");
    return service_advise(error,
                          "Set region (HW_REGION_NAME) or project_name (HW_PROJECT_NAME, "
                          "OS_PROJECT_NAME or swr_config('project_name', ...)).");
  }
  if (!login->auth_url[0]) {
    service_fail(error, "where IAM is to be asked for a token is not known.");
    return service_advise(error,
                          "Set region (HW_REGION_NAME) or auth_url (HW_AUTH_URL, OS_AUTH_URL or "
                          "swr_config('auth_url', ...)).");
  }
  return SERVICE_OK;
}

enum service_status iam_login_for_region(const struct iam_login *from, const char *region,
                                         const char *cloud, struct iam_login *login,
                                         struct service_error *error) {
  login->user_name = strdup(from->user_name);
  login->user_password = strdup(from->user_password);
  login->domain_name = strdup(from->domain_name);
  if (!login->user_name || !login->user_password || !login->domain_name) return SERVICE_NO_MEMORY;
  login->auth_url_set = from->auth_url_set;
  if (from->auth_url_set) memcpy(login->auth_url, from->auth_url, sizeof login->auth_url);
  return follow_region(login, region, cloud[0] ? cloud : settings_cloud_of(region), error);
}

static enum service_status check_complete(const struct iam_login *login,
                                          struct service_error *error) {
  const char *missing = NULL;

  if (!login->domain_name) {
    missing =
        "domain_name, the account that the user belongs to (HW_DOMAIN_NAME, OS_DOMAIN_NAME or "
        "swr_config('domain_name', ...))";
  }
  if (!login->user_password) {
    missing = "user_password (HW_USER_PASSWORD, OS_PASSWORD or swr_config('user_password', ...))";
  }
  if (!login->user_name) {
    missing = "user_name (HW_USER_NAME, OS_USERNAME or swr_config('user_name', ...))";
  }
  if (!missing) return SERVICE_OK;
  service_fail(error, "%s is set, but no %s.", login->user_name ? "user_name" : "user_password",
               missing);
  return service_advise(error,
                        "A token is got from IAM with user_name, user_password and domain_name: "
                        "set all of them.");
}

enum service_status iam_login_find(struct iam_login *login, const struct settings *settings,
                                   const char *region, bool *found, struct service_error *error) {
  enum service_status status = take(&login->user_name, settings, SETTING_USER_NAME, error);

  if (!status) status = take(&login->user_password, settings, SETTING_USER_PASSWORD, error);
  *found = status == SERVICE_OK && (login->user_name || login->user_password);
  if (!*found) return status;
  status = take(&login->domain_name, settings, SETTING_DOMAIN_NAME, error);
  if (!status) status = check_complete(login, error);
  if (!status) status = check_sets(settings, error);
  return status == SERVICE_OK ? find_place(login, settings, region, error) : status;
}
