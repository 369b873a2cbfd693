/*
** The transport over libcurl: see curl_transport.h.
**
** Retries, what a status means and what the bytes say are not decided here.
*/
#include "network/curl_transport.h"

#include <curl/curl.h>
#include <openssl/crypto.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "network/curl_outcome.h"
#include "network/origin.h"

#define LONGEST_CONNECT 86400L          /* seconds */
#define CONNECTIONS_KEPT 64L            /* as many requests as may travel at once */
#define HANDLES_KEPT 64                 /* idle ones, for the same number */
#define HEADERS_MAX ((size_t)256 << 10) /* bytes; libcurl before 8.4 keeps any number of them */

struct curl_transport {
  struct transport base;
  CURLM *multi;
  CURLSH *share;              /* the TLS sessions of all handles */
  struct transfer *transfers; /* all in flight or waiting, in the order of their start */
  struct transfer *last;
  struct origins origins;
  bool waiting_may_go; /* a first connection stands since the last look at those that wait */
  bool has_bundle;     /* libcurl's own file of certificates is there */
  int64_t resumed;     /* when `drive` was called, by the clock of now() */
  int64_t watched;     /* milliseconds within `drive` so far, see watch */
  size_t handle_count;
  CURL *handles[HANDLES_KEPT]; /* idle, reset: they keep memory, and nothing of a request */
};

struct transfer {
  struct curl_transport *transport;
  CURL *easy;
  struct curl_slist *headers;
  const struct transport_handler *handler;
  void *context;
  struct transfer *next;
  struct transfer *previous;
  struct origin *origin; /* NULL: waits for nobody */
  bool waiting;          /* for the first connection to its origin; libcurl has not got it yet */
  int status;            /* of HTTP; 0 before the body */
  int64_t idle_limit;    /* milliseconds without a byte of the answer that end it */
  int64_t last_byte;     /* by the time watched, as are those below */
  int64_t started;
  int64_t ends_at;     /* when the whole exchange must be over */
  size_t header_bytes; /* that came so far */
  bool stopped;        /* the handler refused bytes */
  const struct proxy *proxy;
  char detail[CURL_ERROR_SIZE];
};

static pthread_once_t global_once = PTHREAD_ONCE_INIT;
static CURLcode global_status = CURLE_FAILED_INIT;

static void initialize_once(void) { global_status = curl_global_init(CURL_GLOBAL_DEFAULT); }

bool curl_transport_initialize(void) {
  return pthread_once(&global_once, initialize_once) == 0 && global_status == CURLE_OK;
}

const char *curl_transport_version(void) { return curl_version(); }

static int64_t now(struct transport *base) {
  struct timespec time;

  (void)base;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/*
** Moves the time by which limits are kept, that is the time within `drive`. When nobody drives it stands
** still: the host may do something else between two rows, and what arrived meanwhile waits to be read.
*/
static void watch(struct curl_transport *transport) {
  int64_t time = now(&transport->base);

  transport->watched += time - transport->resumed;
  transport->resumed = time;
}

static int status_of(const struct transfer *transfer) {
  long status = 0;

  curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
  return (int)status;
}

static size_t on_body(char *bytes, size_t one, size_t size, void *context) {
  struct transfer *transfer = context;

  (void)one; /* always 1, says libcurl */
  transfer->last_byte = transfer->transport->watched;
  if (!transfer->status) transfer->status = status_of(transfer);
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
    if (status_wants_new_connection(status_of(transfer))) {
      curl_easy_setopt(transfer->easy, CURLOPT_FORBID_REUSE, 1L);
    }
    return size;
  }
  value = colon + 1;
  while (value < end && (*value == ' ' || *value == '\t')) value++;
  while (end > value && (end[-1] == '\r' || end[-1] == '\n' || end[-1] == ' ')) end--;
  transfer->handler->header(transfer->context, line, (size_t)(colon - line), value,
                            (size_t)(end - value));
  return size;
}

/* The connection stands, and the request is about to be sent. */
static int on_connected(void *context, char *remote, char *local, int remote_port, int local_port) {
  struct transfer *transfer = context;

  (void)remote, (void)local, (void)remote_port, (void)local_port;
  if (origin_reached(transfer->origin, transfer)) transfer->transport->waiting_may_go = true;
  return CURL_PREREQFUNC_OK;
}

static void link_transfer(struct curl_transport *transport, struct transfer *transfer) {
  transfer->previous = transport->last;
  if (transport->last) {
    transport->last->next = transfer;
  } else {
    transport->transfers = transfer;
  }
  transport->last = transfer;
}

static void unlink_transfer(struct curl_transport *transport, struct transfer *transfer) {
  if (transport->transfers == transfer) {
    transport->transfers = transfer->next;
  } else {
    transfer->previous->next = transfer->next;
  }
  if (transport->last == transfer) {
    transport->last = transfer->previous;
  } else {
    transfer->next->previous = transfer->previous;
  }
}

/* A handle used before saves the memory that it has; reset, it keeps no header and no address of old. */
static CURL *take_handle(struct curl_transport *transport) {
  if (transport->handle_count) return transport->handles[--transport->handle_count];
  return curl_easy_init();
}

static void give_back_handle(struct curl_transport *transport, CURL *easy) {
  if (!easy) return;
  if (transport->handle_count == HANDLES_KEPT) {
    curl_easy_cleanup(easy);
    return;
  }
  curl_easy_reset(easy);
  transport->handles[transport->handle_count++] = easy;
}

static void free_transfer(struct transfer *transfer) {
  origin_release(transfer->origin, transfer);
  give_back_handle(transfer->transport, transfer->easy);
  for (struct curl_slist *header = transfer->headers; header; header = header->next) {
    OPENSSL_cleanse(header->data, strlen(header->data)); /* credentials are in one of them */
  }
  curl_slist_free_all(transfer->headers);
  free(transfer);
}

static bool append_headers(struct transfer *transfer, const struct transport_request *request) {
  for (size_t i = 0; i < request->header_count; i++) {
    struct curl_slist *longer = curl_slist_append(transfer->headers, request->headers[i]);
    if (!longer) return false;
    transfer->headers = longer;
  }
  return true;
}

static CURLcode set_request(struct transfer *transfer, const struct transport_request *request) {
  CURL *easy = transfer->easy;
  CURLcode rc = curl_easy_setopt(easy, CURLOPT_URL, request->url);

  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers);
  if (!rc && request->body) {
    rc = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_size);
    if (!rc) rc = curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body); /* and so a POST */
  }
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_USERAGENT, request->user_agent);
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, ""); /* all that libcurl knows */
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  /* Plain HTTP goes to this machine only, and never through a proxy. */
  if (!rc && !strncmp(request->url, "http:", 5)) rc = curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  if (!rc && strncmp(request->url, "http:", 5) != 0) rc = curl_set_proxy(easy, request->proxy);
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  return rc;
}

static CURLcode set_limits(struct transfer *transfer) {
  CURL *easy = transfer->easy;
  CURLcode rc = curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L); /* the host's signals are its own */

  /* Time is kept by end_late; libcurl's own limit must not come first. */
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, LONGEST_CONNECT);
  return rc;
}

/*
** libcurl keeps the certificates that it has read, for all connections of a multi handle, from 7.87 on, but
** only where they come from one file and no folder beside it. Debian's libcurl looks into a folder, too,
** and so reads some 140 certificates again for each connection, in 26 ms. A `ca_file` is all that is trusted.
*/
static CURLcode set_tls(struct transfer *transfer, const char *ca_file) {
  CURL *easy = transfer->easy;
  bool has_bundle = transfer->transport->has_bundle;
  CURLcode rc = curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);

  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_SHARE, transfer->transport->share);
  if (!rc && ca_file) rc = curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
  if (rc) return rc;
  /* A libcurl that knows no folders, or no proxies, refuses these, and has nothing to be turned off. */
  if (ca_file || has_bundle) (void)curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
  if (has_bundle) (void)curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, NULL);
  (void)curl_easy_setopt(easy, CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  return CURLE_OK;
}

/*
** libcurl asks for HTTP/2 within TLS by itself, where it was built with it. A server that is known to have it
** gets one connection also when that has to be made anew: the others wait for it.
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
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->detail);
  return rc;
}

static CURLcode set_options(struct transfer *transfer, const struct transport_request *request) {
  CURLcode rc = set_request(transfer, request);

  if (!rc) rc = set_limits(transfer);
  if (!rc) rc = set_tls(transfer, request->ca_file);
  if (!rc) rc = set_multiplexing(transfer);
  if (!rc) {
    rc = curl_easy_setopt(transfer->easy, CURLOPT_FRESH_CONNECT, (long)request->fresh_connection);
  }
  if (!rc) rc = set_callbacks(transfer);
  return rc;
}

static struct transfer *transfer_start(struct transport *base,
                                       const struct transport_request *request,
                                       const struct transport_handler *handler, void *context) {
  struct curl_transport *transport = (struct curl_transport *)base;
  struct transfer *transfer = calloc(1, sizeof *transfer);

  if (!transfer) return NULL;
  transfer->transport = transport;
  transfer->handler = handler;
  transfer->context = context;
  transfer->proxy = request->proxy;
  transfer->idle_limit = (int64_t)request->idle_timeout * 1000;
  transfer->last_byte = transport->watched;
  transfer->started = transport->watched;
  transfer->ends_at = transport->watched + request->time_limit;
  transfer->origin = origins_find(&transport->origins, request->url);
  if (transfer->origin) transfer->origin->transfers++;
  transfer->easy = take_handle(transport);
  if (!transfer->easy || !append_headers(transfer, request)) goto failed;
  if (set_options(transfer, request)) goto failed;
  transfer->waiting = !origin_admits(transfer->origin, transfer);
  if (!transfer->waiting && curl_multi_add_handle(transport->multi, transfer->easy)) goto failed;
  link_transfer(transport, transfer);
  return transfer;

failed:
  free_transfer(transfer);
  return NULL;
}

/* Takes it out of libcurl and out of the list; it is still to be freed. */
static void detach(struct transfer *transfer) {
  struct curl_transport *transport = transfer->transport;

  if (!transfer->waiting) curl_multi_remove_handle(transport->multi, transfer->easy);
  unlink_transfer(transport, transfer);
}

static void transfer_cancel(struct transport *base, struct transfer *transfer) {
  (void)base;
  detach(transfer);
  free_transfer(transfer);
}

/* What the first answer tells of its origin. */
static void note_protocol(const struct transfer *transfer) {
  long version = CURL_HTTP_VERSION_NONE;

  if (!transfer->origin) return;
  curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_VERSION, &version);
  if (version == CURL_HTTP_VERSION_NONE) return; /* no answer */
  transfer->origin->protocol =
      version >= CURL_HTTP_VERSION_2_0 ? ORIGIN_MULTIPLEXED : ORIGIN_ONE_EACH;
}

static void finish(struct transfer *transfer, CURLcode code) {
  struct transport_result result;
  curl_off_t retry_after = 0;

  curl_easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER, &retry_after);
  note_protocol(transfer);
  result.status = status_of(transfer);
  curl_outcome(transfer->easy, code, transfer->proxy,
               transfer->origin && transfer->origin->protocol != ORIGIN_UNKNOWN, transfer->detail,
               &result);
  if (code == CURLE_WRITE_ERROR && transfer->header_bytes > HEADERS_MAX) {
    result.outcome = TRANSPORT_FAILED;
    snprintf(transfer->detail, sizeof transfer->detail, "more than %zu bytes of headers",
             HEADERS_MAX);
  } else if (code == CURLE_WRITE_ERROR && !transfer->stopped) {
    result.outcome = TRANSPORT_GARBLED; /* nobody else takes bytes before the handler does */
    snprintf(transfer->detail, sizeof transfer->detail,
             "bytes came after the end of what is compressed");
  } else if (code == CURLE_OUT_OF_MEMORY && result.status) {
    /* libcurl before 8.6 says so of a line that is too long for it, and of nothing else here. */
    result.outcome = TRANSPORT_FAILED;
    snprintf(transfer->detail, sizeof transfer->detail,
             "a header is too long, or memory too short");
  }
  result.retry_after = retry_after > 0 && retry_after < 86400 ? retry_after * 1000 : 0;
  if (retry_after >= 86400) result.retry_after = (int64_t)86400 * 1000;
  result.detail = transfer->detail[0] ? transfer->detail : curl_easy_strerror(code);
  detach(transfer);
  transfer->handler->done(transfer->context, &result);
  free_transfer(transfer);
}

/*
** Ends what has been silent for too long, or goes on for too long. libcurl's own low-speed limit works
** on an average over several seconds, and so comes late where the limit is short.
*/
static void end_late(struct curl_transport *transport) {
  int64_t time = transport->watched;

  for (struct transfer *transfer = transport->transfers; transfer; transfer = transfer->next) {
    bool silent = time - transfer->last_byte >= transfer->idle_limit;
    if (!silent && time < transfer->ends_at) continue;
    snprintf(transfer->detail, sizeof transfer->detail, "%s %d seconds",
             silent ? "no byte arrived for" : "it was not complete within",
             (int)((silent ? transfer->idle_limit : time - transfer->started + 500) / 1000));
    finish(transfer, CURLE_OPERATION_TIMEDOUT);
    return; /* `done` may have changed the list; the next call goes on */
  }
}

/*
** Those that waited for a first connection go out; where its scout is lost, the next one becomes the scout.
** One that libcurl has no memory for now is tried again by the next call, within its limits.
*/
static void send_waiting(struct curl_transport *transport) {
  transport->waiting_may_go = false;
  for (struct transfer *transfer = transport->transfers; transfer; transfer = transfer->next) {
    if (!transfer->waiting || !origin_admits(transfer->origin, transfer)) continue;
    transfer->waiting = curl_multi_add_handle(transport->multi, transfer->easy) != CURLM_OK;
  }
}

static void perform(struct curl_transport *transport) {
  int running = 0;

  do {
    send_waiting(transport);
    curl_multi_perform(transport->multi, &running);
  } while (transport->waiting_may_go);
}

/* Ends what libcurl is done with. True if there was any. */
static bool collect(struct curl_transport *transport) {
  CURLMsg *message;
  int queued = 0;
  bool any = false;

  while ((message = curl_multi_info_read(transport->multi, &queued)) != NULL) {
    CURLcode code = message->data.result;
    char *transfer = NULL;
    if (message->msg != CURLMSG_DONE) continue;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    finish((struct transfer *)(void *)transfer, code);
    any = true;
  }
  return any;
}

static void drive(struct transport *base, int64_t milliseconds) {
  struct curl_transport *transport = (struct curl_transport *)base;

  transport->resumed = now(base);
  perform(transport);
  if (!collect(transport) && milliseconds > 0) {
    curl_multi_poll(transport->multi, NULL, 0, (int)milliseconds, NULL);
    watch(transport);
    perform(transport);
    collect(transport);
  }
  watch(transport);
  end_late(transport);
}

static void free_transport(struct curl_transport *transport) {
  while (transport->handle_count) curl_easy_cleanup(take_handle(transport));
  if (transport->multi) curl_multi_cleanup(transport->multi);
  if (transport->share) curl_share_cleanup(transport->share);
  free(transport);
}

static void destroy(struct transport *base) {
  struct curl_transport *transport = (struct curl_transport *)base;
  struct transfer *next;

  for (struct transfer *transfer = transport->transfers; transfer; transfer = next) {
    next = transfer->next;
    transfer_cancel(base, transfer);
  }
  free_transport(transport);
}

static const struct transport_methods methods = {
    .start = transfer_start,
    .cancel = transfer_cancel,
    .drive = drive,
    .now = now,
    .destroy = destroy,
};

/* Whether the file of certificates that libcurl was built to read is there. */
static bool bundle_is_there(struct curl_transport *transport) {
  CURL *easy = take_handle(transport);
  char *path = NULL;
  bool there;

  if (!easy) return false;
  there = !curl_easy_getinfo(easy, CURLINFO_CAINFO, &path) && path && !access(path, R_OK);
  give_back_handle(transport, easy);
  return there;
}

struct transport *curl_transport_create(void) {
  struct curl_transport *transport = calloc(1, sizeof *transport);

  if (!transport) return NULL;
  transport->base.methods = &methods;
  transport->multi = curl_multi_init();
  transport->share = curl_share_init();
  if (!transport->multi || !transport->share ||
      curl_multi_setopt(transport->multi, CURLMOPT_MAXCONNECTS, CONNECTIONS_KEPT) ||
      curl_share_setopt(transport->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION)) {
    free_transport(transport);
    return NULL;
  }
  transport->has_bundle = bundle_is_there(transport);
  return (struct transport *)transport;
}
