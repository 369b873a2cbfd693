/*
** A repository's list of jobs as a service may serve it that keeps to nothing but the API's form:
** any job can be created, removed or changed between two requests, the order of equal times can
** differ from request to request, totals can lag, pages can be short, empty or refused.
**
** The list is an explicit one, so that a test can ask which jobs were there all the time. What the
** server does is a matter of its own random numbers, so that a seed replays it. It must not know
** who reads.
*/
#ifndef SWR_ODD_SERVER_H
#define SWR_ODD_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/place.h"
#include "odd_random.h"
#include "record/json_record.h"
#include "scripted_transport.h"
#include "simulated_server.h"

#define ODD_JOBS_MAX 3000 /* that a server ever has */
#define ODD_TAG_MAX 16
#define ODD_TIME_MAX 32 /* bytes of a createdAt, NUL included */

/* Writes the createdAt that stands for a time, with a fraction where it has one. */
void odd_time(int64_t time, char text[ODD_TIME_MAX]);

struct odd_job {
  int64_t id;
  int64_t time; /* of createdAt, in tenths of a second into 2024; NO_TIME: null */
  char tag[ODD_TAG_MAX];
  int status;      /* its text changes with it */
  bool there;      /* not removed yet */
  bool from_start; /* was there when odd_server_begin was called */
};

/* What the header says of the number of jobs. */
enum odd_total {
  ODD_TOTAL_EXACT,
  ODD_TOTAL_LAGS,   /* so many fewer than there are */
  ODD_TOTAL_CAPPED, /* never more than so many */
  ODD_TOTAL_PAGE,   /* offset and records of the page itself */
  ODD_TOTAL_OFF,    /* so many more (or fewer) in answer number `total_at`, else exact */
  ODD_TOTAL_IS      /* this number */
};

/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): by subject */
struct odd_server {
  const struct place *place;
  size_t job_count;
  size_t count;
  size_t visible;    /* of them, to the last request: all, or without some of the newest */
  bool nulls_astray; /* jobs without a time stand at the other end than in SQLite's order */
  struct odd_random random;

  enum range_style range; /* of the honest ones, RANGE_NONE or RANGE_GARBAGE */
  enum odd_total total;
  int64_t total_value;
  size_t total_at;

  bool shuffles_ties;    /* equal times stand in another order at every request */
  bool unsorted;         /* the list is not by time at all: as it was filled */
  uint32_t stale;        /* an answer may lack as many of the newest, as that of a replica */
  size_t gone_from;      /* answers from this number on are 404; 0: none */
  int64_t limit_cap;     /* rows of a page at most, whatever was asked; 0: no cap */
  int64_t limit_refused; /* a limit above it is answered by 400; 0: none is */
  bool counts_pages;     /* the offset counts pages of `limit` */
  bool ignores_offset;
  bool claims_asked; /* where it does one of both: the header names the offset that was asked */
  /*
  ** Answers of these numbers (from 1, where there is something to give) are empty, or this many
  ** rows shorter if they are full.
  */
  size_t empty_from;
  size_t empty_to;
  int64_t empty_below; /* none is empty at an offset below this one */
  bool newest_empty;   /* the first answer that is asked newest first is */
  size_t short_from;
  size_t short_to;
  int64_t short_by;
  bool short_claims; /* their headers name as many rows as others have */
  size_t busy_from;  /* answers of these numbers are 503 */
  size_t busy_to;

  /* Called before a request is answered, to change the list; NULL: never. */
  void (*before)(void *context, struct odd_server *server);
  void *before_context;

  size_t asked; /* requests so far */
  bool descending;
  int64_t last_offset; /* of the request before, as heeded */
  int64_t last_count;
  int64_t largest_total;  /* that was told */
  int64_t smallest_total; /* INT64_MAX: none was */

  /* All that ever were; a job's number is its index. Cleared by nobody: the rest is, see init. */
  struct odd_job jobs[ODD_JOBS_MAX];
  /* Those that are there, by time, the oldest first; no times at either end. */
  size_t list[ODD_JOBS_MAX];
};

/* A server without jobs and faults. */
void odd_server_init(struct odd_server *server, const struct place *place, uint64_t seed);

/*
** One job more, in its place by time: after its equals with `last`, else in front of them. Its
** number.
*/
size_t odd_server_create(struct odd_server *server, int64_t id, int64_t time, const char *tag,
                         bool last);

/* Removes the job at a position of the list, oldest first. */
void odd_server_remove(struct odd_server *server, size_t position);

/* From here on it counts which jobs were there all the time. */
void odd_server_begin(struct odd_server *server);

/*
** The position in the list, oldest first, of what stands at `position` in the order of the last
** request.
*/
size_t odd_server_position(const struct odd_server *server, int64_t position);

/* For scripted_source, with a struct odd_server. */
void odd_server_answer(void *server, size_t number, const char *url,
                       struct scripted_answer *answer);

/*
** The number of the job in a row; -1 if no such job ever was, or one that differs in what never
** changes.
*/
int64_t odd_server_job(const struct odd_server *server, const struct record_page *page,
                       size_t index);

#endif
