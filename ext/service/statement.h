/*
** What a statement has fetched: the page maps of all repositories that it asks, each once for each
** order, shared by its cursors until the last of them is closed.
**
** A join asks for the same repository again and again, and SQLite opens a cursor anew for every run of
** a correlated subquery. A new statement always starts with none. It must not know SQL.
*/
#ifndef SWR_STATEMENT_H
#define SWR_STATEMENT_H

#include "service/page_map.h"
#include "service/repository.h"
#include "service/service.h"

struct statement;

/* NULL when out of memory. */
struct statement *statement_create(struct service *service);

/* Ends all requests and frees the maps and itself. NULL is fine. */
void statement_destroy(struct statement *statement);

struct service *statement_service(const struct statement *statement);

/*
** The map of a repository in an order, the statement's; opened where there is none yet. NULL when out
** of memory.
*/
struct page_map *statement_map(struct statement *statement, const struct repository *repository,
                               enum jobs_order order);

/* Lets go of pages, of the maps used longest ago first, where all together pass a bound. */
void statement_trim(struct statement *statement);

#endif
