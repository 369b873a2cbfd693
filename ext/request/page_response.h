/*
** The answer to one attempt at a page: headers and bytes come in, rows or a verdict come out.
**
** It must not know how often a request is tried, nor where the bytes come from.
*/
#ifndef SWR_PAGE_RESPONSE_H
#define SWR_PAGE_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/place.h"
#include "api/target.h"
#include "base/buffer.h"
#include "network/transport.h"
#include "record/record_reader.h"
#include "request/answer_error.h"
#include "request/content_range.h"
#include "request/throttle.h"
#include "request/verdict.h"

struct page_response {
  /* What was asked; set by page_response_init, not owned. */
  const struct place *place;
  struct page_window window;
  const struct secrets *secrets;
  const char *refusal; /* a sentence: what to do where the credentials are not accepted */
  bool (*interrupted)(void *context); /* NULL: nobody is to be asked */
  void *interrupt_context;
  /* What the attempt carries, see struct refusal; set by who sends it. */
  int64_t signed_at;
  size_t token_size;
  /* What came back. */
  struct record_page page;
  bool has_range;
  struct content_range range;
  bool throttled;               /* VERDICT_AGAIN because too much was asked */
  bool limit_refused;           /* the service gives fewer records at once than were asked for, */
  bool order_refused;           /* or does not know the order */
  struct throttle_window quota; /* that it named then; all zeros: none */
  bool forbidden;        /* the service itself says that the credentials may not read this place */
  struct conclusion end; /* VERDICT_READY until something is wrong with the records */
  int status;
  int64_t date;        /* the server's clock, seconds since 1970; 0: it did not say */
  bool unauthorized;   /* 401 from the gateway: the credentials did not get as far as SWR */
  char code[64];       /* the service's, of an error; empty if none */
  char request_id[80]; /* the service's, from the header or the body; empty if none */
  /* Private. */
  struct record_reader reader;
  struct buffer undecoded; /* the body of a page, until it is decoded */
  struct buffer error_body;
  size_t unseen;   /* bytes decoded since somebody was asked whether to go on */
  size_t received; /* bytes of the body */
};

/*
** Ready for the first attempt at a page of the listing, of which `wanted` says which large columns
** are read: see record_reader_init. The secrets are cut out of every text. They, listing, place and
** the sentence of `refusal` must outlive the answer.
*/
void page_response_init(struct page_response *answer, const struct listing *listing,
                        uint32_t wanted, const struct place *place,
                        const struct page_window *window, const struct secrets *secrets,
                        const char *refusal);

/*
** Whom to ask now and then, while rows are decoded, whether the user wants to stop: the verdict is
** VERDICT_INTERRUPTED then.
*/
void page_response_watch(struct page_response *answer, bool (*interrupted)(void *context),
                         void *context);

/* Ready for another attempt. */
void page_response_reset(struct page_response *answer);

void page_response_free(struct page_response *answer);

/* The calls of struct transport_handler; page_response_body returns false to end the exchange. */
void page_response_header(struct page_response *answer, const char *name, size_t name_size,
                          const char *value, size_t value_size);
bool page_response_body(struct page_response *answer, int status, const char *bytes, size_t size);
enum verdict page_response_finish(struct page_response *answer,
                                  const struct transport_result *result);

/*
** Decodes the rows of an answer that page_response_finish has found ready: VERDICT_READY,
** VERDICT_FAILED or VERDICT_NO_MEMORY. It is the caller's to do late: where many answers come at
** once, the requests that follow them leave first, and the rows are read while they are still at
** hand. May be called again.
*/
enum verdict page_response_decode(struct page_response *answer);

/*
** Bytes of memory that its rows take, decoded or not; and that they probably will, by the limit
** asked.
*/
size_t page_response_footprint(const struct page_response *answer);
size_t page_response_expected(const struct page_response *answer);

/* Makes it fail for a reason that is not its own, a sentence, and gives its memory back. */
void page_response_refuse(struct page_response *answer, const char *problem, const char *advice);

#endif
