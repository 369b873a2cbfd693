/*
** What a database connection has asked of its servers: see request_log.h.
*/
#include "request/request_log.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/always.h"
#include "base/redact.h"

enum text { TEXT_URL, TEXT_PLACE, TEXT_CODE, TEXT_REQUEST_ID, TEXT_ERROR, TEXTS };

/* A row as it is kept; see struct logged_request. */
struct request_row {
  int64_t started_at;
  int64_t statement;
  const char *table;
  const char *method;
  const char *note;
  int64_t attempt;
  int64_t waited;
  int64_t took;
  int64_t rows;
  int64_t bytes;
  int status;
  bool sent;
  bool reused;
  uint16_t used;         /* bytes of its texts */
  uint32_t texts[TEXTS]; /* where they begin; 0: there is none */
};

static int64_t wall_clock(void) {
  struct timespec now;

  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool request_log_create(struct request_log *log) {
  memset(log, 0, sizeof *log);
  /* Touched where rows are, and not before. */
  log->rows = malloc(REQUEST_LOG_MAX * sizeof *log->rows);
  log->texts = malloc((size_t)REQUEST_PIECES * REQUEST_PIECE);
  if (log->rows && log->texts) return true;
  request_log_free(log);
  return false;
}

void request_log_free(struct request_log *log) {
  free(log->rows);
  free(log->texts);
  memset(log, 0, sizeof *log);
}

/* ---- texts ---- */

/* Where so many bytes may go; 0 if there is no place. */
static size_t room_for(struct request_log *log, size_t size) {
  size_t used = log->end % REQUEST_PIECE;

  if (used && REQUEST_PIECE - used >= size) return log->end;
  for (size_t i = 0; i < REQUEST_PIECES; i++) {
    if (log->live[i] == 0) return i * REQUEST_PIECE + 1; /* the first: it was touched before */
  }
  return 0;
}

static void drop(struct request_log *log, struct request_row *row, enum text which) {
  uint32_t at = row->texts[which];

  if (!at) return;
  row->used = (uint16_t)(row->used - strlen(log->texts + at) - 1);
  row->texts[which] = 0;
  log->live[at / REQUEST_PIECE]--;
}

/* Where the end of a text is that is cut after `most` bytes: not inside of a character of UTF-8. */
static size_t cut(const char *text, size_t most) {
  while (most && ((unsigned char)text[most] & 0xc0) == 0x80) most--;
  return most;
}

/* Sets a text, of `most` bytes with its NUL. */
static void put(struct request_log *log, struct request_row *row, enum text which, const char *text,
                size_t most) {
  static const char dots[] = "...";
  size_t size = text ? strlen(text) : 0;
  size_t room;
  size_t at;
  bool whole;

  drop(log, row, which);
  room = (size_t)(REQUEST_TEXTS_MAX - row->used);
  if (most > room) most = room;
  if (!size || most <= sizeof dots) return;
  whole = size < most;
  if (!whole) size = cut(text, most - sizeof dots);
  at = room_for(log, size + sizeof dots);
  if (!at) return;
  memcpy(log->texts + at, text, size); /* NOLINT(bugprone-not-null-terminated-result) */
  memcpy(log->texts + at + size, whole ? "" : dots, whole ? 1 : sizeof dots);
  size += whole ? 1 : sizeof dots;
  row->texts[which] = (uint32_t)at;
  row->used = (uint16_t)(row->used + size);
  log->end = at + size;
  log->live[at / REQUEST_PIECE]++;
}

/* ---- rows ---- */

/* Where the row of an attempt is as long as it is kept. */
static struct request_row *row_of(const struct request_log *log, int64_t id) {
  return &log->rows[(id - 1) % REQUEST_LOG_MAX];
}

/* NULL if it is gone. */
static struct request_row *find(const struct request_log *log, int64_t id) {
  if (id < 1 || id > log->count || id <= log->count - REQUEST_LOG_MAX) return NULL;
  return row_of(log, id);
}

int64_t request_log_add(struct request_log *log, const struct request_start *start) {
  struct request_row *row = row_of(log, log->count + 1);

  if (log->count >= REQUEST_LOG_MAX) {
    for (int i = 0; i < TEXTS; i++) drop(log, row, (enum text)i);
  }
  log->count++;
  *row = (struct request_row){.started_at = wall_clock(),
                              .statement = start->statement,
                              .table = start->table,
                              .method = start->method,
                              .attempt = start->attempt,
                              .waited = start->waited,
                              .took = -1,
                              .rows = -1};
  put(log, row, TEXT_URL, start->url, REQUEST_URL_MAX);
  put(log, row, TEXT_PLACE, start->place, REQUEST_PLACE_MAX);
  return log->count;
}

void request_log_skip(struct request_log *log, int64_t statement, const char *table,
                      const char *place, const char *note) {
  char shown[REQUEST_PLACE_MAX];
  const struct request_start start = {.statement = statement, .table = table, .place = shown};

  if (log->skip_statement != statement) log->skips = 0;
  log->skip_statement = statement;
  if (++log->skips > REQUEST_SKIPS_MAX) return;
  if (log->skips == REQUEST_SKIPS_MAX) {
    place = "";
    note = "and more that this statement did not ask";
  }
  redact(place, strlen(place), NULL, shown, sizeof shown);
  row_of(log, request_log_add(log, &start))->note = note;
}

/* True if it is the row of something asked of this table and place, and has no note. */
static bool is_of(const struct request_log *log, const struct request_row *row, const char *table,
                  const char *place) {
  uint32_t at = row->texts[TEXT_PLACE];

  return !row->note && row->table && at && !strcmp(row->table, table) &&
         !strcmp(log->texts + at, place);
}

void request_log_note(struct request_log *log, int64_t statement, const char *table,
                      const char *place, const char *note) {
  int64_t id = log->count;
  struct request_row *row = find(log, id);

  while (row && !(row->statement == statement && is_of(log, row, table, place))) {
    row = find(log, --id);
  }
  if (row) {
    row->note = note;
  } else {
    request_log_skip(log, statement, table, place, note);
  }
}

void request_log_received(struct request_log *log, int64_t id, size_t bytes) {
  struct request_row *row = find(log, id);

  if (row) row->bytes += (int64_t)bytes;
}

void request_log_finish(struct request_log *log, int64_t id, const struct request_end *end) {
  struct request_row *row = find(log, id);

  if (!row) return;
  row->status = end->status;
  row->took = end->took;
  for (int i = TEXT_CODE; i <= TEXT_ERROR; i++) drop(log, row, (enum text)i);
  put(log, row, TEXT_CODE, end->code, REQUEST_TEXTS_MAX);
  put(log, row, TEXT_REQUEST_ID, end->request_id, REQUEST_TEXTS_MAX);
  put(log, row, TEXT_ERROR, end->error, REQUEST_TEXTS_MAX);
}

/* The same attempt once more, whose own row may be the one that is taken. */
static int64_t repeat(struct request_log *log, int64_t id) {
  struct logged_request before;
  struct request_start start;
  bool found = request_log_next(log, id - 1, &before);

  if (NEVER(!found)) return id; /* the caller has seen it */
  start = (struct request_start){.statement = before.statement,
                                 .table = before.table,
                                 .method = before.method,
                                 .place = before.place,
                                 .url = before.url,
                                 .attempt = before.attempt,
                                 .waited = before.waited};
  return request_log_add(log, &start);
}

int64_t request_log_sent(struct request_log *log, int64_t id, bool reused, int64_t took) {
  const struct request_end lost = {
      .took = took, .error = "the connection was closed before an answer came: sent on another."};
  struct request_row *row = find(log, id);

  if (!row) return id;
  if (row->sent) {
    request_log_finish(log, id, &lost);
    id = repeat(log, id);
    row = row_of(log, id);
  }
  row->sent = true;
  row->reused = reused;
  return id;
}

void request_log_cancel(struct request_log *log, int64_t id, int64_t took) {
  struct request_row *row = find(log, id);

  if (!row) return;
  row->took = took;
  row->note = "cancelled: its answer was not needed any more";
}

void request_log_decoded(struct request_log *log, int64_t id, size_t rows, const char *error) {
  struct request_row *row = find(log, id);

  if (!row || row->rows >= 0) return;
  row->rows = (int64_t)rows;
  if (error) put(log, row, TEXT_ERROR, error, REQUEST_TEXTS_MAX);
}

/* ---- reading ---- */

static void copy(const struct request_log *log, int64_t id, struct logged_request *request) {
  const struct request_row *row = row_of(log, id);
  const char *texts[TEXTS] = {NULL};
  char *at = request->texts;

  for (int i = 0; i < TEXTS; i++) {
    const char *text = log->texts + row->texts[i];
    size_t size;
    if (!row->texts[i]) continue;
    size = strlen(text) + 1; /* together no more than there is room: see put */
    texts[i] = memcpy(at, text, size);
    at += size;
  }
  request->id = id;
  request->started_at = row->started_at;
  request->statement = row->statement;
  request->table = row->table;
  request->method = row->method;
  request->note = row->note;
  request->attempt = row->attempt;
  request->waited = row->waited;
  request->took = row->took;
  request->rows = row->rows;
  request->bytes = row->bytes;
  request->status = row->status;
  request->sent = row->sent;
  request->reused = row->reused;
  request->url = texts[TEXT_URL];
  request->place = texts[TEXT_PLACE];
  request->code = texts[TEXT_CODE];
  request->request_id = texts[TEXT_REQUEST_ID];
  request->error = texts[TEXT_ERROR];
}

bool request_log_next(const struct request_log *log, int64_t id, struct logged_request *request) {
  int64_t oldest = log->count - REQUEST_LOG_MAX + 1;

  if (id + 1 > oldest) oldest = id + 1;
  if (!find(log, oldest)) return false;
  copy(log, oldest, request);
  return true;
}
