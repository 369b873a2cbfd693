/*
** Connections, and whether bytes of theirs are unread. Linux says of a socket how many are, and
** whether its client has closed it. Must not know what a request asks.
*/
#include "arrivals.h"

#include "text.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

void arrivals_init(struct arrivals *arrivals) {
  memset(arrivals, 0, sizeof *arrivals);
  pthread_mutex_init(&arrivals->mutex, NULL);
}

struct arrival *arrivals_add(struct arrivals *arrivals, int socket) {
  struct arrival *arrival = memory_or_exit(NULL, sizeof *arrival);
  memset(arrival, 0, sizeof *arrival);
  arrival->socket = socket;
  pthread_mutex_lock(&arrivals->mutex);
  arrival->number = ++arrivals->count;
  arrival->next = arrivals->first;
  arrivals->first = arrival;
  pthread_mutex_unlock(&arrivals->mutex);
  return arrival;
}

void arrivals_remove(struct arrivals *arrivals, struct arrival *arrival) {
  struct arrival **at = &arrivals->first;
  pthread_mutex_lock(&arrivals->mutex);
  while (*at && *at != arrival) at = &(*at)->next;
  if (*at) *at = arrival->next;
  pthread_mutex_unlock(&arrivals->mutex);
  free(arrival);
}

static void note(struct arrivals *arrivals, struct arrival *arrival, bool begun, bool logged) {
  if (!arrival) return;
  pthread_mutex_lock(&arrivals->mutex);
  arrival->begun = begun;
  arrival->logged = logged;
  pthread_mutex_unlock(&arrivals->mutex);
}

void arrivals_begin(struct arrivals *arrivals, struct arrival *arrival) {
  note(arrivals, arrival, true, false);
}

void arrivals_logged(struct arrivals *arrivals, struct arrival *arrival) {
  note(arrivals, arrival, true, true);
}

void arrivals_end(struct arrivals *arrivals, struct arrival *arrival) {
  note(arrivals, arrival, false, false);
}

/* A client that gives up closes its connection: until the thread has noticed, there may be a
** request that it has read and not begun. */
static bool was_closed(int socket) {
  struct tcp_info info;
  socklen_t size = sizeof info;
  memset(&info, 0, sizeof info);
  if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return false;
  return info.tcpi_state == TCP_CLOSE_WAIT;
}

static bool is_pending(const struct arrival *arrival) {
  int unread = 0;
  if (ioctl(arrival->socket, FIONREAD, &unread) == 0 && unread > 0) return true;
  if (arrival->begun) return !arrival->logged;
  return was_closed(arrival->socket);
}

static bool any_pending(struct arrivals *arrivals, int listener, const struct arrival *own) {
  struct pollfd waiting = {.fd = listener, .events = POLLIN};
  bool pending = poll(&waiting, 1, 0) > 0;
  pthread_mutex_lock(&arrivals->mutex);
  for (const struct arrival *at = arrivals->first; at && !pending; at = at->next) {
    pending = at != own && is_pending(at);
  }
  pthread_mutex_unlock(&arrivals->mutex);
  return pending;
}

/* Between its acceptance and arrivals_add a connection is not seen: hence a second look. */
bool arrivals_settle(struct arrivals *arrivals, int listener, const struct arrival *own,
                     int milliseconds) {
  enum { LOOKS = 2, PAUSE_US = 100 };
  int clean = 0;
  for (int64_t left = (int64_t)milliseconds * 1000; clean < LOOKS; left -= PAUSE_US) {
    clean = any_pending(arrivals, listener, own) ? 0 : clean + 1;
    if (clean == LOOKS) break;
    if (left <= 0) return false;
    usleep(PAUSE_US);
  }
  return true;
}
