/*
** The page map of one repository: its jobs as a numbered sequence of rows, filled on demand.
**
** Positions count from 0 in the order that was asked; they are those of the first answer. The map
** asks for the page of a position when that position's row is wanted, and for as little as shows
** whether a position exists. It keeps the pages used last, within a bound of memory, and asks again
** for one that it has let go. It must not know SQL, nor who moves over it.
*/
#ifndef SWR_PAGE_MAP_H
#define SWR_PAGE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "service/job.h"
#include "service/repository.h"
#include "service/service.h"
#include "service/status.h"

struct page_map;

/*
** Where the reader will look first, so that the first request can go there. A wrong hint costs a
** request and never a row.
*/
struct page_hint {
  int64_t offset;  /* positions that are skipped unread; 0 if none */
  int64_t limit;   /* rows read from there on; negative: as many as there are */
  bool count_only; /* no field is read: only the number of rows matters */
};

/*
** A map of `repository`, which is copied. `check_order`: rows must leave in the order of
** createdAt, and a page that is not in that order is an error. NULL when out of memory.
*/
struct page_map *page_map_open(struct service *service, const struct repository *repository,
                               enum jobs_order order, bool check_order,
                               const struct page_hint *hint);

/* Ends its requests and frees it. NULL is fine. */
void page_map_close(struct page_map *map);

const struct repository *page_map_repository(const struct page_map *map);

/* Whether there is a row at `position`, from what is known or by asking. */
enum service_status page_map_exists(struct page_map *map, int64_t position, bool *exists,
                                    struct service_error *error);

/*
** The row at `position`, which must exist: a page and an index in it, valid until the next call for
** this map.
*/
enum service_status page_map_row(struct page_map *map, int64_t position,
                                 const struct job_page **page, size_t *index,
                                 struct service_error *error);

#endif
