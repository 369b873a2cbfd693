/*
** Faults beside the whole library, as a host loads it: swr-faults EXTENSION LOOP [OPTION VALUE]...
**
** A loop injects one fault after the other. What a statement gives then is right, or an error that
** the loop allows; the next statement on the same connection is right, and nothing is left. It must
** know nothing of the extension but its file, its settings and SQL.
*/
#ifndef SWR_FAULT_FAULT_H
#define SWR_FAULT_FAULT_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server.h"

#define SAID_MAX 16384 /* bytes, NUL included */

/* What a statement gave. */
struct outcome {
  int code;            /* of SQLite, extended; SQLITE_OK at its end */
  char said[SAID_MAX]; /* all values with a blank after each, or the error's message */
};

/* What is run: see scenarios.c. */
struct scenario {
  const char *name;
  const char *sql;
  const char *const *settings; /* see fault_set; NULL: none */
  struct conduct conduct;      /* of the server */
  bool utf16;                  /* texts are not kept as they are handed over */
  bool fresh; /* a connection for each fault, whose opening and loading is part of it */
  bool tls;   /* its connection has handshakes */
  int stride; /* so many allocations up to the next that fails; 0: each */
};

/* What the command line says. */
struct options {
  const char *extension;
  const char *only; /* a scenario's name, or a list's; NULL: all */
  int64_t point;    /* this fault alone; 0: all */
  int64_t stride;   /* every so many faults one, 1 for all */
  double patience;  /* a factor on all times */
  int64_t seed;     /* of what is random, */
  int64_t count;    /* and how many of that */
};

/* What all loops have seen. */
struct tally {
  int64_t points; /* faults */
  int64_t failed;
};

extern const struct scenario scenarios[];
extern const int scenario_count;

/* ---- statements ---- */

/* What loading says where SQLite has no memory left to say why it failed. */
#define FAULT_NO_WORDS "(no words)"

/* A database in memory with the extension; NULL, with `outcome` set, if that fails. */
sqlite3 *fault_open(const char *extension, struct outcome *outcome);

/* Runs one statement to its end. */
void fault_run(sqlite3 *db, const char *sql, struct outcome *outcome);

bool fault_same(const struct outcome *one, const struct outcome *other);

/*
** What every statement needs: server, token, a folder for files. Ends the process with 2 if it
** fails.
*/
void fault_begin(void);
const char *fault_folder(void);
void fault_finish(void);

/* A value that stands for the server over TLS, which is trusted by @/authority.pem. */
#define FAULT_TLS "(TLS)"

/*
** Sets NAME=VALUE, up to NULL, in the environment; @ at a value's beginning is the folder. A name
** that ends in - is unset. fault_begin's values are back with fault_unset.
*/
void fault_set(const char *const *settings);
void fault_unset(const char *const *settings);

/* Milliseconds of a clock that never goes back. */
int64_t fault_now(void);

void fault_pause(int milliseconds);

/* ---- what comes of it ---- */

/* Names the fault that is under way: if it takes too long, the process ends with these words. */
__attribute__((format(printf, 1, 2))) void fault_at(const char *format, ...);

/* Milliseconds since then. */
int64_t fault_took(void);

/* How many descriptors of this process are open. */
int fault_descriptors(void);

/* Counts the fault that is under way, and one that went wrong, with what was seen. */
void fault_passed(struct tally *tally);
void fault_failed(struct tally *tally, const char *why, const struct outcome *outcome);

/* The same of something that is no fault of its own. */
void fault_expect(struct tally *tally, bool right, const char *why, const struct outcome *outcome);

/* ---- loops; each prints a line with what it has injected ---- */

/*
** Each allocation of a process's first statement fails, in a process of its own. Comes first, while
** this one has set nothing up yet that a child would have from it.
*/
void loop_cold(const struct options *options, struct tally *tally);

/* Each allocation of a scenario fails, alone and with all after it. */
void loop_memory(const struct options *options, struct tally *tally);

/* Answers end after each of their bytes, in each way. */
void loop_wire(const struct options *options, struct tally *tally);

/* Every status. */
void loop_status(const struct options *options, struct tally *tally);

/* Each member of each list's records, as each kind of JSON. */
void loop_records(const struct options *options, struct tally *tally);

/* Answers that are far more than was asked for, of random shape. */
void loop_bombs(const struct options *options, struct tally *tally);

/*
** What stands where a setting names a file, and huge lists, with an interrupt at a random moment.
*/
void loop_files(const struct options *options, struct tally *tally);

/* An interrupt at each wait. */
void loop_interrupt(const struct options *options, struct tally *tally);

#endif
