/*
** What was asked, as a message begins: a repository, and its region where there are several.
*/
#ifndef SWR_PLACE_TEXT_H
#define SWR_PLACE_TEXT_H

#include "account/access.h"
#include "api/place.h"

#define PLACE_TEXT_MAX (IMAGE_MAX + REGION_MAX + 32) /* bytes, NUL included */

/* Writes the label of a place that is asked with `access`, and returns it. */
const char *place_text(const struct access *access, const struct place *place,
                       char text[PLACE_TEXT_MAX]);

#endif
