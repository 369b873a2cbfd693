/*
** The page map of one repository: its jobs as a numbered sequence of rows, filled on demand.
**
** Positions count from 0 in the order that was asked, as rows are read: jobs that are created or
** removed later move rows on the service, not here. The map asks for the page of a position when
** that position's row is wanted, and for as little as shows whether a position exists. A row that
** is read after another one is known to follow it (see drift.h), and the list ends where the
** service has no more rows. The map must not know SQL, nor who moves over it; several readers may.
*/
#ifndef SWR_PAGE_MAP_H
#define SWR_PAGE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/place.h"
#include "api/target.h"
#include "base/status.h"
#include "record/record_page.h"
#include "request/service.h"
#include "scan/page_cache.h"
#include "scan/page_reader.h"
#include "scan/row.h"
#include "scan/trail.h"

struct page_map;

/*
** The map of a listing at a place, which is copied, in one of the listing's orders. The bytes of
** its pages are counted in *footprint, too, which must outlive it and its pages. NULL when out of
** memory.
*/
struct page_map *page_map_open(struct service *service, struct access *access,
                               const struct listing *listing, const struct place *place,
                               const struct order *order, size_t *footprint);

/* Ends its requests and frees it. NULL is fine. */
void page_map_close(struct page_map *map);

const struct place *page_map_repository(const struct page_map *map);
const struct order *page_map_order(const struct page_map *map);

/* Where rows without a time stand, as far as the list has shown. */
enum nulls page_map_nulls(const struct page_map *map);

/* Rows that a page has by the settings, or the first one where they grow. */
int64_t page_map_page_size(const struct page_map *map);

/* Whether the number of positions is known; if so, *total is it. Asks for nothing. */
bool page_map_total(const struct page_map *map, int64_t *total);

/* Its pages, to let go of: they are asked for again where they are wanted. */
struct page_cache *page_map_cache(struct page_map *map);

/* How many readers will come to its rows, or are at them: theirs to count. */
size_t *page_map_readers(struct page_map *map);

/*
** A reader goes, and with it what was asked for ahead of it; the first request of a map stays. Of
** all calls it takes the same `reader`, which stands for itself by its address: see prefetch.h.
*/
void page_map_rest(struct page_map *map, const struct page_reader *reader);

/*
** Starts the first request that `reader` needs, and does not wait for it; the next call that needs
** an answer does. Nothing happens if there was a request before. False when out of memory.
*/
bool page_map_start(struct page_map *map, const struct page_reader *reader);

/*
** True if the row at a position is here, or what was asked ahead for it was answered, so that
** looking at it need not wait.
*/
bool page_map_come(const struct page_map *map, int64_t position);

/*
** Rows that were asked for ahead of the page that is wanted, and all of them up to there, from the
** first one on.
*/
int64_t page_map_ahead(const struct page_map *map);
int64_t page_map_asked(const struct page_map *map);

/* True if something was asked, be it by page_map_start. */
bool page_map_begun(const struct page_map *map);

/*
** Takes the answer to the first request that was started, if it has come, and asks for what
** `reader`, who is sure to come, needs after it. Never waits.
*/
enum service_status page_map_advance(struct page_map *map, const struct page_reader *reader);

/*
** Whether there is a row at a position. Fetches its page if the reader reads; for one that does
** not, the totals count alone where they are known.
*/
enum service_status page_map_seek(struct page_map *map, const struct page_reader *reader,
                                  int64_t position, bool *exists);

/* Finds the rows around `position`, and fetches their page where it is not here. */
enum service_status page_map_run(struct page_map *map, const struct page_reader *reader,
                                 int64_t position, struct page_run *run);

/*
** *follows: what a reader has read last is still in front of the position that it has come to, and
** nothing else of its time is; what was let go of is put back. Else, readers that share the map
** have had its rows moved. False when out of memory.
*/
bool page_map_follow(struct page_map *map, const struct trail *trail, bool *follows);

/*
** A new map of the same list, in which a reader for which that is not so goes on after its own last
** row. NULL when out of memory.
*/
struct page_map *page_map_apart(struct page_map *map, const struct trail *trail);

/*
** Fills a run with the rows around `position` if they are here, and asks for nothing; and whether
** the list is known not to be sorted by its time.
*/
bool page_map_peek(const struct page_map *map, int64_t position, struct page_run *run);
bool page_map_unsorted(const struct page_map *map);

/* Fails: a list that is not sorted has given a record twice. */
enum service_status page_map_fail_twice(const struct page_map *map, int64_t id);

/* Waits for the answer to the first request of all, if that is under way. */
enum service_status page_map_settle(const struct page_map *map);

/*
** Whether the service has said that there is no such place; whether it ever gave a list of it; and
** failing with what was asked and what came back then.
*/
bool page_map_absent(const struct page_map *map);
bool page_map_was_there(const struct page_map *map);
enum service_status page_map_fail_absent(struct page_map *map);

/*
** Where a number stands that changes whenever pages come or go: what page_map_run has found is
** valid as long as it does not.
*/
const uint64_t *page_map_version(const struct page_map *map);

/* Fails where the row at a position was said to exist, and page_map_run finds none. */
enum service_status page_map_fail_gone(const struct page_map *map, int64_t position);

#endif
