/*
** The request of one page through all its attempts: pauses, retries and the deadline.
**
** It must not know which pages are needed, nor what is done with their rows.
*/
#ifndef SWR_PAGE_REQUEST_H
#define SWR_PAGE_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "api/place.h"
#include "base/status.h"
#include "request/page_response.h"
#include "request/service.h"

struct page_request;

/*
** Starts a request; it moves on in service_wait. The service must have begun a statement. NULL when
** out of memory. The place must outlive the request.
*/
struct page_request *page_request_start(struct service *service, struct access *access,
                                        const struct listing *listing, const struct place *place,
                                        const struct page_window *window);

/* True once it ended, well or not. */
bool page_request_ended(const struct page_request *request);

/* What was asked. */
const struct page_window *page_request_window(const struct page_request *request);

/*
** Of one that has ended. The first of these calls decodes the rows, which is best left until they are wanted:
** see page_response_decode.
**
** How it ended: PAGE_READY, PAGE_ABSENT, PAGE_FAILED or PAGE_NO_MEMORY; the answer, of which the page may be
** taken out by moving it; and, in one sentence each, what was asked, what came back and what to do.
*/
enum page_verdict page_request_verdict(struct page_request *request);
struct page_response *page_request_answer(struct page_request *request);
void page_request_explain(struct page_request *request, struct service_error *error);

/* Ends it, in flight or not, and frees it. NULL is fine. */
void page_request_close(struct page_request *request);

/*
** For service_wait: starts the attempts that are due, and returns the milliseconds until the next
** one is, at most `most`.
*/
int64_t page_requests_resume(struct service *service, int64_t most);

/*
** For service_wait, at its beginning and its end: what passes between two waits is not spent waiting, but
** in the host's own hands, and does not count against the deadline.
*/
void page_requests_forgive(struct service *service, int64_t now);
void page_requests_watched(struct service *service, int64_t now);

/* Bytes of the rows that all requests hold. */
size_t page_requests_bytes(const struct service *service);

/* How many requests have not ended. */
int64_t page_requests_under_way(const struct service *service);

#endif
