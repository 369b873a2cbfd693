/*
** Tests of ext/account/access: to whom credentials go where SQL names a host.
*/
#include <stdlib.h>
#include <string.h>

#include "account/access.h"
#include "fixture.h"
#include "unit.h"

#define OWN "HUAWEICLOUD_SDK_REGION_SWR_XX_TEST_1=https://one.example"

/* What SQL has set of the endpoint, and where the credentials come from: who gets them. */
static void check_destinations(void) {
  static const struct {
    const char *endpoint; /* of the session; NULL: none */
    const char *cloud;    /* likewise */
    bool own_token;       /* set in the session too */
    bool sent;
  } cases[] = {
      {NULL, NULL, false, true},
      {"https://evil.example", NULL, false, false},
      {"https://evil.example", NULL, true, true},
      {"https://127.0.0.1:1", NULL, false, true},
      {"https://swr-api.x.myhuaweicloud.com", NULL, false, true},
      {NULL, "evil.example", false, false},
      {NULL, "evil.example", true, true},
      {NULL, "myhuaweicloud.eu", false, true},
  };
  static const char *const of_token[] = {"HW_REGION_NAME=x", "HW_AUTH_TOKEN=quietword", NULL};
  static const char *const of_keys[] = {"HW_REGION_NAME=x", "OS_ACCESS_KEY=quietword",
                                        "OS_SECRET_KEY=quietword", NULL};

  for (size_t i = 0; i < 2 * COUNT_OF(cases); i++) {
    size_t which = i / 2;
    struct settings settings;
    struct access *access;
    struct service_error error = {.message = ""};
    unit_case("destination %zu, %s", which, i % 2 ? "keys" : "token");
    settings_init(&settings);
    unit_set_environment(i % 2 ? of_keys : of_token);
    settings_set(&settings, SETTING_ENDPOINT, cases[which].endpoint, &error);
    settings_set(&settings, SETTING_CLOUD, cases[which].cloud, &error);
    settings_set(&settings, SETTING_TOKEN, cases[which].own_token ? "own" : NULL, &error);
    CHECK_INT(cases[which].sent ? SERVICE_OK : SERVICE_FAILED,
              fixture_resolve(&access, &settings, &error));
    CHECK_INT(cases[which].sent, access != NULL);
    if (!cases[which].sent) {
      CHECK_HAS(error.message, "evil.example");
      CHECK_HAS(error.message, i % 2 ? "OS_ACCESS_KEY" : "HW_AUTH_TOKEN");
      CHECK_LACKS(error.message, "quietword");
    }
    access_release(access);
    settings_free(&settings);
  }
}

/* The same of IAM's address and a password, and of regions that a query names. */
static const struct {
  const char *environment[3]; /* beside the region and the login */
  const char *auth_url;       /* of the session; NULL: none */
  const char *cloud;          /* likewise */
  bool own_password;          /* set in the session too */
  bool sent;                  /* to the region that is set */
  bool sent_elsewhere;        /* to another one */
  const char *says;
} password_cases[] = {
    {{NULL}, NULL, NULL, false, true, true, NULL},
    {{"HW_AUTH_URL=https://iam.example"}, NULL, NULL, false, true, true, NULL},
    {{"HW_CLOUD=example.org"}, NULL, NULL, false, true, true, NULL},
    {{NULL}, "https://evil.example", NULL, false, false, false, "address of IAM"},
    {{NULL}, "https://evil.example", NULL, true, true, true, NULL},
    {{NULL}, "https://127.0.0.1:1", NULL, false, true, true, NULL},
    {{NULL}, "iam.y.myhuaweicloud.com", NULL, false, true, true, NULL},
    {{NULL}, NULL, "evil.example", false, false, false, "endpoint"},
    {{NULL}, NULL, "evil.example", true, true, true, NULL},
    {{NULL}, NULL, "myhuaweicloud.eu", false, true, true, NULL},
    /* What is made from the cloud is IAM's address alone, */
    {{"SWR_ENDPOINT=https://a.example", OWN},
     NULL,
     "evil.example",
     false,
     false,
     false,
     "address of IAM"},
    /* the endpoint alone, */
    {{"HW_AUTH_URL=https://iam.example"}, NULL, "evil.example", false, false, false, "endpoint"},
    /* or nothing, but for regions that no variable is for. */
    {{"HW_AUTH_URL=https://iam.example", "HUAWEICLOUD_SDK_REGION_SWR_X=https://a.example"},
     NULL,
     "evil.example",
     false,
     true,
     false,
     "endpoint"},
    {{"HW_AUTH_URL=https://iam.example", "SWR_ENDPOINT=https://a.example", OWN},
     NULL,
     "evil.example",
     false,
     true,
     true,
     NULL},
};

static void check_password_destinations(void) {
  static const char *const password[] = {"HW_REGION_NAME=x", "HW_USER_NAME=alice",
                                         "HW_USER_PASSWORD=quietword", "HW_DOMAIN_NAME=acme"};

  for (size_t i = 0; i < COUNT_OF(password_cases); i++) {
    const char *environment[8] = {NULL};
    struct settings settings;
    struct access *set;
    struct access *access = NULL;
    struct service_error error = {.message = ""};
    unit_case("destination of a password %zu", i);
    memcpy(environment, password, sizeof password);
    memcpy(environment + COUNT_OF(password), password_cases[i].environment,
           sizeof password_cases[i].environment);
    settings_init(&settings);
    unit_set_environment(environment);
    settings_set(&settings, SETTING_AUTH_URL, password_cases[i].auth_url, &error);
    settings_set(&settings, SETTING_CLOUD, password_cases[i].cloud, &error);
    settings_set(&settings, SETTING_USER_PASSWORD, password_cases[i].own_password ? "own" : NULL,
                 &error);
    CHECK_INT(password_cases[i].sent ? SERVICE_OK : SERVICE_FAILED,
              fixture_resolve(&set, &settings, &error));
    if (set) {
      CHECK_TEXT(password_cases[i].own_password ? SOURCE_SESSION : "HW_USER_PASSWORD",
                 set->credentials.sources[0]);
      CHECK_INT(password_cases[i].sent_elsewhere ? SERVICE_OK : SERVICE_FAILED,
                access_for_region(set, "xx-test-1", &access, &error));
    }
    if (access) {
      CHECK_TEXT(set->credentials.sources[0], access->credentials.sources[0]);
      CHECK_TEXT("xx-test-1", access->credentials.login.project_name);
    }
    CHECK_INT(password_cases[i].sent_elsewhere, access != NULL);
    if (password_cases[i].says) {
      CHECK_HAS(error.message, password_cases[i].says);
      CHECK_HAS(error.message, "evil.example");
      CHECK_HAS(error.message, "HW_USER_PASSWORD");
    } else {
      CHECK_TEXT("", error.message);
    }
    CHECK_LACKS(error.message, "quietword");
    access_release(access);
    access_release(set);
    settings_free(&settings);
  }
  unsetenv("HUAWEICLOUD_SDK_REGION_SWR_X");
}

/*
** Nor does a key go where SQL has moved the cloud, when no region is set and the query names one.
*/
static void check_destination_of_regions(void) {
  static const char *const environment[] = {"HW_ACCESS_KEY=key", "HW_SECRET_KEY=quietword", NULL};
  struct settings settings;
  struct access *set;
  struct access *access;
  struct service_error error = {.message = ""};

  unit_case("a region that the query names, below a cloud of the session");
  settings_init(&settings);
  unit_set_environment(environment);
  CHECK_INT(SERVICE_OK, settings_set(&settings, SETTING_CLOUD, "evil.example", &error));
  CHECK_INT(SERVICE_OK, fixture_resolve(&set, &settings, &error));
  CHECK_INT(SERVICE_FAILED, access_for_region(set, "cn-east-3", &access, &error));
  CHECK(!access);
  CHECK_HAS(error.message, "https://swr-api.cn-east-3.evil.example was set by SQL");
  CHECK_HAS(error.message, "HW_ACCESS_KEY");
  CHECK_LACKS(error.message, "quietword");
  access_release(set);
  settings_free(&settings);
}

/* Where no region is set, what a list of a project lacks is said without one. */
static void check_project(void) {
  static const struct access none = {.references = 1};
  static const struct access some = {.references = 1, .region = "xx-test-1"};
  static const struct access known = {.references = 1, .project = "0123"};
  struct service_error error = {"", 0};

  unit_case("project");
  CHECK_INT(SERVICE_FAILED, access_project(&none, &error));
  CHECK_LACKS(error.message, "region '");
  CHECK_INT(0, strncmp(error.message, "the id of the project is not known", 34));
  CHECK_INT(SERVICE_FAILED, access_project(&some, &error));
  CHECK_HAS(error.message, "region 'xx-test-1': the id of the project");
  CHECK_INT(SERVICE_OK, access_project(&known, &error));
}

/* A cloud alone that SQL names is no place to send a password to. */
static void check_cloud_alone(void) {
  static const char *const environment[] = {"HW_USER_NAME=alice", "HW_USER_PASSWORD=quiet",
                                            "HW_DOMAIN_NAME=acme", NULL};
  struct settings settings;
  struct access *access;
  struct service_error error = {"", 0};
  char address[IAM_URL_MAX];

  unit_case("a cloud alone");
  settings_init(&settings);
  unit_set_environment(environment);
  CHECK_INT(SERVICE_OK, settings_set(&settings, SETTING_CLOUD, "example.org", &error));
  CHECK_INT(SERVICE_OK, fixture_resolve(&access, &settings, &error));
  if (access) CHECK_TEXT("", access->credentials.login.auth_url);
  access_release(access);
  settings_free(&settings);
  unit_case("an address that is none");
  CHECK_INT(SERVICE_FAILED, iam_login_address("a b", "example.org", address, &error));
  CHECK_HAS(error.message, "the address of IAM made from region and cloud is no URL");
}

/* Whatever may not be shown is told to those who look for it in texts. */
static void check_secrets(void) {
  char words[5][8] = {"token", "access", "secret", "session", "word"};
  const struct credentials credentials = {.token = words[0],
                                          .access_key = words[1],
                                          .secret_key = words[2],
                                          .security_token = words[3],
                                          .login = {.user_password = words[4]}};
  struct secrets secrets = {{NULL}, 0};

  unit_case("secrets");
  credentials_secrets(&credentials, &secrets);
  CHECK_INT(COUNT_OF(words), secrets.count);
  for (size_t i = 0; i < secrets.count; i++) CHECK_TEXT(words[i], secrets.texts[i]);
}

void destination_test(void) {
  check_secrets();
  check_project();
  check_cloud_alone();
  check_destinations();
  check_password_destinations();
  check_destination_of_regions();
}
