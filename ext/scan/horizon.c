/*
** The horizon of a list that grows faster than it is read: see horizon.h.
*/
#include "scan/horizon.h"

#include <stdlib.h>

#include "base/always.h"
#include "scan/row.h"

#define FAR_PAGES 64 /* without a total; with one: twice as many rows, and some */
#define FAR_MORE 10

void horizon_free(struct horizon *horizon) {
  page_hold_release(horizon->newest);
  horizon->newest = NULL;
}

/* Asks for the newest row. */
static enum service_status find(struct horizon *horizon, struct fetch *fetch) {
  struct page_response *answer;
  enum service_status status = fetch_newest(fetch, &answer);

  if (status != SERVICE_OK || NEVER(!answer) || answer->page.row_count == 0) return status;
  horizon->newest = malloc(sizeof *horizon->newest);
  if (!horizon->newest) return SERVICE_NO_MEMORY;
  *horizon->newest = (struct page_hold){.references = 1, .rows = answer->page};
  record_page_init(&answer->page, answer->page.listing);
  return SERVICE_OK;
}

/* How the row at a position compares with the horizon; *same: it is the very record. */
static int compare(const struct horizon *horizon, const struct fetch *fetch, int64_t position,
                   bool *same) {
  const struct cached_page *page = page_cache_peek(fetch->cache, position);
  const struct record_page *newest = &horizon->newest->rows;
  size_t index;

  *same = false;
  if (!page) return -1;
  index = cached_page_index(page, position);
  *same = row_same(&page->rows, index, newest, 0);
  return row_compare(fetch->order, fetch->drift->nulls, &page->rows, index, newest, 0);
}

/*
** True if rows were read up to the horizon and past it. Where it was not among them, it is gone, or
** the list is not sorted: then there is no telling what is newer.
*/
static bool is_past(const struct horizon *horizon, const struct fetch *fetch, int64_t position,
                    bool *met) {
  bool past = compare(horizon, fetch, position - 1, met) > 0;

  while (past && !*met && compare(horizon, fetch, --position, met) >= 0) continue;
  return past;
}

enum service_status horizon_look(struct horizon *horizon, struct fetch *fetch, int64_t position,
                                 int64_t rows, bool *past) {
  const struct drift *drift = fetch->drift;
  enum service_status status = SERVICE_OK;
  bool met;

  *past = false;
  if (fetch->order->growth != GROWS_AT_END || drift->disordered) return SERVICE_OK;
  if (!page_cache_peek(fetch->cache, position - 1)) return SERVICE_OK;
  if (horizon->far == 0) {
    horizon->far =
        drift->served_known ? 2 * drift->served_total + FAR_MORE * rows : FAR_PAGES * rows;
  }
  if (position < horizon->far) return SERVICE_OK;
  if (!horizon->newest) status = find(horizon, fetch);
  if (!horizon->newest) horizon->far = 2 * position;
  if (!horizon->newest) return status;
  *past = is_past(horizon, fetch, position, &met);
  if (!*past || met) return SERVICE_OK;
  *past = false;
  horizon_free(horizon); /* another one is asked for later */
  horizon->far = 2 * position;
  return SERVICE_OK;
}
