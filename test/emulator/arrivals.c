/*
** Connections, and whether bytes of theirs are unread. Linux says of a socket how many are, and
** whether its client has closed it. Must not know what a request asks.
*/
#include "arrivals.h"

#include "text.h"

#include <dirent.h>
#include <fcntl.h>
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
  arrivals->listener = -1;
  pthread_mutex_init(&arrivals->mutex, NULL);
}

/* How many sockets this process has; -1 if that cannot be told. */
static int count_sockets(void) {
  DIR *directory = opendir("/proc/self/fd");
  const struct dirent *entry;
  int count = 0;
  if (!directory) return -1;
  /* cppcheck-suppress readdirCalled ; the stream is its own */
  while ((entry = readdir(directory))) {
    char target[16];
    ssize_t length = readlinkat(dirfd(directory), entry->d_name, target, sizeof target);
    if (length >= 7 && memcmp(target, "socket:", 7) == 0) count++;
  }
  closedir(directory);
  return count;
}

void arrivals_listen(struct arrivals *arrivals, int listener) {
  arrivals->listener = listener;
  arrivals->other_sockets = count_sockets();
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

/* Between its acceptance and arrivals_add a connection is a socket that is in no list. */
static bool any_pending(struct arrivals *arrivals, const struct arrival *own) {
  struct pollfd waiting = {.fd = arrivals->listener, .events = POLLIN};
  bool pending = poll(&waiting, 1, 0) > 0;
  int listed = 0;
  pthread_mutex_lock(&arrivals->mutex);
  for (const struct arrival *at = arrivals->first; at && !pending; at = at->next) {
    pending = at != own && is_pending(at);
    listed += fcntl(at->socket, F_GETFD) >= 0;
  }
  pending = pending || count_sockets() > arrivals->other_sockets + listed;
  pthread_mutex_unlock(&arrivals->mutex);
  return pending;
}

/* On a busy machine the kernel may hand on a packet a little late: hence a second look. */
bool arrivals_settle(struct arrivals *arrivals, const struct arrival *own, int milliseconds) {
  enum { LOOKS = 2, PAUSE_US = 200 };
  int64_t left = (int64_t)milliseconds * 1000;
  for (int clean = 0; clean < LOOKS; left -= PAUSE_US) {
    clean = any_pending(arrivals, own) ? 0 : clean + 1;
    if (clean == LOOKS) break;
    if (left <= 0) return false;
    usleep(PAUSE_US);
  }
  return true;
}
