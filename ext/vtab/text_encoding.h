/*
** How a connection's databases encode text, which decides how it compares by bytes.
*/
#ifndef SWR_TEXT_ENCODING_H
#define SWR_TEXT_ENCODING_H

#include <sqlite3ext.h>
#include <stdbool.h>

/*
** For xBestIndex: true if texts compare as their bytes in UTF-8 do. In UTF-16 they do not, beyond
** ASCII. Asked anew each time: a database that is still empty may change it, and statements are
** prepared anew then. An authorizer that forbids to ask makes it false.
*/
bool text_is_utf8(sqlite3 *db);

#endif
