/*
** How a transfer of libcurl has ended: see curl_outcome.h.
*/
#include "network/curl_outcome.h"

#include <string.h>

/* A proxy of no known kind: libcurl refuses it before it does anything, and quotes it. */
#define UNUSABLE "unusable-proxy://unusable"

CURLcode curl_set_proxy(CURL *easy, const struct proxy *proxy) {
  bool named = proxy && proxy->variable;
  CURLcode rc = curl_easy_setopt(easy, CURLOPT_PROXY,
                                 !named       ? ""
                                 : proxy->url ? proxy->url
                                              : UNUSABLE);

  if (!rc)
    rc = curl_easy_setopt(easy, CURLOPT_NOPROXY, named && proxy->exempt ? proxy->exempt : "");
  return rc;
}

/* Of an answer to CONNECT; there was one if it is not 0. */
static long connect_status(CURL *easy) {
  long status = 0;

  curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &status);
  return status >= 200 && status < 300 ? 0 : status;
}

/* Whether the transfer failed at the proxy, and not past it. */
static bool failed_at_proxy(CURL *easy, CURLcode code, const struct proxy *proxy,
                            const char *detail) {
  if (!proxy || !proxy->variable) return false;
  return code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_PROXY || connect_status(easy) ||
         (proxy->place && strstr(detail, proxy->place)) || strstr(detail, UNUSABLE);
}

/* What a proxy that speaks SOCKS answers of the user, or of what it can do, stays so. */
static bool socks_refuses(CURL *easy) {
  long error = CURLPX_OK;

  curl_easy_getinfo(easy, CURLINFO_PROXY_ERROR, &error);
  switch (error) {
    case CURLPX_IDENTD:
    case CURLPX_IDENTD_DIFFER:
    case CURLPX_LONG_HOSTNAME:
    case CURLPX_LONG_PASSWD:
    case CURLPX_LONG_USER:
    case CURLPX_NO_AUTH:
    case CURLPX_REPLY_COMMAND_NOT_SUPPORTED:
    case CURLPX_REPLY_NOT_ALLOWED:
    case CURLPX_UNKNOWN_MODE:
    case CURLPX_USER_REJECTED:
      return true;
    default:
      return false;
  }
}

/*
** Statuses that ask for another try, or for another connection; all others below 500 stay as they
** are.
*/
static bool proxy_refuses(long status) {
  return status >= 300 && status < 500 && status != 408 && status != 421 && status != 425 &&
         status != 429;
}

static bool was_sent(CURL *easy) {
  long bytes = 0;

  curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &bytes);
  return bytes > 0;
}

static enum transport_outcome outcome_of(CURL *easy, CURLcode code, bool name_known) {
  if (code && proxy_refuses(connect_status(easy))) return TRANSPORT_UNREACHABLE;
  switch (code) {
    case CURLE_OK:
      return TRANSPORT_COMPLETE;
    case CURLE_WRITE_ERROR:
      return TRANSPORT_STOPPED;
    case CURLE_OPERATION_TIMEDOUT:
      return TRANSPORT_TIMED_OUT;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
      return TRANSPORT_UNTRUSTED;
    case CURLE_SSL_CACERT_BADFILE:
      return TRANSPORT_BAD_CA_FILE;
    case CURLE_UNSUPPORTED_PROTOCOL: /* of a URL, and of an answer */
      return was_sent(easy) ? TRANSPORT_NOT_HTTP : TRANSPORT_REFUSED;
    case CURLE_URL_MALFORMAT:
    case CURLE_NOT_BUILT_IN:
    case CURLE_BAD_FUNCTION_ARGUMENT:
      return TRANSPORT_REFUSED;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      /* libcurl does not say whether there is no such name or nobody to ask. */
      return name_known ? TRANSPORT_FAILED : TRANSPORT_UNREACHABLE;
    case CURLE_PROXY:
      return socks_refuses(easy) ? TRANSPORT_UNREACHABLE : TRANSPORT_FAILED;
    case CURLE_OUT_OF_MEMORY:
      return TRANSPORT_NO_MEMORY;
    default:
      return TRANSPORT_FAILED;
  }
}

void curl_outcome(CURL *easy, CURLcode code, const struct proxy *proxy, bool name_known,
                  const char *detail, struct transport_result *result) {
  bool at_proxy = code && failed_at_proxy(easy, code, proxy, detail);
  bool unusable = at_proxy && proxy->problem && strstr(detail, UNUSABLE);

  result->outcome = unusable ? TRANSPORT_REFUSED : outcome_of(easy, code, name_known);
  result->proxy = at_proxy ? proxy->variable : NULL;
  result->proxy_problem = unusable ? proxy->problem : NULL;
}
