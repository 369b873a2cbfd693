/*
** A transport whose answers a test writes: bytes, ends and pauses by a clock of its own, which
** `drive` moves, and a test that plays a host which does something else
** (scripted_transport_pause). Time in which nobody drives counts for no limit, as with libcurl's.
** It records what was requested, and when.
**
** It must not know SWR.
*/
#ifndef SWR_SCRIPTED_TRANSPORT_H
#define SWR_SCRIPTED_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "network/transport.h"

/* How an answer ends after its last byte. */
enum scripted_end {
  SCRIPTED_WHOLE,
  SCRIPTED_CUT,       /* the connection breaks; with status 0 there never was one */
  SCRIPTED_SILENCE,   /* nothing more comes, until a limit of the request ends it */
  SCRIPTED_UNTRUSTED, /* these three without any bytes */
  SCRIPTED_REFUSED,
  SCRIPTED_NO_MEMORY
};

struct scripted_answer {
  enum scripted_end end;
  int status;
  char headers[300]; /* `Name: value`, each with a newline after it */
  const char *body;  /* NULL: none */
  size_t size;       /* of the body, 0: up to its NUL */
  size_t chunk;      /* bytes that come at a time, 0: all at once */
  int64_t delay;     /* milliseconds until it begins */
  int64_t retry_after;
  char *owned; /* freed with the transfer; for a body that was made for it */
};

struct scripted_request {
  char url[1100];
  char headers[600]; /* each with a newline after it, cut where they do not fit */
  char body[600];    /* of a POST, cut where it does not fit; empty for a GET */
  char user_agent[80];
  char ca_file[80]; /* empty for none */
  long idle_timeout;
  int64_t time_limit;
  int64_t at; /* by the transport's clock */
  bool cancelled;
};

/* Writes the answer to the request of this number (from 1); *answer is all zeros before. */
typedef void (*scripted_source)(void *context, size_t number, const char *url,
                                struct scripted_answer *answer);

struct scripted_transport {
  struct transport base;
  scripted_source source;
  void *source_context;
  /* Milliseconds until the server looks at a request, and only then answers it; NULL: at once. */
  int64_t (*latency)(void *source_context, size_t number);
  int64_t clock;
  int64_t driven_until;              /* when `drive` returned last */
  struct scripted_request *requests; /* all that were started */
  size_t request_count;
  size_t request_capacity;
  struct transfer *transfers; /* in flight */
  size_t in_flight;
  size_t most_in_flight;
  bool *destroyed; /* set when it is; NULL if nobody asks */
};

/* Ends with its `destroy`. */
struct scripted_transport *scripted_transport_create(scripted_source source, void *context);

/* The host does something else for so many milliseconds; servers go on meanwhile. */
void scripted_transport_pause(struct scripted_transport *transport, int64_t milliseconds);

/* Answers as a list has them, the last one again and again; for scripted_source. */
struct scripted_list {
  const struct scripted_answer *answers;
  size_t count;
};

void scripted_list_answer(void *list, size_t number, const char *url,
                          struct scripted_answer *answer);

#endif
