/*
** The temporary access key that a cloud server gets for the agency it was given: asked of the
** metadata service, which only the server itself can reach.
**
** It must not know when that is wanted (account/credentials.h says so), nor what the key is for.
*/
#ifndef SWR_AGENCY_H
#define SWR_AGENCY_H

#include "base/status.h"
#include "request/exchange.h"

/* The metadata service as one connection sees it, and the key that it gave last. */
struct agency;

/*
** `wait` moves the exchanges on, as service_wait does, and is called with `context` until an answer
** is there. NULL when out of memory.
*/
struct agency *agency_create(struct exchanges *all, enum service_status (*wait)(void *context),
                             void *context);

/* Wipes and frees; NULL is fine. */
void agency_free(struct agency *agency);

/*
** Puts the key into the credentials of *access, which has none: that of the last time, or a new one
** from five minutes before its end on. Waits for it, at most two seconds a request, without a
** proxy: SERVICE_OK, SERVICE_INTERRUPTED, SERVICE_NO_MEMORY, or SERVICE_FAILED with a message.
*/
enum service_status agency_find(struct agency *agency, struct access *access,
                                struct service_error *error);

#endif
