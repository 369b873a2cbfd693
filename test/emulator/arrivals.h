/*
** What has arrived at this server and is not in its log yet, so that a test can wait for the
** requests of a statement that is over: one that was sent and then not needed any more is read
** when its connection's thread gets to run. Must not know what a request asks.
*/
#ifndef EMULATOR_ARRIVALS_H
#define EMULATOR_ARRIVALS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* One connection, from its acceptance to its end. */
struct arrival {
  struct arrival *next;
  uint64_t number;
  int socket;
  bool begun;  /* a request's first line was read, and the request has not ended; */
  bool logged; /* it is in the log. */
};

struct arrivals {
  pthread_mutex_t mutex;
  struct arrival *first;
  uint64_t count;    /* connections accepted so far */
  int listener;      /* where they come from; -1 as long as none can */
  int other_sockets; /* of this process, that are no connections */
};

void arrivals_init(struct arrivals *arrivals);

/* A connection was accepted: the arrival is the caller's until arrivals_remove frees it. */
struct arrival *arrivals_add(struct arrivals *arrivals, int socket);
void arrivals_remove(struct arrivals *arrivals, struct arrival *arrival);

/* Its next request begins, is in the log, or has ended. */
void arrivals_begin(struct arrivals *arrivals, struct arrival *arrival);
void arrivals_logged(struct arrivals *arrivals, struct arrival *arrival);
void arrivals_end(struct arrivals *arrivals, struct arrival *arrival);

/* To be told before the first connection may come. */
void arrivals_listen(struct arrivals *arrivals, int listener);

/* Waits until all that has come is in the log, but for what comes on the connection OWN, at most
** that many milliseconds; false if it was not by then. */
bool arrivals_settle(struct arrivals *arrivals, const struct arrival *own, int milliseconds);

#endif
