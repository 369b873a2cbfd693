/*
** Where a statement's requests to one region go and what they carry: settings, resolved and checked
** once for each statement, and what follows from them for the other regions that it names.
**
** It must not know what is requested, nor how it is sent.
*/
#ifndef SWR_ACCESS_H
#define SWR_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "account/credentials.h"
#include "account/limits.h"
#include "account/settings.h"
#include "api/place.h"
#include "base/status.h"
#include "network/endpoint.h"
#include "network/proxy.h"

#define SOURCE_MADE "made from region and cloud"
#define ENDPOINT_SOURCE_MAX 192 /* bytes, NUL included */

/*
** Of one region. Shared by all that was begun with it, and not changed but for `accepted` and
** `others`; freed with the last reference.
*/
struct access {
  int references;
  int64_t statement;            /* see access_statement */
  char region[REGION_MAX + 1];  /* empty where an endpoint is set and no region */
  char project[REGION_MAX + 1]; /* its id; empty where it is not known: see access_project */
  char base_url[ENDPOINT_MAX];  /* without a slash at its end; empty: neither is set */
  char endpoint_source[ENDPOINT_SOURCE_MAX]; /* where that comes from, as words for the user */
  bool endpoint_set;              /* base_url is the setting, which says nothing of other regions */
  bool endpoint_of_session;       /* SQL has chosen its host, by endpoint or cloud */
  bool auth_url_of_session;       /* SQL has set auth_url */
  bool cloud_of_session;          /* SQL has set the cloud */
  char cloud[REGION_MAX + 1];     /* empty: as the region says */
  struct credentials credentials; /* those to be sent to this region */
  struct access *set;   /* referenced: that of the region that is set; NULL: it is that one */
  bool accepted;        /* see access_accepted */
  bool others;          /* see access_several */
  char *ca_file;        /* owned; NULL for the system's certificates */
  char *ca_directory;   /* owned; certificates beside those of the file; NULL: none */
  struct limits limits; /* the same for all regions */
  struct proxy proxy;   /* of that of the region that is set, see access_proxy */
  struct environment *environment; /* referenced: what the SDKs' variables of regions are in */
};

/*
** Makes *access, with one reference, from the settings in force, reading the files where
** credentials are named: that of the region that is set. On failure it is NULL, and the message
** names the setting, or every place where credentials were looked for. Where neither region nor
** endpoint is set that is no failure yet: a query may name its regions.
*/
enum service_status access_resolve(struct access **access, const struct settings *settings,
                                   struct service_error *error);

/*
** Region and endpoint alone, into *access, which holds nothing to be freed then. On failure the
** message names the setting, and endpoint_source where the wrong text comes from; it is empty where
** there is none.
*/
enum service_status access_look(struct access *access, const struct settings *settings,
                                struct service_error *error);

/*
** Whether the file of certificates can be used, as far as that shows without a connection: libcurl
** reads it when it connects, and neither looks at what it is nor at the clock. That there is none,
** or a folder, it says itself, where a certificate is to be verified at all; `must_be_there` has
** that refused here, too.
*/
enum service_status access_check_ca_file(const struct settings *settings, const char *path,
                                         bool must_be_there, struct service_error *error);

/*
** Finds in *access, one reference more, how to ask `region` by the settings that `set` was made
** from. `region` is that of `set`, or valid (see region_valid). On failure *access is NULL and the
** message says what to set: there is no endpoint for the region, or the credentials are of another
** one, or must not go where SQL says.
*/
enum service_status access_for_region(struct access *set, const char *region,
                                      struct access **access, struct service_error *error);

/*
** True once the service has answered a request with these credentials, in whatever region: a key
** that one region accepts is right in the others. access_accept says that it has.
*/
bool access_accepted(const struct access *access);
void access_accept(struct access *access);

/* True once other regions are asked with these settings, too: messages say which one it was. */
bool access_several(const struct access *access);

/*
** Fails where a list of the project is asked for and its id is not known: it has one in each
** region, and the setting says that of the region that is set. The message says what to set.
*/
enum service_status access_project(const struct access *access, struct service_error *error);

/* The proxy that all regions are asked through; valid as long as the access is. */
const struct proxy *access_proxy(const struct access *access);

/* The number of the statement that it was made for, of any region; 0 if it has none. */
int64_t access_statement(const struct access *access);

/* Adds all that must not be shown; not owned, valid as long as the access is. */
void access_secrets(const struct access *access, struct secrets *secrets);

/* One reference more; returns its argument. */
struct access *access_retain(struct access *access);

/* One reference less. NULL is fine. */
void access_release(struct access *access);

#endif
