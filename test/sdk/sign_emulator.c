/*
** The emulator's computation of signatures, for sign.c: prints the signature alone, of the URI as
** it would be sent, with any number of parameters.
*/
#include <stdio.h>

#include "../emulator/signature.h"
#include "sign.h"

bool sign(const struct sign_request *request, char *out, size_t size) {
  struct pair headers[SIGN_PAIRS_MAX];
  struct text canonical = {0};
  char hex[SIGNATURE_HEX + 1];
  bool done;

  for (size_t i = 0; i < request->header_count; i++) {
    headers[i].name = request->headers[i].name;
    headers[i].value = request->headers[i].value;
  }
  done = signature_canonical(request->method, request->uri, headers, request->header_count,
                             &canonical);
  if (done) {
    signature_make(request->secret_key, request->date, &canonical, hex);
    snprintf(out, size, "%s", hex);
  }
  text_free(&canonical);
  return done;
}
