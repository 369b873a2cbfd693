/*
** Answers that end after each of their bytes, in each way, and every status: see fault.h.
*/
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fault.h"

#define SQL \
  "SELECT id, createdAt, tag FROM swr_sync_job WHERE image = 'group/app1' ORDER BY createdAt"

#define LOGIN_SETTINGS \
  "HW_AUTH_TOKEN-", "HW_USER_NAME=ann", "HW_USER_PASSWORD=a-pass-word", "HW_DOMAIN_NAME=domain"
static const char *const login[] = {LOGIN_SETTINGS, NULL};

/* What is read, and which answers break off. */
static const struct subject {
  const char *name;
  const char *sql;
  const char *const *settings;
  int answers;
  bool fresh; /* a connection for each fault */
  bool all;   /* each way to end an answer, and not closing alone */
} subjects[] = {
    {"jobs", SQL, NULL, 2, false, true},
    {"login", SQL, login, 1, true, false},
    {"swr_namespace", "SELECT * FROM swr_namespace", NULL, 1, false, false},
    {"swr_repo", "SELECT * FROM swr_repo", NULL, 1, false, false},
    {"swr_tag", "SELECT * FROM swr_tag WHERE image = 'group/app1'", NULL, 1, false, false},
    {"swr_overview", "SELECT * FROM swr_overview", NULL, 1, false, false},
    {"swr_retention_log", "SELECT * FROM swr_retention_log WHERE image = 'group/app3'", NULL, 1,
     false, false}};

static const char *const framings[] = {"length", "chunked", "close", "gzip"};
static const char *const endings[] = {"whole", "closed", "reset", "half-closed", "silent"};

/* All of it on one connection. */
struct loop {
  const struct options *options;
  struct tally *tally;
  const struct subject *subject;
  sqlite3 *db;
  struct outcome right;
};

/* What a message says of an answer that is not there, not whole, or not what it should be. */
static bool is_designed(const struct outcome *outcome) {
  static const char *const words[] = {
      "no connection: ", "the answer is not HTTP: ", "then the body was cut short: ",
      "but the body is not the documented array", "HTTP "};

  if (outcome->code != SQLITE_ERROR || strncmp(outcome->said, "swr_", 4) != 0) return false;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (strstr(outcome->said, words[i])) return strstr(outcome->said, "out of memory") == NULL;
  }
  return false;
}

static void open_anew(struct loop *loop) {
  struct outcome outcome;

  fault_expect(loop->tally, sqlite3_close(loop->db) == SQLITE_OK, "it cannot be closed", NULL);
  loop->db = fault_open(loop->options->extension, &outcome);
  fault_expect(loop->tally, loop->db, "it cannot be loaded", &outcome);
}

static void check_next(struct loop *loop) {
  struct outcome next;

  server_conduct(NULL);
  fault_run(loop->db, loop->subject->sql, &next);
  fault_expect(loop->tally, fault_same(&next, &loop->right), "the next statement is wrong", &next);
  fault_expect(loop->tally, (double)fault_took() < 1000 * loop->options->patience, "slow", &next);
}

/* False once the answer was too short to be cut there. */
static bool try_cut(struct loop *loop, const struct conduct *conduct) {
  struct outcome outcome;
  bool cut;

  if (loop->subject->fresh) open_anew(loop);
  server_conduct(conduct);
  fault_run(loop->db, loop->subject->sql, &outcome);
  cut = server_cut();
  if (cut && (fault_same(&outcome, &loop->right) || is_designed(&outcome))) {
    fault_passed(loop->tally);
  } else if (cut) {
    fault_failed(loop->tally, "neither right nor an error of the answer", &outcome);
  }
  check_next(loop);
  return cut;
}

static void cut_everywhere(struct loop *loop, struct conduct *conduct) {
  int64_t stride = loop->options->stride;

  for (conduct->cut = 0;; conduct->cut += (size_t)stride) {
    fault_at("%s, answer %d, %s, %s after %zu bytes", loop->subject->name, conduct->answer,
             framings[conduct->framing], endings[conduct->ending], conduct->cut);
    if (!try_cut(loop, conduct)) return;
  }
}

/* After half a second of silence a handler says stop. */
static int stop_at(void *context) { return fault_now() >= *(int64_t *)context; }

/*
** Answers that fall silent are interrupted: the attempt would otherwise go on for as long as the
** setting says.
*/
static void silence_everywhere(struct loop *loop, struct conduct *conduct) {
  int64_t promised = (int64_t)(250 * loop->options->patience);
  int64_t stride = 40 * loop->options->stride;

  for (conduct->cut = 0;; conduct->cut += (size_t)stride) {
    int64_t stop = fault_now() + 20;
    struct outcome outcome;
    bool cut;
    fault_at("answer %d, %s, silent after %zu bytes", conduct->answer, framings[conduct->framing],
             conduct->cut);
    server_conduct(conduct);
    sqlite3_progress_handler(loop->db, 1000, stop_at, &stop);
    fault_run(loop->db, loop->subject->sql, &outcome);
    sqlite3_progress_handler(loop->db, 0, NULL, NULL);
    cut = server_cut();
    fault_expect(loop->tally, fault_now() - stop < promised, "interrupted too late", &outcome);
    if (cut) fault_passed(loop->tally);
    fault_expect(loop->tally,
                 fault_same(&outcome, &loop->right) || outcome.code == SQLITE_INTERRUPT ||
                     is_designed(&outcome),
                 "neither right nor interrupted", &outcome);
    check_next(loop);
    if (!cut) return;
  }
}

static void begin(struct loop *loop, const struct subject *subject) {
  loop->subject = subject;
  server_conduct(NULL);
  fault_at("%s without a fault", subject->name);
  fault_set(subject->settings);
  loop->db = fault_open(loop->options->extension, &loop->right);
  if (loop->db) fault_run(loop->db, subject->sql, &loop->right);
  fault_expect(loop->tally, loop->db && !loop->right.code, "it cannot be read", &loop->right);
}

static void end(struct loop *loop, int descriptors) {
  fault_expect(loop->tally, sqlite3_close(loop->db) == SQLITE_OK, "it cannot be closed", NULL);
  /* The server's side of connections that are closed may follow a little later. */
  for (int i = 0; i < 100 && fault_descriptors() > descriptors; i++) fault_pause(10);
  fault_expect(loop->tally, fault_descriptors() <= descriptors, "descriptors are left", NULL);
  fault_unset(loop->subject->settings);
}

static void end_answers(struct loop *loop) {
  int last = loop->subject->all ? ENDING_SILENT : ENDING_RESET;

  for (int answer = 1; answer <= loop->subject->answers; answer++) {
    for (int framing = 0; framing < FRAMINGS; framing++) {
      struct conduct conduct = {.framing = (enum framing)framing, .answer = answer};
      for (int ending = ENDING_CLOSED; ending < last; ending++) {
        conduct.ending = (enum ending)ending;
        cut_everywhere(loop, &conduct);
      }
      conduct.ending = ENDING_SILENT;
      if (loop->subject->all) silence_everywhere(loop, &conduct);
    }
  }
}

void loop_wire(const struct options *options, struct tally *tally) {
  static const char *const settings[] = {"SWR_CONCURRENCY=1", NULL};
  struct loop loop = {.options = options, .tally = tally};
  int64_t before = tally->points;
  int descriptors = fault_descriptors();

  for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
    if (options->only && strcmp(options->only, subjects[i].name) != 0) continue;
    fault_set(settings);
    begin(&loop, &subjects[i]);
    if (loop.db) end_answers(&loop);
    end(&loop, descriptors);
  }
  fault_unset(settings);
  printf("wire: answers ended after %" PRId64 " bytes of theirs\n", tally->points - before);
}

/* ---- every status ---- */

/* With 404 of SWR the repository is not there, and without a body it may be anybody's. */
static bool right_for(const struct loop *loop, int status, bool bare,
                      const struct outcome *outcome) {
  char words[20];

  if (status == 200 && !bare) return fault_same(outcome, &loop->right);
  snprintf(words, sizeof words, "HTTP %d", status);
  if (status < 200) return is_designed(outcome);
  return is_designed(outcome) && strstr(outcome->said, words);
}

void loop_status(const struct options *options, struct tally *tally) {
  struct loop loop = {.options = options, .tally = tally};
  int64_t before = tally->points;
  int descriptors = fault_descriptors();

  begin(&loop, &subjects[0]);
  for (int status = 100; loop.db && status < 600; status++) {
    for (int bare = 0; bare < 2; bare++) {
      struct conduct conduct = {.status = status, .bare = bare, .closing = true};
      struct outcome outcome;
      fault_at("status %d %s", status, bare ? "without a body" : "with records");
      server_conduct(&conduct);
      fault_run(loop.db, SQL, &outcome);
      if (right_for(&loop, status, bare, &outcome)) {
        fault_passed(tally);
      } else {
        fault_failed(tally, "not as designed", &outcome);
      }
      check_next(&loop);
    }
  }
  end(&loop, descriptors);
  printf("status: %" PRId64 " answers\n", tally->points - before);
}
