/*
** A name that is compared with a number: what is said where the names that it stands for cannot be
** asked for, or do not leave in order.
**
** It must not know where values come from, nor SQLite.
*/
#ifndef SWR_NUMBER_KEY_H
#define SWR_NUMBER_KEY_H

#include <stdbool.h>

#include "api/listing.h"
#include "api/place.h"
#include "base/status.h"
#include "scan/scan.h"

/* Those names would have to be found, and are not to be. SERVICE_FAILED, and *error says it. */
enum service_status number_key_refuse(const struct listing *listing, int column,
                                      struct service_error *error);

/*
** What had to be found was not: says after the message of *error what it was wanted for, unless the
** status is no failure.
*/
void number_key_explain(const struct listing *listing, int column, enum service_status status,
                        struct service_error *error);

/* What the names of rows may be, where a number stands for several. */
enum names_of_rows {
  NAMES_ANY,
  NAMES_ONE,       /* one name in all rows: they were promised to have it */
  NAMES_ONE_PLACE, /* each name of one repository alone: others were to be merged with it */
  NAMES_WRITTEN    /* one as SQLite writes the number: it leaves out all others */
};

/* The rows that have left. Zero: any names. */
struct name_check {
  enum names_of_rows allowed;
  struct place last; /* no name before the first row; or the name that all have */
};

/*
** Begins to check rows that are promised to be in an order of their names, which is `first`, if
** anywhere; `apart`: several names are there, and no two repositories of one name may follow.
*/
void name_check_begin(struct name_check *check, enum name_order first, bool apart);

/* Begins to check rows of which SQLite takes those of one name alone. */
void name_check_begin_written(struct name_check *check, const char *name);

/* Looks at the place of the next row: SERVICE_FAILED if it may not be, and *error says it. */
enum service_status name_check(struct name_check *check, const struct place *place,
                               const struct listing *listing, struct service_error *error);

#endif
