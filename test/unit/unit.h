/*
** The harness of the unit tests: checks that count and say what was expected, and groups of them.
**
** It must not know what is tested.
*/
#ifndef SWR_UNIT_H
#define SWR_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "orders.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

#define CHECK(condition) unit_check((condition), __FILE__, __LINE__, #condition)
#define CHECK_INT(expected, got) \
  unit_check_int((int64_t)(expected), (int64_t)(got), __FILE__, __LINE__, #got)
#define CHECK_TEXT(expected, got) unit_check_text(expected, got, __FILE__, __LINE__, #got)
#define CHECK_BYTES(expected, expected_size, got, got_size) \
  unit_check_bytes(expected, expected_size, got, got_size, __FILE__, __LINE__, #got)
/* `part` stands in the text, or does not. */
#define CHECK_HAS(text, part) unit_check_part(text, part, true, __FILE__, __LINE__)
#define CHECK_LACKS(text, part) unit_check_part(text, part, false, __FILE__, __LINE__)

/* Each returns whether the check held. */
bool unit_check(bool right, const char *file, int line, const char *what);
bool unit_check_int(int64_t expected, int64_t got, const char *file, int line, const char *what);
bool unit_check_text(const char *expected, const char *got, const char *file, int line,
                     const char *what);
bool unit_check_bytes(const char *expected, size_t expected_size, const char *got, size_t got_size,
                      const char *file, int line, const char *what);
bool unit_check_part(const char *text, const char *part, bool wanted, const char *file, int line);

/* Names the case that the next checks belong to, until the next one or the end of the group. */
__attribute__((format(printf, 1, 2))) void unit_case(const char *format, ...);

/*
** Calls `run`. False, and a failure, if it has not ended after five seconds: it is then left where
*it
** is, and what it had in hand is lost.
*/
bool unit_ends(void (*run)(void *context), void *context);

/* Ends a child process, without what its end does for the parent's files. */
__attribute__((noreturn)) void unit_exit(int status);

/* A number from 0 to `most`; the same sequence in every run of a group. */
uint32_t unit_random(uint32_t most);

/* Takes every variable that the settings read out of the environment. */
void unit_clear_environment(void);

/* The same, and sets those of `NAME=value` texts, with NULL after the last. */
void unit_set_environment(const char *const *settings);

/* The groups, one for each file of tests. */
void timestamp_test(void);
void text_ends_test(void);
void content_range_test(void);
void repository_test(void);
void listing_test(void);
void target_test(void);
void signature_test(void);
void utf8_test(void);
void json_text_test(void);
void redact_test(void);
void secrets_test(void);
void answer_error_test(void);
void environment_test(void);
void settings_test(void);
void access_test(void);
void secret_file_test(void);
void destination_test(void);
void setting_view_test(void);
void endpoint_test(void);
void certificates_test(void);
void origin_test(void);
void curl_transport_test(void);
void tie_sort_test(void);
void plan_test(void);
void sql_text_test(void);
void number_text_test(void);
void array_test(void);
void buffer_test(void);
void record_splitter_test(void);
void job_test(void);
void iam_response_test(void);
void image_reference_test(void);
void iam_session_test(void);
void agency_test(void);
void key_file_test(void);
void plain_record_test(void);
void record_page_test(void);
void record_reader_test(void);
void page_response_test(void);
void page_request_test(void);
void request_memory_test(void);
void proxy_test(void);
void lockout_test(void);
void request_log_test(void);
void quota_test(void);
void request_ends_test(void);
void page_map_test(void);
void page_cache_test(void);
void trail_test(void);
void page_map_walk_test(void);
void prefetch_test(void);
void hunt_test(void);
void page_map_drift_test(void);
void request_pause_test(void);
void time_bounds_test(void);
void bound_search_test(void);
void places_test(void);
void statement_test(void);
void scan_test(void);
void page_map_ends_test(void);
void scan_rare_test(void);
void scan_account_test(void);
void scan_error_test(void);
void scan_ends_test(void);
void scan_random_test(void);
void odd_case_test(void);
void odd_shared_test(void);
void odd_scan_test(void);
void fault_test(void);
void scan_fault_test(void);
void roll_test(void);
void discovery_test(void);
void found_places_test(void);

#endif
