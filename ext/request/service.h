/*
** The service as one database connection sees it: settings, the way to the network, and the
** exchanges under way.
**
** All of them, of whatever repository and cursor, move on together whenever one of them is waited
** for. It must not know what is asked, nor rows, cursors or SQL.
*/
#ifndef SWR_SERVICE_H
#define SWR_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "account/access.h"
#include "account/settings.h"
#include "api/listing.h"
#include "api/place.h"
#include "base/status.h"
#include "network/transport.h"
#include "record/record_page.h"
#include "request/agency.h"
#include "request/exchange.h"

#define LIMIT_FALLBACK 100 /* records of one request that every list gives, by the documents */
#define LESSONS_MAX 16     /* there are fewer listings */

/*
** What the service has refused of a listing, so that it is not asked for again, what it gives (see
** scan/page_growth.h), and what its totals are worth.
*/
struct lesson {
  const struct listing *listing; /* NULL: free */
  int64_t limit;                 /* records of one request; 0: none was refused */
  int64_t given;                 /* the most that was asked for and not refused */
  int64_t cap;                   /* records of an answer, where more were asked for; 0: any */
  bool unordered;                /* it knows no order */
  bool totals_end;               /* a total was what a page ended with, though the list did not */
};

/* That a list was read to its end, and had as many rows as its total said; see scan/fetch.h. */
struct known_total {
  uint64_t list; /* a hash of listing and place; 0: none */
  int64_t total;
  uint64_t rows[2]; /* hashes of the oldest and the newest */
};

#define KNOWN_TOTALS 512 /* of the lists that were read last, roughly */

/* What a connection has done so far. */
struct service_tally {
  int64_t places; /* of repositories, those that have had a first answer */
  int64_t found;  /* places that discovery has added to those that a query names */
  int64_t pages;
  int64_t rows;
  int64_t requests; /* attempts, logins included */
  int64_t again;    /* those of them that were not the first */
};

/* Somebody who has more to ask for, as soon as there is room. */
struct asker {
  void (*ask)(void *context); /* NULL: nobody */
  void *context;
};

/*
** Each call below and in scan/ that ends with SERVICE_FAILED, SERVICE_FORBIDDEN or SERVICE_GONE has
** set `error`; whoever ends a call of SQLite's reads it at once, since the next failure overwrites
** it. Whoever makes good for one of them leaves it as it is: without such a status it means
** nothing.
*/
struct service {
  struct settings settings;
  struct exchanges exchanges; /* page requests, which are closed by their owners, and logins */
  int64_t statement;          /* the number of the one that begins next, for the log; 0: none */
  struct spare_pages spares;  /* while a statement is there */
  struct lesson lessons[LESSONS_MAX];
  int64_t first_page; /* rows of a first page, where pages grow; 0: as the limits say */
  struct known_total known_totals[KNOWN_TOTALS];
  bool (*interrupted)(void *context);
  void *interrupt_context;
  void (*show)(void *context);
  void *show_context;
  struct service_tally tally; /* its first four; see service_tally */
  struct asker asker;
  void (*warn)(void *context, const char *message);
  void *warn_context;
  struct warned_file *warned; /* owned: what was warned of already */
  struct agency *agency;      /* owned: NULL until it is needed */
  struct service_error error; /* of the call that failed last */
};

/*
** `transport` becomes the service's; NULL for libcurl, created when first needed. NULL is returned
** when out of memory, and `transport` is then still the caller's.
*/
struct service *service_create(struct transport *transport);

/* All page requests must have been closed before; tokens are wiped. */
void service_destroy(struct service *service);

/*
** Whom to ask whether the user wants to stop; asked from within service_wait and where a long
** answer is decoded. NULL: nobody.
*/
void service_watch(struct service *service, bool (*interrupted)(void *context), void *context);

/* Who shows how far it is: called again and again while service_wait waits. NULL: nobody. */
void service_show_by(struct service *service, void (*show)(void *context), void *context);

/* What has been done so far, of all statements; and for how many milliseconds the throttle lets
** nothing through. */
struct service_tally service_tally(const struct service *service);
int64_t service_held(const struct service *service);

/* True if the user wants to stop. Asking may take a tenth of a millisecond. */
bool service_interrupted(const struct service *service);

/*
** Who is called while something else is waited for, from within service_wait; returns who was, for
** the caller to put back. He must not wait for what he is called in the midst of.
*/
struct asker service_ask_more(struct service *service, struct asker asker);

/*
** Whom to tell what the user should know though nothing has failed: a file of credentials that
** others may read, once for each such file. NULL: nobody.
*/
void service_warn_by(struct service *service, void (*warn)(void *context, const char *message),
                     void *context);

/*
** Before the first request of a statement: reads settings, the environment as it was looked at last
** (settings_look), and the token file anew into *access, the caller's reference, and makes sure of
** the transport. On failure *access is NULL. The second one does so with the credentials of a
** profile, whatever the settings have, unless it is NULL.
*/
enum service_status service_begin(struct service *service, struct access **access);
enum service_status service_begin_as(struct service *service, const char *profile,
                                     struct access **access);

/*
** Notes that the records of a place are left out of the answer to a statement, since they may not
** be read, and for the user's wish: in the log of requests, and warned of once for each listing and
** place. Of `why`, a message, the first line is told.
*/
void service_leave_out(struct service *service, int64_t statement, const struct listing *listing,
                       const struct place *place, const char *why);

/* What was learned of a listing so far; the caller adds to it. */
struct lesson *service_lesson(struct service *service, const struct listing *listing);

/*
** Moves the requests under way on, waiting for a short time (at most a tenth of a second) where
** there is nothing to do. SERVICE_OK or SERVICE_INTERRUPTED.
*/
enum service_status service_wait(struct service *service);

/* Moves the requests under way on as far as they get without waiting. */
void service_move(struct service *service);

/*
** True if one more request may be sent with `access`: fewer are under way than the settings allow,
** and the service does not throttle. With an access key, only one is under way before the service
** has accepted the key: a handful of bad signatures locks it.
*/
bool service_has_room(const struct service *service, const struct access *access);

/* True if there is room, in memory too, for one that nobody waits for yet. */
bool service_has_room_ahead(const struct service *service, const struct access *access);

#endif
