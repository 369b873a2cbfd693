/*
** A service over the scripted transport, ready for a statement: what the tests of requests, page
** maps and faults share.
*/
#ifndef SWR_FIXTURE_H
#define SWR_FIXTURE_H

#include "api/place.h"
#include "request/service.h"
#include "scan/page_map.h"
#include "scripted_transport.h"

#define FIXTURE_TOKEN "MIIfixture.Token-0123456789"

struct fixture {
  struct scripted_transport *transport;
  struct service *service;
  struct place place;     /* group/library/busybox */
  struct access *access;  /* of fixture_begin; NULL before */
  struct lockout lockout; /* the service's, so that no test knows what another has tried */
  size_t footprint;       /* of the maps that fixture_map opens */
};

/* Resolves settings by the environment as it is now, which the access keeps. */
enum service_status fixture_resolve(struct access **access, struct settings *settings,
                                    struct service_error *error);

/* With endpoint and token set; fixture_begin is still to come. */
void fixture_open(struct fixture *fixture, scripted_source source, void *context);

void fixture_set(struct fixture *fixture, const char *name, const char *value);

void fixture_begin(struct fixture *fixture);

/* A map of the fixture's repository. NULL when out of memory. */
struct page_map *fixture_map(struct fixture *fixture, const struct order *order);

/* The row at `position` of a map, which must exist: a page and an index in it. */
enum service_status fixture_row(struct page_map *map, const struct page_reader *reader,
                                int64_t position, const struct record_page **page, size_t *index);

/* Page requests that have been opened and not closed. */
int fixture_page_requests(const struct fixture *fixture);

void fixture_close(struct fixture *fixture);

/*
** The requests so far, from the one of index `from` on: `100@0 100@100`, limit and offset of
** each. /
*/
const char *fixture_requests(const struct fixture *fixture, size_t from);

#endif
