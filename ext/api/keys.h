/*
** Keys: the parts of a place that a query names, as masks of enum place_key, and those that a
** listing needs.
**
** It must not know SQL, nor where values come from.
*/
#ifndef SWR_KEYS_H
#define SWR_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "api/listing.h"

#define KEYS_TEXT_MAX 128 /* of keys_missing */

/* The parts that keys name: an image is a namespace and a repository. */
unsigned keys_parts(unsigned keys);

/*
** True if keys name all parts that the listing's path has. The region is never missing: one is set.
*/
bool keys_complete(const struct listing *listing, unsigned keys);

/*
** The key of a column if values of it can be asked for: the part is in the path, or a filter takes
** it. 0 if not.
*/
unsigned keys_of_column(const struct listing *listing, int column);

/*
** True if a column echoes what was asked, so that no record is needed for it. What a filter takes
** is not echoed: servers compare names loosely, and such a filter only narrows.
*/
bool keys_echo(const struct listing *listing, int column);

/* The parts that the listing's path names but for the region; 0 for a list of a region's own. */
unsigned keys_of_path(const struct listing *listing);

/* True if a filter takes one of the keys, so that what comes is a superset of what they name. */
bool keys_narrow(const struct listing *listing, unsigned keys);

/* What a listing is of, as messages call it: `repository`, `organization` or `account`. */
const char *keys_place(const struct listing *listing);

/* The name of the column that echoes a part of the place; NULL if none does. */
const char *keys_name(const struct listing *listing, enum place_key key);

/*
** Writes the columns that would complete the keys: with `=?` and ` and `, for a listing of a
** repository, `namespace=? and repoName=?, or image=?`.
*/
void keys_missing(const struct listing *listing, unsigned keys, const char *sign,
                  const char *together, char text[KEYS_TEXT_MAX]);

#endif
