/*
** Tables that are there by themselves, under the one name of their module.
*/
#ifndef SWR_EPONYMOUS_H
#define SWR_EPONYMOUS_H

#include <sqlite3ext.h>

/*
** For xConnect, with its arguments: SQLITE_OK if the table is the module's own. A crafted schema can hold a
** CREATE VIRTUAL TABLE that SQLite itself would have refused, and so give the table another name, under
** which a harmless looking query would send requests: that is SQLITE_ERROR, with a message.
*/
int eponymous_check(int argc, const char *const *argv, char **message);

#endif
