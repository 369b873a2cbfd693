/*
** The rows of a scan over a simulated world, as they must come, and as they do come.
*/
#ifndef SWR_SCAN_MODEL_H
#define SWR_SCAN_MODEL_H

#include "scan/scan.h"
#include "simulated_world.h"

#define SCAN_ROWS_MAX 4000

struct scanned_row {
  size_t place;    /* its index in the world */
  int64_t job;     /* its number there */
  int64_t seconds; /* of its createdAt */
};

struct scanned_rows {
  struct scanned_row rows[SCAN_ROWS_MAX];
  size_t count;
  size_t outside; /* rows that came and fail a bound; not in `rows` */
};

/* What one reader does with the rows of a scan. */
struct scan_reading {
  int64_t skip; /* rows that it moves over unread */
  int64_t take; /* rows from there on; negative: all */
  bool count;   /* it reads no field of these either, and only counts them */
};

/*
** The rows that meet the bounds, in the order of the scan. Bounds must be texts of
** simulated_time.
*/
void scan_model(const struct simulated_world *world, const struct scan_request *request,
                struct scanned_rows *rows);

/* Scans in the world's statement. Every row that is read is checked to be one of its repository. */
enum service_status scan_read(struct simulated_world *world, const struct scan_request *request,
                              const struct scan_reading *reading, struct scanned_rows *rows);

/* The rows from `skip` on are those of the model, `take` of them or all that there are. */
void scan_compare(const struct scanned_rows *model, const struct scanned_rows *rows,
                  const struct scan_reading *reading);

#endif
