/*
** A host of the extension, for what neither the shell nor Tcl does: swr-host COMMAND EXTENSION
** ARGUMENTS.
**
** Each command prints one line of what it saw; what that must be is for the tests in Tcl to say. It
** must know nothing of the extension but its file and SQL.
*/
#ifndef SWR_HOST_H
#define SWR_HOST_H

#include <sqlite3.h>
#include <stdint.h>

#define SAID_MAX 4096 /* bytes, NUL included */

/* What a statement gave. */
struct answer {
  int code;            /* of SQLite; SQLITE_OK at its end */
  char said[SAID_MAX]; /* all values with a blank after each, or the error's message */
};

/*
** A database in memory, into which extensions may be loaded; ends the process with 2 if that fails.
*/
sqlite3 *host_new(void);

/* A database in memory with the extension loaded; ends the process with 2 if that fails. */
sqlite3 *host_open(const char *extension);

/* Runs one statement to its end. */
void host_run(sqlite3 *db, const char *sql, struct answer *answer);

/* Milliseconds of a clock that never goes back. */
int64_t host_now(void);

/*
** interrupt EXTENSION MILLISECONDS LINGER SQL: runs SQL and interrupts it after so long from
** another thread (0: never), closes the connection, and lives on for LINGER milliseconds. Prints
** the milliseconds from the interrupt, or from the start where there is none, to the end of the
** statement; those of closing; and what it said.
*/
int host_interrupt(int count, char **arguments);

/*
** fork EXTENSION ROUNDS SQL EXPECTED: in each round forks in the middle of SQL, and after it;
** parent and child each finish it, and ask again, side by side. Prints how many answers were as
** expected, and the first that was not.
*/
int host_fork(int count, char **arguments);

/*
** closed EXTENSION SQL: closes the descriptors 0 to 2, loads the extension and runs SQL with a look
** at them at each row and, from another thread, all the time. Prints, in the file named by the
** variable SWR_HOST_REPORT, what was seen there, and what SQL said.
*/
int host_closed(int count, char **arguments);

/*
** descriptors EXTENSION COUNT SQL: runs SQL where only COUNT more descriptors are to be had. Prints
** the result code and what it said.
*/
int host_descriptors(int count, char **arguments);

/*
** hold FILE: takes a lease on the file, so that nobody else opens it, until standard input ends.
** Prints `held`.
*/
int host_hold(int count, char **arguments);

/*
** full: a socket of this machine that takes no more connections, until standard input ends. Prints
** its port.
*/
int host_full(int count, char **arguments);

/*
** load-faults EXTENSION call|sql one|all: loads it, by sqlite3_load_extension or in SQL, into new
** connections, in which the first allocation of SQLite fails, the second, and so on until none
** does; that one alone, or all after it, too. Prints at how many it was loaded, at how many it was
** not, and how often it was not whole, or had left something, could not be loaded then, or the
** connection not be closed.
*/
int host_load_faults(int count, char **arguments);

/*
** finalize EXTENSION SQL: runs SQL, finalizes all statements of the connection, and runs it again,
** beside statements of its own; and once more while others are finalized at some rows. Prints what
** was seen.
*/
int host_finalize(int count, char **arguments);

/*
** finalize-random EXTENSION SEED ROUNDS SQL ROWS: up to three statements of that SQL go on in
** turns, and at any moment all others of the connection are finalized, or all, or it is closed.
** Prints whether some were read whole, and some finalized that were not the host's, and what was
** wrong.
*/
int host_finalize_random(int count, char **arguments);

/*
** close-v2 EXTENSION SQL: closes the connection after the first row, and goes on. Prints result
** codes.
*/
int host_close_v2(int count, char **arguments);

/*
** environment EXTENSION MILLISECONDS SQL EXPECTED: runs SQL again and again while another thread
** sets and unsets variables, until it gives something else than expected. Prints what was seen.
*/
int host_environment(int count, char **arguments);

/*
** locale EXTENSION SQL LOCALE ZONE ?LOCALE ZONE?...: runs SQL as it is, in each of the locales and
** time zones, and while they change again and again. Prints `always` and what it said, or the first
** answer that was another one.
*/
int host_locale(int count, char **arguments);

#endif
