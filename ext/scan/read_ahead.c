/*
** Read-ahead in one repository: see read_ahead.h.
*/
#include "scan/read_ahead.h"

#define PAGES_ALONE 2 /* that are read one after the other before anything is asked for ahead */
#define PAGES_FOR_ONE \
  8 /* that are read for one that is asked for in vain, where a LIMIT may stop */

size_t read_ahead_depth(enum reading_on on, int64_t pages_read) {
  if (on == READS_ON_SURE) return CONCURRENCY_MAX;
  if (on == READS_ON_FEW) return (size_t)(pages_read / PAGES_FOR_ONE);
  if (pages_read < PAGES_ALONE) return 0;
  return pages_read > 6 ? CONCURRENCY_MAX : ((size_t)1 << pages_read) - 1;
}

static void remove_first(struct read_ahead *ahead) {
  ahead->count--;
  for (size_t i = 0; i < ahead->count; i++) ahead->requests[i] = ahead->requests[i + 1];
}

struct page_request *read_ahead_take_first(struct read_ahead *ahead) {
  struct page_request *request = ahead->requests[0];

  if (!ahead->count) return NULL;
  remove_first(ahead);
  return request;
}

struct page_request *read_ahead_take(struct read_ahead *ahead, int64_t offset) {
  while (ahead->count) {
    struct page_request *request = read_ahead_take_first(ahead);
    const struct page_window *window = page_request_window(request);
    if (window->offset <= offset && offset < window->offset + window->limit) return request;
    page_request_close(request);
  }
  return NULL;
}

bool read_ahead_come(const struct read_ahead *ahead, int64_t offset) {
  struct page_request *first = ahead->count ? ahead->requests[0] : NULL;
  const struct page_window *window = first ? page_request_window(first) : NULL;

  return first && page_request_ended(first) && window->offset <= offset &&
         offset < window->offset + window->limit && page_request_verdict(first) == VERDICT_READY;
}

void read_ahead_put(struct read_ahead *ahead, struct page_request *request) {
  ahead->requests[ahead->count++] = request;
}

const struct page_window *read_ahead_last(const struct read_ahead *ahead) {
  return ahead->count ? page_request_window(ahead->requests[ahead->count - 1]) : NULL;
}

void read_ahead_cancel(struct read_ahead *ahead) {
  while (ahead->count) page_request_close(read_ahead_take_first(ahead));
}
