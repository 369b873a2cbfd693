/*
** Allocations that fail on demand: malloc, calloc, realloc and strdup of all code that is linked
** into the unit tests (`--wrap` in the Makefile); of libraries, calls of json-c that allocate.
*/
#ifndef SWR_ALLOCATION_H
#define SWR_ALLOCATION_H

#include <stdbool.h>
#include <stddef.h>

/* From now on the nth allocation fails, from 1; with `and_all_after` every later one too. */
void allocation_fail_at(long nth, bool and_all_after);

/* The same goes for the contexts of hashes, which OpenSSL allocates, until allocation_stop. */
void allocation_fail_hashes(void);

/* No allocation fails any more. Returns how many did. */
long allocation_stop(void);

/* For a stand-in of something that allocates: counts as one allocation; true if it has to fail. */
bool allocation_refused(void);

/* A block of a library's that is to be freed, and that is freed. */
void allocation_note(void *block);
void allocation_forget(void *block);

/* How many blocks of these functions are there that were not freed. */
long allocation_live(void);

/* For the tests themselves: never made to fail. Ends the program when out of memory. */
void *plain_resize(void *memory, size_t size);
char *plain_copy(const char *text);

#endif
