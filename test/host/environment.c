/*
** A host that changes its environment in one thread while another one runs statements.
*/
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

#define VARIABLES 3000
#define HELD 61

struct writer {
  atomic_bool stop;
  atomic_long changes;
};

/*
** More and more variables, and fewer again, with other memory in between: the list of them is
** moved, and where it was is used for something else.
*/
static void *change(void *context) {
  struct writer *writer = context;
  char *held[HELD] = {NULL};
  char name[40];

  for (long i = 0; !writer->stop; i++) {
    snprintf(name, sizeof name, "SWR_HOST_%ld", i % VARIABLES);
    setenv(name, "some value that is longer than a few bytes", 1);
    snprintf(name, sizeof name, "SWR_HOST_%ld", i * 7 % VARIABLES);
    if (i % 3 == 0) unsetenv(name);
    free(held[i % HELD]);
    held[i % HELD] = malloc(8 * (size_t)(i % VARIABLES + 1));
    if (held[i % HELD]) memset(held[i % HELD], 0x5a, 8 * (size_t)(i % VARIABLES + 1));
    writer->changes++;
  }
  for (int i = 0; i < HELD; i++) free(held[i]);
  return NULL;
}

int host_environment(int count, char **arguments) {
  struct writer writer = {false, 0};
  struct answer answer;
  pthread_t thread;
  int64_t end;
  int statements = 0;
  sqlite3 *db;

  if (count != 4) return 2;
  db = host_open(arguments[0]);
  host_run(db, arguments[2], &answer); /* what is set up once reads the environment, too */
  if (pthread_create(&thread, NULL, change, &writer)) return 2;
  end = host_now() + strtol(arguments[1], NULL, 10);
  do {
    host_run(db, arguments[2], &answer);
    statements++;
  } while (strcmp(answer.said, arguments[3]) == 0 &&
           (statements <= 20 || writer.changes <= 1000 || host_now() < end));
  writer.stop = true;
  pthread_join(thread, NULL);
  printf("%s, %s, %s\n", statements > 20 ? "many statements" : "few statements",
         writer.changes > 1000 ? "many changes" : "few changes", answer.said);
  sqlite3_close(db);
  return 0;
}
