/*
** What one reader of a page map will do, so that requests can be small and go to the right place.
**
** Where it does something else after all, that costs a request and never a row.
*/
#ifndef SWR_PAGE_READER_H
#define SWR_PAGE_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "scan/prefetch.h"

struct page_reader {
  int64_t offset;       /* positions that it skips unread; 0 if none */
  int64_t begun;        /* the position from which on it has read all rows, plus 1; 0: not known */
  int64_t limit;        /* rows that it reads from there on; negative: as many as there are */
  int64_t page;         /* rows of a page at most, below the settings' number; 0: that number */
  bool count_only;      /* it is expected to read no field: only the number of rows matters */
  bool reads;           /* it has read a field: rows are fetched before they are said to exist */
  bool ordered;         /* it relies on the order: rows that are not in it are an error */
  int64_t read;         /* rows of other lists that it has read, see prefetch_rows */
  enum reading_on on;   /* how sure it is that it goes on to the end, or to its limit */
  int64_t expected_end; /* the position that it is not expected to reach; 0: none known */
};

#endif
