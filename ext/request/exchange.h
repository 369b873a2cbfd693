/*
** One question to a server through all its attempts: what the request of a page and a login with
** IAM have in common. All exchanges of a database connection stand in one list and move on
** together whenever one of them is waited for.
**
** It must not know what is asked, what an answer means, nor who waits for it.
*/
#ifndef SWR_EXCHANGE_H
#define SWR_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "account/access.h"
#include "account/lockout.h"
#include "base/redact.h"
#include "network/transport.h"
#include "request/attempts.h"
#include "request/request_log.h"
#include "request/throttle.h"
#include "request/verdict.h"

struct exchange;

/* What to do where the deadline has passed before anything was asked. */
#define GIVE_MORE_TIME \
  "Run the query again, or give it more time by setting deadline (SWR_DEADLINE)."

/* What differs between the kinds of exchanges. */
struct exchange_methods {
  bool paced; /* it counts in the throttle, and waits for it */
  /* The pause is over, or it is EXCHANGE_HELD and has to look: sends, stays as it is, or ends. */
  void (*resume)(struct exchange *exchange);
  /* The calls of struct transport_handler; in `done`, there is no transfer any more. */
  void (*header)(struct exchange *exchange, const char *name, size_t name_size, const char *value,
                 size_t value_size);
  bool (*body)(struct exchange *exchange, int status, const char *bytes, size_t size);
  void (*done)(struct exchange *exchange, const struct transport_result *result);
  size_t (*footprint)(const struct exchange *exchange); /* bytes; NULL: too few to be counted */
  void (*destroy)(struct exchange *exchange); /* closes it, and frees what it is a part of */
};

/* What all exchanges of one connection share. */
struct exchanges {
  struct exchange *first;      /* mostly those that have not ended come first */
  size_t under_way;            /* those that have not ended */
  size_t footprint;            /* bytes that they hold, when they were weighed last */
  struct transport *transport; /* owned; NULL until first needed */
  struct throttle throttle;    /* of all that are paced, together */
  uint64_t random_state;       /* of the jitter in pauses; not for anything secret */
  struct lockout *lockout;     /* not owned: that of the process */
  struct request_log log;      /* of all attempts */
  int64_t sent;                /* attempts so far, */
  int64_t sent_again;          /* and those of them that were not the first */
};

enum exchange_state {
  EXCHANGE_ENDED,  /* or not begun */
  EXCHANGE_PAUSED, /* until attempts.resume_at */
  EXCHANGE_HELD,   /* waits for something else than time, such as a token */
  EXCHANGE_IN_FLIGHT
};

/* The first member of what it is a part of. */
struct exchange {
  const struct exchange_methods *methods;
  struct exchanges *all;
  struct exchange *next;
  struct exchange **link; /* what points at this one */
  enum exchange_state state;
  enum verdict verdict;       /* how it ended */
  size_t footprint;           /* its part of that of all */
  struct transfer *transfer;  /* while EXCHANGE_IN_FLIGHT */
  bool throttled;             /* the last attempt was refused: too much was asked */
  bool new_connection;        /* the next attempt does not use one that stands */
  bool guarded;               /* it sends what can be locked, see lockout.h */
  bool trying;                /* lockout_begin has let it, and waits for lockout_end */
  struct lockout_try attempt; /* while it is trying */
  int64_t sent;               /* when the last attempt was, by the transport's clock */
  int64_t waits_since;        /* for the next one */
  int64_t logged;             /* the last attempt, by its number in the log */
  struct attempts attempts;
  /* From exchange_begin on: */
  struct access *access;  /* referenced */
  struct secrets secrets; /* those of the attempt */
};

/* Enters one, all zeros, at the front of the list; brings it there again. */
void exchange_open(struct exchange *exchange, struct exchanges *all,
                   const struct exchange_methods *methods);
void exchange_to_front(struct exchange *exchange);

/* It waits for something else than time: EXCHANGE_HELD. */
void exchange_hold(struct exchange *exchange);

/*
** What it holds is counted anew: wherever that has changed and its state has not. Those that wait
** to be read may be thousands, and to walk over them for every request would be quadratic.
*/
void exchange_weigh(struct exchange *exchange);

/* Ends the transfer if there is one, releases the access and forgets the secrets. */
void exchange_reset(struct exchange *exchange);

/* Resets it and takes it out of the list; what it is a part of is its owner's. */
void exchange_close(struct exchange *exchange);

/*
** Its attempts begin now, by the limits of `access`. `guarded`: with its access key, or its
** password.
*/
void exchange_begin(struct exchange *exchange, struct access *access, bool guarded);

/*
** Asked before an attempt of one that is paced: true if the credentials may be sent. If not, it has
** been paused until others of the process have tried the same, or ended with VERDICT_FAILED and
** what *end says.
*/
bool exchange_admit(struct exchange *exchange, struct conclusion *end);

/*
** Asked before an attempt: true if the throttle's windows or the rate let no request through now.
** It has been paused then.
*/
bool exchange_must_wait(struct exchange *exchange);

/*
** In `done`, of one that is paced: whether the answer has throttled, and the quota that it named
** (limit 0: none). Paces those that follow; where others of a statement get answers, the deadline
** of one that was refused counts anew.
*/
void exchange_paced(struct exchange *exchange, bool answered, bool throttled,
                    const struct throttle_window *quota);

/*
** What the answer to an attempt says of the credentials. Before exchange_pause and _end: these say
** nothing.
*/
void exchange_judge(struct exchange *exchange, enum lockout_answer answer);

/*
** Begins an attempt. Of *wire, the caller sets url, headers and body; the rest is set here. The log
** calls it a request of `table` (static; NULL: a login) for `place`. False when out of memory: it
** is still to be ended.
*/
bool exchange_send(struct exchange *exchange, struct transport_request *wire, const char *table,
                   const char *place);

/*
** First of all in `done`: for the log, what came, of which the texts are free of secrets; `error`
** is empty where it was as it should be.
*/
void exchange_answered(struct exchange *exchange, const struct transport_result *result,
                       const char *code, const char *request_id, const char *error);

/*
** After an attempt that ended so: pauses before another, on a new connection where the status asks
** for one. False if there is to be no other.
*/
bool exchange_pause(struct exchange *exchange, const struct transport_result *result);

/* No attempt follows. */
void exchange_end(struct exchange *exchange, enum verdict verdict);

/* Milliseconds until its deadline; negative after it. */
int64_t exchange_time_left(const struct exchange *exchange);

/* The transport's clock, in milliseconds; it never goes back. */
int64_t exchanges_now(const struct exchanges *all);

/*
** Moves all on from `now`: starts the attempts that are due, then waits at most so many
** milliseconds for something to do. Time between two calls does not count against deadlines.
*/
void exchanges_move(struct exchanges *all, int64_t now, int64_t milliseconds);

/* Of those that are paced: how many have not ended. */
int64_t exchanges_under_way(const struct exchanges *all);

/* Bytes of memory that all of them hold, each as it was weighed last. */
size_t exchanges_footprint(const struct exchanges *all);

/* Destroys what is left in the list, and the transport. */
void exchanges_destroy(struct exchanges *all);

#endif
