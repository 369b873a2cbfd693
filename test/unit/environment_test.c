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
#include "refusal.h"
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
  const struct timespec moment = {0, 5000000};

  nanosleep(&moment, NULL);
  __atomic_store_n((char **)context, whole, __ATOMIC_RELAXED);
  return NULL;
}

/* Whether a list is read that is something else for a moment. */
static bool reads_after(char *moment) {
  char *list[] = {whole, NULL};
  char **kept = environ;
  struct environment *before;
  struct environment *environment;
  const char *value;
  pthread_t thread;
  bool right;

  environ = list;
  before = environment_read(names, NULL);
  list[0] = moment;
  if (!CHECK_INT(0, pthread_create(&thread, NULL, replace, list))) return false;
  environment = environment_read(names, before);
  pthread_join(thread, NULL);
  environ = kept;
  value = environment_value(environment, "SWR_ENDPOINT");
  right = value && !strcmp(value, "here");
  environment_release(before);
  environment_release(environment);
  return right;
}

/* On a busy machine the other thread may have its turn after the time that such a list is given. */
static void check_replaced(void) {
  for (int i = 0; i < 2; i++) {
    bool right = false;
    unit_case("a list that is %s for a moment", i ? "empty" : "garbage");
    for (int try = 0; try < 20 && !right; try++) right = reads_after(i ? NULL : garbage);
    CHECK(right);
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

static void change_environment(void) {
  static char *other[] = {"SWR_ENDPOINT=changed", NULL};

  environ = other;
}

#ifdef __linux__
/*
** The kernel makes no copy, or says that memory is gone: of its first word, by which it is asked
** whether it can at all, in the list or in a text. Each time the whole is looked at again.
*/
static void check_refused_copies(void) {
  static char *list[] = {"A=1", "SWR_ENDPOINT=here", "HOME=there", NULL};
  char **kept = environ;
  struct environment *environment;
  long refused = 1;

  environ = list;
  for (long nth = 1; refused > 0; nth++) {
    unit_case("copy %ld is refused", nth);
    refusal_begin("process_vm_readv", nth, false, 14);
    environment = environment_read(names, NULL);
    refused = refusal_stop();
    CHECK_TEXT("here", environment_value(environment, "SWR_ENDPOINT"));
    CHECK_TEXT("there", environment_value(environment, "HOME"));
    environment_release(environment);
    if (!CHECK(nth < 100)) break;
  }
  unit_case("all but the first are refused");
  refusal_begin("process_vm_readv", 2, true, 14);
  environment = environment_read(names, NULL);
  CHECK_INT(50, refusal_stop());
  CHECK_TEXT(NULL, environment_value(environment, "SWR_ENDPOINT"));
  environment_release(environment);
  unit_case("all are refused");
  refusal_begin("process_vm_readv", 1, true, 14);
  environment = environment_read(names, NULL);
  CHECK_INT(1, refusal_stop());
  CHECK_TEXT("here", environment_value(environment, "SWR_ENDPOINT"));
  environment_release(environment);
  environ = kept;
}

/* Another thread sets variables between the two looks. */
static void check_changed(void) {
  static char *list[] = {"SWR_ENDPOINT=as it was", NULL};
  char **kept = environ;
  struct environment *environment;

  unit_case("changed between");
  environ = list;
  refusal_hook("process_vm_readv", 2, change_environment);
  environment = environment_read(names, NULL);
  CHECK_INT(1, refusal_stop());
  environ = kept;
  CHECK_TEXT("changed", environment_value(environment, "SWR_ENDPOINT"));
  environment_release(environment);
}
#endif

/* More variables than there is room for, an endless value, a text without a name. */
static void check_bounds(void) {
  static char *list[(1 << 16) + 2];
  static char endless[(1 << 20) + 100] = "SWR_ENDPOINT=";
  static char empty[] = "A=";
  static char home[] = "HOME=there";
  static char many[300][60];
  char **kept = environ;
  struct environment *environment;
  int found = 0;

  unit_case("bounds");
  memset(endless + strlen(endless), 'x', sizeof endless - 1 - strlen(endless));
  for (size_t i = 0; i < COUNT_OF(list) - 1; i++) list[i] = empty;
  list[0] = endless;
  list[1] = home;
  environ = list;
  environment = environment_read(names, NULL);
  CHECK_TEXT(NULL, environment_value(environment, "SWR_ENDPOINT"));
  CHECK_TEXT("there", environment_value(environment, "HOME"));
  environment_release(environment);
  for (size_t i = 0; i < COUNT_OF(many); i++) {
    snprintf(many[i], sizeof many[i], "HUAWEICLOUD_SDK_REGION_SWR_%zu=v", i);
    list[i] = many[i];
  }
  list[COUNT_OF(many)] = NULL;
  environment = environment_read(names, NULL);
  environ = kept;
  for (size_t i = 0; i < COUNT_OF(many); i++) {
    char name[60];
    snprintf(name, sizeof name, "HUAWEICLOUD_SDK_REGION_SWR_%zu", i);
    if (environment_value(environment, name)) found++;
  }
  CHECK_INT(256, found);
  environment_release(environment);
}

void environment_test(void) {
#ifdef __linux__
  check_refused_copies();
  check_changed();
#endif
  check_bounds();
  check_values();
  check_without_memory();
  check_without_environment();
  check_freed();
  check_replaced();
  check_many();
}
