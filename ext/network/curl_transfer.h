/*
** One exchange by libcurl: what it is asked to do, and what it calls when bytes come. Within the
** transport over libcurl only; when an exchange begins and ends is not decided here, but in
** curl_transport.c.
*/
#ifndef SWR_CURL_TRANSFER_H
#define SWR_CURL_TRANSFER_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "network/certificates.h"
#include "network/descriptors.h"
#include "network/origin.h"
#include "network/transport.h"

#define HANDLES_KEPT 64 /* idle ones, as many as requests may travel at once */

struct curl_transport {
  struct transport base;
  pid_t process;              /* whose connections these are */
  CURLM *multi;               /* NULL where it could not be made anew */
  CURLSH *share;              /* the TLS sessions of all handles */
  struct own_sockets sockets; /* of all connections */
  struct transfer *transfers; /* all in flight or waiting, in the order of their start */
  struct transfer *last;
  struct origins origins;
  bool waiting_may_go; /* a first connection stands since the last look at those that wait */
  bool doubted;        /* a handshake has failed: what is kept of certificates may be broken */
  struct certificates certificates; /* of the system */
  int64_t resumed;                  /* when `drive` was called, by the clock of now() */
  int64_t watched;                  /* milliseconds within `drive` so far, see watch */
  size_t handle_count;
  CURL *handles[HANDLES_KEPT]; /* idle, reset: they keep memory, and nothing of a request */
};

struct transfer {
  struct curl_transport *transport;
  CURL *easy; /* NULL: lost to another process, see leave_connections */
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
  struct trust trust;
  char detail[CURL_ERROR_SIZE];
};

/* Hands the request's headers over, but for those that libcurl makes. False when out of memory. */
bool curl_transfer_add_headers(struct transfer *transfer, const struct transport_request *request);

/* Tells the handle all else of a request. */
CURLcode curl_transfer_set(struct transfer *transfer, const struct transport_request *request);

/* Of HTTP; 0 if none arrived. */
int curl_transfer_status(const struct transfer *transfer);

#endif
