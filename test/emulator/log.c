/*
** One line per API request, complete in one write, so that a test may read while others are made.
** Must not know how requests are answered, and must never write what a secret header holds.
*/
#include "log.h"

#include <unistd.h>

/* Columns and lines must stay what they are, whatever a client sent. */
static void add_clean(struct text *line, const char *value) {
  static const char hex[] = "0123456789abcdef";
  for (; *value; value++) {
    unsigned char c = (unsigned char)*value;
    if (c < 32 || c == 127) {
      char escape[4] = {'\\', 'x', hex[c >> 4], hex[c & 15]};
      text_add(line, escape, sizeof escape);
    } else {
      text_add(line, value, 1);
    }
  }
}

static void add_header(struct text *line, bool *any, const char *name, const char *value) {
  if (!value) return;
  if (*any) text_str(line, " & ");
  *any = true;
  text_str(line, name);
  text_str(line, "=");
  add_clean(line, value);
}

void log_request(int file, struct text *line, const struct api_request *request, unsigned status,
                 int64_t records, uint64_t connection_number, const struct verdict *verdict) {
  bool any = false;
  line->length = 0;
  text_digits(line, status, 1);
  text_str(line, "\t");
  add_clean(line, request->method);
  text_str(line, "\t");
  add_clean(line, request->uri);
  text_str(line, "\t");
  text_number(line, records);
  text_str(line, "\t");
  text_digits(line, connection_number, 1);
  text_str(line, "\t");
  add_header(line, &any, "content-type", request->content_type);
  add_header(line, &any, "accept", request->accept);
  add_header(line, &any, "accept-encoding", request->accept_encoding);
  add_header(line, &any, "user-agent", request->user_agent);
  add_header(line, &any, "x-auth-token", verdict->token);
  add_header(line, &any, "authorization", verdict->authorization);
  add_header(line, &any, "x-sdk-date", request->sdk_date ? "present" : NULL);
  add_header(line, &any, "x-security-token", verdict->security_token);
  text_str(line, "\n");
  /* A log that cannot be written is the test's to notice; the service goes on. */
  ssize_t written = write(file, line->at, line->length);
  (void)written;
}
