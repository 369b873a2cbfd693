/*
** Access keys that the service has refused: see lockout.h.
*/
#include "account/lockout.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/*
** Six wrong signatures lock a key. Three leave as many to other programs with the same key, and are
** enough for someone who tries what else may be wrong.
*/
#define REFUSALS_MAX 3
#define PAUSE 300000 /* milliseconds; what the gateway locks a key for */

/* A text with the NUL behind it, so that what belongs to which text is part of the hash. */
static bool add(EVP_MD_CTX *context, const char *text) {
  return EVP_DigestUpdate(context, text ? text : "", (text ? strlen(text) : 0) + 1) == 1;
}

/* False for a token, and when out of memory. */
static bool hash_of(const struct credentials *credentials, unsigned char hash[LOCKOUT_HASH_SIZE]) {
  EVP_MD_CTX *context;
  bool done;

  if (!credentials->access_key) return false;
  context = EVP_MD_CTX_new();
  done = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1 &&
         add(context, credentials->access_key) && add(context, credentials->secret_key) &&
         add(context, credentials->security_token) && EVP_DigestFinal_ex(context, hash, NULL) == 1;
  EVP_MD_CTX_free(context);
  return done;
}

static bool knows(const struct lockout *lockout, const unsigned char hash[LOCKOUT_HASH_SIZE]) {
  return lockout->refusals && !memcmp(lockout->hash, hash, LOCKOUT_HASH_SIZE);
}

void lockout_refused(struct lockout *lockout, const struct credentials *credentials, int64_t now) {
  unsigned char hash[LOCKOUT_HASH_SIZE];

  if (!hash_of(credentials, hash)) return;
  if (!knows(lockout, hash)) {
    memcpy(lockout->hash, hash, sizeof hash);
    lockout->refusals = 0;
  }
  lockout->refusals++;
  lockout->refused_at = now;
}

void lockout_accepted(struct lockout *lockout, const struct credentials *credentials) {
  unsigned char hash[LOCKOUT_HASH_SIZE];

  if (lockout->refusals && hash_of(credentials, hash) && knows(lockout, hash)) {
    lockout->refusals = 0;
  }
}

int64_t lockout_wait(const struct lockout *lockout, const struct credentials *credentials,
                     int64_t now) {
  unsigned char hash[LOCKOUT_HASH_SIZE];
  int64_t wait = lockout->refused_at + PAUSE - now;

  if (lockout->refusals < REFUSALS_MAX || wait <= 0) return 0;
  return hash_of(credentials, hash) && knows(lockout, hash) ? wait : 0;
}

void lockout_explain(const struct lockout *lockout, int64_t wait, char *out, size_t size) {
  snprintf(
      out, size,
      "the access key was refused %" PRId64
      " times in a row (HTTP 401) and is not sent for another %" PRId64
      " s: some more wrong signatures would lock it at the service. Check access key, secret "
      "key, security token and this machine's clock. Other credentials are sent at once, and so "
      "are these on a new connection.",
      lockout->refusals, (wait + 999) / 1000);
}
