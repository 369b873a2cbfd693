/*
** The name of a header: see header_name.h.
*/
#include "request/header_name.h"

#include "base/ascii.h"

bool header_is(const char *name, size_t size, const char *wanted) {
  return ascii_is(name, size, wanted);
}
