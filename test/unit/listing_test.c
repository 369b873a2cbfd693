/*
** Tests of ext/api/listing and keys, and of page maps of lists that are not like that of sync jobs.
*/
#include "api/listing.h"

#include <stdio.h>
#include <string.h>

#include "api/keys.h"
#include "fixture.h"
#include "unit.h"

/* An organization's list that is given whole, in no order, of records without an integer. */
static const struct column flat_columns[] = {
    {.name = "name", .flags = COLUMN_IDENTITY | COLUMN_NOT_NULL},
    {.name = "namespace", .key = PLACE_NAMESPACE},
    {.name = "region", .key = PLACE_REGION, .flags = COLUMN_HIDDEN}};
static const struct listing flat = {.table = "flat",
                                    .noun = "flat things",
                                    .records = "things",
                                    .record = "thing",
                                    .path = "/v2/{namespace}/things",
                                    .required = PLACE_REGION | PLACE_NAMESPACE,
                                    .columns = flat_columns,
                                    .column_count = COUNT_OF(flat_columns)};

static void check_keys(void) {
  char text[KEYS_TEXT_MAX];
  struct listing unasked;

  unit_case("keys");
  CHECK_INT(PLACE_NAMESPACE | PLACE_REPOSITORY | PLACE_REGION,
            keys_parts(PLACE_IMAGE | PLACE_REGION));
  CHECK(!keys_complete(&sync_job_listing, PLACE_NAMESPACE | PLACE_REGION));
  CHECK(keys_complete(&sync_job_listing, PLACE_IMAGE));
  CHECK(keys_complete(&flat, PLACE_NAMESPACE));
  CHECK(!keys_complete(&flat, 0));
  CHECK_TEXT("repository", keys_place(&sync_job_listing));
  CHECK_TEXT("organization", keys_place(&flat));
  keys_missing(&sync_job_listing, 0, " = ...", " AND ", text);
  CHECK_TEXT("namespace = ... AND repoName = ..., or image = ...", text);
  keys_missing(&sync_job_listing, PLACE_REPOSITORY, "=?", " and ", text);
  CHECK_TEXT("namespace=?", text);
  keys_missing(&flat, 0, "=?", " and ", text);
  CHECK_TEXT("namespace=?", text);
  CHECK_INT(0, keys_of_column(&flat, -1));
  CHECK_INT(PLACE_NAMESPACE, keys_of_column(&flat, 1));
  unit_case("a name that the list cannot be asked by");
  unasked = flat;
  unasked.required = PLACE_REGION;
  CHECK_INT(0, keys_of_column(&unasked, 1));
  CHECK_INT(PLACE_REGION, keys_of_column(&unasked, 2));
  unit_case("keys");
  CHECK_INT(0, keys_of_column(&flat, 0));
  CHECK_INT(PLACE_NAMESPACE, keys_of_column(&flat, 1));
  CHECK(!keys_echo(&flat, 0));
  CHECK(keys_echo(&flat, 1) && keys_echo(&flat, 2));
  CHECK_TEXT("region", keys_name(&flat, PLACE_REGION));
  CHECK(!keys_name(&flat, PLACE_IMAGE));
}

/* A filter narrows: such a key can be asked for, and is not echoed. */
static void check_narrowing(void) {
  struct listing narrowed = flat;

  unit_case("a key that narrows");
  narrowed.required = PLACE_REGION;
  narrowed.narrowing = PLACE_NAMESPACE;
  CHECK(keys_complete(&narrowed, 0));
  CHECK_INT(PLACE_NAMESPACE, keys_of_column(&narrowed, 1));
  CHECK(!keys_echo(&narrowed, 1));
  CHECK_TEXT("account", keys_place(&narrowed));
  narrowed.narrowing = 0;
  CHECK_INT(0, keys_of_column(&narrowed, 1));
}

static void check_orders(void) {
  unit_case("orders");
  CHECK(listing_order(&sync_job_listing, false) == JOBS_ASCENDING);
  CHECK(listing_order(&sync_job_listing, true) == JOBS_DESCENDING);
  CHECK(!listing_order(&flat, true)->words && !listing_order(&flat, true)->descending);
  CHECK_INT(-1, listing_time_column(&flat));
}

static char urls[200];
static int status;

/* Three things, whatever is asked for; their list has no Content-Range. */
static void answer_three(void *context, size_t number, const char *url,
                         struct scripted_answer *answer) {
  (void)context;
  (void)number;
  snprintf(urls + strlen(urls), sizeof urls - strlen(urls), "%s ", url);
  answer->status = status;
  answer->body = status == 200 ? "[{\"name\":\"a\"},{\"name\":\"b\"},{\"name\":\"c\"}]"
                               : "{\"errors\":[{\"errorCode\":\"SVCSTG.SWR.4000404\"}]}";
}

/* Reads all rows from `first` on, and counts them. */
static enum service_status read_rows(struct fixture *fixture, const struct listing *listing,
                                     int64_t first, int64_t *count) {
  struct page_reader reader = {.offset = first, .limit = -1};
  struct page_map *map = page_map_open(fixture->service, fixture->access, listing, &fixture->place,
                                       listing_order(listing, false), &fixture->footprint);
  enum service_status result = SERVICE_OK;
  bool exists = true;

  *count = 0;
  for (int64_t position = first; result == SERVICE_OK && exists; position++) {
    const struct record_page *page;
    size_t index;
    reader.reads = true;
    result = page_map_seek(map, &reader, position, &exists);
    if (result != SERVICE_OK || !exists) break;
    result = fixture_row(map, &reader, position, &page, &index);
    if (result == SERVICE_OK) {
      size_t size;
      const char *name = record_page_text(page, index, 0, &size);
      CHECK(name && name[0] == 'a' + (char)position);
      (*count)++;
    }
  }
  page_map_close(map);
  return result;
}

/* The first answer is all, and offsets are not asked for. */
static void check_unpaged(void) {
  static const int64_t firsts[] = {0, 2, 3, 50};

  for (size_t i = 0; i < COUNT_OF(firsts); i++) {
    struct fixture fixture;
    int64_t count;
    unit_case("a list that is not paged, from %d on", (int)firsts[i]);
    urls[0] = '\0';
    status = 200;
    fixture_open(&fixture, answer_three, NULL);
    fixture_set(&fixture, "page_size", "2");
    fixture_begin(&fixture);
    CHECK(place_set_parts(&fixture.place, PLACE_NAMESPACE, "group", 5, NULL, 0));
    if (!CHECK_INT(SERVICE_OK, read_rows(&fixture, &flat, firsts[i], &count))) {
      CHECK_TEXT("", fixture.service->error.message);
    }
    CHECK_INT(firsts[i] < 3 ? 3 - firsts[i] : 0, count);
    CHECK_TEXT("https://swr.example/v2/group/things ", urls);
    fixture_close(&fixture);
  }
}

/* 404 is no rows only where the path names what may not be there. */
static void check_absent(void) {
  for (int named = 0; named <= 1; named++) {
    struct fixture fixture;
    struct listing listing = flat;
    int64_t count;
    unit_case("404, a place named %d", named);
    if (!named) {
      listing.required = PLACE_REGION;
      listing.path = "/v2/things";
    }
    urls[0] = '\0';
    status = 404;
    fixture_open(&fixture, answer_three, NULL);
    fixture_begin(&fixture);
    CHECK(place_set_parts(&fixture.place, named ? PLACE_NAMESPACE : 0, "group", 5, NULL, 0));
    CHECK_INT(named ? SERVICE_OK : SERVICE_FAILED, read_rows(&fixture, &listing, 0, &count));
    CHECK_INT(0, count);
    if (!named) CHECK_HAS(fixture.service->error.message, "the service: HTTP 404");
    fixture_close(&fixture);
  }
}

/* Two numbers tell no more than one text does: neither is the id; a number in text is none. */
static void check_identity(void) {
  struct column columns[3] = {{.name = "a", .flags = COLUMN_IDENTITY, .kind = COLUMN_INTEGER},
                              {.name = "b", .flags = COLUMN_IDENTITY, .kind = COLUMN_INTEGER},
                              {.name = "c"}};
  struct listing listing = {.columns = columns, .column_count = 3};

  unit_case("identity");
  CHECK_INT(-1, listing_identity(&listing));
  columns[0].flags = 0;
  CHECK_INT(1, listing_identity(&listing));
  columns[1].kind = COLUMN_TEXT;
  CHECK_INT(-1, listing_identity(&listing));
  unit_case("what stands after the columns is none");
  columns[1].kind = COLUMN_INTEGER;
  columns[1].key = PLACE_REGION;
  listing.column_count = 1;
  CHECK_INT(-1, listing_identity(&listing));
  CHECK_INT(-1, listing_key_column(&listing, PLACE_REGION));
  CHECK_INT(1, listing_decoded(&listing, UINT32_MAX));
}

/* Where a list has no such order, it is the first that it has. */
static void check_only_order(void) {
  static const struct column columns[] = {{.name = "a", .flags = COLUMN_TIME}};
  static const struct listing listing = {
      .columns = columns, .column_count = 1, .orders = {{.words = "up"}}, .order_count = 1};

  unit_case("one order");
  CHECK(listing_order(&listing, false) == &listing.orders[0]);
  CHECK(listing_order(&listing, true) == &listing.orders[0]);
}

void listing_test(void) {
  check_identity();
  check_only_order();
  check_keys();
  check_narrowing();
  check_orders();
  check_unpaged();
  check_absent();
}
