/*
** Scans of whatever a listing finds: repositories come in pages while the jobs of others are read.
** Any allocation fails, the user interrupts anywhere, lists and repositories are refused; and how
** many places there are decides how large a page of each can be.
*/
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "fixture.h"
#include "scan/scan.h"
#include "unit.h"

#define JOBS_EACH 3
#define ROW_MAX 80 /* bytes of a record */

/* The repositories group/r0000 and so on, each of which has some jobs of its own. */
struct account {
  int64_t repositories;
  int64_t cap;       /* records that a page of the list has at most */
  int64_t forbidden; /* the number of the request for the list that is refused; 0: none */
  int64_t lists;     /* requests for the list, */
  int64_t pages;     /* and for jobs */
  int64_t smallest;  /* limit of these */
  int64_t delay;
  bool no_times; /* the jobs have no createdAt */
};

static struct account account;

static int64_t number_in(const char *url, const char *word) {
  const char *at = strstr(url, word);

  return at ? strtoll(at + strlen(word), NULL, 10) : -1;
}

static void answer_list(const char *url, struct scripted_answer *answer) {
  int64_t limit = number_in(url, "limit%3A%3A");
  int64_t offset = number_in(url, "offset%3A%3A");
  int64_t left = offset < account.repositories ? account.repositories - offset : 0;
  size_t used = 0;

  if (++account.lists == account.forbidden) {
    answer->status = 403;
    answer->body = "{\"errors\":[{\"errorCode\":\"SVCSTG.SWR.4039002\"}]}";
    return;
  }
  if (limit > account.cap) limit = account.cap;
  if (limit > left) limit = left;
  answer->owned = plain_resize(NULL, (size_t)(limit + 1) * ROW_MAX);
  answer->body = answer->owned;
  answer->owned[used++] = '[';
  for (int64_t i = offset; i < offset + limit; i++) {
    used += (size_t)snprintf(answer->owned + used, ROW_MAX,
                             "%s{\"name\":\"r%04" PRId64 "\",\"namespace\":\"group\"}",
                             i > offset ? "," : "", i);
  }
  memcpy(answer->owned + used, "]", 2);
  snprintf(answer->headers, sizeof answer->headers,
           "Content-Range: %" PRId64 "-%" PRId64 "/%" PRId64 "\n", offset, limit,
           account.repositories);
}

static void answer_jobs(const char *url, struct scripted_answer *answer) {
  int64_t limit = number_in(url, "limit%3A%3A");
  int64_t offset = number_in(url, "offset%3A%3A");
  int64_t left = offset < JOBS_EACH ? JOBS_EACH - offset : 0;
  size_t used = 0;

  if (!account.pages++ || limit < account.smallest) account.smallest = limit;
  if (limit > left) limit = left;
  answer->owned = plain_resize(NULL, JOBS_EACH * ROW_MAX + 3);
  answer->body = answer->owned;
  answer->owned[used++] = '[';
  for (int64_t i = offset; i < offset + limit; i++) {
    int64_t job = strstr(url, "desc") ? JOBS_EACH - i : i + 1;
    used += (size_t)snprintf(answer->owned + used, ROW_MAX, "%s{\"id\":%" PRId64,
                             i > offset ? "," : "", job);
    if (!account.no_times) {
      used += (size_t)snprintf(answer->owned + used, ROW_MAX,
                               ",\"createdAt\":\"2024-01-01T00:00:%02" PRId64 "Z\"", job);
    }
    answer->owned[used++] = '}';
  }
  memcpy(answer->owned + used, "]", 2);
  snprintf(answer->headers, sizeof answer->headers, "Content-Range: %" PRId64 "-%" PRId64 "/%d\n",
           offset, limit, JOBS_EACH);
}

static void answer(void *context, size_t number, const char *url, struct scripted_answer *answer) {
  (void)context;
  (void)number;
  answer->status = 200;
  answer->delay = account.delay;
  if (strstr(url, "/sync_job")) {
    answer_jobs(url, answer);
  } else {
    answer_list(url, answer);
  }
}

static void open_account(struct fixture *fixture, int64_t repositories, int64_t cap) {
  account = (struct account){.repositories = repositories, .cap = cap};
  fixture_open(fixture, answer, NULL);
  fixture_set(fixture, "concurrency", "2");
}

/* One repository after the other, within a bound or not, or all in one order. */
enum way { CHAINED, MERGED, BOUNDED, WAYS };

/* Reads all rows of the account in a statement of its own, and counts them. */
static enum service_status read_account(struct fixture *fixture, enum way way, int64_t *rows) {
  struct scan_request request = {.listing = &sync_job_listing,
                                 .lists = places_create(),
                                 .order = way == BOUNDED ? JOBS_ASCENDING : JOBS_DESCENDING,
                                 .ordered = way == MERGED,
                                 .limit = -1};
  struct statement *statement = NULL;
  struct scan *scan = NULL;
  struct place everything;
  enum service_status status = SERVICE_NO_MEMORY;

  *rows = 0;
  if (way == BOUNDED) time_bounds_add(&request.bounds, BOUND_LE, "2024-01-01T00:00:59Z", 20);
  place_fill(&everything, "", "", "");
  if (request.lists && places_add(request.lists, &everything)) {
    status = statement_begin(fixture->service, &statement);
  }
  if (status == SERVICE_OK) status = scan_open(statement, &request, &scan);
  for (; status == SERVICE_OK && !scan_ended(scan); ++*rows) {
    const struct record_page *page;
    size_t index;
    status = scan_row(scan, &page, &index);
    if (status == SERVICE_OK) status = scan_next(scan);
  }
  scan_close(scan);
  statement_release(statement);
  places_release(request.lists);
  CHECK_INT(0, fixture_page_requests(fixture));
  return status;
}

static void check_allocations(enum way way, bool all_after) {
  long refused = 1;

  for (long nth = 1; refused > 0; nth++) {
    struct fixture fixture;
    enum service_status status;
    int64_t rows;
    unit_case("way %d, allocation %ld%s", (int)way, nth, all_after ? " and all after" : "");
    open_account(&fixture, 9, 4);
    if (way == BOUNDED) fixture_set(&fixture, "page_size", "2");
    account.delay = 10;
    allocation_fail_at(nth, all_after);
    status = read_account(&fixture, way, &rows);
    refused = allocation_stop();
    CHECK_INT(refused ? SERVICE_NO_MEMORY : SERVICE_OK, status);
    CHECK_INT(SERVICE_OK, read_account(&fixture, way, &rows));
    CHECK_INT(9 * JOBS_EACH, rows);
    fixture_close(&fixture);
    if (!CHECK(nth < 100000)) return;
  }
}

static bool interrupt_now(void *context) {
  long *left = context;

  return *left > 0 && --*left == 0;
}

static void check_interrupts(enum way way) {
  bool fired = true;

  for (long nth = 1; fired; nth++) {
    struct fixture fixture;
    long left = nth;
    int64_t rows;
    enum service_status status;
    unit_case("way %d, interrupt at look %ld", (int)way, nth);
    open_account(&fixture, 9, 4);
    if (way == BOUNDED) fixture_set(&fixture, "page_size", "2");
    account.delay = 10;
    service_watch(fixture.service, interrupt_now, &left);
    status = read_account(&fixture, way, &rows);
    fired = left == 0;
    CHECK_INT(fired ? SERVICE_INTERRUPTED : SERVICE_OK, status);
    service_watch(fixture.service, NULL, NULL);
    CHECK_INT(SERVICE_OK, read_account(&fixture, way, &rows));
    CHECK_INT(9 * JOBS_EACH, rows);
    fixture_close(&fixture);
  }
}

/* A list that is refused from any of its pages on ends the scan, whatever was found before. */
static void check_refused_lists(void) {
  for (int merged = 0; merged <= 1; merged++) {
    for (int64_t request = 1; request <= 4; request++) {
      struct fixture fixture;
      int64_t rows;
      unit_case("merged %d, request %" PRId64 " for the list is refused", merged, request);
      open_account(&fixture, 9, 4);
      account.forbidden = request;
      CHECK_INT(SERVICE_FORBIDDEN, read_account(&fixture, (enum way)merged, &rows));
      CHECK_HAS(fixture.service->error.message, "4039002");
      if (merged) CHECK_INT(0, rows);
      fixture_close(&fixture);
    }
  }
}

/* From an empty account to one of which each repository's page is as small as pages get. */
static void check_sizes(void) {
  static const struct {
    int64_t repositories;
    int64_t limit; /* of a request, where they are merged */
  } cases[] = {{0, 0}, {1, 100}, {400, 81}, {1700, 20}};

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    for (int merged = 0; merged <= 1; merged++) {
      struct fixture fixture;
      int64_t rows;
      unit_case("%" PRId64 " repositories, merged %d", cases[i].repositories, merged);
      open_account(&fixture, cases[i].repositories, 1000);
      CHECK_INT(SERVICE_OK, read_account(&fixture, (enum way)merged, &rows));
      CHECK_INT(cases[i].repositories * JOBS_EACH, rows);
      CHECK_INT(cases[i].repositories, account.pages);
      if (merged) CHECK_INT(cases[i].limit, account.smallest);
      fixture_close(&fixture);
    }
  }
}

/* Rows without a time: where a list has them must be found out, which takes its next page. */
static void check_timeless(void) {
  struct fixture fixture;
  int64_t rows;

  unit_case("no job has a time");
  open_account(&fixture, 5, 4);
  fixture_set(&fixture, "page_size", "2");
  account.no_times = true;
  CHECK_INT(SERVICE_OK, read_account(&fixture, MERGED, &rows));
  CHECK_INT(5 * JOBS_EACH, rows);
  fixture_close(&fixture);
}

void scan_account_test(void) {
  for (int way = CHAINED; way < WAYS; way++) {
    check_allocations((enum way)way, false);
    check_allocations((enum way)way, true);
    check_interrupts((enum way)way);
  }
  check_refused_lists();
  check_sizes();
  check_timeless();
}
