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

#endif
