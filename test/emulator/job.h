/*
** What generated job number n of a repository looks like, as JSON text.
** Must not know paging, purges or other repositories.
*/
#ifndef EMULATOR_JOB_H
#define EMULATOR_JOB_H

#include "dataset.h"

/* Microseconds since 1970. */
int64_t job_created(const struct repository *repository, int64_t number);

void job_record(const struct repository *repository, int64_t number, const struct record_form *form,
                struct text *out);

#define JOB_TAG_MAX 48
#define JOB_TARGETS 3 /* that a push is synchronized to */

/* The tag of a job, as the text between the quotes of a JSON string. */
void job_tag(const struct repository *repository, int64_t number, char tag[JOB_TAG_MAX]);

/* Where a job goes; NULL where the record has none. */
void job_target(const struct repository *repository, int64_t number, const char **region,
                const char **name_space);

/* A time as the service writes it, without quotes. Microseconds since 1970. */
void job_write_time(struct text *out, int64_t time);

#endif
