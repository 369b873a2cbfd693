/*
** Statements, what surrounds them and what comes of them: see fault.h.
*/
#include <ctype.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fault.h"
#include "tls_front.h"

#define PLACE_MAX 400
#define DESCRIPTORS_MAX 1024
#define LONGEST 30 /* seconds of a fault, before patience */

int64_t fault_now(void) {
  struct timespec time;

  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

void fault_pause(int milliseconds) {
  struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};

  nanosleep(&time, NULL);
}

/* ---- the environment ---- */

static char folder[64];
static char endpoint[64];
static char tls_endpoint[64]; /* empty until it is asked for */

static const char *const usual[] = {"HW_AUTH_TOKEN=right-token",
                                    "HW_REGION_NAME=cn-north-4",
                                    "SWR_RETRIES=0",
                                    "SWR_PAGE_SIZE=3",
                                    "SWR_CONCURRENCY=4",
                                    "SWR_PROGRESS=off",

                                    "HTTPS_PROXY-",
                                    "SWR_DEADLINE=20",
                                    "SWR_TIMEOUT=20",
                                    NULL};

/* The server over TLS; whom to trust for that stands in the folder then. */
static const char *over_tls(void) {
  char path[200];

  if (tls_endpoint[0]) return tls_endpoint;
  snprintf(path, sizeof path, "%s/authority.pem", folder);
  snprintf(tls_endpoint, sizeof tls_endpoint, "https://127.0.0.1:%d",
           tls_front_start(server_port(), path));
  return tls_endpoint;
}

static void set_one(const char *setting) {
  char name[64];
  char value[200];
  size_t size = strcspn(setting, "=");

  if (!setting[size]) {
    snprintf(name, sizeof name, "%.*s", (int)size - 1, setting);
    unsetenv(name);
    return;
  }
  snprintf(name, sizeof name, "%.*s", (int)size, setting);
  setting += size + 1;
  if (!strcmp(setting, FAULT_TLS)) setting = over_tls();
  snprintf(value, sizeof value, "%s%s", *setting == '@' ? folder : "", setting + (*setting == '@'));
  if (setenv(name, value, 1)) exit(2);
}

void fault_set(const char *const *settings) {
  for (; settings && *settings; settings++) set_one(*settings);
}

void fault_unset(const char *const *settings) {
  for (; settings && *settings; settings++) {
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(*settings, "=-"), *settings);
    unsetenv(name);
  }
  fault_set(usual);
  if (setenv("HW_AUTH_URL", endpoint, 1) || setenv("SWR_ENDPOINT", endpoint, 1)) exit(2);
}

static void write_file(const char *name, const char *text) {
  char path[200];
  FILE *file;

  snprintf(path, sizeof path, "%s/%s", folder, name);
  file = fopen(path, "w");
  if (!file || fputs(text, file) < 0 || fclose(file) || chmod(path, 0600)) exit(2);
}

void fault_begin(void) {
  char path[200];
  const char *top = getenv("TMPDIR");

  snprintf(folder, sizeof folder, "%.40s/swr-faults-XXXXXX", top ? top : "/tmp");
  if (!mkdtemp(folder)) exit(2);
  snprintf(path, sizeof path, "%s/.huaweicloud", folder);
  if (mkdir(path, 0700)) exit(2);
  write_file("token", "right-token\n");
  write_file(".huaweicloud/credentials",
             "[basic]\nak = an-access-key-0123\nsk = a-secret-key-456\n");
  server_start();
  snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%d", server_port());
  setenv("SWR_ENDPOINT", endpoint, 1);
  setenv("HW_AUTH_URL", endpoint, 1);
  fault_set(usual);
  setenv("HW_AUTH_URL", endpoint, 1);
}

const char *fault_folder(void) { return folder; }

void fault_finish(void) {
  static const char *const files[] = {"token", "authority.pem", ".huaweicloud/credentials",
                                      ".huaweicloud"};
  char path[200];

  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    snprintf(path, sizeof path, "%s/%s", folder, files[i]);
    remove(path);
  }
  rmdir(folder);
}

/* ---- statements ---- */

/* libcurl tells how long it tried to connect, which is not the same twice. */
static void say(struct outcome *outcome, int code, const char *words) {
  char *time;

  outcome->code = code;
  snprintf(outcome->said, sizeof outcome->said, "%s", words ? words : "");
  time = strstr(outcome->said, " after ");
  if (time && isdigit((unsigned char)time[7])) {
    memmove(time + 8, time + 7 + strspn(time + 7, "0123456789"),
            strlen(time + 7 + strspn(time + 7, "0123456789")) + 1);
    time[7] = 'N';
  }
}

sqlite3 *fault_open(const char *extension, struct outcome *outcome) {
  sqlite3 *db = NULL;
  char *message = NULL;
  int rc = sqlite3_open(":memory:", &db);

  /* The memory that a connection sets aside for small things cannot fail. */
  if (!rc) rc = sqlite3_db_config(db, SQLITE_DBCONFIG_LOOKASIDE, NULL, 0, 0);
  if (!rc) rc = sqlite3_enable_load_extension(db, 1);
  if (!rc) rc = sqlite3_load_extension(db, extension, NULL, &message);
  if (!rc) return db;
  say(outcome, rc, message ? message : FAULT_NO_WORDS);
  sqlite3_free(message);
  if (sqlite3_close(db)) abort();
  return NULL;
}

static void add_values(sqlite3_stmt *statement, struct outcome *outcome) {
  size_t size = strlen(outcome->said);

  for (int i = 0; i < sqlite3_column_count(statement); i++) {
    const char *value = (const char *)sqlite3_column_text(statement, i);
    const char *none = sqlite3_column_type(statement, i) == SQLITE_NULL ? "NULL" : "(no memory)";
    int more = snprintf(outcome->said + size, SAID_MAX - size, "%s ", value ? value : none);
    if (more < 0 || (size_t)more >= SAID_MAX - size) return;
    size += (size_t)more;
  }
}

void fault_run(sqlite3 *db, const char *sql, struct outcome *outcome) {
  sqlite3_stmt *statement = NULL;
  int rc = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);

  outcome->said[0] = '\0';
  while (!rc && (rc = sqlite3_step(statement)) == SQLITE_ROW) {
    add_values(statement, outcome);
    rc = SQLITE_OK;
  }
  if (rc == SQLITE_DONE) rc = SQLITE_OK;
  if (rc) say(outcome, sqlite3_extended_errcode(db), sqlite3_errmsg(db));
  sqlite3_finalize(statement);
  outcome->code = rc ? outcome->code : SQLITE_OK;
  if (rc && !outcome->code) outcome->code = rc;
}

bool fault_same(const struct outcome *one, const struct outcome *other) {
  return one->code == other->code && !strcmp(one->said, other->said);
}

/* ---- what comes of it ---- */

static char place[PLACE_MAX];
static int64_t began;

static void too_long(int signal) {
  static const char words[] = " took too long\n0 passed, 1 failed\n";

  (void)signal;
  if (write(1, place, strlen(place)) < 0 || write(1, words, sizeof words - 1) < 0) _exit(3);
  _exit(1);
}

void fault_at(const char *format, ...) {
  va_list arguments;

  va_start(arguments, format);
  vsnprintf(place, sizeof place, format, arguments);
  va_end(arguments);
  signal(SIGALRM, too_long);
  alarm(LONGEST * 20);
  began = fault_now();
}

int64_t fault_took(void) { return fault_now() - began; }

int fault_descriptors(void) {
  int count = 0;

  for (int i = 0; i < DESCRIPTORS_MAX; i++) count += fcntl(i, F_GETFD) >= 0;
  return count;
}

void fault_passed(struct tally *tally) { tally->points++; }

void fault_failed(struct tally *tally, const char *why, const struct outcome *outcome) {
  tally->points++;
  tally->failed++;
  if (tally->failed > 200) return;
  printf("! %s: %s", place, why);
  if (outcome) printf(": %d %s", outcome->code, outcome->said);
  printf("\n");
}

void fault_expect(struct tally *tally, bool right, const char *why, const struct outcome *outcome) {
  if (right) return;
  fault_failed(tally, why, outcome);
  tally->points--;
}
