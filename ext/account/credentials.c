/*
** Credentials: see credentials.h.
*/
#include "account/credentials.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account/secret_file.h"

#define TOKEN_FILE_VARIABLE "SWR_TOKEN_FILE"
#define SDK_FILE "/.huaweicloud/credentials"
#define SDK_FILE_LINE 8192 /* bytes of a line; a security token has some kilobytes */

void credentials_free(struct credentials *credentials) {
  secret_free(credentials->token);
  secret_free(credentials->access_key);
  secret_free(credentials->secret_key);
  secret_free(credentials->security_token);
  iam_login_free(&credentials->login);
  free(credentials->exposed_file);
  memset(credentials, 0, sizeof *credentials);
}

/* Opens a file of credentials, and notes it if others may read it. */
static enum service_status open_file(struct credentials *credentials, const char *path,
                                     FILE **file) {
  *file = secret_file_open(path, &credentials->exposed_mode);
  if (!*file || !credentials->exposed_mode) return SERVICE_OK;
  credentials->exposed_file = strdup(path);
  if (credentials->exposed_file) return SERVICE_OK;
  fclose(*file);
  return SERVICE_NO_MEMORY;
}

/* ---- the token ---- */

/* Reads the token out of a file: its content without the white space around it. */
static enum service_status read_token_file(struct credentials *credentials, const char *path,
                                           struct service_error *error) {
  FILE *file;
  char *content;
  size_t size;
  size_t start = 0;
  enum service_status status = open_file(credentials, path, &file);

  if (status != SERVICE_OK) return status;
  if (!file) {
    return service_fail(error, "%s names '%.200s', which cannot be read: %s", TOKEN_FILE_VARIABLE,
                        path, strerror(errno));
  }
  content = malloc(TOKEN_MAX + 2);
  if (!content) {
    fclose(file);
    return SERVICE_NO_MEMORY;
  }
  size = fread(content, 1, TOKEN_MAX + 1, file);
  fclose(file);
  content[size] = '\0';
  while (size && strchr(" \t\r\n", content[size - 1])) content[--size] = '\0';
  while (content[start] && strchr(" \t\r\n", content[start])) start++;
  if (strlen(content) != size || size > TOKEN_MAX || !content[start]) {
    status = service_fail(error, "the file '%.200s' (from %s) holds no token", path,
                          TOKEN_FILE_VARIABLE);
  }
  if (status == SERVICE_OK && !text_visible(content + start)) {
    status = service_fail(error,
                          "the file '%.200s' (from %s) holds characters that no token has: it "
                          "takes one line of visible ASCII characters",
                          path, TOKEN_FILE_VARIABLE);
  }
  if (status == SERVICE_OK) {
    credentials->token = strdup(content + start);
    if (!credentials->token) status = SERVICE_NO_MEMORY;
  }
  OPENSSL_cleanse(content, TOKEN_MAX + 2);
  free(content);
  return status;
}

/* *found is false if no token is given anywhere. */
static enum service_status find_token(struct credentials *credentials,
                                      const struct settings *settings, bool *found,
                                      struct service_error *error) {
  const char *token = NULL;
  const char *path = getenv(TOKEN_FILE_VARIABLE);
  enum service_status status = settings_checked_text(settings, SETTING_TOKEN, &token, error);

  *found = status == SERVICE_OK && (token || (path && path[0]));
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

/* A variable of the environment; set to nothing is as good as not set. */
static const char *variable(const char *name) {
  const char *value = name ? getenv(name) : NULL;

  return value && value[0] ? value : NULL;
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
      take_keys(credentials, &keys, "swr_config('access_key', …)", found, error);

  for (size_t i = 0; i < sizeof groups / sizeof groups[0] && !status && !*found; i++) {
    keys.access_key = variable(groups[i].names[0]);
    keys.secret_key = variable(groups[i].names[1]);
    keys.security_token = variable(groups[i].names[2]);
    memcpy(keys.sources, groups[i].names, sizeof keys.sources);
    status = take_keys(credentials, &keys, groups[i].place, found, error);
  }
  return status;
}

/* ---- the file of the SDKs ---- */

struct sdk_file {
  char access_key[512];
  char secret_key[512];
  char security_token[SDK_FILE_LINE];
};

static char *trim(char *text) {
  size_t size;

  while (*text == ' ' || *text == '\t') text++;
  size = strlen(text);
  while (size && strchr(" \t\r\n", text[size - 1])) text[--size] = '\0';
  return text;
}

/* A line `key = value` of the section [basic]. */
static void read_entry(struct sdk_file *keys, char *line) {
  char *equals = strchr(line, '=');
  const char *value;

  if (!equals) return;
  *equals = '\0';
  value = trim(equals + 1);
  line = trim(line);
  if (!strcmp(line, "ak")) snprintf(keys->access_key, sizeof keys->access_key, "%s", value);
  if (!strcmp(line, "sk")) snprintf(keys->secret_key, sizeof keys->secret_key, "%s", value);
  if (!strcmp(line, "security_token")) {
    snprintf(keys->security_token, sizeof keys->security_token, "%s", value);
  }
}

static void read_sections(struct sdk_file *keys, FILE *file, char line[SDK_FILE_LINE]) {
  bool basic = false;

  while (fgets(line, SDK_FILE_LINE, file)) {
    char *text = trim(line);
    if (*text == '[') {
      basic = !strcmp(text, "[basic]");
    } else if (basic && *text != '#' && *text != ';') {
      read_entry(keys, text);
    }
  }
}

/* ~/.huaweicloud/credentials: INI, section [basic], keys ak, sk and security_token. */
static enum service_status find_in_file(struct credentials *credentials, bool *found,
                                        struct service_error *error) {
  const char *home = variable("HOME");
  char path[1024];
  char line[SDK_FILE_LINE];
  struct sdk_file read;
  struct keys keys = {NULL, NULL, NULL, {"~" SDK_FILE, "~" SDK_FILE, "~" SDK_FILE}};
  enum service_status status;
  FILE *file;

  *found = false;
  if (!home || snprintf(path, sizeof path, "%s" SDK_FILE, home) >= (int)sizeof path) {
    return SERVICE_OK;
  }
  status = open_file(credentials, path, &file);
  if (status != SERVICE_OK || !file) return status;
  memset(&read, 0, sizeof read);
  read_sections(&read, file, line);
  fclose(file);
  if (read.access_key[0]) keys.access_key = read.access_key;
  if (read.secret_key[0]) keys.secret_key = read.secret_key;
  if (read.security_token[0]) keys.security_token = read.security_token;
  status = take_keys(credentials, &keys, "~" SDK_FILE, found, error);
  OPENSSL_cleanse(&read, sizeof read);
  OPENSSL_cleanse(line, sizeof line);
  return status;
}

enum service_status credentials_look(struct credentials *credentials,
                                     const struct settings *settings, bool of_token,
                                     struct service_error *error) {
  bool found = false;
  enum service_status status;

  if (of_token) return find_token(credentials, settings, &found, error);
  status = find_keys(credentials, settings, &found, error);
  return status || found ? status : find_in_file(credentials, &found, error);
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
    status = service_fail(error,
                          "no credentials. Looked for a token in swr_config('token', …), "
                          "HW_AUTH_TOKEN, OS_AUTH_TOKEN "
                          "and the file named by " TOKEN_FILE_VARIABLE
                          "; for an access key and its secret key in swr_config('access_key', …), "
                          "HUAWEICLOUD_SDK_AK, "
                          "HW_ACCESS_KEY, OS_ACCESS_KEY and the section [basic] of ~" SDK_FILE
                          "; for a user's name and password in swr_config('user_name', …), "
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
           "give "
           "a new one by HW_AUTH_TOKEN, SWR_TOKEN_FILE or swr_config('token', …).";
  }
  if (credentials->access_key) {
    return "The access key was not accepted. Check the secret key, the security token if the key "
           "is "
           "a temporary one, and this machine's clock.";
  }
  return "IAM has just given the token that was not accepted. Check region, project_name, and "
         "whether "
         "the user may use SWR in that project.";
}
