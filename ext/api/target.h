/*
** The target of a request: path and filter, made once from what a listing says of them, and then
** used by the wire, the signature and the messages alike. With words for the values it is what
** EXPLAIN shows.
**
** A path is written as SWR's reference has it (section "repository" of ShowSyncJob): `/` of a
** repository as `$`. This file must not know how a request is sent, nor to which host.
*/
#ifndef SWR_TARGET_H
#define SWR_TARGET_H

#include <stddef.h>
#include <stdint.h>

#include "api/listing.h"
#include "api/place.h"

/* Bytes, NUL included, for the longest names and numbers in a listing's templates. */
#define TARGET_PATH_MAX 384
#define TARGET_FILTER_MAX 384
#define TARGET_TEXT_MAX (TARGET_PATH_MAX + 3 * TARGET_FILTER_MAX)
#define TARGET_WORDS_MAX 256 /* of target_words */

#define TARGET_PARAMETER "filter" /* the one parameter of a query that lists have */

/* What one request asks of a listing: `limit` records from position `offset` on, in that order. */
struct page_window {
  int64_t offset;
  int64_t limit;
  const struct order *order; /* see listing_order */
};

struct target {
  char path[TARGET_PATH_MAX];     /* as it is sent: names need no encoding */
  char filter[TARGET_FILTER_MAX]; /* decoded; empty if there is none */
};

/*
** What stands for the placeholders of a listing's templates. NULL: a segment that has one is left
** out.
*/
struct target_values {
  const char *name_space;
  const char *repository;
  const char *limit;
  const char *offset;
  const char *order;
  const char *project; /* its id */
};

/*
** The target of one page of a listing at a place, in a project with that id, where the listing has
** it. A part that the place does not name has no value.
*/
void target_make(struct target *target, const struct listing *listing, const struct place *place,
                 const struct page_window *window, const char *project);

/* Writes path and query as they follow a base URL, the filter percent-encoded. */
void target_text(const struct target *target, char text[TARGET_TEXT_MAX]);

/*
** Writes the target with words for the values: `filter=limit::?|offset::0|order::asc`, or the path
** where the listing takes no filter: `path=/v2/manage/namespaces/?/repos`.
*/
void target_words(const struct listing *listing, const struct target_values *values,
                  char words[TARGET_WORDS_MAX]);

#endif
