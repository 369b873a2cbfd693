/*
** Plain records: see plain_record.h.
*/
#include "record/plain_record.h"

#include <string.h>

#include "base/json_text.h"
#include "base/utf8.h"

#define DIGITS_MAX 18         /* every number of so many fits into 64 bits */
#define NO_COLUMN COLUMNS_MAX /* of members without one, and before the first */

/* What may stand in a member, besides enum column_kind. */
enum {
  PLAIN_UNWANTED = COLUMN_JSON + 1, /* any value, which nobody reads */
  PLAIN_OTHER                       /* a member that the listing does not know */
};

/* What is being read. Functions take the place in it by itself, which is faster than a member. */
struct record {
  const char *end; /* of the bytes that are there */
  struct record_page *page;
  uint32_t *row;
  const uint32_t *before; /* a plain row; NULL if there is none */
  uint32_t nulls;         /* columns */
  bool escaped;           /* a text was written with an escape */
  bool no_memory;
};

/* Sets the key of a member. False if it is too long. */
static bool set_key(struct plain_column *column, const char *member) {
  size_t size = strlen(member);

  if (size + 3 > PLAIN_KEY_MAX) return false;
  column->key[0] = '"';
  memcpy(column->key + 1, member, size);
  memcpy(column->key + 1 + size, "\":", 2);
  column->key_size = (unsigned char)(size + 3);
  return true;
}

/* The same columns once more after the others, where their members have another name as well. */
static bool add_others(struct plain_reader *reader, const struct listing *listing) {
  for (int i = 0; i < listing->column_count; i++) {
    const char *also = listing->columns[i].also;
    if (!also) continue;
    if (reader->count == COLUMNS_MAX) return false;
    reader->columns[reader->count] = reader->columns[i];
    reader->columns[reader->count].slot = (unsigned char)reader->count;
    if (!set_key(&reader->columns[reader->count++], also)) return false;
  }
  return true;
}

bool plain_reader_init(struct plain_reader *reader, const struct listing *listing,
                       uint32_t wanted) {
  uint32_t decoded = listing_decoded(listing, wanted);
  struct plain_column *last = &reader->columns[NO_COLUMN];
  struct record_page layout;

  memset(reader, 0, sizeof *reader);
  record_page_init(&layout, listing);
  reader->count = listing->column_count;
  for (int i = 0; i < listing->column_count; i++) {
    const struct column *from = &listing->columns[i];
    struct plain_column *column = &reader->columns[i];
    if (!(layout.held >> i & 1)) continue;
    if (!set_key(column, listing_member(from))) return false;
    column->bit = UINT32_C(1) << i;
    column->index = (unsigned char)i;
    column->slot = (unsigned char)i;
    column->word = layout.offsets[i];
    column->kind = decoded & column->bit ? (unsigned char)from->kind : PLAIN_UNWANTED;
    if (decoded & column->bit && from->flags & COLUMN_NOT_NULL) reader->required |= column->bit;
    last->next = column->index;
    last = column;
  }
  last->next = reader->columns[NO_COLUMN].next;
  if (!add_others(reader, listing)) return false;
  reader->columns[NO_COLUMN].kind = PLAIN_OTHER;
  return last != &reader->columns[NO_COLUMN];
}

/*
** Like memcmp() == 0, for texts so short that a call costs more than the comparison. Here and
** below, `inline` saves a third of the time of a record.
*/
static inline bool same(const char *a, const char *b, size_t size) {
  uint64_t words[2];
  uint32_t halves[2];
  size_t at = 0;

  if (size >= sizeof *words) {
    for (;;) {
      memcpy(&words[0], a + at, sizeof *words);
      memcpy(&words[1], b + at, sizeof *words);
      if (words[0] != words[1]) return false;
      at += sizeof *words;
      if (at + sizeof *words >= size) break;
    }
    /* The last ones, some of which may have been compared before. */
    memcpy(&words[0], a + size - sizeof *words, sizeof *words);
    memcpy(&words[1], b + size - sizeof *words, sizeof *words);
    return words[0] == words[1];
  }
  if (size >= sizeof *halves) {
    memcpy(&halves[0], a, sizeof *halves);
    memcpy(&halves[1], b, sizeof *halves);
    if (halves[0] != halves[1]) return false;
    memcpy(&halves[0], a + size - sizeof *halves, sizeof *halves);
    memcpy(&halves[1], b + size - sizeof *halves, sizeof *halves);
    return halves[0] == halves[1];
  }
  while (at < size && a[at] == b[at]) at++;
  return at == size;
}

static inline bool begins_with(const char *at, const char *end, const char *text, size_t size) {
  return (size_t)(end - at) >= size && same(at, text, size);
}

static inline bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

/*
** The functions from here on return the place after what they have read, NULL if it is not there.
*/

static inline const char *pass_space(const char *at, const char *end) {
  if (at < end && *at == '"') return at; /* as nearly always */
  while (at < end && is_space(*at)) at++;
  return at;
}

/* A character, and white space in front of it. */
static inline const char *pass_byte(const char *at, const char *end, char c) {
  if (at < end && *at == c) return at + 1;
  at = pass_space(at, end);
  return at < end && *at == c ? at + 1 : NULL;
}

/* What is left of a string after its first quotation mark; *size without the second one. */
static inline const char *pass_string(const char *at, const char *end, size_t *size) {
  const char *first = at;

  for (;;) {
    size_t length;
    at += json_plain_run(at, (size_t)(end - at));
    if (at == end) return NULL;
    if (*at == '"') break;
    length = utf8_character(at, (size_t)(end - at));
    if (length < 2) return NULL; /* a backslash, a control character, or no character at all */
    at += length;
  }
  *size = (size_t)(at - first);
  return at + 1;
}

/* Digits, without a zero in front. */
static inline const char *take_integer(const char *at, const char *end, int64_t *number) {
  const char *first = at;

  *number = 0;
  for (; at < end && *at >= '0' && *at <= '9'; at++) {
    if (at - first == DIGITS_MAX) return NULL;
    *number = *number * 10 + (*at - '0');
  }
  return at > first && (*first != '0' || at - first == 1) ? at : NULL;
}

/* null, true or false; *value is -1, 1 or 0. */
static inline const char *take_word(const char *at, const char *end, int *value) {
  static const struct {
    const char *text;
    size_t size;
    int value;
  } words[] = {{"false", 5, 0}, {"true", 4, 1}, {"null", 4, -1}};

  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    *value = words[i].value;
    if (begins_with(at, end, words[i].text, words[i].size)) return at + words[i].size;
  }
  return NULL;
}

/* The same as take_key, for a name that is not the one that was expected, or has space around. */
static const char *find_key(struct plain_reader *reader, const char *at, const char *end,
                            struct plain_column **column) {
  const char *name = pass_byte(at, end, '"');
  size_t size;

  at = name ? pass_string(name, end, &size) : NULL;
  if (!at) return NULL;
  for (int i = -1; i < reader->count; i++) { /* the one that was expected first */
    if (i >= 0) *column = &reader->columns[i];
    if (size + 3 == (*column)->key_size && same(name, (*column)->key + 1, size)) {
      return pass_byte(at, end, ':');
    }
  }
  *column = &reader->columns[NO_COLUMN];
  return pass_byte(at, end, ':');
}

/* A member's name and the colon; *column is expected, and becomes the one that the name is of. */
static inline const char *take_key(struct plain_reader *reader, const char *at, const char *end,
                                   struct plain_column **column) {
  size_t size = (*column)->key_size;

  return begins_with(at, end, (*column)->key, size) ? at + size : find_key(reader, at, end, column);
}

/* null, where a column may be that. */
static const char *take_null(struct record *record, const char *at,
                             const struct plain_column *column) {
  int value;

  record->nulls |= column->bit;
  at = take_word(at, record->end, &value);
  return value < 0 ? at : NULL;
}

/* A text that the row before has as well: it was plain there, and so it is here. */
static inline const char *take_repeated(const struct record *record, const char *at,
                                        const struct plain_column *column) {
  const char *text;
  size_t size;
  uint32_t start;

  if (!record->before) return NULL;
  start = record->before[column->word];
  if (start == RECORD_NULL) return NULL;
  text = record_page_stored(record->page, start, &size);
  if ((size_t)(record->end - at) <= size || at[size] != '"' || !same(at, text, size)) return NULL;
  record->row[column->word] = start;
  return at + size + 1;
}

/* After the second quotation mark of a string in which a backslash may stand before one. */
static const char *pass_escaped(const char *at, const char *end, size_t *size) {
  const char *first = at;

  for (;;) {
    at += json_plain_run(at, (size_t)(end - at));
    if (at == end) return NULL;
    if (*at == '"') break;
    if (*at == '\\' && ++at == end) return NULL;
    at++;
  }
  *size = (size_t)(at - first);
  return at + 1;
}

/* A text that is not as it stands there: rare, and so not inline. */
static const char *take_escaped(struct record *record, const char *at,
                                const struct plain_column *column) {
  size_t size;
  const char *after = pass_escaped(at, record->end, &size);
  char *room;

  if (!after) return NULL;
  room = record_page_room(record->page, size);
  record->no_memory = !room;
  if (!room || !json_unescape(at, size, room, &size)) return NULL;
  record_page_add_written(record->page, record->row, column->index, size);
  record->escaped = true;
  return after;
}

static inline const char *take_text(struct record *record, const char *at,
                                    const struct plain_column *column) {
  const char *after = pass_byte(at, record->end, '"');
  size_t size;

  if (!after) return take_null(record, pass_space(at, record->end), column);
  at = after;
  after = take_repeated(record, at, column);
  if (after) return after;
  after = pass_string(at, record->end, &size);
  if (!after) return take_escaped(record, at, column);
  record->no_memory = !(record->before ? record_page_add_other : record_page_add)(
      record->page, record->row, column->index, at, size);
  return record->no_memory ? NULL : after;
}

static inline const char *take_number(struct record *record, const char *at,
                                      const struct plain_column *column) {
  int64_t number;
  const char *after = take_integer(at, record->end, &number);

  if (!after) return take_null(record, at, column);
  memcpy(record->row + column->word, &number, sizeof number);
  return after;
}

static inline const char *take_boolean(struct record *record, const char *at,
                                       const struct plain_column *column) {
  int value;

  at = take_word(at, record->end, &value);
  if (value < 0) record->nulls |= column->bit;
  record->row[column->word] = value > 0;
  return at;
}

/* A value as it was sent. */
static const char *take_json(struct record *record, const char *at,
                             const struct plain_column *column) {
  const char *seen;
  const char *after;

  if (at < record->end && *at == 'n') return take_null(record, at, column);
  after = json_pass_value(at, record->end, RECORD_DEPTH - 1, &seen);
  if (!after) return NULL;
  record->no_memory =
      !record_page_add(record->page, record->row, column->index, at, (size_t)(after - at));
  return record->no_memory ? NULL : after;
}

/* The value of a member without a column. */
static const char *pass_other(const char *at, const char *end) {
  const char *after = pass_byte(at, end, '"');
  size_t size;
  int64_t number;
  int value;

  if (after) return pass_string(after, end, &size);
  if (at < end && *at >= '0' && *at <= '9') return take_integer(at, end, &number);
  return take_word(at, end, &value);
}

static inline const char *take_value(struct record *record, const char *at,
                                     const struct plain_column *column) {
  const char *seen;

  if (column->kind == COLUMN_TEXT) return take_text(record, at, column); /* as most are */
  at = pass_space(at, record->end);
  switch (column->kind) {
    case COLUMN_INTEGER:
      return take_number(record, at, column);
    case COLUMN_BOOLEAN:
      return take_boolean(record, at, column);
    case COLUMN_REAL: /* rare: json-c decides */
      return NULL;
    case COLUMN_JSON:
      return take_json(record, at, column);
    case PLAIN_UNWANTED:
      record->nulls |= column->bit;
      return json_pass_value(at, record->end, RECORD_DEPTH - 1, &seen);
    default:
      return pass_other(at, record->end);
  }
}

/* From the first brace to the last. *seen is the columns that have a member. */
static const char *take_members(struct plain_reader *reader, struct record *record, const char *at,
                                uint32_t *seen) {
  struct plain_column *before = &reader->columns[NO_COLUMN];
  const char *after = pass_byte(at, record->end, '{');

  *seen = 0;
  while (after) {
    struct plain_column *column = &reader->columns[before->next];
    at = take_key(reader, after, record->end, &column);
    if (!at || *seen & column->bit) return NULL;
    if (column->bit) {
      *seen |= column->bit;
      before->next = column->slot;
      before = column;
    }
    at = take_value(record, at, column);
    if (!at) return NULL;
    after = pass_byte(at, record->end, ',');
  }
  *seen &= ~record->nulls;
  return (*seen & reader->required) == reader->required ? pass_byte(at, record->end, '}') : NULL;
}

enum record_status plain_record_take(struct plain_reader *reader, const char *bytes, size_t size,
                                     struct record_page *page, size_t *taken) {
  struct record record = {.end = bytes + size, .page = page};
  size_t text_size = page->text_size;
  const char *after;
  uint32_t seen;

  *taken = 0;
  record.row = record_page_begin(page);
  if (!record.row) return RECORD_NO_MEMORY;
  if (page->row_count && record_page_plain(page, page->row_count - 1)) {
    record.before = record.row - page->stride;
  }
  after = take_members(reader, &record, bytes, &seen);
  if (!after) {
    page->text_size = text_size;
    return record.no_memory ? RECORD_NO_MEMORY : RECORD_OK;
  }
  record_page_commit(page, record.row, seen, !record.escaped);
  *taken = (size_t)(after - bytes);
  return RECORD_OK;
}
