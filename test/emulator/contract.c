/*
** The contract of the emulated call: strict checks of path, content type, names and filter, the
** page of records, and error bodies of every shape. Must not know who may ask, sockets, the HTTP
** library, the log or scripted answers.
*/
#include "contract.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LIMIT_MAX = 1000, UNLIMITED_MAX = 5000 };

/* What an answer is made from and into, so that the checks below can be short. */
struct call {
  const struct api_request *request;
  const struct dataset *data;
  const struct options *options;
  const char *request_id;
  uint64_t turn;
  struct answer *answer;
  char namespace_name[NAMESPACE_MAX + 2]; /* one more than allowed, so "too long" is still seen */
  char repository_name[REPOSITORY_MAX + 2];
};

struct filter {
  int64_t limit;
  int64_t offset;
  int order; /* enum job_order */
};

/* What the gateway in front of the service says; such bodies end with a newline. */
static bool gateway_error(struct call *call, unsigned status, const char *code,
                          const char *message) {
  struct text *body = &call->answer->body;
  call->answer->status = status;
  text_str(body, "{\"error_msg\":\"");
  text_json(body, message);
  text_str(body, "\",\"error_code\":\"");
  text_str(body, code);
  text_str(body, "\",\"request_id\":\"");
  text_str(body, call->request_id);
  text_str(body, "\"}\n");
  return false;
}

static bool service_error(struct call *call, unsigned status, const char *number,
                          const char *message) {
  static const char *const before[] = {"[", "{\"errors\":[", ""};
  static const char *const after[] = {"]", "]}", ""};
  struct text *body = &call->answer->body;
  call->answer->status = status;
  text_str(body, before[call->options->error_shape]);
  text_str(body, "{\"errorCode\":\"SVCSTG.SWR.");
  text_str(body, number);
  text_str(body, "\",\"errorMessage\":\"");
  text_str(body, message);
  text_str(body, "\",\"detail\":\"");
  text_str(body, message);
  text_str(body, "\"}");
  text_str(body, after[call->options->error_shape]);
  return false;
}

static bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

static bool is_lower_or_digit(char c) { return is_lower(c) || (c >= '0' && c <= '9'); }

/*
** Characters, first, last and length only. The documents disagree on which separators may touch,
** so a name that breaks just those rules counts as possible.
*/
bool namespace_name_valid(const char *name) {
  size_t length = strlen(name);
  if (length < 1 || length > NAMESPACE_MAX) return false;
  if (!is_lower(name[0]) || !is_lower_or_digit(name[length - 1])) return false;
  for (; *name; name++) {
    if (!is_lower_or_digit(*name) && !strchr("._-", *name)) return false;
  }
  return true;
}

bool repository_name_valid(const char *name) {
  size_t length = strlen(name);
  if (length < 1 || length > REPOSITORY_MAX) return false;
  if (!is_lower_or_digit(name[0]) || !is_lower_or_digit(name[length - 1])) return false;
  for (; *name; name++) {
    if (!is_lower_or_digit(*name) && !strchr("._-/", *name)) return false;
  }
  return true;
}

/* A segment as a name; what cannot be one becomes a text that no name rule accepts. */
static void decode_name(const char *segment, size_t length, char *name, size_t room) {
  char *decoded = memory_or_exit(NULL, length + 1);
  bool usable = percent_decode(segment, length, decoded);
  size_t decoded_length = usable ? strlen(decoded) : 0;
  if (!usable || decoded_length >= room) {
    memcpy(name, "?", 2);
  } else {
    memcpy(name, decoded, decoded_length + 1);
  }
  free(decoded);
}

/* The gateway routes by slashes, encoded or not; hence the `$` that stands for them in names. */
static bool has_encoded_slash(const char *segment, size_t length) {
  size_t i;
  for (i = 0; i + 2 < length; i++) {
    if (segment[i] == '%' && segment[i + 1] == '2' && (segment[i + 2] | 0x20) == 'f') return true;
  }
  return false;
}

static bool expect(const char **at, const char *literal) {
  size_t length = strlen(literal);
  if (strncmp(*at, literal, length) != 0) return false;
  *at += length;
  return true;
}

static bool segment(const char **at, const char **start, size_t *length) {
  *start = *at;
  *length = strcspn(*at, "/?#");
  *at += *length;
  return *length > 0 && !has_encoded_slash(*start, *length);
}

static bool route(struct call *call) {
  const char *at = call->request->uri;
  const char *namespace_at, *repository_at;
  size_t namespace_length, repository_length;
  char *c;
  if (strcmp(call->request->method, "GET") != 0 || !expect(&at, "/v2/manage/namespaces/") ||
      !segment(&at, &namespace_at, &namespace_length) || !expect(&at, "/repos/") ||
      !segment(&at, &repository_at, &repository_length) || !expect(&at, "/sync_job") ||
      (*at != '?' && *at != '\0')) {
    return gateway_error(call, 404, "APIGW.0101",
                         "The API does not exist or has not been published in the environment");
  }
  decode_name(namespace_at, namespace_length, call->namespace_name, sizeof call->namespace_name);
  decode_name(repository_at, repository_length, call->repository_name,
              sizeof call->repository_name);
  for (c = call->repository_name; *c; c++) {
    if (*c == '$') *c = '/';
  }
  return true;
}

static bool check_content_type(struct call *call) {
  static const char plain[] = "application/json";
  const char *type = call->request->content_type;
  if (!type) {
    return service_error(call, 400, "4001014", "The header Content-Type is missing.");
  }
  if (strncasecmp(type, plain, sizeof plain - 1) == 0) {
    const char *rest = type + sizeof plain - 1;
    if (!*rest) return true;
    if (*rest == ';') {
      rest += 1 + strspn(rest + 1, " ");
      if (strcasecmp(rest, "charset=utf-8") == 0) return true;
    }
  }
  return service_error(call, 400, "4001014", "The header Content-Type must be application/json.");
}

static bool check_names(struct call *call) {
  if (!namespace_name_valid(call->namespace_name)) {
    return service_error(call, 400, "4001028", "Invalid organization name.");
  }
  if (!repository_name_valid(call->repository_name)) {
    return service_error(call, 400, "4001029", "Invalid image repository name.");
  }
  return true;
}

enum filter_fault { FILTER_FINE, FILTER_BAD, FILTER_BAD_LIMIT };

/* Of one key::value; `seen` has one letter of "loO" per key met, as each may come once only. */
static enum filter_fault parse_term(char *term, struct filter *filter, char *seen) {
  char *value = strstr(term, "::");
  const char *letter;
  if (!value) return FILTER_BAD;
  *value = '\0';
  value += 2;
  if (strcmp(term, "limit") == 0) {
    letter = "l";
  } else if (strcmp(term, "offset") == 0) {
    letter = "o";
  } else if (strcmp(term, "order") == 0) {
    letter = "O";
  } else {
    return FILTER_BAD;
  }
  if (strchr(seen, *letter)) return FILTER_BAD;
  seen[strlen(seen)] = *letter;
  if (*letter == 'O') {
    if (strcmp(value, "asc") != 0 && strcmp(value, "desc") != 0) return FILTER_BAD;
    filter->order = *value == 'a' ? ORDER_ASC : ORDER_DESC;
  } else if (*letter == 'l') {
    if (!*value || strspn(value, "0123456789") != strlen(value)) return FILTER_BAD;
    if (!number_parse(value, LIMIT_MAX, &filter->limit) || filter->limit < 1) {
      return FILTER_BAD_LIMIT;
    }
  } else if (!number_parse(value, INT64_MAX / 2, &filter->offset)) {
    return FILTER_BAD;
  }
  return FILTER_FINE;
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
    service_error(call, 400, "4001025", "Invalid query parameter.");
  } else if (!value) {
    service_error(call, 400, "4001036", "The mandatory parameter filter is missing.");
  } else {
    switch (parse_filter(value, filter)) {
      case FILTER_BAD:
        service_error(call, 400, "4001035", "Invalid filter.");
        break;
      case FILTER_BAD_LIMIT:
        service_error(call, 400, "4000056", "Invalid page size.");
        break;
      default:
        good = true;
    }
  }
  query_free(&query);
  return good;
}

static const struct repository *find_repository(struct call *call) {
  const struct repository *repository;
  char image[IMAGE_MAX + 1];
  snprintf(image, sizeof image, "%.*s/%.*s", NAMESPACE_MAX, call->namespace_name, REPOSITORY_MAX,
           call->repository_name);
  repository = dataset_find(call->data, image);
  if (!repository) {
    if (dataset_has_namespace(call->data, call->namespace_name)) {
      service_error(call, 404, "4040010", "The image repository does not exist.");
    } else {
      service_error(call, 404, "4040058", "The organization does not exist.");
    }
  }
  return repository;
}

/* The documented form is offset-count/total; all others are what a client has to survive. */
static void describe_range(struct call *call, int64_t offset, int64_t total) {
  char *out = call->answer->content_range;
  size_t room = sizeof call->answer->content_range;
  int64_t count = call->answer->records;
  switch (call->options->content_range) {
    case RANGE_COUNT:
      snprintf(out, room, "%" PRId64 "-%" PRId64 "/%" PRId64, offset, count, total);
      break;
    case RANGE_INDEX:
      if (count) {
        snprintf(out, room, "%" PRId64 "-%" PRId64 "/%" PRId64, offset, offset + count - 1, total);
      } else {
        snprintf(out, room, "*/%" PRId64, total);
      }
      break;
    case RANGE_GARBAGE:
      snprintf(out, room, "bytes */*x");
      break;
    case RANGE_FOREIGN_OFFSET:
      snprintf(out, room, "0-%" PRId64 "/%" PRId64, count, total);
      break;
    case RANGE_NEGATIVE:
      snprintf(out, room, "-1--1/-1");
      break;
    case RANGE_HUGE:
      snprintf(out, room, "%" PRId64 "-%" PRId64 "/99999999999999999999", offset, count);
      break;
    case RANGE_SHORT:
      snprintf(out, room, "%" PRId64 "-%" PRId64 "/%" PRId64, offset, count, count / 2);
      break;
    case RANGE_PAGE:
      snprintf(out, room, "%" PRId64 "-%" PRId64 "/%" PRId64, offset, count, offset + count);
      break;
    default:
      break;
  }
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

static int64_t told_total(const struct options *options, int64_t total) {
  total = total > options->total_lag ? total - options->total_lag : 0;
  return options->total_cap && total > options->total_cap ? options->total_cap : total;
}

static void write_page(struct call *call, const struct repository *repository,
                       const struct filter *filter) {
  const struct options *options = call->options;
  struct record_form form = {options->repo_name, options->pretty};
  struct text *body = &call->answer->body;
  int64_t total = repository_count(repository);
  int64_t offset = options->ignore_offset ? 0 : filter->offset;
  int64_t limit = options->ignore_limit ? UNLIMITED_MAX : filter->limit;
  int order = options->ignore_order ? options->default_order : filter->order;
  int64_t count, i, listed;
  if (options->offset_pages) offset = offset < total ? offset * limit : total;
  if (options->limit_cap && limit > options->limit_cap) limit = options->limit_cap;
  count = offset < total ? total - offset : 0;
  if (count > limit) count = limit;
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
  describe_range(call, options->offset_pages ? filter->offset : offset, told_total(options, total));
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
  struct filter filter = {0, 0, ORDER_DESC};
  const struct repository *repository;
  if (!route(&call)) return;
  if (refusal) {
    gateway_error(&call, 401, "APIGW.0301", refusal);
    return;
  }
  if (!check_content_type(&call) || !check_names(&call) || !check_query(&call, &filter)) return;
  if (options->limit_refused && filter.limit > options->limit_refused) {
    service_error(&call, 400, "4000056", "Invalid page size.");
    return;
  }
  repository = find_repository(&call);
  if (repository) write_page(&call, repository, &filter);
}
