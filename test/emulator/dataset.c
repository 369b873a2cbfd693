/*
** Which repositories there are, and which positions they hold.
** Must not know HTTP, filters, how an answer is paged, nor what a generated job looks like.
*/
#include "dataset.h"
#include "job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
** Ids must be unique over all repositories and fit a signed 32-bit integer, which is what the
** service's own SDKs read them into. So the few named repositories get wide ranges below 10^9,
** and the possibly thousands of the fleet narrow ones above.
*/
enum { PLAIN_IDS = 10000000, PLAIN_MAX = 100, FLEET_IDS = 100000, FLEET_MAX = 10000 };
static const int64_t fleet_first_id = 1000000000;
static const int64_t end_of_history = 1767225600;  /* 2026-01-01T00:00:00Z */
static const int64_t reference_start = 1584000696; /* 2020-03-12T08:11:36Z */

static const struct {
  const char *image;
  int64_t count;
  int64_t step;
} standard[] = {
    {"test/testrepo", 1, 86400},
    {"group/busybox", 1000, 1800},
    {"group/nginx", 250, 5400},
    {"group/empty", 0, 3600},
    {"group/one", 1, 7200},
    {"group/hundred", 100, 21600},
    {"group/history", 25000, 1200},
    {"platform/base/debian", 320, 43200},
    {"team-a.b_c/x.y_z-0/deep", 37, 9000},
    {"dev--ops/runner--pool", 12, 86400},
    {"load/million", 1000000, 60},
};

/* splitmix64's finisher: cheap, and good enough that neighbouring numbers share nothing. */
uint64_t hash_mix(uint64_t x) {
  x += UINT64_C(0x9e3779b97f4a7c15);
  x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
  return x ^ (x >> 31);
}

static uint64_t hash_image(const char *image) {
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  while (*image) hash = (hash ^ (unsigned char)*image++) * UINT64_C(0x100000001b3);
  return hash_mix(hash);
}

static void bucket_put(struct dataset *data, size_t index) {
  size_t mask = data->bucket_count - 1;
  size_t at = (size_t)hash_image(data->repositories[index].image) & mask;
  while (data->buckets[at]) at = (at + 1) & mask;
  data->buckets[at] = (uint32_t)index + 1;
}

static void bucket_grow(struct dataset *data) {
  size_t i;
  if (data->bucket_count >= 2 * data->count) return;
  data->bucket_count = data->bucket_count ? 4 * data->bucket_count : 64;
  data->buckets = memory_or_exit(data->buckets, data->bucket_count * sizeof *data->buckets);
  memset(data->buckets, 0, data->bucket_count * sizeof *data->buckets);
  for (i = 0; i + 1 < data->count; i++) bucket_put(data, i);
}

static struct repository *find_any(const struct dataset *data, const char *image) {
  size_t mask = data->bucket_count - 1;
  size_t at;
  if (!data->bucket_count) return NULL;
  for (at = (size_t)hash_image(image) & mask; data->buckets[at]; at = (at + 1) & mask) {
    struct repository *repository = &data->repositories[data->buckets[at] - 1];
    if (strcmp(repository->image, image) == 0) return repository;
  }
  return NULL;
}

struct repository *dataset_find(const struct dataset *data, const char *image) {
  struct repository *repository = find_any(data, image);
  return repository && !repository->removed ? repository : NULL;
}

/* Linear, since it is only asked on the way to a 404. */
bool dataset_has_namespace(const struct dataset *data, const char *name) {
  size_t length = strlen(name);
  size_t i;
  for (i = 0; i < data->count; i++) {
    const struct repository *repository = &data->repositories[i];
    if (!repository->removed && repository->namespace_length == length &&
        memcmp(repository->image, name, length) == 0) {
      return true;
    }
  }
  return false;
}

static struct repository *add(struct dataset *data, const char *image, int64_t count,
                              int64_t step) {
  struct repository *repository;
  size_t length = strlen(image);
  if (length > IMAGE_MAX || find_any(data, image)) return NULL;
  data->repositories =
      memory_or_exit(data->repositories, (data->count + 1) * sizeof *data->repositories);
  repository = &data->repositories[data->count++];
  memset(repository, 0, sizeof *repository);
  memcpy(repository->image, image, length + 1);
  repository->namespace_length = strcspn(image, "/");
  repository->seed = hash_mix(data->seed ^ hash_image(image));
  repository->original = repository->generated = count;
  repository->step = step;
  repository->start = end_of_history - count * step;
  bucket_grow(data);
  bucket_put(data, data->count - 1);
  return repository;
}

static bool add_plain(struct dataset *data, const char *image, int64_t count, int64_t step) {
  struct repository *repository;
  if (count > PLAIN_IDS || data->plain_count == PLAIN_MAX) return false;
  repository = add(data, image, count, step);
  if (!repository) return false;
  repository->id_base = (int64_t)data->plain_count++ * PLAIN_IDS;
  repository->capacity = PLAIN_IDS;
  return true;
}

void dataset_init(struct dataset *data, uint64_t seed) {
  size_t i;
  memset(data, 0, sizeof *data);
  data->seed = seed;
  for (i = 0; i < sizeof standard / sizeof standard[0]; i++) {
    add_plain(data, standard[i].image, standard[i].count, standard[i].step);
  }
  /* The first repository has the first id, 1, which is the example's. */
  data->repositories[0].reference = true;
  data->repositories[0].start = reference_start;
}

/* Large ones get a short step, so that no history begins before some ten years ago. */
bool dataset_add(struct dataset *data, const char *image, int64_t count) {
  int64_t step = 900 + (int64_t)(hash_image(image) % 3600);
  int64_t longest = count ? INT64_C(315360000) / count : step;
  if (step > longest) step = longest;
  return add_plain(data, image, count, step);
}

bool dataset_remove(struct dataset *data, const char *image) {
  struct repository *repository = dataset_find(data, image);
  if (repository) repository->removed = true;
  return repository != NULL;
}

bool dataset_create(struct dataset *data, const char *image, int64_t count) {
  struct repository *repository = find_any(data, image);
  if (repository && !repository->removed) return false;
  if (repository) {
    repository->removed = false;
    return true;
  }
  if (!dataset_add(data, image, count)) return false;
  find_any(data, image)->created = true;
  return true;
}

bool dataset_add_fleet(struct dataset *data, int64_t repositories, int64_t jobs) {
  int64_t i;
  if (repositories > FLEET_MAX) return false;
  for (i = 1; i <= repositories; i++) {
    char image[IMAGE_MAX + 1];
    struct repository *repository;
    snprintf(image, sizeof image, "fleet/service-%04d", (int)i);
    uint64_t hash = hash_mix(data->seed ^ hash_image(image));
    repository = add(data, image, jobs ? jobs : 30 + (int64_t)(hash % 21),
                     900 + (int64_t)((hash >> 8) % 7200));
    if (!repository) return false;
    repository->id_base = fleet_first_id + (int64_t)data->fleet_count++ * FLEET_IDS;
    repository->capacity = FLEET_IDS;
  }
  return true;
}

static void drop_extras(struct repository *repository) {
  size_t i;
  for (i = 0; i < repository->extra_count; i++) free(repository->extras[i].record);
  free(repository->extras);
  repository->extras = NULL;
  repository->extra_count = 0;
  repository_show(repository);
}

void dataset_reset(struct dataset *data) {
  size_t i;
  for (i = 0; i < data->count; i++) {
    drop_extras(&data->repositories[i]);
    data->repositories[i].generated = data->repositories[i].original;
    data->repositories[i].first = 0;
    data->repositories[i].removed = data->repositories[i].created;
  }
}

void dataset_free(struct dataset *data) {
  size_t i;
  for (i = 0; i < data->count; i++) drop_extras(&data->repositories[i]);
  free(data->repositories);
  free(data->buckets);
  memset(data, 0, sizeof *data);
}

int64_t repository_end(const struct repository *repository) {
  return repository->generated + (int64_t)repository->extra_count;
}

bool repository_insert(struct repository *repository, int64_t count) {
  if (count > repository->capacity - repository->generated) return false;
  repository->generated += count;
  return true;
}

int64_t repository_count(const struct repository *repository) {
  return repository_end(repository) - repository->first - (int64_t)repository->hidden_count;
}

int64_t repository_position(const struct repository *repository, int64_t listed) {
  int64_t position;
  size_t i;
  if (listed < 0) listed += repository_count(repository);
  position = repository->first + listed;
  for (i = 0; i < repository->hidden_count && repository->hidden[i] <= position; i++) position++;
  return position;
}

bool repository_hides(const struct repository *repository, int64_t position) {
  size_t i;
  for (i = 0; i < repository->hidden_count; i++) {
    if (repository->hidden[i] == position) return true;
  }
  return false;
}

bool repository_hide(struct repository *repository, int64_t listed) {
  int64_t count = repository_count(repository);
  int64_t position;
  size_t at = repository->hidden_count;
  if (listed >= count || listed < -count) return false;
  position = repository_position(repository, listed);
  repository->hidden = memory_or_exit(repository->hidden, (at + 1) * sizeof *repository->hidden);
  for (; at > 0 && repository->hidden[at - 1] > position; at--) {
    repository->hidden[at] = repository->hidden[at - 1];
  }
  repository->hidden[at] = position;
  repository->hidden_count++;
  return true;
}

void repository_show(struct repository *repository) {
  free(repository->hidden);
  repository->hidden = NULL;
  repository->hidden_count = 0;
}

/* Hidden jobs before the oldest that is left are gone, too. */
void repository_purge(struct repository *repository, int64_t count) {
  size_t gone = 0;
  size_t i;
  repository->first = count < repository_count(repository) ? repository_position(repository, count)
                                                           : repository_end(repository);
  for (i = 0; i < repository->hidden_count; i++) {
    if (repository->hidden[i] < repository->first) {
      gone++;
    } else {
      repository->hidden[i - gone] = repository->hidden[i];
    }
  }
  repository->hidden_count -= gone;
}

void repository_append(struct repository *repository, const char *record, size_t length) {
  struct extra *extra;
  int64_t position = repository_end(repository);
  repository->extras = memory_or_exit(repository->extras,
                                      (repository->extra_count + 1) * sizeof *repository->extras);
  extra = &repository->extras[repository->extra_count++];
  extra->position = position;
  extra->record = memory_or_exit(NULL, length);
  extra->length = length;
  memcpy(extra->record, record, length);
}

/*
** The number of extras before a position; *extra is the one that it holds, NULL for a generated
** job.
*/
static int64_t extras_before(const struct repository *repository, int64_t position,
                             const struct extra **extra) {
  size_t low = 0, high = repository->extra_count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (repository->extras[middle].position < position) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  *extra = low < repository->extra_count && repository->extras[low].position == position
               ? &repository->extras[low]
               : NULL;
  return (int64_t)low;
}

bool repository_replace(struct repository *repository, int64_t listed, const char *record,
                        size_t length) {
  int64_t position = repository_position(repository, listed);
  const struct extra *extra = NULL;
  size_t before = position < 0 ? 0 : (size_t)extras_before(repository, position, &extra);
  if (!extra) return false;
  free(repository->extras[before].record);
  repository->extras[before].record = memory_or_exit(NULL, length);
  repository->extras[before].length = length;
  memcpy(repository->extras[before].record, record, length);
  return true;
}

bool repository_tied(const struct repository *repository, int64_t listed, int64_t other) {
  const struct extra *extra, *other_extra;
  int64_t position = repository_position(repository, listed);
  int64_t other_position = repository_position(repository, other);
  int64_t before = extras_before(repository, position, &extra);
  int64_t other_before = extras_before(repository, other_position, &other_extra);
  return !extra && !other_extra &&
         job_created(repository, position - before) ==
             job_created(repository, other_position - other_before);
}

void repository_record(const struct repository *repository, int64_t position,
                       const struct record_form *form, struct text *out) {
  const struct extra *extra;
  int64_t before = extras_before(repository, position, &extra);
  if (extra) {
    text_add(out, extra->record, extra->length);
  } else {
    job_record(repository, position - before, form, out);
  }
}
