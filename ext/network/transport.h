/*
** The way to the network, as the service layer sees it: HTTP exchanges that run side by side.
**
** Two implementations: libcurl (curl_transport.h), and the scripted bytes of the unit tests. It
** must not know SQL, SWR or JSON. Nothing here waits except `drive`.
*/
#ifndef SWR_TRANSPORT_H
#define SWR_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "network/proxy.h"

struct transport;
struct transfer; /* one exchange in flight; owned by the transport */

/*
** A GET, or a POST or PUT where there is a body. The transport copies what it needs before `start`
** returns, but for body and proxy, so that their owner can wipe them, and the names of
** certificates: these must stay as they are until the exchange is over.
*/
struct transport_request {
  const char *url;
  const char *const *headers; /* `Name: value` */
  size_t header_count;
  const char *body; /* of a POST; NULL for a GET */
  size_t body_size;
  bool put; /* with a body: not a POST, but a PUT */
  const char *user_agent;
  const struct proxy *proxy; /* NULL: none */
  const char *ca_file;       /* PEM; NULL for the system's certificates */
  const char *ca_directory;  /* certificates by their hash, beside those of the file; NULL: none */
  long idle_timeout;         /* seconds without a byte that end the exchange */
  int64_t time_limit;        /* milliseconds that the whole exchange may take */
  bool fresh_connection;     /* one of its own is made, though others may stand idle */
};

enum transport_outcome {
  TRANSPORT_COMPLETE,  /* the answer came whole, whatever its status */
  TRANSPORT_STOPPED,   /* the handler refused bytes */
  TRANSPORT_TIMED_OUT, /* idle for too long, or the time limit passed */
  TRANSPORT_FAILED,    /* no connection, or it broke */
  /* These would come the same again: */
  TRANSPORT_UNREACHABLE, /* there is no such host, or the proxy does not let through to it */
  TRANSPORT_GARBLED,     /* the body is not what the headers say */
  TRANSPORT_UNTRUSTED,   /* the server's certificate was not accepted */
  TRANSPORT_BAD_CA_FILE, /* there are no certificates in the file that was named */
  TRANSPORT_REFUSED,     /* the request could not be made at all */
  TRANSPORT_NOT_HTTP,    /* what answered, or a part of it */
  TRANSPORT_NO_MEMORY
};

/*
** Statuses that ask for the same request again, but on another connection: it came too slowly for
** this one (408), this one leads to the wrong server (421), or is not safe from replay (425). A
** connection that has brought one of them is not used again.
*/
bool status_wants_new_connection(int status);

struct transport_result {
  enum transport_outcome outcome;
  int status;          /* of HTTP; 0 if none arrived */
  int64_t retry_after; /* milliseconds, from the header of that name; 0 if none */
  int64_t date;        /* seconds since 1970, from the header of that name; 0 if none */
  /* Static, NULL if it did not fail at a proxy: the variable that names it, and why it cannot be
  ** used. */
  const char *proxy;
  const char *proxy_problem;
  const char *detail; /* a sentence of the HTTP library, valid during the call only */
};

/* Called from within `drive`. A handler may start and cancel transfers in `done` only. */
struct transport_handler {
  /*
  ** The request goes out now, on a connection that may have been used before; once more where that
  ** connection turns out to be dead, and a new one is made. NULL: nobody asks.
  */
  void (*sent)(void *context, bool reused);
  void (*header)(void *context, const char *name, size_t name_size, const char *value,
                 size_t value_size);
  /* Bytes of the body, decompressed. False ends the transfer as TRANSPORT_STOPPED. */
  bool (*body)(void *context, int status, const char *bytes, size_t size);
  /* The last call; the transfer is gone when it returns. */
  void (*done)(void *context, const struct transport_result *result);
};

struct transport_methods {
  /* NULL when out of memory. */
  struct transfer *(*start)(struct transport *transport, const struct transport_request *request,
                            const struct transport_handler *handler, void *context);
  /* Ends a transfer; no further call is made for it. */
  void (*cancel)(struct transport *transport, struct transfer *transfer);
  /* Moves all transfers on, waiting at most so many milliseconds for something to do. */
  void (*drive)(struct transport *transport, int64_t milliseconds);
  /* Milliseconds of a clock that never goes back. */
  int64_t (*now)(struct transport *transport);
  void (*destroy)(struct transport *transport);
};

struct transport {
  const struct transport_methods *methods;
};

#endif
