/*
** Bounds on createdAt, and where rows in order of createdAt stand to them.
**
** It must not know where bounds come from, nor how rows are fetched.
*/
#ifndef SWR_TIME_BOUNDS_H
#define SWR_TIME_BOUNDS_H

#include <stdbool.h>
#include <stddef.h>

#include "api/place.h"
#include "record/record_page.h"

#define TIME_BOUNDS_MAX 8

enum bound_operator { BOUND_LT, BOUND_LE, BOUND_GE, BOUND_GT };

struct time_bound {
  enum bound_operator op;
  const char *text; /* not owned; compared as SWR_TIME does */
  size_t size;
};

struct time_bounds {
  struct time_bound bounds[TIME_BOUNDS_MAX];
  size_t count;
};

/* One bound more; what does not fit is left out, since bounds only save requests. */
void time_bounds_add(struct time_bounds *bounds, enum bound_operator op, const char *text,
                     size_t size);

/*
** True if a row, and with it every row before it in this order, comes too early: it fails a bound
** that later rows may meet.
*/
bool time_bounds_before(const struct time_bounds *bounds, const struct order *order,
                        const struct record_page *page, size_t row);

/* True if a row, and with it every row after it in this order, comes too late. */
bool time_bounds_past(const struct time_bounds *bounds, const struct order *order,
                      const struct record_page *page, size_t row);

/* The bound that rows may fail by coming too early, or too late; NULL if there is none. */
const struct time_bound *time_bounds_start(const struct time_bounds *bounds,
                                           const struct order *order);
const struct time_bound *time_bounds_end(const struct time_bounds *bounds,
                                         const struct order *order);

/* The createdAt of a row in seconds since 1970. False if it names no time. */
bool time_bounds_seconds(const struct record_page *page, size_t row, int64_t *seconds);

#endif
