/*
** The last error of a database connection, in full: what swr_error() gives.
**
** A message has what is needed at once; the rest (when, which attempt, the URL, how long it took)
** is here for whoever asks. It is kept as it was, also once the log of requests has moved on. It
** must not know where errors come from.
*/
#ifndef SWR_FAILURE_H
#define SWR_FAILURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "request/request_log.h"

/* Zero: there was none. Not to be copied: the texts of the request are in it. */
struct failure {
  int64_t at; /* milliseconds since 1970 */
  char who[64];
  struct service_error error; /* without secrets, as all messages are */
  bool asked;
  struct logged_request request; /* the attempt that it is about, if `asked` */
};

/* Keeps an error of `who` (a table or function), and of the log the attempt that it names. */
void failure_note(struct failure *failure, const char *who, const struct service_error *error,
                  const struct request_log *log);

/*
** Who, and the two lines of the message. To be freed with sqlite3_free; NULL when out of memory.
*/
char *failure_message(const struct failure *failure);

/*
** All of it, in lines: the message, then `name: value`; `none` where there was no error. To be
** freed with sqlite3_free; NULL when out of memory.
*/
char *failure_text(const struct failure *failure);

#endif
