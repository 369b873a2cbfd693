/*
** The repositories and their jobs. A generated job is a pure function of the seed, the repository
** and its number, so that a million of them cost no memory.
** Must not know HTTP, filters or how an answer is paged.
*/
#ifndef EMULATOR_DATASET_H
#define EMULATOR_DATASET_H

#include "options.h"
#include "text.h"

enum { NAMESPACE_MAX = 64, REPOSITORY_MAX = 128, IMAGE_MAX = NAMESPACE_MAX + 1 + REPOSITORY_MAX };

/* A record given by a test, word for word, at its place among the generated ones. */
struct extra {
  int64_t position;
  char *record;
  size_t length;
};

/*
** Jobs have positions 0, 1, 2 ... from the oldest; those before `first` were purged, and a few can
** be hidden. A position holds either an extra record or the next generated job.
*/
struct repository {
  char image[IMAGE_MAX + 1];
  size_t namespace_length;
  uint64_t seed;
  bool reference; /* job 0 is the reference page's example */
  int64_t id_base;
  int64_t capacity; /* generated jobs that fit before the next repository's ids */
  int64_t start;    /* seconds since 1970 */
  int64_t step;     /* seconds per job */
  int64_t original;
  int64_t generated;
  int64_t first;
  struct extra *extras;
  size_t extra_count;
  bool removed;    /* it is not there, and its jobs neither */
  bool created;    /* by a call: gone after a reset */
  int64_t *hidden; /* positions, ascending */
  size_t hidden_count;
};

struct dataset {
  uint64_t seed;
  struct repository *repositories;
  size_t count;
  size_t plain_count; /* of those with a wide id range, see dataset.c */
  size_t fleet_count;
  uint32_t *buckets; /* open addressing over images; 0 = empty, else index + 1 */
  size_t bucket_count;
};

struct record_form {
  int repo_name; /* enum repo_name_form */
  int pretty;
};

uint64_t hash_mix(uint64_t x);

void dataset_init(struct dataset *data, uint64_t seed);
bool dataset_add(struct dataset *data, const char *image, int64_t count);
/* Removes a repository, or brings it (back). False if it was not there, or is already. */
bool dataset_remove(struct dataset *data, const char *image);
bool dataset_create(struct dataset *data, const char *image, int64_t count);
/* With so many jobs each; 0: some 40. */
bool dataset_add_fleet(struct dataset *data, int64_t repositories, int64_t jobs);
void dataset_reset(struct dataset *data);
void dataset_free(struct dataset *data);

struct repository *dataset_find(const struct dataset *data, const char *image);
bool dataset_has_namespace(const struct dataset *data, const char *name);

int64_t repository_end(const struct repository *repository);

/*
** The jobs that are listed, and the position of one of them, counted from 0, the oldest, or from
** -1, the newest.
*/
int64_t repository_count(const struct repository *repository);
int64_t repository_position(const struct repository *repository, int64_t listed);

/* False if there is no such job. All hidden ones are listed again after `show`. */
bool repository_hide(struct repository *repository, int64_t listed);
void repository_show(struct repository *repository);
bool repository_hides(const struct repository *repository, int64_t position);

/* Whether two listed jobs were generated with the same time of creation. */
bool repository_tied(const struct repository *repository, int64_t listed, int64_t other);
bool repository_insert(struct repository *repository, int64_t count);
void repository_purge(struct repository *repository, int64_t count);
void repository_append(struct repository *repository, const char *record, size_t length);
/* Other text for an appended record that is listed there; false where there is none. */
bool repository_replace(struct repository *repository, int64_t listed, const char *record,
                        size_t length);
void repository_record(const struct repository *repository, int64_t position,
                       const struct record_form *form, struct text *out);

#endif
