/*
** Credentials: where they are looked for, in which order, and what is wrong when there are none.
**
** A token wins over an access key, and that over a user's name and password. An access key and its
** secret key are taken from one place, never from two: the session's settings, the SDKs' variables,
** those of Terraform's provider, OpenStack's, the file that the SDKs read, and, where there is no
** password either, KooCLI's. A profile is looked for in these files; where SQL has named it, the
** environment's credentials do not count. Last of all, where nothing is set, comes the agency of a
** cloud server; who finds that is to get its key (request/agency.h). It must not know what
** credentials are used for.
*/
#ifndef SWR_CREDENTIALS_H
#define SWR_CREDENTIALS_H

#include <stdbool.h>

#include "account/iam_login.h"
#include "account/settings.h"
#include "base/redact.h"
#include "base/status.h"
#include "network/endpoint.h"

/*
** Either a token, or an access key with its secret key, or what a token is got with from IAM; all
** owned, wiped when freed.
*/
struct credentials {
  char *token;
  char *access_key;
  char *secret_key;
  char *security_token; /* of temporary access keys; NULL if none */
  struct iam_login login;
  /* Where the token, or access key, secret key and security token, or the password, were found:
  ** SOURCE_SESSION, a variable, or a file. Static. */
  const char *sources[3];
  char *exposed_file;    /* owned: a file they were read from that others may read; NULL if none */
  unsigned exposed_mode; /* its mode, as chmod writes it */
  bool agency;           /* there are none: the metadata service at metadata_url is to be asked */
  char metadata_url[ENDPOINT_MAX];
  bool encrypted; /* KooCLI's file was looked at, and its keys are of no use */
};

/*
** Fills *credentials, which must be empty. On failure it is empty, and the message names the place
** that is wrong, or every place that was looked in. `region` is the one that will be asked, empty
** where only an endpoint is set.
*/
enum service_status credentials_find(struct credentials *credentials,
                                     const struct settings *settings, const char *region,
                                     struct service_error *error);

/* Adds all that must not be shown; not owned, valid as long as the credentials are. */
void credentials_secrets(const struct credentials *credentials, struct secrets *secrets);

/* What to do where they are not accepted: sentences, static. */
const char *credentials_advice(const struct credentials *credentials);

/*
** As credentials_find, but of one kind: the token, or else the access key. That there is none is no
** failure, and *credentials is to be freed in any case. On failure sources[0] names the place that
** is wrong where it is a file of a token.
*/
enum service_status credentials_look(struct credentials *credentials,
                                     const struct settings *settings, bool of_token,
                                     struct service_error *error);

/* Wipes and frees; *credentials is empty then. */
void credentials_free(struct credentials *credentials);

#endif
