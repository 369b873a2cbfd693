/*
** A repository's list of jobs as SWR serves it, for the scripted transport: every shape of
** Content-Range, and servers that heed less of the request than they should.
**
** Jobs are numbered by creation; ids, tags and times follow from the number, so that any row can be
** checked without a copy of the list.
*/
#ifndef SWR_SIMULATED_SERVER_H
#define SWR_SIMULATED_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/place.h"
#include "record/record_page.h"
#include "scripted_transport.h"

enum range_style {
  RANGE_COUNT,      /* `0-100/250`, as documented */
  RANGE_LAST_INDEX, /* `0-99/250` */
  RANGE_UNIT,       /* `items 0-99/250` */
  RANGE_NONE,
  RANGE_GARBAGE,
  RANGE_FOREIGN,   /* of another page */
  RANGE_TOO_SMALL, /* its total has no room for the page, where it is not empty */
  RANGE_TOO_LARGE, /* its total promises more than there is */
  RANGE_STYLES
};

/* Reads limit and offset of a request. False if they are not there as they should be. */
bool simulated_window(const char *url, int64_t *limit, int64_t *offset, bool *descending);

#define CUT_NEVER SIZE_MAX
#define NO_TIME INT64_MIN
#define SIMULATED_TIME_MAX 24 /* bytes of a createdAt, NUL included */

struct simulated_server {
  const struct place *place;       /* that its records name; NULL: group/library/busybox */
  int64_t (*time_of)(int64_t job); /* seconds into 2024, NO_TIME: null; NULL: one by one */
  int64_t first;                   /* number of the oldest job that is there */
  int64_t jobs;
  enum range_style range;
  int64_t limit_cap; /* rows that a page has at most, whatever was asked; 0: no cap */
  bool ignores_limit;
  bool ignores_offset;
  bool unsorted;
  size_t padding;      /* bytes that make each record longer */
  size_t chunk;        /* see struct scripted_answer */
  size_t cut_after;    /* bytes of the body that arrive of the first request; CUT_NEVER: all */
  size_t trouble_from; /* the requests of these numbers get `trouble` instead; 0: none */
  size_t trouble_to;
  struct scripted_answer trouble;
  /* Called before a request is answered, to create and remove jobs; NULL: never. */
  void (*before)(struct simulated_server *server, size_t number);
};

/* A server of so many jobs without any fault. */
struct simulated_server simulated_server_of(int64_t jobs);

/* For scripted_source, with a struct simulated_server. Checks that the request is well formed. */
void simulated_server_answer(void *server, size_t number, const char *url,
                             struct scripted_answer *answer);

/* Writes the createdAt that stands for so many seconds. */
void simulated_time(int64_t seconds, char text[SIMULATED_TIME_MAX]);

/* Seconds of the job at a position of the list in that order. */
int64_t simulated_seconds(const struct simulated_server *server, const struct order *order,
                          int64_t position);

/* The number of the job in a row. */
int64_t simulated_job(const struct record_page *page, size_t index);

/* True if the row is the one at `position` of the list in that order. */
bool simulated_server_has(const struct simulated_server *server, const struct order *order,
                          int64_t position, const struct record_page *page, size_t index);

#endif
