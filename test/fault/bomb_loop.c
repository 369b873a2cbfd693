/*
** Answers that are far more than was asked for: see fault.h.
**
** Right is an error that says what there was too much of, and memory that does not grow with it.
*/
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "allocations.h"
#include "bomb.h"
#include "fault.h"

#define SMALL ((int64_t)3 << 20)  /* bytes of most, unpacked */
#define LARGE ((int64_t)80 << 20) /* of every twentieth */
#define ALWAYS_TAKEN 1001         /* records of one answer, however few were asked for */
#define BODY_MAX ((int64_t)64 << 20)
#define RECORD_MAX ((int64_t)1 << 20)
#define HELD_MAX ((int64_t)16 << 20)        /* bytes of one statement */
#define HELD_AS_TEXT_MAX ((int64_t)1 << 27) /* where rows themselves are large */

/* What is asked; each gives the same rows whatever the sizes of pages are. */
static const struct question {
  const char *sql;
  bool jobs; /* nothing but them is asked for: other lists have other records */
} questions[] = {
    {"SELECT id, tag FROM swr_sync_job WHERE image = 'group/app1' ORDER BY createdAt", true},
    {"SELECT id, tag FROM swr_sync_job WHERE image = 'group/app1' ORDER BY createdAt DESC LIMIT 3",
     true},
    {"SELECT count(*), max(tag) FROM swr_sync_job WHERE image = 'group/app1' AND "
     "createdAt > '2026'",
     true},
    {"SELECT id, createdAt FROM swr_sync_job WHERE image IN ('group/app1', 'group/app2', "
     "'group/app3') ORDER BY createdAt DESC, id",
     true},
    {"SELECT count(tag) FROM swr_sync_job WHERE namespace = 'group'", false},
    {"SELECT count(*), max(digest) FROM swr_tag WHERE image = 'group/app1'", false},
    {"SELECT count(*), max(name) FROM swr_repo", false}};

struct loop {
  const struct options *options;
  struct tally *tally;
  int64_t largest; /* bytes, unpacked */
  int64_t most;    /* bytes that were held */
};

static bool has_too_many(const struct bomb *bomb) {
  return bomb->status == 200 && bomb->records > ALWAYS_TAKEN;
}

static bool has_too_large(const struct bomb *bomb) {
  return bomb->status == 200 && bomb->largest > RECORD_MAX;
}

static bool is_too_much(const struct bomb *bomb) {
  return has_too_many(bomb) || has_too_large(bomb) || bomb->size > BODY_MAX;
}

/* Whether an error says what there was too much of, or that an answer was not as documented. */
static bool is_designed(const struct bomb *bomb, bool jobs, const struct outcome *outcome) {
  const char *said = outcome->said;

  if (outcome->code != SQLITE_ERROR || strncmp(said, "swr_", 4) != 0) return false;
  if (strstr(said, "out of memory")) return false;
  if (!bomb->valid || !jobs || !is_too_much(bomb)) return true;
  return (has_too_many(bomb) && strstr(said, "more than 1001 records, where ")) ||
         (bomb->size > BODY_MAX && strstr(said, "more than 67108864 bytes")) ||
         (has_too_large(bomb) && strstr(said, "record of more than 1048576 bytes"));
}

/*
** An answer that is not too much may be taken for a page, and a later one may not be needed, or be
** asked for again. What comes first is not passed over.
*/
static bool is_right(const struct bomb *bomb, const struct question *question, int answer,
                     const struct outcome *outcome, const struct outcome *right) {
  if (outcome->code) return is_designed(bomb, question->jobs, outcome);
  return is_too_much(bomb) ? answer > 1 && fault_same(outcome, right) : true;
}

static void check_next(struct loop *loop, sqlite3 *db, const char *sql,
                       const struct outcome *right) {
  struct outcome next;

  server_conduct(NULL);
  fault_run(db, sql, &next);
  fault_expect(loop->tally, !right->code && fault_same(&next, right), "the next statement is wrong",
               &next);
  fault_expect(loop->tally, sqlite3_close(db) == SQLITE_OK, "it cannot be closed", NULL);
}

static void try_bomb(struct loop *loop, const struct bomb *bomb, const struct question *question,
                     int answer) {
  struct conduct conduct = {
      .answer = answer, .instead = bomb->answer, .instead_size = bomb->answer_size};
  struct outcome right;
  struct outcome outcome;
  sqlite3 *db = fault_open(loop->options->extension, &right);
  int64_t held;

  fault_expect(loop->tally, db, "it cannot be loaded", &right);
  if (!db) return;
  allocations_find_libraries();
  fault_run(db, question->sql, &right);
  server_conduct(&conduct);
  (void)allocations_peak();
  fault_run(db, question->sql, &outcome);
  held = allocations_peak();
  if (is_right(bomb, question, answer, &outcome, &right)) {
    fault_passed(loop->tally);
  } else {
    fault_failed(loop->tally, "not as designed", &outcome);
  }
  fault_expect(loop->tally, held <= (bomb->texts ? HELD_AS_TEXT_MAX : HELD_MAX), "much is held",
               &outcome);
  if (held > loop->most) loop->most = held;
  check_next(loop, db, question->sql, &right);
}

static void try_point(struct loop *loop, int64_t point) {
  static const char *const sizes[] = {"SWR_PAGE_SIZE=1", "SWR_PAGE_SIZE=3", "SWR_PAGE_SIZE=100",
                                      "SWR_PAGE_SIZE=1000", "SWR_PAGE_SIZE=auto"};
  static const char *const concurrencies[] = {"SWR_CONCURRENCY=1", "SWR_CONCURRENCY=4",
                                              "SWR_CONCURRENCY=16"};
  struct random random;
  struct bomb bomb;
  const char *settings[3] = {NULL};
  const struct question *question;
  int answer;

  random_begin(&random, loop->options->seed, point);
  settings[0] = RANDOM_PICK(&random, sizes);
  settings[1] = RANDOM_PICK(&random, concurrencies);
  question = &RANDOM_PICK(&random, questions);
  answer = (int)random_below(&random, 4); /* 0: each */
  bomb_make(&bomb, &random, random_chance(&random, 5) ? LARGE : SMALL);
  fault_at("bomb %" PRId64 " in %s, %s, answer %d of %s: %s", point, settings[0], settings[1],
           answer, question->sql, bomb.words);
  if (bomb.size > loop->largest) loop->largest = bomb.size;
  fault_set(settings);
  try_bomb(loop, &bomb, question, answer);
  fault_unset(settings);
  bomb_free(&bomb);
}

void loop_bombs(const struct options *options, struct tally *tally) {
  struct loop loop = {.options = options, .tally = tally};
  int64_t before = tally->points;
  int64_t last = options->point ? options->point : options->count;

  for (int64_t i = options->point ? options->point : 1; i <= last; i += options->stride) {
    try_point(&loop, i);
  }
  printf("bombs: %" PRId64 " answers of up to %.1f MB, %.1f MB held at most\n",
         tally->points - before, (double)loop.largest / 1e6, (double)loop.most / 1e6);
}
