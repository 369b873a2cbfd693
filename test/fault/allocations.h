/*
** Every allocation of the process passes here, so that the Nth one can fail, and those that are
** never freed be counted.
**
** SQLite's are those that it makes by SQLITE_CONFIG_MALLOC; the libraries' are told by the address
** that they are called from. Only the thread that arms is touched. It must not know who is tested.
*/
#ifndef SWR_FAULT_ALLOCATIONS_H
#define SWR_FAULT_ALLOCATIONS_H

#include <stdbool.h>
#include <stdint.h>

/* Whose allocations. */
enum owner { OWNER_SQLITE, OWNER_LIBRARIES, OWNER_SYSTEM, OWNERS };

/* Once, before SQLite is used; false if it does not let that happen. */
bool allocations_begin(void);

/*
** Once the extension is loaded: finds out where it and its libraries lie. The system is the C
** library and OpenSSL, which the libraries call.
*/
void allocations_find_libraries(void);

/*
** The Nth allocation of this owner in this thread fails, from 1; all after it too where for ever.
*/
void allocations_fail(enum owner owner, int64_t number, bool for_ever);

/* No more of them. True if one failed. */
bool allocations_end(void);

/* Blocks of the libraries (not of the system) that this thread has allocated, not freed yet. */
int64_t allocations_held(void);

/*
** The most bytes of those blocks that were held at once since the last call, beyond those held
** then.
*/
int64_t allocations_peak(void);

/* Prints on standard error where the next allocation that fails is made. */
void allocations_tell(bool tell);

#endif
