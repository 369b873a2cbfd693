/*
** What to do about an answer that is an error: the second line of its message.
**
** It must not know which requests follow, nor what the secrets are: of a token, only its length.
*/
#ifndef SWR_ADVICE_H
#define SWR_ADVICE_H

#include <stddef.h>
#include <stdint.h>

#include "api/listing.h"
#include "request/answer_error.h"
#include "request/verdict.h"

/* An answer that is an error, and what its request carried. */
struct refusal {
  int status;
  const struct answer_error *error;
  const struct listing *listing;
  const char *credentials; /* what to do where they were not accepted: sentences */
  int64_t signed_at;       /* seconds since 1970, by this machine's clock; 0: it is not signed */
  int64_t date;            /* the same by the server's clock; 0: it did not say */
  size_t token_size;       /* characters of the token that it carried; 0: none */
};

/* Writes sentences, or nothing; cut where they do not fit. */
void advice_write(const struct refusal *refusal, char text[ADVICE_MAX]);

#endif
