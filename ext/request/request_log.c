/*
** What a database connection has asked of its servers: see request_log.h.
*/
#include "request/request_log.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/redact.h"

static int64_t wall_clock(void) {
  struct timespec now;

  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool request_log_create(struct request_log *log) {
  memset(log, 0, sizeof *log);
  log->rows =
      malloc(REQUEST_LOG_MAX * sizeof *log->rows); /* touched where rows are, and not before */
  return log->rows != NULL;
}

void request_log_free(struct request_log *log) {
  free(log->rows);
  memset(log, 0, sizeof *log);
}

/* Where the row of an attempt is as long as it is kept. */
static struct logged_request *row_of(const struct request_log *log, int64_t id) {
  return &log->rows[(id - 1) % REQUEST_LOG_MAX];
}

/* NULL if it is gone. */
static struct logged_request *find(const struct request_log *log, int64_t id) {
  if (id < 1 || id > log->count || id <= log->count - REQUEST_LOG_MAX) return NULL;
  return row_of(log, id);
}

const char *logged_request_text(const struct logged_request *request, uint16_t at) {
  return at ? request->texts + at : NULL;
}

/* Where the end of a text is that is cut after `most` bytes: not inside of a character of UTF-8. */
static size_t cut(const char *text, size_t most) {
  while (most && ((unsigned char)text[most] & 0xc0) == 0x80) most--;
  return most;
}

/* Appends a text, of `most` bytes with its NUL; returns where it begins, 0 if there is none. */
static uint16_t put(struct logged_request *request, const char *text, size_t most) {
  static const char dots[] = "...";
  size_t room = REQUEST_TEXTS_MAX - request->used;
  size_t size = text ? strlen(text) : 0;
  char *at = request->texts + request->used;
  uint16_t begin = request->used;

  if (most > room) most = room;
  if (!size || most <= sizeof dots) return 0;
  if (size < most) {
    memcpy(at, text, size + 1);
  } else {
    size = cut(text, most - sizeof dots);
    memcpy(at, text, size); /* NOLINT(bugprone-not-null-terminated-result): the dots end it */
    memcpy(at + size, dots, sizeof dots);
    size += strlen(dots);
  }
  request->used = (uint16_t)(begin + size + 1);
  return begin;
}

int64_t request_log_add(struct request_log *log, const struct request_start *start) {
  struct logged_request *request;

  log->count++;
  request = row_of(log, log->count);
  memset(request, 0, offsetof(struct logged_request, texts));
  request->id = log->count;
  request->started_at = wall_clock();
  request->statement = start->statement;
  request->table = start->table;
  request->method = start->method;
  request->attempt = start->attempt;
  request->waited = start->waited;
  request->took = -1;
  request->rows = -1;
  request->used = 1; /* 0 is no text */
  request->url = put(request, start->url, REQUEST_URL_MAX);
  request->place = put(request, start->place, REQUEST_PLACE_MAX);
  request->begun = request->used;
  return request->id;
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

void request_log_note(struct request_log *log, int64_t statement, const char *table,
                      const char *place, const char *note) {
  struct logged_request *request = NULL;

  for (int64_t id = log->count; (request = find(log, id)) != NULL; id--) {
    const char *of = logged_request_text(request, request->place);
    if (request->statement != statement || request->note || !request->table || !of) continue;
    if (!strcmp(request->table, table) && !strcmp(of, place)) break;
  }
  if (request) {
    request->note = note;
  } else {
    request_log_skip(log, statement, table, place, note);
  }
}

void request_log_received(struct request_log *log, int64_t id, size_t bytes) {
  struct logged_request *request = find(log, id);

  if (request) request->bytes += (int64_t)bytes;
}

void request_log_finish(struct request_log *log, int64_t id, const struct request_end *end) {
  struct logged_request *request = find(log, id);

  if (!request) return;
  request->status = end->status;
  request->took = end->took;
  request->used = request->begun;
  request->code = put(request, end->code, REQUEST_TEXTS_MAX);
  request->request_id = put(request, end->request_id, REQUEST_TEXTS_MAX);
  request->error = put(request, end->error, REQUEST_TEXTS_MAX);
}

/* The same attempt once more. */
static int64_t repeat(struct request_log *log, const struct logged_request *request) {
  const struct logged_request before = *request; /* whose row may be the one that is taken */
  const struct request_start start = {.statement = before.statement,
                                      .table = before.table,
                                      .method = before.method,
                                      .place = logged_request_text(&before, before.place),
                                      .url = logged_request_text(&before, before.url),
                                      .attempt = before.attempt,
                                      .waited = before.waited};

  return request_log_add(log, &start);
}

int64_t request_log_sent(struct request_log *log, int64_t id, bool reused, int64_t took) {
  const struct request_end lost = {
      .took = took, .error = "the connection was closed before an answer came: sent on another."};
  struct logged_request *request = find(log, id);

  if (!request) return id;
  if (request->sent) {
    request_log_finish(log, id, &lost);
    id = repeat(log, request);
    request = row_of(log, id);
  }
  request->sent = true;
  request->reused = reused;
  return id;
}

void request_log_cancel(struct request_log *log, int64_t id, int64_t took) {
  struct logged_request *request = find(log, id);

  if (!request) return;
  request->took = took;
  request->note = "cancelled: its answer was not needed any more";
}

void request_log_decoded(struct request_log *log, int64_t id, size_t rows, const char *error) {
  struct logged_request *request = find(log, id);

  if (!request || request->rows >= 0) return;
  request->rows = (int64_t)rows;
  if (error) request->error = put(request, error, REQUEST_TEXTS_MAX);
}

const struct logged_request *request_log_next(const struct request_log *log, int64_t id) {
  int64_t oldest = log->count - REQUEST_LOG_MAX + 1;

  return find(log, id + 1 > oldest ? id + 1 : oldest);
}
