/*
** Tests of the files that credentials are read from: what that of the SDKs may hold, and what the
** kernel may say of a file of secrets.
*/
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account/access.h"
#include "account/secret_file.h"
#include "fixture.h"
#include "refusal.h"
#include "unit.h"

/* The file of the SDKs; `content` is taken as it is. */
static void check_key_file(const char *home, const char *content, const char *access_key,
                           const char *says) {
  struct settings settings;
  struct access *access;
  struct service_error error = {"", 0};
  char path[400];
  FILE *file;

  unit_case("a file of keys: %s", content);
  snprintf(path, sizeof path, "%s/.huaweicloud/credentials", home);
  file = fopen(path, "w");
  CHECK(file);
  if (!file) return;
  CHECK(fputs(content, file) >= 0);
  fclose(file);
  CHECK(!chmod(path, 0600));
  settings_init(&settings);
  CHECK_INT(says ? SERVICE_FAILED : SERVICE_OK, fixture_resolve(&access, &settings, &error));
  CHECK_TEXT(access_key, access ? access->credentials.access_key : NULL);
  if (says) CHECK_HAS(error.message, says);
  CHECK_LACKS(error.message, "quiet");
  access_release(access);
  unlink(path);
}

static void check_key_files(void) {
  static const struct {
    const char *content;
    const char *access_key;
    const char *says;
  } cases[] = {
      {"[basic]\n# a comment = 1\n; another = 2\n\t ak\t=\tkey \nsk = quiet\n", "key", NULL},
      {"[other]\nak = key\nsk = quiet\n", NULL, "no credentials"},
      {"[basic]\nak = key\nsk = quiet\nsecurity_token =\n", "key", NULL},
      {"[basic]\nak =\nsk = quiet\n", NULL, "a secret key, but no access key"},
      {"[basic]\nak = key\nsk = quiet word\n", NULL,
       "takes visible ASCII characters without spaces"},
      {"[basic]\nak = k y\nsk = quiet\n", NULL, "takes visible ASCII characters without spaces"},
      {"[basic]\nak = key\nsk = quiet\nsecurity_token = quiet t\n", NULL,
       "takes visible ASCII characters without spaces"},
      {"[basic]\nak = key\nsk = quiet\nsecurity_token = quiet\n", "key", NULL},
  };
  const char *folder = getenv("TMPDIR");
  char home[200];
  char path[1200];

  snprintf(home, sizeof home, "%s/swr-unit-XXXXXX", folder ? folder : P_tmpdir);
  if (!CHECK(mkdtemp(home))) return;
  snprintf(path, sizeof path, "%s/.huaweicloud", home);
  CHECK(!mkdir(path, 0700));
  unit_clear_environment();
  setenv("SWR_ENDPOINT", "https://a", 1);
  setenv("HOME", home, 1);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    check_key_file(home, cases[i].content, cases[i].access_key, cases[i].says);
  }
  rmdir(path);
  rmdir(home);
  unit_case("a folder whose name is too long has no file");
  memset(path, 'x', sizeof path - 1);
  path[0] = '/';
  path[sizeof path - 1] = '\0';
  setenv("HOME", path, 1);
  {
    struct settings settings;
    struct access *access;
    struct service_error error = {"", 0};
    settings_init(&settings);
    CHECK_INT(SERVICE_FAILED, fixture_resolve(&access, &settings, &error));
    CHECK_HAS(error.message, "no credentials");
  }
  unit_clear_environment();
}

/* What a file of secrets says when it is read, the kernel says. */
static void check_file_faults(void) {
  const char *folder = getenv("TMPDIR");
  struct secret_file file;
  char path[200];
  int descriptor;

  CHECK(snprintf(path, sizeof path, "%s/swr-unit-XXXXXX", folder ? folder : P_tmpdir) > 0);
  descriptor = mkstemp(path);
  CHECK(descriptor >= 0);
  if (descriptor < 0) return;
  CHECK_INT(5, write(descriptor, "quiet", 5));
  close(descriptor);
  unit_case("a read that a signal interrupts is made again");
  refusal_begin("read", 1, false, EINTR);
  CHECK_INT(SERVICE_OK, secret_file_read(&file, path));
  CHECK_INT(1, refusal_stop());
  CHECK_INT(FILE_OPEN, file.status);
  CHECK_TEXT("quiet", file.content);
  secret_file_free(&file);
  unit_case("a disk that does not give it");
  refusal_begin("read", 1, false, EIO);
  CHECK_INT(SERVICE_OK, secret_file_read(&file, path));
  CHECK_INT(1, refusal_stop());
  CHECK_INT(FILE_UNFIT, file.status);
  CHECK_TEXT(strerror(EIO), file.problem);
  secret_file_free(&file);
  unit_case("a file of somebody else");
  refusal_begin("open", 1, false, EACCES);
  CHECK_INT(SERVICE_OK, secret_file_read(&file, path));
  CHECK_INT(1, refusal_stop());
  CHECK_INT(FILE_ABSENT, file.status);
  CHECK_TEXT(strerror(EACCES), file.problem);
  unit_case("a file of which nothing is told");
  refusal_begin("fstat", 1, false, EIO);
  CHECK_INT(SERVICE_OK, secret_file_read(&file, path));
  CHECK_INT(1, refusal_stop());
  CHECK_INT(FILE_UNFIT, file.status);
  CHECK_TEXT(strerror(EIO), file.problem);
  secret_file_free(&file);
  unlink(path);
  unit_case("names of no file");
  CHECK_INT(SERVICE_OK, secret_file_read(&file, "/dev/null/x"));
  CHECK_INT(FILE_ABSENT, file.status);
  CHECK_INT(SERVICE_OK, secret_file_read(&file, "/nowhere/x"));
  CHECK_INT(FILE_ABSENT, file.status);
  {
    char name[400];
    memset(name, 'x', sizeof name - 1);
    name[0] = '/';
    name[sizeof name - 1] = '\0';
    CHECK_INT(SERVICE_OK, secret_file_read(&file, name)); /* longer than a name can be */
    CHECK_INT(FILE_UNFIT, file.status);
    CHECK_TEXT(strerror(ENAMETOOLONG), file.problem);
  }
}

/* What SQL has named goes before the environment: a profile, and a token beside it. */
static void check_exclusive(void) {
  static const char *const environment[] = {"SWR_ENDPOINT=https://a", "HW_AUTH_TOKEN=quiet", NULL};
  struct settings settings;
  struct access *access;
  struct service_error error = {.message = ""};

  settings_init(&settings);
  unit_set_environment(environment);
  unit_case("a profile of the session, and a token of the environment");
  CHECK_INT(SERVICE_OK, settings_set(&settings, SETTING_PROFILE, "none", &error));
  CHECK_INT(SERVICE_FAILED, fixture_resolve(&access, &settings, &error));
  CHECK_HAS(error.message, "profile 'none'");
  unit_case("a profile and a token of the session");
  CHECK_INT(SERVICE_OK, settings_set(&settings, SETTING_TOKEN, "loud", &error));
  CHECK_INT(SERVICE_OK, fixture_resolve(&access, &settings, &error));
  CHECK_TEXT("loud", access ? access->credentials.token : NULL);
  access_release(access);
  settings_free(&settings);
  unit_case("a profile that no file can have");
  settings_init(&settings);
  unsetenv("HW_AUTH_TOKEN");
  setenv("HW_PROFILE", "a\nb", 1);
  CHECK_INT(SERVICE_FAILED, fixture_resolve(&access, &settings, &error));
  CHECK_HAS(error.message, "HW_PROFILE");
  settings_free(&settings);
  unsetenv("HW_PROFILE");
}

void secret_file_test(void) {
  check_exclusive();
  unit_clear_environment();
  check_key_files();
  if (REFUSES_SYSTEM) check_file_faults();
}
