/*
** One call of the API while it is answered: see call.h.
*/
#include "call.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What the gateway in front of the service says; such bodies end with a newline. */
bool call_gateway_error(struct call *call, unsigned status, const char *code, const char *message) {
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

bool call_service_error(struct call *call, unsigned status, const char *number,
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
void call_decode_name(const char *segment, size_t length, char *name, size_t room) {
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

bool call_expect(const char **at, const char *literal) {
  size_t length = strlen(literal);
  if (strncmp(*at, literal, length) != 0) return false;
  *at += length;
  return true;
}

bool call_segment(const char **at, const char **start, size_t *length) {
  *start = *at;
  *length = strcspn(*at, "/?#");
  *at += *length;
  return *length > 0 && !has_encoded_slash(*start, *length);
}

bool call_check_content_type(struct call *call) {
  static const char plain[] = "application/json";
  const char *type = call->request->content_type;
  if (!type) {
    return call_service_error(call, 400, "4001014", "The header Content-Type is missing.");
  }
  if (strncasecmp(type, plain, sizeof plain - 1) == 0) {
    const char *rest = type + sizeof plain - 1;
    if (!*rest) return true;
    if (*rest == ';') {
      rest += 1 + strspn(rest + 1, " ");
      if (strcasecmp(rest, "charset=utf-8") == 0) return true;
    }
  }
  return call_service_error(call, 400, "4001014",
                            "The header Content-Type must be application/json.");
}

bool call_check_names(struct call *call) {
  if (!namespace_name_valid(call->namespace_name)) {
    return call_service_error(call, 400, "4001028", "Invalid organization name.");
  }
  if (!repository_name_valid(call->repository_name)) {
    return call_service_error(call, 400, "4001029", "Invalid image repository name.");
  }
  return true;
}

const struct repository *call_find_repository(struct call *call) {
  const struct repository *repository;
  char image[IMAGE_MAX + 1];
  snprintf(image, sizeof image, "%.*s/%.*s", NAMESPACE_MAX, call->namespace_name, REPOSITORY_MAX,
           call->repository_name);
  repository = dataset_find(call->data, image);
  if (!repository) {
    if (dataset_has_namespace(call->data, call->namespace_name)) {
      call_service_error(call, 404, "4040010", "The image repository does not exist.");
    } else {
      call_service_error(call, 404, "4040058", "The organization does not exist.");
    }
  }
  return repository;
}

/* The documented form is offset-count/total; all others are what a client has to survive. */
void call_describe_range(struct call *call, int64_t offset, int64_t total) {
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

int64_t call_told_total(const struct options *options, int64_t total) {
  total = total > options->total_lag ? total - options->total_lag : 0;
  return options->total_cap && total > options->total_cap ? options->total_cap : total;
}
