/*
** What the programs that sign requests for the comparison with the official SDK share: sign.c reads
** requests, and one of sign_extension.c and sign_emulator.c signs them with the code of its own
** side.
*/
#ifndef SWR_TEST_SDK_SIGN_H
#define SWR_TEST_SDK_SIGN_H

#include <stdbool.h>
#include <stddef.h>

#define SIGN_PAIRS_MAX 32

struct sign_pair {
  const char *name;
  const char *value;
};

/* Texts are not owned, and NULL where the line does not have them. */
struct sign_request {
  const char *method;
  const char *path; /* decoded */
  const char *uri;  /* path and query as they would be sent */
  const char *date;
  const char *access_key;
  const char *secret_key;
  struct sign_pair query[SIGN_PAIRS_MAX]; /* decoded */
  size_t query_count;
  struct sign_pair headers[SIGN_PAIRS_MAX]; /* sorted by name */
  size_t header_count;
};

/*
** Writes what this side makes of the request, at most `size` bytes with the NUL; false if it
** cannot.
*/
bool sign(const struct sign_request *request, char *out, size_t size);

#endif
