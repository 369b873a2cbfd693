/*
** Each member of each list's records, as each kind of JSON: see fault.h.
**
** Right is what was sent, as it was sent, or an error that names the member: never a value that it
** was turned into.
*/
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fault.h"

/* What is sent for a member, and what a column may then hold; NULL: NULL. */
static const struct {
  const char *sent; /* NULL: nothing */
  const char *held;
  const char *or_held; /* another one */
} kinds[] = {
    {NULL, NULL, NULL},
    {"null", NULL, NULL},
    {"true", "1", "true"},
    {"false", "0", "false"},
    {"7", "7", "7.0"},
    {"-1", "-1", "-1.0"},
    {"1.5", "1.5", NULL},
    {"1e400", "1e400", NULL},
    {"18446744073709551616", "18446744073709551616", "1.84467440737096e+19"},
    {"9223372036854775808", "9223372036854775808", "9.22337203685478e+18"},
    {"123456789012345678901234567890", "123456789012345678901234567890", "1.23456789012346e+29"},
    {"\"\"", "", "\"\""},
    {"\"words\"", "words", "\"words\""},
    {"\"group\"", "group", "\"group\""},
    {"\"app1\"", "app1", "\"app1\""},
    {"\"2026-01-01T00:01:01Z\"", "2026-01-01T00:01:01Z", "\"2026-01-01T00:01:01Z\""},
    {"\"\\u00e9\\ud83d\\ude80\"", "\303\251\360\237\232\200", "\"\\u00e9\\ud83d\\ude80\""},
    {"\"\\ud83d\"", "\357\277\275", "\"\\ud83d\""},
    {"[]", "[]", NULL},
    {"[1,{\"a\":[]}]", "[1,{\"a\":[]}]", NULL},
    {"{}", "{}", NULL},
    {"{\"a\":1}", "{\"a\":1}", NULL}};
#define KINDS (sizeof kinds / sizeof *kinds)

struct loop {
  const struct options *options;
  struct tally *tally;
  sqlite3 *db;
};

/*
** The namespace and the repository of a record that does not say them are those that were asked.
*/
static bool is_place(const char *member, const char *value) {
  return (!strcmp(member, "namespace") && !strcmp(value, "group")) ||
         (!strcmp(member, "repoName") && !strcmp(value, "app1"));
}

/* A text that is to hold JSON, and holds nothing, is NULL. */
static bool is_no_json(size_t kind, const char *member) {
  return kinds[kind].held && !*kinds[kind].held &&
         (!strcmp(member, "manifest") || !strcmp(member, "rule_type"));
}

/* SQLite prints a real with 15 digits, newer versions with 17. */
static bool is_real(const char *text, const char *value) {
  char *text_end;
  char *value_end;
  double expected = strtod(text, &text_end);
  double got = strtod(value, &value_end);

  if (*text_end || *value_end || !strchr(value, 'e')) return false;
  return fabs(got - expected) <= 1e-13 * fabs(expected);
}

/* NULL: NULL. */
static bool may_hold(size_t kind, const char *member, const char *value) {
  if (is_no_json(kind, member)) return !value;
  if (!kinds[kind].held) return !value || is_place(member, value);
  if (!value) return false;
  if (!strcmp(value, kinds[kind].held)) return true;
  if (!kinds[kind].or_held) return false;
  return !strcmp(value, kinds[kind].or_held) || is_real(kinds[kind].or_held, value);
}

/* Whether a message names the member, or says that the record is another repository's. */
static bool is_designed(const struct outcome *outcome, const char *member) {
  if (outcome->code != SQLITE_ERROR || strstr(outcome->said, "out of memory")) return false;
  if (strncmp(outcome->said, "swr_", 4) != 0) return false;
  return strstr(outcome->said, member) || strstr(outcome->said, "belongs to namespace") ||
         strstr(outcome->said, "it is not valid JSON");
}

/* Reads all values; whether one of them is what was sent. The others are those of other records. */
static bool read_values(sqlite3 *db, const char *sql, size_t kind, const char *member,
                        struct outcome *outcome) {
  sqlite3_stmt *statement = NULL;
  int rc = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
  bool held = false;

  outcome->said[0] = '\0';
  while (!rc && (rc = sqlite3_step(statement)) == SQLITE_ROW) {
    const char *text = (const char *)sqlite3_column_text(statement, 0);
    size_t size = strlen(outcome->said);
    held = held || may_hold(kind, member, text);
    snprintf(outcome->said + size, SAID_MAX - size, "%s ", text ? text : "NULL");
    rc = SQLITE_OK;
  }
  outcome->code = rc == SQLITE_DONE ? SQLITE_OK : rc;
  if (outcome->code) snprintf(outcome->said, SAID_MAX, "%s", sqlite3_errmsg(db));
  sqlite3_finalize(statement);
  return held;
}

static void try_kind(const struct loop *loop, const struct world_list *list, const char *member,
                     size_t kind) {
  struct conduct conduct = {.change = {.list = list, .member = member, .value = kinds[kind].sent}};
  struct outcome outcome;
  struct outcome next;
  char sql[400];
  bool held;

  fault_at("%s.%s as %s", list->table, member, kinds[kind].sent ? kinds[kind].sent : "nothing");
  snprintf(sql, sizeof sql, "SELECT \"%s\" FROM %s WHERE %s", member, list->table, list->where);
  server_conduct(&conduct);
  held = read_values(loop->db, sql, kind, member, &outcome);
  if (outcome.code ? is_designed(&outcome, member) : held) {
    fault_passed(loop->tally);
  } else {
    fault_failed(loop->tally, "neither what was sent nor an error", &outcome);
  }
  server_conduct(NULL);
  (void)read_values(loop->db, sql, kind, member, &next);
  fault_expect(loop->tally, !next.code, "the next statement is wrong", &next);
}

void loop_records(const struct options *options, struct tally *tally) {
  struct outcome outcome;
  struct loop loop = {.options = options, .tally = tally};
  int64_t before = tally->points;

  fault_at("records");
  loop.db = fault_open(options->extension, &outcome);
  fault_expect(tally, loop.db, "it cannot be loaded", &outcome);
  for (int i = 0; loop.db && i < world_list_count; i++) {
    const struct world_list *list = &world_lists[i];
    if (options->only && strcmp(options->only, list->table) != 0) continue;
    for (int j = 0; j < list->member_count; j++) {
      for (size_t kind = 0; kind < KINDS; kind++) {
        try_kind(&loop, list, list->members[j].name, kind);
      }
    }
  }
  sqlite3_close(loop.db);
  printf("records: %" PRId64 " values of members\n", tally->points - before);
}
