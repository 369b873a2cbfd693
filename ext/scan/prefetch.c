/*
** Prefetch in one repository: see prefetch.h.
*/
#include "scan/prefetch.h"

#define ROWS_FOR_ONE 8 /* that are read for one in vain, at worst, where a LIMIT may stop */

int64_t prefetch_rows(enum reading_on on, int64_t rows_read) {
  switch (on) {
    case READS_ON_SURE:
      return INT64_MAX;
    case READS_ON_FEW:
      return rows_read / ROWS_FOR_ONE;
    case READS_ON_NEVER:
      return 0;
    default:
      return rows_read;
  }
}

static void remove_first(struct prefetch *ahead) {
  ahead->count--;
  for (size_t i = 0; i < ahead->count; i++) ahead->requests[i] = ahead->requests[i + 1];
}

struct page_request *prefetch_take_first(struct prefetch *ahead) {
  struct page_request *request = ahead->requests[0];

  if (!ahead->count) return NULL;
  remove_first(ahead);
  return request;
}

struct page_request *prefetch_take(struct prefetch *ahead, int64_t offset) {
  while (ahead->count) {
    struct page_request *request = prefetch_take_first(ahead);
    const struct page_window *window = page_request_window(request);
    if (window->offset <= offset && offset < window->offset + window->limit) return request;
    page_request_close(request);
  }
  return NULL;
}

bool prefetch_come(const struct prefetch *ahead, int64_t offset) {
  struct page_request *first = ahead->count ? ahead->requests[0] : NULL;
  const struct page_window *window = first ? page_request_window(first) : NULL;

  return first && page_request_ended(first) && window->offset <= offset &&
         offset < window->offset + window->limit && page_request_verdict(first) == VERDICT_READY;
}

void prefetch_put(struct prefetch *ahead, struct page_request *request) {
  ahead->requests[ahead->count++] = request;
}

const struct page_window *prefetch_last(const struct prefetch *ahead) {
  return ahead->count ? page_request_window(ahead->requests[ahead->count - 1]) : NULL;
}

void prefetch_cancel(struct prefetch *ahead) {
  while (ahead->count) page_request_close(prefetch_take_first(ahead));
}

void prefetch_own(struct prefetch *ahead, const struct page_reader *reader) {
  ahead->owner = reader;
}

void prefetch_leave(struct prefetch *ahead, const struct page_reader *reader) {
  if (ahead->owner != reader) return;
  prefetch_cancel(ahead);
  ahead->owner = NULL;
}
