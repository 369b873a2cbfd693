/*
** The ways to read a list of records: see record_ways.h.
*/
#include "record_ways.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "record/record_reader.h"
#include "unit.h"

/* What came of one list. */
struct outcome {
  struct record_page page;
  struct record_problem problem;
  enum record_status status;
  bool finished;
};

/* A list that is read without plain records, and each of its records by json-c as a whole. */
struct slow_reading {
  struct json_reader reader;
  struct outcome outcome;
  uint32_t decoded;
  struct record_counts *counts;
};

/* ---- json-c as a whole ---- */

/* json-c 0.18, where it is strict, takes no strings but ASCII and no integers beyond 64 bits. */
bool record_ways_strict(void) { return json_c_version_num() < (18 << 8); }

/* NULL if it is no record. */
static json_object *parse_whole(const char *bytes, size_t size) {
  json_tokener *tokener = json_tokener_new_ex(RECORD_DEPTH + 1);
  json_object *value;
  bool whole;

  json_tokener_set_flags(tokener, record_ways_strict() ? JSON_TOKENER_STRICT : 0);
  value = json_tokener_parse_ex(tokener, bytes, (int)size);
  whole = value && json_tokener_get_parse_end(tokener) == size &&
          json_object_is_type(value, json_type_object);
  json_tokener_free(tokener);
  if (whole) return value;
  json_object_put(value);
  return NULL;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* True if a point stands there that no digit follows, or a zero in front of a number. */
static bool is_odd_number(const char *bytes, size_t size, size_t at) {
  bool after = at + 1 < size && is_digit(bytes[at + 1]);
  bool before = at > 0 && (is_digit(bytes[at - 1]) || bytes[at - 1] == '.');

  return bytes[at] == '.' ? !after : bytes[at] == '0' && after && !before;
}

/* True if a record may have what json-c takes for JSON and is none. */
static bool is_odd(const char *bytes, size_t size) {
  static const char *const odd[] = {"NaN", "Infinity", "1e", "-.", "-0"};

  for (size_t i = 0; i < COUNT_OF(odd); i++) {
    if (memmem(bytes, size, odd[i], strlen(odd[i]))) return true;
  }
  for (size_t i = 0; i < size; i++) {
    if (is_odd_number(bytes, size, i)) return true;
  }
  return !record_ways_strict();
}

/* json-c keeps an integer beyond 64 bits at the bound: it may be anything from there on. */
static bool same_real(json_object *value, double real) {
  /* Where numbers are returned in a wider register (i386), it is a double in memory only. */
  volatile double told = json_object_get_double(value);

  if (json_object_is_type(value, json_type_int)) {
    if (json_object_get_uint64(value) == UINT64_MAX) return real >= 18446744073709551615.0;
    if (json_object_get_int64(value) == INT64_MIN) return real <= -9223372036854775808.0;
  }
  return told == real;
}

/* True if a text of the page is what json-c has for it. */
static bool same_text(const struct outcome *outcome, int column, json_object *value) {
  size_t row = outcome->page.row_count - 1;
  size_t size;
  const char *text = record_page_text(&outcome->page, row, column, &size);
  json_object *again;
  bool same;

  if (!text || !value) return !text && !value;
  if (outcome->page.listing->columns[column].kind != COLUMN_JSON) {
    return json_object_is_type(value, json_type_string) &&
           (size_t)json_object_get_string_len(value) == size &&
           !memcmp(json_object_get_string(value), text, size) && text[size] == '\0';
  }
  again = json_tokener_parse(text);
  same = again && json_object_equal(value, again);
  json_object_put(again);
  return same;
}

/* 0 or 1; another number for what is no boolean. */
static int means_boolean(const struct column *column, json_object *value) {
  const char *text = json_object_get_string(value);

  if (json_object_is_type(value, json_type_boolean)) return json_object_get_boolean(value);
  if (!(column->flags & COLUMN_LENIENT) || !json_object_is_type(value, json_type_string)) return 2;
  return !strncmp(text, "true", 4) ? 1 : !strncmp(text, "fals", 4) ? 0 : 2;
}

static bool same_value(const struct outcome *outcome, int column, json_object *value) {
  const struct record_page *page = &outcome->page;
  bool present;
  int64_t number;
  double real;

  switch (page->listing->columns[column].kind) {
    case COLUMN_INTEGER:
      number = record_page_integer(page, page->row_count - 1, column, &present);
      return value ? present && json_object_is_type(value, json_type_int) &&
                         json_object_get_int64(value) == number
                   : !present;
    case COLUMN_REAL:
      real = record_page_real(page, page->row_count - 1, column, &present);
      return value ? present && same_real(value, real) : !present;
    case COLUMN_BOOLEAN:
      number = record_page_boolean(page, page->row_count - 1, column, &present);
      return value ? present && means_boolean(&page->listing->columns[column], value) == number
                   : !present;
    default:
      return same_text(outcome, column, value);
  }
}

/* What a record has for a column. False if it has two members for it, of which the last counts. */
static bool find_value(json_object *whole, const struct column *column, json_object **value) {
  json_object *other = NULL;

  *value = NULL;
  json_object_object_get_ex(whole, listing_member(column), value);
  if (column->also && json_object_object_get_ex(whole, column->also, &other)) {
    if (json_object_object_get_ex(whole, listing_member(column), NULL)) return false;
    *value = other;
  }
  return true;
}

/* What json_record has said of the record is what json-c says. */
static void check_record(const struct slow_reading *reading, const char *record, size_t size) {
  const struct outcome *outcome = &reading->outcome;
  const struct listing *listing = outcome->page.listing;
  json_object *whole = parse_whole(record, size);
  bool same = true;

  if (outcome->status == RECORD_OK) {
    reading->counts->taken++;
    if (!CHECK(whole != NULL)) CHECK_BYTES("", 0, record, size);
    for (int i = 0; i < listing->column_count && whole; i++) {
      json_object *value;
      if (listing->columns[i].flags & COLUMN_HIDDEN) continue;
      if (!find_value(whole, &listing->columns[i], &value)) continue;
      same = same && same_value(outcome, i, reading->decoded >> i & 1 ? value : NULL);
    }
    if (!same) CHECK_BYTES("other values", 12, record, size);
  } else if (strstr(outcome->problem.text, "valid JSON") && !is_odd(record, size)) {
    reading->counts->wrong++;
    if (!CHECK(!whole)) CHECK_BYTES("", 0, record, size);
  }
  json_object_put(whole);
}

/* ---- both ways ---- */

enum record_status record_ways_pass_by(void *context, const char *bytes, size_t size,
                                       size_t *taken) {
  (void)context;
  (void)bytes;
  (void)size;
  *taken = 0;
  return RECORD_OK;
}

static enum record_status take(void *context, const char *record, size_t size) {
  struct slow_reading *reading = context;
  struct outcome *outcome = &reading->outcome;

  outcome->status =
      json_record_take(&reading->reader, record, size, &outcome->page, &outcome->problem);
  check_record(reading, record, size);
  return outcome->status;
}

static struct outcome read_slowly(const struct record_ways *ways, struct record_counts *counts) {
  const struct listing *listing = ways->listing;
  struct slow_reading reading = {.decoded = listing_decoded(listing, ways->wanted),
                                 .counts = counts};
  const struct record_sink sink = {record_ways_pass_by, take, &reading};
  struct record_splitter splitter;

  record_page_init(&reading.outcome.page, listing);
  json_reader_init(&reading.reader, listing, ways->wanted);
  record_splitter_init(&splitter, listing->envelope);
  if (listing->single) record_splitter_single(&splitter);
  reading.outcome.status = record_splitter_feed(&splitter, ways->bytes, ways->size, &sink);
  reading.outcome.finished = record_splitter_finished(&splitter);
  record_splitter_reset(&splitter);
  json_reader_free(&reading.reader);
  return reading.outcome;
}

static struct outcome read_in_pieces(const struct record_ways *ways) {
  struct outcome outcome = {.status = RECORD_OK};
  struct record_reader reader;

  record_page_init(&outcome.page, ways->listing);
  record_reader_init(&reader, ways->listing, ways->wanted);
  for (size_t at = 0; at < ways->size && outcome.status == RECORD_OK;) {
    size_t piece = at == 0 && ways->first ? ways->first : ways->step;
    char *copy;
    if (piece > ways->size - at) piece = ways->size - at;
    copy = plain_resize(NULL, piece); /* of just this size, so that a sanitizer sees every excess */
    memcpy(copy, ways->bytes + at, piece);
    outcome.status = record_reader_feed(&reader, copy, piece, &outcome.page, &outcome.problem);
    free(copy);
    at += piece;
  }
  outcome.finished = record_reader_finished(&reader);
  record_reader_reset(&reader);
  return outcome;
}

/* Texts by their bytes, numbers and booleans by their words. */
static bool same_cell(const struct record_page *a, const struct record_page *b, size_t row,
                      int column) {
  enum column_kind kind = a->listing->columns[column].kind;
  size_t sizes[2];
  const char *texts[2];

  if (kind == COLUMN_INTEGER || kind == COLUMN_REAL || kind == COLUMN_BOOLEAN) {
    const uint32_t *words[2] = {record_page_row(a, row), record_page_row(b, row)};
    size_t size = (kind == COLUMN_BOOLEAN ? 1 : 2) * sizeof *words[0];
    return !memcmp(words[0] + a->offsets[column], words[1] + b->offsets[column], size);
  }
  texts[0] = record_page_text(a, row, column, &sizes[0]);
  texts[1] = record_page_text(b, row, column, &sizes[1]);
  if (!texts[0] || !texts[1]) return texts[0] == texts[1];
  return sizes[0] == sizes[1] && !memcmp(texts[0], texts[1], sizes[0] + 1);
}

static bool same_rows(const struct record_page *a, const struct record_page *b) {
  if (a->row_count != b->row_count) return false;
  for (size_t row = 0; row < a->row_count; row++) {
    for (int column = 0; column < a->listing->column_count; column++) {
      if (a->held >> column & 1 && !same_cell(a, b, row, column)) return false;
    }
  }
  return true;
}

void record_ways_check(const struct record_ways *ways, struct record_counts *counts) {
  struct outcome slow = read_slowly(ways, counts);
  struct outcome fast = read_in_pieces(ways);

  if (fast.status != slow.status || fast.finished != slow.finished ||
      strcmp(fast.problem.text, slow.problem.text) != 0 || !same_rows(&fast.page, &slow.page)) {
    CHECK_INT(slow.status, fast.status);
    CHECK_TEXT(slow.problem.text, fast.problem.text);
    CHECK_BYTES("another outcome", 15, ways->bytes, ways->size);
  }
  record_page_free(&fast.page);
  record_page_free(&slow.page);
}
