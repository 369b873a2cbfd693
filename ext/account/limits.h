/*
** How much is asked at once, how long it may take, and how often it is tried: the settings that are
** numbers, read once for each statement and the same for all regions.
**
** It must not know what is asked.
*/
#ifndef SWR_LIMITS_H
#define SWR_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "account/settings.h"
#include "base/status.h"

struct limits {
  int64_t page_size;   /* records of one request, */
  bool grows;          /* which is that of the first one of a list: pages grow as they are read */
  int64_t concurrency; /* requests at once */
  int64_t timeout;     /* seconds without a byte */
  int64_t deadline;    /* seconds for one answer, all attempts and pauses included */
  int64_t retries;     /* attempts after the first one */
  int64_t rate;        /* thousandths of requests a second at most; 0: any number */
};

/* Reads them from the settings in force. A failure's message names the setting and its source. */
enum service_status limits_read(struct limits *limits, const struct settings *settings,
                                struct service_error *error);

#endif
