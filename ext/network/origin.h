/*
** What is known of the servers that were asked: whether a connection to one carries many requests.
**
** Before the first connection to a server stands, nobody knows whether it speaks HTTP/2. A burst of
** requests then goes out as one, its scout; the others wait until the scout's connection stands,
** and either share it or open their own. It must not know libcurl, nor who waits.
**
** libcurl has CURLOPT_PIPEWAIT for that, and in its place it was measured, 40 repositories at 100
** ms, 8 at once, over 30 ms of line: connections and requests are the same with 7.88, and times
** alike. But where each answer closes its connection (HTTP/1.0, keepalive_timeout 0), 8.14 waits
** for each handshake again, and all requests go one after the other: 10.4 s, not 1.6. That its
** transfers miss their timeouts while they wait, from 8.1 on, is curl's issue 13227, not measured.
*/
#ifndef SWR_ORIGIN_H
#define SWR_ORIGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "network/endpoint.h"

#define ORIGINS_MAX 16 /* remembered; some more than the regions that one statement asks */

enum origin_protocol {
  ORIGIN_UNKNOWN,  /* no connection stood yet */
  ORIGIN_REACHED,  /* one does; the HTTP library knows what it speaks, the first answer will tell */
  ORIGIN_ONE_EACH, /* HTTP/1.1: a connection for each request in flight */
  ORIGIN_MULTIPLEXED, /* HTTP/2: one connection for all */
};

struct origin {
  char name[ENDPOINT_MAX]; /* `https://host:port`; empty: not in use */
  enum origin_protocol protocol;
  int64_t transfers; /* in flight or waiting that refer to it */
  uint64_t used;     /* when it was looked for last, by the count of look-ups */
  const void *scout; /* the transfer that makes the first connection, while it does */
};

struct origins {
  struct origin entries[ORIGINS_MAX];
  uint64_t count; /* of look-ups */
};

/*
** The origin of an https URL, entered if it is new; the caller counts itself in and out by
** `transfers`, which keeps the place. NULL for plain http, whose connections never carry many
** requests at once, and where too many origins are in use: such a transfer waits for nobody.
*/
struct origin *origins_find(struct origins *origins, const char *url);

/*
** Whether a transfer may go out now. The first one to an unknown origin may, and is its scout from
** then on.
*/
bool origin_admits(struct origin *origin, const void *transfer);

/* The connection of a transfer stands. True if others may have waited for it. */
bool origin_reached(struct origin *origin, const void *transfer);

/* A transfer is over, in whatever way. `transfer` is only compared. */
void origin_release(struct origin *origin, const void *transfer);

#endif
