/*
** The descriptors of the process: see descriptors.h.
*/
#include "network/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"

#define FEW 8 /* a look-up takes four at once, and a connection two */

/* A descriptor by which nothing can be read or written, where the system has such. */
#ifdef O_PATH
#define HOLD_FLAGS (O_PATH | O_CLOEXEC)
#else
#define HOLD_FLAGS (O_RDONLY | O_CLOEXEC)
#endif

/* Whether any of them may be closed: one call, since it is asked several times for each page. */
static bool may_be_closed(void) {
  struct pollfd low[LOW_DESCRIPTORS];
  bool closed = false;

  for (int i = 0; i < LOW_DESCRIPTORS; i++) low[i] = (struct pollfd){.fd = i};
  if (poll(low, LOW_DESCRIPTORS, 0) < 0) return true;
  for (int i = 0; i < LOW_DESCRIPTORS; i++) closed = closed || low[i].revents & POLLNVAL;
  return closed;
}

void low_descriptors_hold(struct low_descriptors *low) {
  bool looks = may_be_closed();

  for (int i = 0; i < LOW_DESCRIPTORS; i++) {
    low->held[i] = -1;
    if (!looks || fcntl(i, F_GETFD) >= 0) continue;
    low->held[i] = open("/", HOLD_FLAGS); /* the lowest that is free, and so `i` */
    if (low->held[i] <= i) continue;
    close(low->held[i]); /* another thread of the host was faster */
    low->held[i] = -1;
  }
}

void low_descriptors_release(const struct low_descriptors *low) {
  for (int i = 0; i < LOW_DESCRIPTORS; i++) {
    if (low->held[i] < 0) continue;
#ifdef O_PATH
    /* A host that has put a file of its own there keeps it. */
    int flags = fcntl(low->held[i], F_GETFL);
    if (flags < 0 || !(flags & O_PATH)) continue;
#endif
    close(low->held[i]);
  }
}

bool descriptors_scarce(void) {
  int opened[FEW];
  int count = 0;

  while (count < FEW && (opened[count] = open("/", HOLD_FLAGS)) >= 0) count++;
  for (int i = 0; i < count; i++) close(opened[i]);
  return count < FEW;
}

/* Whether a descriptor is still that socket. */
static bool is_still(const struct own_socket *entry) {
  struct stat status;

  return fstat(entry->descriptor, &status) == 0 && S_ISSOCK(status.st_mode) &&
         status.st_dev == entry->device && status.st_ino == entry->number;
}

static bool enter(struct own_sockets *sockets, int descriptor) {
  struct own_socket *entry;
  struct stat status;

  entry = array_reserve(sockets->entries, &sockets->room, sockets->count + 1, sizeof *entry);
  if (!entry) {
    sockets->no_memory = true;
    errno = ENOMEM;
    return false;
  }
  sockets->entries = entry;
  if (fstat(descriptor, &status)) return false;
  entry = &sockets->entries[sockets->count++];
  entry->descriptor = descriptor;
  entry->device = status.st_dev;
  entry->number = status.st_ino;
  return true;
}

int own_sockets_open(struct own_sockets *sockets, int family, int type, int protocol) {
  int descriptor;
  int error;

#ifdef SOCK_CLOEXEC
  descriptor = socket(family, type | SOCK_CLOEXEC, protocol);
#else
  descriptor = socket(family, type, protocol);
  if (descriptor >= 0) (void)fcntl(descriptor, F_SETFD, FD_CLOEXEC);
#endif
  if (descriptor < 0 || enter(sockets, descriptor)) return descriptor;
  error = errno;
  close(descriptor);
  errno = error;
  return -1;
}

int own_sockets_close(struct own_sockets *sockets, int descriptor) {
  for (size_t i = 0; i < sockets->count; i++) {
    if (sockets->entries[i].descriptor != descriptor) continue;
    sockets->entries[i] = sockets->entries[--sockets->count];
    break;
  }
  return close(descriptor);
}

void own_sockets_leave(struct own_sockets *sockets) {
  for (size_t i = 0; i < sockets->count; i++) {
    if (is_still(&sockets->entries[i])) close(sockets->entries[i].descriptor);
  }
  own_sockets_free(sockets);
}

void own_sockets_free(struct own_sockets *sockets) {
  free(sockets->entries);
  memset(sockets, 0, sizeof *sockets);
}
