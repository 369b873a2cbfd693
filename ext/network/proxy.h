/*
** The proxy that the environment names for https: by which variable, whether its URL can be used,
** and what of it must not be shown. Plain http goes to this machine only, and never through a
** proxy.
**
** libcurl would read the environment itself, but quotes the URL with its password where it cannot
** use it, and does not say which variable it comes from. It must not know who is asked.
*/
#ifndef SWR_PROXY_H
#define SWR_PROXY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/environment.h"
#include "base/redact.h"

#define PROXY_SECRETS 3

struct proxy {
  const char *variable; /* the one that names it; static, NULL: there is none */
  char *url;            /* owned; NULL where it cannot be used */
  char *exempt;         /* owned: the hosts of NO_PROXY; NULL: none */
  char *place;         /* owned: `HOST port PORT`, as libcurl's messages have it; NULL: not known */
  const char *problem; /* why it cannot be used, static; NULL if it can */
  /*
  ** Owned, NULL where there are fewer: what the URL has before its last @, the password in that,
  ** and ** the password decoded.
  */
  char *secrets[PROXY_SECRETS];
};

/*
** Fills *proxy from the variables that libcurl reads, in its order: https_proxy, HTTPS_PROXY,
** all_proxy, ALL_PROXY; and no_proxy, NO_PROXY. False when out of memory; freed by the caller in
** either case.
*/
bool proxy_find(struct proxy *proxy, const struct environment *environment);

/* Adds what must not be shown; not owned, valid as long as the proxy is. */
void proxy_secrets(const struct proxy *proxy, struct secrets *secrets);

/* Wipes and frees; *proxy is empty then. */
void proxy_free(struct proxy *proxy);

#endif
