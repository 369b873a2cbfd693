/*
** What the service has: see world.h.
*/
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))
#define LINE_MAX_BYTES 2048

/* What a job and a rule say alike: what is copied, and where to. */
#define COPIED                                                                                     \
  {"domainID", "\"d-1\""}, {"domainName", "\"domain\""}, {"id", "@#"}, {"namespace", "\"group\""}, \
      {"override", "true"}, {"remoteNamespace", "\"away\""}, {"remoteRegionId", "\"cn-east-3\""},  \
  {                                                                                                \
    "repoName", "\"app@\""                                                                         \
  }

static const struct world_member job[] = {{"createdAt", "\"2026-01-01T00:0#:0@Z\""},
                                          {"updatedAt", "\"2026-01-01T01:00:0#Z\""},
                                          COPIED,
                                          {"status", "\"success\""},
                                          {"syncOperatorId", "\"o-1\""},
                                          {"syncOperatorName", "\"ann\""},
                                          {"tag", "\"v#\""}};

static const struct world_member name_space[] = {
    {"id", "7"},   {"name", "\"group\""},      {"creator_name", "\"ann\""},
    {"auth", "7"}, {"access_user_count", "2"}, {"repo_count", "3"}};

static const struct world_member details[] = {{"name", "\"app#\""},
                                              {"category", "\"other\""},
                                              {"description", "\"\""},
                                              {"size", "1000"},
                                              {"is_public", "false"},
                                              {"num_images", "5"},
                                              {"num_download", "9"},
                                              {"created_at", "\"2025-01-01T00:00:00Z\""},
                                              {"updated_at", "\"2025-02-01T00:00:00Z\""},
                                              {"logo", "\"\""},
                                              {"url", "\"\""},
                                              {"path", "\"swr.test/group/app#\""},
                                              {"internal_path", "\"10.0.0.1/group/app#\""},
                                              {"domain_name", "\"domain\""},
                                              {"namespace", "\"group\""},
                                              {"tags", "[\"v1\",\"v2\"]"},
                                              {"status", "false"},
                                              {"total_range", "3"}};

static const struct world_member tag[] = {{"id", "@#"},
                                          {"repo_id", "@"},
                                          {"Tag", "\"v#\""},
                                          {"image_id", "\"i-#\""},
                                          {"manifest", "\"{\\\"schemaVersion\\\":2}\""},
                                          {"digest", "\"sha256:0#\""},
                                          {"schema", "2"},
                                          {"path", "\"swr.test/group/app@:v#\""},
                                          {"internal_path", "\"10.0.0.1/group/app@:v#\""},
                                          {"size", "100"},
                                          {"is_trusted", "false"},
                                          {"created", "\"2025-01-01T00:00:0#Z\""},
                                          {"updated", "\"2025-02-01T00:00:0#Z\""},
                                          {"deleted", "null"},
                                          {"domain_id", "\"d-1\""},
                                          {"scanned", "false"},
                                          {"tag_type", "0"}};

static const struct world_member rule[] = {{"createdAt", "\"2025-01-01T00:00:0#Z\""},
                                           {"updatedAt", "\"2025-01-02T00:00:0#Z\""},
                                           COPIED,
                                           {"syncAuto", "true"}};

static const struct world_member region[] = {{"regionID", "\"cn-north-#\""},
                                             {"registryURL", "\"https://swr.test\""}};

static const struct world_member overview[] = {
    {"domain_id", "\"d-1\""}, {"domain_name", "\"domain\""}, {"namspace_num", "1"},
    {"repo_num", "3"},        {"image_num", "15"},           {"store_space", "1.5"},
    {"downflow_size", "0.25"}};

static const struct world_member retention[] = {
    {"created_at", "\"2025-01-01T00:00:0#Z\""},
    {"id", "@#"},
    {"namespace", "\"group\""},
    {"repo", "\"app@\""},
    {"retention_id", "7"},
    {"rule_type", "\"{\\\"template\\\":\\\"date\\\"}\""},
    {"tag", "\"old-#\""}};

#define IMAGE "image = 'group/app1'"
const struct world_list world_lists[] = {
    {"swr_sync_job", "/sync_job", NULL, IMAGE, job, 5, COUNT(job)},
    {"swr_namespace", "/namespaces", "namespaces", "1", name_space, 1, COUNT(name_space)},
    {"swr_repo", "/manage/repos", NULL, "1", details, WORLD_REPOSITORIES, COUNT(details)},
    {"swr_tag", "/tags", NULL, IMAGE, tag, 2, COUNT(tag)},
    {"swr_sync_rule", "/sync_repo", NULL, IMAGE, rule, 2, COUNT(rule)},
    {"swr_sync_region", "/regions", NULL, "1", region, 2, COUNT(region)},
    {"swr_overview", "/overview", "", "1", overview, 1, COUNT(overview)},
    {"swr_retention_log", "/histories", "retention_log", IMAGE, retention, 2, COUNT(retention)}};
const int world_list_count = COUNT(world_lists);

/* ---- text ---- */

static void append_bytes(struct world_text *text, const char *more, size_t size) {
  if (size > sizeof text->bytes - text->size) abort();
  memcpy(text->bytes + text->size, more, size);
  text->size += size;
}

void world_append(struct world_text *text, const char *more) {
  append_bytes(text, more, strlen(more));
}

/* ---- what is asked ---- */

struct question {
  char path[LINE_MAX_BYTES]; /* decoded, with the query */
  int repository;            /* 0: none is named */
  int limit;
  int offset;
  bool descending;
};

static int after(const char *path, const char *words, int otherwise) {
  const char *found = strstr(path, words);

  return found ? (int)strtol(found + strlen(words), NULL, 10) : otherwise;
}

/* The second word of the line, decoded. */
static void read_question(const char *line, struct question *question) {
  const char *at = strchr(line, ' ');
  size_t size = 0;

  at = at ? at + 1 : line;
  for (; *at && *at != ' ' && *at != '\r' && size + 1 < sizeof question->path; at++) {
    char code[3] = "";
    if (at[0] == '%') snprintf(code, sizeof code, "%.2s", at + 1);
    question->path[size] = *at;
    if (code[0]) {
      question->path[size] = (char)strtol(code, NULL, 16);
      at += strlen(code);
    }
    size++;
  }
  question->path[size] = '\0';
  question->repository = after(question->path, "/repos/app", 0);
  question->limit = after(question->path, "limit::", 1000);
  question->offset = after(question->path, "offset::", 0);
  question->descending =
      strstr(question->path, "order::desc") || strstr(question->path, "order_type::desc");
}

static const struct world_list *list_asked(const struct question *question) {
  size_t size = strcspn(question->path, "?");

  for (int i = 0; i < world_list_count; i++) {
    size_t length = strlen(world_lists[i].path);
    if (size >= length && !memcmp(question->path + size - length, world_lists[i].path, length)) {
      return &world_lists[i];
    }
  }
  return NULL;
}

/* ---- records ---- */

static void append_value(struct world_text *text, const char *value, int number, int repository) {
  for (; *value; value++) {
    char digit = (char)('0' + (*value == '#' ? number : repository));
    append_bytes(text, *value == '#' || *value == '@' ? &digit : value, 1);
  }
}

/* The first letter as an escape: a member that is not plain, and means the same. */
static void append_name(struct world_text *text, const char *name, bool plain) {
  char escape[8];

  world_append(text, "\"");
  snprintf(escape, sizeof escape, "\\u%04x", (unsigned)(unsigned char)*name);
  if (!plain) world_append(text, escape);
  world_append(text, plain ? name : name + 1);
  world_append(text, "\":");
}

static void append_record(struct world_text *text, const struct world_list *list, int number,
                          int of_repository, const struct world_change *change) {
  bool any = false;

  world_append(text, "{");
  for (int i = 0; i < list->member_count; i++) {
    const struct world_member *member = &list->members[i];
    bool changed = change && change->list == list && !strcmp(change->member, member->name);
    if (changed && !change->value) continue;
    if (any) world_append(text, ",");
    any = true;
    append_name(text, member->name, of_repository != WORLD_REPOSITORIES || i % 5);
    if (changed) {
      world_append(text, change->value);
    } else {
      append_value(text, member->value, number, of_repository);
    }
  }
  world_append(text, "}");
}

static void append_records(struct world_answer *answer, const struct world_list *list,
                           const struct question *question, const struct world_change *change) {
  char range[80];
  int end = question->offset + question->limit;
  int count;

  if (end > list->records) end = list->records;
  count = end > question->offset ? end - question->offset : 0;
  snprintf(range, sizeof range, "Content-Range: %d-%d/%d\r\n", question->offset, count,
           list->records);
  world_append(&answer->headers, range);
  for (int i = 0; i < count; i++) {
    int index = question->offset + i;
    int number = question->descending ? list->records - index : index + 1;
    if (i) world_append(&answer->body, ",");
    append_record(&answer->body, list, number, question->repository, i ? NULL : change);
  }
}

static void append_list(struct world_answer *answer, const struct world_list *list,
                        const struct question *question, const struct world_change *change) {
  if (list->envelope && !*list->envelope) {
    append_record(&answer->body, list, 1, 0, change);
    return;
  }
  if (list->envelope) {
    world_append(&answer->body, "{\"");
    world_append(&answer->body, list->envelope);
    world_append(&answer->body, "\":");
  }
  world_append(&answer->body, "[");
  append_records(answer, list, question, change);
  world_append(&answer->body, list->envelope ? "]}" : "]");
}

/* ---- answers ---- */

static void refuse(struct world_answer *answer, int status, const char *body) {
  answer->status = status;
  world_append(&answer->body, body);
}

static void give_token(struct world_answer *answer) {
  answer->status = 201;
  world_append(&answer->headers, "X-Subject-Token: right-token\r\n");
  world_append(&answer->body,
               "{\"token\":{\"expires_at\":\"2999-11-27T08:00:00.000000Z\","
               "\"issued_at\":\"2999-11-26T08:00:00.000000Z\"}}");
}

void world_ask(const char *line, bool accepted, const struct world_change *change,
               struct world_answer *answer) {
  struct question question;
  const struct world_list *list;

  answer->status = 200;
  answer->headers.size = 0;
  answer->body.size = 0;
  world_append(&answer->headers, "Content-Type: application/json\r\nX-Request-Id: r-1\r\n");
  read_question(line, &question);
  list = list_asked(&question);
  if (!strncmp(line, "POST ", 5)) {
    give_token(answer);
  } else if (!accepted) {
    refuse(answer, 401, "{\"error_msg\":\"no such token\",\"error_code\":\"APIGW.0301\"}");
  } else if (!list) {
    refuse(answer, 404, "{\"error_msg\":\"no such path\",\"error_code\":\"APIGW.0101\"}");
  } else if (strstr(question.path, "/repos/") &&
             (question.repository < 1 || question.repository > WORLD_REPOSITORIES)) {
    refuse(answer, 404,
           "[{\"errorCode\":\"SVCSTG.SWR.4040010\",\"errorMessage\":\"no such repository\"}]");
  } else {
    append_list(answer, list, &question, change);
  }
}
