/*
** One exchange by libcurl: see curl_transfer.h.
*/
#include "network/curl_transfer.h"

#include <string.h>

#include "base/always.h"
#include "base/memory_bounds.h"
#include "network/curl_outcome.h"

#define LONGEST_CONNECT 86400L /* seconds */

/* CURLOPT_QUICK_EXIT of libcurl 7.87: headers may be older than the library. */
#define QUICK_EXIT ((CURLoption)(CURLOPTTYPE_LONG + 322))

int curl_transfer_status(const struct transfer *transfer) {
  long status = 0;

  curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
  return (int)status;
}

static size_t on_body(char *bytes, size_t one, size_t size, void *context) {
  struct transfer *transfer = context;

  (void)one; /* always 1, says libcurl */
  transfer->last_byte = transfer->transport->watched;
  if (!transfer->status) transfer->status = curl_transfer_status(transfer);
  if (transfer->handler->body(transfer->context, transfer->status, bytes, size)) return size;
  transfer->stopped = true;
  return size ? 0 : 1; /* anything but `size` ends the transfer */
}

static size_t on_header(char *line, size_t one, size_t size, void *context) {
  struct transfer *transfer = context;
  const char *colon = memchr(line, ':', size);
  const char *value;
  const char *end = line + size;

  (void)one;
  transfer->last_byte = transfer->transport->watched;
  transfer->header_bytes += size;
  if (transfer->header_bytes > HEADERS_MAX) return 0; /* ends the transfer */
  if (!colon) { /* the status line, or the empty line at the end */
    if (status_wants_new_connection(curl_transfer_status(transfer))) {
      curl_easy_setopt(transfer->easy, CURLOPT_FORBID_REUSE, 1L);
    }
    return size;
  }
  value = colon + 1;
  while (end > value && (end[-1] == '\r' || end[-1] == '\n' || end[-1] == ' ')) end--;
  while (value < end && (*value == ' ' || *value == '\t')) value++;
  transfer->handler->header(transfer->context, line, (size_t)(colon - line), value,
                            (size_t)(end - value));
  return size;
}

/* The connection stands, and the request is about to be sent. */
static int on_connected(void *context, char *remote, char *local, int remote_port, int local_port) {
  struct transfer *transfer = context;
  long made = 0; /* connections, for this transfer */

  (void)remote, (void)local, (void)remote_port, (void)local_port;
  curl_easy_getinfo(transfer->easy, CURLINFO_NUM_CONNECTS, &made);
  trust_learn(&transfer->trust, &transfer->transport->certificates);
  if (transfer->handler->sent) transfer->handler->sent(transfer->context, made == 0);
  if (origin_reached(transfer->origin, transfer)) transfer->transport->waiting_may_go = true;
  return CURL_PREREQFUNC_OK;
}

static curl_socket_t on_open_socket(void *context, curlsocktype purpose,
                                    struct curl_sockaddr *address) {
  (void)purpose;
  return own_sockets_open(context, address->family, address->socktype, address->protocol);
}

static int on_close_socket(void *context, curl_socket_t descriptor) {
  return own_sockets_close(context, descriptor);
}

bool curl_transfer_add_headers(struct transfer *transfer, const struct transport_request *request) {
  for (size_t i = 0; i < request->header_count; i++) {
    struct curl_slist *longer = curl_slist_append(transfer->headers, request->headers[i]);
    if (!longer) return false;
    transfer->headers = longer;
  }
  return true;
}

/* From the slash after the host on, or "/" where there is none. */
static const char *path_of(const char *url) {
  const char *host = strstr(url, "://");
  const char *path = ALWAYS(host) ? strchr(host + 3, '/') : NULL; /* endpoint_parse has made it */

  return path ? path : "/";
}

/* What is sent, which makes a POST of it, or a PUT. */
static CURLcode set_body(CURL *easy, const struct transport_request *request) {
  curl_off_t size = (curl_off_t)request->body_size;
  CURLcode rc = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, size);

  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body);
  if (!rc && request->put) rc = curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "PUT");
  return rc;
}

static CURLcode set_request(struct transfer *transfer, const struct transport_request *request) {
  CURL *easy = transfer->easy;
  CURLcode rc = curl_easy_setopt(easy, CURLOPT_URL, request->url);

  /* libcurl up to 7.88 at least sends the path alone where it has no memory for the query. */
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_REQUEST_TARGET, path_of(request->url));
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers);
  if (!rc && request->body) rc = set_body(easy, request);
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_USERAGENT, request->user_agent);
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, ""); /* all that libcurl knows */
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  /* Plain HTTP goes to this machine only, and never through a proxy. */
  if (!rc) rc = curl_set_proxy(easy, strncmp(request->url, "http:", 5) ? request->proxy : NULL);
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  return rc;
}

static CURLcode set_limits(struct transfer *transfer) {
  CURL *easy = transfer->easy;
  CURLcode rc = curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L); /* the host's signals are its own */

  /* Time is kept by end_late; libcurl's own limit must not come first. */
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, LONGEST_CONNECT);
  /* A transfer that is given up while a name is looked up leaves that to its thread: waiting for
  ** a name server that is silent takes ten seconds and more. libcurl 7.85 and 7.86 do not know
  ** it, and wait. */
  (void)curl_easy_setopt(easy, QUICK_EXIT, 1L);
  /* What libcurl says to a SOCKS proxy by GSSAPI, it waits for. */
  (void)curl_easy_setopt(easy, CURLOPT_SOCKS5_AUTH, (long)CURLAUTH_BASIC);
  return rc;
}

static CURLcode set_tls(struct transfer *transfer, const struct transport_request *request) {
  CURL *easy = transfer->easy;
  CURLcode rc = curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);

  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_SHARE, transfer->transport->share);
  trust_choose(&transfer->trust, &transfer->transport->certificates, request);
  if (!rc) rc = trust_set(&transfer->trust, easy);
  /* A libcurl that knows no proxies within TLS refuses this, and has no other version for them. */
  (void)curl_easy_setopt(easy, CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  return rc;
}

/*
** libcurl asks for HTTP/2 within TLS by itself, where it was built with it. A server that is known
** to have it gets one connection also when that has to be made anew: the others wait for it.
*/
static CURLcode set_multiplexing(struct transfer *transfer) {
  if (!transfer->origin || transfer->origin->protocol != ORIGIN_MULTIPLEXED) return CURLE_OK;
  return curl_easy_setopt(transfer->easy, CURLOPT_PIPEWAIT, 1L);
}

static CURLcode set_callbacks(struct transfer *transfer) {
  CURL *easy = transfer->easy;
  CURLcode rc = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);

  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected);
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &transfer->transport->sockets);
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close_socket);
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, &transfer->transport->sockets);
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->detail);
  return rc;
}

CURLcode curl_transfer_set(struct transfer *transfer, const struct transport_request *request) {
  CURLcode rc = set_request(transfer, request);

  if (!rc) rc = set_limits(transfer);
  if (!rc) rc = set_tls(transfer, request);
  if (!rc) rc = set_multiplexing(transfer);
  if (!rc) {
    rc = curl_easy_setopt(transfer->easy, CURLOPT_FRESH_CONNECT, (long)request->fresh_connection);
  }
  if (!rc) rc = set_callbacks(transfer);
  return rc;
}
