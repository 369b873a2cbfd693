/*
** How a call of the service layer ends, and the sentence that goes with a failure.
*/
#ifndef SWR_STATUS_H
#define SWR_STATUS_H

#include <stdint.h>

enum service_status {
  SERVICE_OK = 0,
  SERVICE_FAILED,    /* the error's message says what happened */
  SERVICE_FORBIDDEN, /* the same: what was asked is there, and these credentials may not read it */
  SERVICE_GONE,      /* the same: what was asked was there, and is no more */
  SERVICE_INTERRUPTED,
  SERVICE_NO_MEMORY
};

/* Fixed in size, so that saying what went wrong needs no memory. */
struct service_error {
  char message[2048];
  int64_t request; /* the attempt that it is about, by its number in the log; 0: none */
};

/*
** Formats the message (cut where it does not fit), of no request, and returns SERVICE_FAILED.
*/
__attribute__((format(printf, 2, 3))) enum service_status service_fail(struct service_error *error,
                                                                       const char *format, ...);

#endif
