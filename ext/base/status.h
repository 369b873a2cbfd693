/*
** How a call of the service layer ends, and the message that goes with a failure: one line that
** says what was asked and what came of it, and one that says what to do.
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

#define ERROR_LINE_MAX 1600 /* bytes of one line of a message, NUL included */

/* Fixed in size, so that saying what went wrong needs no memory. */
struct service_error {
  char message[2 * ERROR_LINE_MAX]; /* a line, or two with a newline between them */
  int64_t request; /* the attempt that it is about, by its number in the log; 0: none */
};

/*
** Sets the message to its first line, without a newline at its end, of no request. Control
** characters in it become spaces, what is not UTF-8 `?`, and what does not fit is cut with `...`.
** Returns SERVICE_FAILED.
*/
__attribute__((format(printf, 2, 3))) enum service_status service_fail(struct service_error *error,
                                                                       const char *format, ...);

/* Appends the second line in the same way; where there is one, a sentence to that. */
__attribute__((format(printf, 2, 3))) enum service_status service_advise(
    struct service_error *error, const char *format, ...);

#endif
