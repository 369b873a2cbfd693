/*
** A line on the terminal that says how far a statement is that takes its time.
**
** It stands on standard error, rewritten in place, while a statement waits for the service, and is
** gone whenever SQLite has control: what it or the host prints then stands alone. It must not know
** what is asked.
*/
#ifndef SWR_PROGRESS_H
#define SWR_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "request/service.h"

struct progress {
  struct service *service;     /* not owned */
  bool wanted;                 /* by the setting, and by where standard error leads */
  int64_t began;               /* milliseconds of the machine's clock, as are all times here */
  int64_t drawn;               /* when it was last */
  size_t width;                /* columns that are written on now; 0: it is not there */
  int64_t places;              /* repositories that the statement names, as far as it is known */
  struct service_tally before; /* what had been counted when it began */
};

/* Shows nothing yet. */
void progress_init(struct progress *progress, struct service *service);

/*
** A statement begins, and no other is under way. A failure's message names the setting.
*/
enum service_status progress_begin(struct progress *progress);

/* It names so many repositories more. Those that discovery finds are counted by the service. */
void progress_add(struct progress *progress, size_t places);

/* For service_show_by, with a struct progress: draws the line, if there is to be one by now. */
void progress_show(void *context);

/* Takes the line away, if it is there. */
void progress_hide(struct progress *progress);

#endif
