/*
** Credentials: see credentials.h.
*/
#include "account/credentials.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account/key_file.h"
#include "account/secret_file.h"
#include "base/always.h"

#define TOKEN_FILE_VARIABLE "SWR_TOKEN_FILE"
#define SDK_FILE "/.huaweicloud/credentials"
#define SDK_FILE_VARIABLE "HUAWEICLOUD_SDK_CREDENTIALS_FILE"
#define KOOCLI_FILE "/.hcloud/config.json"
#define KOOCLI_FILE_VARIABLE "HW_SHARED_CONFIG_FILE" /* of Terraform's provider */
#define PATH_SIZE 1024
#define ENCRYPTED "the keys in KooCLI's file are encrypted."
#define DECRYPT "`hcloud configure set --cli-auth-encrypt=false` writes them as they are."
#define METADATA_URL "http://169.254.169.254"
#define ASSET_TAG_FILE "/sys/class/dmi/id/chassis_asset_tag"
#define BLANKS " \t\r\n"

void credentials_free(struct credentials *credentials) {
  secret_free(credentials->token);
  secret_free(credentials->access_key);
  secret_free(credentials->secret_key);
  secret_free(credentials->security_token);
  iam_login_free(&credentials->login);
  free(credentials->exposed_file);
  memset(credentials, 0, sizeof *credentials);
}

/*
** Reads a file of credentials, and notes it if others may read it. *file is to be freed in any
** case.
*/
static enum service_status read_file(struct credentials *credentials, const char *path,
                                     struct secret_file *file) {
  enum service_status status = secret_file_read(file, path);

  if (status != SERVICE_OK || !file->exposed) return status;
  free(credentials->exposed_file);
  credentials->exposed_mode = file->exposed;
  credentials->exposed_file = strdup(path);
  return credentials->exposed_file ? SERVICE_OK : SERVICE_NO_MEMORY;
}

/* ---- the token ---- */

/*
** Whoever names a profile by SQL means that one, whatever the environment has; HW_PROFILE there is
** one variable among others, which keys of other variables go before.
*/
static bool is_exclusive(const struct settings *settings) {
  return settings->values[SETTING_PROFILE] != NULL;
}

/* Takes the token out of a file: its content without the white space around it. */
static enum service_status take_token(struct credentials *credentials, const char *path,
                                      const struct secret_file *file, struct service_error *error) {
  size_t start = strspn(file->content, BLANKS);
  size_t size = file->size;

  while (size > start && strchr(BLANKS, file->content[size - 1])) size--;
  file->content[size] = '\0';
  /* A file that is larger than a token is refused before. */
  if (strlen(file->content) != size || NEVER(size > TOKEN_MAX) || size == start) {
    return service_fail(error, "the file '%.200s' (from %s) holds no token", path,
                        TOKEN_FILE_VARIABLE);
  }
  if (!text_visible(file->content + start)) {
    service_fail(error, "the file '%.200s' (from %s) holds characters that no token has.", path,
                 TOKEN_FILE_VARIABLE);
    return service_advise(error, "It takes one line of visible ASCII characters.");
  }
  credentials->token = strdup(file->content + start);
  return credentials->token ? SERVICE_OK : SERVICE_NO_MEMORY;
}

static enum service_status read_token_file(struct credentials *credentials, const char *path,
                                           struct service_error *error) {
  struct secret_file file;
  enum service_status status = read_file(credentials, path, &file);

  if (!status && file.status != FILE_OPEN) {
    status = service_fail(error, "%s names '%.200s', which cannot be read: %s", TOKEN_FILE_VARIABLE,
                          path, file.problem);
  }
  if (!status) status = take_token(credentials, path, &file, error);
  secret_file_free(&file);
  return status;
}

/* *found is false if no token is given anywhere. */
static enum service_status find_token(struct credentials *credentials,
                                      const struct settings *settings, bool *found,
                                      struct service_error *error) {
  const char *token = NULL;
  const char *path = environment_value(settings->environment, TOKEN_FILE_VARIABLE);
  enum service_status status;

  *found = false;
  if (is_exclusive(settings) && !settings->values[SETTING_TOKEN]) return SERVICE_OK;
  status = settings_checked_text(settings, SETTING_TOKEN, &token, error);
  *found = status == SERVICE_OK && (token || path);
  if (!*found) return status;
  credentials->sources[0] = token ? settings_source(settings, SETTING_TOKEN) : TOKEN_FILE_VARIABLE;
  if (!token) return read_token_file(credentials, path, error);
  credentials->token = strdup(token);
  return credentials->token ? SERVICE_OK : SERVICE_NO_MEMORY;
}

/* ---- access keys ---- */

/* What one place says; NULL where it says nothing. Not owned. */
struct keys {
  const char *access_key;
  const char *secret_key;
  const char *security_token;
  const char *sources[3]; /* of each; static */
};

/* Checks the characters and lengths of keys that are there. */
static enum service_status check_keys(const struct keys *keys, const char *place,
                                      struct service_error *error) {
  static const enum setting kinds[] = {SETTING_ACCESS_KEY, SETTING_SECRET_KEY,
                                       SETTING_SECURITY_TOKEN};
  const char *const texts[] = {keys->access_key, keys->secret_key, keys->security_token};
  enum service_status status = SERVICE_OK;

  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    if (texts[i] && !text_visible(texts[i])) {
      return service_fail(error, "%s: keys take visible ASCII characters without spaces", place);
    }
  }
  for (size_t i = 0; i < sizeof texts / sizeof texts[0] && !status; i++) {
    if (!texts[i]) continue;
    status = settings_check_length(kinds[i], texts[i], keys->sources[i], error);
  }
  return status;
}

/* Takes the keys of one place. *found is false if it has none; half a pair is an error. */
static enum service_status take_keys(struct credentials *credentials, const struct keys *keys,
                                     const char *place, bool *found, struct service_error *error) {
  enum service_status status;

  *found = keys->access_key || keys->secret_key;
  if (!*found) return SERVICE_OK;
  if (!keys->access_key || !keys->secret_key) {
    service_fail(error, "%s: there is %s, but no %s that belongs to it.", place,
                 keys->access_key ? "an access key" : "a secret key",
                 keys->access_key ? "secret key" : "access key");
    return service_advise(error, "Set both in one place, or neither.");
  }
  status = check_keys(keys, place, error);
  if (status != SERVICE_OK) return status;
  memcpy(credentials->sources, keys->sources, sizeof keys->sources);
  credentials->access_key = strdup(keys->access_key);
  credentials->secret_key = strdup(keys->secret_key);
  if (keys->security_token) credentials->security_token = strdup(keys->security_token);
  if (!credentials->access_key || !credentials->secret_key ||
      (keys->security_token && !credentials->security_token)) {
    return SERVICE_NO_MEMORY;
  }
  return SERVICE_OK;
}

static const char *variable(const struct settings *settings, const char *name) {
  return name ? environment_value(settings->environment, name) : NULL;
}

static enum service_status find_keys(struct credentials *credentials,
                                     const struct settings *settings, bool *found,
                                     struct service_error *error) {
  static const struct {
    const char *place;
    const char *names[3];
  } groups[] = {
      {"HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK",
       {"HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_SECURITY_TOKEN"}},
      {"HW_ACCESS_KEY, HW_SECRET_KEY", {"HW_ACCESS_KEY", "HW_SECRET_KEY", "HW_SECURITY_TOKEN"}},
      {"OS_ACCESS_KEY, OS_SECRET_KEY", {"OS_ACCESS_KEY", "OS_SECRET_KEY", NULL}}};
  struct keys keys = {settings->values[SETTING_ACCESS_KEY],
                      settings->values[SETTING_SECRET_KEY],
                      settings->values[SETTING_SECURITY_TOKEN],
                      {SOURCE_SESSION, SOURCE_SESSION, SOURCE_SESSION}};
  enum service_status status =
      take_keys(credentials, &keys, "swr_config('access_key', ...)", found, error);

  if (is_exclusive(settings)) return status;
  for (size_t i = 0; i < sizeof groups / sizeof groups[0] && !status && !*found; i++) {
    keys.access_key = variable(settings, groups[i].names[0]);
    keys.secret_key = variable(settings, groups[i].names[1]);
    keys.security_token = variable(settings, groups[i].names[2]);
    memcpy(keys.sources, groups[i].names, sizeof keys.sources);
    status = take_keys(credentials, &keys, groups[i].place, found, error);
  }
  return status;
}

/* ---- the files of other programs ---- */

/* The profile that is asked for; NULL name: none is, and the files' own default counts. */
struct wish {
  const char *name;
  const char *source; /* static */
};

static enum service_status find_wish(struct wish *wish, const struct settings *settings,
                                     struct service_error *error) {
  wish->source = settings_source(settings, SETTING_PROFILE);
  return settings_checked_text(settings, SETTING_PROFILE, &wish->name, error);
}

/*
** The path of a file: what the variable names, else the one below the user's home. False if there
** is none. *named: the variable does, and the file has to be there.
*/
static bool find_path(const struct settings *settings, const char *named_by, const char *usual,
                      char path[PATH_SIZE], bool *named) {
  const char *text = variable(settings, named_by);
  const char *home = variable(settings, "HOME");
  int size;

  *named = text != NULL;
  if (!text && !home) return false;
  size =
      text ? snprintf(path, PATH_SIZE, "%s", text) : snprintf(path, PATH_SIZE, "%s%s", home, usual);
  return size < PATH_SIZE;
}

/* A file that keys are looked for in. */
struct key_place {
  const char *variable; /* that names it */
  const char *usual;    /* below the user's home, where the variable does not */
  const char *source;   /* as that is called for the user */
  bool koocli;
};

static const struct key_place sdk_place = {SDK_FILE_VARIABLE, SDK_FILE, "~" SDK_FILE, false};
static const struct key_place koocli_place = {KOOCLI_FILE_VARIABLE, KOOCLI_FILE, "~" KOOCLI_FILE,
                                              true};

/* What an open file of this place says of the profile. */
static enum service_status read_keys(const struct secret_file *file, const char *path,
                                     const struct key_place *place, const char *profile,
                                     struct file_keys *keys, struct service_error *error) {
  if (place->koocli) {
    return key_file_koocli(file->content, file->size, path, profile, keys, error);
  }
  return key_file_sections(file->content, file->size, path, profile ? profile : "basic", keys,
                           error);
}

/* What a place's file says of the profile; keys->found is false where there is no file. */
static enum service_status read_place(struct credentials *credentials,
                                      const struct settings *settings,
                                      const struct key_place *place, const struct wish *wish,
                                      struct file_keys *keys, const char **source,
                                      struct service_error *error) {
  char path[PATH_SIZE];
  struct secret_file file;
  enum service_status status;
  bool named;

  memset(keys, 0, sizeof *keys);
  if (!find_path(settings, place->variable, place->usual, path, &named)) return SERVICE_OK;
  *source = named ? place->variable : place->source;
  status = read_file(credentials, path, &file);
  if (!status && (file.status == FILE_UNFIT || (file.status == FILE_ABSENT && named))) {
    status = service_fail(error, "the file '%.200s'%s%s%s cannot be read: %s", path,
                          named ? " (from " : "", named ? place->variable : "", named ? ")" : "",
                          file.problem);
  }
  if (!status && file.status == FILE_OPEN) {
    status = read_keys(&file, path, place, wish->name, keys, error);
  }
  secret_file_free(&file);
  return status;
}

/* Takes what a place's file says. *found is false if it has no keys of the profile. */
static enum service_status find_in_place(struct credentials *credentials,
                                         const struct settings *settings,
                                         const struct key_place *place, const struct wish *wish,
                                         bool *found, struct service_error *error) {
  const char *source = place->source;
  struct file_keys said;
  enum service_status status =
      read_place(credentials, settings, place, wish, &said, &source, error);
  struct keys keys = {
      said.access_key, said.secret_key, said.security_token, {source, source, source}};

  *found = false;
  if (said.encrypted) {
    credentials->encrypted = true;
  } else if (status == SERVICE_OK) {
    status = take_keys(credentials, &keys, source, found, error);
  }
  if (!status && !*found && said.found && wish->name && !said.encrypted) {
    status = service_fail(error, "profile '%.80s' (%s) has no access key in %s", wish->name,
                          wish->source, source);
  }
  file_keys_free(&said);
  return status;
}

/* A profile that is asked for is in one of the files. */
static enum service_status find_profile(struct credentials *credentials,
                                        const struct settings *settings, const struct wish *wish,
                                        bool *found, struct service_error *error) {
  enum service_status status = find_in_place(credentials, settings, &sdk_place, wish, found, error);

  if (!status && !*found) {
    status = find_in_place(credentials, settings, &koocli_place, wish, found, error);
  }
  if (status || *found) return status;
  if (credentials->encrypted) {
    service_fail(error, "profile '%.80s' (%s): " ENCRYPTED, wish->name, wish->source);
    return service_advise(error, DECRYPT);
  }
  service_fail(error, "profile '%.80s' (%s) is not there.", wish->name, wish->source);
  return service_advise(
      error,
      "Write it: a section [%.80s] of ~" SDK_FILE " (or the file of " SDK_FILE_VARIABLE
      "), or a profile of KooCLI in ~" KOOCLI_FILE " (or " KOOCLI_FILE_VARIABLE ").",
      wish->name);
}

static enum service_status find_in_files(struct credentials *credentials,
                                         const struct settings *settings, const struct wish *wish,
                                         bool *found, struct service_error *error) {
  enum service_status status;

  if (wish->name) return find_profile(credentials, settings, wish, found, error);
  status = find_in_place(credentials, settings, &sdk_place, wish, found, error);
  /* KooCLI's file is there since somebody has used KooCLI: a password was set for this. */
  if (status || *found || settings_text(settings, SETTING_USER_PASSWORD)) return status;
  return find_in_place(credentials, settings, &koocli_place, wish, found, error);
}

enum service_status credentials_look(struct credentials *credentials,
                                     const struct settings *settings, bool of_token,
                                     struct service_error *error) {
  struct wish wish;
  bool found = false;
  enum service_status status;

  if (of_token) return find_token(credentials, settings, &found, error);
  status = find_keys(credentials, settings, &found, error);
  if (status || found) return status;
  status = find_wish(&wish, settings, error);
  return status ? status : find_in_files(credentials, settings, &wish, &found, error);
}

/* ---- the agency of a cloud server ---- */

/* Whether this machine says that it is one of Huawei Cloud's servers. */
static bool is_cloud_server(void) {
  static const char *const tags[] = {"HUAWEICLOUD", "OpenTelekomCloud"};
  struct secret_file file;
  bool is = false;

  if (secret_file_read(&file, ASSET_TAG_FILE) == SERVICE_OK && file.status == FILE_OPEN) {
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
      is = is || !strncmp(file.content, tags[i], strlen(tags[i]));
    }
  }
  secret_file_free(&file);
  return is;
}

/* Plain http to a server's own metadata, which no network sees. */
static enum service_status find_metadata(struct credentials *credentials,
                                         const struct settings *settings,
                                         struct service_error *error) {
  const char *text = variable(settings, METADATA_VARIABLE);

  snprintf(credentials->metadata_url, sizeof credentials->metadata_url, "%s", METADATA_URL);
  if (!text || !strcmp(text, METADATA_URL)) return SERVICE_OK;
  switch (endpoint_parse(text, credentials->metadata_url)) {
    case ENDPOINT_OK:
      if (endpoint_is_loopback(credentials->metadata_url)) return SERVICE_OK;
      break;
    case ENDPOINT_NO_MEMORY:
      return SERVICE_NO_MEMORY;
    default:
      break;
  }
  return service_fail(error, "%s takes " METADATA_URL " or a URL of this machine",
                      METADATA_VARIABLE);
}

/* Asking takes seconds where nobody answers: so not on every machine. */
static enum service_status find_agency(struct credentials *credentials,
                                       const struct settings *settings, bool *found,
                                       struct service_error *error) {
  const char *mode = NULL;
  enum service_status status = settings_checked_text(settings, SETTING_AGENCY, &mode, error);

  *found = false;
  if (status != SERVICE_OK || !strcmp(mode, "off")) return status;
  if (!strcmp(mode, "auto") && !is_cloud_server()) return SERVICE_OK;
  status = find_metadata(credentials, settings, error);
  *found = credentials->agency = status == SERVICE_OK;
  for (size_t i = 0; i < 3; i++) credentials->sources[i] = "the agency of this server";
  return status;
}

static enum service_status fail_without(const struct credentials *credentials,
                                        struct service_error *error) {
  service_fail(error, "no credentials.%s",
               credentials->encrypted ? " There is a key, but " ENCRYPTED : "");
  if (credentials->encrypted) service_advise(error, DECRYPT);
  return service_advise(
      error,
      "Looked for a token in swr_config('token', ...), HW_AUTH_TOKEN, OS_AUTH_TOKEN and the file "
      "of " TOKEN_FILE_VARIABLE
      "; for an access key in swr_config('access_key', ...), HUAWEICLOUD_SDK_AK, HW_ACCESS_KEY, "
      "OS_ACCESS_KEY, the section [basic] of ~" SDK_FILE " and ~" KOOCLI_FILE
      "; for a user in swr_config('user_name', ...), HW_USER_NAME and HW_USER_PASSWORD, "
      "OS_USERNAME and OS_PASSWORD; for the agency of a cloud server (setting agency).");
}

enum service_status credentials_find(struct credentials *credentials,
                                     const struct settings *settings, const char *region,
                                     struct service_error *error) {
  bool found = false;
  enum service_status status = credentials_look(credentials, settings, true, error);

  if (!status && !credentials->token) {
    status = credentials_look(credentials, settings, false, error);
  }
  if (!status && !credentials->token && !credentials->access_key) {
    status = iam_login_find(&credentials->login, settings, region, &found, error);
    if (found) credentials->sources[0] = settings_source(settings, SETTING_USER_PASSWORD);
  }
  if (!status && !found && !credentials->token && !credentials->access_key) {
    status = find_agency(credentials, settings, &found, error);
    if (!status && !found) status = fail_without(credentials, error);
  }
  if (status != SERVICE_OK) credentials_free(credentials);
  return status;
}

void credentials_secrets(const struct credentials *credentials, struct secrets *secrets) {
  secrets_add(secrets, credentials->token);
  secrets_add(secrets, credentials->access_key);
  secrets_add(secrets, credentials->secret_key);
  secrets_add(secrets, credentials->security_token);
  secrets_add(secrets, credentials->login.user_password);
}

const char *credentials_advice(const struct credentials *credentials) {
  if (credentials->token) {
    return "The token was not accepted. It may have expired, or be of another region's project: "
           "give a new one by HW_AUTH_TOKEN, SWR_TOKEN_FILE or swr_config('token', ...).";
  }
  if (credentials->access_key) {
    return "The access key was not accepted. Check the secret key, the security token if the key "
           "is a temporary one, and this machine's clock.";
  }
  return "IAM has just given the token that was not accepted. Check region, project_name, and "
         "whether the user may use SWR in that project.";
}
