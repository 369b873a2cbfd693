/*
** Bounds on createdAt: see time_bounds.h.
*/
#include "scan/time_bounds.h"

#include "base/timestamp.h"

void time_bounds_add(struct time_bounds *bounds, enum bound_operator op, const char *text,
                     size_t size) {
  struct time_bound *bound;

  if (bounds->count == TIME_BOUNDS_MAX) return;
  bound = &bounds->bounds[bounds->count++];
  bound->op = op;
  bound->text = text;
  bound->size = size;
}

static bool is_lower(enum bound_operator op) { return op == BOUND_GE || op == BOUND_GT; }

/* True if a bound is of the kind that early rows fail: a lower one where the oldest come first. */
static bool at_start(enum bound_operator op, const struct order *order) {
  return is_lower(op) == !order->descending;
}

static bool meets(const struct time_bound *bound, const char *text, size_t size) {
  /* NULL comes before all times. SQLite rejects it whatever is said here. */
  int order = text ? timestamp_compare(text, size, bound->text, bound->size) : -1;

  switch (bound->op) {
    case BOUND_LT:
      return order < 0;
    case BOUND_LE:
      return order <= 0;
    case BOUND_GE:
      return order >= 0;
    default:
      return order > 0;
  }
}

/* True if the row fails a bound of the start, or of the end, of the order. */
static bool fails(const struct time_bounds *bounds, const struct order *order, bool start,
                  const struct record_page *page, size_t row) {
  size_t size;
  const char *text = record_page_time(page, row, &size);

  for (size_t i = 0; i < bounds->count; i++) {
    const struct time_bound *bound = &bounds->bounds[i];
    if (at_start(bound->op, order) == start && !meets(bound, text, size)) return true;
  }
  return false;
}

bool time_bounds_before(const struct time_bounds *bounds, const struct order *order,
                        const struct record_page *page, size_t row) {
  return fails(bounds, order, true, page, row);
}

bool time_bounds_past(const struct time_bounds *bounds, const struct order *order,
                      const struct record_page *page, size_t row) {
  return fails(bounds, order, false, page, row);
}

static const struct time_bound *first_of(const struct time_bounds *bounds,
                                         const struct order *order, bool start) {
  for (size_t i = 0; i < bounds->count; i++) {
    if (at_start(bounds->bounds[i].op, order) == start) return &bounds->bounds[i];
  }
  return NULL;
}

const struct time_bound *time_bounds_start(const struct time_bounds *bounds,
                                           const struct order *order) {
  return first_of(bounds, order, true);
}

const struct time_bound *time_bounds_end(const struct time_bounds *bounds,
                                         const struct order *order) {
  return first_of(bounds, order, false);
}

bool time_bounds_seconds(const struct record_page *page, size_t row, int64_t *seconds) {
  struct timestamp time;
  size_t size;
  const char *text = record_page_time(page, row, &size);

  if (!text || !timestamp_parse(text, size, &time)) return false;
  *seconds = time.seconds;
  return true;
}
