/*
** The rows of one place as a numbered sequence, however they are had: by a page map, of which a
** part is here at a time, or by a roll, which is read whole.
**
** It must not know what is done with rows. See page_map.h for what the calls do.
*/
#ifndef SWR_SEQUENCE_H
#define SWR_SEQUENCE_H

#include "scan/page_map.h"
#include "scan/roll.h"
#include "scan/time_bounds.h"

/* One of the two, the statement's; neither before it is needed. */
struct sequence {
  struct page_map *map;
  struct roll *roll;
};

static inline bool sequence_open(const struct sequence *rows) { return rows->map || rows->roll; }

const struct place *sequence_place(const struct sequence *rows);
bool sequence_begun(const struct sequence *rows);
bool sequence_start(struct sequence *rows, const struct page_reader *reader);

/* True if the row at a position is here, or an answer that has come is to tell of it. */
bool sequence_come(const struct sequence *rows, int64_t position);

/* A reader comes, and goes: see page_map_readers. */
void sequence_hold(struct sequence *rows);
void sequence_leave(struct sequence *rows);

void sequence_rest(struct sequence *rows, const struct page_reader *reader);
enum nulls sequence_nulls(const struct sequence *rows);
const uint64_t *sequence_version(const struct sequence *rows);

enum service_status sequence_advance(struct sequence *rows, const struct page_reader *reader);

enum service_status sequence_seek(struct sequence *rows, const struct page_reader *reader,
                                  int64_t position, bool *exists);

enum service_status sequence_run(struct sequence *rows, const struct page_reader *reader,
                                 int64_t position, struct page_run *run);

/* A row that was counted is not there any more: where it is wanted after all, that is an error. */
enum service_status sequence_fail_gone(const struct sequence *rows, int64_t position);

/* The position of the first row that bounds allow: see bound_search.h. A roll has no bounds. */
enum service_status sequence_search(struct sequence *rows, const struct time_bounds *bounds,
                                    int64_t *position);

#endif
