/*
** A repository's list of jobs as SWR serves it: see simulated_server.h.
*/
#include "simulated_server.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "sync_job_columns.h"
#include "text_out.h"
#include "unit.h"

struct simulated_server simulated_server_of(int64_t jobs) {
  struct simulated_server server = {.jobs = jobs, .cut_after = CUT_NEVER};

  return server;
}

/* The number of the job at a position. */
static int64_t job_at(const struct simulated_server *server, bool descending, int64_t position) {
  int64_t job = server->first + (descending ? server->jobs - 1 - position : position);

  return server->unsorted && job % 5 == 3   ? job - 2
         : server->unsorted && job % 5 == 1 ? job + 2
                                            : job;
}

static int64_t id_of(int64_t job) { return 1000 + job * 3; }

int64_t simulated_job(const struct record_page *page, size_t index) {
  return (record_page_id(page, index) - 1000) / 3;
}

struct window {
  int64_t offset;
  int64_t limit;
  bool descending;
};

/* Moves *text after `word`; false if it does not stand there. */
static bool take_word(const char **text, const char *word) {
  size_t size = strlen(word);

  if (strncmp(*text, word, size) != 0) return false;
  *text += size;
  return true;
}

static bool take_number(const char **text, int64_t *number) {
  char *end;

  if (**text < '0' || **text > '9') return false;
  *number = strtoll(*text, &end, 10);
  *text = end;
  return true;
}

bool simulated_window(const char *url, int64_t *limit, int64_t *offset, bool *descending) {
  const char *at = strstr(url, "/sync_job?filter=");

  if (!at || !take_word(&at, "/sync_job?filter=limit%3A%3A") || !take_number(&at, limit) ||
      !take_word(&at, "%7Coffset%3A%3A") || !take_number(&at, offset) ||
      !take_word(&at, "%7Corder%3A%3A")) {
    return false;
  }
  *descending = strcmp(at, "desc") == 0;
  return *limit >= 1 && *limit <= 1000 && (*descending || strcmp(at, "asc") == 0);
}

static void write_range(const struct simulated_server *server, int64_t offset, int64_t count,
                        char *headers, size_t size) {
  const char *unit = server->range == RANGE_UNIT ? "items " : "";
  int64_t last =
      server->range == RANGE_LAST_INDEX || server->range == RANGE_UNIT ? offset + count - 1 : count;
  int64_t total = server->range == RANGE_TOO_LARGE            ? server->jobs + 500
                  : server->range == RANGE_TOO_SMALL && count ? (offset + count) / 2
                                                              : server->jobs;

  if (server->range == RANGE_NONE) return;
  if (server->range == RANGE_GARBAGE) {
    snprintf(headers, size, "Content-Range: pages 1/7\n");
    return;
  }
  if (server->range == RANGE_FOREIGN) offset += 5;
  if (count == 0) last = 0;
  snprintf(headers, size, "Content-Range: %s%" PRId64 "-%" PRId64 "/%" PRId64 "\n", unit, offset,
           last, total);
}

void simulated_time(int64_t seconds, char text[SIMULATED_TIME_MAX]) {
  const unsigned numbers[] = {(unsigned)(seconds / 2419200 % 12) + 1,
                              (unsigned)(seconds / 86400 % 28) + 1, (unsigned)(seconds / 3600 % 24),
                              (unsigned)(seconds / 60 % 60), (unsigned)(seconds % 60)};
  struct text_out out = text_out_of(text, SIMULATED_TIME_MAX);

  text_out_text(&out, "2024");
  for (size_t i = 0; i < COUNT_OF(numbers); i++) {
    text_out_bytes(&out, &"--T::"[i], 1);
    text_out_two(&out, numbers[i]);
  }
  text_out_text(&out, "Z");
  text_out_end(&out);
}

static int64_t seconds_of(const struct simulated_server *server, int64_t job) {
  return server->time_of ? server->time_of(job) : job;
}

int64_t simulated_seconds(const struct simulated_server *server, const struct order *order,
                          int64_t position) {
  return seconds_of(server, job_at(server, order == JOBS_DESCENDING, position));
}

static size_t write_record(const struct simulated_server *server, int64_t job, char *out,
                           size_t size) {
  const struct place *place = server->place;
  int64_t seconds = seconds_of(server, job);
  char time[SIMULATED_TIME_MAX + 2] = "null";
  int used;

  if (seconds != NO_TIME) {
    time[0] = '"';
    simulated_time(seconds, time + 1);
    strncat(time, "\"", 2);
  }
  used = snprintf(out, size,
                  "{\"id\":%" PRId64
                  ",\"createdAt\":%s,\"namespace\":\"%s\","
                  "\"repoName\":\"%s\",\"override\":%s,"
                  "\"status\":\"success\",\"tag\":\"t%s%" PRId64 "\",\"domainName\":\"",
                  id_of(job), time, place ? place->name_space : "group",
                  place ? place->name : "library/busybox", job % 2 ? "true" : "false",
                  job % 2 ? "\\u002d" : "-", job);            /* one for json-c, one without it */
  memset(out + used, 'a' + (int)(job % 26), server->padding); /* not that of the next job */
  used += (int)server->padding;
  used += snprintf(out + used, 3, "\"}");
  return (size_t)used;
}

static void serve(const struct simulated_server *server, const struct window *window,
                  struct scripted_answer *answer) {
  int64_t offset = server->ignores_offset ? 0 : window->offset;
  int64_t limit = server->ignores_limit ? server->jobs : window->limit;
  int64_t left = offset < server->jobs ? server->jobs - offset : 0;
  size_t record_max = 400 + server->padding;
  size_t used = 0;
  char *body;

  if (server->limit_cap && limit > server->limit_cap) limit = server->limit_cap;
  if (limit > left) limit = left;
  write_range(server, offset, limit, answer->headers, sizeof answer->headers);
  body = plain_resize(NULL, ((size_t)limit + 1) * record_max);
  body[used++] = '[';
  for (int64_t i = 0; i < limit; i++) {
    if (i) body[used++] = ',';
    used += write_record(server, job_at(server, window->descending, offset + i), body + used,
                         record_max);
  }
  body[used++] = ']';
  answer->status = 200;
  answer->body = body;
  answer->owned = body;
  answer->size = used;
  answer->chunk = server->chunk;
}

void simulated_server_answer(void *context, size_t number, const char *url,
                             struct scripted_answer *answer) {
  struct simulated_server *server = context;
  struct window window = {0, 1, false};

  if (server->before) server->before(server, number);
  if (server->trouble_from && number >= server->trouble_from && number <= server->trouble_to) {
    *answer = server->trouble;
    return;
  }
  if (!CHECK(simulated_window(url, &window.limit, &window.offset, &window.descending))) {
    answer->status = 400;
    return;
  }
  serve(server, &window, answer);
  if (number == 1 && server->cut_after != CUT_NEVER) {
    answer->end = SCRIPTED_CUT;
    if (server->cut_after < answer->size) answer->size = server->cut_after;
    if (answer->size == 0) answer->body = NULL;
  }
}

bool simulated_server_has(const struct simulated_server *server, const struct order *order,
                          int64_t position, const struct record_page *page, size_t index) {
  int64_t job = job_at(server, order == JOBS_DESCENDING, position);
  char expected[40];
  size_t size;
  const char *tag;
  bool present;

  if (index >= page->row_count) return false;
  tag = record_page_text(page, index, JOB_TAG, &size);
  snprintf(expected, sizeof expected, "t-%" PRId64, job);
  return record_page_id(page, index) == id_of(job) &&
         record_page_boolean(page, index, JOB_OVERRIDE, &present) == job % 2 && present && tag &&
         strcmp(tag, expected) == 0 && size == strlen(expected);
}
