/*
** The proxy that the environment names: see proxy.h.
*/
#include "network/proxy.h"

#include <curl/curl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/always.h"
#include "base/secret.h"

#define PARSED_AS_PROXY (CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME) /* as libcurl parses it */
#define DEFAULT_PORT "1080"                                             /* libcurl's, of a proxy */

/* No example of credentials stands here, so that nobody has to ask whose they are. */
static const char NOT_A_URL[] =
    "it is no URL that can be used. In its credentials, # / ? @ : and blanks are to be "
    "percent-encoded (%23 %2F %3F %40 %3A %20)";
static const char UNKNOWN_KIND[] =
    "its scheme is none of http://, https://, socks4://, socks4a://, socks5:// and socks5h://";

static char *copy_text(const char *text) { return secret_copy(text, strlen(text)); }

static const char *first_set(const struct environment *environment, const char *const *names,
                             size_t count, const char **name) {
  for (size_t i = 0; i < count; i++) {
    const char *value = environment_value(environment, names[i]);
    if (!value) continue;
    *name = names[i];
    return value;
  }
  return NULL;
}

/* Where user and password begin: after the scheme and its slashes, however many. */
static const char *user_of(const char *url) {
  size_t scheme = strcspn(url, ":/\\@");

  if (url[scheme] != ':' || (url[scheme + 1] != '/' && url[scheme + 1] != '\\')) return url;
  return url + scheme + 1 + strspn(url + scheme + 1, "/\\");
}

/* Keeps what must not be shown, whatever a parser takes for user and password. */
static bool find_secrets(struct proxy *proxy, const char *url) {
  const char *user = user_of(url);
  const char *end = strrchr(user, '@');
  char *colon;
  char *decoded;

  if (!end || end == user) return true;
  proxy->secrets[0] = secret_copy(user, (size_t)(end - user));
  if (!proxy->secrets[0]) return false;
  colon = strchr(proxy->secrets[0], ':');
  if (!colon || !colon[1]) return true;
  proxy->secrets[1] = copy_text(colon + 1);
  if (!proxy->secrets[1]) return false;
  decoded = curl_easy_unescape(NULL, colon + 1, 0, NULL);
  if (!decoded) return false;
  proxy->secrets[2] = copy_text(decoded);
  OPENSSL_cleanse(decoded, strlen(decoded));
  curl_free(decoded);
  return proxy->secrets[2] != NULL;
}

/* False: out of memory. */
static bool check_scheme(struct proxy *proxy, CURLU *parts) {
  static const char *const known[] = {"http", "https", "socks4", "socks4a", "socks5", "socks5h"};
  char *scheme = NULL;
  CURLUcode rc = curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0);
  bool found = false;

  if (rc == CURLUE_OUT_OF_MEMORY) return false;
  /* It is there: libcurl guesses one where there is none. */
  for (size_t i = 0; ALWAYS(scheme) && i < sizeof known / sizeof known[0]; i++) {
    found = found || curl_strequal(scheme, known[i]);
  }
  curl_free(scheme);
  if (!found) proxy->problem = UNKNOWN_KIND;
  return true;
}

/*
** Whether user and password can be decoded: libcurl goes without a proxy where they cannot. False:
** out of memory.
*/
static bool check_decoded(struct proxy *proxy, CURLU *parts, CURLUPart part, CURLUcode absent) {
  char *text = NULL;
  CURLUcode rc = curl_url_get(parts, part, &text, CURLU_URLDECODE);

  if (!rc) OPENSSL_cleanse(text, strlen(text));
  curl_free(text);
  if (rc && rc != absent) proxy->problem = NOT_A_URL;
  return rc != CURLUE_OUT_OF_MEMORY;
}

/* The place as libcurl's messages name it; none is no harm. */
static void name_place(struct proxy *proxy, CURLU *parts) {
  char *host = NULL;
  char *port = NULL;
  const char *name;
  size_t size;

  if (!curl_url_get(parts, CURLUPART_HOST, &host, 0) &&
      (proxy->place = malloc(strlen(host) + 32)) != NULL) {
    (void)curl_url_get(parts, CURLUPART_PORT, &port, 0);
    name = host[0] == '[' ? host + 1 : host;
    size = strcspn(name, "]");
    snprintf(proxy->place, size + 32, "%.*s port %.20s", (int)size, name,
             port ? port : DEFAULT_PORT);
  }
  curl_free(host);
  curl_free(port);
}

/*
** A second @, or one after the host: what libcurl takes for a host may then be a piece of a
** password.
*/
static bool is_ambiguous(const char *url) {
  const char *user = user_of(url);
  const char *at = strchr(user, '@');

  return at && (strchr(at + 1, '@') || strcspn(user, "/?# \\") < (size_t)(at - user));
}

/* Sets what is wrong with it, or the place. False: out of memory. */
static bool check_parts(struct proxy *proxy, CURLU *parts) {
  if (!check_scheme(proxy, parts)) return false;
  if (proxy->problem) return true;
  if (!check_decoded(proxy, parts, CURLUPART_USER, CURLUE_NO_USER) ||
      !check_decoded(proxy, parts, CURLUPART_PASSWORD, CURLUE_NO_PASSWORD)) {
    return false;
  }
  if (!proxy->problem) name_place(proxy, parts);
  return true;
}

/* Parses the URL as libcurl will. False: out of memory. */
static bool check(struct proxy *proxy, const char *url) {
  CURLU *parts = curl_url();
  CURLUcode rc;
  bool enough;

  if (!parts) return false;
  rc = is_ambiguous(url) ? CURLUE_MALFORMED_INPUT
                         : curl_url_set(parts, CURLUPART_URL, url, PARSED_AS_PROXY);
  enough = rc != CURLUE_OUT_OF_MEMORY;
  if (enough && rc) proxy->problem = NOT_A_URL;
  if (enough && !rc) enough = check_parts(proxy, parts);
  curl_url_cleanup(parts);
  return enough;
}

bool proxy_find(struct proxy *proxy, const struct environment *environment) {
  static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
  static const char *const exempting[] = {"no_proxy", "NO_PROXY"};
  const char *ignored;
  const char *url;
  const char *exempt;

  memset(proxy, 0, sizeof *proxy);
  url = first_set(environment, names, sizeof names / sizeof names[0], &proxy->variable);
  if (!url) return true;
  if (!find_secrets(proxy, url) || !check(proxy, url)) return false;
  if (!proxy->problem && (proxy->url = copy_text(url)) == NULL) return false;
  exempt = first_set(environment, exempting, sizeof exempting / sizeof exempting[0], &ignored);
  return !exempt || (proxy->exempt = copy_text(exempt)) != NULL;
}

void proxy_secrets(const struct proxy *proxy, struct secrets *secrets) {
  for (size_t i = 0; i < PROXY_SECRETS; i++) secrets_add(secrets, proxy->secrets[i]);
}

void proxy_free(struct proxy *proxy) {
  for (size_t i = 0; i < PROXY_SECRETS; i++) secret_free(proxy->secrets[i]);
  secret_free(proxy->url);
  free(proxy->exempt);
  free(proxy->place);
  memset(proxy, 0, sizeof *proxy);
}
