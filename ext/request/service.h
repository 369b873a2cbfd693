/*
** The service as one database connection sees it: settings, the way to the network, and the
** requests under way.
**
** All requests, of whatever repository and cursor, move on together whenever one of them is waited
** for. It must not know rows, cursors or SQL.
*/
#ifndef SWR_SERVICE_H
#define SWR_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "account/access.h"
#include "account/lockout.h"
#include "account/settings.h"
#include "base/status.h"
#include "network/transport.h"
#include "request/throttle.h"

struct page_request;
struct iam_session;

struct service {
  struct settings settings;
  struct transport *transport;   /* owned; NULL until first needed */
  struct page_request *requests; /* under way, linked by page_request */
  struct throttle throttle;      /* of all of them together */
  struct lockout lockout;
  struct iam_session *sessions; /* owned, linked by iam_session; the one used last first */
  bool (*interrupted)(void *context);
  void *interrupt_context;
  uint64_t random_state; /* of the jitter in pauses */
  void (*warn)(void *context, const char *message);
  void *warn_context;
  struct warned_file *warned; /* owned: what was warned of already */
};

/*
** `transport` becomes the service's; NULL for libcurl, created when first needed. NULL is returned
** when out of memory, and `transport` is then still the caller's.
*/
struct service *service_create(struct transport *transport);

/* All page requests must have been ended before; tokens are wiped. */
void service_destroy(struct service *service);

/*
** Whom to ask whether the user wants to stop; asked only from within service_wait. NULL: nobody.
*/
void service_watch(struct service *service, bool (*interrupted)(void *context), void *context);

/*
** Whom to tell what the user should know though nothing has failed: a file of credentials that others
** may read, once for each such file. NULL: nobody.
*/
void service_warn_by(struct service *service, void (*warn)(void *context, const char *message),
                     void *context);

/*
** Before the first request of a statement: reads settings, environment and token file anew into
** *access, the caller's reference, and makes sure of the transport. On failure *access is NULL.
*/
enum service_status service_begin(struct service *service, struct access **access,
                                  struct service_error *error);

/*
** Moves the requests under way on, waiting for a short time (at most a tenth of a second) where
** there is nothing to do. SERVICE_OK or SERVICE_INTERRUPTED.
*/
enum service_status service_wait(struct service *service);

/* Moves the requests under way on as far as they get without waiting. */
void service_move(struct service *service);

/*
** True if one more request may be sent with `access`: fewer are under way than the settings allow, and
** the service does not throttle. With an access key, only one is under way before the service has accepted
** the key: a handful of bad signatures locks it.
*/
bool service_has_room(const struct service *service, const struct access *access);

/* True if there is room, in memory too, for one that nobody waits for yet. */
bool service_has_room_ahead(const struct service *service, const struct access *access);
/* The transport's clock, in milliseconds; it never goes back. */
int64_t service_now(const struct service *service);

/* A number from `least` to `most`, for jitter; not for anything secret. */
int64_t service_random(struct service *service, int64_t least, int64_t most);

#endif
