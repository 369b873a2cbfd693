/*
** The transport over libcurl: see curl_transport.h.
**
** Retries, what a status means and what the bytes say are not decided here.
*/
#include "network/curl_transport.h"

#include <curl/curl.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/always.h"
#include "base/memory_bounds.h"
#include "network/curl_outcome.h"
#include "network/curl_transfer.h"

#define OLDEST_CURL 0x075500             /* 7.85.0: CURLOPT_PROTOCOLS_STR */
#define SCARCE_MEMORY ((size_t)16 << 10) /* bytes: as much as libcurl asks for at once */
#define CONNECTIONS_KEPT 64L             /* as many requests as may travel at once */

/* CURLMOPT_QUICK_EXIT of libcurl 8.20: headers may be older than the library. */
#define MULTI_QUICK_EXIT ((CURLMoption)(CURLOPTTYPE_LONG + 21))

/* Guards the set-up of the process; one that failed is tried again. */
static pthread_mutex_t global_lock = PTHREAD_MUTEX_INITIALIZER;
static bool global_done;

static bool initialize_global(void) {
  struct low_descriptors low;
  bool done;

  pthread_mutex_lock(&global_lock);
  if (!global_done) {
    low_descriptors_hold(&low); /* OpenSSL reads files */
    global_done = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    low_descriptors_release(&low);
  }
  done = global_done;
  pthread_mutex_unlock(&global_lock);
  return done;
}

bool curl_transport_initialize(char problem[CURL_PROBLEM_MAX]) {
  const curl_version_info_data *library = curl_version_info(CURLVERSION_NOW);

  if (library->version_num < OLDEST_CURL) {
    snprintf(problem, CURL_PROBLEM_MAX, "libcurl 7.85.0 or newer is required (this is %s)",
             library->version);
    return false;
  }
  if (initialize_global()) return true;
  snprintf(problem, CURL_PROBLEM_MAX, "libcurl cannot be used here");
  return false;
}

const char *curl_transport_version(void) { return curl_version(); }

static int64_t now(struct transport *base) {
  struct timespec time;

  (void)base;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/*
** Moves the time by which limits are kept, that is the time within `drive`. When nobody drives it
** stands still: the host may do something else between two rows, and what arrived meanwhile waits
** to be read.
*/
static void watch(struct curl_transport *transport) {
  int64_t time = now(&transport->base);

  transport->watched += time - transport->resumed;
  transport->resumed = time;
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

/*
** A handle used before saves the memory that it has; reset, it keeps no header and no address of
** old.
*/
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
  errno = 0;
  curl_easy_reset(easy);
  if (errno == ENOMEM) { /* it does not say itself that it is left half-way */
    curl_easy_cleanup(easy);
    return;
  }
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

/* What libcurl keeps of its own; false if there is no memory for it. */
static bool open_libcurl(struct curl_transport *transport) {
  struct low_descriptors low;
  bool opened;

  low_descriptors_hold(&low);
  transport->multi = curl_multi_init();
  low_descriptors_release(&low);
  transport->share = curl_share_init();
  opened = transport->multi && transport->share &&
           !curl_multi_setopt(transport->multi, CURLMOPT_MAXCONNECTS, CONNECTIONS_KEPT) &&
           !curl_share_setopt(transport->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  if (opened) (void)curl_multi_setopt(transport->multi, MULTI_QUICK_EXIT, 1L);
  return opened;
}

static void close_libcurl(struct curl_transport *transport) {
  while (transport->handle_count) curl_easy_cleanup(take_handle(transport));
  if (transport->multi) curl_multi_cleanup(transport->multi);
  if (transport->share) curl_share_cleanup(transport->share);
  transport->multi = NULL;
  transport->share = NULL;
}

/*
** In a child of the process that made them, connections are the parent's. What the child wrote on
** them, be it the alert that ends TLS, would reach the server as if from the parent, and answers
** would go to whoever of the two reads first. So nothing of them is used again, nor given back to
** libcurl, which speaks on what it ends, waits for threads that no child has, and closes
** descriptors that a child may have for something else by now. All that is left to the child's end
** but for the sockets, of which the child closes its own copies.
*/
static void leave_connections(struct curl_transport *transport) {
  pid_t process = getpid();

  if (transport->process == process) return;
  transport->process = process;
  transport->multi = NULL;
  transport->share = NULL;
  transport->handle_count = 0;
  own_sockets_leave(&transport->sockets);
  for (struct transfer *transfer = transport->transfers; transfer; transfer = transfer->next) {
    transfer->easy = NULL;
  }
}

/* Whether transfers may be started and moved on, by connections that are this process's own. */
static bool is_ready(struct curl_transport *transport) {
  leave_connections(transport);
  if (transport->multi) return true;
  if (open_libcurl(transport)) return true;
  close_libcurl(transport);
  return false;
}

static struct transfer *transfer_start(struct transport *base,
                                       const struct transport_request *request,
                                       const struct transport_handler *handler, void *context) {
  struct curl_transport *transport = (struct curl_transport *)base;
  struct transfer *transfer = is_ready(transport) ? calloc(1, sizeof *transfer) : NULL;

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
  if (!transfer->easy || !curl_transfer_add_headers(transfer, request)) goto failed;
  if (curl_transfer_set(transfer, request)) goto failed;
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

  if (transfer->easy && !transfer->waiting) {
    curl_multi_remove_handle(transport->multi, transfer->easy);
  }
  unlink_transfer(transport, transfer);
}

static void transfer_cancel(struct transport *base, struct transfer *transfer) {
  leave_connections((struct curl_transport *)base);
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

/* The last that is heard of a transfer. */
static void conclude(struct transfer *transfer, const struct transport_result *result) {
  detach(transfer);
  transfer->handler->done(transfer->context, result);
  free_transfer(transfer);
}

/* libcurl says of none of these that no descriptor was to be had. */
static bool lacks_descriptors(const struct transfer *transfer, CURLcode code) {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION: /* a certificate that cannot be opened is not found */
      return transfer->trust.by_directory && descriptors_scarce();
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CACERT_BADFILE:
      return descriptors_scarce();
    default:
      return false;
  }
}

/* Whether this process has so little memory left that a transfer failed for it. */
static bool memory_scarce(void) {
  void *volatile some = malloc(SCARCE_MEMORY); /* volatile: else the compiler knows better */
  bool scarce = !some;

  free(some);
  return scarce;
}

/*
** Nor does it say of these that memory was out. OpenSSL does in its own words, where it knows why
** it has failed.
*/
static bool lacks_memory(struct transfer *transfer, CURLcode code) {
  struct own_sockets *sockets = &transfer->transport->sockets;
  bool not_entered = sockets->no_memory;
  bool told = strstr(transfer->detail, "malloc failure") != NULL;

  switch (code) {
    case CURLE_COULDNT_CONNECT:
      sockets->no_memory = false;
      return not_entered || memory_scarce();
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_OUT_OF_MEMORY: /* or something else, see `correct` */
      return memory_scarce();
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      return told || memory_scarce();
    default:
      return false;
  }
}

/* Where libcurl's words do not say what happened. */
static void correct(struct transfer *transfer, CURLcode code, struct transport_result *result) {
  char *detail = transfer->detail;
  size_t size = sizeof transfer->detail;

  if (code == CURLE_WRITE_ERROR && transfer->header_bytes > HEADERS_MAX) {
    result->outcome = TRANSPORT_FAILED;
    snprintf(detail, size, "more than %zu bytes of headers", HEADERS_MAX);
  } else if (code == CURLE_WRITE_ERROR && !transfer->stopped) {
    result->outcome = TRANSPORT_GARBLED; /* who unpacks it is the only other one to refuse bytes */
    snprintf(detail, size, "bytes came after the end of what is compressed");
  } else if (lacks_memory(transfer, code)) {
    result->outcome = TRANSPORT_NO_MEMORY;
  } else if (code == CURLE_OUT_OF_MEMORY && result->status) {
    /* libcurl before 8.6 says so of a line that is too long for it, and of nothing else here. */
    result->outcome = TRANSPORT_FAILED;
    snprintf(detail, size, "a header is too long, or memory too short");
  } else if (lacks_descriptors(transfer, code)) {
    result->outcome = TRANSPORT_FAILED;
    snprintf(detail, size, "this process has too many open files (%s)", curl_easy_strerror(code));
  }
}

/*
** True if the transfer begins again, since the server's certificate may be one that the other way
** of looking for its authority finds. It keeps its limits.
*/
static bool trust_again(struct transfer *transfer, CURLcode code) {
  struct curl_transport *transport = transfer->transport;

  if (!trust_try_other(&transfer->trust, transfer->easy, code)) return false;
  curl_multi_remove_handle(transport->multi, transfer->easy);
  transfer->detail[0] = '\0';
  transfer->header_bytes = 0;
  if (!curl_multi_add_handle(transport->multi, transfer->easy)) return true;
  transfer->waiting = true; /* libcurl has no memory now: see send_waiting */
  transport->waiting_may_go = true;
  return true;
}

/* When the server says that it has answered; only of interest where it refuses. */
static int64_t date_of(const struct transfer *transfer) {
  struct curl_header *header = NULL;
  time_t date = -1;

  if (curl_transfer_status(transfer) < 400) return 0;
  if (curl_easy_header(transfer->easy, "Date", 0, CURLH_HEADER, -1, &header) == CURLHE_OK) {
    date = curl_getdate(header->value, NULL);
  }
  return date > 0 ? (int64_t)date : 0;
}

static void finish(struct transfer *transfer, CURLcode code) {
  struct transport_result result = {0};
  curl_off_t retry_after = 0;

  if (trust_again(transfer, code)) return;

  curl_easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER, &retry_after);
  note_protocol(transfer);
  result.status = curl_transfer_status(transfer);
  curl_outcome(transfer->easy, code, transfer->proxy,
               transfer->origin && transfer->origin->protocol != ORIGIN_UNKNOWN, transfer->detail,
               &result);
  trust_describe(&transfer->trust, code, transfer->detail, sizeof transfer->detail);
  if (code == CURLE_SSL_CONNECT_ERROR || code == CURLE_PEER_FAILED_VERIFICATION) {
    transfer->transport->doubted = true;
  }
  correct(transfer, code, &result);
  result.retry_after = retry_after > 0 && retry_after < 86400 ? retry_after * 1000 : 0;
  result.date = date_of(transfer);
  if (retry_after >= 86400) result.retry_after = (int64_t)86400 * 1000;
  result.detail = transfer->detail[0] ? transfer->detail : curl_easy_strerror(code);
  conclude(transfer, &result);
}

/* Ends those that another process has begun. */
static void end_lost(struct curl_transport *transport) {
  static const struct transport_result result = {
      .outcome = TRANSPORT_FAILED, .detail = "another process, this one's parent, has asked"};
  struct transfer *transfer = transport->transfers;

  while (transfer) {
    bool lost = !transfer->easy;
    struct transfer *next = transfer->next;
    if (lost) conclude(transfer, &result);
    transfer = lost ? transport->transfers : next; /* `done` may have changed the list */
  }
}

/*
** Ends what has been silent for too long, or goes on for too long. libcurl's own low-speed limit
** works on an average over several seconds, and so comes late where the limit is short.
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
** Those that waited for a first connection go out; where its scout is lost, the next one becomes
** the scout. One that libcurl has no memory for now is tried again by the next call, within its
** limits.
*/
static void send_waiting(struct curl_transport *transport) {
  transport->waiting_may_go = false;
  for (struct transfer *transfer = transport->transfers; transfer; transfer = transfer->next) {
    if (!transfer->waiting || !origin_admits(transfer->origin, transfer)) continue;
    trust_follow(&transfer->trust, &transport->certificates, transfer->easy);
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
    if (NEVER(message->msg != CURLMSG_DONE)) continue; /* there is no other yet */
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    finish((struct transfer *)(void *)transfer, code);
    any = true;
  }
  return any;
}

/*
** libcurl keeps the certificates that it trusts for a day. One that was read while memory was short
** may lack its key, which OpenSSL does not say: every handshake would fail from then on.
*/
static void begin_anew(struct curl_transport *transport) {
  if (!transport->doubted || transport->transfers) return;
  transport->doubted = false;
  close_libcurl(transport);
}

static void drive(struct transport *base, int64_t milliseconds) {
  struct curl_transport *transport = (struct curl_transport *)base;
  struct low_descriptors low;

  transport->resumed = now(base);
  if (!is_ready(transport)) milliseconds = 0;
  end_lost(transport);
  if (!transport->multi) return;
  low_descriptors_hold(&low);
  perform(transport);
  if (!collect(transport) && milliseconds > 0) {
    curl_multi_poll(transport->multi, NULL, 0, (int)milliseconds, NULL);
    watch(transport);
    perform(transport);
    collect(transport);
  }
  low_descriptors_release(&low);
  watch(transport);
  end_late(transport);
  begin_anew(transport);
}

static void free_transport(struct curl_transport *transport) {
  close_libcurl(transport);
  own_sockets_free(&transport->sockets);
  free(transport);
}

static void destroy(struct transport *base) {
  struct curl_transport *transport = (struct curl_transport *)base;
  struct transfer *next;

  leave_connections(transport);
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

static void find_certificates(struct curl_transport *transport) {
  CURL *easy = take_handle(transport);
  struct low_descriptors low;

  if (!easy) return;
  low_descriptors_hold(&low);
  certificates_find(&transport->certificates, easy);
  low_descriptors_release(&low);
  give_back_handle(transport, easy);
}

struct transport *curl_transport_create(void) {
  struct curl_transport *transport = calloc(1, sizeof *transport);

  if (!transport) return NULL;
  transport->base.methods = &methods;
  transport->process = getpid();
  if (!open_libcurl(transport)) {
    free_transport(transport);
    return NULL;
  }
  find_certificates(transport);
  return (struct transport *)transport;
}
