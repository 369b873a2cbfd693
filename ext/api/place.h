/*
** A place: what a list is of. A region, an organization in it, or a repository of that.
**
** The rules of names come from SWR's reference (sections "namespace" and "repository" of
** ShowSyncJob). This file must not know what is asked of a place, nor how.
*/
#ifndef SWR_PLACE_H
#define SWR_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/listing.h"

#define NAMESPACE_MAX 64   /* characters */
#define REPOSITORY_MAX 128 /* characters */
#define IMAGE_MAX (NAMESPACE_MAX + 1 + REPOSITORY_MAX)
#define REGION_MAX 128 /* characters; what the setting takes */
#define REGION_LABEL_MAX \
  63 /* characters of a region that a query names: a label of DNS, RFC 1035 */
#define JOBS_OFFSET_MAX 1000000000 /* of a hint: no list is longer, and a service may refuse more */

/*
** A place that may exist: its names keep the rules, and those that it does not name are empty.
** Places of two regions have nothing in common.
*/
struct place {
  char region[REGION_MAX + 1];        /* empty where an endpoint is set and no region */
  char name_space[NAMESPACE_MAX + 1]; /* the organization */
  char name[REPOSITORY_MAX + 1];      /* of the repository; may hold slashes */
  char image[IMAGE_MAX + 1];          /* both; SQLite reads it for each row that it checks */
};

/*
** Fills *place with both names and the empty region. False if no such repository can exist: wrong
** characters, a first or last character that is not allowed, or a length out of bounds. Pages of
** the reference disagree on runs of separators inside a name, so that those are left to the
** service.
*/
bool place_set(struct place *place, const char *name_space, size_t name_space_size,
               const char *name, size_t name_size);

/* The same for the parts alone that `parts` has (PLACE_NAMESPACE, PLACE_REPOSITORY). */
bool place_set_parts(struct place *place, unsigned parts, const char *name_space,
                     size_t name_space_size, const char *name, size_t name_size);

/* The same from `namespace/repository`, split at the first slash. */
bool place_set_image(struct place *place, const char *image, size_t size);

/*
** True if a region of this name may exist: lower-case letters, digits and hyphens, a letter first
** and no hyphen last. The name becomes part of a host's name and may come from data, so that this
** is all that keeps credentials with the cloud: without dots and anything else that a URL gives a
** meaning to, whatever is named stays a host below the cloud's own domain.
*/
bool region_valid(const char *region, size_t size);

/*
** Says which region has it: one that is valid, or the one that is set; at most REGION_MAX
** characters.
*/
void place_set_region(struct place *place, const char *region);

/* Fills *place with a region and names that were found valid before; empty ones are not named. */
void place_fill(struct place *place, const char *region, const char *name_space, const char *name);

/* What messages call it: what it names, or else its region. */
const char *place_label(const struct place *place);

/* By region, then namespace, then name; as strcmp. */
int place_compare(const struct place *left, const struct place *right);

bool place_equal(const struct place *left, const struct place *right);

/*
** True if a record that says this of its repository belongs to `repository`: the service may write
** `$` for `/`, and the repository with its namespace in front.
*/
bool place_matches_name(const struct place *place, const char *name, size_t size);

#endif
