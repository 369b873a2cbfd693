/*
** Credentials: where they are looked for, in which order, and what is wrong when there are none.
**
** A token wins over an access key. An access key and its secret key are taken from one place, never from
** two: the session's settings, the SDKs' variables, those of Terraform's provider, OpenStack's, and the
** file that the SDKs read. It must not know what credentials are used for.
*/
#ifndef SWR_CREDENTIALS_H
#define SWR_CREDENTIALS_H

#include "service/settings.h"
#include "service/status.h"

/* Either a token, or an access key with its secret key; all owned, wiped when freed. */
struct credentials {
  char *token;
  char *access_key;
  char *secret_key;
  char *security_token; /* of temporary access keys; NULL if none */
};

/*
** Fills *credentials, which must be empty. On failure it is empty, and the message names the place that
** is wrong, or every place that was looked in.
*/
enum service_status credentials_find(struct credentials *credentials,
                                     const struct settings *settings, struct service_error *error);

/* Wipes and frees; *credentials is empty then. */
void credentials_free(struct credentials *credentials);

#endif
