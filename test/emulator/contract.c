/*
** The contract of the emulated call: strict checks of path, content type, names and filter, the
** page of records, and error bodies of every shape. Must not know who may ask, sockets, the HTTP
** library, the log or scripted answers.
*/
#include "contract.h"

#include "call.h"
#include "lists.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT_MAX = 1000, UNLIMITED_MAX = 5000 };

struct filter {
  int64_t limit;
  int64_t offset;
  int order; /* enum job_order */
};

static void answer_jobs(struct call *call);

/* The lists of the API. A path that names a repository has its names decoded and checked. */
static const struct list {
  const char *path; /* {n} and {r} stand for names, {p} for a project */
  void (*answer)(struct call *call);
} lists[] = {
    {"/v2/manage/namespaces/{n}/repos/{r}/sync_job", answer_jobs},
    {"/v2/manage/namespaces/{n}/repos/{r}/sync_repo", list_rules},
    {"/v2/manage/namespaces/{n}/repos/{r}/tags", list_tags},
    {"/v2/manage/namespaces/{n}/repos/{r}/retentions/histories", list_retention_log},
    {"/v2/manage/namespaces", list_namespaces},
    {"/v2/manage/repos", list_repositories},
    {"/v2/manage/regions", list_regions},
    {"/v2/manage/overview", list_overview},
    {"/v2/manage/projects/{p}/feature-gates", list_features},
};

/* True if a path, without its query, is of this form; names are decoded on the way. */
static bool fits(struct call *call, const char *form) {
  const char *at = call->request->uri;
  char *c;
  for (; *form; form++) {
    const char *start;
    size_t length;
    if (*form != '{') {
      if (*at++ != *form) return false;
      continue;
    }
    if (!call_segment(&at, &start, &length)) return false;
    if (form[1] == 'p') {
      /* any project is the account's */
    } else if (form[1] == 'n') {
      call_decode_name(start, length, call->namespace_name, sizeof call->namespace_name);
    } else {
      call_decode_name(start, length, call->repository_name, sizeof call->repository_name);
    }
    form += 2;
  }
  for (c = call->repository_name; *c; c++) {
    if (*c == '$') *c = '/';
  }
  return *at == '?' || *at == '\0';
}

static const struct list *route(struct call *call) {
  size_t i;
  for (i = 0; i < sizeof lists / sizeof lists[0]; i++) {
    if (fits(call, lists[i].path)) break;
  }
  if (i == sizeof lists / sizeof lists[0] || strcmp(call->request->method, "GET") != 0 ||
      (lists[i].answer == list_regions && !call->options->regions)) {
    call_gateway_error(call, 404, "APIGW.0101",
                       "The API does not exist or has not been published in the environment");
    return NULL;
  }
  call->in_repository = strstr(lists[i].path, "{r}") != NULL;
  return &lists[i];
}

enum filter_fault { FILTER_FINE, FILTER_BAD, FILTER_BAD_LIMIT };

static enum filter_fault parse_limit(const char *value, struct filter *filter) {
  if (!*value || strspn(value, "0123456789") != strlen(value)) return FILTER_BAD;
  return number_parse(value, LIMIT_MAX, &filter->limit) && filter->limit >= 1 ? FILTER_FINE
                                                                              : FILTER_BAD_LIMIT;
}

static enum filter_fault parse_offset(const char *value, struct filter *filter) {
  return number_parse(value, INT64_MAX / 2, &filter->offset) ? FILTER_FINE : FILTER_BAD;
}

static enum filter_fault parse_order(const char *value, struct filter *filter) {
  if (strcmp(value, "asc") != 0 && strcmp(value, "desc") != 0) return FILTER_BAD;
  filter->order = *value == 'a' ? ORDER_ASC : ORDER_DESC;
  return FILTER_FINE;
}

/* Of one key::value; `seen` has one letter of "loO" per key met, as each may come once only. */
static enum filter_fault parse_term(char *term, struct filter *filter, char *seen) {
  static const struct {
    const char *key;
    char letter;
    enum filter_fault (*parse)(const char *value, struct filter *filter);
  } keys[] = {
      {"limit", 'l', parse_limit}, {"offset", 'o', parse_offset}, {"order", 'O', parse_order}};
  char *value = strstr(term, "::");
  const size_t count = sizeof keys / sizeof keys[0];
  size_t i = 0;
  if (!value) return FILTER_BAD;
  *value = '\0';
  while (i < count && strcmp(term, keys[i].key) != 0) i++;
  if (i == count || strchr(seen, keys[i].letter)) return FILTER_BAD;
  seen[strlen(seen)] = keys[i].letter;
  return keys[i].parse(value + 2, filter);
}

/* A grammar fault wins over a limit out of range, whichever comes first in the text. */
static enum filter_fault parse_filter(const char *text, struct filter *filter) {
  enum filter_fault result = FILTER_FINE;
  char seen[4] = "";
  char term[64];
  for (;;) {
    size_t length = strcspn(text, "|");
    enum filter_fault fault;
    if (length >= sizeof term) return FILTER_BAD;
    memcpy(term, text, length);
    term[length] = '\0';
    fault = parse_term(term, filter, seen);
    if (fault == FILTER_BAD) return fault;
    if (fault != FILTER_FINE) result = fault;
    if (!text[length]) break;
    text += length + 1;
  }
  return strchr(seen, 'l') && strchr(seen, 'o') ? result : FILTER_BAD;
}

static bool check_query(struct call *call, struct filter *filter) {
  const char *mark = strchr(call->request->uri, '?');
  struct query query;
  bool parsed = query_parse(mark ? mark + 1 : "", &query);
  const char *value = parsed ? query_value(&query, "filter") : NULL;
  bool good = false;
  size_t i, others = 0;
  for (i = 0; i < query.count; i++) {
    if (query.value[i] != value) others++;
  }
  filter->order = call->options->default_order;
  if (!parsed || others) {
    call_service_error(call, 400, "4001025", "Invalid query parameter.");
  } else if (!value) {
    call_service_error(call, 400, "4001036", "The mandatory parameter filter is missing.");
  } else {
    switch (parse_filter(value, filter)) {
      case FILTER_BAD:
        call_service_error(call, 400, "4001035", "Invalid filter.");
        break;
      case FILTER_BAD_LIMIT:
        call_service_error(call, 400, "4000056", "Invalid page size.");
        break;
      default:
        good = true;
    }
  }
  query_free(&query);
  return good;
}

/* Jobs of one time change places with every request: each run of them is turned on by one. */
static int64_t turn_ties(const struct call *call, const struct repository *repository,
                         int64_t listed) {
  int64_t count = repository_count(repository);
  int64_t first = listed, last = listed;
  int64_t runs;
  while (first > 0 && repository_tied(repository, first - 1, listed)) first--;
  while (last + 1 < count && repository_tied(repository, last + 1, listed)) last++;
  runs = last - first + 1;
  return first + (listed - first + (int64_t)(call->turn % (uint64_t)runs)) % runs;
}

static int64_t heeded_limit(const struct options *options, const struct filter *filter) {
  return options->ignore_limit ? UNLIMITED_MAX : filter->limit;
}

/* Of the page's first job. */
static int64_t page_offset(const struct options *options, const struct filter *filter,
                           int64_t total) {
  if (options->ignore_offset) return 0;
  if (!options->offset_pages) return filter->offset;
  return filter->offset < total ? filter->offset * heeded_limit(options, filter) : total;
}

/* Of its jobs, where `left` are there. */
static int64_t page_count(const struct options *options, const struct filter *filter,
                          int64_t left) {
  int64_t limit = heeded_limit(options, filter);
  if (options->limit_cap && limit > options->limit_cap) limit = options->limit_cap;
  return left < limit ? left : limit;
}

static void write_page(struct call *call, const struct repository *repository,
                       const struct filter *filter) {
  const struct options *options = call->options;
  struct record_form form = {options->repo_name, options->pretty};
  struct text *body = &call->answer->body;
  int64_t total = repository_count(repository);
  int64_t offset = page_offset(options, filter, total);
  int64_t count = page_count(options, filter, offset < total ? total - offset : 0);
  int order = options->ignore_order ? options->default_order : filter->order;
  int64_t i, listed;
  text_str(body, "[");
  for (i = offset; i < offset + count; i++) {
    if (i > offset) text_str(body, ",");
    if (options->pretty) text_str(body, "\n  ");
    listed = order == ORDER_ASC ? i : total - 1 - i;
    if (options->shuffle_ties) listed = turn_ties(call, repository, listed);
    repository_record(repository, repository_position(repository, listed), &form, body);
  }
  text_str(body, options->pretty && count ? "\n]\n" : "]");
  call->answer->status = 200;
  call->answer->records = count;
  call_describe_range(call, options->offset_pages ? filter->offset : offset,
                      call_told_total(options, total));
}

static void answer_jobs(struct call *call) {
  const struct options *options = call->options;
  struct filter filter = {0, 0, ORDER_DESC};
  const struct repository *repository;
  if (!check_query(call, &filter)) return;
  if (options->limit_refused && filter.limit > options->limit_refused) {
    call_service_error(call, 400, "4000056", "Invalid page size.");
    return;
  }
  repository = call_find_repository(call);
  if (repository) write_page(call, repository, &filter);
}

/* Whether the repository that the path names is one that the caller must not read. */
static bool forbidden(const struct call *call) {
  const char *image = call->options->forbidden;
  size_t length = strlen(call->namespace_name);
  return call->in_repository && strncmp(image, call->namespace_name, length) == 0 &&
         image[length] == '/' && strcmp(image + length + 1, call->repository_name) == 0;
}

/* Gateway first, then the service: the order in which the real ones would refuse. */
void contract_answer(const struct api_request *request, const char *refusal,
                     const struct dataset *data, const struct options *options,
                     const char *request_id, uint64_t turn, struct answer *answer) {
  struct call call = {.request = request,
                      .data = data,
                      .options = options,
                      .request_id = request_id,
                      .turn = turn,
                      .answer = answer};
  const struct list *list = route(&call);
  if (!list) return;
  if (refusal) {
    call_gateway_error(&call, 401, "APIGW.0301", refusal);
    return;
  }
  if (!call_check_content_type(&call)) return;
  if (call.in_repository && !call_check_names(&call)) return;
  if (forbidden(&call)) {
    call_service_error(&call, 403, "4039002", "No permission to do this operation.");
    return;
  }
  list->answer(&call);
}

void contract_throttle(const char *message, const char *request_id, struct answer *answer) {
  struct call call = {.request_id = request_id, .answer = answer};
  call_gateway_error(&call, 429, "APIGW.0308", message);
}
