/*
** Calls of libcurl, OpenSSL and the system that fail on demand, as allocation.h does it with memory
** (`--wrap` in the Makefile). What can be refused is the list in refusal.c.
*/
#ifndef SWR_REFUSAL_H
#define SWR_REFUSAL_H

#include <stdbool.h>

/*
** From now on the nth call, from 1, of functions whose name begins so fails; with `and_all_after`
** every later one too. The name must outlive it. `error` becomes errno, for those that set it.
*/
void refusal_begin(const char *name, long nth, bool and_all_after, int error);

/* The nth call is made as any other, and `hook` called before it. */
void refusal_hook(const char *name, long nth, void (*hook)(void));

/* Opening `path` opens `instead`, until it is called with NULL; both must outlive that. */
void refusal_path(const char *path, const char *instead);

/* On 32 bits functions of the system that tell a time or a size go by other names. */
#define REFUSES_SYSTEM (sizeof(void *) == 8)

/* None fails any more. Returns how many did. */
long refusal_stop(void);

#endif
