/*
** The requests of one page map: see fetch.h; fetch_window.c says what they ask for.
*/
#include "scan/fetch.h"

#include <inttypes.h>
#include <string.h>

#include "base/hash.h"
#include "request/place_text.h"

#define STRIKES_MAX 8
#define PASSED_MAX 2 /* ends by a total, with rows after them, that a growing list may show */
#define JUMP_MAX 10  /* records that may well be created between two requests, all at once */

/* With its NUL, which keeps texts apart. */
static uint64_t hash_text(uint64_t hash, const char *text) {
  return hash_bytes(hash, text, strlen(text) + 1);
}

static uint64_t hash_list(const struct listing *listing, const struct place *place) {
  uint64_t hash = hash_text(HASH_START, listing->table);

  hash = hash_text(hash_text(hash, place->region), place->name_space);
  return hash_text(hash, place->name) | 1;
}

void fetch_init(struct fetch *fetch, struct service *service, struct access *access,
                const struct listing *listing, const struct place *place, const struct order *order,
                struct page_cache *cache, struct drift *drift) {
  memset(fetch, 0, sizeof *fetch);
  fetch->service = service;
  fetch->access = access_retain(access);
  fetch->listing = listing;
  fetch->place = place;
  fetch->order = order;
  fetch->cache = cache;
  fetch->drift = drift;
  fetch->list = hash_list(listing, place);
}

void fetch_learn_from(struct fetch *fetch, const struct fetch *other) {
  fetch->answers = other->answers;
  fetch->was_there = other->was_there;
  fetch->yield = (struct yield){.most = other->yield.most, .cut = other->yield.cut};
  fetch->page_bytes = other->page_bytes;
  fetch->alone = other->alone;
  fetch->first_offset = other->first_offset;
  fetch->first_row = other->first_row;
  fetch->first_total = other->first_total;
  fetch->first_said = other->first_said;
  fetch->offset_heeded = other->offset_heeded;
  fetch->offset_shown = other->offset_shown;
  fetch->first_known = other->first_known;
  fetch->counts_rows = other->counts_rows;
}

void fetch_free(struct fetch *fetch) {
  fetch_let_go(fetch);
  prefetch_cancel(&fetch->ahead);
  access_release(fetch->access);
}

/* ---- requests ---- */

static struct page_request *start(const struct fetch *fetch, int64_t offset, int64_t limit) {
  struct page_window window = {offset > 0 ? offset : 0, limit, fetch->order};

  if (!fetch->listing->paged) window.offset = 0;
  return page_request_start(fetch->service, fetch->access, fetch->listing, fetch->place, &window);
}

bool fetch_start(struct fetch *fetch, int64_t offset, int64_t limit) {
  struct page_request *request = start(fetch, offset, limit);

  if (request) prefetch_put(&fetch->ahead, request);
  return request != NULL;
}

void fetch_let_go(struct fetch *fetch) {
  page_request_close(fetch->request);
  fetch->request = NULL;
}

static void take_in_hand(struct fetch *fetch, struct page_request *request) {
  fetch->request = request;
  if (request) fetch->window = *page_request_window(request);
}

/* Takes a request in hand that is needed at once, as soon as there is room for it. */
static enum service_status start_now(struct fetch *fetch, const struct page_window *window) {
  enum service_status status = SERVICE_OK;

  while (status == SERVICE_OK && !service_has_room(fetch->service, fetch->access)) {
    status = service_wait(fetch->service);
  }
  if (status != SERVICE_OK) return status;
  take_in_hand(fetch, start(fetch, window->offset, window->limit));
  return fetch->request ? SERVICE_OK : SERVICE_NO_MEMORY;
}

/* ---- what an answer says of the service ---- */

static bool answer_agrees(const struct page_response *answer) {
  const struct content_range *range = &answer->range;

  /* A total that no list has is none. */
  if (!answer->has_range || range->total > JOBS_OFFSET_MAX || range->count > JOBS_OFFSET_MAX) {
    return false;
  }
  return content_range_agrees(range, answer->window.offset, (int64_t)answer->page.row_count);
}

/* True if an answer's own header says that it should have more rows than it has. */
static bool lacks_rows(const struct page_response *answer) {
  const struct content_range *range = &answer->range;
  int64_t offset = answer->window.offset;
  int64_t records = (int64_t)answer->page.row_count;
  int64_t by_last;

  if (!answer->has_range || range->total > JOBS_OFFSET_MAX) return false;
  if (records == 0) return range->total > offset; /* whatever page it names */
  if (range->offset != offset) return false;
  if (range->count > JOBS_OFFSET_MAX || range->total < offset) return false;
  by_last = range->count - offset + 1; /* where it is the last row's index */
  if (range->count == records || by_last == records) return false;
  return (range->count > records && range->count <= answer->window.limit) ||
         (by_last > records && by_last <= answer->window.limit);
}

static enum service_status fail_lacking(const struct fetch *fetch,
                                        const struct page_response *answer) {
  char where[PLACE_TEXT_MAX];

  service_fail(&fetch->service->error,
               "%s: asked for %" PRId64 " %s from offset %" PRId64
               " on, the service gave %zu, twice, while its Content-Range says %" PRId64 "-%" PRId64
               "/%" PRId64 ". Some would be missing.",
               place_text(fetch->access, fetch->place, where), answer->window.limit,
               fetch->listing->records, answer->window.offset, answer->page.row_count,
               answer->range.offset, answer->range.count, answer->range.total);
  return service_advise(&fetch->service->error, "Run the query again.");
}

static enum service_status fail_offset(const struct fetch *fetch, int64_t offset, int64_t id) {
  char where[PLACE_TEXT_MAX];

  service_fail(&fetch->service->error,
               "%s: the service ignores the offset: at offset %" PRId64
               " it lists the %s with id %" PRId64 " that it listed at offset %" PRId64
               " already, so that %s past its first page cannot be had from it.",
               place_text(fetch->access, fetch->place, where), offset, fetch->listing->record, id,
               fetch->first_offset, fetch->listing->records);
  return service_advise(
      &fetch->service->error,
      "Ask for fewer by LIMIT or a bound on a time column. Does the endpoint name SWR's API?");
}

static enum service_status fail_counting(const struct fetch *fetch,
                                         const struct page_response *answer) {
  return service_fail(&fetch->service->error,
                      "%s: asked for offset %" PRId64 " with limit %" PRId64
                      ", the service's Content-Range says that it gave what is at offset %" PRId64
                      ": it counts pages, so that some %s cannot be had from it.",
                      place_label(fetch->place), answer->window.offset, answer->window.limit,
                      answer->range.offset, fetch->listing->records);
}

/* True if an answer's header names the offset that was asked for times the limit. */
static bool names_page(const struct page_response *answer) {
  const struct page_window *window = &answer->window;

  return answer->has_range && window->offset <= JOBS_OFFSET_MAX &&
         answer->range.offset == window->offset * window->limit;
}

/* True if an answer has what is at another offset than was asked for, as all headers have it. */
static bool counts_pages(const struct fetch *fetch, const struct page_response *answer) {
  return !fetch->counts_rows && names_page(answer) && answer->range.offset != answer->window.offset;
}

static int64_t distance(int64_t a, int64_t b) { return a < b ? b - a : a - b; }

/* Where the first page has a row of an answer, as far as it is here; -1: nowhere. */
static int64_t find_in_first(const struct fetch *fetch, const struct record_page *rows,
                             size_t index) {
  const struct cached_page *page = page_cache_peek(fetch->cache, fetch->first_offset);

  if (row_hash(rows, index) == fetch->first_row) return fetch->first_offset;
  for (size_t i = 0; page && i < (size_t)page->count; i++) {
    if (row_same(rows, index, &page->rows, page->skip + i)) return page->start + (int64_t)i;
  }
  return -1;
}

/* True if an answer's header names the first page, which is not what was asked for. */
static bool names_first(const struct fetch *fetch, const struct page_response *answer) {
  return fetch->first_known && answer->has_range && fetch->first_offset != answer->window.offset &&
         answer->range.offset == fetch->first_offset;
}

/*
** True if an answer is the first page again, by its own header and by a row of it: one that stands
** nearer to where the first page has it than to where it was asked for. The first row of that page
** may be gone by now, or have changed places.
*/
static bool gives_first(const struct fetch *fetch, const struct page_response *answer) {
  int64_t asked = answer->window.offset;

  if (!names_first(fetch, answer)) return false;
  for (size_t i = 0; i < answer->page.row_count; i++) {
    int64_t at = find_in_first(fetch, &answer->page, i) - (int64_t)i;
    if (at < -(int64_t)i) continue;
    if (distance(at, fetch->first_offset) < distance(at, asked)) return true;
  }
  return false;
}

/* The first answer with rows is what later ones are held against. */
static void note_first(struct fetch *fetch, const struct page_response *answer, uint64_t row) {
  fetch->first_known = true;
  fetch->first_offset = answer->window.offset;
  fetch->first_row = row;
  fetch->first_total = fetch->total;
  fetch->first_said = answer->has_range ? answer->range.offset : -1;
  if (fetch->agrees && answer->window.offset > 0) fetch->offset_heeded = true;
}

/* True if an answer that has the first one's row again shows that offsets are ignored. */
static bool shows_ignored(struct fetch *fetch, const struct page_response *answer) {
  int64_t offset = answer->window.offset;
  int64_t jump =
      offset > fetch->first_offset ? offset - fetch->first_offset : fetch->first_offset - offset;
  bool grown = fetch->agrees && offset > 0 && fetch->total - fetch->first_total >= jump / 2;

  if (answer->has_range && answer->range.offset == fetch->first_offset) return true;
  if (fetch->first_said == offset) return true;
  if (jump > JUMP_MAX && !grown) return true;
  return ++fetch->strikes == STRIKES_MAX;
}

enum service_status fetch_check_offset(struct fetch *fetch, const struct page_response *answer) {
  int64_t offset = answer->window.offset;
  uint64_t row;

  if (counts_pages(fetch, answer)) return fail_counting(fetch, answer);
  if (answer->page.row_count == 0 || fetch->offset_shown) return SERVICE_OK;
  row = row_hash(&answer->page, 0);
  if (!fetch->first_known) {
    note_first(fetch, answer, row);
    return SERVICE_OK;
  }
  if (fetch->first_offset == offset) {
    if (fetch->first_row != row) { /* what stands there now is what counts */
      note_first(fetch, answer, row);
      fetch->strikes = 0;
    }
    return SERVICE_OK;
  }
  if (fetch->first_row != row && !gives_first(fetch, answer)) {
    fetch->offset_heeded = fetch->offset_shown = true;
    return SERVICE_OK;
  }
  if (!shows_ignored(fetch, answer)) return SERVICE_OK;
  return fail_offset(fetch, offset, record_page_id(&answer->page, 0));
}

enum service_status fetch_check_end(const struct fetch *fetch, const struct page_response *answer) {
  if (counts_pages(fetch, answer)) return fail_counting(fetch, answer);
  if (!gives_first(fetch, answer)) return SERVICE_OK;
  return fail_offset(fetch, answer->window.offset, record_page_id(&answer->page, 0));
}

/* Hashes of the first and last row where the total is what the answer ends with. */
static void note_ends(struct fetch *fetch, const struct page_response *answer) {
  int64_t end = answer->window.offset + fetch->records;

  if (fetch->seemed_end && end > fetch->told_end && ++fetch->passed_ends == PASSED_MAX) {
    service_lesson(fetch->service, fetch->listing)->totals_end = true;
  }
  fetch->told_end = end;
  if (fetch->records == 0 || fetch->total != end) return;
  fetch->rows[0] = row_hash(&answer->page, 0);
  fetch->rows[1] = row_hash(&answer->page, (size_t)fetch->records - 1);
}

/* Notes how many rows the service gives at once. */
static void note_rows(struct fetch *fetch, const struct page_response *answer) {
  int64_t rows = (int64_t)answer->page.row_count;
  int64_t end = answer->window.offset + rows;
  const struct yielded yielded = {.limit = answer->window.limit,
                                  .rows = rows,
                                  .agrees = fetch->agrees,
                                  .left = fetch->agrees ? answer->range.total - end : 0};

  page_growth_note(fetch_lesson(fetch), &fetch->yield, &yielded);
  fetch->answers++;
  fetch->page_bytes = record_page_footprint(&answer->page);
}

/* Notes how many rows there are, by the answer and in it. */
static void note_total(struct fetch *fetch, const struct page_response *answer) {
  const struct content_range *range = &answer->range;
  int64_t records = (int64_t)answer->page.row_count;

  fetch->records = records;
  fetch->claimed = answer->has_range ? range->total : -1;
  fetch->named_first = names_first(fetch, answer);
  if (answer->has_range && !names_page(answer)) fetch->counts_rows = true;
  fetch->total = fetch->agrees ? fetch->claimed : -1;
  fetch->whole =
      answer->has_range && range->total == records && content_range_agrees(range, 0, records);
  note_ends(fetch, answer);
}

static struct known_total *known_total(const struct fetch *fetch) {
  return &fetch->service->known_totals[(fetch->list >> 32) % KNOWN_TOTALS];
}

/* Puts the hashes of a first and a last row by their age. */
static void put_by_age(const struct fetch *fetch, uint64_t first, uint64_t last, uint64_t rows[2]) {
  bool descending = fetch->order->descending;

  rows[0] = descending ? last : first;
  rows[1] = descending ? first : last;
}

/*
** True if the list was found to have just as many rows before, and to begin and end with the same,
** by a service whose totals are not always what a page ends with.
*/
static bool is_known(const struct fetch *fetch) {
  const struct known_total *known = known_total(fetch);
  uint64_t rows[2];

  put_by_age(fetch, fetch->rows[0], fetch->rows[1], rows);
  return fetch->window.offset == 0 && known->list == fetch->list && known->total == fetch->total &&
         known->rows[0] == rows[0] && known->rows[1] == rows[1] &&
         !service_lesson(fetch->service, fetch->listing)->totals_end;
}

/* A list that has come to an end of its own at its total is known. */
static void make_known(const struct fetch *fetch, int64_t end, bool is_short) {
  struct known_total *known = known_total(fetch);
  uint64_t first = fetch->first_offset == 0 ? fetch->first_row : 0;

  if (fetch->total != end || !is_short || fetch->records == 0) return;
  known->list = fetch->list;
  known->total = fetch->total;
  put_by_age(fetch, fetch->window.offset == 0 ? fetch->rows[0] : first, fetch->rows[1],
             known->rows);
}

/* The last answer had news: it may have been as long as the service gives them. */
static void learn_rows(struct fetch *fetch) {
  bool told = fetch->total >= 0;

  if (page_growth_learn(fetch_lesson(fetch), &fetch->yield, fetch->records, told)) {
    fetch->rows_read = 0; /* the prefetch begins anew, in pages of that size */
  }
}

/* True if the total, or where the answer tells none the last one that was told, is at its end. */
static bool total_agrees(const struct fetch *fetch, int64_t end, bool is_short) {
  const struct drift *drift = fetch->drift;

  if (fetch->total == end) return true;
  return fetch->total < 0 && is_short && fetch->records > 0 && drift->served_known &&
         drift->served_total == end;
}

/* True if a short answer without news, which ends at no total, is the end. */
static bool falls_short(const struct fetch *fetch, int64_t end) {
  bool promised = fetch->claimed > end; /* there should be more */

  if (fetch->whole || (fetch->records == 0 && end == 0)) return true;
  if (fetch->records > 0 && fetch->records >= fetch->yield.most) return false; /* it may be cut */
  return !promised || fetch->yield.shorts > 1;
}

bool fetch_ends(struct fetch *fetch, bool news) {
  int64_t end = fetch->window.offset + fetch->records;
  bool capped = fetch->records > 0 && fetch->records == fetch->yield.cut;
  /* More than asked for is not cut either. */
  bool is_short = fetch->records != fetch->window.limit && !capped;
  bool agrees = total_agrees(fetch, end, is_short);

  make_known(fetch, end, is_short);
  if (!fetch->listing->paged) return true; /* the first answer is all */
  fetch->seemed_end = agrees && !is_short && !is_known(fetch);
  if (news) learn_rows(fetch);
  if (!news && agrees && fetch->records < fetch->window.limit) return true;
  if (news || !is_short) return agrees && !fetch->seemed_end;
  return agrees || falls_short(fetch, end);
}

/* ---- one answer ---- */

/* Waits for the request in hand, while more is asked for ahead of the reader. */
static enum service_status wait_for(struct fetch *fetch, const struct page_reader *reader,
                                    bool ahead, bool early) {
  enum service_status status = ahead ? fetch_ahead(fetch, reader) : SERVICE_OK;

  while (status == SERVICE_OK && !page_request_ended(fetch->request)) {
    status = service_wait(fetch->service);
    if (status != SERVICE_OK || !ahead) continue;
    if (early || !page_request_ended(fetch->request)) status = fetch_ahead(fetch, reader);
  }
  return status;
}

/* Takes a request in hand: one that was made ahead (*early), or a new one. */
static enum service_status begin(struct fetch *fetch, int64_t position, bool ahead,
                                 struct page_window *window, bool *early) {
  struct page_request *request = NULL;

  if (!ahead) {
    prefetch_cancel(&fetch->ahead);
  } else {
    fetch->rows_read = fetch_rows_before(fetch, position);
    fetch->wanted = position;
  }
  if (ahead && fetch->answers == 0) {
    request = prefetch_take_first(&fetch->ahead);
  } else if (ahead) {
    request = prefetch_take(&fetch->ahead, position + fetch->drift->shift);
  }
  *early = request != NULL && fetch->answers > 0;
  if (!request) return start_now(fetch, window);
  take_in_hand(fetch, request);
  *window = fetch->window;
  return SERVICE_OK;
}

/*
** True if the service gives no more rows than a page has by the settings, or had before: the window
** becomes one of these.
*/
static bool refused(struct fetch *fetch, struct page_window *window) {
  const struct limits *limits = &fetch->access->limits;
  struct lesson *lesson = fetch_lesson(fetch);

  if (page_request_answer(fetch->request)->status != 400) return false;
  if (!page_growth_refused(lesson, limits->grows, limits->page_size, window->limit)) return false;
  prefetch_cancel(&fetch->ahead);
  window->limit = lesson->limit;
  return true;
}

static enum service_status look_at_verdict(struct fetch *fetch, struct page_response **answer) {
  switch (page_request_verdict(fetch->request)) {
    case VERDICT_READY:
      *answer = page_request_answer(fetch->request);
      fetch->was_there = true;
      return SERVICE_OK;
    case VERDICT_ABSENT:
      if (!fetch->was_there) return SERVICE_OK;
      break; /* it was there when the scan began */
    case VERDICT_NO_MEMORY:
      return SERVICE_NO_MEMORY;
    case VERDICT_INTERRUPTED:
      return SERVICE_INTERRUPTED;
    default:
      break;
  }
  page_request_explain(fetch->request, &fetch->service->error);
  if (page_request_verdict(fetch->request) == VERDICT_ABSENT) return SERVICE_GONE;
  return page_request_answer(fetch->request)->forbidden ? SERVICE_FORBIDDEN : SERVICE_FAILED;
}

enum service_status fetch_newest(struct fetch *fetch, struct page_response **answer) {
  const struct page_window window = {0, 1, listing_order(fetch->listing, true)};
  enum service_status status = SERVICE_OK;

  *answer = NULL;
  fetch_let_go(fetch);
  while (status == SERVICE_OK && !service_has_room(fetch->service, fetch->access)) {
    status = service_wait(fetch->service);
  }
  if (status != SERVICE_OK) return status;
  take_in_hand(fetch, page_request_start(fetch->service, fetch->access, fetch->listing,
                                         fetch->place, &window));
  if (!fetch->request) return SERVICE_NO_MEMORY;
  while (status == SERVICE_OK && !page_request_ended(fetch->request)) {
    status = service_wait(fetch->service);
  }
  return status == SERVICE_OK ? look_at_verdict(fetch, answer) : status;
}

enum service_status fetch_fail_absent(struct fetch *fetch) {
  page_request_explain(fetch->request, &fetch->service->error);
  return SERVICE_GONE;
}

enum service_status fetch_answer(struct fetch *fetch, const struct page_reader *reader,
                                 int64_t position, bool ahead, struct page_window *window,
                                 struct page_response **answer) {
  struct page_window wanted = *window;
  bool doubted = false; /* the same was asked before, and the answer contradicted itself */

  for (;; ahead = false) {
    enum service_status status;
    bool early;
    fetch_let_go(fetch);
    *answer = NULL;
    status = begin(fetch, position, ahead, window, &early);
    if (status == SERVICE_OK) status = wait_for(fetch, reader, ahead, early);
    if (status != SERVICE_OK) return status;
    if (page_request_verdict(fetch->request) == VERDICT_FAILED && refused(fetch, window)) continue;
    status = look_at_verdict(fetch, answer);
    if (status != SERVICE_OK || !*answer) return status;
    if (!lacks_rows(*answer)) break;
    if (doubted) return fail_lacking(fetch, *answer);
    doubted = !early; /* one that was made ahead went by a total that may have been wrong */
    if (early) *window = wanted;
  }
  fetch->agrees = answer_agrees(*answer);
  if (!fetch->agrees) fetch->alone = true;
  note_rows(fetch, *answer);
  note_total(fetch, *answer);
  return SERVICE_OK;
}

enum service_status fetch_check_place(struct fetch *fetch, const struct page_reader *reader) {
  struct page_window window = {fetch->first_offset, 1, NULL};
  int64_t offset = fetch->window.offset;
  const struct cached_page *kept;
  struct page_response *answer;
  enum service_status status;

  if (!fetch->named_first) return SERVICE_OK;
  status = fetch_answer(fetch, reader, window.offset, false, &window, &answer);
  kept = page_cache_peek(fetch->cache, offset);
  if (status != SERVICE_OK || !answer || answer->page.row_count == 0) return status;
  for (size_t i = 0; kept && i < (size_t)kept->count; i++) {
    if (row_same(&answer->page, 0, &kept->rows, kept->skip + i)) {
      return fail_offset(fetch, offset, record_page_id(&answer->page, 0));
    }
  }
  return SERVICE_OK;
}
