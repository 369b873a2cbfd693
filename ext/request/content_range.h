/*
** The Content-Range header as SWR writes it: `offset-count/total`, count being the records of the
** page and not RFC 9110's last index.
**
** Public clients of this call ignore the header, so that it may be missing, foreign or wrong; what
** it says counts only where it agrees with the page that it came with. This file must not know
** what is done with the total.
*/
#ifndef SWR_CONTENT_RANGE_H
#define SWR_CONTENT_RANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct content_range {
  int64_t offset;
  int64_t count; /* or the last index, where the server follows RFC 9110 */
  int64_t total;
};

/* Reads `12-34/56`, optionally after a unit (`items 12-34/56`). False for anything else. */
bool content_range_parse(const char *value, size_t size, struct content_range *range);

/*
** True if the header agrees with the page: it names the offset that was asked, the number of
** records received (as a count or as a last index), and a total that has room for them; or, of an
** empty page, a total that ends at or before the offset. Only then is its total to be believed.
*/
bool content_range_agrees(const struct content_range *range, int64_t offset, int64_t records);

#endif
