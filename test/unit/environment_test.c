/*
** Tests of ext/base/environment: what is found, and what stays as it was seen.
*/
#include "base/environment.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "allocation.h"
#include "unit.h"

static char whole[] = "SWR_ENDPOINT=here";
static char garbage[] = "\x30\x05"; /* what an allocator writes */

static const char *const names[] = {"SWR_ENDPOINT", "HUAWEICLOUD_SDK_REGION_SWR_*", "HOME", NULL};

static void check_values(void) {
  struct environment *environment;
  static char large[100000];

  unit_case("values");
  memset(large, 'x', sizeof large - 1);
  setenv("SWR_ENDPOINT", large, 1);
  setenv("SWR_ENDPOINTS", "of another name", 1);
  setenv("HOME", "", 1);
  setenv("HUAWEICLOUD_SDK_REGION_SWR_XX_TEST_1", "a=b", 1);
  setenv("HUAWEICLOUD_SDK_REGION_SW", "shorter", 1);
  environment = environment_read(names, NULL);
  if (!CHECK(environment != NULL)) return;
  CHECK_TEXT(large, environment_value(environment, "SWR_ENDPOINT"));
  CHECK_TEXT("a=b", environment_value(environment, "HUAWEICLOUD_SDK_REGION_SWR_XX_TEST_1"));
  CHECK_TEXT(NULL, environment_value(environment, "HUAWEICLOUD_SDK_REGION_SWR_XX_TEST"));
  CHECK_TEXT(NULL, environment_value(environment, "HUAWEICLOUD_SDK_REGION_SW"));
  CHECK_TEXT(NULL, environment_value(environment, "SWR_ENDPOINTS"));
  CHECK_TEXT(NULL, environment_value(environment, "HOME")); /* set to nothing */
  CHECK_TEXT(NULL, environment_value(environment, "PATH")); /* not asked for */
  CHECK_TEXT(NULL, environment_value(environment, ""));
  CHECK_TEXT(NULL, environment_value(NULL, "SWR_ENDPOINT"));
  unit_case("what was seen stays");
  setenv("SWR_ENDPOINT", "new", 1);
  CHECK_TEXT(large, environment_value(environment, "SWR_ENDPOINT"));
  CHECK(environment_retain(environment) == environment);
  environment_release(environment);
  CHECK_TEXT(large, environment_value(environment, "SWR_ENDPOINT"));
  environment_release(environment);
  environment_release(environment_retain(NULL));
  unsetenv("SWR_ENDPOINTS");
  unsetenv("HUAWEICLOUD_SDK_REGION_SW");
}

static void check_without_memory(void) {
  unit_case("without memory");
  allocation_fail_at(1, false);
  CHECK(!environment_read(names, NULL));
  CHECK_INT(1, allocation_stop());
}

static void check_without_environment(void) {
  char **kept = environ;
  static char *none[] = {NULL};
  struct environment *environment;

  for (int i = 0; i < 2; i++) {
    unit_case("an environment that is %s", i ? "not there" : "empty");
    environ = i ? NULL : none;
    environment = environment_read(names, NULL);
    environ = kept;
    CHECK(environment != NULL);
    CHECK_TEXT(NULL, environment_value(environment, "SWR_ENDPOINT"));
    environment_release(environment);
  }
}

/* What one thread sees of a list that another one has freed and not replaced yet. */
static void check_freed(void) {
  static char *freed[] = {garbage, whole, NULL};
  static char *empty[] = {NULL};
  char **kept = environ;
  struct environment *before;
  struct environment *environment;

  unit_case("an entry that is none");
  environ = freed;
  before = environment_read(names, NULL);
  environ = empty;
  environment = environment_read(names, before);
  environ = kept;
  CHECK_TEXT("here", environment_value(before, "SWR_ENDPOINT"));
  unit_case("all is gone");
  CHECK(environment != NULL);
  CHECK_TEXT(NULL, environment_value(environment, "SWR_ENDPOINT"));
  environment_release(before);
  environment_release(environment);
}

/* The thread that changes the list goes on. */
static void *replace(void *context) {
  const struct timespec moment = {0, 20000000};

  nanosleep(&moment, NULL);
  __atomic_store_n((char **)context, whole, __ATOMIC_RELAXED);
  return NULL;
}

static void check_replaced(void) {
  char **kept = environ;

  for (int i = 0; i < 2; i++) {
    char *list[] = {whole, NULL};
    struct environment *before;
    struct environment *environment;
    pthread_t thread;

    unit_case("a list that is %s for a moment", i ? "empty" : "garbage");
    environ = list;
    before = environment_read(names, NULL);
    list[0] = i ? NULL : garbage;
    if (!CHECK_INT(0, pthread_create(&thread, NULL, replace, list))) return;
    environment = environment_read(names, before);
    pthread_join(thread, NULL);
    environ = kept;
    CHECK_TEXT("here", environment_value(environment, "SWR_ENDPOINT"));
    environment_release(before);
    environment_release(environment);
  }
}

/* Many variables, and those that are asked for at both ends of the list. */
static void check_many(void) {
  struct environment *environment;
  char name[60];

  unit_case("many");
  unit_clear_environment();
  setenv("SWR_ENDPOINT", "first", 1);
  for (int i = 0; i < 3000; i++) {
    snprintf(name, sizeof name, "UNIT_%d", i);
    setenv(name, "x", 1);
  }
  setenv("HOME", "last", 1);
  environment = environment_read(names, NULL);
  CHECK_TEXT("first", environment_value(environment, "SWR_ENDPOINT"));
  CHECK_TEXT("last", environment_value(environment, "HOME"));
  environment_release(environment);
  for (int i = 0; i < 3000; i++) {
    snprintf(name, sizeof name, "UNIT_%d", i);
    unsetenv(name);
  }
}

void environment_test(void) {
  check_values();
  check_without_memory();
  check_without_environment();
  check_freed();
  check_replaced();
  check_many();
}
