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

#include "network/transport.h"
#include "service/access.h"
#include "service/job.h"
#include "service/settings.h"
#include "service/status.h"

struct page_request;

struct service {
  struct settings settings;
  struct transport *transport;   /* owned; NULL until first needed */
  struct job_decoder *decoder;   /* owned; NULL until first needed */
  struct page_request *requests; /* under way, linked by page_request */
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

/* All page requests must have been ended before. */
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
** *access, the caller's reference, and makes sure of transport and decoder. On failure *access is NULL.
*/
enum service_status service_begin(struct service *service, struct access **access,
                                  struct service_error *error);

/*
** Moves the requests under way on, waiting for a short time (at most a tenth of a second) where
** there is nothing to do. SERVICE_OK or SERVICE_INTERRUPTED.
*/
enum service_status service_wait(struct service *service);

/* A number from `least` to `most`, for jitter; not for anything secret. */
int64_t service_random(struct service *service, int64_t least, int64_t most);

#endif
