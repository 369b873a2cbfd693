/*
** Cuts the records out of a JSON array while its bytes arrive: see record_splitter.h.
*/
#include "record/record_splitter.h"

#include <string.h>

#include "base/always.h"
#include "base/json_text.h"
#include "base/memory_bounds.h"

enum {
  IN_ENVELOPE, /* around the array, from the first byte on */
  BEFORE_ARRAY,
  BEFORE_FIRST, /* after `[`: a record or the end */
  BEFORE_NEXT,  /* after `,`: a record */
  IN_RECORD,
  AFTER_RECORD, /* `,` or the end */
  AFTER_LIST    /* only white space */
};

void record_splitter_init(struct record_splitter *splitter, const char *envelope) {
  splitter->envelope = envelope;
  splitter->single = false;
  splitter->state = envelope ? IN_ENVELOPE : BEFORE_ARRAY;
  splitter->depth = 0;
  splitter->in_string = false;
  splitter->escaped = false;
  splitter->found = false;
  buffer_init(&splitter->partial, RECORD_SIZE_MAX);
  buffer_init(&splitter->around, ENVELOPE_SIZE_MAX);
}

void record_splitter_single(struct record_splitter *splitter) {
  splitter->single = true;
  splitter->state = BEFORE_NEXT;
}

void record_splitter_reset(struct record_splitter *splitter) {
  bool single = splitter->single;

  buffer_free(&splitter->partial);
  buffer_free(&splitter->around);
  record_splitter_init(splitter, splitter->envelope);
  if (single) record_splitter_single(splitter);
}

bool record_splitter_finished(const struct record_splitter *splitter) {
  return splitter->state == AFTER_LIST;
}

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* Where a `]` leads to. */
static int after_array(struct record_splitter *splitter) {
  splitter->depth = 1; /* of the envelope */
  return splitter->envelope ? IN_ENVELOPE : AFTER_LIST;
}

/* Moves over one byte between records. False if it may not stand there. */
static bool step_between(struct record_splitter *splitter, char c) {
  if (is_space(c)) return true;
  switch (splitter->state) {
    case BEFORE_ARRAY:
      splitter->state = BEFORE_FIRST;
      return c == '[';
    case AFTER_RECORD:
      splitter->state = c == ',' ? BEFORE_NEXT : after_array(splitter);
      return c == ',' || c == ']';
    case BEFORE_FIRST:
    case BEFORE_NEXT:
      if (c == ']' && splitter->state == BEFORE_FIRST) {
        splitter->state = after_array(splitter);
        return true;
      }
      splitter->state = IN_RECORD;
      splitter->depth = 1;
      return c == '{';
    default:
      return false;
  }
}

/*
** Moves over one byte of JSON, with an eye for strings and for what opens and closes. True if it
** closes what was opened first.
*/
static bool step_inside(struct record_splitter *splitter, char c) {
  if (splitter->in_string) {
    splitter->in_string = splitter->escaped || c != '"';
    splitter->escaped = !splitter->escaped && c == '\\';
    return false;
  }
  if (c == '"') splitter->in_string = true;
  if (c == '{' || c == '[') splitter->depth++;
  return (c == '}' || c == ']') && --splitter->depth == 0;
}

/*
** Returns the bytes of `bytes` that belong to the record; *complete if its last one is there. More
** than `size` stands for what is no JSON and json-c lets through: a control character in a string,
** and an apostrophe outside of strings, which it takes for a quotation mark.
*/
static size_t scan_record(struct record_splitter *splitter, const char *bytes, size_t size,
                          bool *complete) {
  *complete = false;
  for (size_t i = 0; i < size; i++) {
    char c;
    if (splitter->in_string && !splitter->escaped) {
      i += json_plain_run(bytes + i, size - i);
      if (i == size) break;
    }
    c = bytes[i];
    if (splitter->in_string ? (unsigned char)c < 0x20 : c == '\'') return size + 1;
    if (step_inside(splitter, c)) {
      *complete = true;
      return i + 1;
    }
  }
  return size;
}

static enum record_status keep(struct record_splitter *splitter, const char *bytes, size_t size) {
  switch (buffer_append(&splitter->partial, bytes, size)) {
    case BUFFER_OK:
      return RECORD_OK;
    case BUFFER_FULL:
      return RECORD_TOO_LARGE;
    default:
      return RECORD_NO_MEMORY;
  }
}

/* ---- what stands around the array ---- */

/* Moves *end over white space in front of it, and over `c` then. False if that is not there. */
static bool step_back(const char *first, const char **end, char c) {
  /* The first byte is a brace, which no white space is, and is not stepped over. */
  while (ALWAYS(*end > first) && is_space((*end)[-1])) --*end;
  return ALWAYS(*end > first) && *--*end == c;
}

/* True if a value that begins now is that of the member of the envelope. */
static bool at_array(const struct record_splitter *splitter) {
  const char *first = splitter->around.bytes;
  const char *end = first + splitter->around.size;
  size_t size = strlen(splitter->envelope);

  if (splitter->depth != 1 || !step_back(first, &end, ':') || !step_back(first, &end, '"')) {
    return false;
  }
  if ((size_t)(end - first) < size || memcmp(end - size, splitter->envelope, size) != 0) {
    return false;
  }
  end -= size;
  if (NEVER(end == first) || *--end != '"') return false;
  return step_back(first, &end, ',') || *end == '{';
}

static bool is_integer(const char *at, const char *end) {
  if (*at == '-') at++;
  while (at < end && *at >= '0' && *at <= '9') at++;
  return at == end;
}

/*
** True if an object, which is right JSON, says that there are no records: its array is null, or it
** has nothing but numbers, such as their total.
*/
static bool says_none(const struct record_splitter *splitter) {
  const char *end = splitter->around.bytes + splitter->around.size;
  const char *at = json_pass_space(splitter->around.bytes, end) + 1;
  size_t size = strlen(splitter->envelope);
  const char *seen;
  bool none = true;

  for (at = json_pass_space(at, end); *at == '"'; at = json_pass_space(at, end)) {
    const char *name = at + 1;
    const char *value;
    at = json_pass_string(name, end);
    if (NEVER(!at)) return false;
    value = json_pass_space(json_pass_space(at, end) + 1, end);
    if ((size_t)(at - name) == size + 1 && !memcmp(name, splitter->envelope, size)) {
      return *value == 'n';
    }
    at = json_pass_value(value, end, RECORD_DEPTH, &seen);
    if (NEVER(!at)) return false;
    none = none && is_integer(value, at);
    at = json_pass_space(at, end);
    if (*at == ',') at++;
  }
  return none;
}

/*
** The end of the text around the array: it must be one object, by itself, and have had the array in
** it, or say that there are no records.
*/
static enum record_status end_around(struct record_splitter *splitter) {
  const char *end = splitter->around.bytes + splitter->around.size;
  const char *seen;

  if (json_pass_value(splitter->around.bytes, end, RECORD_DEPTH, &seen) != end) {
    return RECORD_NOT_A_LIST;
  }
  splitter->state = AFTER_LIST;
  return splitter->found || says_none(splitter) ? RECORD_OK : RECORD_NOT_A_LIST;
}

/* Moves over one byte outside of the array, which is kept. */
static enum record_status step_around(struct record_splitter *splitter, char c) {
  bool array = c == '[' && !splitter->in_string && splitter->depth && at_array(splitter);

  if (!splitter->depth && c != '{') return is_space(c) ? RECORD_OK : RECORD_NOT_A_LIST;
  if (array && splitter->found) return RECORD_NOT_A_LIST;
  switch (buffer_append(&splitter->around, array ? "[]" : &c, array ? 2 : 1)) {
    case BUFFER_OK:
      break;
    case BUFFER_FULL:
      return RECORD_NOT_A_LIST;
    default:
      return RECORD_NO_MEMORY;
  }
  if (array) {
    splitter->found = true;
    splitter->state = BEFORE_FIRST;
    return RECORD_OK;
  }
  return step_inside(splitter, c) ? end_around(splitter) : RECORD_OK;
}

/* ---- records ---- */

/* Where the end of a record leads to. */
static int after_record(const struct record_splitter *splitter) {
  return splitter->single ? AFTER_LIST : AFTER_RECORD;
}

/* Offers what is there of a record that begins here. */
static enum record_status offer(struct record_splitter *splitter, const char *bytes, size_t size,
                                const struct record_sink *sink, size_t *taken) {
  enum record_status status;

  *taken = 0;
  if (size > RECORD_SIZE_MAX) size = RECORD_SIZE_MAX;
  status = sink->plain(sink->context, bytes, size, taken);
  if (*taken) splitter->state = after_record(splitter);
  return status;
}

/*
** Hands a complete record over: from the input where it lies whole in there, and was offered
** before, else from the buffer.
*/
static enum record_status hand_over(struct record_splitter *splitter, const char *bytes,
                                    size_t size, const struct record_sink *sink) {
  enum record_status status;
  size_t offered = 0;

  if (splitter->partial.size) {
    status = keep(splitter, bytes, size);
    if (status != RECORD_OK) return status;
    bytes = splitter->partial.bytes;
    size = splitter->partial.size;
    status = offer(splitter, bytes, size, sink, &offered);
    if (status != RECORD_OK) return status;
  } else if (size > RECORD_SIZE_MAX) {
    return RECORD_TOO_LARGE;
  }
  status = offered ? RECORD_OK : sink->other(sink->context, bytes, size);
  buffer_clear(&splitter->partial);
  splitter->state = after_record(splitter);
  return status;
}

/*
** The bytes of a record from `start` on, of which the ones from `at` on are new. *at moves after
** them.
*/
static enum record_status take_record(struct record_splitter *splitter, const char *start,
                                      const char **at, const char *end,
                                      const struct record_sink *sink) {
  bool complete;
  size_t size = (size_t)(end - *at);
  size_t taken = scan_record(splitter, *at, size, &complete);

  if (taken > size) return RECORD_NOT_A_LIST;
  *at += taken;
  size = (size_t)(*at - start);
  return complete ? hand_over(splitter, start, size, sink) : keep(splitter, start, size);
}

enum record_status record_splitter_feed(struct record_splitter *splitter, const char *bytes,
                                        size_t size, const struct record_sink *sink) {
  const char *end = bytes + size;
  const char *at = bytes;
  enum record_status status = RECORD_OK;

  while (at < end && status == RECORD_OK) {
    const char *start = at;
    size_t taken = 0;
    if (splitter->state == IN_ENVELOPE) {
      status = step_around(splitter, *at++);
      continue;
    }
    if (splitter->state != IN_RECORD) {
      if (!step_between(splitter, *at++)) return RECORD_NOT_A_LIST;
      if (splitter->state != IN_RECORD) continue;
      status = offer(splitter, start, (size_t)(end - start), sink, &taken);
      if (taken) at = start + taken;
    }
    if (status == RECORD_OK && !taken) status = take_record(splitter, start, &at, end, sink);
  }
  return status;
}
