/*
** Credentials: where they are looked for, in which order, and what is wrong when there are none.
**
** A token wins over an access key, and that over a user's name and password. An access key and its secret key are taken from one place, never from
** two: the session's settings, the SDKs' variables, those of Terraform's provider, OpenStack's, and the
** file that the SDKs read. It must not know what credentials are used for.
*/
#ifndef SWR_CREDENTIALS_H
#define SWR_CREDENTIALS_H

#include "service/iam_login.h"
#include "service/redact.h"
#include "service/settings.h"
#include "service/status.h"

#define TOKEN_MAX 65536 /* bytes; IAM's tokens have some kilobytes, 32 KiB are documented */

/*
** Either a token, or an access key with its secret key, or what a token is got with from IAM; all owned,
** wiped when freed.
*/
struct credentials {
  char *token;
  char *access_key;
  char *secret_key;
  char *security_token; /* of temporary access keys; NULL if none */
  struct iam_login login;
};

/*
** Fills *credentials, which must be empty. On failure it is empty, and the message names the place that
** is wrong, or every place that was looked in. `region` is the one that will be asked, empty where only
** an endpoint is set.
*/
enum service_status credentials_find(struct credentials *credentials,
                                     const struct settings *settings, const char *region,
                                     struct service_error *error);

/* Adds all that must not be shown; not owned, valid as long as the credentials are. */
void credentials_secrets(const struct credentials *credentials, struct secrets *secrets);

/* What to do where they are not accepted: sentences, static. */
const char *credentials_advice(const struct credentials *credentials);

/* Wipes and frees; *credentials is empty then. */
void credentials_free(struct credentials *credentials);

#endif
