/*
** What became of an exchange that brought no whole answer: see transport_problem.h.
*/
#include "request/transport_problem.h"

#include <stdio.h>
#include <string.h>

bool transport_problem(const struct transport_result *result, const struct secrets *secrets,
                       char *text, size_t size) {
  char detail[300];

  redact(result->detail, strlen(result->detail), secrets, detail, sizeof detail);
  switch (result->outcome) {
    case TRANSPORT_TIMED_OUT:
      snprintf(text, size, "no answer in time: %s.", detail);
      return true;
    case TRANSPORT_UNTRUSTED:
      snprintf(text, size,
               "the server's certificate is not trusted: %s. Where the service has a certificate "
               "authority of its own, name its file by setting ca_file (SWR_CA_FILE).",
               detail);
      return false;
    case TRANSPORT_REFUSED:
      snprintf(text, size, "the request cannot be made: %s.", detail);
      return false;
    default:
      if (result->status) {
        snprintf(text, size, "HTTP %d, then the body was cut short: %s.", result->status, detail);
      } else {
        snprintf(text, size, "no connection: %s.", detail);
      }
      return true;
  }
}
