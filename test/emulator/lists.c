/*
** The lists of the API besides sync jobs: see lists.h.
*/
#include "lists.h"
#include "catalogue.h"

#include <stdlib.h>
#include <string.h>

enum { LIMIT_DEFAULT = 100 };

/* What a query asks for; texts point into its storage. */
struct wanted {
  struct query query;
  char *filter; /* taken apart */
  const char *name_space;
  const char *name;
  const char *tag;
  const char *mode;
  const char *order_column;
  const char *order_type;
  const char *limit_text;
  const char *offset_text;
  int64_t limit;
  int64_t offset;
};

static void forget(struct wanted *wanted) {
  free(wanted->filter);
  query_free(&wanted->query);
}

/* Where a parameter's value goes; NULL for one that is not known. */
static const char **place_of(struct wanted *wanted, const char *name) {
  const struct {
    const char *name;
    const char **place;
  } known[] = {{"namespace", &wanted->name_space},
               {"name", &wanted->name},
               {"tag", &wanted->tag},
               {"mode", &wanted->mode},
               {"order_column", &wanted->order_column},
               {"order_type", &wanted->order_type},
               {"limit", &wanted->limit_text},
               {"offset", &wanted->offset_text}};
  size_t i;
  for (i = 0; i < sizeof known / sizeof known[0]; i++) {
    if (strcmp(name, known[i].name) == 0) return known[i].place;
  }
  return NULL;
}

/* `limit::10|offset::0`: each key once. */
static bool take_filter(struct wanted *wanted, const char *text) {
  size_t length = strlen(text) + 1;
  char *at = memcpy(memory_or_exit(NULL, length), text, length);
  wanted->filter = at;
  while (at) {
    char *next = strchr(at, '|');
    char *value = strstr(at, "::");
    const char **place;
    if (next) *next++ = '\0';
    if (!value || (next && value >= next)) return false;
    *value = '\0';
    place = place_of(wanted, at);
    if (!place || *place || !value[2]) return false;
    *place = value + 2;
    at = next;
  }
  return true;
}

/* A filter voids plain parameters. */
static bool take_query(struct wanted *wanted, const char *uri) {
  const char *mark = strchr(uri, '?');
  const char *filter;
  size_t i;
  if (!query_parse(mark ? mark + 1 : "", &wanted->query)) return false;
  filter = query_value(&wanted->query, "filter");
  if (filter) return take_filter(wanted, filter);
  for (i = 0; i < wanted->query.count; i++) {
    const char **place = place_of(wanted, wanted->query.name[i]);
    if (!place || *place) return false;
    *place = wanted->query.value[i];
  }
  return true;
}

static bool take_page(struct call *call, struct wanted *wanted) {
  wanted->limit = LIMIT_DEFAULT;
  if (wanted->limit_text && wanted->offset_text) {
    if (!number_parse(wanted->limit_text, INT64_MAX / 2, &wanted->limit) ||
        !number_parse(wanted->offset_text, INT64_MAX / 2, &wanted->offset)) {
      return call_service_error(call, 400, "4001025", "Invalid query parameter.");
    }
    if (wanted->limit < 1 || wanted->limit > call->options->list_limit) {
      return call_service_error(call, 400, "4000056", "Invalid page size.");
    }
    if (call->options->list_aligned && wanted->offset % wanted->limit) {
      return call_service_error(call, 400, "4001025", "Offset must be a multiple of limit.");
    }
  } else if (wanted->limit_text || wanted->offset_text) {
    return call_service_error(call, 400, "4001025", "limit and offset must be used together.");
  }
  if (!wanted->order_column != !wanted->order_type) {
    return call_service_error(call, 400, "4001025", "order_column wants an order_type.");
  }
  if (wanted->order_type && strcmp(wanted->order_type, "asc") != 0 &&
      strcmp(wanted->order_type, "desc") != 0) {
    return call_service_error(call, 400, "4001025", "Invalid query parameter.");
  }
  return true;
}

static bool take(struct call *call, struct wanted *wanted) {
  memset(wanted, 0, sizeof *wanted);
  if (!take_query(wanted, call->request->uri)) {
    return call_service_error(call, 400, "4001035", "Invalid filter.");
  }
  return take_page(call, wanted);
}

/* Names are searched for, as the reference has it, unless told otherwise. */
static bool matches(const struct call *call, const char *name, size_t length, const char *wanted) {
  char copy[IMAGE_MAX + 1];
  if (!wanted) return true;
  if (length > IMAGE_MAX) return false;
  memcpy(copy, name, length);
  copy[length] = '\0';
  return call->options->name_match == NAME_FUZZY ? strstr(copy, wanted) != NULL
                                                 : strcmp(copy, wanted) == 0;
}

/* ---- organizations ---- */

static bool first_of_its_namespace(const struct dataset *data, size_t index) {
  const struct repository *repository = &data->repositories[index];
  size_t i;
  for (i = 0; i < index; i++) {
    const struct repository *other = &data->repositories[i];
    if (!other->removed && other->namespace_length == repository->namespace_length &&
        memcmp(other->image, repository->image, repository->namespace_length) == 0) {
      return false;
    }
  }
  return true;
}

/* One organization is seen by mode::visible alone: only a repository of it was shared. */
static bool visible(const struct wanted *wanted, const struct repository *repository) {
  static const char shared[] = "dev--ops";
  return wanted->mode || repository->namespace_length != sizeof shared - 1 ||
         memcmp(repository->image, shared, sizeof shared - 1) != 0;
}

static void write_namespaces(struct call *call, const struct wanted *wanted) {
  const struct dataset *data = call->data;
  struct text *body = &call->answer->body;
  size_t i;
  text_str(body, "{\"namespaces\":[");
  for (i = 0; i < data->count; i++) {
    const struct repository *repository = &data->repositories[i];
    if (repository->removed || !first_of_its_namespace(data, i)) continue;
    if (!visible(wanted, repository)) continue;
    if (!matches(call, repository->image, repository->namespace_length, wanted->name_space)) {
      continue;
    }
    if (call->answer->records++) text_str(body, ",");
    catalogue_namespace(data, repository, body);
  }
  text_str(body, "]}");
}

void list_namespaces(struct call *call) {
  struct wanted wanted;
  if (take(call, &wanted)) {
    call->answer->status = 200;
    if (call->options->namespaces == NAMESPACES_OBJECT) {
      write_namespaces(call, &wanted);
    } else {
      text_str(&call->answer->body,
               call->options->namespaces == NAMESPACES_NULL ? "{\"namespaces\":null}" : "{}");
    }
  }
  forget(&wanted);
}

/* ---- repositories ---- */

static const struct dataset *sorted_data; /* of qsort; the emulator answers one call at a time */

static const struct repository *repository_at(const void *index) {
  return &sorted_data->repositories[*(const size_t *)index];
}

static const char *repository_name(const struct repository *repository) {
  return repository->image + repository->namespace_length + 1;
}

static int by_name(const void *a, const void *b) {
  const struct repository *left = repository_at(a), *right = repository_at(b);
  int order = strcmp(repository_name(left), repository_name(right));
  return order ? order : strcmp(left->image, right->image);
}

static int by_update(const void *a, const void *b) {
  int64_t left = catalogue_updated(repository_at(a)), right = catalogue_updated(repository_at(b));
  return left == right ? by_name(a, b) : (left > right) - (left < right);
}

static int by_tags(const void *a, const void *b) {
  struct tag tags[TAGS_MAX];
  size_t left = catalogue_tags(repository_at(a), tags);
  size_t right = catalogue_tags(repository_at(b), tags);
  return left == right ? by_name(a, b) : (left > right) - (left < right);
}

static size_t find_repositories(const struct call *call, const struct wanted *wanted,
                                size_t *found) {
  const struct dataset *data = call->data;
  size_t count = 0;
  size_t i;
  for (i = 0; i < data->count; i++) {
    const struct repository *repository = &data->repositories[i];
    const char *name = repository_name(repository);
    if (repository->removed) continue;
    if (!matches(call, repository->image, repository->namespace_length, wanted->name_space)) {
      continue;
    }
    if (matches(call, name, strlen(name), wanted->name)) found[count++] = i;
  }
  return count;
}

static bool sort_repositories(struct call *call, const struct wanted *wanted, size_t *found,
                              size_t count) {
  static const struct {
    const char *column;
    int (*compare)(const void *, const void *);
  } orders[] = {{"name", by_name}, {"updated_time", by_update}, {"tag_count", by_tags}};
  size_t i = 0;
  size_t low, high;
  if (!wanted->order_column) return true;
  while (i < 3 && strcmp(orders[i].column, wanted->order_column) != 0) i++;
  if (i == 3) return call_service_error(call, 400, "4001096", "param order column error");
  sorted_data = call->data;
  if (count) qsort(found, count, sizeof *found, orders[i].compare);
  if (strcmp(wanted->order_type, "desc") != 0) return true;
  for (low = 0, high = count; low + 1 < high; low++) {
    size_t swapped = found[low];
    found[low] = found[--high];
    found[high] = swapped;
  }
  return true;
}

/* How many records a page has from the offset on, of `total` that there are. */
static int64_t page_length(const struct call *call, const struct wanted *wanted, int64_t total) {
  int64_t count = wanted->offset < total ? total - wanted->offset : 0;
  if (count > wanted->limit) count = wanted->limit;
  if (call->options->list_cap && count > call->options->list_cap) count = call->options->list_cap;
  return count;
}

static int64_t told_list_total(const struct call *call, int64_t total) {
  switch (call->options->list_total) {
    case LIST_TOTAL_SMALL:
      return total / 2;
    case LIST_TOTAL_LARGE:
      return total * 2 + 1;
    default:
      return total;
  }
}

static void end_page(struct call *call, const struct wanted *wanted, int64_t count, int64_t total) {
  text_str(&call->answer->body, "]");
  call->answer->status = 200;
  call->answer->records = count;
  if (call->options->list_total != LIST_TOTAL_NONE && wanted->limit_text) {
    call_describe_range(call, wanted->offset, told_list_total(call, total));
  }
}

void list_repositories(struct call *call) {
  const struct dataset *data = call->data;
  size_t *found = memory_or_exit(NULL, (data->count + 1) * sizeof *found);
  struct wanted wanted;
  size_t total;
  if (take(call, &wanted)) {
    total = find_repositories(call, &wanted, found);
    if (sort_repositories(call, &wanted, found, total)) {
      int64_t count = page_length(call, &wanted, (int64_t)total);
      int64_t i;
      text_str(&call->answer->body, "[");
      for (i = 0; i < count; i++) {
        if (i) text_str(&call->answer->body, ",");
        catalogue_repository(&data->repositories[found[wanted.offset + i]],
                             told_list_total(call, (int64_t)total), &call->answer->body);
      }
      end_page(call, &wanted, count, (int64_t)total);
    }
  }
  free(found);
  forget(&wanted);
}

/* ---- lists of a repository ---- */

static bool tag_order_known(struct call *call, const struct wanted *wanted) {
  if (!wanted->order_column || strcmp(wanted->order_column, "updated_at") == 0) return true;
  return call_service_error(call, 400, "4001096", "param order column error");
}

void list_tags(struct call *call) {
  const struct repository *repository = call_find_repository(call);
  struct tag tags[TAGS_MAX];
  struct wanted wanted;
  size_t count, total = 0;
  size_t i;
  int64_t length;
  if (!repository) return;
  if (take(call, &wanted) && tag_order_known(call, &wanted)) {
    bool oldest_first = wanted.order_type && strcmp(wanted.order_type, "asc") == 0;
    count = catalogue_tags(repository, tags);
    for (i = 0; i < count; i++) {
      if (matches(call, tags[i].name, strlen(tags[i].name), wanted.tag)) tags[total++] = tags[i];
    }
    length = page_length(call, &wanted, (int64_t)total);
    text_str(&call->answer->body, "[");
    for (i = 0; i < (size_t)length; i++) {
      size_t at = (size_t)wanted.offset + i;
      if (i) text_str(&call->answer->body, ",");
      catalogue_tag(repository, &tags[oldest_first ? total - 1 - at : at], &call->answer->body);
    }
    end_page(call, &wanted, length, (int64_t)total);
  }
  forget(&wanted);
}

void list_rules(struct call *call) {
  const struct repository *repository = call_find_repository(call);
  if (!repository) return;
  call->answer->status = 200;
  text_str(&call->answer->body, "[");
  call->answer->records = catalogue_rules(repository, &call->answer->body);
  text_str(&call->answer->body, "]");
}

void list_retention_log(struct call *call) {
  const struct repository *repository = call_find_repository(call);
  struct text *body = &call->answer->body;
  struct wanted wanted;
  int64_t total, count, i;
  if (!repository) return;
  if (take(call, &wanted)) {
    const char *name = repository_name(repository);
    total = (int64_t)(repository->seed % 5);
    count = page_length(call, &wanted, total);
    text_str(body, "{\"retention_log\":[");
    for (i = 0; i < count; i++) {
      text_str(body, i ? ",{\"created_at\":\"2025-12-0" : "{\"created_at\":\"2025-12-0");
      text_number(body, 1 + wanted.offset + i);
      text_str(body, "T03:00:00.5Z\",\"id\":");
      text_number(body, repository->id_base + 1 + wanted.offset + i);
      text_str(body, ",\"namespace\":\"");
      text_add(body, repository->image, repository->namespace_length);
      text_str(body, "\",\"repo\":\"");
      text_str(body, name);
      text_str(body,
               "\",\"retention_id\":7,\"rule_type\":\"{\\\"template\\\":\\\"date_rule\\\"}\"");
      text_str(body, ",\"tag\":\"old-");
      text_number(body, wanted.offset + i);
      text_str(body, "\"}");
    }
    text_str(body, "],\"total\":");
    text_number(body, total);
    text_str(body, "}");
    call->answer->status = 200;
    call->answer->records = count;
  }
  forget(&wanted);
}

/* ---- one answer ---- */

void list_regions(struct call *call) {
  static const char *const regions[] = {"cn-north-1", "cn-north-4",     "cn-east-3",
                                        "cn-south-1", "ap-southeast-1", "ap-southeast-3",
                                        "af-south-1"};
  struct text *body = &call->answer->body;
  size_t i;
  text_str(body, "[");
  for (i = 0; i < sizeof regions / sizeof regions[0]; i++) {
    text_str(body, i ? ",{\"regionID\":\"" : "{\"regionID\":\"");
    text_str(body, regions[i]);
    text_str(body, "\"");
    if (i % 2) {
      text_str(body, ",\"registryURL\":\"https://swr.");
      text_str(body, regions[i]);
      text_str(body, ".myhuaweicloud.com\"");
    }
    text_str(body, "}");
  }
  text_str(body, "]");
  call->answer->status = 200;
  call->answer->records = (int64_t)(sizeof regions / sizeof regions[0]);
}

void list_overview(struct call *call) {
  struct text *body = &call->answer->body;
  int64_t repositories = 0, namespaces = 0;
  size_t i;
  for (i = 0; i < call->data->count; i++) {
    if (call->data->repositories[i].removed) continue;
    repositories++;
    namespaces += first_of_its_namespace(call->data, i);
  }
  text_str(body,
           "{\"domain_id\":\"0657a4c8f0d2b3e1a9c7d5e3f1b0af60\",\"domain_name\":\"hw-platform\","
           "\"namspace_num\":");
  text_number(body, namespaces);
  text_str(body, ",\"repo_num\":");
  text_number(body, repositories);
  text_str(body, ",\"image_num\":4711,\"store_space\":123.5,\"downflow_size\":0.25}");
  call->answer->status = 200;
  call->answer->records = 1;
}

/* Of the gates that are known one is missing, and one is of a kind that nobody knows. */
void list_features(struct call *call) {
  text_str(&call->answer->body,
           "{\"enable_experience\":false,\"enable_hss_service\":true,\"enable_image_scan\":true,"
           "\"enable_sm3\":false,\"enable_image_sync\":true,\"enable_cci_service\":true,"
           "\"enable_image_label\":true,\"enable_pipeline\":false,"
           "\"enable_authorization_token\":true,\"enable_resource\":true,"
           "\"enable_list_v3\":false,\"enable_image_quota\":false,"
           "\"enable_cosign_signature\":true,\"enable_enterprise_edition_link\":true,"
           "\"enable_wishes\":{\"come\":\"true\"},\"swr_util_download_url\":\"\"}");
  call->answer->status = 200;
  call->answer->records = 1;
}
