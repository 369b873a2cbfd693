/*
** Texts that must not stay in memory: see secret.h.
*/
#include "base/secret.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

void secret_free(char *secret) {
  if (secret) OPENSSL_cleanse(secret, strlen(secret));
  free(secret);
}

char *secret_copy(const char *bytes, size_t size) {
  char *copy = malloc(size + 1);

  if (!copy) return NULL;
  memcpy(copy, bytes, size);
  copy[size] = '\0';
  return copy;
}
