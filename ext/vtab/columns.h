/*
** The columns of a listing as SQL declares them.
*/
#ifndef SWR_COLUMNS_H
#define SWR_COLUMNS_H

#include "api/listing.h"

/*
** The CREATE TABLE text of a listing's table, to be freed by sqlite3_free; NULL when out of memory.
** WITHOUT ROWID: SQLite tells rows apart by the key where an OR finds them twice, or a join must.
** The key is the place and what tells its records apart, and is never NULL.
*/
char *columns_declare(const struct listing *listing);

#endif
