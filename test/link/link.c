/*
** swr-link: runs a command at the far end of a slow line.
**
**   swr-link MILLISECONDS COMMAND [ARGUMENT]...
**
** The command has a network of its own, and one way out of it: a line to the network that swr-link
** was started in, on which a packet and its answer take MILLISECONDS. The end here is 10.88.0.1,
** the command's is 10.88.0.2. Packets are carried whole, so that a handshake costs what it does on
** a real line. It ends as the command does; with 125 and a sentence where no such line can be made:
** that takes the right to make network namespaces (root, or `unshare -rn`), and /dev/net/tun.
**
**   unshare -rn sh -c 'ip link set lo up; a-server & swr-link 50 curl https://10.88.0.1:8443/'
**
** For tests and measurements; Linux only.
*/
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CANNOT 125      /* exit status where there is no line */
#define PACKET_MAX 1500 /* bytes, the device's own limit */
#define PACKETS_MAX \
  8192 /* on their way in one direction; more wait in the device, or are lost there */

struct packet {
  int64_t due; /* microseconds */
  size_t size;
  char bytes[PACKET_MAX];
};

/* One direction: what was read from a device waits for its time to be written to the other one. */
struct direction {
  int from;
  int to;
  size_t first;
  size_t count;
  struct packet packets[PACKETS_MAX];
};

static int64_t now(void) {
  struct timespec time;

  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static int fail(const char *what) {
  fprintf(stderr, "swr-link: %s: %s\n", what, strerror(errno));
  return CANNOT;
}

/* Gives a device of this network an address, unless that is NULL, and switches it on. */
static bool switch_on(const char *device, const char *address) {
  struct ifreq request;
  struct sockaddr_in *inet = (struct sockaddr_in *)(void *)&request.ifr_addr;
  int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  bool right = control >= 0;

  memset(&request, 0, sizeof request);
  snprintf(request.ifr_name, sizeof request.ifr_name, "%s", device);
  if (right && address) {
    inet->sin_family = AF_INET;
    inet_pton(AF_INET, address, &inet->sin_addr);
    right = !ioctl(control, SIOCSIFADDR, &request);
    inet_pton(AF_INET, "255.255.255.0", &inet->sin_addr);
    right = right && !ioctl(control, SIOCSIFNETMASK, &request);
  }
  memset(&request.ifr_ifru, 0, sizeof request.ifr_ifru);
  right = right && !ioctl(control, SIOCGIFFLAGS, &request);
  request.ifr_flags = (short)(request.ifr_flags | IFF_UP);
  right = right && !ioctl(control, SIOCSIFFLAGS, &request);
  if (control >= 0) close(control);
  return right;
}

/* An end of the line in this network; below 0 if it cannot be. */
static int open_end(const char *address) {
  struct ifreq request;
  int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

  if (device < 0) return device;
  memset(&request, 0, sizeof request);
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  snprintf(request.ifr_name, sizeof request.ifr_name, "swr%%d");
  if (ioctl(device, TUNSETIFF, &request) || !switch_on(request.ifr_name, address)) {
    close(device);
    return -1;
  }
  return device;
}

static bool full(const struct direction *direction) { return direction->count == PACKETS_MAX; }

static void take_in(struct direction *direction, int64_t delay) {
  while (!full(direction)) {
    struct packet *packet =
        &direction->packets[(direction->first + direction->count) % PACKETS_MAX];
    ssize_t size = read(direction->from, packet->bytes, PACKET_MAX);
    if (size <= 0) return;
    packet->size = (size_t)size;
    packet->due = now() + delay;
    direction->count++;
  }
}

/* Hands over what is due. The microseconds until the next packet is, at most `most`. */
static int64_t hand_over(struct direction *direction, int64_t most) {
  while (direction->count) {
    struct packet *packet = &direction->packets[direction->first];
    int64_t wait = packet->due - now();
    if (wait > 0) return wait < most ? wait : most;
    /* A device that takes no more has lost the packet. */
    if (write(direction->to, packet->bytes, packet->size) < 0 && errno == EINTR) continue;
    direction->first = (direction->first + 1) % PACKETS_MAX;
    direction->count--;
  }
  return most;
}

/* Carries packets until the command ends; its status of wait(). */
static int carry(struct direction *there, struct direction *back, int64_t delay, int ended,
                 pid_t command) {
  int status = 0;

  for (;;) {
    struct pollfd files[] = {{there->from, full(there) ? 0 : POLLIN, 0},
                             {back->from, full(back) ? 0 : POLLIN, 0},
                             {ended, POLLIN, 0}};
    int64_t wait = hand_over(back, hand_over(there, 1000000));
    struct timespec patience = {(time_t)(wait / 1000000), (long)(wait % 1000000) * 1000};
    if (ppoll(files, 3, &patience, NULL) < 0 && errno != EINTR) exit(fail("poll"));
    take_in(there, delay);
    take_in(back, delay);
    if (files[2].revents && waitpid(command, &status, WNOHANG) == command) return status;
  }
}

static pid_t start(char **words) {
  sigset_t none;
  pid_t command = fork();

  if (command) return command;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execvp(words[0], words);
  _exit(fail(words[0]));
}

int main(int count, char **words) {
  static struct direction there;
  static struct direction back;
  sigset_t child;
  char *end = NULL;
  double milliseconds = count > 2 ? strtod(words[1], &end) : -1;
  pid_t command;
  int ended;
  int status;

  if (!end || *end || !(milliseconds >= 0 && milliseconds <= 60000)) {
    fprintf(stderr, "usage: swr-link MILLISECONDS COMMAND [ARGUMENT]...\n");
    return CANNOT;
  }
  back.to = there.from = open_end("10.88.0.1");
  if (there.from < 0) return fail("the end of the line here");
  if (unshare(CLONE_NEWNET)) return fail("a network for the command");
  there.to = back.from = open_end("10.88.0.2");
  if (back.from < 0 || !switch_on("lo", NULL)) return fail("the command's end of the line");

  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, NULL);
  ended = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  command = ended < 0 ? -1 : start(words + 2);
  if (command < 0) return fail("starting the command");
  status = carry(&there, &back, (int64_t)(milliseconds * 500), ended, command);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
