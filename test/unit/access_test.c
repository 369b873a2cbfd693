/*
** Tests of ext/account/access: which endpoint and which token a statement uses.
*/
#include "account/access.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocation.h"
#include "fixture.h"
#include "unit.h"

#define REGION_VARIABLE "HUAWEICLOUD_SDK_REGION_SWR_XX_TEST_1"

static char token_file[200];

static void write_token_file(const char *bytes, size_t size) {
  FILE *file = fopen(token_file, "w");

  CHECK(file != NULL);
  if (!file) return;
  CHECK_INT(size, fwrite(bytes, 1, size, file));
  fclose(file);
}

static const struct {
  const char *environment[4];
  const char *url; /* NULL: refused */
  const char *region;
  const char *says;
} endpoint_cases[] = {
    {{"HW_AUTH_TOKEN=t", "SWR_ENDPOINT=https://swr.example/"}, "https://swr.example", "", NULL},
    {{"HW_AUTH_TOKEN=t", "SWR_ENDPOINT=https://swr.example/", "HW_REGION_NAME=xx-test-1"},
     "https://swr.example",
     "xx-test-1",
     NULL},
    {{"HW_AUTH_TOKEN=t", "HW_REGION_NAME=cn-north-4"},
     "https://swr-api.cn-north-4.myhuaweicloud.com",
     "cn-north-4",
     NULL},
    {{"HW_AUTH_TOKEN=t", "OS_REGION_NAME=eu-west-101"},
     "https://swr-api.eu-west-101.myhuaweicloud.eu",
     "eu-west-101",
     NULL},
    {{"HW_AUTH_TOKEN=t", "OS_REGION_NAME=eu-west-0"},
     "https://swr-api.eu-west-0.myhuaweicloud.com",
     "eu-west-0",
     NULL},
    {{"HW_AUTH_TOKEN=t", "HW_REGION_NAME=eu-west-101", "HW_CLOUD=example.org"},
     "https://swr-api.eu-west-101.example.org",
     "eu-west-101",
     NULL},
    {{"HW_AUTH_TOKEN=t", "HW_REGION_NAME=xx-test-1", REGION_VARIABLE "=https://one.example"},
     "https://one.example",
     "xx-test-1",
     NULL},
    {{"HW_AUTH_TOKEN=t", "HW_REGION_NAME=xx-test-1",
      REGION_VARIABLE "=one.example,https://two.example"},
     "https://one.example",
     "xx-test-1",
     NULL},
    {{"HW_AUTH_TOKEN=t", "HW_REGION_NAME=xx-test-1", REGION_VARIABLE "=http://one.example"},
     NULL,
     NULL,
     REGION_VARIABLE},
    {{"HW_AUTH_TOKEN=t", "HW_REGION_NAME=xx-test-1", REGION_VARIABLE "=,https://two.example"},
     NULL,
     NULL,
     REGION_VARIABLE},
    {{"HW_AUTH_TOKEN=t", "HW_REGION_NAME=Not Good"}, NULL, NULL, "region"},
    {{"HW_AUTH_TOKEN=t", "HW_REGION_NAME=x", "HW_CLOUD=/"}, NULL, NULL, "HW_CLOUD"},
    {{"HW_AUTH_TOKEN=t", "HW_CLOUD=/"}, NULL, NULL, "HW_CLOUD"},
    {{"HW_AUTH_TOKEN=t", "SWR_ENDPOINT=http://swr.example"}, NULL, NULL, "SWR_ENDPOINT"},
    {{"HW_AUTH_TOKEN=t", "SWR_ENDPOINT=https://a", "SWR_PAGE_SIZE=0"}, NULL, NULL, "SWR_PAGE_SIZE"},
    {{"HW_AUTH_TOKEN=t", "SWR_ENDPOINT=https://a", "SWR_DEADLINE=x"}, NULL, NULL, "SWR_DEADLINE"},
    {{"SWR_ENDPOINT=https://a"}, NULL, NULL, "SWR_TOKEN_FILE"},
    {{"SWR_ENDPOINT=https://a"}, NULL, NULL, "OS_AUTH_TOKEN"},
};

static void check_endpoints(void) {
  for (size_t i = 0; i < COUNT_OF(endpoint_cases); i++) {
    struct settings settings;
    struct access *access;
    struct service_error error = {.message = ""};
    enum service_status status;
    unit_case("case %zu: %s", i,
              endpoint_cases[i].url ? endpoint_cases[i].url : endpoint_cases[i].says);
    settings_init(&settings);
    unit_set_environment(endpoint_cases[i].environment);
    status = fixture_resolve(&access, &settings, &error);
    CHECK_INT(endpoint_cases[i].url ? SERVICE_OK : SERVICE_FAILED, status);
    if (endpoint_cases[i].url && access) {
      CHECK_TEXT(endpoint_cases[i].url, access->base_url);
      CHECK_TEXT(endpoint_cases[i].region, access->region);
      CHECK_TEXT("t", access->credentials.token);
    } else {
      CHECK_HAS(error.message, endpoint_cases[i].says);
      CHECK(!access);
    }
    access_release(access);
  }
}

#define LOGIN "HW_USER_NAME=alice", "HW_USER_PASSWORD=quiet", "HW_DOMAIN_NAME=acme"

static const struct {
  const char *environment[7];
  const char *auth_url; /* NULL: refused */
  const char *project;
  const char *says;
} login_cases[] = {
    {{LOGIN, "HW_REGION_NAME=cn-north-4"},
     "https://iam.cn-north-4.myhuaweicloud.com/v3",
     "cn-north-4",
     NULL},
    {{LOGIN, "HW_REGION_NAME=eu-west-101"},
     "https://iam.eu-west-101.myhuaweicloud.eu/v3",
     "eu-west-101",
     NULL},
    {{LOGIN, "HW_REGION_NAME=x", "HW_CLOUD=example.org"},
     "https://iam.x.example.org/v3",
     "x",
     NULL},
    {{LOGIN, "HW_REGION_NAME=x", "HW_PROJECT_NAME=p"},
     "https://iam.x.myhuaweicloud.com/v3",
     "p",
     NULL},
    {{LOGIN, "HW_REGION_NAME=x", "HW_AUTH_URL=https://iam.example/"},
     "https://iam.example/v3",
     "x",
     NULL},
    {{LOGIN, "SWR_ENDPOINT=https://a", "HW_PROJECT_NAME=p", "HW_AUTH_URL=iam.example/identity/v3"},
     "https://iam.example/identity/v3",
     "p",
     NULL},
    {{LOGIN, "SWR_ENDPOINT=https://a", "HW_AUTH_URL=https://iam.example"},
     NULL,
     NULL,
     "project_name"},
    {{LOGIN, "SWR_ENDPOINT=https://a", "HW_PROJECT_NAME=p"}, NULL, NULL, "auth_url"},
    {{LOGIN, "SWR_ENDPOINT=https://a", "HW_REGION_NAME=x", "HW_CLOUD=/"}, NULL, NULL, "HW_CLOUD"},
    {{"HW_REGION_NAME=x", "HW_USER_NAME=alice"}, NULL, NULL, "user_password"},
    {{"HW_REGION_NAME=x", "HW_USER_NAME=alice", "HW_USER_PASSWORD=quiet"},
     NULL,
     NULL,
     "domain_name"},
    {{"HW_REGION_NAME=x", "OS_PASSWORD=quiet", "OS_DOMAIN_NAME=acme"}, NULL, NULL, "user_name"},
    {{"HW_REGION_NAME=x", "HW_USER_NAME=alice", "OS_PASSWORD=quiet", "OS_DOMAIN_NAME=acme"},
     NULL,
     NULL,
     "HW_USER_NAME"},
    {{LOGIN, "HW_REGION_NAME=x", "OS_AUTH_URL=https://iam.example"}, NULL, NULL, "OS_AUTH_URL"},
};

static void check_logins(void) {
  for (size_t i = 0; i < COUNT_OF(login_cases); i++) {
    struct settings settings;
    struct access *access;
    struct service_error error = {.message = ""};
    unit_case("login %zu: %s", i,
              login_cases[i].auth_url ? login_cases[i].auth_url : login_cases[i].says);
    settings_init(&settings);
    unit_set_environment(login_cases[i].environment);
    CHECK_INT(login_cases[i].auth_url ? SERVICE_OK : SERVICE_FAILED,
              fixture_resolve(&access, &settings, &error));
    CHECK_LACKS(error.message, "quiet");
    if (login_cases[i].auth_url && access) {
      const struct iam_login *login = &access->credentials.login;
      CHECK_TEXT(login_cases[i].auth_url, login->auth_url);
      CHECK_TEXT(login_cases[i].project, login->project_name);
      CHECK_TEXT("alice", login->user_name);
      CHECK_TEXT("quiet", login->user_password);
      CHECK_TEXT("acme", login->domain_name);
      CHECK(!access->credentials.token);
    } else {
      CHECK_HAS(error.message, login_cases[i].says ? login_cases[i].says : "");
      CHECK(!access);
    }
    access_release(access);
  }
}

#define KEYS "HW_ACCESS_KEY=key", "HW_SECRET_KEY=quietword"
#define TOKEN "HW_AUTH_TOKEN=quietword"
#define CN "HW_REGION_NAME=cn-north-4"
#define OWN "HUAWEICLOUD_SDK_REGION_SWR_XX_TEST_1=https://one.example"

/* How another region than the one that is set is asked, if it is. */
static const struct {
  const char *environment[6];
  const char *region;
  const char *url;     /* NULL: refused */
  const char *says[3]; /* the message, then */
} region_cases[] = {
    {{KEYS, CN}, "cn-north-4", "https://swr-api.cn-north-4.myhuaweicloud.com", {NULL}},
    {{KEYS, CN}, "cn-east-3", "https://swr-api.cn-east-3.myhuaweicloud.com", {NULL}},
    {{KEYS, CN}, "eu-west-101", "https://swr-api.eu-west-101.myhuaweicloud.eu", {NULL}},
    {{KEYS, CN, "HW_CLOUD=example.org"},
     "eu-west-101",
     "https://swr-api.eu-west-101.example.org",
     {NULL}},
    {{KEYS}, "cn-east-3", "https://swr-api.cn-east-3.myhuaweicloud.com", {NULL}},
    {{KEYS, CN, OWN}, "xx-test-1", "https://one.example", {NULL}},
    {{KEYS, CN, OWN}, "xx-test-10", "https://swr-api.xx-test-10.myhuaweicloud.com", {NULL}},
    {{KEYS, CN, "SWR_ENDPOINT=https://a.example", OWN}, "xx-test-1", "https://one.example", {NULL}},
    {{KEYS, CN, "SWR_ENDPOINT=https://a.example", OWN}, "cn-north-4", "https://a.example", {NULL}},
    {{KEYS, "SWR_ENDPOINT=https://a.example"}, "", "https://a.example", {NULL}},
    {{TOKEN, CN}, "cn-north-4", "https://swr-api.cn-north-4.myhuaweicloud.com", {NULL}},
    {{KEYS, CN, "SWR_ENDPOINT=https://a.example"},
     "cn-east-3",
     NULL,
     {"'cn-east-3'", "'cn-north-4'", "in HUAWEICLOUD_SDK_REGION_SWR_CN_EAST_3"}},
    {{KEYS, "SWR_ENDPOINT=https://a.example"},
     "cn-east-3",
     NULL,
     {"'cn-east-3'", "HW_REGION_NAME", "in HUAWEICLOUD_SDK_REGION_SWR_CN_EAST_3"}},
    {{KEYS, CN, OWN}, "xx.test-1", "https://one.example", {NULL}},
    {{KEYS, CN}, "xx{", NULL, {"the endpoint made from region and cloud"}},
    {{KEYS, CN, REGION_VARIABLE "=http://one.example"}, "xx-test-1", NULL, {REGION_VARIABLE}},
    {{TOKEN, CN},
     "cn-east-3",
     NULL,
     {"'cn-east-3'", "'cn-north-4'", "token belongs to one region"}},
    {{TOKEN, CN, OWN}, "xx-test-1", NULL, {"access key"}},
    {{TOKEN, "SWR_ENDPOINT=https://a.example", OWN},
     "xx-test-1",
     NULL,
     {"the endpoint that is set alone", "token", "password"}},
    {{TOKEN}, "cn-north-4", NULL, {"'cn-north-4'", "token", "HW_REGION_NAME"}},
    {{KEYS}, "", NULL, {"HW_REGION_NAME", "SWR_ENDPOINT", "region = "}},
    {{TOKEN}, "", NULL, {"HW_REGION_NAME", "SWR_ENDPOINT", "region = "}},
};

static void check_other_regions(void) {
  for (size_t i = 0; i < COUNT_OF(region_cases); i++) {
    struct settings settings;
    struct access *set = NULL;
    struct access *access;
    struct service_error error = {.message = ""};
    enum service_status status;
    unit_case("region case %zu: '%s'", i, region_cases[i].region);
    settings_init(&settings);
    unit_set_environment(region_cases[i].environment);
    if (!CHECK_INT(SERVICE_OK, fixture_resolve(&set, &settings, &error))) continue;
    status = access_for_region(set, region_cases[i].region, &access, &error);
    CHECK_INT(region_cases[i].url ? SERVICE_OK : SERVICE_FAILED, status);
    if (region_cases[i].url && access) {
      CHECK_TEXT(region_cases[i].url, access->base_url);
      CHECK_TEXT(region_cases[i].region, access->region);
      CHECK_INT(!strcmp(region_cases[i].region, set->region), access == set);
    } else {
      CHECK(!access);
    }
    for (size_t j = 0; j < COUNT_OF(region_cases[i].says) && region_cases[i].says[j]; j++) {
      CHECK_HAS(error.message, region_cases[i].says[j]);
    }
    CHECK_LACKS(error.message, "quietword");
    access_release(access);
    CHECK_INT(1, set->references);
    access_release(set);
  }
}

/* Another region has all that is not of a region, and the same keys; its own life, too. */
static void check_other_values(void) {
  static const char *const environment[] = {CN,
                                            KEYS,
                                            "HW_SECURITY_TOKEN=s",
                                            "SWR_PAGE_SIZE=7",
                                            "SWR_CONCURRENCY=3",
                                            "SWR_TIMEOUT=4",
                                            "SWR_DEADLINE=5",
                                            "SWR_RETRIES=6",
                                            "SSL_CERT_FILE=some.pem",
                                            "SSL_CERT_DIR=a:b",
                                            NULL};
  struct settings settings;
  struct access *set;
  struct access *access;
  struct service_error error;

  unit_case("values of another region");
  settings_init(&settings);
  unit_set_environment(environment);
  CHECK_INT(SERVICE_OK, fixture_resolve(&set, &settings, &error));
  set->accepted = true;
  CHECK_INT(SERVICE_OK, access_for_region(set, "cn-east-3", &access, &error));
  access_release(set);
  CHECK_INT(1, access->references);
  CHECK_INT(7, access->limits.page_size);
  CHECK(!access->limits.grows);
  CHECK_INT(3, access->limits.concurrency);
  CHECK_INT(4, access->limits.timeout);
  CHECK_INT(5, access->limits.deadline);
  CHECK_INT(6, access->limits.retries);
  CHECK_TEXT("some.pem", access->ca_file);
  CHECK_TEXT("a:b", access->ca_directory);
  CHECK_TEXT("key", access->credentials.access_key);
  CHECK_TEXT("quietword", access->credentials.secret_key);
  CHECK_TEXT("s", access->credentials.security_token);
  CHECK_TEXT(NULL, access->credentials.token);
  CHECK(!access->accepted);
  access_release(access);
}

static void check_other_faults(const char *const *environment) {
  struct settings settings;
  struct access *set;
  struct access *access;
  struct service_error error;
  long refused = 1;

  settings_init(&settings);
  unit_set_environment(environment);
  CHECK_INT(SERVICE_OK, fixture_resolve(&set, &settings, &error));
  for (long nth = 1; refused > 0; nth++) {
    enum service_status status;
    unit_case("another region, allocation %ld", nth);
    allocation_fail_at(nth, false);
    status = access_for_region(set, "cn-east-3", &access, &error);
    refused = allocation_stop();
    CHECK_INT(refused ? SERVICE_NO_MEMORY : SERVICE_OK, status);
    CHECK_INT(refused == 0, access != NULL);
    access_release(access);
  }
  access_release(set);
}

static void check_values(void) {
  static const char *const environment[] = {"SWR_ENDPOINT=https://a", "HW_AUTH_TOKEN=t",
                                            "SWR_RETRIES=0", "SWR_CA_FILE=some.pem", NULL};
  struct settings settings;
  struct access *access;
  struct access *next;
  struct service_error error;

  unit_case("values");
  settings_init(&settings);
  unit_set_environment(environment);
  CHECK_INT(SERVICE_OK, fixture_resolve(&access, &settings, &error));
  CHECK_INT(100, access->limits.page_size);
  CHECK(access->limits.grows);
  CHECK_INT(8, access->limits.concurrency);
  CHECK_INT(30, access->limits.timeout);
  CHECK_INT(120, access->limits.deadline);
  CHECK_INT(0, access->limits.retries);
  CHECK_TEXT("some.pem", access->ca_file);
  unit_case("a failure leaves nothing, and what was made before as it was");
  setenv("SWR_TIMEOUT", "soon", 1);
  setenv("HW_AUTH_TOKEN", "u", 1);
  next = access;
  CHECK_INT(SERVICE_FAILED, fixture_resolve(&next, &settings, &error));
  CHECK(!next);
  CHECK_TEXT("t", access->credentials.token);
  CHECK_TEXT("https://a", access->base_url);
  unsetenv("SWR_TIMEOUT");
  unsetenv("SWR_CA_FILE");
  CHECK_INT(SERVICE_OK, fixture_resolve(&next, &settings, &error));
  CHECK_TEXT("u", next->credentials.token);
  CHECK(!next->ca_file);
  CHECK(!next->ca_directory);
  CHECK_TEXT("t", access->credentials.token);
  CHECK_TEXT("some.pem", access->ca_file);
  access_release(next);
  unit_case("references");
  CHECK_INT(1, access->references);
  CHECK(access_retain(access) == access);
  CHECK_INT(2, access->references);
  access_release(access);
  CHECK_TEXT("t", access->credentials.token);
  access_release(access);
  access_release(NULL);
}

static void check_token_files(void) {
  static const struct {
    const char *bytes;
    size_t size;
    const char *token; /* NULL: refused */
  } cases[] = {
      {"quiet", 5, "quiet"},
      {"quiet\n", 6, "quiet"},
      {" \t\r\nquiet \r\n", 12, "quiet"},
      {"", 0, NULL},
      {"\n", 1, NULL},
      {"quiet word", 10, NULL},
      {"quiet\nword\n", 11, NULL},
      {"quiet\0word", 10, NULL},
      {"quiet\x01", 6, NULL},
      {"quiet\xc3\xa9", 7, NULL},
  };
  struct settings settings;

  settings_init(&settings);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct access *access;
    struct service_error error = {.message = ""};
    unit_case("token file %zu", i);
    write_token_file(cases[i].bytes, cases[i].size);
    CHECK_INT(cases[i].token ? SERVICE_OK : SERVICE_FAILED,
              fixture_resolve(&access, &settings, &error));
    CHECK_TEXT(cases[i].token, access ? access->credentials.token : NULL);
    CHECK_LACKS(error.message, "quiet");
    if (!cases[i].token) CHECK_HAS(error.message, "SWR_TOKEN_FILE");
    access_release(access);
  }
}

/* Tokens about the largest that is read: one beyond it is refused, and not used in part. */
static void check_long_token_file(void) {
  static char bytes[70000];
  static const struct {
    size_t size;
    bool right;
  } cases[] = {{32768, true}, {65536, true}, {65537, false}, {sizeof bytes, false}};
  struct settings settings;

  settings_init(&settings);
  memset(bytes, 'q', sizeof bytes);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct access *access;
    struct service_error error = {.message = ""};
    unit_case("a token of %zu bytes", cases[i].size);
    write_token_file(bytes, cases[i].size);
    CHECK_INT(cases[i].right ? SERVICE_OK : SERVICE_FAILED,
              fixture_resolve(&access, &settings, &error));
    CHECK_INT(cases[i].right ? cases[i].size : 0, access ? strlen(access->credentials.token) : 0);
    access_release(access);
  }
}

/* The token that the settings give now; NULL if there is none. Valid until the next call. */
static const char *token_now(struct settings *settings, struct service_error *error) {
  static char token[20];
  struct access *access;
  enum service_status status = fixture_resolve(&access, settings, error);

  CHECK_INT(status == SERVICE_OK, access != NULL);
  if (!access) return NULL;
  snprintf(token, sizeof token, "%s", access->credentials.token);
  access_release(access);
  return token;
}

static void check_token_sources(void) {
  struct settings settings;
  struct service_error error = {.message = ""};

  settings_init(&settings);
  unit_case("the file is read anew, and a token set by itself wins");
  write_token_file("one", 3);
  CHECK_TEXT("one", token_now(&settings, &error));
  write_token_file("two", 3);
  CHECK_TEXT("two", token_now(&settings, &error));
  setenv("OS_AUTH_TOKEN", "three", 1);
  CHECK_TEXT("three", token_now(&settings, &error));
  unsetenv("OS_AUTH_TOKEN");
  unit_case("no such file");
  unlink(token_file);
  CHECK_TEXT(NULL, token_now(&settings, &error));
  CHECK_HAS(error.message, "SWR_TOKEN_FILE");
}

/* An endpoint that does not fit is refused, and not used in part. */
static void check_long_endpoint(void) {
  char url[700];
  struct settings settings;
  struct access *access;
  struct service_error error = {.message = ""};

  unit_case("a long endpoint for the region");
  settings_init(&settings);
  memset(url, 'a', sizeof url);
  memcpy(url, "https://one.example/", 20);
  url[sizeof url - 1] = '\0';
  unit_clear_environment();
  setenv("HW_AUTH_TOKEN", "t", 1);
  setenv("HW_REGION_NAME", "xx-test-1", 1);
  setenv(REGION_VARIABLE, url, 1);
  CHECK_INT(SERVICE_FAILED, fixture_resolve(&access, &settings, &error));
  CHECK(!access);
  CHECK_HAS(error.message, REGION_VARIABLE);
  unit_case("a password in the endpoint for the region");
  setenv(REGION_VARIABLE, "https://user:quietword@one.example", 1);
  CHECK_INT(SERVICE_FAILED, fixture_resolve(&access, &settings, &error));
  CHECK_LACKS(error.message, "quietword");
  CHECK(!access);
}

/* The cloud is that of IAM in other regions too, where an endpoint is set for the one that is. */
static void check_cloud_beside_endpoint(void) {
  static const char *const environment[] = {
      LOGIN, CN, "SWR_ENDPOINT=https://a.example", OWN, "HW_CLOUD=example.org", NULL};
  struct settings settings;
  struct access *set;
  struct access *access;
  struct service_error error = {.message = ""};

  unit_case("cloud and endpoint");
  settings_init(&settings);
  unit_set_environment(environment);
  CHECK_INT(SERVICE_OK, fixture_resolve(&set, &settings, &error));
  CHECK_TEXT("https://iam.cn-north-4.example.org/v3", set->credentials.login.auth_url);
  CHECK_INT(SERVICE_OK, access_for_region(set, "xx-test-1", &access, &error));
  CHECK_TEXT("https://one.example", access->base_url);
  CHECK_TEXT("https://iam.xx-test-1.example.org/v3", access->credentials.login.auth_url);
  access_release(access);
  access_release(set);
}

/* The directory goes with the file that OpenSSL knows, and not with our own. */
static void check_certificates(void) {
  static const struct {
    const char *environment[5];
    const char *session; /* the setting ca_file */
    const char *file;
    const char *directory;
  } cases[] = {
      {{KEYS, "SSL_CERT_DIR=d", NULL}, NULL, NULL, "d"},
      {{KEYS, "SSL_CERT_DIR=d", "SSL_CERT_FILE=f", NULL}, NULL, "f", "d"},
      {{KEYS, "SSL_CERT_DIR=d", "SWR_CA_FILE=f", NULL}, NULL, "f", NULL},
      {{KEYS, "SSL_CERT_DIR=d", NULL}, "s", "s", NULL},
      {{KEYS, "SSL_CERT_DIR=", "SSL_CERT_FILE=f", NULL}, NULL, "f", NULL},
  };
  struct service_error error;

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct settings settings;
    struct access *access;
    unit_case("certificates %d", (int)i);
    settings_init(&settings);
    unit_set_environment(cases[i].environment);
    if (cases[i].session) {
      CHECK_INT(SERVICE_OK, settings_set(&settings, SETTING_CA_FILE, cases[i].session, &error));
    }
    if (CHECK_INT(SERVICE_OK, fixture_resolve(&access, &settings, &error))) {
      CHECK_TEXT(cases[i].file, access->ca_file);
      CHECK_TEXT(cases[i].directory, access->ca_directory);
      access_release(access);
    }
    settings_free(&settings);
  }
}

void access_test(void) {
  check_certificates();
  const char *folder = getenv("TMPDIR");
  int file;

  check_endpoints();
  check_logins();
  check_other_regions();
  check_other_values();
  {
    static const char *const keys[] = {CN, KEYS, "HW_SECURITY_TOKEN=s", "SWR_CA_FILE=some.pem",
                                       NULL};
    static const char *const login[] = {CN, LOGIN, "SSL_CERT_FILE=some.pem", "SSL_CERT_DIR=a",
                                        NULL};
    check_other_faults(keys);
    check_other_faults(login);
  }
  check_values();
  check_cloud_beside_endpoint();
  check_long_endpoint();
  unit_clear_environment();
  snprintf(token_file, sizeof token_file, "%s/swr-unit-XXXXXX", folder ? folder : P_tmpdir);
  file = mkstemp(token_file);
  CHECK(file >= 0);
  if (file < 0) return;
  close(file);
  setenv("SWR_ENDPOINT", "https://a", 1);
  setenv("SWR_TOKEN_FILE", token_file, 1);
  check_token_files();
  check_long_token_file();
  check_token_sources();
  unlink(token_file);
}
