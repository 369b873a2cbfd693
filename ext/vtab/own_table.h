/*
** Tables that a user makes beside the one that is there by itself, for another region or account:
**
**     CREATE VIRTUAL TABLE temp.jobs USING swr_sync_job(region='ap-southeast-3', profile='prod');
**
** In TEMP alone: a database file goes to others, and must not say whose account is asked when it
** is opened. No argument can be a secret. It must not know what the table has.
*/
#ifndef SWR_OWN_TABLE_H
#define SWR_OWN_TABLE_H

#include <sqlite3ext.h>
#include <stdbool.h>

#include "account/settings.h"
#include "api/place.h"

/* Zero: the table that is there by itself. */
struct own_table {
  char *name;                  /* owned, by SQLite's memory; NULL for that one */
  char region[REGION_MAX + 1]; /* asked where a query names none; empty: the one that is set */
  char *profile;               /* owned, likewise; NULL: as the settings say */
};

/*
** For xConnect, with its arguments, which are also those of xCreate: SQLITE_OK with *own zero for
** the table that is there by itself, filled for one in TEMP; all else is SQLITE_ERROR with a
** message that says what to write. `settings` say whether a profile may be chosen.
*/
int own_table_read(sqlite3 *db, struct settings *settings, int argc, const char *const *argv,
                   struct own_table *own, char **message);

void own_table_free(struct own_table *own);

#endif
