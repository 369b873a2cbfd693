/*
** A statement that is interrupted, or ends by its deadline: how long that takes.
*/
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host.h"

struct interrupter {
  sqlite3 *db;
  int64_t after; /* milliseconds */
  int64_t at;    /* when it interrupted; read when its thread is over */
};

static void pause_for(int64_t milliseconds) {
  struct timespec time = {(time_t)(milliseconds / 1000), (long)(milliseconds % 1000) * 1000000};

  while (nanosleep(&time, &time) && errno == EINTR) {
  }
}

static void *interrupt(void *context) {
  struct interrupter *interrupter = context;

  pause_for(interrupter->after);
  interrupter->at = host_now();
  sqlite3_interrupt(interrupter->db);
  return NULL;
}

int host_interrupt(int count, char **arguments) {
  struct interrupter interrupter = {0};
  struct answer answer;
  pthread_t thread;
  int64_t ended;

  if (count != 4) return 2;
  interrupter.db = host_open(arguments[0]);
  interrupter.after = strtoll(arguments[1], NULL, 10);
  interrupter.at = host_now();
  if (interrupter.after && pthread_create(&thread, NULL, interrupt, &interrupter)) return 2;
  host_run(interrupter.db, arguments[3], &answer);
  ended = host_now();
  if (interrupter.after) pthread_join(thread, NULL);
  printf("%" PRId64 " ", ended - interrupter.at);
  ended = host_now();
  if (sqlite3_close(interrupter.db)) return 2;
  printf("%" PRId64 " %s\n", host_now() - ended, answer.said);
  fflush(stdout);
  pause_for(strtoll(arguments[2], NULL, 10));
  return 0;
}

/* Linux drops what asks for a connection once as many wait as were announced, and one more. */
int host_full(int count, char **arguments) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0);

  (void)count, (void)arguments;
  if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 0) ||
      getsockname(listener, (struct sockaddr *)&address, &size)) {
    close(listener);
    return 2;
  }
  for (int i = 0; i < 4; i++) {
    int waiting = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (connect(waiting, (struct sockaddr *)&address, size) && errno != EINPROGRESS) return 2;
  }
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  while (getchar() != EOF) {
  }
  return 0;
}
