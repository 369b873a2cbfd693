/*
** Two rows of decoded pages, compared: whether they are one record, and which comes first.
**
** It must not know where rows stand, nor how they came.
*/
#ifndef SWR_ROW_H
#define SWR_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/listing.h"
#include "record/record_page.h"

/* Where rows without a time stand in a list, as far as it has shown them. */
enum nulls { NULLS_UNKNOWN, NULLS_FIRST, NULLS_LAST };

/*
** True if two rows of one place are the same record: what identifies it, its time and what else
** tells records apart are the same. The identity alone may repeat.
*/
bool row_same(const struct record_page *a_page, size_t a, const struct record_page *b_page,
              size_t b);

/* A number that two rows have in common if they are the same record, and hardly ever otherwise. */
uint64_t row_hash(const struct record_page *page, size_t row);

/* The same of the times of two rows, as they are written. */
uint64_t row_time_hash(const struct record_page *page, size_t row);

/*
** Negative, 0 or positive as row `a` comes before, with or after row `b` in an order by time. Where
** nothing is known of rows without a time, they stand where SQLite has them. Lists that have no
** time know no order: 0.
*/
int row_compare(const struct order *order, enum nulls nulls, const struct record_page *a_page,
                size_t a, const struct record_page *b_page, size_t b);

/* True if the row has no time. */
bool row_timeless(const struct record_page *page, size_t row);

#endif
