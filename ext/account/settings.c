/*
** The settings: see settings.h.
*/
#include "account/settings.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "network/endpoint.h"

#define VARIABLES_MAX 4
#define CONFIG_VARIABLE "SWR_CONFIG"

enum kind {
  KIND_URL,
  KIND_HOST_LABELS,
  KIND_TOKEN,
  KIND_NAME,
  KIND_NUMBER,
  KIND_AUTOMATIC, /* a number, or left to us */
  KIND_DECIMAL,
  KIND_SHOW,
  KIND_WORD,
  KIND_TEXT
};

struct description {
  const char *name;
  enum kind kind;
  bool secret;
  const char *environment[VARIABLES_MAX]; /* the first one set wins */
  const char *preset;
  int64_t least;
  int64_t most;
  const char *takes;
};

#define HTTP_URL \
  "a base URL: https://..., or http:// to a loopback address, without user, query or #"
#define VISIBLE "visible ASCII characters without spaces or line breaks"
#define NAME "text in UTF-8 without line breaks and other control characters"
#define AUTOMATIC "auto"
#define OR " or " /* between the two words that a setting takes */
#define LABELS "lower-case letters, digits, '-' and '.'"

static const struct description descriptions[SETTING_COUNT] = {
    [SETTING_ENDPOINT] = {.name = "endpoint",
                          .kind = KIND_URL,
                          .environment = {"SWR_ENDPOINT"},
                          .takes = HTTP_URL},
    [SETTING_REGION] = {.name = "region",
                        .kind = KIND_HOST_LABELS,
                        .environment = {"HW_REGION_NAME", "OS_REGION_NAME"},
                        .takes = LABELS},
    [SETTING_CLOUD] = {.name = "cloud",
                       .kind = KIND_HOST_LABELS,
                       .environment = {"HW_CLOUD"},
                       .takes = LABELS},
    [SETTING_TOKEN] = {.name = "token",
                       .kind = KIND_TOKEN,
                       .secret = true,
                       .environment = {"HW_AUTH_TOKEN", "OS_AUTH_TOKEN"},
                       .most = TOKEN_MAX,
                       .takes = VISIBLE},
    [SETTING_ACCESS_KEY] = {.name = "access_key",
                            .kind = KIND_TOKEN,
                            .secret = true,
                            .environment = {"HUAWEICLOUD_SDK_AK", "HW_ACCESS_KEY", "OS_ACCESS_KEY"},
                            .most = KEY_MAX,
                            .takes = VISIBLE},
    [SETTING_SECRET_KEY] = {.name = "secret_key",
                            .kind = KIND_TOKEN,
                            .secret = true,
                            .environment = {"HUAWEICLOUD_SDK_SK", "HW_SECRET_KEY", "OS_SECRET_KEY"},
                            .most = KEY_MAX,
                            .takes = VISIBLE},
    [SETTING_SECURITY_TOKEN] = {.name = "security_token",
                                .kind = KIND_TOKEN,
                                .secret = true,
                                .environment = {"HUAWEICLOUD_SDK_SECURITY_TOKEN",
                                                "HW_SECURITY_TOKEN"},
                                .most = TOKEN_MAX,
                                .takes = VISIBLE},
    [SETTING_PROFILE] = {.name = "profile",
                         .kind = KIND_NAME,
                         .environment = {"HW_PROFILE"},
                         .takes = "the name of a section in the file of credentials, or of a "
                                  "profile of KooCLI"},
    [SETTING_AGENCY] = {.name = "agency",
                        .kind = KIND_SHOW,
                        .environment = {"SWR_AGENCY"},
                        .preset = "auto",
                        .takes = "auto, on or off: the key of a cloud server's agency, where no "
                                 "credentials are set; auto: on servers of Huawei Cloud"},
    [SETTING_USER_NAME] = {.name = "user_name",
                           .kind = KIND_NAME,
                           .environment = {"HW_USER_NAME", "OS_USERNAME"},
                           .takes = NAME},
    [SETTING_USER_PASSWORD] = {.name = "user_password",
                               .kind = KIND_NAME,
                               .secret = true,
                               .environment = {"HW_USER_PASSWORD", "OS_PASSWORD"},
                               .takes = NAME},
    [SETTING_DOMAIN_NAME] = {.name = "domain_name",
                             .kind = KIND_NAME,
                             .environment = {"HW_DOMAIN_NAME", "OS_DOMAIN_NAME",
                                             "OS_USER_DOMAIN_NAME", "OS_PROJECT_DOMAIN_NAME"},
                             .takes = NAME},
    [SETTING_PROJECT_NAME] = {.name = "project_name",
                              .kind = KIND_NAME,
                              .environment = {"HW_PROJECT_NAME", "OS_PROJECT_NAME",
                                              "OS_TENANT_NAME"},
                              .takes = NAME},
    [SETTING_PROJECT_ID] = {.name = "project_id",
                            .kind = KIND_HOST_LABELS,
                            .environment = {"HUAWEICLOUD_SDK_PROJECT_ID", "HW_PROJECT_ID",
                                            "OS_PROJECT_ID"},
                            .takes = LABELS},
    [SETTING_AUTH_URL] = {.name = "auth_url",
                          .kind = KIND_URL,
                          .environment = {"HW_AUTH_URL", "OS_AUTH_URL"},
                          .takes = HTTP_URL},
    [SETTING_PAGE_SIZE] = {.name = "page_size",
                           .kind = KIND_AUTOMATIC,
                           .environment = {"SWR_PAGE_SIZE"},
                           .preset = "auto",
                           .least = 1,
                           .most = 1000,
                           .takes = "jobs for each request; auto: 100 first, then more"},
    [SETTING_CONCURRENCY] = {.name = "concurrency",
                             .kind = KIND_NUMBER,
                             .environment = {"SWR_CONCURRENCY"},
                             .preset = "8",
                             .least = 1,
                             .most = CONCURRENCY_MAX,
                             .takes = "requests at once"},
    [SETTING_TIMEOUT] = {.name = "timeout",
                         .kind = KIND_NUMBER,
                         .environment = {"SWR_TIMEOUT"},
                         .preset = "30",
                         .least = 1,
                         .most = 86400,
                         .takes = "seconds without a byte"},
    [SETTING_DEADLINE] = {.name = "deadline",
                          .kind = KIND_NUMBER,
                          .environment = {"SWR_DEADLINE"},
                          .preset = "120",
                          .least = 1,
                          .most = 86400,
                          .takes = "seconds for one answer"},
    [SETTING_RETRIES] = {.name = "retries",
                         .kind = KIND_NUMBER,
                         .environment = {"SWR_RETRIES"},
                         .preset = "8",
                         .most = 100,
                         .takes = "further attempts"},
    [SETTING_DISCOVERY] = {.name = "discovery",
                           .kind = KIND_WORD,
                           .environment = {"SWR_DISCOVERY"},
                           .preset = "on",
                           .takes = "on" OR "off"},
    [SETTING_UNREADABLE] = {.name = "unreadable",
                            .kind = KIND_WORD,
                            .environment = {"SWR_UNREADABLE"},
                            .preset = "error",
                            .takes = "error" OR "skip"},
    [SETTING_RATE] = {.name = "rate",
                      .kind = KIND_DECIMAL,
                      .environment = {"SWR_RATE"},
                      .least = 1,
                      .most = 1000000,
                      .takes = "requests a second at most"},
    [SETTING_PROGRESS] =
        {.name = "progress",
         .kind = KIND_SHOW,
         .environment = {"SWR_PROGRESS"},
         .preset = "auto",
         .takes = "auto, on or off: a line on standard error; auto: where that is a terminal"},
    [SETTING_CA_FILE] = {.name = "ca_file",
                         .kind = KIND_TEXT,
                         .environment = {"SWR_CA_FILE", "SSL_CERT_FILE"},
                         .takes = "the name of a file with certificates in PEM form"},
};

void settings_init(struct settings *settings) { memset(settings, 0, sizeof *settings); }

void settings_free(struct settings *settings) {
  for (int i = 0; i < SETTING_COUNT; i++) secret_free(settings->values[i]);
  environment_release(settings->environment);
  settings_init(settings);
}

bool settings_look(struct settings *settings) {
  /* What others in this folder and the proxy read. */
  static const char *const others[] = {"SWR_TOKEN_FILE",
                                       "HUAWEICLOUD_SDK_REGION_SWR_*",
                                       "HOME",
                                       "https_proxy",
                                       "HTTPS_PROXY",
                                       "all_proxy",
                                       "ALL_PROXY",
                                       "no_proxy",
                                       "NO_PROXY",
                                       "SSL_CERT_DIR",
                                       CONFIG_VARIABLE,
                                       "HUAWEICLOUD_SDK_CREDENTIALS_FILE",
                                       "HW_SHARED_CONFIG_FILE",
                                       METADATA_VARIABLE};
  const char *names[(size_t)SETTING_COUNT * VARIABLES_MAX + sizeof others / sizeof others[0] + 1];
  struct environment *environment;
  size_t count = 0;

  for (int i = 0; i < SETTING_COUNT; i++) {
    for (int j = 0; j < VARIABLES_MAX && descriptions[i].environment[j]; j++) {
      names[count++] = descriptions[i].environment[j];
    }
  }
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) names[count++] = others[i];
  names[count] = NULL;
  environment = environment_read(names, settings->environment);
  if (!environment) return false;
  environment_release(settings->environment);
  settings->environment = environment;
  return true;
}

/* What a name that is none was probably meant to be; NULL: nothing is like it. */
static const char *nearest(const char *name) {
  const char *found = NULL;
  size_t least = strlen(name) / 3 + 1; /* of more letters than that, too many are others */

  for (int i = 0; i < SETTING_COUNT; i++) {
    size_t distance = ascii_distance(name, descriptions[i].name);
    if (distance > least || (found && distance == least)) continue;
    least = distance;
    found = descriptions[i].name;
  }
  return found;
}

enum service_status settings_find(const char *name, enum setting *setting,
                                  struct service_error *error) {
  char names[512];
  const char *meant;
  size_t used = 0;

  names[0] = '\0';
  for (int i = 0; i < SETTING_COUNT; i++) {
    if (!strcmp(name, descriptions[i].name)) {
      *setting = (enum setting)i;
      return SERVICE_OK;
    }
    used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "",
                             descriptions[i].name);
  }
  meant = nearest(name);
  service_fail(error, "unknown setting '%.40s'%s%s%s", name, meant ? ", probably '" : "",
               meant ? meant : "", meant ? "'" : "");
  return service_advise(error, "The settings are %s.", names);
}

bool setting_is_secret(enum setting setting) { return descriptions[setting].secret; }

const char *setting_name(enum setting setting) { return descriptions[setting].name; }

/* Thousandths as a decimal number: by %g the host's locale would choose the point. */
static void write_decimal(int64_t thousandths, char text[24]) {
  size_t size;

  snprintf(text, 24, "%lld.%03lld", (long long)(thousandths / 1000),
           (long long)(thousandths % 1000));
  size = strlen(text);
  while (text[size - 1] == '0') size--;
  text[size - (text[size - 1] == '.')] = '\0';
}

void setting_takes(enum setting setting, char words[SETTING_TAKES_MAX]) {
  const struct description *description = &descriptions[setting];
  char range[96] = "";
  char least[24];
  char most[24];

  if (description->kind == KIND_NUMBER || description->kind == KIND_AUTOMATIC) {
    snprintf(range, sizeof range, "%sa whole number from %lld to %lld, ",
             description->kind == KIND_AUTOMATIC ? AUTOMATIC ", or " : "",
             (long long)description->least, (long long)description->most);
  } else if (description->kind == KIND_DECIMAL) {
    write_decimal(description->least, least);
    write_decimal(description->most, most);
    snprintf(range, sizeof range, "a number from %s to %s with three decimals at most, ", least,
             most);
  }
  snprintf(words, SETTING_TAKES_MAX, "%s%s", range, description->takes);
}

bool text_visible(const char *text) {
  for (; *text; text++) {
    if (*text <= ' ' || *text > '~') return false;
  }
  return true;
}

static bool host_labels(const char *value) {
  size_t size = strlen(value);

  if (size == 0 || size > 128 || value[0] == '.' || value[size - 1] == '.') return false;
  return strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789-.") == size && !strstr(value, "..");
}

static bool plain_text(const char *value) {
  size_t size = strlen(value);

  for (size_t at = 0; at < size;) {
    size_t length = utf8_character(value + at, size - at);
    if (!length || (unsigned char)value[at] < ' ' || value[at] == 0x7f) return false;
    at += length;
  }
  return size > 0;
}

static bool read_number(const char *value, int64_t least, int64_t most, int64_t *number) {
  char *end = NULL;
  long long read;

  if (value[0] < '0' || value[0] > '9') return false;
  errno = 0;
  read = strtoll(value, &end, 10);
  if (errno || *end || read < least || read > most) return false;
  *number = read;
  return true;
}

/* True if a value is one of the two words. */
static bool is_word(const struct description *description, const char *value, bool *first) {
  const char * or = strstr(description->takes, OR);
  size_t size = (size_t)(or -description->takes);

  *first = strlen(value) == size && !memcmp(value, description->takes, size);
  return *first || !strcmp(value, or +strlen(OR));
}

/* Digits, and up to three more after a point: thousandths. */
static bool read_decimal(const char *value, int64_t least, int64_t most, int64_t *thousandths) {
  size_t whole = strspn(value, "0123456789");
  const char *fraction = value + whole + (value[whole] == '.');
  size_t decimals = strspn(fraction, "0123456789");
  int64_t number = 0;

  if (whole == 0 || whole > 9 || decimals > 3 || fraction[decimals]) return false;
  if (value[whole] == '.' && decimals == 0) return false;
  for (size_t i = 0; i < whole; i++) number = number * 10 + (value[i] - '0');
  for (size_t i = 0; i < 3; i++) number = number * 10 + (i < decimals ? fraction[i] - '0' : 0);
  if (number < least || number > most) return false;
  *thousandths = number;
  return true;
}

static bool read_kind(const struct description *description, const char *value, int64_t *number) {
  bool decimal = description->kind == KIND_DECIMAL;

  if (description->kind == KIND_AUTOMATIC && !strcmp(value, AUTOMATIC)) {
    *number = 0;
    return true;
  }
  return decimal ? read_decimal(value, description->least, description->most, number)
                 : read_number(value, description->least, description->most, number);
}

static enum service_status refuse(const struct description *description, const char *source,
                                  const char *value, struct service_error *error) {
  char takes[SETTING_TAKES_MAX];

  setting_takes((enum setting)(description - descriptions), takes);
  /* A URL may hold credentials, and a name what no message should. */
  if (description->secret || description->kind == KIND_URL || description->kind == KIND_NAME) {
    return service_fail(error, "setting %s%s takes %s", description->name, source, takes);
  }
  return service_fail(error, "setting %s%s takes %s; this is '%.80s'", description->name, source,
                      takes, value);
}

enum service_status settings_check_length(enum setting setting, const char *value,
                                          const char *place, struct service_error *error) {
  size_t size = strlen(value);
  size_t most = (size_t)descriptions[setting].most;

  if (size <= most) return SERVICE_OK;
  return service_fail(error, "%s: the %s has %zu characters, and %zu are taken at most", place,
                      descriptions[setting].name, size, most);
}

static enum service_status check_url(const struct description *description, const char *source,
                                     const char *value, struct service_error *error) {
  char url[ENDPOINT_MAX];

  switch (endpoint_parse(value, url)) {
    case ENDPOINT_OK:
      return SERVICE_OK;
    case ENDPOINT_NO_MEMORY:
      return SERVICE_NO_MEMORY;
    case ENDPOINT_NOT_PROTECTED:
      service_fail(error, "setting %s%s: plain http would show the credentials to the network.",
                   description->name, source);
      return service_advise(error, "It is for loopback addresses only, use https.");
    default:
      return refuse(description, source, value, error);
  }
}

static enum service_status check_token(const struct description *description, const char *source,
                                       const char *value, struct service_error *error) {
  char place[128];

  if (!value[0] || !text_visible(value)) return refuse(description, source, value, error);
  snprintf(place, sizeof place, "setting %s%s", description->name, source);
  return settings_check_length((enum setting)(description - descriptions), value, place, error);
}

/* True for what a setting of that kind takes; of kinds whose faults are all alike. */
static bool is_of_kind(const struct description *description, const char *value) {
  int64_t number;
  bool first;

  switch (description->kind) {
    case KIND_HOST_LABELS:
      return host_labels(value);
    case KIND_NAME:
      return plain_text(value);
    case KIND_NUMBER:
    case KIND_AUTOMATIC:
    case KIND_DECIMAL:
      return read_kind(description, value, &number);
    case KIND_SHOW:
      return !strcmp(value, AUTOMATIC) || !strcmp(value, "on") || !strcmp(value, "off");
    case KIND_WORD:
      return is_word(description, value, &first);
    default:
      return value[0] != '\0';
  }
}

/* Checks a value of the given source (` (from SWR_ENDPOINT)`, or nothing). */
static enum service_status check(const struct description *description, const char *source,
                                 const char *value, struct service_error *error) {
  if (description->kind == KIND_URL) return check_url(description, source, value, error);
  if (description->kind == KIND_TOKEN) return check_token(description, source, value, error);
  return is_of_kind(description, value) ? SERVICE_OK : refuse(description, source, value, error);
}

enum service_status settings_writable(const struct settings *settings,
                                      struct service_error *error) {
  const char *mode = environment_value(settings->environment, CONFIG_VARIABLE);

  if (!mode) return SERVICE_OK;
  if (strcmp(mode, "readonly") != 0) { /* meant to forbid something: better too much than nothing */
    return service_fail(error,
                        "nothing can be set: " CONFIG_VARIABLE
                        " in the environment takes readonly, or is not set; this is '%.80s'",
                        mode);
  }
  service_fail(error, "settings are read-only here, because " CONFIG_VARIABLE
                      "=readonly is in the environment.");
  return service_advise(error, "Set them in the environment, too, before the program starts.");
}

enum service_status settings_set(struct settings *settings, enum setting setting, const char *value,
                                 struct service_error *error) {
  enum service_status status = settings_writable(settings, error);
  char *copy = NULL;

  if (status != SERVICE_OK) return status;
  if (value) {
    status = check(&descriptions[setting], "", value, error);
    if (status != SERVICE_OK) return status;
    copy = strdup(value);
    if (!copy) return SERVICE_NO_MEMORY;
  }
  secret_free(settings->values[setting]);
  settings->values[setting] = copy;
  return SERVICE_OK;
}

void settings_lend(struct settings *copy, const char *profile) {
  static const enum setting others[] = {SETTING_TOKEN,      SETTING_ACCESS_KEY,
                                        SETTING_SECRET_KEY, SETTING_SECURITY_TOKEN,
                                        SETTING_USER_NAME,  SETTING_USER_PASSWORD};

  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) copy->values[others[i]] = NULL;
  copy->values[SETTING_PROFILE] = (char *)profile; /* only read: nobody frees a copy */
}

/* The value in force and where it comes from; *source is NULL if there is none. */
static const char *find_value(const struct settings *settings, enum setting setting,
                              const char **source) {
  const struct description *description = &descriptions[setting];

  *source = SOURCE_SESSION;
  if (settings->values[setting]) return settings->values[setting];
  for (int i = 0; i < VARIABLES_MAX && description->environment[i]; i++) {
    const char *value = environment_value(settings->environment, description->environment[i]);
    if (!value) continue;
    *source = description->environment[i];
    return value;
  }
  *source = description->preset ? SOURCE_DEFAULT : NULL;
  return description->preset;
}

const char *settings_text(const struct settings *settings, enum setting setting) {
  const char *source;

  return find_value(settings, setting, &source);
}

const char *settings_source(const struct settings *settings, enum setting setting) {
  const char *source;

  find_value(settings, setting, &source);
  return source;
}

enum service_status settings_checked_text(const struct settings *settings, enum setting setting,
                                          const char **value, struct service_error *error) {
  const char *source;
  char from[64];

  *value = find_value(settings, setting, &source);
  /* The session's value was checked when it was set. */
  if (!*value || settings->values[setting] || *value == descriptions[setting].preset) {
    return SERVICE_OK;
  }
  snprintf(from, sizeof from, " (from %s)", source);
  return check(&descriptions[setting], from, *value, error);
}

enum service_status settings_number(const struct settings *settings, enum setting setting,
                                    int64_t *value, struct service_error *error) {
  const struct description *description = &descriptions[setting];
  const char *text = NULL;
  enum service_status status = settings_checked_text(settings, setting, &text, error);

  *value = 0;
  if (status != SERVICE_OK || !text) return status;
  (void)read_kind(description, text, value); /* it was checked */
  return SERVICE_OK;
}

enum service_status settings_first(const struct settings *settings, enum setting setting,
                                   bool *first, struct service_error *error) {
  const char *text = NULL;
  enum service_status status = settings_checked_text(settings, setting, &text, error);

  if (status != SERVICE_OK) return status;
  is_word(&descriptions[setting], text, first); /* words have a preset */
  return SERVICE_OK;
}

const char *settings_cloud_of(const char *region) {
  return strncmp(region, "eu-west-1", 9) ? "myhuaweicloud.com" : "myhuaweicloud.eu";
}

enum service_status settings_cloud(const struct settings *settings, const char *region,
                                   const char **cloud, struct service_error *error) {
  enum service_status status = settings_checked_text(settings, SETTING_CLOUD, cloud, error);

  if (!*cloud) *cloud = settings_cloud_of(region);
  return status;
}
