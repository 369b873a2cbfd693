/*
** Records of every kind: see json_record.h.
*/
#include "record/json_record.h"

#include <json-c/json.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_text.h"
#include "base/utf8.h"

#define TOKENER_DEPTH 4   /* it sees strings and numbers only */
#define INTEGER_DIGITS 19 /* of 64 bits, at most */
#define DIGITS_SAFE 18    /* so many always fit */
#define REAL_MAX 512      /* bytes: no longer integer is a finite double */
#define ROOM_MIN ((size_t)1 << 10)

/* Bytes of the record. */
struct span {
  const char *at; /* NULL if there are none */
  size_t size;
};

/* A record, and where each column's value stands in it. */
struct record {
  struct json_reader *reader;
  struct record_page *page;
  uint32_t *row;
  struct span values[COLUMNS_MAX];
  struct record_problem *problem;
};

void json_reader_init(struct json_reader *reader, const struct listing *listing, uint32_t wanted) {
  reader->tokener = NULL;
  reader->room = 0;
  reader->decoded = listing_decoded(listing, wanted);
}

void json_reader_free(struct json_reader *reader) {
  if (reader->tokener) json_tokener_free(reader->tokener);
  reader->tokener = NULL;
  reader->room = 0;
}

/* ---- json-c ---- */

/*
** The value that the bytes begin with, which are right JSON: it is read or memory is short, be
** json-c strict or not. A tokener that has met an error is not used again: json_tokener_reset
** leaves half of a surrogate pair in it, which would come out in front of the next `\u`.
*/
static json_object *parse(struct json_reader *reader, const char *bytes, size_t size) {
  json_object *value;

  if (!reader->tokener) {
    reader->tokener = json_tokener_new_ex(TOKENER_DEPTH);
    if (!reader->tokener) return NULL;
  }
  json_tokener_reset(reader->tokener);
  value = json_tokener_parse_ex(reader->tokener, bytes, (int)size);
  if (!value) json_reader_free(reader);
  return value;
}

/*
** Makes sure that a string of `size` bytes finds room in the tokener, which else loses parts of it
** without a word where memory is short (json-c 0.16): a longer one has been there.
*/
static bool make_room(struct json_reader *reader, size_t size) {
  size_t room = size < ROOM_MIN ? ROOM_MIN : size + size / 2;
  json_object *value;
  char *sample;

  if (reader->tokener && size <= reader->room) return true;
  sample = malloc(room + 2);
  if (!sample) return false;
  memset(sample, 'x', room + 2);
  sample[0] = sample[room + 1] = '"';
  value = parse(reader, sample, room + 2);
  free(sample);
  if (value && (size_t)json_object_get_string_len(value) == room) {
    reader->room = room;
  } else {
    json_reader_free(reader);
  }
  json_object_put(value);
  return reader->tokener != NULL;
}

/* ---- values ---- */

static enum record_status wrong_type(struct record *record, int column, const char *expected) {
  snprintf(record->problem->text, sizeof record->problem->text, "field %s is not %s",
           listing_member(&record->page->listing->columns[column]), expected);
  return RECORD_WRONG;
}

static enum record_status add(struct record *record, int column, const char *text, size_t size) {
  return record_page_add(record->page, record->row, column, text, size) ? RECORD_OK
                                                                        : RECORD_NO_MEMORY;
}

/* json-c has to decide on what a backslash means; without one, a string is as it stands there. */
static enum record_status take_text(struct record *record, int column, const struct span *value) {
  enum record_status status;
  json_object *string;

  if (*value->at != '"') return wrong_type(record, column, "a string");
  if (!memchr(value->at, '\\', value->size)) {
    return add(record, column, value->at + 1, value->size - 2);
  }
  if (!make_room(record->reader, value->size)) return RECORD_NO_MEMORY;
  string = parse(record->reader, value->at, value->size);
  if (!string) return RECORD_NO_MEMORY;
  status = add(record, column, json_object_get_string(string),
               (size_t)json_object_get_string_len(string));
  json_object_put(string);
  return status;
}

/* The digits of an integer, at most 19 of which can fit into 64 bits; 0 for another value. */
static size_t integer_digits(const struct span *value) {
  size_t sign = *value->at == '-';

  for (size_t i = sign; i < value->size; i++) {
    if (value->at[i] < '0' || value->at[i] > '9') return 0;
  }
  return value->size - sign;
}

static bool is_greatest(const struct span *value) {
  static const char greatest[] = "9223372036854775807";

  return value->size == sizeof greatest - 1 && !memcmp(value->at, greatest, value->size);
}

/*
** json-c keeps what lies beyond 64 bits at the bound, so that what is written otherwise is refused
** there. It takes a number for whole once it sees the byte after it, which every record has.
*/
static enum record_status take_integer(struct record *record, int column,
                                       const struct span *value) {
  size_t digits = integer_digits(value);
  json_object *number;
  int64_t integer;

  if (digits == 0) return wrong_type(record, column, "an integer");
  if (digits > INTEGER_DIGITS) return wrong_type(record, column, "an integer of 64 bits");
  if (!make_room(record->reader, value->size)) return RECORD_NO_MEMORY;
  number = parse(record->reader, value->at, value->size + 1);
  if (!number) return RECORD_NO_MEMORY;
  integer = json_object_get_int64(number);
  json_object_put(number);
  if (integer == INT64_MIN || (integer == INT64_MAX && !is_greatest(value))) {
    return wrong_type(record, column, "an integer of 64 bits");
  }
  record_page_set_integer(record->page, record->row, column, integer);
  return RECORD_OK;
}

/*
** A number by json-c, which keeps an integer beyond 64 bits at the bound unless it has an exponent.
*/
static json_object *parse_real(struct record *record, const struct span *value) {
  char written[REAL_MAX];

  if (integer_digits(value) <= DIGITS_SAFE) {
    return parse(record->reader, value->at, value->size + 1);
  }
  memcpy(written, value->at, value->size);
  /* NOLINTNEXTLINE(bugprone-not-null-terminated-result): its size goes along. */
  memcpy(written + value->size, "e0 ", 3); /* it looks one byte on */
  return parse(record->reader, written, value->size + 3);
}

/* json-c reads numbers as the C locale has them, whatever the process has set. */
static enum record_status take_real(struct record *record, int column, const struct span *value) {
  json_object *number;
  double real;

  if (*value->at != '-' && (*value->at < '0' || *value->at > '9')) {
    return wrong_type(record, column, "a number");
  }
  if (value->size + 3 > REAL_MAX && integer_digits(value)) {
    return wrong_type(record, column, "a number of 64 bits");
  }
  if (!make_room(record->reader, value->size)) return RECORD_NO_MEMORY;
  number = parse_real(record, value);
  if (!number) return RECORD_NO_MEMORY;
  real = json_object_get_double(number);
  json_object_put(number);
  if (!isfinite(real)) return wrong_type(record, column, "a number of 64 bits");
  record_page_set_real(record->page, record->row, column, real);
  return RECORD_OK;
}

/* A text that begins with what it means, as one page of the reference has it. */
static bool lenient_boolean(const struct record *record, int column, const struct span *value) {
  return record->page->listing->columns[column].flags & COLUMN_LENIENT && *value->at == '"' &&
         value->size > 5 &&
         (!memcmp(value->at + 1, "true", 4) || !memcmp(value->at + 1, "fals", 4));
}

static enum record_status take_boolean(struct record *record, int column,
                                       const struct span *value) {
  if (lenient_boolean(record, column, value)) {
    record_page_set_boolean(record->page, record->row, column, value->at[1] == 't');
    return RECORD_OK;
  }
  if (*value->at != 't' && *value->at != 'f') return wrong_type(record, column, "a boolean");
  record_page_set_boolean(record->page, record->row, column, *value->at == 't');
  return RECORD_OK;
}

static enum record_status take_value(struct record *record, int column, const struct span *value) {
  switch (record->page->listing->columns[column].kind) {
    case COLUMN_INTEGER:
      return take_integer(record, column, value);
    case COLUMN_REAL:
      return take_real(record, column, value);
    case COLUMN_BOOLEAN:
      return take_boolean(record, column, value);
    case COLUMN_JSON:
      return add(record, column, value->at, value->size);
    default:
      return take_text(record, column, value);
  }
}

static enum record_status missing(struct record *record, int column) {
  static const char *const expected[] = {[COLUMN_TEXT] = "a string",
                                         [COLUMN_INTEGER] = "an integer",
                                         [COLUMN_REAL] = "a number",
                                         [COLUMN_BOOLEAN] = "a boolean",
                                         [COLUMN_JSON] = "there"};

  return wrong_type(record, column, expected[record->page->listing->columns[column].kind]);
}

/* ---- members ---- */

/* True if the name, which stands between quotation marks, is that of the column's member. */
static bool is_name(const struct column *column, const char *name, size_t size) {
  const char *member = listing_member(column);

  if (strlen(member) == size && !memcmp(member, name, size)) return true;
  member = column->also;
  return member && strlen(member) == size && !memcmp(member, name, size);
}

/* Keeps the value of a member that a column is of. */
static void keep_member(struct record *record, const char *name, size_t name_size,
                        const struct span *value) {
  const struct listing *listing = record->page->listing;

  for (int i = 0; i < listing->column_count; i++) {
    if (!(record->reader->decoded >> i & 1)) continue;
    if (is_name(&listing->columns[i], name, name_size)) record->values[i] = *value;
  }
}

/* The same for a name as it was sent, in quotation marks. */
static enum record_status keep_named(struct record *record, const struct span *name,
                                     const struct span *value) {
  json_object *string;

  if (!memchr(name->at, '\\', name->size)) {
    keep_member(record, name->at + 1, name->size - 2, value);
    return RECORD_OK;
  }
  if (!make_room(record->reader, name->size)) return RECORD_NO_MEMORY;
  string = parse(record->reader, name->at, name->size);
  if (!string) return RECORD_NO_MEMORY;
  keep_member(record, json_object_get_string(string), (size_t)json_object_get_string_len(string),
              value);
  json_object_put(string);
  return RECORD_OK;
}

static enum record_status not_json(struct record *record, const char *first, const char *seen) {
  snprintf(record->problem->text, sizeof record->problem->text,
           "it is not valid JSON, or more than %d deep, at byte %zu", RECORD_DEPTH,
           (size_t)(seen - first) + 1);
  return RECORD_WRONG;
}

/* One member at *at, which moves after it; *seen is how far it was right. */
static enum record_status read_member(struct record *record, const char **at, const char *end,
                                      const char **seen) {
  struct span name = {json_pass_space(*at, end), 0};
  struct span value;
  const char *after;

  *seen = name.at;
  *at = NULL;
  if (name.at == end || *name.at != '"') return RECORD_OK;
  after = json_pass_string(name.at + 1, end);
  if (!after) return RECORD_OK;
  name.size = (size_t)(after - name.at);
  *seen = json_pass_space(after, end);
  if (*seen == end || **seen != ':') return RECORD_OK;
  value.at = json_pass_space(*seen + 1, end);
  after = json_pass_value(value.at, end, RECORD_DEPTH - 1, seen);
  if (!after) return RECORD_OK;
  value.size = (size_t)(after - value.at);
  *at = after;
  return keep_named(record, &name, &value);
}

/* Finds all values, and makes sure that the bytes are one object. */
static enum record_status read_members(struct record *record, const char *bytes, size_t size) {
  const char *end = bytes + size;
  const char *at = json_pass_space(bytes, end);
  const char *seen = at;
  bool first = true;

  if (at == end || *at != '{') return not_json(record, bytes, at);
  at = json_pass_space(at + 1, end);
  while (at == end || *at != '}') {
    enum record_status status;
    if (!first && (at == end || *at++ != ',')) return not_json(record, bytes, at);
    first = false;
    status = read_member(record, &at, end, &seen);
    if (status != RECORD_OK) return status;
    if (!at) return not_json(record, bytes, seen);
    at = json_pass_space(at, end);
  }
  at = json_pass_space(at + 1, end);
  return at == end ? RECORD_OK : not_json(record, bytes, at);
}

static enum record_status take_values(struct record *record) {
  const struct listing *listing = record->page->listing;
  uint32_t set = 0;

  for (int i = 0; i < listing->column_count; i++) {
    const struct span *value = &record->values[i];
    enum record_status status = RECORD_OK;
    if (!(record->reader->decoded >> i & 1)) continue;
    if (value->at && *value->at != 'n') {
      status = take_value(record, i, value);
      set |= UINT32_C(1) << i;
    } else if (listing->columns[i].flags & COLUMN_NOT_NULL) {
      status = missing(record, i);
    }
    if (status != RECORD_OK) return status;
  }
  record_page_commit(record->page, record->row, set, false);
  return RECORD_OK;
}

enum record_status json_record_take(struct json_reader *reader, const char *bytes, size_t size,
                                    struct record_page *page, struct record_problem *problem) {
  struct record record = {.reader = reader, .page = page, .problem = problem};
  size_t text_size = page->text_size;
  enum record_status status;

  if (!utf8_valid(bytes, size)) {
    snprintf(problem->text, sizeof problem->text, "it is not valid UTF-8");
    return RECORD_WRONG;
  }
  status = read_members(&record, bytes, size);
  if (status != RECORD_OK) return status;
  record.row = record_page_begin(page);
  if (!record.row) return RECORD_NO_MEMORY;
  status = take_values(&record);
  if (status != RECORD_OK) page->text_size = text_size;
  return status;
}
