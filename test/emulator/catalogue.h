/*
** What the account has besides its jobs: organizations, repositories, tags, rules, made from the
** same data set, so that lists agree with each other. Must not know HTTP nor how a list is paged.
*/
#ifndef EMULATOR_CATALOGUE_H
#define EMULATOR_CATALOGUE_H

#include "dataset.h"

enum { TAGS_MAX = 8, RULES_MAX = 12 };

/* A tag of a repository: of one of its newest pushes, or an older one whose jobs are gone. */
struct tag {
  char name[48]; /* the text between the quotes of a JSON string */
  int64_t id;
  int64_t updated; /* microseconds since 1970 */
};

/* The tags that a repository has now, the one pushed last first. Some have none, though jobs. */
size_t catalogue_tags(const struct repository *repository, struct tag tags[TAGS_MAX]);

/* Microseconds since 1970; a push moves the second one. */
int64_t catalogue_created(const struct repository *repository);
int64_t catalogue_updated(const struct repository *repository);

/* One record of each list. */
void catalogue_namespace(const struct dataset *data, const struct repository *first,
                         struct text *out);
void catalogue_repository(const struct repository *repository, int64_t total, struct text *out);
void catalogue_tag(const struct repository *repository, const struct tag *tag, struct text *out);

/* All rules of a repository, as an array; returns how many. Two of them may go to one region. */
int64_t catalogue_rules(const struct repository *repository, struct text *out);

#endif
