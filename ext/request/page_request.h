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
#include "api/target.h"
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

/* The same, of which `wanted` says which large columns are read: see record_reader_init. */
struct page_request *page_request_start_columns(struct service *service, struct access *access,
                                                const struct listing *listing,
                                                const struct place *place,
                                                const struct page_window *window, uint32_t wanted);

/* True once it ended, well or not. */
bool page_request_ended(const struct page_request *request);

/* What was asked. */
const struct page_window *page_request_window(const struct page_request *request);

/*
** Of one that has ended. The first of these calls decodes the rows, which is best left until they
** are wanted: see page_response_decode.
**
** How it ended: VERDICT_READY, VERDICT_ABSENT, VERDICT_FAILED, VERDICT_INTERRUPTED or
** VERDICT_NO_MEMORY; the answer, of which the page may be taken out by moving it; and, in one
** sentence each, what was asked, what came back and what to do.
*/
enum verdict page_request_verdict(struct page_request *request);
struct page_response *page_request_answer(struct page_request *request);
void page_request_explain(struct page_request *request, struct service_error *error);

/* Ends it, in flight or not, and frees it. NULL is fine. */
void page_request_close(struct page_request *request);

#endif
