/*
** Tests of ext/account/settings: names, what each setting takes, and which source wins.
*/
#include "account/settings.h"

#include "base/ascii.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

static const struct {
  const char *name;
  enum setting setting;
  const char *preset;
  const char *variables[3]; /* the first one set wins */
  const char *right[2];     /* two values that it takes */
} known[] = {
    {"endpoint",
     SETTING_ENDPOINT,
     NULL,
     {"SWR_ENDPOINT"},
     {"https://swr.example", "http://127.0.0.1:8080"}},
    {"region", SETTING_REGION, NULL, {"HW_REGION_NAME", "OS_REGION_NAME"}, {"cn-north-4", "x"}},
    {"cloud", SETTING_CLOUD, NULL, {"HW_CLOUD"}, {"myhuaweicloud.eu", "example.com"}},
    {"token", SETTING_TOKEN, NULL, {"HW_AUTH_TOKEN", "OS_AUTH_TOKEN"}, {"abc", "d.e~f!"}},
    {"access_key",
     SETTING_ACCESS_KEY,
     NULL,
     {"HUAWEICLOUD_SDK_AK", "HW_ACCESS_KEY"},
     {"abc", "AK1"}},
    {"secret_key",
     SETTING_SECRET_KEY,
     NULL,
     {"HUAWEICLOUD_SDK_SK", "HW_SECRET_KEY"},
     {"abc", "s/k+="}},
    {"security_token",
     SETTING_SECURITY_TOKEN,
     NULL,
     {"HUAWEICLOUD_SDK_SECURITY_TOKEN", "HW_SECURITY_TOKEN"},
     {"abc", "d"}},
    {"profile", SETTING_PROFILE, NULL, {"HW_PROFILE"}, {"prod", "b c"}},
    {"agency", SETTING_AGENCY, "auto", {"SWR_AGENCY"}, {"on", "off"}},
    {"user_name",
     SETTING_USER_NAME,
     NULL,
     {"HW_USER_NAME", "OS_USERNAME"},
     {"alice", "b c\xc3\xa9"}},
    {"user_password",
     SETTING_USER_PASSWORD,
     NULL,
     {"HW_USER_PASSWORD", "OS_PASSWORD"},
     {"pass word", "\"\\{}"}},
    {"domain_name", SETTING_DOMAIN_NAME, NULL, {"HW_DOMAIN_NAME", "OS_DOMAIN_NAME"}, {"acme", "x"}},
    {"domain_name",
     SETTING_DOMAIN_NAME,
     NULL,
     {"OS_USER_DOMAIN_NAME", "OS_PROJECT_DOMAIN_NAME"},
     {"acme", "x"}},
    {"project_name",
     SETTING_PROJECT_NAME,
     NULL,
     {"HW_PROJECT_NAME", "OS_PROJECT_NAME"},
     {"cn-north-4", "x"}},
    {"project_name",
     SETTING_PROJECT_NAME,
     NULL,
     {"OS_PROJECT_NAME", "OS_TENANT_NAME"},
     {"cn-north-4", "x"}},
    {"project_id",
     SETTING_PROJECT_ID,
     NULL,
     {"HUAWEICLOUD_SDK_PROJECT_ID", "HW_PROJECT_ID", "OS_PROJECT_ID"},
     {"05949eb4190010e4", "p-1"}},
    {"auth_url",
     SETTING_AUTH_URL,
     NULL,
     {"HW_AUTH_URL", "OS_AUTH_URL"},
     {"https://iam.example/v3", "http://127.0.0.1:1"}},
    {"page_size", SETTING_PAGE_SIZE, "auto", {"SWR_PAGE_SIZE"}, {"1000", "auto"}},
    {"concurrency", SETTING_CONCURRENCY, "8", {"SWR_CONCURRENCY"}, {"1", "64"}},
    {"timeout", SETTING_TIMEOUT, "30", {"SWR_TIMEOUT"}, {"1", "86400"}},
    {"deadline", SETTING_DEADLINE, "120", {"SWR_DEADLINE"}, {"1", "86400"}},
    {"retries", SETTING_RETRIES, "8", {"SWR_RETRIES"}, {"0", "100"}},
    {"discovery", SETTING_DISCOVERY, "on", {"SWR_DISCOVERY"}, {"on", "off"}},
    {"unreadable", SETTING_UNREADABLE, "error", {"SWR_UNREADABLE"}, {"error", "skip"}},
    {"rate", SETTING_RATE, NULL, {"SWR_RATE"}, {"0.5", "1000"}},
    {"progress", SETTING_PROGRESS, "auto", {"SWR_PROGRESS"}, {"on", "off"}},
    {"ca_file", SETTING_CA_FILE, NULL, {"SWR_CA_FILE", "SSL_CERT_FILE"}, {"ca.pem", "a b"}},
};

static void check_names(void) {
  struct service_error error;
  enum setting setting;

  bool known_once[SETTING_COUNT] = {false};
  size_t count = 0;

  for (size_t i = 0; i < COUNT_OF(known); i++) {
    unit_case("%s", known[i].name);
    CHECK_INT(SERVICE_OK, settings_find(known[i].name, &setting, &error));
    CHECK_INT(known[i].setting, setting);
    CHECK_INT((setting >= SETTING_TOKEN && setting <= SETTING_SECURITY_TOKEN) ||
                  setting == SETTING_USER_PASSWORD,
              setting_is_secret(setting));
    count += !known_once[setting];
    known_once[setting] = true;
  }
  CHECK_INT(SETTING_COUNT, count);
  unit_case("unknown");
  CHECK_INT(SERVICE_FAILED, settings_find("Endpoint", &setting, &error));
  CHECK_INT(SERVICE_FAILED, settings_find("", &setting, &error));
  CHECK_INT(SERVICE_FAILED, settings_find("tokens", &setting, &error));
  CHECK_HAS(error.message, "tokens");
  for (size_t i = 0; i < COUNT_OF(known); i++) CHECK_HAS(error.message, known[i].name);
}

/* Of texts that are too long to be compared, none is near another. */
static void check_distance(void) {
  char long_text[ASCII_DISTANCE_MAX + 2];

  unit_case("distance");
  memset(long_text, 'a', sizeof long_text - 1);
  long_text[sizeof long_text - 1] = '\0';
  CHECK_INT(ASCII_DISTANCE_MAX, ascii_distance(long_text, "a"));
  CHECK_INT(ASCII_DISTANCE_MAX, ascii_distance("a", long_text));
  CHECK_INT(1, ascii_distance("a", "b"));
}

static void check_nearest(void) {
  static const struct {
    const char *name;
    const char *said;
  } cases[] = {
      {"pagesize", "unknown setting 'pagesize', probably 'page_size'\nThe settings are endpoint"},
      {"tokens", "'tokens', probably 'token'\nThe"},
      {"Endpoint", "'Endpoint', probably 'endpoint'\nThe"},
      {"acces-key", "'acces-key', probably 'access_key'\nThe"},
      {"concurency", "'concurency', probably 'concurrency'\nThe"},
      {"user", "'user'\nThe settings"},
      {"x", "'x'\nThe settings"},
      {"region_", "'region_', probably 'region'\nThe"},
      {"rates", "'rates', probably 'rate'\nThe"},
      {"project_na", "'project_na', probably 'project_name'\nThe"}, /* as near as project_id is */
      {"", "''\nThe settings"},
      {"bucket", "'bucket'\nThe settings"},
      {"page_size_page_size_page_size_page_size_page_size_page_size_page_size", "\nThe settings"},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct service_error error;
    enum setting setting;
    unit_case("'%s'", cases[i].name);
    CHECK_INT(SERVICE_FAILED, settings_find(cases[i].name, &setting, &error));
    CHECK_HAS(error.message, cases[i].said);
  }
}

/* Session before the first variable before the second before the default; empty is not set. */
static void check_sources(void) {
  struct service_error error;

  for (size_t i = 0; i < COUNT_OF(known); i++) {
    struct settings settings;
    enum setting setting = known[i].setting;
    const char *value;
    settings_init(&settings);
    unit_case("%s", known[i].name);
    CHECK_TEXT(known[i].preset, settings_text(&settings, setting));
    CHECK_TEXT(known[i].preset ? "default" : NULL, settings_source(&settings, setting));
    for (size_t j = 2; j-- > 0;) {
      if (!known[i].variables[j]) continue;
      setenv(known[i].variables[j], known[i].right[j], 1);
      CHECK(settings_look(&settings));
      CHECK_TEXT(known[i].right[j], settings_text(&settings, setting));
      CHECK_TEXT(known[i].variables[j], settings_source(&settings, setting));
    }
    CHECK_INT(SERVICE_OK, settings_set(&settings, setting, known[i].right[1], &error));
    CHECK_TEXT(known[i].right[1], settings_text(&settings, setting));
    CHECK_TEXT("session", settings_source(&settings, setting));
    CHECK_INT(SERVICE_OK, settings_set(&settings, setting, known[i].right[0], &error));
    CHECK_INT(SERVICE_OK, settings_checked_text(&settings, setting, &value, &error));
    CHECK_TEXT(known[i].right[0], value);
    CHECK_INT(SERVICE_OK, settings_set(&settings, setting, NULL, &error));
    CHECK_TEXT(known[i].right[0], settings_text(&settings, setting));
    setenv(known[i].variables[0], "", 1);
    CHECK(settings_look(&settings));
    CHECK_TEXT(known[i].variables[1] ? known[i].right[1] : known[i].preset,
               settings_text(&settings, setting));
    settings_free(&settings);
    CHECK(!settings.values[setting]);
    unit_clear_environment();
  }
}

static const struct {
  const char *name;
  const char *value;
} wrong[] = {
    {"endpoint", ""},
    {"endpoint", "ftp://swr.example"},
    {"endpoint", "http://swr.example"},
    {"endpoint", "https://"},
    {"region", ""},
    {"region", "CN-north-4"},
    {"region", "cn_north_4"},
    {"region", "cn/north"},
    {"region", ".cn"},
    {"region", "cn."},
    {"region", "cn..north"},
    {"region", "cn north"},
    {"region", "evil.example/"},
    {"region", "x@y"},
    {"region", "x:1"},
    {"region", "x#"},
    {"region", "x?"},
    {"cloud", ""},
    {"cloud", "my cloud"},
    {"cloud", "example.com/x"},
    {"cloud", "example.com:443"},
    {"token", ""},
    {"token", "two words-quiet"},
    {"token", "quiet\nX-Evil: 1"},
    {"token", "quiet\r"},
    {"token", "quiet\x7f"},
    {"token", "quiet\xc3\xa9"},
    {"token", " quiet"},
    {"user_name", ""},
    {"user_name", "quiet\n"},
    {"user_name", "quiet\xff"},
    {"user_password", ""},
    {"user_password", "quiet\n"},
    {"user_password", "quiet\x7f"},
    {"user_password", "quiet\xc3"},
    {"domain_name", "quiet\t"},
    {"project_name", "quiet\x01"},
    {"auth_url", "http://iam.example/v3"},
    {"auth_url", "https://user:quiet@iam.example/v3"},
    {"auth_url", "https://iam.example/v3?quiet"},
    {"page_size", ""},
    {"page_size", "0"},
    {"page_size", "1001"},
    {"page_size", "-1"},
    {"page_size", "+1"},
    {"page_size", " 1"},
    {"page_size", "1 "},
    {"page_size", "1.5"},
    {"page_size", "1e2"},
    {"page_size", "0x10"},
    {"page_size", "ten"},
    {"page_size", "Auto"},
    {"page_size", "auto "},
    {"page_size", "99999999999999999999"},
    {"page_size", "18446744073709551617"},
    {"concurrency", "0"},
    {"concurrency", "65"},
    {"timeout", "0"},
    {"timeout", "86401"},
    {"deadline", "0"},
    {"deadline", "86401"},
    {"retries", "-1"},
    {"retries", "101"},
    {"progress", "On"},
    {"progress", "yes"},
    {"progress", "0"},
    {"rate", "0"},
    {"rate", "0.000"},
    {"rate", "1000.001"},
    {"rate", "0.1234"},
    {"rate", "1."},
    {"rate", ".5"},
    {"rate", "-1"},
    {"rate", "1e2"},
    {"rate", "2 "},
    {"rate", "1,5"},
    {"rate", "12345678901234567890"},
    {"ca_file", ""},
};

/* A wrong value is refused from the session, which keeps the old one, and from the environment. */
static void check_wrong(void) {
  for (size_t i = 0; i < COUNT_OF(wrong); i++) {
    struct settings settings;
    struct service_error error = {.message = ""};
    enum setting setting;
    const char *value = NULL;
    size_t index = 0;
    while (strcmp(known[index].name, wrong[i].name) != 0) index++;
    setting = known[index].setting;
    unit_case("%s '%s'", wrong[i].name, wrong[i].value);
    settings_init(&settings);
    CHECK_INT(SERVICE_OK, settings_set(&settings, setting, known[index].right[0], &error));
    CHECK_INT(SERVICE_FAILED, settings_set(&settings, setting, wrong[i].value, &error));
    CHECK_HAS(error.message, wrong[i].name);
    CHECK_LACKS(error.message, "quiet");
    CHECK_TEXT(known[index].right[0], settings_text(&settings, setting));
    settings_free(&settings);
    if (!wrong[i].value[0]) continue;
    setenv(known[index].variables[0], wrong[i].value, 1);
    CHECK(settings_look(&settings));
    error.message[0] = '\0';
    CHECK_INT(SERVICE_FAILED, settings_checked_text(&settings, setting, &value, &error));
    CHECK_HAS(error.message, wrong[i].name);
    CHECK_HAS(error.message, known[index].variables[0]);
    CHECK_LACKS(error.message, "quiet");
    settings_free(&settings);
    unit_clear_environment();
  }
}

static void check_lengths(void) {
  struct settings settings;
  struct service_error error;
  char text[4000];

  settings_init(&settings);
  unit_case("lengths");
  memset(text, 'a', sizeof text);
  text[sizeof text - 1] = '\0';
  CHECK_INT(SERVICE_OK, settings_set(&settings, SETTING_TOKEN, text, &error));
  CHECK_INT(SERVICE_FAILED, settings_set(&settings, SETTING_REGION, text, &error));
  CHECK_INT(SERVICE_FAILED, settings_set(&settings, SETTING_ENDPOINT, text, &error));
  CHECK_INT(SERVICE_FAILED, settings_set(&settings, SETTING_PAGE_SIZE, text, &error));
  text[128] = '\0';
  CHECK_INT(SERVICE_OK, settings_set(&settings, SETTING_REGION, text, &error));
  text[128] = 'a';
  text[129] = '\0';
  CHECK_INT(SERVICE_FAILED, settings_set(&settings, SETTING_REGION, text, &error));
  settings_free(&settings);
}

static void check_numbers(void) {
  struct settings settings;
  struct service_error error;
  int64_t number = -1;

  settings_init(&settings);
  unit_case("numbers");
  CHECK_INT(SERVICE_OK, settings_number(&settings, SETTING_PAGE_SIZE, &number, &error));
  CHECK_INT(0, number); /* auto */
  setenv("SWR_PAGE_SIZE", "0250", 1);
  CHECK_INT(SERVICE_OK, settings_number(&settings, SETTING_PAGE_SIZE, &number, &error));
  CHECK_INT(0, number); /* nobody has looked */
  CHECK(settings_look(&settings));
  CHECK_INT(SERVICE_OK, settings_number(&settings, SETTING_PAGE_SIZE, &number, &error));
  CHECK_INT(250, number);
  CHECK_INT(SERVICE_OK, settings_set(&settings, SETTING_PAGE_SIZE, "7", &error));
  CHECK_INT(SERVICE_OK, settings_number(&settings, SETTING_PAGE_SIZE, &number, &error));
  CHECK_INT(7, number);
  CHECK_INT(SERVICE_OK, settings_set(&settings, SETTING_PAGE_SIZE, NULL, &error));
  unit_case("thousandths");
  CHECK_INT(SERVICE_OK, settings_number(&settings, SETTING_RATE, &number, &error));
  CHECK_INT(0, number);
  CHECK_INT(SERVICE_OK, settings_set(&settings, SETTING_RATE, "0.67", &error));
  CHECK_INT(SERVICE_OK, settings_number(&settings, SETTING_RATE, &number, &error));
  CHECK_INT(670, number);
  CHECK_INT(SERVICE_OK, settings_set(&settings, SETTING_RATE, "00200", &error));
  CHECK_INT(SERVICE_OK, settings_number(&settings, SETTING_RATE, &number, &error));
  CHECK_INT(200000, number);
  setenv("SWR_PAGE_SIZE", "many", 1);
  CHECK(settings_look(&settings));
  CHECK_INT(SERVICE_FAILED, settings_number(&settings, SETTING_PAGE_SIZE, &number, &error));
  CHECK_HAS(error.message, "SWR_PAGE_SIZE");
  CHECK_HAS(error.message, "from 1 to 1000");
  CHECK_HAS(error.message, "many");
  settings_free(&settings);
  unit_clear_environment();
}

/* A password may stand in an endpoint that is refused for it. */
static void check_password_in_url(void) {
  static const char *const urls[] = {
      "https://user:quietword@swr.example", "http://user:quietword@swr.example",
      "http://user:quietword@127.0.0.1", "user:quietword@swr.example",
      "https://swr.example/?X-Auth-Token=quietword"};

  for (size_t i = 0; i < COUNT_OF(urls); i++) {
    struct settings settings;
    struct service_error error = {.message = ""};
    const char *value;
    unit_case("%s", urls[i]);
    settings_init(&settings);
    CHECK_INT(SERVICE_FAILED, settings_set(&settings, SETTING_ENDPOINT, urls[i], &error));
    CHECK_LACKS(error.message, "quietword");
    setenv("SWR_ENDPOINT", urls[i], 1);
    CHECK(settings_look(&settings));
    CHECK_INT(SERVICE_FAILED, settings_checked_text(&settings, SETTING_ENDPOINT, &value, &error));
    CHECK_LACKS(error.message, "quietword");
    settings_free(&settings);
    unit_clear_environment();
  }
}

/* What is so by itself may be set, too. */
static void check_automatic(void) {
  static const enum setting automatic[] = {SETTING_PROGRESS, SETTING_AGENCY, SETTING_PAGE_SIZE};

  for (size_t i = 0; i < COUNT_OF(automatic); i++) {
    struct service_error error = {.message = ""};
    struct settings settings;
    unit_case("%s is auto", setting_name(automatic[i]));
    settings_init(&settings);
    CHECK_INT(SERVICE_OK, settings_set(&settings, automatic[i], "auto", &error));
    CHECK_TEXT("auto", settings_text(&settings, automatic[i]));
    settings_free(&settings);
  }
}

void settings_test(void) {
  check_automatic();
  check_distance();
  check_names();
  check_nearest();
  check_sources();
  check_wrong();
  check_lengths();
  check_numbers();
  check_password_in_url();
}
