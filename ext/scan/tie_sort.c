/*
** Rows of one time, sorted: see tie_sort.h.
*/
#include "scan/tie_sort.h"

#include <stdlib.h>
#include <string.h>

#include "api/keys.h"
#include "base/always.h"
#include "base/array.h"
#include "base/timestamp.h"
#include "scan/part.h"
#include "scan/row.h"

/* A row of the run. */
struct tied {
  const struct tie_sort *sort; /* for qsort, which hands nothing else on */
  const struct record_page *page;
  size_t index;           /* in the page */
  struct page_hold *hold; /* referenced; NULL: the page stays anyway */
  const struct part *part;
  int64_t position;
  size_t arrival; /* rows that agree in everything stay in the order in which they came */
};

struct tie_sort {
  struct tie ties[TIES_MAX];
  size_t tie_count;
  size_t memory_max;
  struct tied *rows;
  size_t count;
  size_t capacity;
  size_t current;
  size_t memory;    /* bytes of the pages that the run holds */
  uint64_t version; /* never changes: what is held stays */
};

struct tie_sort *tie_sort_open(const struct tie *ties, size_t count, size_t memory) {
  struct tie_sort *sort = calloc(1, sizeof *sort);

  if (!sort) return NULL;
  sort->tie_count = count < TIES_MAX ? count : TIES_MAX;
  memcpy(sort->ties, ties, sort->tie_count * sizeof *ties);
  sort->memory_max = memory;
  return sort;
}

static void forget(struct tie_sort *sort) {
  for (size_t i = 0; i < sort->count; i++) page_hold_release(sort->rows[i].hold);
  sort->count = sort->current = 0;
  sort->memory = 0;
}

void tie_sort_close(struct tie_sort *sort) {
  if (!sort) return;
  forget(sort);
  free(sort->rows);
  free(sort);
}

/* ---- in the order of SQLite ---- */

static const char *text_of(const struct tied *row, int column, size_t *size) {
  const char *text = record_page_text(row->page, row->index, column, size);
  bool json = row->page->listing->columns[column].flags & COLUMN_JSON_TEXT;

  return json && !*size ? NULL : text; /* as the table shows it */
}

static int compare_texts(const struct tied *a, const struct tied *b, int column) {
  size_t a_size;
  size_t b_size;
  const char *a_text = text_of(a, column, &a_size);
  const char *b_text = text_of(b, column, &b_size);
  int compared;

  if (!a_text || !b_text) return (a_text != NULL) - (b_text != NULL);
  if (a->page->listing->columns[column].flags & COLUMN_TIME) {
    return timestamp_compare(a_text, a_size, b_text, b_size);
  }
  compared = memcmp(a_text, b_text, a_size < b_size ? a_size : b_size);
  return compared ? compared : (a_size > b_size) - (a_size < b_size);
}

static int compare_integers(const struct tied *a, const struct tied *b, int column) {
  bool a_there;
  bool b_there;
  int64_t a_value = record_page_integer(a->page, a->index, column, &a_there);
  int64_t b_value = record_page_integer(b->page, b->index, column, &b_there);

  if (!a_there || !b_there) return a_there - b_there;
  return (a_value > b_value) - (a_value < b_value);
}

static int compare_reals(const struct tied *a, const struct tied *b, int column) {
  bool a_there;
  bool b_there;
  double a_value = record_page_real(a->page, a->index, column, &a_there);
  double b_value = record_page_real(b->page, b->index, column, &b_there);

  if (!a_there || !b_there) return a_there - b_there;
  return (a_value > b_value) - (a_value < b_value);
}

static int compare_booleans(const struct tied *a, const struct tied *b, int column) {
  bool a_there;
  bool b_there;
  int a_value = record_page_boolean(a->page, a->index, column, &a_there);
  int b_value = record_page_boolean(b->page, b->index, column, &b_there);

  return a_there == b_there ? a_value - b_value : a_there - b_there;
}

static const char *name_of(const struct tied *row, unsigned key) {
  const struct place *place = sequence_place(&row->part->rows);

  switch (key) {
    case PLACE_NAMESPACE:
      return place->name_space;
    case PLACE_REPOSITORY:
      return place->name;
    case PLACE_IMAGE:
      return place->image;
    default:
      return place->region;
  }
}

static int compare_column(const struct tied *a, const struct tied *b, int column) {
  const struct listing *listing = a->page->listing;
  const struct column *definition = &listing->columns[column];

  if (keys_echo(listing, column)) {
    if (a->part == b->part) return 0;
    return strcmp(name_of(a, definition->key), name_of(b, definition->key));
  }
  if (definition->flags & COLUMN_ORDINAL) {
    return (a->position > b->position) - (a->position < b->position);
  }
  switch (definition->kind) {
    case COLUMN_INTEGER:
      return compare_integers(a, b, column);
    case COLUMN_REAL:
      return compare_reals(a, b, column);
    case COLUMN_BOOLEAN:
      return compare_booleans(a, b, column);
    default:
      return compare_texts(a, b, column);
  }
}

static int compare(const void *left, const void *right) {
  const struct tied *a = left;
  const struct tied *b = right;
  const struct tie_sort *sort = a->sort;

  for (size_t i = 0; i < sort->tie_count; i++) {
    int compared = compare_column(a, b, sort->ties[i].column);
    if (compared) return sort->ties[i].descending ? -compared : compared;
  }
  return (a->arrival > b->arrival) - (a->arrival < b->arrival);
}

/* ---- a run ---- */

static bool reserve(struct tie_sort *sort) {
  struct tied *rows = array_reserve(sort->rows, &sort->capacity, sort->count + 1, sizeof *rows);

  if (!rows) return false;
  sort->rows = rows;
  return true;
}

static enum service_status too_many(const struct tie_sort *sort, const struct scan *scan) {
  const struct listing *listing = scan->listing;
  const char *time = listing->columns[scan->order->column].name;

  service_fail(statement_error(scan->statement),
               "more than %zu %s have the same %s, which is more than are sorted here.",
               sort->count, listing->records, time);
  return service_advise(statement_error(scan->statement),
                        "Let SQLite sort them, by +%s instead of %s in ORDER BY.", time, time);
}

/* Adds the row to the run. */
static enum service_status add(struct tie_sort *sort, const struct scan *scan, struct tied *row) {
  const struct tied *last = sort->count ? &sort->rows[sort->count - 1] : NULL;

  if (row->hold && !(last && last->hold == row->hold)) {
    sort->memory += record_page_footprint(row->page);
  }
  if (sort->memory + sort->count * sizeof *row > sort->memory_max) return too_many(sort, scan);
  if (!reserve(sort)) return SERVICE_NO_MEMORY;
  page_hold_retain(row->hold);
  row->arrival = sort->count;
  sort->rows[sort->count++] = *row;
  return SERVICE_OK;
}

/* The row that the scan is at. */
static enum service_status look(const struct tie_sort *sort, struct scan *scan, struct tied *row) {
  struct part *part = scan_part(scan);
  enum service_status status = part_row(scan, part, &row->page, &row->index);

  row->sort = sort;
  row->hold = part->trail.view.hold;
  row->part = part;
  row->position = part->position;
  return status;
}

static bool same_time(const struct tied *a, const struct tied *b) {
  return row_compare(NULL, NULLS_FIRST, a->page, a->index, b->page, b->index) == 0;
}

enum service_status tie_sort_begin(struct tie_sort *sort, struct scan *scan) {
  enum service_status status = SERVICE_OK;

  forget(sort);
  while (status == SERVICE_OK && !scan_at_end(scan)) {
    struct tied row;
    status = look(sort, scan, &row);
    if (NEVER(status != SERVICE_OK)) break; /* the scan reads: the row came with the step to it */
    if (sort->count && !same_time(&sort->rows[0], &row)) break;
    status = add(sort, scan, &row);
    if (status == SERVICE_OK) status = scan_step(scan);
  }
  if (status == SERVICE_OK && sort->count > 1) {
    qsort(sort->rows, sort->count, sizeof *sort->rows, compare);
  }
  return status;
}

enum service_status tie_sort_next(struct tie_sort *sort, struct scan *scan) {
  sort->current++;
  return sort->current < sort->count ? SERVICE_OK : tie_sort_begin(sort, scan);
}

bool tie_sort_ended(const struct tie_sort *sort) { return sort->current >= sort->count; }

int64_t tie_sort_position(const struct tie_sort *sort) {
  return sort->rows[sort->current].position;
}

const struct place *tie_sort_place(const struct tie_sort *sort) {
  return sequence_place(&sort->rows[sort->current].part->rows);
}

const struct record_page *tie_sort_row(const struct tie_sort *sort, size_t *index) {
  *index = sort->rows[sort->current].index;
  return sort->rows[sort->current].page;
}

const uint64_t *tie_sort_version(const struct tie_sort *sort) { return &sort->version; }
