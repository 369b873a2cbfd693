/*
** Texts that must not stay in memory once they are of no use.
*/
#ifndef SWR_SECRET_H
#define SWR_SECRET_H

#include <stddef.h>

/* Overwrites a secret in a way that the compiler keeps, and frees it. NULL is fine. */
void secret_free(char *secret);

/*
** A copy of `size` bytes with a NUL, the caller's to end by secret_free. NULL when out of memory.
*/
char *secret_copy(const char *bytes, size_t size);

#endif
