/*
** Conditions that hold whatever the service, SQLite and the user do, and are looked at all the
** same: what SQLite calls defensive code, marked as SQLite marks its own.
**
** Tests cannot reach the other way of ALWAYS and NEVER, so that a build that counts coverage has
** constants in their place; a build with sanitizers ends where one is wrong; any other looks, and
** goes the defensive way. NEVER_CALLED is for a function that stands in a slot which must not be
** empty: that build has none of it. What stands in one must do nothing but look: a build that
** counts leaves it out. Why it is so is written beside it where it is not evident. This must not
** know who is sure.
*/
#ifndef SWR_ALWAYS_H
#define SWR_ALWAYS_H

#if defined(SWR_COVERAGE)
#define ALWAYS(condition) (true)
#define NEVER(condition) (false)
#define NEVER_CALLED(function) (NULL)
#elif defined(SWR_DEBUG)
#include <assert.h>
#define ALWAYS(condition) ((condition) ? true : (assert(false), false))
#define NEVER(condition) ((condition) ? (assert(false), true) : false)
#define NEVER_CALLED(function) (function)
#else
#define ALWAYS(condition) (condition)
#define NEVER(condition) (condition)
#define NEVER_CALLED(function) (function)
#endif

#include <stdbool.h>

#endif
