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

#define LONGEST_CONNECT 86400L          /* seconds */
#define HEADERS_MAX ((size_t)256 << 10) /* bytes; libcurl before 8.4 keeps any number of them */

struct curl_transport {
  struct transport base;
  CURLM *multi;
  struct transfer *transfers; /* all in flight */
};

struct transfer {
  struct curl_transport *transport;
  CURL *easy;
  struct curl_slist *headers;
  const struct transport_handler *handler;
  void *context;
  struct transfer *next;
  struct transfer **link; /* what points at this transfer */
  int64_t idle_limit;     /* milliseconds without a byte of the answer that end it */
  int64_t last_byte;      /* by the clock of now() */
  int64_t started;
  int64_t driven_until; /* when `drive` returned last; at first, when it was started */
  int64_t ends_at;      /* when the whole exchange must be over */
  size_t header_bytes;  /* that came so far */
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

static int status_of(const struct transfer *transfer) {
  long status = 0;

  curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
  return (int)status;
}

static size_t on_body(char *bytes, size_t one, size_t size, void *context) {
  struct transfer *transfer = context;

  (void)one; /* always 1, says libcurl */
  transfer->last_byte = now(&transfer->transport->base);
  if (transfer->handler->body(transfer->context, status_of(transfer), bytes, size)) return size;
  return size ? 0 : 1; /* anything but `size` ends the transfer */
}

static size_t on_header(char *line, size_t one, size_t size, void *context) {
  struct transfer *transfer = context;
  const char *colon = memchr(line, ':', size);
  const char *value;
  const char *end = line + size;

  (void)one;
  transfer->last_byte = now(&transfer->transport->base);
  transfer->header_bytes += size;
  if (transfer->header_bytes > HEADERS_MAX) return 0; /* ends the transfer */
  if (!colon) return size; /* the status line, or the empty line at the end */
  value = colon + 1;
  while (value < end && (*value == ' ' || *value == '\t')) value++;
  while (end > value && (end[-1] == '\r' || end[-1] == '\n' || end[-1] == ' ')) end--;
  transfer->handler->header(transfer->context, line, (size_t)(colon - line), value,
                            (size_t)(end - value));
  return size;
}

static void unlink_transfer(struct transfer *transfer) {
  *transfer->link = transfer->next;
  if (transfer->next) transfer->next->link = transfer->link;
}

static void free_transfer(struct transfer *transfer) {
  for (struct curl_slist *header = transfer->headers; header; header = header->next) {
    OPENSSL_cleanse(header->data, strlen(header->data)); /* credentials are in one of them */
  }
  curl_slist_free_all(transfer->headers);
  curl_easy_cleanup(transfer->easy);
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
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  return rc;
}

static CURLcode set_limits(struct transfer *transfer, const struct transport_request *request) {
  CURL *easy = transfer->easy;
  CURLcode rc = curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L); /* the host's signals are its own */

  /* Time is kept by end_late; libcurl's own limit must not come first. */
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, LONGEST_CONNECT);
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  if (!rc && request->ca_file) rc = curl_easy_setopt(easy, CURLOPT_CAINFO, request->ca_file);
  return rc;
}

static CURLcode set_callbacks(struct transfer *transfer) {
  CURL *easy = transfer->easy;
  CURLcode rc = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);

  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->detail);
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
  transfer->idle_limit = (int64_t)request->idle_timeout * 1000;
  transfer->last_byte = now(base);
  transfer->started = transfer->last_byte;
  transfer->driven_until = transfer->started;
  transfer->ends_at = transfer->started + request->time_limit;
  transfer->easy = curl_easy_init();
  if (!transfer->easy || !append_headers(transfer, request)) goto failed;
  if (set_request(transfer, request) || set_limits(transfer, request) || set_callbacks(transfer)) {
    goto failed;
  }
  if (curl_multi_add_handle(transport->multi, transfer->easy)) goto failed;
  transfer->next = transport->transfers;
  if (transfer->next) transfer->next->link = &transfer->next;
  transfer->link = &transport->transfers;
  transport->transfers = transfer;
  return transfer;

failed:
  free_transfer(transfer);
  return NULL;
}

static void transfer_cancel(struct transport *base, struct transfer *transfer) {
  struct curl_transport *transport = (struct curl_transport *)base;

  curl_multi_remove_handle(transport->multi, transfer->easy);
  unlink_transfer(transfer);
  free_transfer(transfer);
}

static enum transport_outcome outcome_of(CURLcode code) {
  switch (code) {
    case CURLE_OK:
      return TRANSPORT_COMPLETE;
    case CURLE_WRITE_ERROR:
      return TRANSPORT_STOPPED;
    case CURLE_OPERATION_TIMEDOUT:
      return TRANSPORT_TIMED_OUT;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
      return TRANSPORT_UNTRUSTED;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_BAD_FUNCTION_ARGUMENT:
      return TRANSPORT_REFUSED;
    case CURLE_OUT_OF_MEMORY:
      return TRANSPORT_NO_MEMORY;
    default:
      return TRANSPORT_FAILED;
  }
}

static void finish(struct curl_transport *transport, CURL *easy, CURLcode code) {
  struct transport_result result;
  struct transfer *transfer;
  curl_off_t retry_after = 0;
  char *private = NULL;

  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
  transfer = (struct transfer *)(void *)private;
  curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after);
  result.outcome = outcome_of(code);
  result.status = status_of(transfer);
  if (code == CURLE_WRITE_ERROR && transfer->header_bytes > HEADERS_MAX) {
    result.outcome = TRANSPORT_FAILED;
    snprintf(transfer->detail, sizeof transfer->detail, "more than %zu bytes of headers",
             HEADERS_MAX);
  } else if (code == CURLE_OUT_OF_MEMORY && result.status) {
    /* libcurl before 8.6 says so of a line that is too long for it, and of nothing else here. */
    result.outcome = TRANSPORT_FAILED;
    snprintf(transfer->detail, sizeof transfer->detail,
             "a header is too long, or memory too short");
  }
  result.retry_after = retry_after > 0 && retry_after < 86400 ? retry_after * 1000 : 0;
  if (retry_after >= 86400) result.retry_after = (int64_t)86400 * 1000;
  result.detail = transfer->detail[0] ? transfer->detail : curl_easy_strerror(code);
  curl_multi_remove_handle(transport->multi, easy);
  unlink_transfer(transfer);
  transfer->handler->done(transfer->context, &result);
  free_transfer(transfer);
}

/*
** Time in which nobody drives does not count: the host may do something else between two rows, and what
** arrived meanwhile waits to be read.
*/
static void forgive_absence(struct curl_transport *transport) {
  int64_t time = now(&transport->base);

  for (struct transfer *transfer = transport->transfers; transfer; transfer = transfer->next) {
    int64_t absence = time - transfer->driven_until;
    transfer->last_byte += absence;
    transfer->started += absence;
    transfer->ends_at += absence;
  }
}

/*
** Ends what has been silent for too long, or goes on for too long. libcurl's own low-speed limit works
** on an average over several seconds, and so comes late where the limit is short.
*/
static void end_late(struct curl_transport *transport) {
  int64_t time = now(&transport->base);

  for (struct transfer *transfer = transport->transfers; transfer; transfer = transfer->next) {
    bool silent = time - transfer->last_byte >= transfer->idle_limit;
    if (!silent && time < transfer->ends_at) continue;
    snprintf(transfer->detail, sizeof transfer->detail, "%s %d seconds",
             silent ? "no byte arrived for" : "it was not complete within",
             (int)((silent ? transfer->idle_limit : time - transfer->started + 500) / 1000));
    finish(transport, transfer->easy, CURLE_OPERATION_TIMEDOUT);
    return; /* `done` may have changed the list; the next call goes on */
  }
}

static void drive(struct transport *base, int64_t milliseconds) {
  struct curl_transport *transport = (struct curl_transport *)base;
  int running = 0;
  int queued = 0;
  bool finished = false;
  CURLMsg *message;

  forgive_absence(transport);
  end_late(transport);
  curl_multi_perform(transport->multi, &running);
  for (;;) {
    while ((message = curl_multi_info_read(transport->multi, &queued)) != NULL) {
      if (message->msg != CURLMSG_DONE) continue;
      finish(transport, message->easy_handle, message->data.result);
      finished = true;
    }
    if (finished || milliseconds <= 0) break;
    curl_multi_poll(transport->multi, NULL, 0, (int)milliseconds, NULL);
    curl_multi_perform(transport->multi, &running);
    milliseconds = 0;
  }
  for (struct transfer *transfer = transport->transfers; transfer; transfer = transfer->next) {
    transfer->driven_until = now(base);
  }
}

static void destroy(struct transport *base) {
  struct curl_transport *transport = (struct curl_transport *)base;

  struct transfer *next;

  for (struct transfer *transfer = transport->transfers; transfer; transfer = next) {
    next = transfer->next;
    transfer_cancel(base, transfer);
  }
  curl_multi_cleanup(transport->multi);
  free(transport);
}

static const struct transport_methods methods = {
    .start = transfer_start,
    .cancel = transfer_cancel,
    .drive = drive,
    .now = now,
    .destroy = destroy,
};

struct transport *curl_transport_create(void) {
  struct curl_transport *transport = calloc(1, sizeof *transport);

  if (!transport) return NULL;
  transport->base.methods = &methods;
  transport->multi = curl_multi_init();
  if (!transport->multi) {
    free(transport);
    return NULL;
  }
  return (struct transport *)transport;
}
