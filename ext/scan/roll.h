/*
** The roll of one place: a list that is read whole, in pages, and kept.
**
** Lists besides that of jobs are short, move in ways that no total tells of (a push moves its
** repository to another place of the order), and have offsets that must be multiples of the limit.
** So the roll takes as many pages as there are, in the order in which rows move least, each of
** which begins before the last row of the one before it: a row that was there all the time is never
** missed, and none is given twice. (Pages of three rows or fewer, which no service is known to
** give, cannot overlap so: there, totals say whether rows have moved.) Rows leave by time where
** that was asked for. It must not know SQL.
*/
#ifndef SWR_ROLL_H
#define SWR_ROLL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/place.h"
#include "base/status.h"
#include "record/record_page.h"
#include "request/place_text.h"
#include "request/service.h"
#include "scan/page_map.h"

struct roll;

/* True if a listing is read so. */
bool roll_suits(const struct listing *listing);

/*
** The roll of a listing at a place, which is copied, in one of the listing's orders; `wanted` says
** which large columns are read: see record_reader_init. NULL when out of memory.
*/
struct roll *roll_open(struct service *service, struct access *access,
                       const struct listing *listing, const struct place *place,
                       const struct order *order, uint32_t wanted);

/*
** The roll asks for nothing by itself: its rows are those of a roll of the same listing, with the
** same columns, at a place that names less. That one must outlive it. Before anything else.
*/
void roll_draw_from(struct roll *roll, struct roll *whole);

/* Ends its request and frees it. NULL is fine. */
void roll_close(struct roll *roll);

const struct place *roll_place(const struct roll *roll);

/* What it is a roll of, as a message begins: see place_text. */
const char *roll_text(const struct roll *roll, char text[PLACE_TEXT_MAX]);

/*
** Starts the first request that a reader needs, and does not wait for it. Nothing happens if there
** was a request before. False when out of memory.
*/
bool roll_start(struct roll *roll, const struct page_reader *reader);

/*
** Takes the answer to the request under way, if it has come, and starts the next one if it `may`.
** Never waits.
*/
enum service_status roll_advance(struct roll *roll, const struct page_reader *reader, bool may);

/* Rows that are there, and in their places; and whether they are all. */
int64_t roll_ready(const struct roll *roll);
bool roll_complete(const struct roll *roll);

/*
** Of one that is complete: how many records fewer it has, shown or not, than the service says that
** there are; 0 where it says nothing. And reads it once more; what is new comes after what is
** there.
*/
int64_t roll_missing(const struct roll *roll);
void roll_again(struct roll *roll);

/* True if something was asked, be it by roll_start. */
bool roll_begun(const struct roll *roll);

/*
** Whether there is a row at a position, counted from 0 as rows leave. Where the reader only counts,
** the total that the service tells of a list without a filter is enough.
*/
enum service_status roll_seek(struct roll *roll, const struct page_reader *reader, int64_t position,
                              bool *exists);

/*
** The row at a position, and how many after it follow it in the same page: *page, the index in it,
** and *count with the row itself. Valid as long as the roll is there. *count is 0 if there is none.
*/
enum service_status roll_run(struct roll *roll, const struct page_reader *reader, int64_t position,
                             const struct record_page **page, size_t *index, int64_t *count);

/* Fails where a row that was said to exist does not. */
enum service_status roll_fail_gone(const struct roll *roll);

#endif
