/*
** The answer to one attempt at a page: see page_response.h.
*/
#include "request/page_response.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory_bounds.h"
#include "base/redact.h"
#include "request/advice.h"
#include "request/header_name.h"
#include "request/transport_problem.h"

#define RECORDS_ALWAYS 1000       /* of one answer, however few were asked for */
#define SLICE ((size_t)256 << 10) /* bytes between two looks, some milliseconds */
#define RECORD_BYTES 512          /* of a record, hardly more */

void page_response_init(struct page_response *answer, const struct listing *listing,
                        uint32_t wanted, const struct place *place,
                        const struct page_window *window, const struct secrets *secrets,
                        const char *refusal) {
  memset(answer, 0, sizeof *answer);
  answer->place = place;
  answer->window = *window;
  answer->secrets = secrets;
  answer->refusal = refusal;
  record_page_init(&answer->page, listing);
  record_reader_init(&answer->reader, listing, wanted);
  buffer_init(&answer->undecoded, UNDECODED_MAX);
  buffer_init(&answer->error_body, ERROR_BODY_MAX);
}

void page_response_watch(struct page_response *answer, bool (*interrupted)(void *context),
                         void *context) {
  answer->interrupted = interrupted;
  answer->interrupt_context = context;
}

void page_response_reset(struct page_response *answer) {
  record_page_clear(&answer->page);
  record_reader_reset(&answer->reader);
  buffer_clear(&answer->undecoded);
  buffer_clear(&answer->error_body);
  answer->has_range = false;
  answer->throttled = answer->forbidden = false;
  answer->throttled = false;
  answer->quota = (struct throttle_window){0, 0};
  answer->limit_refused = answer->order_refused = false;
  answer->status = 0;
  answer->unauthorized = false;
  answer->end.problem[0] = answer->end.advice[0] = '\0';
  answer->received = 0;
  answer->code[0] = '\0';
  answer->request_id[0] = '\0';
  answer->end.verdict = VERDICT_READY;
}

void page_response_free(struct page_response *answer) {
  record_page_free(&answer->page);
  record_reader_reset(&answer->reader);
  buffer_free(&answer->undecoded);
  buffer_free(&answer->error_body);
}

void page_response_header(struct page_response *answer, const char *name, size_t name_size,
                          const char *value, size_t value_size) {
  if (header_is(name, name_size, "Content-Range")) {
    answer->has_range = content_range_parse(value, value_size, &answer->range);
  } else if (header_is(name, name_size, "X-Request-Id")) {
    redact(value, value_size, answer->secrets, answer->request_id, sizeof answer->request_id);
  }
}

/* A text in which a row itself tells a part of its place; NULL if it does not. */
static const char *told(const struct page_response *answer, size_t row, enum place_key key,
                        size_t *size) {
  int column = listing_key_column(answer->page.listing, key);

  *size = 0;
  if (!(answer->page.listing->required & key)) return NULL; /* any place may be told */
  return column < 0 ? NULL : record_page_text(&answer->page, row, column, size);
}

/* A record that says whose it is must say the repository that was asked. */
static bool belongs(struct page_response *answer, size_t row) {
  size_t space_size;
  size_t name_size;
  const char *space = told(answer, row, PLACE_NAMESPACE, &space_size);
  const char *name = told(answer, row, PLACE_REPOSITORY, &name_size);
  const struct place *asked = answer->place;
  char said_space[100];
  char said_name[200];

  if ((!space || (strlen(asked->name_space) == space_size &&
                  !memcmp(asked->name_space, space, space_size))) &&
      (!name || place_matches_name(asked, name, name_size))) {
    return true;
  }
  redact(space ? space : "", space_size, answer->secrets, said_space, sizeof said_space);
  redact(name ? name : "", name_size, answer->secrets, said_name, sizeof said_name);
  conclude(&answer->end, VERDICT_FAILED,
           "HTTP 200, but record %" PRId64 " (id %" PRId64
           ") belongs to namespace '%s' and repository '%s', not to the ones that were asked.",
           answer->window.offset + (int64_t)row + 1, record_page_id(&answer->page, row), said_space,
           said_name);
  return false;
}

/*
** The same of all rows from `first` on. One that has its texts in common with the row before is as
** that one.
*/
static bool all_belong(struct page_response *answer, size_t first) {
  const struct record_page *page = &answer->page;
  int space = listing_key_column(page->listing, PLACE_NAMESPACE);
  int name = listing_key_column(page->listing, PLACE_REPOSITORY);

  for (size_t row = first; row < page->row_count; row++) {
    bool repeats = (space < 0 || record_page_repeats(page, row, space)) &&
                   (name < 0 || record_page_repeats(page, row, name));
    if ((!row || !repeats) && !belongs(answer, row)) return false;
  }
  return true;
}

/*
** Some services give a page of their own size whatever the limit is, and one record more does no
** harm; a small body that unpacks to millions of records does.
*/
static bool few_enough(struct page_response *answer) {
  int64_t asked = answer->window.limit;
  int64_t most = (asked > RECORDS_ALWAYS ? asked : RECORDS_ALWAYS) + 1;

  if ((int64_t)answer->page.row_count <= most) return true;
  conclude(&answer->end, VERDICT_FAILED,
           "HTTP 200, but with more than %" PRId64 " records, where %" PRId64
           " at most were asked for.",
           most, asked);
  return false;
}

static bool take_slice(struct page_response *answer, const char *bytes, size_t size) {
  struct record_page *page = &answer->page;
  struct record_problem problem = {""};
  size_t first = page->row_count;
  enum record_status status = record_reader_feed(&answer->reader, bytes, size, page, &problem);

  if (!all_belong(answer, first)) return false;
  switch (status) {
    case RECORD_OK:
      return few_enough(answer);
    case RECORD_WRONG:
      conclude(&answer->end, VERDICT_FAILED,
               "HTTP 200, but record %" PRId64 " is not as documented: %s.",
               answer->window.offset + (int64_t)page->row_count + 1, problem.text);
      return false;
    case RECORD_TOO_LARGE:
      conclude(&answer->end, VERDICT_FAILED, "HTTP 200, with a record of more than %zu bytes.",
               RECORD_SIZE_MAX);
      return false;
    case RECORD_NO_MEMORY:
      answer->end.verdict = VERDICT_NO_MEMORY;
      return false;
    default:
      conclude(&answer->end, VERDICT_FAILED,
               "HTTP 200, but the body is not the documented array of %s.",
               answer->page.listing->records);
      conclude_advice(&answer->end, "Does the endpoint name SWR's API? Check endpoint and region.");
      return false;
  }
}

/* How many rows there will be, by what was asked for and the total. */
static size_t expected_rows(const struct page_response *answer) {
  const struct content_range *range = &answer->range;
  int64_t rows = answer->window.limit;

  if (!answer->has_range) return 0;
  if (range->total - answer->window.offset < rows) rows = range->total - answer->window.offset;
  return rows > 0 ? (size_t)rows : 0;
}

/*
** A compressed answer may come as many megabytes at once, and not all records are plain: between
** two slices of them somebody may stop it.
*/
static bool take_rows(struct page_response *answer, const char *bytes, size_t size) {
  answer->page.expected = expected_rows(answer);
  while (size) {
    size_t slice = SLICE - answer->unseen < size ? SLICE - answer->unseen : size;
    if (!take_slice(answer, bytes, slice)) return false;
    bytes += slice;
    size -= slice;
    answer->unseen += slice;
    if (answer->unseen < SLICE) continue;
    answer->unseen = 0;
    if (answer->interrupted && answer->interrupted(answer->interrupt_context)) {
      answer->end.verdict = VERDICT_INTERRUPTED;
      return false;
    }
  }
  return true;
}

/* What has come so far and was kept. False if it is not what it should be. */
static bool take_kept(struct page_response *answer) {
  bool fine =
      !answer->undecoded.size || take_rows(answer, answer->undecoded.bytes, answer->undecoded.size);

  spare_body_put(answer->page.spares, &answer->undecoded);
  return fine;
}

/* True if more has come than is kept undecoded, or will. */
static bool is_large(const struct page_response *answer, size_t size) {
  size_t kept = answer->undecoded.size;

  return answer->received - size > kept || size > UNDECODED_MAX - kept ||
         expected_rows(answer) > UNDECODED_MAX / RECORD_BYTES;
}

/* Keeps bytes of rows for page_response_decode. */
static bool keep_rows(struct page_response *answer, const char *bytes, size_t size) {
  size_t kept = answer->undecoded.size;

  if (is_large(answer, size)) return take_kept(answer) && take_rows(answer, bytes, size);
  if ((kept || spare_body_take(answer->page.spares, &answer->undecoded,
                               page_response_expected(answer)) == BUFFER_OK) &&
      buffer_append(&answer->undecoded, bytes, size) == BUFFER_OK) {
    return true;
  }
  answer->end.verdict = VERDICT_NO_MEMORY;
  return false;
}

bool page_response_body(struct page_response *answer, int status, const char *bytes, size_t size) {
  answer->received += size;
  if (status == 200) {
    if (answer->received > RESPONSE_MAX) {
      conclude(&answer->end, VERDICT_FAILED, "HTTP 200, with a body of more than %zu bytes.",
               RESPONSE_MAX);
      return false;
    }
    return keep_rows(answer, bytes, size);
  }
  if (answer->error_body.size + size > ERROR_BODY_MAX) {
    size = ERROR_BODY_MAX - answer->error_body.size; /* its beginning says enough */
  }
  if (size && buffer_append(&answer->error_body, bytes, size) != BUFFER_OK) {
    answer->end.verdict = VERDICT_NO_MEMORY;
    return false;
  }
  return answer->received <= RESPONSE_MAX;
}

/* `HTTP 401, APIGW.0301: Incorrect IAM authentication information: ….` and the advice. */
static enum verdict conclude_status(struct page_response *answer, enum verdict verdict,
                                    const struct answer_error *error) {
  char said[sizeof error->code + sizeof error->message + 32];
  struct refusal refusal = {.status = answer->status,
                            .error = error,
                            .listing = answer->page.listing,
                            .credentials = answer->refusal,
                            .signed_at = answer->signed_at,
                            .date = answer->date,
                            .token_size = answer->token_size};

  if (!answer->request_id[0]) {
    snprintf(answer->request_id, sizeof answer->request_id, "%s", error->request_id);
  }
  answer_error_describe(error, answer->status, said, sizeof said);
  conclude(&answer->end, verdict, "%s", said);
  if (verdict != VERDICT_ABSENT) advice_write(&refusal, answer->end.advice);
  return verdict;
}

/* True if it was asked for what may not be there. */
static bool names_place(const struct page_response *answer) {
  return answer->place->name_space[0] || answer->place->name[0];
}

/* What the answer refuses: who asks, the limit, the order, or so many requests. */
static void note_refusal(struct page_response *answer, const struct answer_error *error) {
  int status = answer->status;
  bool by_swr = answer_error_is_swr(error);

  answer->unauthorized = status == 401 && !by_swr;
  answer->limit_refused = status == 400 && answer_error_is_limit(error);
  answer->order_refused = status == 400 && answer_error_is_order(error);
  answer->throttled = status == 429 || (status == 403 && answer_error_is_throttling(error));
  answer->forbidden = status == 403 && !answer->throttled && by_swr;
  if (answer->throttled &&
      !answer_error_window(error, &answer->quota.limit, &answer->quota.length)) {
    answer->quota = (struct throttle_window){0, 0};
  }
}

static enum verdict finish_error(struct page_response *answer) {
  struct answer_error error;
  int status = answer->status;

  if (!answer_error_read(&error, answer->error_body.bytes ? answer->error_body.bytes : "",
                         answer->error_body.size, answer->secrets)) {
    return answer->end.verdict = VERDICT_NO_MEMORY;
  }
  snprintf(answer->code, sizeof answer->code, "%s", error.code);
  note_refusal(answer, &error);
  if (status == 404 && names_place(answer) && answer_error_is_swr(&error)) {
    return conclude_status(answer, VERDICT_ABSENT, &error);
  }
  if (answer->throttled || status >= 500 || status_wants_new_connection(status)) {
    return conclude_status(answer, VERDICT_AGAIN, &error);
  }
  return conclude_status(answer, VERDICT_FAILED, &error);
}

static enum verdict finish_transport(struct page_response *answer,
                                     const struct transport_result *result) {
  if (result->outcome == TRANSPORT_NO_MEMORY) return answer->end.verdict = VERDICT_NO_MEMORY;
  return transport_problem(result, answer->secrets, &answer->end);
}

enum verdict page_response_finish(struct page_response *answer,
                                  const struct transport_result *result) {
  answer->status = result->status;
  answer->date = result->date;
  if (answer->end.verdict != VERDICT_READY)
    return answer->end.verdict; /* told while the bytes came */
  if (result->outcome == TRANSPORT_STOPPED) {
    return conclude(&answer->end, VERDICT_FAILED, "HTTP %d, with a body of more than %zu bytes.",
                    result->status, RESPONSE_MAX);
  }
  /* Credentials that were refused are not sent again, even where the answer broke off. */
  if (result->outcome != TRANSPORT_COMPLETE && (result->outcome == TRANSPORT_NO_MEMORY ||
                                                (result->status != 401 && result->status != 403))) {
    return finish_transport(answer, result);
  }
  return result->status == 200 ? VERDICT_READY : finish_error(answer);
}

enum verdict page_response_decode(struct page_response *answer) {
  if (!take_kept(answer)) return answer->end.verdict;
  if (record_reader_finished(&answer->reader)) return VERDICT_READY;
  if (answer->received == 0) {
    return conclude(&answer->end, VERDICT_FAILED,
                    "HTTP 200 with an empty body, where an array of %s was expected.",
                    answer->page.listing->records);
  }
  return conclude(&answer->end, VERDICT_FAILED,
                  "HTTP 200, but the body was cut short: it ends inside the array, after %zu "
                  "records.",
                  answer->page.row_count);
}

size_t page_response_expected(const struct page_response *answer) {
  return (size_t)answer->window.limit * RECORD_BYTES;
}

void page_response_refuse(struct page_response *answer, const char *problem, const char *advice) {
  conclude(&answer->end, VERDICT_FAILED, "%s", problem);
  conclude_advice(&answer->end, "%s", advice);
  record_page_free(&answer->page);
  record_reader_reset(&answer->reader);
  buffer_free(&answer->undecoded);
}

size_t page_response_footprint(const struct page_response *answer) {
  return record_page_footprint(&answer->page) + answer->undecoded.size;
}
