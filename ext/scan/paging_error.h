/*
** What is said where the pages of a list do not fit together. All of it fails with SERVICE_FAILED.
**
** It must not know when that is so.
*/
#ifndef SWR_PAGING_ERROR_H
#define SWR_PAGING_ERROR_H

#include "scan/fetch.h"

/* Rows are to come in an order that the list does not keep. */
enum service_status paging_fail_disordered(const struct fetch *fetch);

/* Rows were found by an order that the list does not keep. */
enum service_status paging_fail_misled(const struct fetch *fetch);

/* Rows that share a time were asked for in pieces, and the pieces do not fit. */
enum service_status paging_fail_tied(const struct fetch *fetch, int64_t position);

/* The row at a position was not found in so many requests, the last one for an offset. */
enum service_status paging_fail_moving(const struct fetch *fetch, int64_t position, int64_t offset,
                                       int tries);

/* The record with an id stands at two places, though only sorting could have told. */
enum service_status paging_fail_twice(const struct fetch *fetch, int64_t id);

/* The row at a position was said to exist. */
enum service_status paging_fail_gone(const struct fetch *fetch, int64_t position);

#endif
