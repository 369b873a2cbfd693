/*
** The library in a host for long, with many threads, in children, and with little of everything:
** swr-soak EXTENSION PART [TIMES]. Each part is right where all statements gave their rows, and
** where memory and descriptors have not grown.
**
** It must know nothing of the extension but its file, its settings and SQL.
*/
#ifndef SWR_SOAK_SOAK_H
#define SWR_SOAK_SOAK_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "../fault/fault.h"

/* What has been seen; by several threads at once. */
struct soak {
  const char *extension;
  double times;         /* a factor on how often all is done */
  struct outcome right; /* of soak_sql */
};

/* Two pages of a repository. */
extern const char *const soak_sql;

/* `often` times the factor, once at least. */
int64_t soak_times(const struct soak *soak, int64_t often);

/* Runs it; whether it gave its rows. A wrong outcome is printed. */
bool soak_right(const struct soak *soak, sqlite3 *db);

/* Opens a connection; ends the process with 2 if it cannot. */
sqlite3 *soak_open(const struct soak *soak);

/*
** Whether memory and descriptors are no more than before, but for some that a library keeps.
** soak_measure is called once all is warm. Below a hundredth of all times, memory is not looked at:
** nothing is warm then.
*/
struct soak_measure {
  int64_t kilobytes;
  int descriptors;
};
struct soak_measure soak_measure(void);
bool soak_flat(const struct soak *soak, const struct soak_measure *before, const char *part);

/* ---- parts: how many statements were wrong, or -1 where something has grown ---- */

int64_t soak_statements(const struct soak *soak); /* 100,000 on one connection */
int64_t soak_cycles(const struct soak *soak);     /* 10,000 times open, load, query, close */
int64_t soak_threads(const struct soak *soak);    /* 32 with connections of their own */
int64_t soak_shared(const struct soak *soak);     /* 8 on one connection that is serialized */
int64_t soak_forks(const struct soak *soak);      /* children beside the parent, 200 */
int64_t soak_closed(const struct soak *soak);     /* without standard files */
int64_t soak_limits(const struct soak *soak);     /* with few descriptors, and with little memory */

#endif
