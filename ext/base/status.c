/*
** The sentence that goes with a failure: see status.h.
*/
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

enum service_status service_fail(struct service_error *error, const char *format, ...) {
  va_list arguments;

  va_start(arguments, format);
  vsnprintf(error->message, sizeof error->message, format, arguments);
  va_end(arguments);
  error->request = 0;
  return SERVICE_FAILED;
}
