/*
** The harness of the unit tests: see unit.h.
**
**   unit-tests           runs all groups
**   unit-tests GROUP …   runs these
*/
#include "unit.h"

#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocation.h"

#ifdef SWR_COVERAGE
void __gcov_dump(void); /* what is counted in a child, its end would lose */
#endif

#define SECONDS_MAX 5 /* that unit_ends waits */
#define SHOWN_MAX 20  /* failures of one group that are printed; all of them count */

static const struct {
  const char *name;
  void (*run)(void);
} groups[] = {
    {"timestamp", timestamp_test},
    {"text_ends", text_ends_test},
    {"content_range", content_range_test},
    {"repository", repository_test},
    {"image_reference", image_reference_test},
    {"listing", listing_test},
    {"target", target_test},
    {"signature", signature_test},
    {"utf8", utf8_test},
    {"json_text", json_text_test},
    {"redact", redact_test},
    {"secrets", secrets_test},
    {"answer_error", answer_error_test},
    {"environment", environment_test},
    {"settings", settings_test},
    {"access", access_test},
    {"secret_file", secret_file_test},
    {"destination", destination_test},
    {"setting_view", setting_view_test},
    {"endpoint", endpoint_test},
    {"certificates", certificates_test},
    {"origin", origin_test},
    {"curl_transport", curl_transport_test},
    {"tie_sort", tie_sort_test},
    {"plan", plan_test},
    {"sql_text", sql_text_test},
    {"number_text", number_text_test},
    {"array", array_test},
    {"buffer", buffer_test},
    {"record_splitter", record_splitter_test},
    {"job", job_test},
    {"iam_response", iam_response_test},
    {"iam_session", iam_session_test},
    {"agency", agency_test},
    {"key_file", key_file_test},
    {"plain_record", plain_record_test},
    {"record_page", record_page_test},
    {"record_reader", record_reader_test},
    {"page_response", page_response_test},
    {"page_request", page_request_test},
    {"request_memory", request_memory_test},
    {"proxy", proxy_test},
    {"lockout", lockout_test},
    {"request_log", request_log_test},
    {"quota", quota_test},
    {"request_ends", request_ends_test},
    {"request_pause", request_pause_test},
    {"page_cache", page_cache_test},
    {"trail", trail_test},
    {"page_map", page_map_test},
    {"page_map_walk", page_map_walk_test},
    {"prefetch", prefetch_test},
    {"hunt", hunt_test},
    {"page_map_drift", page_map_drift_test},
    {"time_bounds", time_bounds_test},
    {"bound_search", bound_search_test},
    {"places", places_test},
    {"statement", statement_test},
    {"scan", scan_test},
    {"page_map_ends", page_map_ends_test},
    {"scan_rare", scan_rare_test},
    {"scan_account", scan_account_test},
    {"scan_error", scan_error_test},
    {"scan_ends", scan_ends_test},
    {"scan_random", scan_random_test},
    {"odd_case", odd_case_test},
    {"odd_shared", odd_shared_test},
    {"odd_scan", odd_scan_test},
    {"fault", fault_test},
    {"scan_fault", scan_fault_test},
    {"roll", roll_test},
    {"discovery", discovery_test},
    {"found_places", found_places_test},
};

static const char *group;
static char current_case[200];
static long passed;
static long failed;
static long failed_in_group;
static uint64_t random_state;
static sigjmp_buf way_out;

static bool start_failure(const char *file, int line) {
  failed++;
  if (++failed_in_group > SHOWN_MAX) return false;
  printf("%s:%d: %s", file, line, group);
  if (current_case[0]) printf(": %s", current_case);
  printf(": ");
  return true;
}

static void print_bytes(const char *bytes, size_t size) {
  if (!bytes) {
    printf("NULL");
    return;
  }
  putchar('"');
  for (size_t i = 0; i < size && i < 2000; i++) {
    unsigned char c = (unsigned char)bytes[i];
    if (c == '\n') {
      printf("\\n");
    } else if (c < 0x20 || c == 0x7f) {
      printf("\\x%02x", c);
    } else {
      putchar(c);
    }
  }
  putchar('"');
}

bool unit_check(bool right, const char *file, int line, const char *what) {
  if (right) {
    passed++;
  } else if (start_failure(file, line)) {
    printf("expected %s\n", what);
  }
  return right;
}

bool unit_check_int(int64_t expected, int64_t got, const char *file, int line, const char *what) {
  if (expected == got) {
    passed++;
  } else if (start_failure(file, line)) {
    printf("%s: expected %" PRId64 ", got %" PRId64 "\n", what, expected, got);
  }
  return expected == got;
}

bool unit_check_bytes(const char *expected, size_t expected_size, const char *got, size_t got_size,
                      const char *file, int line, const char *what) {
  bool right = (!expected && !got) || (expected && got && expected_size == got_size &&
                                       memcmp(expected, got, got_size) == 0);

  if (right) {
    passed++;
  } else if (start_failure(file, line)) {
    printf("%s: expected ", what);
    print_bytes(expected, expected_size);
    printf(", got ");
    print_bytes(got, got_size);
    putchar('\n');
  }
  return right;
}

bool unit_check_text(const char *expected, const char *got, const char *file, int line,
                     const char *what) {
  return unit_check_bytes(expected, expected ? strlen(expected) : 0, got, got ? strlen(got) : 0,
                          file, line, what);
}

bool unit_check_part(const char *text, const char *part, bool wanted, const char *file, int line) {
  bool right = (strstr(text, part) != NULL) == wanted;

  if (right) {
    passed++;
  } else if (start_failure(file, line)) {
    printf("expected ");
    print_bytes(part, strlen(part));
    printf(" %s ", wanted ? "in" : "not in");
    print_bytes(text, strlen(text));
    putchar('\n');
  }
  return right;
}

void unit_case(const char *format, ...) {
  va_list arguments;

  va_start(arguments, format);
  vsnprintf(current_case, sizeof current_case, format, arguments);
  va_end(arguments);
}

static void leave(int signal_number) {
  (void)signal_number;
  siglongjmp(way_out, 1);
}

bool unit_ends(void (*run)(void *context), void *context) {
  signal(SIGALRM, leave);
  if (sigsetjmp(way_out, 1)) return unit_check(false, __FILE__, __LINE__, "that it ends");
  alarm(SECONDS_MAX);
  run(context);
  alarm(0);
  return true;
}

void unit_exit(int status) {
#ifdef SWR_COVERAGE
  __gcov_dump();
#endif
  _exit(status);
}

uint32_t unit_random(uint32_t most) {
  random_state ^= random_state << 13; /* xorshift64 */
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return (uint32_t)((random_state >> 16) % ((uint64_t)most + 1));
}

void unit_clear_environment(void) {
  static const char *const names[] = {"SWR_ENDPOINT",
                                      "HW_REGION_NAME",
                                      "OS_REGION_NAME",
                                      "HW_CLOUD",
                                      "HW_AUTH_TOKEN",
                                      "OS_AUTH_TOKEN",
                                      "SWR_TOKEN_FILE",
                                      "SWR_PAGE_SIZE",
                                      "SWR_RETRIES",
                                      "SWR_RATE",
                                      "SWR_PROGRESS",
                                      "SWR_TIMEOUT",
                                      "SWR_CONCURRENCY",
                                      "SWR_DEADLINE",
                                      "SWR_CA_FILE",
                                      "SSL_CERT_FILE",
                                      "SSL_CERT_DIR",
                                      "HUAWEICLOUD_SDK_REGION_SWR_XX_TEST_1",
                                      "HUAWEICLOUD_SDK_AK",
                                      "HUAWEICLOUD_SDK_SK",
                                      "HUAWEICLOUD_SDK_SECURITY_TOKEN",
                                      "HW_ACCESS_KEY",
                                      "HW_SECRET_KEY",
                                      "HW_SECURITY_TOKEN",
                                      "OS_ACCESS_KEY",
                                      "OS_SECRET_KEY",
                                      "HOME",
                                      "HW_USER_NAME",
                                      "HW_USER_PASSWORD",
                                      "HW_DOMAIN_NAME",
                                      "HW_PROJECT_NAME",
                                      "HW_AUTH_URL",
                                      "OS_USERNAME",
                                      "OS_PASSWORD",
                                      "OS_DOMAIN_NAME",
                                      "OS_USER_DOMAIN_NAME",
                                      "OS_PROJECT_DOMAIN_NAME",
                                      "OS_PROJECT_NAME",
                                      "OS_TENANT_NAME",
                                      "OS_AUTH_URL"};

  for (size_t i = 0; i < COUNT_OF(names); i++) unsetenv(names[i]);
}

void unit_set_environment(const char *const *settings) {
  unit_clear_environment();
  for (; *settings; settings++) {
    char name[80];
    const char *equals = strchr(*settings, '=');
    snprintf(name, sizeof name, "%.*s", (int)(equals - *settings), *settings);
    setenv(name, equals + 1, 1);
  }
}

static void run_group(size_t index) {
  long live = allocation_live();

  group = groups[index].name;
  current_case[0] = '\0';
  failed_in_group = 0;
  random_state = 0x9e3779b97f4a7c15u;
  unit_clear_environment();
  groups[index].run();
  unit_case("what is left");
  CHECK_INT(live, allocation_live());
  if (failed_in_group > SHOWN_MAX) {
    printf("%s: %ld more failures\n", group, failed_in_group - SHOWN_MAX);
  }
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    size_t index = 0;
    while (index < COUNT_OF(groups) && strcmp(groups[index].name, argv[i]) != 0) index++;
    if (index == COUNT_OF(groups)) {
      fprintf(stderr, "no group '%s'; the groups are", argv[i]);
      for (index = 0; index < COUNT_OF(groups); index++) fprintf(stderr, " %s", groups[index].name);
      fprintf(stderr, "\n");
      return 2;
    }
    run_group(index);
  }
  for (size_t index = 0; argc == 1 && index < COUNT_OF(groups); index++) run_group(index);
  printf("unit: %ld passed, %ld failed\n", passed, failed);
  return failed ? 1 : 0;
}
