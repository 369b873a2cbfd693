/*
** Fuzz target: the files that credentials are read from, that of the SDKs or one with a token. What
** is taken fits a header and stands in the file; what messages say of the file is not its content.
*/
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account/credentials.h"
#include "account/key_file.h"
#include "harness.h"

#define FOLDER "/.huaweicloud"
#define FILE_NAME FOLDER "/credentials"
#define VALUE_MIN 8 /* bytes of a value that a message must not repeat */

#define HOME_ROOM 32

static char home[HOME_ROOM];
static char path[HOME_ROOM + sizeof FILE_NAME];

static void clean_up(void) {
  char folder[HOME_ROOM + sizeof FOLDER];

  snprintf(folder, sizeof folder, "%s" FOLDER, home);
  unlink(path);
  rmdir(folder);
  rmdir(home);
}

/* In memory if there is such a folder: on a disk, writing takes more time than all the rest. */
static void make_home(void) {
  static const char *const folders[] = {"/dev/shm", "/tmp"};
  bool made = false;

  for (size_t i = 0; i < COUNT_OF(folders) && !made; i++) {
    snprintf(home, sizeof home, "%s/fuzz-home-XXXXXX", folders[i]);
    made = mkdtemp(home) != NULL;
  }
  CHECK(made);
}

/* The file, open for writing; its folder is made once. */
static int open_file(void) {
  static int descriptor = -1;
  char folder[HOME_ROOM + sizeof FOLDER];

  if (descriptor >= 0) return descriptor;
  make_home();
  snprintf(folder, sizeof folder, "%s" FOLDER, home);
  snprintf(path, sizeof path, "%s" FILE_NAME, home);
  CHECK_INT(0, mkdir(folder, 0700));
  descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  CHECK(descriptor >= 0);
  atexit(clean_up);
  setenv("HOME", home, 1);
  return descriptor;
}

static void write_file(const uint8_t *data, size_t size) {
  int descriptor = open_file();

  CHECK_INT(0, ftruncate(descriptor, 0));
  CHECK_INT(size, pwrite(descriptor, data, size, 0));
}

static void check_taken(const char *value, const uint8_t *data, size_t size, size_t most) {
  size_t length;

  if (!value) return;
  length = strlen(value);
  CHECK(length > 0 && length <= most);
  for (size_t i = 0; i < length; i++) CHECK(value[i] > ' ' && value[i] <= '~');
  CHECK(memmem(data, size, value, length) != NULL);
}

/* True if it can only be a secret, and no word of ours. */
static bool is_telling(const char *value, size_t size) {
  bool digit = false;
  bool capital = false;

  for (size_t i = 0; i < size; i++) {
    digit = digit || (value[i] >= '0' && value[i] <= '9');
    capital = capital || (value[i] >= 'A' && value[i] <= 'Z');
  }
  return digit && capital && size >= VALUE_MIN;
}

/* No value of the file, between white space and signs of equality, stands in the message. */
static void check_message(const char *message, char *content) {
  char *rest = content;
  char *word;

  CHECK(fuzz_is_message(message));
  while ((word = strsep(&rest, " \t\r\n=")) != NULL) {
    if (is_telling(word, strlen(word)) && !strstr(path, word)) CHECK_LACKS(message, word);
  }
}

static void check_found(const struct credentials *credentials, bool of_token, const uint8_t *data,
                        size_t size) {
  if (of_token) CHECK(credentials->token != NULL);
  CHECK_INT(credentials->access_key != NULL, credentials->secret_key != NULL);
  CHECK(!credentials->security_token || credentials->access_key);
  CHECK(!credentials->exposed_file);
  check_taken(credentials->token, data, size, TOKEN_MAX);
  check_taken(credentials->access_key, data, size, KEY_MAX);
  check_taken(credentials->secret_key, data, size, KEY_MAX);
  check_taken(credentials->security_token, data, size, TOKEN_MAX);
}

/* KooCLI's file: what is taken looks like a key, and nothing is told of what is in it. */
static void check_koocli(const char *content, size_t size) {
  static const char *const profiles[] = {NULL, "a"};

  for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++) {
    struct service_error error = {.message = ""};
    struct file_keys keys;
    enum service_status status =
        key_file_koocli(content, size, "config.json", profiles[i], &keys, &error);
    CHECK(status == SERVICE_OK || !strcmp(error.message,
                                          "the file 'config.json' is not the JSON that KooCLI "
                                          "writes"));
    if (keys.access_key && keys.secret_key && !keys.encrypted) {
      CHECK(text_visible(keys.access_key) && text_visible(keys.secret_key));
      CHECK(!keys.security_token || text_visible(keys.security_token));
    }
    file_keys_free(&keys);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_bytes bytes = {data, size};
  uint32_t kind = fuzz_number(&bytes, 2);
  bool of_token = kind == 1;
  struct credentials credentials;
  struct service_error error = {.message = ""};
  struct settings settings;
  char *content = fuzz_copy(bytes.at, bytes.left, true);
  enum service_status status;

  if (kind == 2) {
    check_koocli(content, bytes.left);
    free(content);
    return 0;
  }
  memset(&credentials, 0, sizeof credentials);
  settings_init(&settings);
  write_file(bytes.at, bytes.left);
  if (of_token) setenv("SWR_TOKEN_FILE", path, 1);
  CHECK(settings_look(&settings));
  status = credentials_look(&credentials, &settings, of_token, &error);
  CHECK(status == SERVICE_OK || status == SERVICE_FAILED);
  if (status == SERVICE_OK) {
    check_found(&credentials, of_token, bytes.at, bytes.left);
  } else {
    check_message(error.message, content);
  }
  credentials_free(&credentials);
  settings_free(&settings);
  unsetenv("SWR_TOKEN_FILE");
  free(content);
  return 0;
}
