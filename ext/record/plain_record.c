/*
** Plain records: see plain_record.h.
*/
#include "record/plain_record.h"

#include <string.h>

#include "base/utf8.h"
#include "record/json_text.h"

#define DIGITS_MAX 18 /* every number of so many fits into 64 bits */
#define FIRST_FIELD JOB_FIELD_COUNT
#define UNKNOWN_FIELD JOB_FIELD_COUNT

/* What is being read. Functions take the place in it by itself, which is faster than a member. */
struct record {
  const char *end; /* of the bytes that are there */
  struct record_page *page;
  struct record_row *row;
  const struct record_row *before; /* a plain row; NULL if there is none */
  bool escaped;                    /* a text was written with an escape */
  bool no_memory;
};

/* A field's name as a record has it, in quotation marks and with the colon. */
#define KEY(name) \
  { "\"" name "\":", sizeof("\"" name "\":") - 1 }
static const struct {
  char text[23];
  unsigned char size;
} keys[JOB_FIELD_COUNT] = {
    KEY("createdAt"), KEY("domainID"), KEY("domainName"),      KEY("id"),
    KEY("namespace"), KEY("override"), KEY("remoteNamespace"), KEY("remoteRegionId"),
    KEY("repoName"),  KEY("status"),   KEY("syncOperatorId"),  KEY("syncOperatorName"),
    KEY("tag"),       KEY("updatedAt")};

void plain_reader_init(struct plain_reader *reader) {
  for (int field = 0; field < JOB_FIELD_COUNT; field++) {
    reader->next[field] = (unsigned char)((field + 1) % JOB_FIELD_COUNT);
  }
  reader->next[FIRST_FIELD] = 0;
}

/*
** Like memcmp() == 0, for texts so short that a call costs more than the comparison. Here and below, `inline`
** saves a third of the time of a record.
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

/* The functions from here on return the place behind what they have read, NULL if it is not there. */

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

/* What is left of a string behind its first quotation mark; *size without the second one. */
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

/* null, true or false; *value is JOB_NULL, 1 or 0. */
static inline const char *take_word(const char *at, const char *end, int8_t *value) {
  static const struct {
    const char *text;
    size_t size;
    int8_t value;
  } words[] = {{"false", 5, 0}, {"true", 4, 1}, {"null", 4, JOB_NULL}};

  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    *value = words[i].value;
    if (begins_with(at, end, words[i].text, words[i].size)) return at + words[i].size;
  }
  return NULL;
}

/* A member's name and the colon; *field is UNKNOWN_FIELD for one that is not ours. */
static inline const char *take_key(const char *at, const char *end, unsigned expected,
                                   unsigned *field) {
  const char *name = pass_space(at, end);
  size_t size;

  *field = expected;
  if (begins_with(name, end, keys[expected].text, keys[expected].size)) {
    return name + keys[expected].size;
  }
  name = pass_byte(name, end, '"');
  at = name ? pass_string(name, end, &size) : NULL;
  if (!at) return NULL;
  for (*field = 0; *field < JOB_FIELD_COUNT; ++*field) {
    if (size + 3 == keys[*field].size && same(name, keys[*field].text + 1, size)) break;
  }
  return pass_byte(at, end, ':');
}

/* A text that the row before has as well: it was plain there, and so it is here. */
static inline const char *take_repeated(const struct record *record, const char *at,
                                        enum job_field field) {
  const char *text;
  size_t size;

  if (!record->before) return NULL;
  text = record_page_text(record->page, record->page->row_count - 1, field, &size);
  if (!text || (size_t)(record->end - at) <= size || at[size] != '"' || !same(at, text, size)) {
    return NULL;
  }
  record->row->texts[field] = record->before->texts[field];
  return at + size + 1;
}

/* Behind the second quotation mark of a string in which a backslash may stand before one. */
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
static const char *take_escaped(struct record *record, const char *at, enum job_field field) {
  size_t size;
  const char *behind = pass_escaped(at, record->end, &size);
  char *room;

  if (!behind) return NULL;
  room = record_page_room(record->page, size);
  record->no_memory = !room;
  if (!room || !json_unescape(at, size, room, &size)) return NULL;
  record_page_add_written(record->page, record->row, field, size);
  record->escaped = true;
  return behind;
}

static inline const char *take_text(struct record *record, const char *at, enum job_field field) {
  const char *behind = pass_byte(at, record->end, '"');
  size_t size;
  int8_t null;

  if (!behind) {
    behind = take_word(at, record->end, &null);
    return behind && null == JOB_NULL ? behind : NULL;
  }
  at = behind;
  behind = take_repeated(record, at, field);
  if (behind) return behind;
  behind = pass_string(at, record->end, &size);
  if (!behind) return take_escaped(record, at, field);
  record->no_memory = !(record->before ? record_page_add_other : record_page_add)(
      record->page, record->row, field, at, size);
  return record->no_memory ? NULL : behind;
}

/* The value of a field that is not ours. */
static const char *pass_value(const char *at, const char *end) {
  const char *behind = pass_byte(at, end, '"');
  size_t size;
  int64_t number;
  int8_t value;

  if (behind) return pass_string(behind, end, &size);
  behind = take_word(at, end, &value);
  return behind ? behind : take_integer(at, end, &number);
}

static inline const char *take_value(struct record *record, const char *at, unsigned field) {
  at = pass_space(at, record->end);
  switch (field) {
    case UNKNOWN_FIELD:
      return pass_value(at, record->end);
    case JOB_ID:
      return take_integer(at, record->end, &record->row->id);
    case JOB_OVERRIDE:
      return take_word(at, record->end, &record->row->override_flag);
    default:
      return take_text(record, at, (enum job_field)field);
  }
}

/* From the first brace to the last. */
static const char *take_members(struct plain_reader *reader, struct record *record,
                                const char *at) {
  unsigned seen = 0;
  unsigned before = FIRST_FIELD;
  const char *behind = pass_byte(at, record->end, '{');

  while (behind) {
    unsigned field;
    at = take_key(behind, record->end, reader->next[before], &field);
    if (!at) return NULL;
    if (field != UNKNOWN_FIELD) {
      if (seen & 1u << field) return NULL;
      seen |= 1u << field;
      reader->next[before] = (unsigned char)field;
      before = field;
    }
    at = take_value(record, at, field);
    if (!at) return NULL;
    behind = pass_byte(at, record->end, ',');
  }
  return seen & 1u << JOB_ID ? pass_byte(at, record->end, '}') : NULL;
}

enum plain_status plain_record_take(struct plain_reader *reader, const char *bytes, size_t size,
                                    struct record_page *page, size_t *taken) {
  struct record record = {.end = bytes + size, .page = page};
  size_t text_size = page->text_size;
  const char *behind;

  record.row = record_page_begin(page);
  if (!record.row) return PLAIN_NO_MEMORY;
  if (page->row_count && record.row[-1].plain) record.before = record.row - 1;
  behind = take_members(reader, &record, bytes);
  if (!behind) {
    page->text_size = text_size;
    return record.no_memory ? PLAIN_NO_MEMORY : PLAIN_NOT;
  }
  record.row->plain = !record.escaped;
  record_page_commit(page);
  *taken = (size_t)(behind - bytes);
  return PLAIN_TAKEN;
}
