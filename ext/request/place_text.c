/*
** What was asked, as a message begins: see place_text.h.
*/
#include "request/place_text.h"

#include <stdbool.h>
#include <stdio.h>

const char *place_text(const struct access *access, const struct place *place,
                       char text[PLACE_TEXT_MAX]) {
  /* The label of what has no name is its region already. */
  bool named = access_several(access) && place->image[0] && access->region[0];

  snprintf(text, PLACE_TEXT_MAX, "%s%s%s", place_label(place), named ? " in region " : "",
           named ? access->region : "");
  return text;
}
