/*
** A repository's list of jobs as a service may serve it: see odd_server.h.
*/
#include "odd_server.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "sync_job_columns.h"
#include "text_out.h"
#include "unit.h"

#define RECORD_MAX 400 /* bytes of a record */

void odd_time(int64_t time, char text[ODD_TIME_MAX]) {
  char second[SIMULATED_TIME_MAX];
  struct text_out out;

  simulated_time(time / 10, second);
  out = text_out_of(text, ODD_TIME_MAX);
  text_out_bytes(&out, second, strlen(second) - 1);
  if (time % 10) {
    text_out_text(&out, ".");
    text_out_number(&out, time % 10);
  }
  text_out_text(&out, "Z");
  text_out_end(&out);
}

/* ---- the list ---- */

void odd_server_init(struct odd_server *server, const struct place *place, uint64_t seed) {
  memset(server, 0, offsetof(struct odd_server, jobs)); /* the arrays are filled as they grow */
  server->place = place;
  server->smallest_total = INT64_MAX;
  odd_random_seed(&server->random, seed);
}

/* Negative if job `a` stands before job `b` in the list, 0 for equal times. */
static int compare(const struct odd_server *server, size_t a, size_t b) {
  int64_t left = server->jobs[a].time;
  int64_t right = server->jobs[b].time;

  return left < right ? -1 : left > right; /* NO_TIME is the least */
}

size_t odd_server_create(struct odd_server *server, int64_t id, int64_t time, const char *tag,
                         bool last) {
  size_t number = server->job_count;
  size_t at = server->count;
  struct odd_job *job;

  if (!CHECK(number < ODD_JOBS_MAX)) return 0;
  job = &server->jobs[server->job_count++];
  *job = (struct odd_job){.id = id, .time = time, .there = true};
  snprintf(job->tag, sizeof job->tag, "%s", tag);
  while (!server->unsorted && at > 0) {
    int order = compare(server, server->list[at - 1], number);
    if (order < 0 || (order == 0 && last)) break;
    at--;
  }
  memmove(server->list + at + 1, server->list + at, (server->count - at) * sizeof server->list[0]);
  server->list[at] = number;
  server->visible = ++server->count;
  return number;
}

void odd_server_remove(struct odd_server *server, size_t position) {
  if (position >= server->count) return;
  server->jobs[server->list[position]].there = false;
  server->visible = --server->count;
  memmove(server->list + position, server->list + position + 1,
          (server->count - position) * sizeof server->list[0]);
}

void odd_server_begin(struct odd_server *server) {
  for (size_t i = 0; i < server->job_count; i++) {
    server->jobs[i].from_start = server->jobs[i].there;
  }
}

static void swap(size_t *list, size_t a, size_t b) {
  size_t number = list[a];

  list[a] = list[b];
  list[b] = number;
}

static void shuffle_ties(struct odd_server *server) {
  size_t *list = server->list;

  for (size_t from = 0, end; from < server->count; from = end) {
    for (end = from + 1; end < server->count; end++) {
      if (compare(server, list[from], list[end]) != 0) break;
    }
    for (size_t i = end - 1; i > from; i--) {
      swap(list, i, from + odd_random(&server->random, (uint32_t)(i - from)));
    }
  }
}

size_t odd_server_position(const struct odd_server *server, int64_t position) {
  size_t count = server->visible;
  size_t at = (size_t)position;
  size_t nulls = 0;

  if (server->nulls_astray) {
    while (nulls < count && server->jobs[server->list[nulls]].time == NO_TIME) nulls++;
  }
  if (server->descending) return at < nulls ? nulls - 1 - at : count - 1 - (at - nulls);
  return at < count - nulls ? nulls + at : at - (count - nulls);
}

/* ---- an answer ---- */

static int64_t total_of(struct odd_server *server, int64_t offset, int64_t count) {
  int64_t jobs = (int64_t)server->visible;
  int64_t least = count ? offset + count : 0;
  int64_t total = jobs;

  if (server->total == ODD_TOTAL_LAGS) total = jobs - server->total_value;
  if (server->total == ODD_TOTAL_CAPPED && jobs > server->total_value) total = server->total_value;
  if (server->total == ODD_TOTAL_PAGE) total = least;
  if (server->total == ODD_TOTAL_IS) total = server->total_value;
  if (server->total == ODD_TOTAL_OFF && server->asked == server->total_at) {
    total = jobs + server->total_value;
  }
  if (total < 0) total = 0;
  if (total > server->largest_total) server->largest_total = total;
  if (total < server->smallest_total) server->smallest_total = total;
  return total;
}

static void write_range(struct odd_server *server, int64_t offset, int64_t count, char *headers,
                        size_t size) {
  const char *unit = server->range == RANGE_UNIT ? "items " : "";
  int64_t last =
      server->range == RANGE_LAST_INDEX || server->range == RANGE_UNIT ? offset + count - 1 : count;

  if (server->range == RANGE_NONE) return;
  if (server->range == RANGE_GARBAGE) {
    snprintf(headers, size, "Content-Range: pages 1/7\n");
    return;
  }
  if (count == 0) last = 0;
  snprintf(headers, size, "Content-Range: %s%" PRId64 "-%" PRId64 "/%" PRId64 "\n", unit, offset,
           last, total_of(server, offset, count));
}

static void write_record(const struct odd_server *server, size_t number, struct text_out *out) {
  static const char *const statuses[] = {"waiting", "syncing", "success", "fail"};
  const struct odd_job *job = &server->jobs[number];
  char time[ODD_TIME_MAX] = "null";
  const char *quote = job->time == NO_TIME ? "" : "\"";

  if (job->time != NO_TIME) odd_time(job->time, time);
  text_out_text(out, "{\"id\":");
  text_out_number(out, job->id);
  text_out_text(out, ",\"createdAt\":");
  text_out_text(out, quote);
  text_out_text(out, time);
  text_out_text(out, quote);
  text_out_text(out, ",\"namespace\":\"");
  text_out_text(out, server->place->name_space);
  text_out_text(out, "\",\"repoName\":\"");
  text_out_text(out, server->place->name);
  text_out_text(out, "\",\"status\":\"");
  text_out_text(out, statuses[job->status % 4]);
  text_out_text(out, "\",\"tag\":\"");
  text_out_text(out, job->tag);
  text_out_text(out, "\",\"remoteNamespace\":\"n");
  text_out_text(out, number % 2 ? "\\u002d" : "-"); /* one for json-c, one without it */
  text_out_number(out, (int64_t)number);
  text_out_text(out, "\"}");
}

static void write_page(struct odd_server *server, int64_t offset, int64_t count,
                       struct scripted_answer *answer) {
  size_t room = ((size_t)count + 1) * RECORD_MAX;
  char *body = plain_resize(NULL, room);
  struct text_out out = text_out_of(body, room);

  text_out_text(&out, "[");
  for (int64_t i = 0; i < count; i++) {
    if (i) text_out_text(&out, ",");
    write_record(server, server->list[odd_server_position(server, offset + i)], &out);
  }
  text_out_text(&out, "]");
  answer->status = 200;
  answer->body = body;
  answer->owned = body;
  answer->size = (size_t)(out.at - body);
}

static bool among(size_t number, size_t from, size_t to) {
  return from && number >= from && number <= to;
}

/* How many rows the answer has. */
static int64_t rows_of(const struct odd_server *server, int64_t offset, int64_t limit,
                       int64_t *claimed) {
  bool full;
  int64_t jobs = (int64_t)server->visible;
  int64_t left = offset < jobs ? jobs - offset : 0;

  if (server->limit_cap && limit > server->limit_cap) limit = server->limit_cap;
  full = limit <= left;
  if (!full) limit = left;
  *claimed = limit;
  if (offset >= server->empty_below && among(server->asked, server->empty_from, server->empty_to)) {
    limit = 0;
  } else if (full && among(server->asked, server->short_from, server->short_to)) {
    limit = limit > server->short_by ? limit - server->short_by : limit;
    if (server->short_claims) return limit;
  }
  *claimed = limit;
  return limit;
}

/* The newest that this answer lacks were not there all the time. */
static void lack_newest(struct odd_server *server) {
  size_t lacking = odd_random(&server->random, server->stale);

  if (lacking > server->count) lacking = server->count;
  server->visible = server->count - lacking;
  for (size_t i = server->visible; i < server->count; i++) {
    server->jobs[server->list[i]].from_start = false;
  }
}

void odd_server_answer(void *context, size_t number, const char *url,
                       struct scripted_answer *answer) {
  struct odd_server *server = context;
  int64_t limit = 1;
  int64_t offset = 0;
  int64_t asked;
  int64_t count;
  int64_t claimed;

  (void)number;
  server->asked++;
  if (server->before) server->before(server->before_context, server);
  if (server->shuffles_ties) shuffle_ties(server);
  lack_newest(server);
  if (among(server->asked, server->busy_from, server->busy_to)) {
    answer->status = 503;
    answer->body = "busy";
    return;
  }
  if (among(server->asked, server->gone_from, SIZE_MAX)) {
    answer->status = 404;
    answer->body =
        "{\"errors\":[{\"errorCode\":\"SVCSTG.SWR.4040010\",\"errorMessage\":\"no such repo\"}]}";
    return;
  }
  if (!CHECK(simulated_window(url, &limit, &offset, &server->descending)) ||
      (server->limit_refused && limit > server->limit_refused)) {
    answer->status = 400;
    answer->body =
        "{\"errors\":[{\"errorCode\":\"SVCSTG.SWR.4000018\",\"errorMessage\":\"limit is "
        "invalid\"}]}";
    return;
  }
  asked = offset;
  if (server->counts_pages) offset *= limit;
  if (server->ignores_offset) offset = 0;
  count = rows_of(server, offset, limit, &claimed);
  if (server->newest_empty && server->descending) {
    server->newest_empty = false;
    count = 0;
  }
  write_range(server, server->claims_asked ? asked : offset, claimed, answer->headers,
              sizeof answer->headers);
  write_page(server, offset, count, answer);
  server->last_offset = offset;
  server->last_count = count;
}

int64_t odd_server_job(const struct odd_server *server, const struct record_page *page,
                       size_t index) {
  size_t size;
  const char *text = record_page_text(page, index, JOB_REMOTE_NAMESPACE, &size);
  char time[ODD_TIME_MAX];
  const struct odd_job *job;
  int64_t number;

  if (!text || strncmp(text, "n-", 2) != 0) return -1;
  number = strtoll(text + 2, NULL, 10);
  if (number < 0 || (size_t)number >= server->job_count) return -1;
  job = &server->jobs[number];
  if (record_page_id(page, index) != job->id) return -1;
  text = record_page_text(page, index, JOB_TAG, &size);
  if (!text || strcmp(text, job->tag) != 0) return -1;
  text = record_page_text(page, index, JOB_CREATED_AT, &size);
  if (job->time == NO_TIME) return text ? -1 : number;
  odd_time(job->time, time);
  return text && strcmp(text, time) == 0 ? number : -1;
}
