/*
** What the account has besides its jobs: see catalogue.h. Members come in the order of the
** reference pages.
*/
#include "catalogue.h"
#include "job.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char registry[] = "swr.cn-north-4.myhuaweicloud.com/";
static const char domain_id[] = "0657a4c8f0d2b3e1a9c7d5e3f1b0af60";

static uint64_t draw(const struct repository *repository, uint64_t what) {
  return hash_mix(repository->seed + 0x5157 * (what + 1));
}

static const char *name_of(const struct repository *repository) {
  return repository->image + repository->namespace_length + 1;
}

static void add_text(struct text *out, const char *key, const char *value) {
  text_str(out, key);
  text_str(out, ":\"");
  text_str(out, value);
  text_str(out, "\"");
}

static void add_number(struct text *out, const char *key, int64_t value) {
  text_str(out, key);
  text_str(out, ":");
  text_number(out, value);
}

static void add_time(struct text *out, const char *key, int64_t time) {
  text_str(out, key);
  text_str(out, ":\"");
  job_write_time(out, time);
  text_str(out, "\"");
}

static void add_namespace(struct text *out, const struct repository *repository) {
  text_str(out, ",\"namespace\":\"");
  text_add(out, repository->image, repository->namespace_length);
  text_str(out, "\"");
}

int64_t catalogue_created(const struct repository *repository) {
  return (repository->start - 86400 * (1 + (int64_t)(draw(repository, 1) % 50))) * 1000000;
}

int64_t catalogue_updated(const struct repository *repository) {
  int64_t pushed = repository->generated ? job_created(repository, repository->generated - 1) : 0;
  int64_t created = catalogue_created(repository);
  return pushed > created ? pushed : created;
}

static bool has(const struct tag *tags, size_t count, const char *name) {
  size_t i;
  for (i = 0; i < count; i++) {
    if (strcmp(tags[i].name, name) == 0) return true;
  }
  return false;
}

size_t catalogue_tags(const struct repository *repository, struct tag tags[TAGS_MAX]) {
  size_t most = (size_t)(draw(repository, 2) % (TAGS_MAX + 1));
  size_t count = 0;
  int64_t number;
  if (strcmp(name_of(repository), "empty") == 0) { /* pushed to, and never replicated */
    memcpy(tags[0].name, "latest", sizeof "latest");
    tags[0].id = repository->id_base + 1;
    tags[0].updated = catalogue_created(repository);
    return 1;
  }
  for (number = repository->generated - 1; number >= 0 && count < most; number -= 3) {
    char name[JOB_TAG_MAX];
    if (repository->generated - number > 100) break;
    job_tag(repository, number, name);
    if (has(tags, count, name)) continue;
    memcpy(tags[count].name, name, sizeof name);
    tags[count].id = repository->id_base + number + 1;
    tags[count].updated = job_created(repository, number);
    count++;
  }
  return count;
}

void catalogue_namespace(const struct dataset *data, const struct repository *first,
                         struct text *out) {
  static const char *const creators[] = {"ops-admin", "root", "", "王小明"};
  static const int auths[] = {7, 3, 1};
  uint64_t hash = hash_mix(draw(first, 3) ^ first->namespace_length);
  int64_t count = 0;
  size_t i;
  for (i = 0; i < data->count; i++) {
    const struct repository *other = &data->repositories[i];
    count += !other->removed && other->namespace_length == first->namespace_length &&
             memcmp(other->image, first->image, first->namespace_length) == 0;
  }
  add_number(out, "{\"id\"", 3000000 + (int64_t)(hash % 1000000));
  text_str(out, ",\"name\":\"");
  text_add(out, first->image, first->namespace_length);
  text_str(out, "\"");
  add_text(out, ",\"creator_name\"", creators[(hash >> 24) % 4]);
  add_number(out, ",\"auth\"", auths[(hash >> 32) % 3]);
  if ((hash >> 40) % 4) { /* stands in no reference page */
    add_number(out, ",\"access_user_count\"", 1 + (int64_t)((hash >> 48) % 5));
    add_number(out, ",\"repo_count\"", count);
  }
  text_str(out, "}");
}

static void add_tag_names(const struct repository *repository, struct text *out) {
  struct tag tags[TAGS_MAX];
  size_t count = catalogue_tags(repository, tags);
  size_t i;
  if (!count && draw(repository, 4) % 2) {
    text_str(out, ",\"tags\":null");
    return;
  }
  text_str(out, ",\"tags\":[");
  for (i = 0; i < count; i++) {
    text_str(out, i ? ",\"" : "\"");
    text_str(out, tags[i].name);
    text_str(out, "\"");
  }
  text_str(out, "]");
}

void catalogue_repository(const struct repository *repository, int64_t total, struct text *out) {
  static const char *const categories[] = {"app_server", "linux", "framework_app",
                                           "database",   "other", ""};
  uint64_t hash = draw(repository, 5);
  struct tag tags[TAGS_MAX];
  size_t count = catalogue_tags(repository, tags);
  add_text(out, "{\"name\"", name_of(repository));
  add_text(out, ",\"category\"", categories[hash % 6]);
  add_text(out, ",\"description\"", hash % 5 ? "" : "base \\u003clinux\\u003e, \\\"slim\\\"");
  add_number(out, ",\"size\"", (int64_t)((hash >> 8) % 4000000000u));
  text_str(out, (hash >> 40) % 9 ? ",\"is_public\":false" : ",\"is_public\":true");
  add_number(out, ",\"num_images\"", (int64_t)count);
  add_number(out, ",\"num_download\"", (int64_t)((hash >> 44) % 100000));
  add_time(out, ",\"created_at\"", catalogue_created(repository));
  add_time(out, ",\"updated_at\"", catalogue_updated(repository));
  text_str(out, ",\"logo\":\"\",\"url\":\"\",\"path\":\"");
  text_str(out, registry);
  text_str(out, repository->image);
  text_str(out, "\",\"internal_path\":\"10.125.0.198:20202/");
  text_str(out, repository->image);
  text_str(out, "\",\"domain_name\":\"hw-platform\"");
  add_namespace(out, repository);
  add_tag_names(repository, out);
  text_str(out, ",\"status\":false");
  add_number(out, ",\"total_range\"", total);
  text_str(out, "}");
}

/* The same in every region that has the tag, but for one in eight, whose target stayed old. */
static void add_digest(const struct repository *repository, const struct tag *tag, const char *key,
                       const char *prefix, struct text *out) {
  uint64_t hash = hash_mix((uint64_t)tag->updated);
  const char *c;
  int i;
  for (c = name_of(repository); *c; c++) hash = hash_mix(hash ^ (unsigned char)*c);
  if (draw(repository, (uint64_t)tag->id) % 8 == 0) hash = hash_mix(hash ^ repository->seed);
  text_str(out, key);
  text_str(out, ":\"");
  text_str(out, prefix);
  for (i = 0; i < 4; i++) {
    char part[17];
    hash = hash_mix(hash);
    snprintf(part, sizeof part, "%016" PRIx64, hash);
    text_str(out, part);
  }
  text_str(out, "\"");
}

/* JSON within JSON, kilobytes of it. */
static void add_manifest(const struct repository *repository, const struct tag *tag,
                         struct text *out) {
  int layers = 4 + (int)(draw(repository, (uint64_t)tag->id + 7) % 60);
  int i;
  text_str(out, ",\"manifest\":\"{\\\"schemaVersion\\\":2,\\\"layers\\\":[");
  for (i = 0; i < layers; i++) {
    char layer[160];
    snprintf(layer, sizeof layer, "%s{\\\"size\\\":%d,\\\"digest\\\":\\\"sha256:%064x\\\"}",
             i ? "," : "", 1000 + i, (unsigned)i);
    text_str(out, layer);
  }
  text_str(out, "]}\\n\"");
}

void catalogue_tag(const struct repository *repository, const struct tag *tag, struct text *out) {
  uint64_t hash = draw(repository, (uint64_t)tag->id);
  add_number(out, "{\"id\"", tag->id);
  add_number(out, ",\"repo_id\"", repository->id_base);
  add_text(out, ",\"Tag\"", tag->name);
  add_digest(repository, tag, ",\"image_id\"", "", out);
  add_manifest(repository, tag, out);
  add_digest(repository, tag, ",\"digest\"", "sha256:", out);
  text_str(out, ",\"schema\":2,\"path\":\"");
  text_str(out, registry);
  text_str(out, repository->image);
  text_str(out, ":");
  text_str(out, tag->name);
  text_str(out, "\",\"internal_path\":\"\"");
  add_number(out, ",\"size\"", (int64_t)(hash % 900000000u));
  text_str(out, ",\"is_trusted\":false");
  add_time(out, ",\"created\"", tag->updated - 1000000);
  add_time(out, ",\"updated\"", tag->updated);
  add_text(out, ",\"deleted\":null,\"domain_id\"", domain_id);
  text_str(out, hash % 3 ? ",\"scanned\":false" : "");
  add_number(out, ",\"tag_type\"", (int64_t)(hash >> 32) % 2);
  text_str(out, "}");
}

static void add_rule(const struct repository *repository, int64_t number, const char *region,
                     const char *name_space, struct text *out) {
  uint64_t hash = draw(repository, 100 + (uint64_t)number);
  add_time(out, "{\"createdAt\"", catalogue_created(repository));
  add_time(out, ",\"updatedAt\"", catalogue_created(repository) + (int64_t)(hash % 1000000007));
  add_text(out, ",\"domainID\"", domain_id);
  add_text(out, ",\"domainName\"", "hw-platform");
  add_number(out, ",\"id\"", 1000 + (int64_t)(hash % 1000000));
  add_namespace(out, repository);
  if (hash % 3) text_str(out, hash % 2 ? ",\"override\":true" : ",\"override\":false");
  add_text(out, ",\"remoteNamespace\"", name_space);
  add_text(out, ",\"remoteRegionId\"", region);
  add_text(out, ",\"repoName\"", name_of(repository));
  text_str(out, ",\"syncAuto\":true}");
}

int64_t catalogue_rules(const struct repository *repository, struct text *out) {
  struct {
    const char *region, *name_space;
  } targets[RULES_MAX];
  int64_t count = 0;
  int64_t number, other;
  for (number = repository->generated - 1; number >= 0 && count < RULES_MAX; number--) {
    const char *region, *name_space;
    if (repository->generated - number > 30) break;
    job_target(repository, number, &region, &name_space);
    if (!region || !name_space) continue;
    for (other = 0; other < count; other++) {
      if (targets[other].region == region && targets[other].name_space == name_space) break;
    }
    if (other < count || draw(repository, 60 + (uint64_t)number) % 3 == 0) continue;
    targets[count].region = region;
    targets[count].name_space = name_space;
    if (count) text_str(out, ",");
    add_rule(repository, count++, region, name_space, out);
  }
  if (draw(repository, 6) % 5 == 0 && count < RULES_MAX) { /* accepted, and never works */
    if (count) text_str(out, ",");
    add_rule(repository, count++, "ap-southeast-3", "no-such-org", out);
  }
  return count;
}
