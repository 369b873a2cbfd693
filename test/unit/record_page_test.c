/*
** Tests of ext/record/record_page: how much memory a page takes, and where it goes.
*/
#include "record/record_page.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api/listing.h"
#include "unit.h"

#define TAG 12 /* a column of sync jobs */
#define ROWS 1000

/* Adds so many rows, each with a text of its own of this size or more. */
static void fill(struct record_page *page, size_t rows, size_t size) {
  char text[4096];

  for (size_t i = 0; i < rows; i++) {
    uint32_t *row = record_page_begin(page);
    CHECK(row != NULL);
    if (!row) return;
    memset(text, 'x', size);
    snprintf(text + size, sizeof text - size, "%zu", i);
    CHECK(record_page_add(page, row, TAG, text, strlen(text)));
    record_page_commit(page, row, UINT32_C(1) << TAG, true);
  }
}

static void open_page(struct record_page *page, struct spare_pages *spares, size_t expected) {
  record_page_init(page, &sync_job_listing);
  page->spares = spares;
  page->expected = expected;
}

static void check_size(void) {
  struct record_page page;
  size_t used;

  unit_case("as large as its rows");
  open_page(&page, NULL, ROWS);
  fill(&page, ROWS, 80);
  CHECK_INT(ROWS, (int64_t)page.row_capacity);
  used = (size_t)ROWS * page.stride * sizeof *page.rows + page.text_size;
  CHECK(record_page_footprint(&page) <= used + used / 8);
  unit_case("more rows than there should be");
  fill(&page, ROWS, 80);
  CHECK_INT(2 * ROWS, (int64_t)page.row_count);
  record_page_free(&page);
  unit_case("one long record does not stand for all");
  open_page(&page, NULL, ROWS);
  fill(&page, 3, 4000);
  CHECK(page.text_capacity <= (size_t)256 << 10);
  record_page_free(&page);
}

static void check_spares(void) {
  struct spare_pages spares = {.count = 0};
  struct record_page pages[SPARE_PAGES_MAX + 1];
  const uint32_t *rows;
  const char *text;

  unit_case("a page takes the memory of one that is gone");
  open_page(&pages[0], &spares, ROWS);
  fill(&pages[0], ROWS, 80);
  rows = pages[0].rows;
  text = pages[0].text;
  record_page_free(&pages[0]);
  CHECK_INT(1, (int64_t)spares.count);
  open_page(&pages[0], &spares, ROWS - 1);
  fill(&pages[0], ROWS - 1, 80);
  CHECK(pages[0].rows == rows && pages[0].text == text);
  CHECK_INT(0, (int64_t)spares.count);
  record_page_free(&pages[0]);
  unit_case("a small one does not, nor a larger one");
  open_page(&pages[0], &spares, ROWS / 3);
  fill(&pages[0], 1, 80);
  open_page(&pages[1], &spares, ROWS + 1);
  fill(&pages[1], 1, 80);
  CHECK_INT(1, (int64_t)spares.count);
  CHECK(pages[0].rows != rows && pages[1].rows != rows);
  record_page_free(&pages[0]);
  record_page_free(&pages[1]);
  CHECK_INT(3, (int64_t)spares.count);
  spare_pages_free(&spares);
  unit_case("a few are kept");
  for (size_t i = 0; i <= SPARE_PAGES_MAX; i++) {
    open_page(&pages[i], &spares, ROWS);
    fill(&pages[i], 1, 80);
  }
  for (size_t i = 0; i <= SPARE_PAGES_MAX; i++) record_page_free(&pages[i]);
  CHECK_INT(SPARE_PAGES_MAX, (int64_t)spares.count);
  spare_pages_free(&spares);
  CHECK_INT(0, (int64_t)spares.count);
}

static void check_spare_bodies(void) {
  struct spare_pages spares = {.count = 0};
  struct buffer bodies[SPARE_BODIES_MAX + 1];
  const char *bytes;

  unit_case("a body takes the memory of one that was decoded, empty, within its own limit");
  buffer_init(&bodies[0], 1000);
  CHECK_INT(BUFFER_OK, spare_body_take(&spares, &bodies[0], 500));
  CHECK_INT(BUFFER_OK, buffer_append(&bodies[0], "text", 4));
  bytes = bodies[0].bytes;
  spare_body_put(&spares, &bodies[0]);
  CHECK(!bodies[0].bytes && bodies[0].limit == 1000);
  buffer_init(&bodies[1], 400);
  CHECK_INT(BUFFER_OK, spare_body_take(&spares, &bodies[1], 300));
  CHECK(bodies[1].bytes == bytes && bodies[1].size == 0 && bodies[1].limit == 400);
  CHECK_INT(0, (int64_t)spares.body_count);
  unit_case("a larger one is made large enough");
  spare_body_put(&spares, &bodies[1]);
  CHECK_INT(BUFFER_OK, spare_body_take(&spares, &bodies[0], 900));
  CHECK(bodies[0].capacity > 900);
  unit_case("one that has memory keeps it");
  spare_body_put(&spares, &bodies[0]);
  CHECK_INT(BUFFER_OK, buffer_append(&bodies[0], "text", 4));
  CHECK_INT(BUFFER_OK, spare_body_take(&spares, &bodies[0], 900));
  CHECK_INT(1, (int64_t)spares.body_count);
  CHECK_INT(4, (int64_t)bodies[0].size);
  unit_case("a few are kept, and none without a place for them");
  spare_body_put(NULL, &bodies[0]);
  CHECK(!bodies[0].bytes);
  for (size_t i = 0; i <= SPARE_BODIES_MAX; i++) {
    buffer_init(&bodies[i], 1000);
    CHECK_INT(BUFFER_OK, spare_body_take(&spares, &bodies[i], 10));
  }
  for (size_t i = 0; i <= SPARE_BODIES_MAX; i++) spare_body_put(&spares, &bodies[i]);
  CHECK_INT(SPARE_BODIES_MAX, (int64_t)spares.body_count);
  spare_pages_free(&spares);
  CHECK_INT(0, (int64_t)spares.body_count);
}

void record_page_test(void) {
  check_size();
  check_spares();
  check_spare_bodies();
}
