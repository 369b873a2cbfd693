/*
** The columns of a listing as SQL declares them, and where their values are from.
*/
#ifndef SWR_COLUMNS_H
#define SWR_COLUMNS_H

#include <stdint.h>

#include "api/listing.h"

/*
** The CREATE TABLE text of a listing's table, to be freed by sqlite3_free; NULL when out of memory.
** WITHOUT ROWID: SQLite tells rows apart by the key where an OR finds them twice, or a join must.
** The key is the place and what tells its records apart, and is never NULL.
*/
char *columns_declare(const struct listing *listing);

/* A bit for each column that is a part of the place that was asked. */
uint32_t columns_echoed(const struct listing *listing);

/* And for each of which a value is a text of the record, and no more: nearly all that are read. */
uint32_t columns_plain(const struct listing *listing);

#endif
