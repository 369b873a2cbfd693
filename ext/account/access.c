/*
** Where a statement's requests go and what they carry: see access.h.
*/
#include "account/access.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account/regular_file.h"
#include "base/always.h"

#define CA_FILE_MAX \
  ((size_t)2 << 20) /* bytes: some 1,400 certificates, read in a fifth of a second */

struct access *access_retain(struct access *access) {
  access->references++;
  return access;
}

void access_release(struct access *access) {
  while (access && --access->references == 0) {
    struct access *set = access->set;
    credentials_free(&access->credentials);
    proxy_free(&access->proxy);
    environment_release(access->environment);
    free(access->ca_file);
    free(access->ca_directory);
    free(access);
    access = set;
  }
}

enum service_status access_project(const struct access *access, struct service_error *error) {
  char takes[SETTING_TAKES_MAX];

  if (access->project[0]) return SERVICE_OK;
  setting_takes(SETTING_PROJECT_ID, takes);
  service_fail(error, "%s%s%sthe id of the project is not known.",
               access->region[0] ? "region '" : "", access->region, access->region[0] ? "': " : "");
  return service_advise(error,
                        "Set project_id (HW_PROJECT_ID, HUAWEICLOUD_SDK_PROJECT_ID or "
                        "OS_PROJECT_ID), which takes %s, to that of the region that is set, and "
                        "ask that one.",
                        takes);
}

const struct proxy *access_proxy(const struct access *access) {
  return access->set ? &access->set->proxy : &access->proxy;
}

int64_t access_statement(const struct access *access) {
  return access->set ? access->set->statement : access->statement;
}

void access_secrets(const struct access *access, struct secrets *secrets) {
  credentials_secrets(&access->credentials, secrets);
  proxy_secrets(access_proxy(access), secrets);
}

/* *copy is owned by the caller; NULL for NULL. False when out of memory. */
static bool copy_text(char **copy, const char *text) {
  *copy = text ? strdup(text) : NULL;
  return !text || *copy;
}

/*
** The SDKs' endpoint for a region: HUAWEICLOUD_SDK_REGION_SWR_CN_NORTH_4. A list may stand there.
** False if there is none.
*/
static bool sdk_endpoint(const struct environment *environment, const char *region,
                         char variable[ENDPOINT_SOURCE_MAX], char out[ENDPOINT_MAX]) {
  const char *value;
  size_t size;

  snprintf(variable, ENDPOINT_SOURCE_MAX, "HUAWEICLOUD_SDK_REGION_SWR_%.128s", region);
  for (char *c = variable; *c; c++) {
    if (*c == '-' || *c == '.') *c = '_';
    if (*c >= 'a' && *c <= 'z') *c = (char)(*c - 'a' + 'A');
  }
  value = environment_value(environment, variable);
  if (!value) return false;
  size = strcspn(value, ",");
  if (size >= ENDPOINT_MAX) size = 0; /* no URL: the caller refuses it */
  memcpy(out, value, size);
  out[size] = '\0';
  return true;
}

static enum service_status set_base_url(struct access *access, const char *text, const char *source,
                                        struct service_error *error) {
  switch (endpoint_parse(text, access->base_url)) {
    case ENDPOINT_OK:
      return SERVICE_OK;
    case ENDPOINT_NO_MEMORY:
      return SERVICE_NO_MEMORY;
    default:
      service_fail(error, "%s is no endpoint that can be used.", source);
      return service_advise(error,
                            "It takes https://..., or http:// to a loopback address, without user, "
                            "query or #.");
  }
}

bool access_accepted(const struct access *access) {
  return access->set ? access->set->accepted : access->accepted;
}

bool access_several(const struct access *access) {
  return access->set ? access->set->others : access->others;
}

void access_accept(struct access *access) {
  if (access->set) access->set->accepted = true;
  access->accepted = true;
}

/*
** The endpoint of a region that no setting gives: the SDKs' variable for it, else from region and
** cloud.
*/
static enum service_status endpoint_of_region(struct access *access, struct service_error *error) {
  const char *cloud = access->cloud[0] ? access->cloud : settings_cloud_of(access->region);
  char *source = access->endpoint_source;
  char made[ENDPOINT_MAX];

  if (sdk_endpoint(access->environment, access->region, source, made)) {
    return set_base_url(access, made, source, error);
  }
  snprintf(source, ENDPOINT_SOURCE_MAX, SOURCE_MADE);
  access->endpoint_of_session = access->cloud_of_session;
  snprintf(made, sizeof made, "https://swr-api.%s.%s", access->region, cloud);
  return set_base_url(access, made, "the endpoint made from region and cloud", error);
}

static enum service_status resolve_cloud(struct access *access, const struct settings *settings,
                                         struct service_error *error) {
  const char *cloud = NULL;
  enum service_status status = settings_checked_text(settings, SETTING_CLOUD, &cloud, error);

  if (status != SERVICE_OK) return status;
  access->cloud_of_session = settings->values[SETTING_CLOUD] != NULL;
  snprintf(access->cloud, sizeof access->cloud, "%s", cloud ? cloud : "");
  return SERVICE_OK;
}

/*
** Endpoint of the region that is set: the setting, else as for any region; none where neither is
** set.
*/
static enum service_status resolve_endpoint(struct access *access, const struct settings *settings,
                                            struct service_error *error) {
  const char *text = NULL;
  const char *source = settings_source(settings, SETTING_ENDPOINT);
  enum service_status status = settings_checked_text(settings, SETTING_ENDPOINT, &text, error);

  snprintf(access->endpoint_source, ENDPOINT_SOURCE_MAX, "%s", source ? source : "");
  if (status != SERVICE_OK) return status;
  access->endpoint_set = text != NULL;
  access->endpoint_of_session = settings->values[SETTING_ENDPOINT] != NULL;
  if (text) return set_base_url(access, text, "setting endpoint", error);
  status = resolve_cloud(access, settings, error);
  if (status != SERVICE_OK) {
    if (access->region[0]) snprintf(access->endpoint_source, ENDPOINT_SOURCE_MAX, SOURCE_MADE);
    return status;
  }
  return access->region[0] ? endpoint_of_region(access, error) : SERVICE_OK;
}

static enum service_status resolve_region(struct access *access, const struct settings *settings,
                                          struct service_error *error) {
  const char *region = NULL;
  enum service_status status = settings_checked_text(settings, SETTING_REGION, &region, error);

  if (status != SERVICE_OK) return status;
  snprintf(access->region, sizeof access->region, "%s", region ? region : "");
  return SERVICE_OK;
}

enum service_status access_check_ca_file(const struct settings *settings, const char *path,
                                         bool must_be_there, struct service_error *error) {
  char problem[FILE_PROBLEM_MAX];
  struct stat file = {0};
  int descriptor;

  switch (regular_file_open(path, CA_FILE_MAX, &descriptor, &file, problem)) {
    case FILE_OPEN:
      close(descriptor);
      return SERVICE_OK;
    case FILE_ABSENT:
      if (!must_be_there) return SERVICE_OK;
      break;
    default:
      if (S_ISDIR(file.st_mode) && !must_be_there) return SERVICE_OK;
  }
  return service_fail(error, "setting ca_file (%s) names '%.200s', which cannot be read: %s",
                      settings_source(settings, SETTING_CA_FILE), path, problem);
}

/*
** SSL_CERT_DIR names a directory of certificates for OpenSSL, beside the file of SSL_CERT_FILE or
** the system's. Who names a file by our own setting trusts that alone.
*/
static const char *find_ca_directory(const struct settings *settings) {
  const char *source = settings_source(settings, SETTING_CA_FILE);

  if (source && strcmp(source, "SSL_CERT_FILE") != 0) return NULL;
  return environment_value(settings->environment, "SSL_CERT_DIR");
}

static enum service_status resolve_certificates(struct access *access,
                                                const struct settings *settings,
                                                struct service_error *error) {
  const char *path = NULL;
  enum service_status status = settings_checked_text(settings, SETTING_CA_FILE, &path, error);

  /* A path that is set is never wrong by itself. */
  if (ALWAYS(status == SERVICE_OK) && path)
    status = access_check_ca_file(settings, path, false, error);
  if (status != SERVICE_OK) return status;
  return copy_text(&access->ca_file, path) &&
                 copy_text(&access->ca_directory, find_ca_directory(settings))
             ? SERVICE_OK
             : SERVICE_NO_MEMORY;
}

enum service_status access_look(struct access *access, const struct settings *settings,
                                struct service_error *error) {
  enum service_status status;

  memset(access, 0, sizeof *access);
  access->environment = settings->environment;
  status = resolve_region(access, settings, error);
  return status ? status : resolve_endpoint(access, settings, error);
}

/*
** SQL that names a host is not always the user's own, and a token is all that its receiver needs to
** be the user. So what the environment or a file holds goes to a host that SQL has chosen only if
** that is Huawei Cloud's own or this machine: whoever names another host by SQL has to bring the
** credentials for it. The same goes for IAM, which gets a password; the token that it gives for one
** is worth as much.
*/
static enum service_status check_destination(const struct access *access,
                                             struct service_error *error) {
  const struct credentials *credentials = &access->credentials;
  const struct iam_login *login = &credentials->login;
  bool iam_of_session = login->user_password && (login->auth_url_set ? access->auth_url_of_session
                                                                     : access->cloud_of_session);

  if (!strcmp(credentials->sources[0], SOURCE_SESSION)) return SERVICE_OK;
  if (access->endpoint_of_session && !endpoint_is_loopback(access->base_url) &&
      !endpoint_is_public_swr(access->base_url)) {
    service_fail(error,
                 "the endpoint %s was set by SQL, and the credentials come from %s: these are not "
                 "sent where SQL says.",
                 access->base_url, credentials->sources[0]);
    return service_advise(error,
                          "Set the endpoint by SWR_ENDPOINT (or its cloud by HW_CLOUD), or the "
                          "credentials by swr_config too.");
  }
  if (iam_of_session && login->auth_url[0] && !endpoint_is_loopback(login->auth_url) &&
      !endpoint_is_public_iam(login->auth_url)) {
    service_fail(error,
                 "the address of IAM, %s, was set by SQL, and the password comes from %s: it is "
                 "not sent where SQL says.",
                 login->auth_url, credentials->sources[0]);
    return service_advise(error,
                          "Set the address by HW_AUTH_URL or OS_AUTH_URL (or its cloud by "
                          "HW_CLOUD), or the password by swr_config too.");
  }
  return SERVICE_OK;
}

/*
** What the environment says is looked at in a statement that needs it not, too: what is wrong with
** it is said where it matters.
*/
static void find_project(struct access *access, const struct settings *settings) {
  struct service_error unneeded;
  const char *project = NULL;

  if (settings_checked_text(settings, SETTING_PROJECT_ID, &project, &unneeded) == SERVICE_OK) {
    snprintf(access->project, sizeof access->project, "%s", project ? project : "");
  }
}

enum service_status access_resolve(struct access **access, const struct settings *settings,
                                   struct service_error *error) {
  struct access *fresh = calloc(1, sizeof *fresh);
  enum service_status status;

  *access = NULL;
  if (!fresh) return SERVICE_NO_MEMORY;
  status = access_look(fresh, settings, error);
  fresh->references = 1;
  environment_retain(fresh->environment);
  if (!status) status = limits_read(&fresh->limits, settings, error);
  if (!status) status = resolve_certificates(fresh, settings, error);
  if (!status && !proxy_find(&fresh->proxy, settings->environment)) status = SERVICE_NO_MEMORY;
  if (!status && fresh->endpoint_set) status = resolve_cloud(fresh, settings, error);
  fresh->auth_url_of_session = settings->values[SETTING_AUTH_URL] != NULL;
  find_project(fresh, settings);
  if (!status) status = credentials_find(&fresh->credentials, settings, fresh->region, error);
  if (!status && fresh->base_url[0]) status = iam_login_check(&fresh->credentials.login, error);
  if (!status) status = check_destination(fresh, error);
  if (status == SERVICE_OK) {
    *access = fresh;
  } else {
    access_release(fresh);
  }
  return status;
}

/* ---- other regions ---- */

static enum service_status no_endpoint(const struct access *set, const char *region,
                                       const char *variable, struct service_error *error) {
  if (!set->region[0]) {
    service_fail(error,
                 "region '%s' was asked for, and the endpoint that is set belongs to no region.",
                 region);
    return service_advise(
        error,
        "If it is that of '%s', say so (HW_REGION_NAME or swr_config('region', ...)); if not, "
        "unset it (SWR_ENDPOINT, swr_config('endpoint', NULL)), or name the region's own in %s.",
        region, variable);
  }
  service_fail(error,
               "region '%s' was asked for, and the endpoint that is set serves region '%s' alone.",
               region, set->region);
  return service_advise(error,
                        "Unset it (SWR_ENDPOINT, swr_config('endpoint', NULL)), or name the "
                        "region's own in %s.",
                        variable);
}

/*
** What is sent to another region than the one that is set: what is said here, and nothing else that
** was found. An access key is of a user, and every region takes it; with a password, a token is got
** for each region. A token that was given is of one project, and so of one region: another one
** could do nothing with it, and must not see it.
*/
static enum service_status share_credentials(struct access *access, const struct access *set,
                                             struct service_error *error) {
  const struct credentials *from = &set->credentials;
  struct credentials *to = &access->credentials;

  memcpy(to->sources, from->sources, sizeof to->sources);
  if (from->token) {
    service_fail(error,
                 "region '%s' was asked for, and the token is used for %s%s%s alone, because a "
                 "token belongs to one region.",
                 access->region, set->region[0] ? "region '" : "the endpoint that is set",
                 set->region, set->region[0] ? "'" : "");
    return service_advise(error,
                          "Set region to the token's own (HW_REGION_NAME or swr_config('region', "
                          "...)) and ask no other one, or use an access key, or a user name with a "
                          "password, which work for several.");
  }
  if (from->login.user_password) {
    return iam_login_for_region(&from->login, access->region, access->cloud, &to->login, error);
  }
  return copy_text(&to->access_key, from->access_key) &&
                 copy_text(&to->secret_key, from->secret_key) &&
                 copy_text(&to->security_token, from->security_token)
             ? SERVICE_OK
             : SERVICE_NO_MEMORY;
}

/* All that is not of a region. */
static enum service_status share_settings(struct access *access, const struct access *set) {
  access->limits = set->limits;
  access->environment = environment_retain(set->environment);
  access->auth_url_of_session = set->auth_url_of_session;
  access->cloud_of_session = set->cloud_of_session;
  memcpy(access->cloud, set->cloud, sizeof access->cloud);
  return copy_text(&access->ca_file, set->ca_file) &&
                 copy_text(&access->ca_directory, set->ca_directory)
             ? SERVICE_OK
             : SERVICE_NO_MEMORY;
}

static enum service_status resolve_other(struct access *access, const struct access *set,
                                         struct service_error *error) {
  char variable[ENDPOINT_SOURCE_MAX];
  char url[ENDPOINT_MAX];
  enum service_status status;

  if (set->endpoint_set && !sdk_endpoint(set->environment, access->region, variable, url)) {
    return no_endpoint(set, access->region, variable, error);
  }
  status = share_settings(access, set);
  if (!status) status = endpoint_of_region(access, error);
  if (!status) status = share_credentials(access, set, error);
  if (!status) status = check_destination(access, error);
  return status;
}

enum service_status access_for_region(struct access *set, const char *region,
                                      struct access **access, struct service_error *error) {
  struct access *fresh;
  enum service_status status;

  *access = NULL;
  if (!strcmp(region, set->region)) {
    if (!set->base_url[0]) {
      service_fail(error, "no service to ask: neither a region nor an endpoint is set.");
      return service_advise(error,
                            "Set region (HW_REGION_NAME, OS_REGION_NAME or swr_config('region', "
                            "...)) or endpoint (SWR_ENDPOINT or swr_config('endpoint', ...)), or "
                            "name the region (region = ...).");
    }
    *access = access_retain(set);
    return SERVICE_OK;
  }
  fresh = calloc(1, sizeof *fresh);
  if (!fresh) return SERVICE_NO_MEMORY;
  fresh->references = 1;
  fresh->set = access_retain(set);
  snprintf(fresh->region, sizeof fresh->region, "%s", region);
  status = resolve_other(fresh, set, error);
  if (status == SERVICE_OK) {
    set->others = true;
    *access = fresh;
  } else {
    access_release(fresh);
  }
  return status;
}
