/*
** Many threads: see soak.h.
*/
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "soak.h"

#define OWN 32   /* threads with connections of their own */
#define SHARED 8 /* threads on one */

struct work {
  const struct soak *soak;
  sqlite3 *shared; /* NULL: one of its own, again and again */
  int64_t times;
  atomic_llong wrong;
};

static void *run_own(void *context) {
  struct work *work = context;

  for (int64_t i = 0; i < work->times; i++) {
    sqlite3 *db = soak_open(work->soak);
    for (int j = 0; j < 10; j++) {
      if (!soak_right(work->soak, db)) atomic_fetch_add(&work->wrong, 1);
    }
    if (sqlite3_close(db) != SQLITE_OK) atomic_fetch_add(&work->wrong, 1);
  }
  return NULL;
}

static void *run_shared(void *context) {
  struct work *work = context;

  for (int64_t i = 0; i < work->times; i++) {
    if (!soak_right(work->soak, work->shared)) atomic_fetch_add(&work->wrong, 1);
  }
  return NULL;
}

static int64_t run_all(struct work *work, void *(*run)(void *context), int count) {
  pthread_t threads[OWN];

  for (int i = 0; i < count; i++) {
    if (pthread_create(&threads[i], NULL, run, work)) exit(2);
  }
  for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
  return atomic_load(&work->wrong);
}

int64_t soak_threads(const struct soak *soak) {
  struct work work = {.soak = soak, .times = 1};
  struct soak_measure before;

  (void)run_all(&work, run_own, OWN); /* each thread's arena of the C library is there then */
  before = soak_measure();
  work.times = soak_times(soak, 30);
  (void)run_all(&work, run_own, OWN);
  before.kilobytes += (int64_t)OWN * 512; /* what an arena has of pieces between what is in use */
  return soak_flat(soak, &before, "threads") ? atomic_load(&work.wrong) : -1;
}

int64_t soak_shared(const struct soak *soak) {
  struct work work = {.soak = soak, .times = soak_times(soak, 1000), .shared = soak_open(soak)};
  struct soak_measure before = soak_measure();
  int64_t wrong = run_all(&work, run_shared, SHARED);

  before.kilobytes += (int64_t)SHARED * 512;
  if (sqlite3_close(work.shared) != SQLITE_OK) return -1;
  return soak_flat(soak, &before, "shared") ? wrong : -1;
}
