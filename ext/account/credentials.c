/*
** Credentials: see credentials.h.
*/
#include "account/credentials.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account/secret_file.h"

#define TOKEN_FILE_VARIABLE "SWR_TOKEN_FILE"
#define SDK_FILE "/.huaweicloud/credentials"
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

  credentials->exposed_mode = file->exposed;
  if (status != SERVICE_OK || !file->exposed) return status;
  credentials->exposed_file = strdup(path);
  return credentials->exposed_file ? SERVICE_OK : SERVICE_NO_MEMORY;
}

/* ---- the token ---- */

/* Takes the token out of a file: its content without the white space around it. */
static enum service_status take_token(struct credentials *credentials, const char *path,
                                      const struct secret_file *file, struct service_error *error) {
  size_t start = strspn(file->content, BLANKS);
  size_t size = file->size;

  while (size > start && strchr(BLANKS, file->content[size - 1])) size--;
  file->content[size] = '\0';
  if (strlen(file->content) != size || size > TOKEN_MAX || size == start) {
    return service_fail(error, "the file '%.200s' (from %s) holds no token", path,
                        TOKEN_FILE_VARIABLE);
  }
  if (!text_visible(file->content + start)) {
    return service_fail(error,
                        "the file '%.200s' (from %s) holds characters that no token has: it takes "
                        "one line of visible ASCII characters",
                        path, TOKEN_FILE_VARIABLE);
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
  enum service_status status = settings_checked_text(settings, SETTING_TOKEN, &token, error);

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

/* Takes the keys of one place. *found is false if it has none; half a pair is an error. */
static enum service_status take_keys(struct credentials *credentials, const struct keys *keys,
                                     const char *place, bool *found, struct service_error *error) {
  static const enum setting kinds[] = {SETTING_ACCESS_KEY, SETTING_SECRET_KEY,
                                       SETTING_SECURITY_TOKEN};
  const char *const texts[] = {keys->access_key, keys->secret_key, keys->security_token};
  enum service_status status;

  *found = keys->access_key || keys->secret_key;
  if (!*found) return SERVICE_OK;
  if (!keys->access_key || !keys->secret_key) {
    return service_fail(error, "%s: there is %s, but no %s that belongs to it", place,
                        keys->access_key ? "an access key" : "a secret key",
                        keys->access_key ? "secret key" : "access key");
  }
  if (!text_visible(keys->access_key) || !text_visible(keys->secret_key) ||
      (keys->security_token && !text_visible(keys->security_token))) {
    return service_fail(error, "%s: keys take visible ASCII characters without spaces", place);
  }
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    if (!texts[i]) continue;
    status = settings_check_length(kinds[i], texts[i], keys->sources[i], error);
    if (status != SERVICE_OK) return status;
  }
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

  for (size_t i = 0; i < sizeof groups / sizeof groups[0] && !status && !*found; i++) {
    keys.access_key = variable(settings, groups[i].names[0]);
    keys.secret_key = variable(settings, groups[i].names[1]);
    keys.security_token = variable(settings, groups[i].names[2]);
    memcpy(keys.sources, groups[i].names, sizeof keys.sources);
    status = take_keys(credentials, &keys, groups[i].place, found, error);
  }
  return status;
}

/* ---- the file of the SDKs ---- */

static char *trim(char *text) {
  size_t size;

  while (*text == ' ' || *text == '\t') text++;
  size = strlen(text);
  while (size && strchr(BLANKS, text[size - 1])) text[--size] = '\0';
  return text;
}

/* A line `key = value` of the section [basic]; the last one of a key counts. */
static void read_entry(struct keys *keys, char *line) {
  char *equals = strchr(line, '=');
  const char *value;

  if (!equals) return;
  *equals = '\0';
  value = trim(equals + 1);
  line = trim(line);
  if (!value[0]) value = NULL;
  if (!strcmp(line, "ak")) keys->access_key = value;
  if (!strcmp(line, "sk")) keys->secret_key = value;
  if (!strcmp(line, "security_token")) keys->security_token = value;
}

/* The keys are parts of the content, which is cut up. */
static void read_sections(struct keys *keys, char *content) {
  bool basic = false;

  while (content) {
    char *line = strsep(&content, "\n");
    char *text = trim(line);
    if (*text == '[') {
      basic = !strcmp(text, "[basic]");
    } else if (basic && *text != '#' && *text != ';') {
      read_entry(keys, text);
    }
  }
}

/* ~/.huaweicloud/credentials: INI, section [basic], keys ak, sk and security_token. */
static enum service_status find_in_file(struct credentials *credentials,
                                        const struct settings *settings, bool *found,
                                        struct service_error *error) {
  const char *home = variable(settings, "HOME");
  char path[1024];
  struct secret_file file;
  struct keys keys = {NULL, NULL, NULL, {"~" SDK_FILE, "~" SDK_FILE, "~" SDK_FILE}};
  enum service_status status;

  *found = false;
  if (!home || snprintf(path, sizeof path, "%s" SDK_FILE, home) >= (int)sizeof path) {
    return SERVICE_OK;
  }
  status = read_file(credentials, path, &file);
  if (!status && file.status == FILE_UNFIT) {
    status = service_fail(error, "the file '%.200s' cannot be read: %s", path, file.problem);
  }
  if (!status && file.status == FILE_OPEN) {
    read_sections(&keys, file.content);
    status = take_keys(credentials, &keys, "~" SDK_FILE, found, error);
  }
  secret_file_free(&file);
  return status;
}

enum service_status credentials_look(struct credentials *credentials,
                                     const struct settings *settings, bool of_token,
                                     struct service_error *error) {
  bool found = false;
  enum service_status status;

  if (of_token) return find_token(credentials, settings, &found, error);
  status = find_keys(credentials, settings, &found, error);
  return status || found ? status : find_in_file(credentials, settings, &found, error);
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
    status =
        service_fail(error,
                     "no credentials. Looked for a token in swr_config('token', ...), "
                     "HW_AUTH_TOKEN, OS_AUTH_TOKEN and the file named by " TOKEN_FILE_VARIABLE
                     "; for an access key and its secret key in swr_config('access_key', ...), "
                     "HUAWEICLOUD_SDK_AK, HW_ACCESS_KEY, OS_ACCESS_KEY and the section [basic] of "
                     "~" SDK_FILE
                     "; for a user's name and password in swr_config('user_name', ...), "
                     "HW_USER_NAME and HW_USER_PASSWORD, OS_USERNAME and OS_PASSWORD");
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
