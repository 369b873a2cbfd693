/*
** Tests of ext/account/setting_view and of the warning about files of credentials: what the user
** sees of a setting, where it comes from, and that no secret is part of it.
*/
#include "account/setting_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account/secret_file.h"
#include "allocation.h"
#include "fixture.h"
#include "unit.h"

#define SECRET "quietword-0123456789"
#define KEYS "[basic]\nak=" SECRET "\nsk=" SECRET "\n"
#define LOGIN "HW_USER_NAME=alice", "HW_USER_PASSWORD=" SECRET, "HW_DOMAIN_NAME=acme"
#define KEY_FILE "~/.huaweicloud/credentials"

static char home[200];
static char key_file[260];
static char token_file[260];

static void write_file(const char *path, mode_t mode, const char *text) {
  FILE *file = fopen(path, "w");

  CHECK(file != NULL);
  if (!file) return;
  fputs(text, file);
  fclose(file);
  CHECK_INT(0, chmod(path, mode));
}

/* `TOKEN_FILE` as a value stands for that file's name. */
static const struct {
  const char
      *environment[4];  /* NAME=value; a name without one is set in the session, as `name:value` */
  const char *key_text; /* of the file of the SDKs; NULL: there is none */
  enum setting setting;
  const char *value;
  const char *source;
  const char *problem; /* a part of it; NULL: none */
} cases[] = {
    {{NULL}, NULL, SETTING_ENDPOINT, NULL, NULL, NULL},
    {{"SWR_ENDPOINT=https://a/"}, NULL, SETTING_ENDPOINT, "https://a", "SWR_ENDPOINT", NULL},
    {{"endpoint:https://b"}, NULL, SETTING_ENDPOINT, "https://b", "session", NULL},
    {{"HW_REGION_NAME=x"},
     NULL,
     SETTING_ENDPOINT,
     "https://swr-api.x.myhuaweicloud.com",
     "made from region and cloud",
     NULL},
    {{"HW_REGION_NAME=xx-test-1", "HUAWEICLOUD_SDK_REGION_SWR_XX_TEST_1=https://c,https://d"},
     NULL,
     SETTING_ENDPOINT,
     "https://c",
     "HUAWEICLOUD_SDK_REGION_SWR_XX_TEST_1",
     NULL},
    {{"SWR_ENDPOINT=https://user:" SECRET "@b"},
     NULL,
     SETTING_ENDPOINT,
     NULL,
     "SWR_ENDPOINT",
     "a base URL"},
    {{"SWR_ENDPOINT=http://b"}, NULL, SETTING_ENDPOINT, NULL, "SWR_ENDPOINT", "plain http"},
    {{"HW_REGION_NAME=x", "HW_CLOUD=a/b"},
     NULL,
     SETTING_ENDPOINT,
     NULL,
     "made from region and cloud",
     "HW_CLOUD"},
    {{"HW_REGION_NAME=xx-test-1", "HUAWEICLOUD_SDK_REGION_SWR_XX_TEST_1=http://c"},
     NULL,
     SETTING_ENDPOINT,
     NULL,
     "HUAWEICLOUD_SDK_REGION_SWR_XX_TEST_1",
     "no endpoint that can be used"},
    {{NULL}, NULL, SETTING_CLOUD, NULL, NULL, NULL},
    {{"HW_REGION_NAME=eu-west-101"}, NULL, SETTING_CLOUD, "myhuaweicloud.eu", "default", NULL},
    {{"HW_REGION_NAME=x", "HW_CLOUD=y"}, NULL, SETTING_CLOUD, "y", "HW_CLOUD", NULL},
    {{"OS_REGION_NAME=x"}, NULL, SETTING_REGION, "x", "OS_REGION_NAME", NULL},
    {{"OS_REGION_NAME=X"}, NULL, SETTING_REGION, "X", "OS_REGION_NAME", "lower-case"},
    {{NULL}, NULL, SETTING_PAGE_SIZE, "auto", "default", NULL},
    {{"SWR_PAGE_SIZE=many"}, NULL, SETTING_PAGE_SIZE, "many", "SWR_PAGE_SIZE", "1 to 1000"},
    {{"SWR_PAGE_SIZE=many", "page_size:7"}, NULL, SETTING_PAGE_SIZE, "7", "session", NULL},
    {{"SSL_CERT_FILE=a.pem"}, NULL, SETTING_CA_FILE, "a.pem", "SSL_CERT_FILE", NULL},
    {{NULL}, NULL, SETTING_TOKEN, NULL, NULL, NULL},
    {{"OS_AUTH_TOKEN=" SECRET}, NULL, SETTING_TOKEN, "set", "OS_AUTH_TOKEN", NULL},
    {{"OS_AUTH_TOKEN=" SECRET, "token:" SECRET}, NULL, SETTING_TOKEN, "set", "session", NULL},
    {{"HW_AUTH_TOKEN=" SECRET " " SECRET},
     NULL,
     SETTING_TOKEN,
     "set",
     "HW_AUTH_TOKEN",
     "visible ASCII"},
    {{"SWR_TOKEN_FILE=TOKEN_FILE"}, NULL, SETTING_TOKEN, "set", "SWR_TOKEN_FILE", NULL},
    {{"SWR_TOKEN_FILE=/no/such/file"},
     NULL,
     SETTING_TOKEN,
     NULL,
     "SWR_TOKEN_FILE",
     "cannot be read"},
    {{NULL}, NULL, SETTING_ACCESS_KEY, NULL, NULL, NULL},
    {{"HW_ACCESS_KEY=" SECRET, "HW_SECRET_KEY=" SECRET},
     NULL,
     SETTING_SECRET_KEY,
     "set",
     "HW_SECRET_KEY",
     NULL},
    {{"HW_ACCESS_KEY=" SECRET, "HW_SECRET_KEY=" SECRET, "HUAWEICLOUD_SDK_SECURITY_TOKEN=" SECRET},
     NULL,
     SETTING_SECURITY_TOKEN,
     NULL,
     NULL,
     NULL}, /* it belongs to other keys */
    {{"HW_ACCESS_KEY=" SECRET, "HW_SECRET_KEY=" SECRET, "HW_SECURITY_TOKEN=" SECRET},
     NULL,
     SETTING_SECURITY_TOKEN,
     "set",
     "HW_SECURITY_TOKEN",
     NULL},
    {{"HW_ACCESS_KEY=" SECRET}, NULL, SETTING_ACCESS_KEY, "set", "HW_ACCESS_KEY", "no secret key"},
    {{"HW_ACCESS_KEY=" SECRET}, NULL, SETTING_SECRET_KEY, NULL, NULL, "no secret key"},
    {{"HW_ACCESS_KEY=" SECRET}, NULL, SETTING_SECURITY_TOKEN, NULL, NULL, NULL},
    {{"secret_key:" SECRET}, NULL, SETTING_SECRET_KEY, "set", "session", "no access key"},
    {{"security_token:" SECRET}, NULL, SETTING_SECURITY_TOKEN, "set", "session", NULL},
    {{"access_key:" SECRET, "secret_key:" SECRET},
     NULL,
     SETTING_ACCESS_KEY,
     "set",
     "session",
     NULL},
    {{NULL}, NULL, SETTING_USER_NAME, NULL, NULL, NULL},
    {{LOGIN}, NULL, SETTING_USER_NAME, "alice", "HW_USER_NAME", NULL},
    {{LOGIN}, NULL, SETTING_USER_PASSWORD, "set", "HW_USER_PASSWORD", NULL},
    {{LOGIN, "user_password:" SECRET}, NULL, SETTING_USER_PASSWORD, "set", "session", NULL},
    {{LOGIN}, NULL, SETTING_DOMAIN_NAME, "acme", "HW_DOMAIN_NAME", NULL},
    {{"OS_PASSWORD=" SECRET}, NULL, SETTING_USER_NAME, NULL, NULL, "no user_name"},
    {{"OS_PASSWORD=" SECRET}, NULL, SETTING_USER_PASSWORD, "set", "OS_PASSWORD", "no user_name"},
    {{"HW_USER_PASSWORD=" SECRET "\n"},
     NULL,
     SETTING_USER_PASSWORD,
     "set",
     "HW_USER_PASSWORD",
     "control characters"},
    {{LOGIN}, NULL, SETTING_PROJECT_NAME, NULL, NULL, "Set region"},
    {{LOGIN, "HW_REGION_NAME=x"}, NULL, SETTING_PROJECT_NAME, "x", "made from region", NULL},
    {{LOGIN, "HW_REGION_NAME=X"}, NULL, SETTING_PROJECT_NAME, NULL, NULL, NULL},
    {{LOGIN, "HW_PROJECT_NAME=p"}, NULL, SETTING_PROJECT_NAME, "p", "HW_PROJECT_NAME", NULL},
    {{LOGIN, "HW_PROJECT_NAME=p"}, NULL, SETTING_AUTH_URL, NULL, NULL, "auth_url"},
    {{NULL}, NULL, SETTING_AUTH_URL, NULL, NULL, NULL},
    {{"HW_REGION_NAME=x"},
     NULL,
     SETTING_AUTH_URL,
     "https://iam.x.myhuaweicloud.com/v3",
     "made from region and cloud",
     NULL},
    {{"HW_REGION_NAME=x", "cloud:example.org"},
     NULL,
     SETTING_AUTH_URL,
     "https://iam.x.example.org/v3",
     "made from region and cloud",
     NULL},
    {{"HW_REGION_NAME=x", "HW_CLOUD=a/b"},
     NULL,
     SETTING_AUTH_URL,
     NULL,
     "made from region and cloud",
     "HW_CLOUD"},
    {{"HW_AUTH_URL=https://a"}, NULL, SETTING_AUTH_URL, "https://a", "HW_AUTH_URL", NULL},
    {{"HW_AUTH_URL=https://user:" SECRET "@b"},
     NULL,
     SETTING_AUTH_URL,
     NULL,
     "HW_AUTH_URL",
     "a base URL"},
    {{NULL}, KEYS, SETTING_ACCESS_KEY, "set", KEY_FILE, NULL},
    {{NULL}, KEYS, SETTING_SECRET_KEY, "set", KEY_FILE, NULL},
    {{NULL}, KEYS, SETTING_SECURITY_TOKEN, NULL, NULL, NULL},
    {{NULL}, "[basic]\nak=" SECRET, SETTING_ACCESS_KEY, NULL, NULL, KEY_FILE},
    {{"HW_ACCESS_KEY=" SECRET, "HW_SECRET_KEY=" SECRET},
     KEYS,
     SETTING_ACCESS_KEY,
     "set",
     "HW_ACCESS_KEY",
     NULL},
};

static void prepare(size_t index, struct settings *settings) {
  char text[400];
  struct service_error error;
  enum setting setting;

  settings_init(settings);
  unit_clear_environment();
  setenv("HOME", home, 1);
  for (int i = 0; i < 4 && cases[index].environment[i]; i++) {
    char *separator;
    snprintf(text, sizeof text, "%s", cases[index].environment[i]);
    separator = text + strcspn(text, "=:");
    if (*separator == '=') {
      *separator++ = '\0';
      setenv(text, strcmp(separator, "TOKEN_FILE") == 0 ? token_file : separator, 1);
    } else {
      *separator++ = '\0';
      CHECK_INT(SERVICE_OK, settings_find(text, &setting, &error));
      CHECK_INT(SERVICE_OK, settings_set(settings, setting, separator, &error));
    }
  }
  CHECK(settings_look(settings));
  unlink(key_file);
  if (cases[index].key_text) write_file(key_file, 0600, cases[index].key_text);
}

static void check_case(size_t index, const struct setting_view *view) {
  CHECK_TEXT(cases[index].value, view->value);
  CHECK_TEXT(cases[index].source, view->source);
  CHECK_LACKS(view->problem.message, "quietword");
  if (cases[index].problem) {
    CHECK_HAS(view->problem.message, cases[index].problem);
  } else {
    CHECK_TEXT("", view->problem.message);
  }
}

/* Each case as it is, and with each of its allocations failing. */
static void check_views(void) {
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct settings settings;
    long refused = 1;
    prepare(i, &settings);
    for (long nth = 0; refused > 0 || nth == 1; nth++) {
      struct setting_view view;
      enum service_status status;
      unit_case("case %zu, %s, allocation %ld", i, setting_name(cases[i].setting), nth);
      allocation_fail_at(nth, false);
      status = setting_look(&settings, cases[i].setting, &view);
      refused = allocation_stop();
      CHECK_INT(refused ? SERVICE_NO_MEMORY : SERVICE_OK, status);
      if (status == SERVICE_OK) check_case(i, &view);
    }
    settings_free(&settings);
  }
  unlink(key_file);
}

static void check_words(void) {
  for (int i = 0; i < SETTING_COUNT; i++) {
    char takes[SETTING_TAKES_MAX];
    struct service_error error;
    enum setting found;
    unit_case("%s", setting_name((enum setting)i));
    CHECK_INT(SERVICE_OK, settings_find(setting_name((enum setting)i), &found, &error));
    CHECK_INT(i, found);
    setting_takes(found, takes);
    CHECK(strlen(takes) > 5 && strlen(takes) + 1 < sizeof takes); /* not cut */
  }
}

/* ---- warnings ---- */

struct warnings {
  int count;
  char last[1500];
};

static void on_warning(void *context, const char *message) {
  struct warnings *warnings = context;

  warnings->count++;
  snprintf(warnings->last, sizeof warnings->last, "%s", message);
}

static enum service_status begin(struct service *service) {
  struct access *access;
  enum service_status status;

  if (!settings_look(&service->settings)) return SERVICE_NO_MEMORY;
  status = service_begin(service, &access);
  access_release(access);
  return status;
}

static void check_warnings(void) {
  static const struct {
    mode_t mode;
    const char *said; /* NULL: nothing */
  } modes[] = {{0600, NULL},         {0400, NULL},         {0711, NULL},
               {0640, "(mode 640)"}, {0604, "(mode 604)"}, {0620, "(mode 620)"},
               {0602, "(mode 602)"}, {0666, "(mode 666)"}};

  unit_clear_environment();
  setenv("HOME", home, 1);
  setenv("SWR_ENDPOINT", "https://a", 1);
  setenv("SWR_TOKEN_FILE", token_file, 1);
  for (size_t i = 0; i < COUNT_OF(modes); i++) {
    struct warnings warnings = {0, ""};
    struct service *service = service_create(&scripted_transport_create(NULL, NULL)->base);
    unit_case("mode %o", (unsigned)modes[i].mode);
    CHECK_INT(0, chmod(token_file, modes[i].mode));
    CHECK_INT(SERVICE_OK, begin(service)); /* nobody to tell */
    service_warn_by(service, on_warning, &warnings);
    CHECK_INT(SERVICE_OK, begin(service));
    CHECK_INT(SERVICE_OK, begin(service));
    CHECK_INT(modes[i].said ? 1 : 0, warnings.count);
    CHECK_HAS(warnings.last, modes[i].said ? modes[i].said : "");
    CHECK_HAS(warnings.last, modes[i].said ? token_file : "");
    CHECK_LACKS(warnings.last, "quietword");
    service_destroy(service);
  }
}

/*
** Where memory is short, either the statement fails or it goes on; that it is silent is not
** allowed.
*/
static void check_warnings_without_memory(void) {
  long refused = 1;

  CHECK_INT(0, chmod(token_file, 0644));
  for (long nth = 1; refused > 0; nth++) {
    struct warnings warnings = {0, ""};
    struct service *service = service_create(&scripted_transport_create(NULL, NULL)->base);
    enum service_status status;
    unit_case("warning, allocation %ld", nth);
    service_warn_by(service, on_warning, &warnings);
    allocation_fail_at(nth, false);
    status = begin(service);
    refused = allocation_stop();
    CHECK(refused || status == SERVICE_OK);
    CHECK(status == SERVICE_OK || status == SERVICE_NO_MEMORY);
    CHECK_INT(status == SERVICE_OK, warnings.count);
    CHECK_INT(SERVICE_OK, begin(service));
    CHECK(warnings.count >= 1);
    service_destroy(service);
  }
  CHECK_INT(0, chmod(token_file, 0600));
}

/* One of those files that tell no size: what it holds is found by reading. */
static void check_endless_file(void) {
  struct secret_file file;

  if (access("/proc/kallsyms", R_OK)) return;
  CHECK_INT(SERVICE_OK, secret_file_read(&file, "/proc/kallsyms"));
  CHECK_INT(FILE_UNFIT, file.status);
  CHECK_HAS(file.problem, "it has more than");
  secret_file_free(&file);
}

void setting_view_test(void) {
  const char *folder = getenv("TMPDIR");
  char folder_of_keys[240];

  snprintf(home, sizeof home, "%s/swr-unit-XXXXXX", folder ? folder : P_tmpdir);
  CHECK(mkdtemp(home) != NULL);
  snprintf(folder_of_keys, sizeof folder_of_keys, "%s/.huaweicloud", home);
  snprintf(key_file, sizeof key_file, "%s/credentials", folder_of_keys);
  snprintf(token_file, sizeof token_file, "%s/token", home);
  CHECK_INT(0, mkdir(folder_of_keys, 0700));
  write_file(token_file, 0600, SECRET "\n");
  check_words();
  check_views();
  check_warnings();
  check_warnings_without_memory();
  unlink(token_file);
  rmdir(folder_of_keys);
  rmdir(home);
  check_endless_file();
}
