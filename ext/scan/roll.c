/*
** The roll of one place: see roll.h.
**
** The pages of a list in its steady order, its first one, are a chain: each page must begin before
** the row that the chain ends with. Names stay; a tag that is pushed while tags are read by the
** time of their last push moves to where nothing was read yet. So what row_set_covers shows is
** enough, whatever the service says of totals: between two pages nothing was jumped over. Offsets
** that are multiples of the limit overlap where the limits differ: 1000 rows from 0 on, 998 from
** 998 on, 997 from 1994 on.
*/
#include "scan/roll.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "api/target.h"
#include "request/page_request.h"
#include "scan/row_set.h"

#define OVERLAP 2    /* rows of a page that the one before it has, too: the first may be any */
#define STEP_BACK 2  /* times as many where these did not show it */
#define TRIES_MAX 12 /* one after the other that bring nothing on */
#define PASSES_MAX 4 /* over a list that has no order */

struct roll {
  struct service *service;
  struct access *access; /* referenced */
  const struct listing *listing;
  struct place place;
  const struct order *order;  /* that rows leave in */
  const struct order *steady; /* that pages of the chain are asked for in */
  uint32_t wanted;
  struct roll *whole; /* what has its rows, if it asks for none; not owned */
  struct row_set set;
  struct page_request *request; /* NULL if none */
  struct page_window window;    /* of the request */
  bool asked;                   /* an answer came */
  bool complete;                /* all rows are there */
  int64_t counted;              /* rows by the service's total alone; -1 if that is not known */
  size_t head;                  /* rows at the beginning that are in their order, whatever comes */
  bool head_given;              /* and were given to somebody */
  /* The chain: */
  int64_t end;       /* rows that it has */
  int64_t farthest;  /* the same at most, so far */
  int64_t told;      /* the total that its last page told; -1 if none */
  int64_t page_rows; /* that the service gives where it gives fewer than asked for; 0: all */
  int64_t overlap;
  bool blind;        /* pages are too small for that: totals must do */
  int tries;         /* since it grew */
  int passes;        /* that were ended */
  size_t pass_news;  /* rows that the pass under way has brought */
  size_t first_rows; /* that the first page of all had */
};

bool roll_suits(const struct listing *listing) { return listing->aligned || !listing->paged; }

struct roll *roll_open(struct service *service, struct access *access,
                       const struct listing *listing, const struct place *place,
                       const struct order *order, uint32_t wanted) {
  struct roll *roll = calloc(1, sizeof *roll);

  if (!roll) return NULL;
  roll->service = service;
  roll->access = access_retain(access);
  roll->listing = listing;
  roll->place = *place;
  roll->order = order;
  roll->steady = listing_steady_order(listing);
  roll->wanted = wanted;
  roll->counted = roll->told = -1;
  roll->overlap = OVERLAP;
  row_set_init(&roll->set, listing, &roll->place);
  return roll;
}

void roll_draw_from(struct roll *roll, struct roll *whole) { roll->whole = whole; }

void roll_close(struct roll *roll) {
  if (!roll) return;
  page_request_close(roll->request);
  row_set_free(&roll->set);
  access_release(roll->access);
  free(roll);
}

const struct place *roll_place(const struct roll *roll) { return &roll->place; }

const char *roll_text(const struct roll *roll, char text[PLACE_TEXT_MAX]) {
  return place_text(roll->access, &roll->place, text);
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* True if rows leave by time, so that none is given before it is known which one is first. */
static bool by_time(const struct roll *roll) {
  return roll->listing->order_count > 0 &&
         roll->order->column == listing_time_column(roll->listing);
}

/* True if the service keeps an order that pages can be chained by. */
static bool has_order(const struct roll *roll) {
  return roll->listing->order_count > 0 && !service_lesson(roll->service, roll->listing)->unordered;
}

/* The column that pages of the chain are sorted by; -1 if there is none. */
static int chain_column(const struct roll *roll) {
  return has_order(roll) ? roll->steady->column : -1;
}

/* ---- what to ask for ---- */

/* Rows that one request may ask for. */
static int64_t most_rows(const struct roll *roll) {
  int64_t learned = service_lesson(roll->service, roll->listing)->limit;

  return learned ? learned : roll->listing->limit_max;
}

/* Rows that an answer to that has at most. */
static int64_t rows_expected(const struct roll *roll) {
  int64_t most = most_rows(roll);

  return roll->page_rows ? least(roll->page_rows, most) : most;
}

/* True if a total counts what is shown: no filter that matches loosely had a part in it. */
static bool countable(const struct roll *roll) {
  unsigned free_parts = ~roll->listing->required;

  return roll->listing->paged && !(free_parts & PLACE_NAMESPACE && roll->place.name_space[0]) &&
         !(free_parts & PLACE_REPOSITORY && roll->place.name[0]);
}

/* The first request: in the order of the query, since its first page may be enough. */
static struct page_window first_window(const struct roll *roll, const struct page_reader *reader) {
  struct page_window window = {0, most_rows(roll), roll->order};
  bool limited = reader->limit >= 0 && reader->offset < window.limit &&
                 reader->limit < window.limit - reader->offset;

  if (by_time(roll) && !has_order(roll)) limited = false;
  if (reader->count_only && countable(roll)) {
    window.limit = 1;
  } else if (limited && countable(roll) && reader->offset + reader->limit > 0) {
    window.limit = reader->offset + reader->limit;
  }
  return window;
}

/*
** The page that brings the chain on the farthest and begins `overlap` rows before its end, at a
** multiple of its limit. False if there is none.
*/
static bool aligned_window(int64_t end, int64_t most, int64_t overlap, struct page_window *window) {
  int64_t begin = end - overlap;
  int64_t best = end;

  if (begin <= 0) {
    window->offset = 0;
    window->limit = most;
    return most > end;
  }
  for (int64_t limit = most; limit > 0; limit--) {
    int64_t offset = begin / limit * limit;
    if (offset + limit <= best) continue;
    best = offset + limit;
    window->offset = offset;
    window->limit = limit;
  }
  return best > end;
}

/* The next page of the chain. Where pages are very small, they cannot overlap. */
static struct page_window next_window(struct roll *roll) {
  struct page_window window = {0, most_rows(roll), roll->steady};
  int64_t most = rows_expected(roll);

  roll->blind = false;
  if (roll->end == 0 || (roll->tries > 0 && roll->overlap >= roll->end)) return window;
  if (aligned_window(roll->end, most, roll->overlap, &window)) return window;
  if (roll->tries > 0) return (struct page_window){0, most_rows(roll), roll->steady};
  roll->blind = true;
  aligned_window(roll->end, most, 0, &window);
  return window;
}

/* ---- one request ---- */

static const struct order no_order = {.growth = GROWS_ANYWHERE};

static bool start(struct roll *roll, struct page_window window) {
  roll->window = window;
  if (!has_order(roll)) window.order = &no_order;
  roll->request = page_request_start_columns(roll->service, roll->access, roll->listing,
                                             &roll->place, &window, roll->wanted);
  return roll->request != NULL;
}

bool roll_begun(const struct roll *roll) {
  if (roll->whole) roll = roll->whole;
  return roll->asked || roll->request;
}

bool roll_start(struct roll *roll, const struct page_reader *reader) {
  static const struct page_reader all = {.limit = -1};

  if (roll->whole) return roll_begun(roll) || start(roll->whole, first_window(roll->whole, &all));
  return roll_begun(roll) || start(roll, first_window(roll, reader));
}

/* What the service refuses of a request that asks for less or otherwise next time. */
static bool learn(struct roll *roll, const struct page_response *answer) {
  struct lesson *lesson = service_lesson(roll->service, roll->listing);

  if (answer->limit_refused && roll->window.limit > LIMIT_FALLBACK) {
    lesson->limit = LIMIT_FALLBACK;
    return true;
  }
  /* Another list may have learned it since this request was made. */
  if (answer->order_refused && answer->window.order != &no_order) {
    lesson->unordered = true;
    return true;
  }
  return false;
}

static enum service_status wait_for(struct roll *roll) {
  enum service_status status = SERVICE_OK;

  while (status == SERVICE_OK && !page_request_ended(roll->request)) {
    status = service_wait(roll->service);
  }
  return status;
}

/* Sends a request as soon as there is room, and waits for its end. */
static enum service_status ask(struct roll *roll, struct page_window window) {
  enum service_status status = SERVICE_OK;

  if (!roll->request) {
    while (status == SERVICE_OK && !service_has_room(roll->service, roll->access)) {
      status = service_wait(roll->service);
    }
    if (status == SERVICE_OK && !start(roll, window)) status = SERVICE_NO_MEMORY;
  }
  return status == SERVICE_OK ? wait_for(roll) : status;
}

/* ---- what an answer says ---- */

static enum service_status add(struct roll *roll, struct record_page *page, bool chained) {
  size_t news;

  if (!row_set_add(&roll->set, page, chained, &news)) return SERVICE_NO_MEMORY;
  roll->pass_news += news;
  return SERVICE_OK;
}

/*
** All rows have come. In a list without an order they may have changed places between two pages:
** it is read again until that brings nothing new.
*/
static enum service_status finish(struct roll *roll, bool one_page) {
  char where[PLACE_TEXT_MAX];

  if (!one_page && !has_order(roll) && (roll->pass_news || !roll->passes)) {
    if (++roll->passes == PASSES_MAX) {
      service_fail(&roll->service->error, "%s: %s keep changing while they are read.",
                   roll_text(roll, where), roll->listing->noun);
      return service_advise(&roll->service->error, "Run the query again.");
    }
    roll->end = roll->farthest = 0;
    roll->pass_news = 0;
    roll->overlap = OVERLAP;
    return SERVICE_OK;
  }
  roll->complete = true;
  if (!by_time(roll)) return SERVICE_OK;
  return row_set_sort(&roll->set, roll->head_given ? roll->head : 0, roll->order->descending)
             ? SERVICE_OK
             : SERVICE_NO_MEMORY;
}

/*
** True if the service says by a sound total that a page is the last one, and it has fewer rows than
** it could have: a total that is where a full page ends may be as cut as the page.
*/
static bool told_last(const struct page_response *answer, int64_t records, int64_t limit) {
  return answer->has_range && records < limit &&
         content_range_agrees(&answer->range, answer->window.offset, records) &&
         answer->range.total == answer->window.offset + records;
}

/* The chain ends with a page: the next one must begin before the place of its last row. */
static void extend(struct roll *roll, const struct record_page *page, int64_t end) {
  size_t ties = row_set_ties(page, chain_column(roll));

  roll->end = end;
  if (end > roll->farthest) roll->farthest = end;
  roll->overlap = ties + 1 > OVERLAP ? (int64_t)ties + 1 : OVERLAP;
}

static enum service_status take_first(struct roll *roll, struct page_response *answer) {
  int64_t records = (int64_t)answer->page.row_count;
  bool last =
      !roll->listing->paged || records == 0 || told_last(answer, records, roll->window.limit);
  bool agrees = answer->has_range && content_range_agrees(&answer->range, 0, records);
  bool steady = roll->order == roll->steady;
  bool sorted =
      by_time(roll) && has_order(roll) && row_set_sorted(&answer->page, roll->order->descending);
  enum service_status status;

  roll->asked = true;
  roll->told = agrees ? answer->range.total : -1;
  if (agrees && countable(roll)) roll->counted = answer->range.total;
  if (records < roll->window.limit && !last) roll->page_rows = records;
  roll->first_rows = answer->page.row_count;
  if (steady) extend(roll, &answer->page, records);
  status = add(roll, &answer->page, steady);
  if (sorted) roll->head = roll->set.shown_count;
  roll->pass_news = 0;
  return status == SERVICE_OK && last ? finish(roll, true) : status;
}

/* A request has brought nothing on. */
static enum service_status try_again(struct roll *roll) {
  char where[PLACE_TEXT_MAX];

  if (++roll->tries < TRIES_MAX) return SERVICE_OK;
  service_fail(&roll->service->error,
               "%s: %s keep changing while they are read, or the service does not keep the order "
               "that was asked for: what follows %s %" PRId64 " was not found in %d requests.",
               roll_text(roll, where), roll->listing->noun, roll->listing->record, roll->end,
               TRIES_MAX);
  return service_advise(&roll->service->error, "Run the query again.");
}

/* True if nothing can be missing between the chain and a page. */
static bool follows(const struct roll *roll, const struct page_response *answer) {
  int64_t offset = answer->window.offset;

  if (offset == 0) return true;
  if (roll->blind && (!answer->has_range || roll->told < 0 || answer->range.total == roll->told)) {
    return true;
  }
  return row_set_covers(&roll->set, &answer->page, chain_column(roll));
}

static enum service_status take_next(struct roll *roll, struct page_response *answer) {
  int64_t records = (int64_t)answer->page.row_count;
  int64_t offset = answer->window.offset;
  int64_t limit = least(answer->window.limit, rows_expected(roll));
  bool last = told_last(answer, records, limit);
  bool first = offset == 0;
  size_t before = roll->set.row_count;
  bool grown;
  enum service_status status;

  if (!follows(roll, answer)) { /* the next one begins farther back */
    roll->overlap = least(roll->overlap * STEP_BACK, roll->end);
    return try_again(roll);
  }
  if (answer->has_range) roll->told = answer->range.total;
  /* Past all rows that were seen, known ones again show no progress: the offset may be ignored. */
  grown = offset + records > roll->farthest && offset <= (int64_t)before;
  extend(roll, &answer->page, offset + records);
  status = add(roll, &answer->page, true);
  if (status != SERVICE_OK) return status;
  grown = grown || roll->set.row_count > before;
  if (last || records == 0 || (records < limit && !grown)) {
    return finish(roll, first || roll->set.row_count == roll->first_rows);
  }
  if (records < limit && first) roll->page_rows = records;
  if (!grown) return try_again(roll);
  roll->tries = 0;
  return SERVICE_OK;
}

static enum service_status take(struct roll *roll) {
  struct page_response *answer = page_request_answer(roll->request);

  switch (page_request_verdict(roll->request)) {
    case VERDICT_READY:
      return roll->asked ? take_next(roll, answer) : take_first(roll, answer);
    case VERDICT_ABSENT:
      if (roll->asked) break;
      roll->asked = roll->complete = true;
      return SERVICE_OK;
    case VERDICT_INTERRUPTED:
      return SERVICE_INTERRUPTED;
    case VERDICT_NO_MEMORY:
      return SERVICE_NO_MEMORY;
    default:
      if (learn(roll, answer)) return SERVICE_OK;
  }
  page_request_explain(roll->request, &roll->service->error);
  if (page_request_verdict(roll->request) == VERDICT_ABSENT) return SERVICE_GONE;
  return answer->forbidden ? SERVICE_FORBIDDEN : SERVICE_FAILED;
}

/* Ends the request. */
static void let_go(struct roll *roll) {
  page_request_close(roll->request);
  roll->request = NULL;
}

/* One request more. */
static enum service_status ask_more(struct roll *roll, const struct page_reader *reader) {
  struct page_window window = roll->asked ? next_window(roll) : first_window(roll, reader);
  enum service_status status = ask(roll, window);

  if (status == SERVICE_OK) status = take(roll);
  let_go(roll);
  return status;
}

enum service_status roll_advance(struct roll *roll, const struct page_reader *reader, bool may) {
  struct page_window window;
  enum service_status status = SERVICE_OK;

  if (roll->whole) return SERVICE_OK;
  if (roll->request && page_request_ended(roll->request)) {
    status = take(roll);
    let_go(roll);
  }
  if (status != SERVICE_OK || roll->complete || roll->request || !may) return status;
  window = roll->asked ? next_window(roll) : first_window(roll, reader);
  return start(roll, window) ? SERVICE_OK : SERVICE_NO_MEMORY;
}

/* Takes the rows that the whole list has, which is read first. */
static enum service_status draw(struct roll *roll) {
  const struct page_reader all = {.limit = -1};
  enum service_status status = SERVICE_OK;

  while (status == SERVICE_OK && !roll->whole->complete) status = ask_more(roll->whole, &all);
  if (status != SERVICE_OK) return status;
  if (!row_set_borrow(&roll->set, &roll->whole->set)) return SERVICE_NO_MEMORY;
  return finish(roll, true);
}

static enum service_status bring(struct roll *roll, const struct page_reader *reader) {
  return roll->whole ? draw(roll) : ask_more(roll, reader);
}

/* ---- reading ---- */

int64_t roll_ready(const struct roll *roll) {
  return (int64_t)(by_time(roll) && !roll->complete ? roll->head : roll->set.shown_count);
}

bool roll_complete(const struct roll *roll) { return roll->complete; }

int64_t roll_missing(const struct roll *roll) {
  int64_t rows = (int64_t)roll->set.row_count;

  return roll->told > rows ? roll->told - rows : 0;
}

void roll_again(struct roll *roll) {
  roll->complete = false;
  roll->end = roll->farthest = 0;
  roll->overlap = OVERLAP;
  roll->tries = roll->passes = 0;
  roll->pass_news = 0;
}

enum service_status roll_seek(struct roll *roll, const struct page_reader *reader, int64_t position,
                              bool *exists) {
  enum service_status status = SERVICE_OK;

  while (status == SERVICE_OK && !roll->complete && position >= roll_ready(roll)) {
    if (reader->count_only && !reader->reads && roll->counted >= 0) {
      *exists = position < roll->counted;
      return SERVICE_OK;
    }
    status = bring(roll, reader);
  }
  *exists = status == SERVICE_OK && position < roll_ready(roll);
  if (*exists && !roll->complete) roll->head_given = true;
  return status;
}

enum service_status roll_run(struct roll *roll, const struct page_reader *reader, int64_t position,
                             const struct record_page **page, size_t *index, int64_t *count) {
  struct page_reader fields = *reader;
  bool exists;
  enum service_status status;
  const struct row_set *set = &roll->set;
  const struct known_row *row;

  fields.reads = true;
  *count = 0;
  status = roll_seek(roll, &fields, position, &exists);
  if (status != SERVICE_OK || !exists) return status;
  row = &set->rows[set->shown[position]];
  *page = row->page;
  *index = row->row;
  do {
    ++*count;
  } while (position + *count < roll_ready(roll) &&
           set->rows[set->shown[position + *count]].page == *page &&
           set->rows[set->shown[position + *count]].row == *index + (size_t)*count);
  return SERVICE_OK;
}

enum service_status roll_fail_gone(const struct roll *roll) {
  char where[PLACE_TEXT_MAX];

  service_fail(&roll->service->error, "%s: records were removed while they were counted.",
               roll_text(roll, where));
  return service_advise(&roll->service->error, "Run the query again.");
}
