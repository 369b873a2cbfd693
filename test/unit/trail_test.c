/*
** Tests of ext/scan/trail: what a reader has read last of one time, over several pages, is known
** again in a map, put back where it was let go of, and told from what is something else by now.
*/
#include "scan/trail.h"

#include <stdio.h>
#include <stdlib.h>

#include "allocation.h"
#include "record/json_record.h"
#include "sync_job_columns.h"
#include "unit.h"

#define ROWS 3

static const struct order order = {.column = JOB_CREATED_AT};
static struct json_reader reader;
static size_t shared; /* bytes */

/* A page of rows of one time with these ids: first_id, first_id + 1, … */
static struct page_run make_run(int64_t start, int64_t first_id) {
  struct page_hold *hold = plain_resize(NULL, sizeof *hold);
  struct record_problem problem;

  *hold = (struct page_hold){.references = 1};
  record_page_init(&hold->rows, &sync_job_listing);
  for (int64_t id = first_id; id < first_id + ROWS; id++) {
    char record[100];
    int used =
        snprintf(record, sizeof record,
                 "{\"id\":%d,\"tag\":\"t\",\"createdAt\":\"2026-01-01T00:00:00Z\"}", (int)id);
    CHECK_INT(RECORD_OK, json_record_take(&reader, record, (size_t)used, &hold->rows, &problem));
  }
  return (struct page_run){
      .here = true, .page = &hold->rows, .start = start, .end = start + ROWS, .hold = hold};
}

/* Two pages of one time are read, and looked for in a map that has one or both, or another row. */
static void check_tied(size_t missing, bool changed) {
  struct page_run runs[2] = {make_run(0, 1), make_run(ROWS, 1 + ROWS)};
  struct page_run other = make_run(0, changed ? 50 : 1);
  struct trail trail = {.count = 0};
  struct page_cache cache;
  bool follows;

  unit_case("without page %zu, changed %d", missing, changed);
  page_cache_init(&cache, &shared);
  CHECK(trail_go_on(&trail, &runs[0], 0, false, false));
  CHECK_INT(0, trail.count);
  CHECK(trail_go_on(&trail, &runs[1], ROWS, true, true));
  CHECK_INT(1, trail.count);
  if (missing != 0) CHECK(page_cache_keep_held(&cache, other.hold, 0, 0, ROWS));
  if (missing != 1) CHECK(page_cache_keep_held(&cache, runs[1].hold, 0, ROWS, ROWS));
  CHECK(trail_follow(&trail, &cache, &order, NULLS_UNKNOWN, &follows));
  CHECK_INT(missing == 0 || !changed, follows);
  for (int64_t position = 0; follows && position < 2 * (int64_t)ROWS; position++) {
    const struct cached_page *page = page_cache_peek(&cache, position);
    if (!CHECK(page)) continue;
    CHECK_INT(position + 1, record_page_id(&page->rows, cached_page_index(page, position)));
  }
  trail_free(&trail);
  page_cache_free(&cache);
  for (size_t i = 0; i < 2; i++) page_hold_release(runs[i].hold);
  page_hold_release(other.hold);
  CHECK_INT(0, shared);
}

void trail_test(void) {
  json_reader_init(&reader, &sync_job_listing, UINT32_MAX);
  for (size_t missing = 0; missing <= 2; missing++) {
    check_tied(missing, false);
    check_tied(missing, true);
  }
  json_reader_free(&reader);
}
