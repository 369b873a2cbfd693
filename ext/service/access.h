/*
** Where a statement's requests go and what they carry: settings, resolved and checked once for each
** statement.
**
** It must not know what is requested, nor how it is sent.
*/
#ifndef SWR_ACCESS_H
#define SWR_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "network/endpoint.h"
#include "service/credentials.h"
#include "service/settings.h"
#include "service/status.h"

#define ENDPOINT_SOURCE_MAX 192 /* bytes, NUL included */

/* Shared by all that was begun with it, and not changed; freed with the last reference. */
struct access {
  int references;
  char base_url[ENDPOINT_MAX];               /* without a slash at its end */
  char endpoint_source[ENDPOINT_SOURCE_MAX]; /* where that comes from, as words for the user */
  bool endpoint_of_session;                  /* SQL has chosen the host, by endpoint or cloud */
  char region[129];                          /* empty where only an endpoint is set */
  struct credentials credentials;
  bool accepted;     /* the service has answered a request with them; the one thing that changes */
  char *ca_file;     /* owned; NULL for the system's certificates */
  int64_t page_size; /* jobs */
  int64_t concurrency; /* requests at once */
  int64_t timeout;     /* seconds */
  int64_t deadline;    /* seconds */
  int64_t retries;
};

/*
** Makes *access, with one reference, from the settings in force, reading the files where credentials are
** named. On failure it is NULL, and the message names the setting, or every place where credentials
** were looked for.
*/
enum service_status access_resolve(struct access **access, const struct settings *settings,
                                   struct service_error *error);

/*
** Region and endpoint alone, into *access, which holds nothing to be freed then. On failure the message
** names the setting, and endpoint_source where the wrong text comes from; it is empty where there is none.
*/
enum service_status access_look(struct access *access, const struct settings *settings,
                                struct service_error *error);

/* The cloud of a region where none is set. Static. */
const char *access_default_cloud(const char *region);

/* One reference more; returns its argument. */
struct access *access_retain(struct access *access);

/* One reference less. NULL is fine. */
void access_release(struct access *access);

#endif
