/*
** What a statement has fetched: the page maps of all repositories that it asks, of whatever region,
** each once for each order, shared by its cursors until the last of them is closed.
**
** A join asks for the same repository again and again, and SQLite opens a cursor anew for every run
** of a correlated subquery. A new statement always starts with none. It must not know SQL.
*/
#ifndef SWR_STATEMENT_H
#define SWR_STATEMENT_H

#include "api/place.h"
#include "request/service.h"
#include "scan/page_map.h"
#include "scan/roll.h"

struct statement;

/*
** Begins a statement with the settings in force; *statement has one reference, and is NULL on
** failure. The second one does so with another profile than theirs, unless it is NULL.
*/
enum service_status statement_begin(struct service *service, struct statement **statement);
enum service_status statement_begin_as(struct service *service, const char *profile,
                                       struct statement **statement);

/* One reference more; returns its argument. */
struct statement *statement_retain(struct statement *statement);

/* One reference less; with the last one its requests end and its maps go. NULL is fine. */
void statement_release(struct statement *statement);

/*
** The region that is set, which a query asks if it names none; empty where only an endpoint is set.
*/
const char *statement_region(const struct statement *statement);

/*
** Finds out how to ask a region: its endpoint and credentials. The message of a failure says what
** to set (see access_for_region). Comes before statement_map.
*/
enum service_status statement_reach(struct statement *statement, const char *region);

/* The sentence of the call that failed last: the service's. */
struct service_error *statement_error(const struct statement *statement);

/* See service_ask_more. */
struct asker statement_ask_more(struct statement *statement, struct asker asker);

/* Counts a place that nobody has named, for whom it interests how far the statement is. */
void statement_found_one(struct statement *statement);

/* True if one more request that nobody waits for yet may be sent: see service_has_room_ahead. */
bool statement_has_room(const struct statement *statement);

/* How many requests may be under way at once, by the settings. */
size_t statement_at_once(const struct statement *statement);

/*
** The map of a listing at a place in an order, the statement's; opened where there is none yet. Its
** region must have been reached. NULL when out of memory.
*/
struct page_map *statement_map(struct statement *statement, const struct listing *listing,
                               const struct place *place, const struct order *order);

/*
** Takes over a map that only one reader asks, until the statement ends. False when out of memory;
** the map is closed then.
*/
bool statement_keep(struct statement *statement, struct page_map *map);

/*
** *found: the service gave a list of a place, in whatever order, in this statement. Waits for what
** has been asked of it.
*/
enum service_status statement_found(const struct statement *statement,
                                    const struct listing *listing, const struct place *place,
                                    bool *found);

/*
** The same for a listing that is read whole (see roll_suits); `wanted` says which of its large
** columns are read.
*/
struct roll *statement_roll(struct statement *statement, const struct listing *listing,
                            const struct place *place, const struct order *order, uint32_t wanted);

/*
** Notes that a place's records in that order may not be read and are left out for as long as the
** statement lasts, see service_leave_out; and whether they are.
*/
enum service_status statement_leave_out(struct statement *statement, const struct listing *listing,
                                        const struct place *place, const struct order *order,
                                        uint32_t wanted, const char *why);
bool statement_leaves_out(const struct statement *statement, const struct listing *listing,
                          const struct place *place, const struct order *order, uint32_t wanted);

/* Fails where a listing is of a project whose id is not known, of a region that was reached. */
enum service_status statement_project(struct statement *statement, const struct listing *listing,
                                      const char *region);

/* The rows of the log of requests so far. */
int64_t statement_attempts(const struct statement *statement);

/*
** Notes in it that a reader has begun with a place's records in that order, and whether anything
** was `asked` for that: the first who did without, since another had read them before, is one that
** the user may look for in vain. The same of a listing that is known otherwise.
*/
void statement_note_read(struct statement *statement, const struct listing *listing,
                         const struct place *place, const struct order *order, uint32_t wanted,
                         bool asked);
void statement_note_known(struct statement *statement, const struct listing *listing,
                          const struct place *place);

/* Whether the user wants to stop: for what takes long without a wait. */
bool statement_interrupted(const struct statement *statement);

/* Bytes of the pages that are here, and of those that a reader still has. */
size_t statement_footprint(const struct statement *statement);

/*
** Lets go of pages, of the maps asked for longest ago first, where all together pass a bound; each
** map that a reader holds keeps the page that it is read from.
*/
void statement_trim(struct statement *statement);

#endif
