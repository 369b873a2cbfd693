/*
** Who a request is from: its token, or its signature by an access key, and the lock-out of a key
** after too many wrong ones. Must not know what is asked for nor how the answer is written.
*/
#ifndef EMULATOR_AUTHENTICATION_H
#define EMULATOR_AUTHENTICATION_H

#include "contract.h"
#include "iam.h"
#include "options.h"

/* What is remembered of the access key between its requests. */
struct key_guard {
  char access_key[KEY_MAX + 1]; /* another key starts anew */
  unsigned bad_in_a_row;
  uint64_t bad_signatures; /* all of them, since the last reset */
};

/* The words are for the log, NULL where the header was not sent. */
struct verdict {
  bool good;
  struct text refusal; /* why it is not good */
  const char *token;
  const char *security_token;
  const char *authorization;
  char issued[32]; /* for `token`, where IAM has issued it */
};

void authenticate(const struct api_request *request, const struct options *options,
                  struct key_guard *guard, struct iam *iam, struct verdict *verdict);

#endif
