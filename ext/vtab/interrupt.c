/*
** Whether the user wants the running statement to stop: see interrupt.h.
*/
#include "vtab/interrupt.h"

#include <time.h>

#include "vtab/prepared.h"

SQLITE_EXTENSION_INIT3

#define LOOK_EVERY 10 /* milliseconds; a look takes some 40 microseconds, and 250 ms are promised */
#define REFUSED 1000  /* after which it is tried again to prepare it; SQLite logs each refusal */

/*
** Of some 1,600 opcodes: handlers that are to be called after each thousand, as many hosts have
** them, are called in each look. Where an authorizer denies recursion, there is the short one.
*/
static const char long_poll[] =
    "WITH RECURSIVE swr_interrupt(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM swr_interrupt WHERE "
    "i < 85) SELECT max(i) FROM swr_interrupt";
static const char short_poll[] = "SELECT 1 AS swr_interrupt";

void interrupt_init(struct interrupt *interrupt, sqlite3 *db) {
  *interrupt = (struct interrupt){.db = db, .text = long_poll};
}

void interrupt_end(struct interrupt *interrupt) {
  if (prepared_has(interrupt->db, interrupt->poll, interrupt->text)) {
    sqlite3_finalize(interrupt->poll);
  }
  interrupt->poll = NULL;
}

/* SQLITE_OK, or why there is none. */
static int prepare(struct interrupt *interrupt) {
  return sqlite3_prepare_v3(interrupt->db, interrupt->text, -1, SQLITE_PREPARE_PERSISTENT,
                            &interrupt->poll, NULL);
}

/* Makes sure of the statement; with an interrupt pending that fails with SQLITE_INTERRUPT. */
static int make_sure(struct interrupt *interrupt) {
  int rc;

  if (prepared_has(interrupt->db, interrupt->poll, interrupt->text)) return SQLITE_OK;
  rc = prepare(interrupt);
  if (rc == SQLITE_OK || rc == SQLITE_INTERRUPT || rc == SQLITE_NOMEM) return rc;
  interrupt->text = short_poll;
  return prepare(interrupt);
}

static int64_t milliseconds(void) {
  struct timespec now;

  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool interrupt_pending(void *context) {
  struct interrupt *interrupt = context;
  int64_t now = milliseconds();
  int rc;

  if (now - interrupt->looked < LOOK_EVERY) return false;
  interrupt->looked = now;
  rc = make_sure(interrupt);
  if (rc != SQLITE_OK) {
    if (rc == SQLITE_AUTH) interrupt->looked += REFUSED;
    return rc == SQLITE_INTERRUPT;
  }
  do {
    rc = sqlite3_step(interrupt->poll);
  } while (rc == SQLITE_ROW);
  sqlite3_reset(interrupt->poll);
  return rc == SQLITE_INTERRUPT;
}
