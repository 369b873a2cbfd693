/*
** Tests of what a scan says where several things go wrong at once: the error that ends it is told,
** and not one that it has made good for.
*/
#include <string.h>

#include "fixture.h"
#include "scan/scan.h"
#include "simulated_server.h"
#include "unit.h"

#define JOBS_OF_A 150 /* in two pages */

/* The repositories group/a, group/b and group/c, which are found. */
struct account {
  struct place a;
  struct simulated_server jobs_of_a;
  size_t requests_of_a;
  size_t requests_of_c;
};

static void answer_list(struct scripted_answer *answer) {
  answer->status = 200;
  memcpy(answer->headers, "Content-Range: 0-3/3\n", sizeof "Content-Range: 0-3/3\n");
  answer->body =
      "[{\"name\":\"a\",\"namespace\":\"group\"},{\"name\":\"b\",\"namespace\":\"group\"},"
      "{\"name\":\"c\",\"namespace\":\"group\"}]";
}

/* Late, and always without the 200 rows that it promises. */
static void answer_c(struct account *account, struct scripted_answer *answer) {
  account->requests_of_c++;
  answer->delay = 500;
  answer->status = 200;
  memcpy(answer->headers, "Content-Range: 0-100/200\n", sizeof "Content-Range: 0-100/200\n");
  answer->body = "[]";
}

static void answer(void *context, size_t number, const char *url, struct scripted_answer *answer) {
  struct account *account = context;

  (void)number;
  if (strstr(url, "/repos/c/")) {
    answer_c(account, answer);
  } else if (strstr(url, "/repos/a/")) {
    simulated_server_answer(&account->jobs_of_a, ++account->requests_of_a, url, answer);
  } else if (strstr(url, "/repos/b/")) {
    answer->status = 200;
    answer->body = "[{\"id\":1}]";
  } else {
    answer_list(answer);
  }
}

static struct places *whole_region(const struct statement *statement) {
  struct places *lists = places_create();
  struct place place;

  place_fill(&place, statement_region(statement), "", "");
  CHECK(lists && places_add(lists, &place));
  return lists;
}

/*
** group/a is removed while it is read, which is no error of a query that has not named it; while
** its second page is waited for, group/c turns out to contradict itself.
*/
static void check_told(void) {
  static struct account account;
  struct fixture fixture;
  struct statement *statement = NULL;
  struct scan_request request = {
      .listing = &sync_job_listing, .order = JOBS_ASCENDING, .limit = -1};
  struct scan *scan = NULL;
  enum service_status status;
  int64_t rows = 0;

  unit_case("one repository goes, another one fails");
  memset(&account, 0, sizeof account);
  CHECK(place_set(&account.a, "group", 5, "a", 1));
  account.jobs_of_a = simulated_server_of(JOBS_OF_A);
  account.jobs_of_a.place = &account.a;
  account.jobs_of_a.trouble_from = account.jobs_of_a.trouble_to = 2;
  account.jobs_of_a.trouble = (struct scripted_answer){
      .status = 404, .delay = 2000, .body = "[{\"errorCode\":\"SVCSTG.SWR.4040010\"}]"};
  fixture_open(&fixture, answer, &account);
  CHECK_INT(SERVICE_OK, statement_begin(fixture.service, &statement));
  request.lists = whole_region(statement);
  status = scan_open(statement, &request, &scan);
  CHECK_INT(SERVICE_OK, status);
  for (; status == SERVICE_OK && !scan_ended(scan); rows++) {
    const struct record_page *page;
    size_t index;
    status = scan_row(scan, &page, &index);
    if (status == SERVICE_OK) status = scan_next(scan);
  }
  CHECK_INT(SERVICE_FAILED, status);
  CHECK_INT(100, rows); /* the first page */
  CHECK_INT(2, account.requests_of_a);
  CHECK_INT(2, account.requests_of_c);
  CHECK_HAS(fixture.service->error.message, "group/c: asked for 100 ");
  CHECK_LACKS(fixture.service->error.message, "group/a");
  scan_close(scan);
  places_release(request.lists);
  statement_release(statement);
  fixture_close(&fixture);
}

void scan_error_test(void) { check_told(); }
