/*
** What a scan of an odd world may return: every job that is there all the time once, in order where
** the scan promises one; no job twice; none that never was. Or it ends in an error.
*/
#ifndef SWR_ODD_MODEL_H
#define SWR_ODD_MODEL_H

#include "odd_world.h"
#include "scan/scan.h"

#define ODD_ROWS_MAX ((int64_t)2 * ODD_PLACES_MAX * ODD_JOBS_MAX)

enum odd_verdict {
  ODD_RIGHT,
  ODD_ERROR, /* it ended in one; what came before is right as far as it goes */
  ODD_LOST,  /* a job that was there all the time is missing */
  ODD_DOUBLED,
  ODD_FOREIGN,    /* a row is no job that ever was, or one whose fields are another's */
  ODD_DISORDERED, /* or repositories are mixed up */
  ODD_MISCOUNTED, /* of a reader that only counts */
  ODD_ENDLESS,    /* too many requests, waits or rows */
  ODD_ALARMED,    /* it hung, and an alarm ended it */
  ODD_ACCUSED,    /* an error where there must be none */
  ODD_VERDICTS
};

/* What one reader does with the rows of a scan. */
struct odd_reading {
  int64_t skip; /* rows that it moves over unread */
  int64_t take; /* rows from there on; negative: all */
  bool count;   /* it reads no field of these either */
};

struct odd_row {
  size_t place;   /* its index in the world */
  int64_t number; /* of the job there; -1: none that ever was */
};

struct odd_result {
  enum service_status status;
  int64_t moved; /* rows that it has been at */
  bool ended;    /* past the last row */
  struct odd_row rows[ODD_ROWS_MAX];
  size_t count; /* rows that were read */
  struct service_error error;
};

/* A scan in the world's statement, read row by row. All that it is given must outlive it. */
struct odd_reader {
  struct odd_world *world;
  const struct scan_request *request;
  const struct odd_reading *reading;
  struct odd_result *result;
  struct scan *scan;
};

void odd_reader_open(struct odd_reader *reader);

/* Reads one row more. False if there is none that it wants, or an error. */
bool odd_reader_step(struct odd_reader *reader);

void odd_reader_close(struct odd_reader *reader);

/* All of that at once. */
void odd_read(struct odd_world *world, const struct scan_request *request,
              const struct odd_reading *reading, struct odd_result *result);

/* Judges what came. The requested places must be a run of the world's. */
enum odd_verdict odd_judge(const struct odd_world *world, const struct scan_request *request,
                           const struct odd_reading *reading, const struct odd_result *result);

const char *odd_verdict_name(enum odd_verdict verdict);

#endif
