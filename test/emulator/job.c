/*
** What generated job number n of a repository looks like: values drawn from hashes of the number,
** written as one JSON object with the members in the order of the reference page.
** Must not know paging, purges or other repositories.
*/
#include "job.h"

#include <stdio.h>
#include <string.h>

/* All strings are the text between the quotes of a JSON string, escapes included. */
struct job {
  int64_t created; /* microseconds since 1970 */
  int64_t updated;
  const char *domain_id;
  const char *domain_name;
  int64_t id;
  bool override;
  const char *remote_namespace;
  const char *remote_region;
  const char *status;
  const char *operator_id;
  const char *operator_name; /* NULL = JSON null, as for the other names */
  bool operator_name_missing;
  char tag[JOB_TAG_MAX];
};

/* One constant per thing drawn, so that the draws do not depend on each other. */
enum draw {
  DRAW_TIE = 1,
  DRAW_BURST,
  DRAW_TIME,
  DRAW_STATUS,
  DRAW_DURATION,
  DRAW_TARGET,
  DRAW_OPERATOR,
  DRAW_ODDITY,
  DRAW_TAG,
  DRAW_OVERRIDE
};

static const int64_t reference_created = INT64_C(1584000696518144);
static const int64_t reference_updated = INT64_C(1584000701505499);

static uint64_t draw(const struct repository *repository, int64_t number, enum draw what) {
  return hash_mix(repository->seed ^ ((uint64_t)number * 16 + (uint64_t)what));
}

/*
** Whether a job was created in the very microsecond of the one before. Besides single ones there
** is a longer burst in some of the blocks of 64, since page ends inside a burst are where
** clients that page by time go wrong.
*/
static bool tied(const struct repository *repository, int64_t number) {
  int64_t place = number % 64;
  if (number <= 0) return false;
  if (place >= 33 && place < 41 && draw(repository, number / 64, DRAW_BURST) % 6 == 0) return true;
  return draw(repository, number, DRAW_TIE) % 100 < 8;
}

/* Keeps 0 to 6 digits of the fraction; rounds down, which never leaves the second. */
static int64_t trim_fraction(int64_t time, uint64_t hash) {
  static const int64_t unit[] = {1, 1, 1, 1, 1, 1, 10, 10, 100, 1000, 1000, 10000, 100000, 1000000};
  return time - time % unit[hash % (sizeof unit / sizeof unit[0])];
}

/*
** Monotone without state: job n falls into the n-th slot of the repository's own step, and slots
** begin at whole seconds, so neither the random place in the slot nor trimming reorders them.
*/
int64_t job_created(const struct repository *repository, int64_t number) {
  while (tied(repository, number)) number--;
  if (number == 0 && repository->reference) return reference_created;
  uint64_t hash = draw(repository, number, DRAW_TIME);
  uint64_t slot = (uint64_t)repository->step * 1000000;
  int64_t time = (repository->start + number * repository->step) * 1000000;
  return trim_fraction(time + (int64_t)((hash >> 8) % slot), hash & 255);
}

/* Days since 1970 to a Gregorian date (years begin in March, so that leap days come last). */
static void civil_date(int64_t days, int *year, int *month, int *day) {
  int64_t shifted = days + 719468;
  int64_t era = shifted / 146097;
  int64_t of_era = shifted % 146097;
  int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t march_month = (5 * of_year + 2) / 153;
  *day = (int)(of_year - (153 * march_month + 2) / 5 + 1);
  *month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
  *year = (int)(year_of_era + era * 400 + (*month <= 2 ? 1 : 0));
}

/* As Go's RFC3339Nano writes it: no trailing zeros, and no point without a fraction. */
void job_write_time(struct text *out, int64_t time) {
  int64_t seconds = time / 1000000;
  uint64_t fraction = (uint64_t)(time % 1000000);
  unsigned of_day = (unsigned)(seconds % 86400);
  unsigned width = 6;
  int year, month, day;
  civil_date(seconds / 86400, &year, &month, &day);
  text_digits(out, (uint64_t)year, 4);
  text_add(out, "-", 1);
  text_digits(out, (uint64_t)month, 2);
  text_add(out, "-", 1);
  text_digits(out, (uint64_t)day, 2);
  text_add(out, "T", 1);
  text_digits(out, of_day / 3600, 2);
  text_add(out, ":", 1);
  text_digits(out, of_day / 60 % 60, 2);
  text_add(out, ":", 1);
  text_digits(out, of_day % 60, 2);
  if (fraction) {
    for (; fraction % 10 == 0; fraction /= 10) width--;
    text_add(out, ".", 1);
    text_digits(out, fraction, width);
  }
  text_add(out, "Z", 1);
}

static void draw_status(const struct repository *repository, int64_t number, struct job *job) {
  unsigned part = (unsigned)(draw(repository, number, DRAW_STATUS) % 100);
  uint64_t hash = draw(repository, number, DRAW_DURATION);
  int64_t least = 1000000, spread = 90000000; /* microseconds */
  if (part < 82) {
    job->status = "success";
  } else if (part < 88) {
    job->status = "failed";
  } else if (part < 92) {
    job->status = "existed";
    spread = 3000000;
  } else if (part < 95) {
    job->status = "timeout";
    least = 1800000000;
  } else if (part < 97) {
    job->status = "cancel";
  } else if (part < 99) {
    job->status = "running";
    spread = 4000000;
  } else {
    job->status = "waiting";
    least = 0;
    spread = 1000000;
  }
  job->updated = job->created + least + (int64_t)((hash >> 8) % (uint64_t)spread);
  job->updated = trim_fraction(job->updated, hash & 255);
  if (job->updated < job->created) job->updated = job->created;
}

/* The ordinary tags; `group` counts pushes, and every push is synchronised to several targets. */
static void draw_tag(const struct repository *repository, int64_t group, struct job *job) {
  static const char *const odd[] = {
      "发布-%d",           "发布-%d",           "ünï-%d",       "🚀-%d",
      "say-\\\"hi\\\"-%d", "back\\\\slash-%d",  "path\\/to-%d", "caf\\u00e9-%d",
      "\\ud83d\\ude80-%d", "release-1.%d-rc.1", "main-%d"};
  enum { ODD = sizeof odd / sizeof odd[0] };
  unsigned part = (unsigned)(draw(repository, group, DRAW_TAG) % 100);
  int serial = (int)(group % 100000);
  if (part < 55) {
    snprintf(job->tag, sizeof job->tag, "v%d.%d.%d", 1 + serial / 200, serial / 10 % 20,
             serial % 10);
  } else if (part < 80) {
    int year, month, day;
    civil_date(job_created(repository, group * 3) / 1000000 / 86400, &year, &month, &day);
    snprintf(job->tag, sizeof job->tag, "%04d%02d%02d-%d", year, month, day, 1 + serial % 4);
  } else if (part < 100 - ODD) {
    snprintf(job->tag, sizeof job->tag, "latest");
  } else {
    const char *form = odd[part - (100 - ODD)];
    /* A format that is not a literal is not worth its warnings: the number stands at "%d". */
    size_t head = (size_t)(strstr(form, "%d") - form);
    snprintf(job->tag, sizeof job->tag, "%.*s%d%s", (int)head, form, serial, form + head + 2);
  }
}

static void draw_people(const struct repository *repository, int64_t number, struct job *job) {
  static const struct {
    const char *id, *name;
  } operators[] = {
      {"06a1f3c0d7800f2a1f5ac01bd2f1e9aa", "ci-robot"},
      {"06a1f3c0d7800f2a1f5ac01bd2f1e9ab", "release-bot"},
      {"07b9e2d1e6900a3b2f6bd12ce302fabc", "alice"},
      {"07b9e2d1e6900a3b2f6bd12ce302fabd", "王小明"},
      {"08c8d1e2f5a00b4c3f7ce23df413fbce", "José"},
  };
  size_t who = (size_t)(draw(repository, number / 3, DRAW_OPERATOR) % 8);
  unsigned oddity = (unsigned)(draw(repository, number, DRAW_ODDITY) % 300);
  if (who >= 5) who = 0;
  job->operator_id = operators[who].id;
  job->operator_name = operators[who].name;
  job->domain_id = "0657a4c8f0d2b3e1a9c7d5e3f1b0af60";
  job->domain_name = "hw-platform";
  if (oddity < 2) {
    job->domain_name = NULL;
  } else if (oddity < 4) {
    job->operator_name = NULL;
  } else if (oddity < 6) {
    job->remote_namespace = NULL;
  } else if (oddity < 9) {
    job->operator_name_missing = true;
  }
}

static void make_reference_job(struct job *job) {
  static const char tag[] = "8";
  job->updated = reference_updated;
  job->domain_id = "0657**************************f60";
  job->domain_name = "h**********4";
  job->remote_namespace = "remtens";
  job->remote_region = "cn-north-1";
  job->status = "success";
  job->operator_id = "065***********************10";
  job->operator_name = "h**********4";
  memcpy(job->tag, tag, sizeof tag);
}

static void make_job(const struct repository *repository, int64_t number, struct job *job) {
  static const char *const regions[] = {"cn-north-1", "cn-north-4",     "cn-east-3",
                                        "cn-south-1", "ap-southeast-1", "ap-southeast-3",
                                        "af-south-1"};
  static const char *const namespaces[] = {"group", "group-dr", "mirror", "edge.prod", "backup_1"};
  uint64_t target = draw(repository, number / 3, DRAW_TARGET);
  memset(job, 0, sizeof *job);
  job->created = job_created(repository, number);
  job->id = repository->id_base + number + 1;
  if (repository->reference && number == 0) {
    make_reference_job(job);
    return;
  }
  job->remote_region = regions[(target + (uint64_t)(number % 3)) % 7];
  job->remote_namespace = namespaces[(target >> 16) % 5];
  job->override = draw(repository, number, DRAW_OVERRIDE) % 4 == 0;
  draw_status(repository, number, job);
  draw_people(repository, number, job);
  draw_tag(repository, number / 3, job);
}

void job_tag(const struct repository *repository, int64_t number, char tag[JOB_TAG_MAX]) {
  struct job job;
  make_job(repository, number, &job);
  memcpy(tag, job.tag, sizeof job.tag);
}

void job_target(const struct repository *repository, int64_t number, const char **region,
                const char **name_space) {
  struct job job;
  make_job(repository, number, &job);
  *region = job.remote_region;
  *name_space = job.remote_namespace;
}

static void write_key(struct text *out, const struct record_form *form, const char *key) {
  bool is_first = out->at[out->length - 1] == '{';
  if (!is_first) text_add(out, ",", 1);
  if (form->pretty) text_str(out, "\n    ");
  text_add(out, "\"", 1);
  text_str(out, key);
  text_str(out, form->pretty ? "\" : " : "\":");
}

static void write_string(struct text *out, const struct record_form *form, const char *key,
                         const char *value) {
  write_key(out, form, key);
  if (!value) {
    text_add(out, "null", 4);
    return;
  }
  text_add(out, "\"", 1);
  text_str(out, value);
  text_add(out, "\"", 1);
}

static void write_moment(struct text *out, const struct record_form *form, const char *key,
                         int64_t time) {
  write_key(out, form, key);
  text_add(out, "\"", 1);
  job_write_time(out, time);
  text_add(out, "\"", 1);
}

static void write_repo_name(struct text *out, const struct record_form *form,
                            const struct repository *repository) {
  const char *name = repository->image + repository->namespace_length + 1;
  if (form->repo_name == REPO_NAME_NULL) {
    write_string(out, form, "repoName", NULL);
    return;
  }
  write_string(out, form, "repoName", form->repo_name == REPO_NAME_FULL ? repository->image : name);
  if (form->repo_name == REPO_NAME_DOLLAR) {
    char *end = out->at + out->length;
    char *c = end - 1 - strlen(name);
    for (; c < end; c++) {
      if (*c == '/') *c = '$';
    }
  }
}

void job_record(const struct repository *repository, int64_t number, const struct record_form *form,
                struct text *out) {
  struct job job;
  make_job(repository, number, &job);
  text_add(out, "{", 1);
  write_moment(out, form, "createdAt", job.created);
  write_moment(out, form, "updatedAt", job.updated);
  write_string(out, form, "domainID", job.domain_id);
  write_string(out, form, "domainName", job.domain_name);
  write_key(out, form, "id");
  text_number(out, job.id);
  write_key(out, form, "namespace");
  text_add(out, "\"", 1);
  text_add(out, repository->image, repository->namespace_length);
  text_add(out, "\"", 1);
  write_key(out, form, "override");
  text_str(out, job.override ? "true" : "false");
  write_string(out, form, "remoteNamespace", job.remote_namespace);
  write_string(out, form, "remoteRegionId", job.remote_region);
  write_repo_name(out, form, repository);
  write_string(out, form, "status", job.status);
  write_string(out, form, "syncOperatorId", job.operator_id);
  if (!job.operator_name_missing) write_string(out, form, "syncOperatorName", job.operator_name);
  write_string(out, form, "tag", job.tag);
  text_str(out, form->pretty ? "\n  }" : "}");
}
