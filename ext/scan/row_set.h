/*
** The rows of a list that is read whole: each record once, whatever pages it came in.
**
** A list that changes while its pages are read gives some records twice. They are told apart by the
** columns that are flagged as identity; where a listing flags none, all rows are records of their
** own. Records that a loose filter of the service let through are known, but not shown. It must not
** know how pages are asked for.
*/
#ifndef SWR_ROW_SET_H
#define SWR_ROW_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/place.h"
#include "record/record_page.h"

/* One record: where it is, and whether a page of the chain had it (see roll.c). */
struct known_row {
  const struct record_page *page;
  uint32_t row;
  bool chained;
};

struct row_set {
  const struct listing *listing;
  const struct place *place;  /* what is shown must say all names that this has */
  struct record_page **pages; /* owned */
  size_t page_count;
  size_t page_capacity;
  struct known_row *rows;
  size_t row_count;
  size_t row_capacity;
  uint32_t *shown; /* indexes of rows, in the order in which they are shown */
  size_t shown_count;
  size_t shown_capacity;
  uint32_t *slots; /* of a table of hashes: an index of rows and one; 0: free */
  size_t slot_count;
};

/* Allocates nothing. The place must outlive the set. */
void row_set_init(struct row_set *set, const struct listing *listing, const struct place *place);

void row_set_free(struct row_set *set);

/*
** Takes the rows of a page over, leaving it empty; *news is how many were not known. False when out
** of memory.
*/
bool row_set_add(struct row_set *set, struct record_page *page, bool chained, size_t *news);

/*
** Takes over what another set, of the same listing, knows; its pages stay there, and it must
** outlive this one. False when out of memory.
*/
bool row_set_borrow(struct row_set *set, const struct row_set *from);

/*
** True if a page, which is sorted by `column` as the ones of the chain are (negative: in an order
** that nobody knows), begins before the last row of the chain: then there is nothing between them,
** whatever came or went meanwhile.
**
** That shows in a row after the first that the chain has, too, where it was in the same place of
** the order: the first row is before it, unless both are in the same place.
*/
bool row_set_covers(const struct row_set *set, const struct record_page *page, int column);

/* How many rows at the end of a page are in the same place of an order by `column`. */
size_t row_set_ties(const struct record_page *page, int column);

/* True if rows of a page follow each other by time, ascending or not. */
bool row_set_sorted(const struct record_page *page, bool descending);

/* Sorts what is shown from `first` on by time; those of the same time stay as they are. */
bool row_set_sort(struct row_set *set, size_t first, bool descending);

#endif
