/*
** The name of a header: see header_name.h.
*/
#include "request/header_name.h"

#include <string.h>
#include <strings.h>

bool header_is(const char *name, size_t size, const char *wanted) {
  return strlen(wanted) == size && !strncasecmp(name, wanted, size);
}
