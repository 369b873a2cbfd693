/*
** The last error of a database connection: see failure.h.
*/
#include "vtab/failure.h"

#include <sqlite3ext.h>
#include <string.h>
#include <time.h>

#include "base/redact.h"
#include "base/timestamp.h"

SQLITE_EXTENSION_INIT3

void failure_note(struct failure *failure, const char *who, const struct service_error *error,
                  const struct request_log *log) {
  struct timespec now = {0};

  clock_gettime(CLOCK_REALTIME, &now);
  failure->at = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
  secrets_mask(who, NULL, failure->who, sizeof failure->who);
  failure->error = *error;
  failure->asked = error->request > 0 &&
                   request_log_next(log, error->request - 1, &failure->request) &&
                   failure->request.id == error->request;
}

static void append_time(sqlite3_str *text, const char *name, int64_t milliseconds) {
  char seconds[TIMESTAMP_SIZE];

  timestamp_write(milliseconds / 1000, seconds);
  sqlite3_str_appendf(text, "\n%s: %s.%03dZ", name, seconds, (int)(milliseconds % 1000));
}

static void append_text(sqlite3_str *text, const char *name, const char *value) {
  if (value && value[0]) sqlite3_str_appendf(text, "\n%s: %s", name, value);
}

/* The error of the attempt is mostly a part of the message that was `said`. */
static void append_request(sqlite3_str *text, const struct logged_request *request,
                           const char *said) {
  sqlite3_str_appendf(text, "\nasked: %s %s", request->method ? request->method : "nothing",
                      request->url ? request->url : "");
  append_text(text, "for", request->place);
  if (request->statement) sqlite3_str_appendf(text, "\nstatement: %lld", request->statement);
  sqlite3_str_appendf(text, "\nattempt: %lld, after %lld ms of waiting", request->attempt,
                      request->waited);
  append_time(text, "begun", request->started_at);
  if (request->status) sqlite3_str_appendf(text, "\nstatus: HTTP %d", request->status);
  append_text(text, "code", request->code);
  append_text(text, "request id", request->request_id);
  if (request->took >= 0) {
    sqlite3_str_appendf(text, "\nanswer: %lld bytes in %lld ms", request->bytes, request->took);
  }
  if (request->error && !strstr(said, request->error)) append_text(text, "error", request->error);
  sqlite3_str_appendf(text, "\nswr_request: id = %lld", request->id);
}

char *failure_message(const struct failure *failure) {
  return sqlite3_mprintf("%s: %s", failure->who, failure->error.message);
}

char *failure_text(const struct failure *failure) {
  sqlite3_str *text = sqlite3_str_new(NULL);

  if (failure->at) {
    sqlite3_str_appendf(text, "%s: %s", failure->who, failure->error.message);
    append_time(text, "failed", failure->at);
    if (failure->asked) append_request(text, &failure->request, failure->error.message);
  } else {
    sqlite3_str_appendall(text, "none");
  }
  return sqlite3_str_finish(text);
}
