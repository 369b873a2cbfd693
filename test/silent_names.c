/*
** A name server that is silent: a library to be preloaded, in which each look-up takes
** SWR_TEST_NAMES milliseconds and then fails, as it does by the resolver of the C library.
*/
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <time.h>

__attribute__((visibility("default"))) int getaddrinfo(const char *name, const char *service,
                                                       const struct addrinfo *hints,
                                                       struct addrinfo **found) {
  const char *text = getenv("SWR_TEST_NAMES");
  long milliseconds = text ? strtol(text, NULL, 10) : 0;
  struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};

  (void)name, (void)service, (void)hints, (void)found;
  while (nanosleep(&time, &time) && errno == EINTR) {
  }
  return EAI_AGAIN;
}
