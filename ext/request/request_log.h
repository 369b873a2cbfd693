/*
** What a database connection has asked of its servers, newest last: the rows of swr_request.
**
** A row is one attempt, since that is what a server sees, counts and answers: a request that was
** tried three times is three rows. What was not asked at all has a row, too, which says why. The
** newest thousand are kept, in memory that is there from the start, so that nothing fails for the
** log, and of which only as much is touched as the texts take. It must not know who asks, nor SQL.
*/
#ifndef SWR_REQUEST_LOG_H
#define SWR_REQUEST_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REQUEST_LOG_MAX 1000
#define REQUEST_SKIPS_MAX 100 /* of one statement: a join may name a million impossible names */
#define REQUEST_TEXTS_MAX 448 /* bytes of all texts of a row; of most they have 300 */
#define REQUEST_URL_MAX 352   /* that has 340 where both names are as long as can be */
#define REQUEST_PLACE_MAX 72  /* longer ones are cut, and whole in the URL */

/* A row as it is read. Its texts are free of secrets, and cut where they do not fit. */
struct logged_request {
  int64_t id;         /* from 1, in the order of their beginning */
  int64_t started_at; /* milliseconds since 1970 */
  int64_t statement;  /* its number; 0: it has none */
  const char *table;  /* static; NULL: a login */
  const char *method; /* static; NULL: nothing was asked, and all numbers below say nothing */
  const char *note;   /* static: why nothing was asked, or the answer not waited for; or NULL */
  int64_t attempt;    /* from 1 */
  int64_t waited;     /* milliseconds before it */
  int64_t took;       /* milliseconds; negative: it is under way */
  int64_t rows;       /* negative: nobody has looked */
  int64_t bytes;      /* of the body, decompressed */
  int status;         /* of HTTP; 0: none */
  bool sent;          /* a connection was there, and it went out */
  bool reused;        /* a connection that had been used before */
  const char *place;  /* in `texts`, as all below; NULL: there is none */
  const char *url;
  const char *code; /* the service's */
  const char *request_id;
  const char *error; /* in words */
  char texts[REQUEST_TEXTS_MAX];
};

/*
** Texts are written one after the other into pieces of this size; a piece is used again once no row
** has a text in it. All texts of a thousand rows fit, however long, with what is lost at the ends.
*/
#define REQUEST_PIECE 4096
#define REQUEST_PIECES 136

struct request_log {
  struct request_row *rows;      /* owned: a ring; number id is at (id - 1) % REQUEST_LOG_MAX */
  char *texts;                   /* owned: the pieces */
  size_t end;                    /* where the next text goes, within the piece or at its end */
  uint16_t live[REQUEST_PIECES]; /* texts of rows in each */
  int64_t count;                 /* rows that there were so far */
  int64_t skip_statement;        /* the last one that had something not asked, */
  int64_t skips;                 /* and how often */
};

/* What is known when an attempt begins; the texts are copied. */
struct request_start {
  int64_t statement;
  const char *table;
  const char *method;
  const char *place;
  const char *url;
  int64_t attempt;
  int64_t waited;
};

/* And once it is over; texts that are NULL or empty say nothing. */
struct request_end {
  int status;
  int64_t took;
  const char *code;
  const char *request_id;
  const char *error;
};

/* False when out of memory. */
bool request_log_create(struct request_log *log);
void request_log_free(struct request_log *log);

/* Adds an attempt that begins now. Returns its number, by which it is known below. */
int64_t request_log_add(struct request_log *log, const struct request_start *start);

/*
** Adds what was not asked: `place` is a name as far as there is one, of whatever bytes; `note`,
** static, says why.
*/
void request_log_skip(struct request_log *log, int64_t statement, const char *table,
                      const char *place, const char *note);

/*
** Says of what was asked why nothing came of it: on the newest row of the statement, table and
** place that has no note, or on one of its own as request_log_skip does where there is none.
*/
void request_log_note(struct request_log *log, int64_t statement, const char *table,
                      const char *place, const char *note);

/* What becomes of an attempt; of one whose row is gone, and of number 0, nothing is kept. */
void request_log_received(struct request_log *log, int64_t id, size_t bytes);
void request_log_finish(struct request_log *log, int64_t id, const struct request_end *end);

/*
** It goes out. Where it did before, the connection was lost that time, after `took` milliseconds,
** and it is a row of its own: returns the number that it has from now on.
*/
int64_t request_log_sent(struct request_log *log, int64_t id, bool reused, int64_t took);

/* Ended without an answer, on purpose. */
void request_log_cancel(struct request_log *log, int64_t id, int64_t took);

/*
** How many rows its answer had, found out later; `error` is NULL where they were as they should be.
** What is told first counts.
*/
void request_log_decoded(struct request_log *log, int64_t id, size_t rows, const char *error);

/* Copies the oldest of those with a greater number. False: there is none. */
bool request_log_next(const struct request_log *log, int64_t id, struct logged_request *request);

#endif
