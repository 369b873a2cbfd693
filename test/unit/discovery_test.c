/*
** Tests of ext/scan/discovery: an account whose repositories are created, removed and pushed to
** between any two requests for its list. What was there all the time is found, once, whatever pages
** the service gives, and in whatever order it has them.
*/
#include "scan/discovery.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "fixture.h"
#include "request/page_request.h"
#include "scan/roll.h"
#include "unit.h"

#define REPOSITORIES_MAX 2600
#define ROW_MAX 160 /* bytes of a record */
#define NAMES 4     /* that a name is made of in front of its number */
#define ROUNDS 400  /* UNIT_ROUNDS in the environment makes it more */

struct repository {
  int number; /* its name follows from it, and other names stand between any two */
  int64_t pushed;
  bool stays; /* as long as the list is read */
};

struct account {
  struct repository list[REPOSITORIES_MAX]; /* by name */
  size_t count;
  int64_t clock;
  size_t requests;
  int64_t limit_max;     /* more is refused; 0: 1000 is the most */
  int64_t cap;           /* records of an answer; 0: as many as asked for */
  int64_t missing;       /* that the total has, and no page */
  unsigned changes;      /* before each request, at most */
  bool silent;           /* about totals */
  bool unordered;        /* an order is refused, */
  bool by_push;          /* and what was pushed to last comes first */
  const char *forbidden; /* the body of a 403 to all requests; NULL: none */
};

static struct account account;

/* ---- what happens to it ---- */

static void name_of(int number, char name[24], char space[24]) {
  static const char *const words[NAMES] = {"api", "api-v2", "team/api", "web"};

  snprintf(space, 24, "n%02d", number / 400);
  snprintf(name, 24, "%s-%04d", words[number % NAMES], number);
}

static int compare_repositories(const void *left, const void *right) {
  char a_name[24], a_space[24], b_name[24], b_space[24];
  int order;

  name_of(((const struct repository *)left)->number, a_name, a_space);
  name_of(((const struct repository *)right)->number, b_name, b_space);
  order = strcmp(a_name, b_name); /* the service sorts by name alone */
  return order ? order : strcmp(a_space, b_space);
}

static int compare_pushes(const void *left, const void *right) {
  const struct repository *a = left;
  const struct repository *b = right;

  return (a->pushed < b->pushed) - (a->pushed > b->pushed);
}

static void sort(void) {
  qsort(account.list, account.count, sizeof *account.list,
        account.unordered && account.by_push ? compare_pushes : compare_repositories);
}

static void create(void) {
  struct repository fresh = {.number = (int)unit_random(7999), .pushed = ++account.clock};

  for (size_t i = 0; i < account.count; i++) {
    if (account.list[i].number == fresh.number) return;
  }
  if (account.count == REPOSITORIES_MAX) return;
  account.list[account.count++] = fresh;
}

static void take_away(size_t index) {
  if (account.list[index].stays) return;
  account.list[index] = account.list[--account.count];
}

static void change(void) {
  for (unsigned i = unit_random(account.changes); i > 0; i--) {
    size_t index = account.count ? unit_random((uint32_t)account.count - 1) : 0;
    switch (account.count ? unit_random(2) : 0) {
      case 0:
        create();
        break;
      case 1:
        take_away(index);
        break;
      default:
        account.list[index].pushed = ++account.clock;
    }
  }
  sort();
}

/* With `count` repositories, of which most stay. */
static void fill(size_t count) {
  memset(&account, 0, sizeof account);
  account.limit_max = 1000;
  while (account.count < count) create();
  for (size_t i = 0; i < count; i++) account.list[i].stays = unit_random(9) > 0;
}

/* ---- what the service says ---- */

static int64_t number_in(const char *url, const char *word) {
  const char *at = strstr(url, word);

  return at ? strtoll(at + strlen(word), NULL, 10) : -1;
}

static void refuse(struct scripted_answer *answer, const char *code) {
  answer->status = 400;
  answer->owned = plain_resize(NULL, 100);
  answer->body = answer->owned;
  snprintf(answer->owned, 100, "{\"errors\":[{\"errorCode\":\"SVCSTG.SWR.%s\"}]}", code);
}

static void write_page(struct scripted_answer *answer, int64_t offset, int64_t limit) {
  int64_t count = (int64_t)account.count - offset;
  size_t used = 0;

  if (count > limit) count = limit;
  if (account.cap && count > account.cap) count = account.cap;
  if (count < 0) count = 0;
  answer->status = 200;
  answer->owned = plain_resize(NULL, (size_t)(count + 1) * ROW_MAX);
  answer->body = answer->owned;
  answer->owned[used++] = '[';
  for (int64_t i = 0; i < count; i++) {
    const struct repository *repository = &account.list[offset + i];
    char name[24], space[24];
    name_of(repository->number, name, space);
    used += (size_t)snprintf(
        answer->owned + used, ROW_MAX,
        "%s{\"name\":\"%s\",\"namespace\":\"%s\",\"updated_at\":\"2026-01-01T00:%02d:%02dZ\"}",
        i ? "," : "", name, space, (int)(repository->pushed / 60 % 60),
        (int)(repository->pushed % 60));
  }
  memcpy(answer->owned + used, "]", 2);
  if (account.silent) return;
  snprintf(answer->headers, sizeof answer->headers,
           "Content-Range: %" PRId64 "-%" PRId64 "/%" PRId64 "\n", offset, count,
           (int64_t)account.count + account.missing);
}

static void answer_list(void *context, size_t number, const char *url,
                        struct scripted_answer *answer) {
  int64_t limit = number_in(url, "limit%3A%3A");
  int64_t offset = number_in(url, "offset%3A%3A");

  (void)context;
  (void)number;
  account.requests++;
  CHECK(limit > 0 && offset >= 0 && offset % limit == 0);
  if (account.forbidden) {
    answer->status = 403;
    answer->body = account.forbidden;
  } else if (limit > account.limit_max) {
    refuse(answer, "4000056");
  } else if (account.unordered && strstr(url, "order_column")) {
    refuse(answer, "4001096");
  } else {
    change();
    write_page(answer, offset, limit);
  }
}

/* ---- what is found ---- */

struct found {
  struct fixture fixture;
  struct statement *statement;
  struct discovery *discovery;
  struct places *lists;
};

static bool begin(struct found *found, const struct place_filter *filter) {
  struct place everything;

  place_fill(&everything, "", "", "");
  found->statement = NULL;
  found->discovery = NULL;
  found->lists = places_create();
  if (!found->lists || !places_add(found->lists, &everything) ||
      statement_begin(found->fixture.service, &found->statement) != SERVICE_OK ||
      statement_reach(found->statement, "") != SERVICE_OK) {
    if (filter->release) filter->release(filter->context);
    return false;
  }
  found->discovery = discovery_open(found->statement, &repo_listing, found->lists, filter);
  return found->discovery != NULL;
}

static void end(struct found *found) {
  discovery_close(found->discovery);
  statement_release(found->statement);
  places_release(found->lists);
  CHECK_INT(0, fixture_page_requests(&found->fixture));
}

/* Reads the list to its end, now waiting for it and now not. */
static enum service_status find_all(struct found *found) {
  enum service_status status = SERVICE_OK;
  bool more = true;

  while (status == SERVICE_OK && more) {
    if (unit_random(1)) status = discovery_advance(found->discovery);
    if (status == SERVICE_OK) status = discovery_more(found->discovery, &more);
  }
  return status;
}

/* Each that stays is there once, and none is there twice. */
static void check_found(const struct found *found) {
  static int times[8000];
  const struct places *places = discovery_places(found->discovery);
  size_t missed = 0;
  size_t twice = 0;

  memset(times, 0, sizeof times);
  for (size_t i = 0; i < places_count(places); i++) {
    struct place place;
    const char *dash;
    places_get(places, i, &place);
    dash = strrchr(place.name, '-');
    CHECK(dash != NULL);
    if (dash) twice += times[strtol(dash + 1, NULL, 10)]++ > 0;
  }
  for (size_t i = 0; i < account.count; i++) {
    missed += account.list[i].stays && !times[account.list[i].number];
  }
  CHECK_INT(0, missed);
  CHECK_INT(0, twice);
}

static const struct place_filter all;

/* What an account is like, at random. */
static void choose(unsigned round) {
  static const size_t counts[] = {0, 1, 2, 7, 30, 99, 100, 101, 150, 198, 260, 350};
  static const size_t large[] = {999, 1000, 1001, 1500, 1998, 2400};
  static const int64_t caps[] = {0, 0, 0, 0, 1, 3, 7, 20};

  fill(round % 20 ? counts[unit_random(COUNT_OF(counts) - 1)]
                  : large[unit_random(COUNT_OF(large) - 1)]);
  account.changes = unit_random(2);
  account.silent = unit_random(3) == 0;
  account.limit_max = unit_random(1) ? LIMIT_FALLBACK : 1000;
  account.unordered = unit_random(2) == 0;
  account.by_push = unit_random(1);
  if (account.count < 200) account.cap = caps[unit_random(COUNT_OF(caps) - 1)];
  /* Pages of so few cannot overlap. */
  if (account.cap == 1 || account.cap == 3) account.changes = 0;
  sort();
}

/* One account. False if it changed too fast to be read, which must be said then. */
static bool check_one(unsigned round) {
  struct found found;
  enum service_status status = SERVICE_NO_MEMORY;

  choose(round);
  unit_case("%u: %zu, %u changes, limit %" PRId64 ", cap %" PRId64 ", silent %d, unordered %d %d",
            round, account.count, account.changes, account.limit_max, account.cap, account.silent,
            account.unordered, account.by_push);
  fixture_open(&found.fixture, answer_list, NULL);
  if (CHECK(begin(&found, &all))) {
    status = find_all(&found);
    if (status == SERVICE_OK) {
      check_found(&found);
    } else {
      const char *message = found.fixture.service->error.message;
      CHECK(status == SERVICE_FAILED && account.changes &&
            (strstr(message, "keep changing") || strstr(message, "says that it has")));
    }
  }
  end(&found);
  fixture_close(&found.fixture);
  return status == SERVICE_OK;
}

static void check_changes(void) {
  const char *rounds = getenv("UNIT_ROUNDS");
  unsigned most = rounds ? (unsigned)strtoul(rounds, NULL, 10) : ROUNDS;
  unsigned read = 0;

  for (unsigned round = 0; round < most; round++) read += check_one(round);
  unit_case("those that can be read");
  CHECK(read > most * 9 / 10);
}

/* ---- one thing at a time ---- */

/* Limit and offset of all requests so far, as `1000@0 100@0`. */
static const char *requests(const struct found *found) {
  static char text[1000];
  const struct scripted_transport *transport = found->fixture.transport;
  size_t used = 0;

  text[0] = '\0';
  for (size_t i = 0; i < transport->request_count && used < sizeof text - 50; i++) {
    const char *url = transport->requests[i].url;
    used +=
        (size_t)snprintf(text + used, sizeof text - used, "%s%" PRId64 "@%" PRId64, i ? " " : "",
                         number_in(url, "limit%3A%3A"), number_in(url, "offset%3A%3A"));
  }
  return text;
}

/* An account that does not change, of so many; `found` is to be ended. */
static enum service_status find_in(struct found *found, const struct place_filter *filter) {
  if (!CHECK(begin(found, filter))) return SERVICE_NO_MEMORY;
  return find_all(found);
}

static void open_account(struct found *found, size_t count) {
  fill(count);
  sort();
  fixture_open(&found->fixture, answer_list, NULL);
}

/* What was refused once is not asked for again, by no statement of the connection. */
static void check_remembered(void) {
  struct found found;

  unit_case("a limit that is refused");
  open_account(&found, 150);
  account.limit_max = LIMIT_FALLBACK;
  for (int statement = 0; statement < 2; statement++) {
    CHECK_INT(SERVICE_OK, find_in(&found, &all));
    check_found(&found);
    end(&found);
  }
  CHECK_TEXT("1000@0 100@0 98@98 100@0 98@98", requests(&found));
  fixture_close(&found.fixture);

  unit_case("an order that is refused");
  open_account(&found, 150);
  account.unordered = true;
  for (int statement = 0; statement < 2; statement++) {
    CHECK_INT(SERVICE_OK, find_in(&found, &all));
    end(&found);
  }
  CHECK_INT(3, account.requests);
  CHECK_LACKS(found.fixture.transport->requests[2].url, "order");
  fixture_close(&found.fixture);
}

/* The last page is read, also where the one before is full. */
static void check_last_page(void) {
  static const struct {
    size_t count;
    const char *requests;
  } lists[] = {{999, "1000@0"},
               {1000, "1000@0 998@998"},
               {1001, "1000@0 998@998"},
               {2400, "1000@0 998@998 997@1994"}};

  for (size_t i = 0; i < COUNT_OF(lists); i++) {
    struct found found;
    unit_case("%zu", lists[i].count);
    open_account(&found, lists[i].count);
    CHECK_INT(SERVICE_OK, find_in(&found, &all));
    check_found(&found);
    CHECK_INT(lists[i].count, places_count(discovery_places(found.discovery)));
    CHECK_TEXT(lists[i].requests, requests(&found));
    end(&found);
    fixture_close(&found.fixture);
  }
}

/* A total that no reading reaches is no list that is whole; nor is a refusal one that is empty. */
static void check_refusals(void) {
  struct found found;

  unit_case("a total of more");
  open_account(&found, 20);
  account.missing = 3;
  CHECK_INT(SERVICE_FAILED, find_in(&found, &all));
  CHECK_HAS(found.fixture.service->error.message,
            "the list of repositories says that it has 3 more than it gave, in 4 readings");
  end(&found);
  fixture_close(&found.fixture);

  unit_case("a total of more, of a list without an order");
  open_account(&found, 150);
  account.unordered = true;
  account.limit_max = LIMIT_FALLBACK;
  account.missing = 3;
  CHECK_INT(SERVICE_FAILED, find_in(&found, &all));
  CHECK_HAS(found.fixture.service->error.message, "has 3 more than it gave, in 4 readings");
  check_found(&found);
  end(&found);
  fixture_close(&found.fixture);

  unit_case("forbidden");
  open_account(&found, 20);
  account.forbidden = "{\"errors\":[{\"errorCode\":\"SVCSTG.SWR.4039002\"}]}";
  CHECK_INT(SERVICE_FORBIDDEN, find_in(&found, &all));
  CHECK_INT(0, places_count(discovery_places(found.discovery)));
  end(&found);
  fixture_close(&found.fixture);
}

struct wish {
  int asked;
  int released;
};

static bool accepts_web(const void *context, const struct place *place) {
  /* NOLINTNEXTLINE(performance-no-int-to-ptr): a filter changes nothing; this one counts. */
  ((struct wish *)(uintptr_t)context)->asked++;
  return strstr(place->name, "web-") != NULL;
}

static void release(void *context) { ((struct wish *)context)->released++; }

static void check_filter(void) {
  struct wish wish = {0, 0};
  const struct place_filter filter = {accepts_web, release, &wish};
  struct found found;
  size_t wanted = 0;

  unit_case("those that a filter accepts");
  open_account(&found, 90);
  for (size_t i = 0; i < account.count; i++) wanted += account.list[i].number % NAMES == 3;
  CHECK_INT(SERVICE_OK, find_in(&found, &filter));
  CHECK_INT(wanted, places_count(discovery_places(found.discovery)));
  CHECK_INT(90, wish.asked);
  CHECK_INT(0, wish.released);
  end(&found);
  CHECK_INT(1, wish.released);
  fixture_close(&found.fixture);
}

/* Where another reader of the statement has the list, nothing is asked. */
static void check_shared(void) {
  const struct page_reader reader = {.limit = -1, .reads = true};
  struct place everything;
  struct found found;
  struct roll *roll;
  bool exists;

  unit_case("shared");
  open_account(&found, 150);
  if (!CHECK(begin(&found, &all))) return;
  place_fill(&everything, "", "", "");
  roll = statement_roll(found.statement, &repo_listing, &everything,
                        listing_steady_order(&repo_listing), 0);
  CHECK_INT(SERVICE_OK, roll_seek(roll, &reader, 0, &exists));
  CHECK_INT(1, account.requests);
  CHECK_INT(SERVICE_OK, find_all(&found));
  check_found(&found);
  CHECK_INT(1, account.requests);
  end(&found);
  fixture_close(&found.fixture);
}

/* A request of somebody else that is under way. */
static struct page_request *occupy(struct found *found) {
  const struct page_window window = {0, 1, listing_steady_order(&repo_listing)};
  static struct place other;

  place_fill(&other, "", "n01", "");
  return page_request_start(found->fixture.service, found->fixture.access, &repo_listing, &other,
                            &window);
}

/* An account where there is room for one request; its list once more, and what is to be ended. */
static void open_narrow(struct found *found) {
  struct place space;

  open_account(found, 90);
  fixture_set(&found->fixture, "concurrency", "1");
  CHECK(begin(found, &all));
  fixture_begin(&found->fixture);
  place_fill(&space, "", "n00", "");
  CHECK(places_add(found->lists, &space));
}

/*
** Something else is under way whenever more is wanted, and there is room for nothing more: lists
** are read all the same, one after the other.
*/
static void check_no_room(void) {
  struct found found;
  bool more = true;
  size_t found_first = 0;

  unit_case("no room");
  open_narrow(&found);
  for (int call = 0; more && call < 10; call++) {
    struct page_request *request = occupy(&found);
    CHECK_INT(SERVICE_OK, discovery_more(found.discovery, &more));
    if (!call) found_first = places_count(discovery_places(found.discovery));
    page_request_close(request);
  }
  CHECK(!more);
  CHECK_INT(90, found_first);
  CHECK(places_count(discovery_places(found.discovery)) > 90);
  end(&found);
  fixture_close(&found.fixture);
}

/* The same with any allocation failing, be it that of who has the room. */
static void check_no_room_nor_memory(bool waits) {
  long refused = 1;

  for (long nth = 1; refused > 0; nth++) {
    struct found found;
    enum service_status status = SERVICE_OK;
    struct page_request *request;
    unit_case("no room, waits %d, allocation %ld", waits, nth);
    open_narrow(&found);
    request = occupy(&found);
    allocation_fail_at(nth, false);
    if (!waits) status = discovery_advance(found.discovery);
    if (status == SERVICE_OK) status = find_all(&found);
    refused = allocation_stop();
    CHECK(status == SERVICE_OK || (refused && status == SERVICE_NO_MEMORY));
    page_request_close(request);
    end(&found);
    fixture_close(&found.fixture);
    if (!CHECK(nth < 100000)) return;
  }
}

/* Who never waits is told what is wrong with a list, too. */
static void check_advance(void) {
  struct found found;
  enum service_status status = SERVICE_OK;

  unit_case("a total of more, and nobody waits");
  open_account(&found, 20);
  account.missing = 3;
  CHECK(begin(&found, &all));
  for (int call = 0; status == SERVICE_OK && call < 100; call++) {
    status = discovery_advance(found.discovery);
    if (status == SERVICE_OK) CHECK_INT(SERVICE_OK, service_wait(found.fixture.service));
  }
  CHECK_INT(SERVICE_FAILED, status);
  CHECK_HAS(found.fixture.service->error.message, "has 3 more than it gave, in 4 readings");
  end(&found);
  fixture_close(&found.fixture);
}

static void check_memory(bool all_after) {
  long refused = 1;

  for (long nth = 1; refused > 0; nth++) {
    struct wish wish = {0, 0};
    const struct place_filter filter = {accepts_web, all_after ? NULL : release, &wish};
    struct found found;
    enum service_status status = SERVICE_NO_MEMORY;
    unit_case("allocation %ld%s", nth, all_after ? " and all after" : "");
    open_account(&found, 130);
    account.limit_max = LIMIT_FALLBACK;
    allocation_fail_at(nth, all_after);
    if (begin(&found, &filter)) status = find_all(&found);
    refused = allocation_stop();
    CHECK_INT(refused ? SERVICE_NO_MEMORY : SERVICE_OK, status);
    end(&found);
    CHECK_INT(all_after ? 0 : 1, wish.released);
    fixture_close(&found.fixture);
    if (!CHECK(nth < 100000)) return;
  }
}

void discovery_test(void) {
  check_changes();
  check_remembered();
  check_last_page();
  check_refusals();
  check_filter();
  check_shared();
  check_no_room();
  check_no_room_nor_memory(false);
  check_no_room_nor_memory(true);
  check_advance();
  check_memory(false);
  check_memory(true);
}
