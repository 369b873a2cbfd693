/*
** Cuts the records out of a JSON array while its bytes arrive: see record_splitter.h.
*/
#include "record/record_splitter.h"

#include "record/json_text.h"

enum {
  BEFORE_ARRAY,
  BEFORE_FIRST, /* behind `[`: a record or the end */
  BEFORE_NEXT,  /* behind `,`: a record */
  IN_RECORD,
  BEHIND_RECORD, /* `,` or the end */
  BEHIND_ARRAY   /* only white space */
};

void record_splitter_init(struct record_splitter *splitter) {
  splitter->state = BEFORE_ARRAY;
  splitter->depth = 0;
  splitter->in_string = false;
  splitter->escaped = false;
  buffer_init(&splitter->partial, RECORD_SIZE_MAX);
}

void record_splitter_reset(struct record_splitter *splitter) {
  buffer_free(&splitter->partial);
  record_splitter_init(splitter);
}

bool record_splitter_finished(const struct record_splitter *splitter) {
  return splitter->state == BEHIND_ARRAY;
}

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* Moves over one byte between records. False if it may not stand there. */
static bool step_between(struct record_splitter *splitter, char c) {
  if (is_space(c)) return true;
  switch (splitter->state) {
    case BEFORE_ARRAY:
      splitter->state = BEFORE_FIRST;
      return c == '[';
    case BEHIND_RECORD:
      splitter->state = c == ',' ? BEFORE_NEXT : BEHIND_ARRAY;
      return c == ',' || c == ']';
    case BEFORE_FIRST:
    case BEFORE_NEXT:
      if (c == ']' && splitter->state == BEFORE_FIRST) {
        splitter->state = BEHIND_ARRAY;
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
** Returns the bytes of `bytes` that belong to the record; *complete if its last one is there. More than
** `size` stands for what is no JSON and json-c lets through: a control character in a string, and an
** apostrophe outside of strings, which it takes for a quotation mark.
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
    if (splitter->in_string) {
      if ((unsigned char)c < 0x20) return size + 1;
      if (splitter->escaped) {
        splitter->escaped = false;
      } else if (c == '\\') {
        splitter->escaped = true;
      } else if (c == '"') {
        splitter->in_string = false;
      }
    } else if (c == '"') {
      splitter->in_string = true;
    } else if (c == '\'') {
      return size + 1;
    } else if (c == '{' || c == '[') {
      splitter->depth++;
    } else if ((c == '}' || c == ']') && --splitter->depth == 0) {
      *complete = true;
      return i + 1;
    }
  }
  return size;
}

static enum splitter_status keep(struct record_splitter *splitter, const char *bytes, size_t size) {
  switch (buffer_append(&splitter->partial, bytes, size)) {
    case BUFFER_OK:
      return SPLITTER_OK;
    case BUFFER_FULL:
      return SPLITTER_TOO_LARGE;
    default:
      return SPLITTER_NO_MEMORY;
  }
}

/* Offers what is there of a record that begins here. False if it was refused. */
static bool offer(struct record_splitter *splitter, const char *bytes, size_t size,
                  const struct record_sink *sink, size_t *taken) {
  *taken = 0;
  if (size > RECORD_SIZE_MAX) size = RECORD_SIZE_MAX;
  if (!sink->plain(sink->context, bytes, size, taken)) return false;
  if (*taken) splitter->state = BEHIND_RECORD;
  return true;
}

/*
** Hands a complete record over: from the input where it lies whole in there, and was offered before, else
** from the buffer.
*/
static enum splitter_status hand_over(struct record_splitter *splitter, const char *bytes,
                                      size_t size, const struct record_sink *sink) {
  size_t offered = 0;
  bool taken;

  if (splitter->partial.size) {
    enum splitter_status status = keep(splitter, bytes, size);
    if (status != SPLITTER_OK) return status;
    bytes = splitter->partial.bytes;
    size = splitter->partial.size;
    if (!offer(splitter, bytes, size, sink, &offered)) return SPLITTER_REFUSED;
  } else if (size > RECORD_SIZE_MAX) {
    return SPLITTER_TOO_LARGE;
  }
  taken = offered || sink->other(sink->context, bytes, size);
  buffer_clear(&splitter->partial);
  splitter->state = BEHIND_RECORD;
  return taken ? SPLITTER_OK : SPLITTER_REFUSED;
}

enum splitter_status record_splitter_feed(struct record_splitter *splitter, const char *bytes,
                                          size_t size, const struct record_sink *sink) {
  size_t at = 0;

  while (at < size) {
    size_t start = at;
    size_t taken;
    bool complete;
    enum splitter_status status;

    if (splitter->state != IN_RECORD) {
      if (!step_between(splitter, bytes[at])) return SPLITTER_NOT_AN_ARRAY;
      at++;
      if (splitter->state != IN_RECORD) continue;
      if (!offer(splitter, bytes + start, size - start, sink, &taken)) return SPLITTER_REFUSED;
      if (taken) {
        at = start + taken;
        continue;
      }
    }
    taken = scan_record(splitter, bytes + at, size - at, &complete);
    if (taken > size - at) return SPLITTER_NOT_AN_ARRAY;
    at += taken;
    if (complete) {
      status = hand_over(splitter, bytes + start, at - start, sink);
    } else {
      status = keep(splitter, bytes + start, at - start);
    }
    if (status != SPLITTER_OK) return status;
  }
  return SPLITTER_OK;
}
