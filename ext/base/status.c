/*
** The two lines that go with a failure: see status.h.
*/
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/redact.h"

/* What a line takes from elsewhere must not begin another one, nor end within a character. */
static void put_line(char *line, size_t size, const char *format, va_list arguments) {
  char text[ERROR_LINE_MAX];

  vsnprintf(text, sizeof text, format, arguments);
  secrets_mask(text, NULL, line, size < sizeof text ? size : sizeof text);
}

enum service_status service_fail(struct service_error *error, const char *format, ...) {
  va_list arguments;

  va_start(arguments, format);
  put_line(error->message, sizeof error->message, format, arguments);
  va_end(arguments);
  error->request = 0;
  return SERVICE_FAILED;
}

enum service_status service_advise(struct service_error *error, const char *format, ...) {
  size_t used = strlen(error->message);
  bool more = strchr(error->message, '\n') != NULL;
  va_list arguments;

  error->message[used++] = more ? ' ' : '\n';
  va_start(arguments, format);
  put_line(error->message + used, sizeof error->message - used, format, arguments);
  va_end(arguments);
  return SERVICE_FAILED;
}
