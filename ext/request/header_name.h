/*
** The name of a header, as the transport hands it over: no NUL after it.
*/
#ifndef SWR_HEADER_NAME_H
#define SWR_HEADER_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* True if it is the one wanted, in whatever case (RFC 9110, 5.1). */
bool header_is(const char *name, size_t size, const char *wanted);

#endif
