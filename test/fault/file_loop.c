/*
** What stands where a setting names a file, and lists without measure, in random combinations, with
** an interrupt at a random moment: see fault.h.
**
** Right are the rows where each file that is read is one, or an error that names one which is not;
** or that it was interrupted, within a quarter of a second.
*/
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "fault.h"
#include "random.h"

#define PATH_SIZE 200
#define SQL_SIZE 800
#define HUGE_LIST 300000 /* values, which take long to their end */
#define PROMISED 250     /* milliseconds from an interrupt to the end */
#define AT_ONCE 1000     /* milliseconds of what is not interrupted, hardly as many */

/* What comes of a file: rows; an error that names it; an error, perhaps another's. */
enum fit { FITS, NAMED, FAILS };

/*
** How it fits as a token, as credentials, as certificates that plain HTTP does not need, and TLS.
*/
static const struct kind {
  const char *name;
  enum fit token, credentials, unused, certificates;
} kinds[] = {{"right", FITS, FITS, FITS, FITS},         {"pipe", NAMED, NAMED, NAMED, NAMED},
             {"held-pipe", NAMED, NAMED, NAMED, NAMED}, {"folder", NAMED, NAMED, FITS, FAILS},
             {"null", NAMED, NAMED, NAMED, NAMED},      {"endless", NAMED, NAMED, NAMED, NAMED},
             {"huge", NAMED, NAMED, NAMED, NAMED},      {"held", NAMED, NAMED, NAMED, NAMED},
             {"socket", NAMED, NAMED, NAMED, NAMED},    {"loop", NAMED, NAMED, NAMED, NAMED},
             {"absent", NAMED, FAILS, FITS, FAILS},     {"below-file", NAMED, FAILS, FITS, FAILS},
             {"empty", FAILS, FAILS, FITS, FAILS},      {"garbage", FAILS, FAILS, FITS, FAILS},
             {"larger", NAMED, NAMED, FITS, FAILS}};
#define KINDS ((int64_t)(sizeof kinds / sizeof *kinds))

/*
** # is how many values a list has, none of which may be asked for; the rows are the same for any.
*/
#define NUMBERS "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT #) "
#define JOBS "SELECT count(*), max(tag) FROM swr_sync_job WHERE "
static const struct question {
  const char *sql;
  int most; /* values, where it is not interrupted */
} questions[] = {
    {JOBS "image = 'group/app1' AND # > 0", 1},
    {NUMBERS JOBS "image IN (SELECT 'NO/x' || i FROM n UNION ALL SELECT 'group/app1')", 3000},
    {NUMBERS JOBS "image IN (SELECT 'NO/x' || (i % 7) FROM n UNION ALL SELECT 'group/app1') "
                  "ORDER BY createdAt DESC LIMIT 9",
     3000},
    {NUMBERS JOBS "namespace IN (SELECT 'NO' || i FROM n UNION SELECT 'group') AND repoName IN "
                  "(SELECT 'No' || i FROM n UNION SELECT 'app1')",
     100},
    {NUMBERS "SELECT count(j.id), max(j.tag) FROM (SELECT 'NO/x' || i AS image FROM n UNION ALL "
             "SELECT 'group/app1') AS l LEFT JOIN swr_sync_job j ON j.image = l.image",
     1000},
    {NUMBERS "SELECT sum(c), max(t) FROM (SELECT 'group/app1' AS image FROM n LIMIT 1) AS l JOIN "
             "(SELECT image, count(*) AS c, max(tag) AS t FROM swr_sync_job WHERE image IN (SELECT "
             "'NO/x' || i FROM n UNION ALL SELECT 'group/app1') GROUP BY image) USING (image)",
     1000}};
#define QUESTIONS ((int64_t)(sizeof questions / sizeof *questions))

/* Who asks: the environment's token, or what stands in a file. */
enum who { BY_ENVIRONMENT, BY_TOKEN, BY_CREDENTIALS, BY_KOOCLI };

/* One combination. */
struct mix {
  enum who who;
  const struct kind *identity; /* of the file that says who asks */
  const struct kind *certificates;
  bool tls;
  bool of_openssl; /* the variable that OpenSSL reads names the certificates */
  int question;
  int values;
  int64_t interrupt; /* microseconds; -1: never */
  bool early;        /* since it was handed over, and not since it runs */
};

struct loop {
  const struct options *options;
  struct tally *tally;
  struct outcome right[QUESTIONS];
  int64_t interrupted;
  int held; /* descriptors; -1: not open */
  int pipe;
};

/* ---- the files ---- */

static void path_of(char path[PATH_SIZE], const char *first, const char *second) {
  snprintf(path, PATH_SIZE, "%s/%s%s", fault_folder(), first, second);
}

static int open_new(const char *name, off_t size) {
  char path[PATH_SIZE];
  int descriptor;

  path_of(path, name, "");
  descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0 || ftruncate(descriptor, size)) exit(2);
  return descriptor;
}

static void link_to(const char *target, const char *first, const char *second) {
  char path[PATH_SIZE];

  path_of(path, first, second);
  if (symlink(target, path)) exit(2);
}

static void write_garbage(void) {
  struct random random;
  char bytes[5000];
  int file = open_new("garbage", 0);

  random_begin(&random, 0, 0);
  for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (char)random_below(&random, 256);
  if (write(file, bytes, sizeof bytes) != (ssize_t)sizeof bytes) exit(2);
  close(file);
}

static void make_socket(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);

  snprintf(address.sun_path, sizeof address.sun_path, "%.60s/socket", fault_folder());
  if (bind(descriptor, (struct sockaddr *)&address, sizeof address)) exit(2);
  close(descriptor);
}

/* A folder that stands for a home, with the credentials of a kind. */
static void make_home(const char *kind, const char *target, bool koocli) {
  char name[64];
  char path[PATH_SIZE];
  const char *inside = koocli ? "/.hcloud" : "/.huaweicloud";

  snprintf(name, sizeof name, "%s-%s", koocli ? "koocli" : "home", kind);
  path_of(path, name, "");
  if (mkdir(path, 0700)) exit(2);
  path_of(path, name, inside);
  if (mkdir(path, 0700)) exit(2);
  link_to(target, name, koocli ? "/.hcloud/config.json" : "/.huaweicloud/credentials");
}

static void make_homes(void) {
  for (int64_t i = 0; i < KINDS; i++) {
    char target[PATH_SIZE];
    path_of(target, i ? kinds[i].name : ".huaweicloud/credentials", "");
    make_home(kinds[i].name, target, false);
    if (i) make_home(kinds[i].name, target, true);
  }
}

static void make_files(struct loop *loop) {
  char path[PATH_SIZE];

  signal(SIGIO, SIG_IGN); /* somebody wants what is held */
  path_of(path, "pipe", "");
  if (mkfifo(path, 0600)) exit(2);
  path_of(path, "held-pipe", "");
  if (mkfifo(path, 0600)) exit(2);
  loop->pipe = open(path, O_RDWR | O_CLOEXEC);
  path_of(path, "folder", "");
  if (mkdir(path, 0700)) exit(2);
  link_to("/dev/null", "null", "");
  link_to("/dev/zero", "endless", "");
  link_to("loop", "loop", "");
  link_to("nowhere", "absent", "");
  link_to("garbage/inside", "below-file", "");
  close(open_new("huge", (off_t)20 << 30));
  close(open_new("larger", (64 << 10) + 1));
  close(open_new("empty", 0));
  write_garbage();
  make_socket();
  make_homes();
  loop->held = -1;
}

/* A lease ends some time after somebody has asked for the file: it is taken anew each time. */
static void hold_file(struct loop *loop) {
  if (loop->held >= 0) close(loop->held);
  loop->held = open_new("held", 1);
  if (fcntl(loop->held, F_SETLEASE, F_WRLCK)) exit(2);
}

static void remove_home(const char *kind, bool koocli) {
  static const char *const inside[2][3] = {{"/.huaweicloud/credentials", "/.huaweicloud", ""},
                                           {"/.hcloud/config.json", "/.hcloud", ""}};
  char name[64];
  char path[PATH_SIZE];

  snprintf(name, sizeof name, "%s-%s", koocli ? "koocli" : "home", kind);
  for (int i = 0; i < 3; i++) {
    path_of(path, name, inside[koocli][i]);
    remove(path);
  }
}

static void remove_files(struct loop *loop) {
  if (loop->held >= 0) close(loop->held);
  close(loop->pipe);
  for (int64_t i = 0; i < KINDS; i++) {
    char path[PATH_SIZE];
    remove_home(kinds[i].name, false);
    remove_home(kinds[i].name, true);
    path_of(path, kinds[i].name, "");
    remove(path);
  }
}

/* ---- an interrupt ---- */

struct interrupter {
  sqlite3 *db;
  const char *sql;
  int64_t after;     /* microseconds */
  atomic_bool begun; /* the statement: an interrupt before that is none */
  atomic_bool over;
  atomic_llong when; /* milliseconds; 0: it did not come to that */
};

static int note_begin(unsigned type, void *context, void *statement, void *text) {
  struct interrupter *interrupter = context;
  const char *sql = sqlite3_sql(statement);

  (void)type, (void)text;
  if (sql && !strcmp(sql, interrupter->sql)) interrupter->begun = true;
  return 0;
}

static void pause_for(int64_t microseconds) {
  struct timespec time = {0, (long)microseconds * 1000};

  nanosleep(&time, NULL);
}

static void *interrupt(void *context) {
  struct interrupter *interrupter = context;
  int64_t left = interrupter->after;

  while (!interrupter->begun && !interrupter->over) pause_for(50);
  for (; left > 0 && !interrupter->over; left -= 1000) pause_for(left < 1000 ? left : 1000);
  if (interrupter->over) return NULL;
  interrupter->when = fault_now();
  sqlite3_interrupt(interrupter->db);
  return NULL;
}

/* Milliseconds from the interrupt, or from the start where none came, to the end. */
static int64_t run(sqlite3 *db, const char *sql, const struct mix *mix, struct outcome *outcome) {
  struct interrupter interrupter = {
      .db = db, .sql = sql, .after = mix->interrupt, .begun = mix->early};
  int64_t started = fault_now();
  int64_t ended;
  bool any = mix->interrupt >= 0;
  pthread_t thread;

  sqlite3_trace_v2(db, SQLITE_TRACE_STMT, note_begin, &interrupter);
  if (any && pthread_create(&thread, NULL, interrupt, &interrupter)) exit(2);
  fault_run(db, sql, outcome);
  ended = fault_now();
  interrupter.over = true;
  if (any) pthread_join(thread, NULL);
  sqlite3_trace_v2(db, 0, NULL, NULL);
  return ended - (interrupter.when ? interrupter.when : started);
}

/* ---- a combination ---- */

static void choose(struct mix *mix, struct random *random) {
  static const int64_t moments[] = {1, 100, 1000, 5000, 20000, 60000};
  int64_t most = HUGE_LIST;

  mix->who = (enum who)random_below(random, BY_KOOCLI + 1);
  mix->identity = &kinds[random_chance(random, 40) ? 0 : random_below(random, KINDS)];
  if (mix->who == BY_KOOCLI && mix->identity == kinds) mix->identity++; /* there is none */
  mix->certificates = &kinds[random_chance(random, 60) ? 0 : random_below(random, KINDS)];
  mix->tls = random_chance(random, 30);
  mix->of_openssl = random_chance(random, 30);
  mix->question = (int)random_below(random, QUESTIONS);
  mix->interrupt = -1;
  mix->early = false;
  if (random_chance(random, 50)) {
    mix->interrupt = random_below(random, RANDOM_PICK(random, moments));
    mix->early = random_chance(random, 30);
  }
  if (mix->interrupt < 0 || mix->early) {
    most = questions[mix->question].most;
  }
  mix->values = 1 + (int)random_below(random, most);
}

/* Sets what the combination says, or takes it back. */
static void set_files(const struct mix *mix, bool set) {
  char token[80] = "SWR_TOKEN_FILE-";
  char home[80];
  char certificates[80];
  const char *name = mix->identity == kinds ? "token" : mix->identity->name;
  const char *trusted = mix->certificates == kinds ? "authority.pem" : mix->certificates->name;
  const char *settings[] = {home, certificates, token, "SWR_METADATA_URL=http://127.0.0.1:1",
                            NULL, NULL,         NULL};
  int count = 4;

  if (mix->who == BY_TOKEN) snprintf(token, sizeof token, "SWR_TOKEN_FILE=@/%s", name);
  snprintf(home, sizeof home, "HOME=@/%s-%s", mix->who == BY_KOOCLI ? "koocli" : "home",
           mix->identity->name);
  snprintf(certificates, sizeof certificates, "%s=@/%s",
           mix->of_openssl ? "SSL_CERT_FILE" : "SWR_CA_FILE", trusted);
  if (mix->who != BY_ENVIRONMENT) settings[count++] = "HW_AUTH_TOKEN-";
  if (mix->tls) settings[count] = "SWR_ENDPOINT=" FAULT_TLS;
  if (set) {
    fault_set(settings);
  } else {
    fault_unset(settings);
  }
}

static enum fit fit_of(const struct mix *mix) {
  if (mix->who == BY_ENVIRONMENT) return FITS;
  return mix->who == BY_TOKEN ? mix->identity->token : mix->identity->credentials;
}

static bool is_right(const struct loop *loop, const struct mix *mix,
                     const struct outcome *outcome) {
  enum fit who = fit_of(mix);
  enum fit trusted = mix->tls ? mix->certificates->certificates : mix->certificates->unused;
  char name[64];

  if (who == FITS && trusted == FITS) return fault_same(outcome, &loop->right[mix->question]);
  if (outcome->code != SQLITE_ERROR || strncmp(outcome->said, "swr_sync_job: ", 14) != 0) {
    return false;
  }
  if (strstr(outcome->said, "out of memory")) return false;
  if (who == FAILS || trusted == FAILS) return true;
  snprintf(name, sizeof name, "/%s'", mix->certificates->name);
  if (trusted == NAMED && strstr(outcome->said, name)) return true;
  if (mix->who == BY_CREDENTIALS) snprintf(name, sizeof name, "/home-%s/", mix->identity->name);
  if (mix->who == BY_KOOCLI) snprintf(name, sizeof name, "/koocli-%s/", mix->identity->name);
  if (mix->who == BY_TOKEN) snprintf(name, sizeof name, "/%s'", mix->identity->name);
  return who == NAMED && strstr(outcome->said, name);
}

/*
** While SQLite parses the declaration of a table it has only words for an interrupt that say that
** the table could not be made.
*/
static bool is_interrupted(const struct mix *mix, const struct outcome *outcome) {
  if (mix->interrupt < 0) return false;
  return outcome->code == SQLITE_INTERRUPT ||
         (mix->early && !strcmp(outcome->said, "vtable constructor failed: swr_sync_job"));
}

static void write_sql(char sql[SQL_SIZE], const char *words, int values) {
  const char *mark = strchr(words, '#');

  snprintf(sql, SQL_SIZE, "%.*s%d%s", (int)(mark - words), words, values, mark + 1);
}

/* Right, in time, and so is the next statement. */
static void try_mix(struct loop *loop, sqlite3 *db, const struct mix *mix) {
  char sql[SQL_SIZE];
  struct outcome outcome;
  struct outcome next;
  double most = (double)(mix->interrupt < 0 ? AT_ONCE : PROMISED) * loop->options->patience;
  int64_t took = 0;

  write_sql(sql, questions[mix->question].sql, mix->values);
  /* One that is late, as on a busy machine, is given two more tries. */
  for (int i = 0; i < 3; i++) {
    hold_file(loop);
    set_files(mix, true);
    took = run(db, sql, mix, &outcome);
    set_files(mix, false);
    if ((double)took <= most) break;
  }
  fault_expect(loop->tally, (double)took <= most, "late", &outcome);
  if (is_interrupted(mix, &outcome)) loop->interrupted++;
  if (is_interrupted(mix, &outcome) || is_right(loop, mix, &outcome)) {
    fault_passed(loop->tally);
  } else {
    fault_failed(loop->tally, "not as designed", &outcome);
  }
  write_sql(sql, questions[0].sql, 1);
  fault_run(db, sql, &next);
  fault_expect(loop->tally, fault_same(&next, &loop->right[0]), "the next statement is wrong",
               &next);
}

static void try_point(struct loop *loop, int64_t point) {
  static const char *const names[] = {"the environment", "the token", "credentials", "KooCLI's"};
  struct random random;
  struct outcome outcome;
  struct mix mix;
  sqlite3 *db;

  random_begin(&random, loop->options->seed, point);
  choose(&mix, &random);
  fault_at("files %" PRId64
           ": %s by %s, certificates %s by %s over %s, question %d with %d "
           "values, interrupted %" PRId64 " us after it %s",
           point, names[mix.who], mix.identity->name, mix.certificates->name,
           mix.of_openssl ? "OpenSSL" : "us", mix.tls ? "TLS" : "HTTP", mix.question, mix.values,
           mix.interrupt, mix.early ? "was handed over" : "began");
  db = fault_open(loop->options->extension, &outcome);
  fault_expect(loop->tally, db, "it cannot be loaded", &outcome);
  if (db) try_mix(loop, db, &mix);
  fault_expect(loop->tally, sqlite3_close(db) == SQLITE_OK, "it cannot be closed", NULL);
}

/* Where all is as it should be; and the certificates of the server. */
static void ask_rightly(struct loop *loop) {
  static const char *const tls[] = {"SWR_ENDPOINT=" FAULT_TLS, NULL};
  struct outcome outcome;
  sqlite3 *db = fault_open(loop->options->extension, &outcome);

  fault_at("files, without a fault");
  fault_set(tls);
  fault_unset(tls);
  for (int64_t i = 0; db && i < QUESTIONS; i++) {
    char sql[SQL_SIZE];
    write_sql(sql, questions[i].sql, 3);
    fault_run(db, sql, &loop->right[i]);
    fault_expect(loop->tally, !loop->right[i].code, "it cannot be read", &loop->right[i]);
  }
  sqlite3_close(db);
}

void loop_files(const struct options *options, struct tally *tally) {
  struct loop loop = {.options = options, .tally = tally};
  int64_t before = tally->points;
  int64_t last = options->point ? options->point : options->count;

  make_files(&loop);
  ask_rightly(&loop);
  for (int64_t i = options->point ? options->point : 1; i <= last; i += options->stride) {
    try_point(&loop, i);
  }
  remove_files(&loop);
  printf("files: %" PRId64 " combinations, %" PRId64 " interrupted\n", tally->points - before,
         loop.interrupted);
}
