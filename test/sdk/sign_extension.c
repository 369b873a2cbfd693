/*
** The extension's own signer, for sign.c: prints the whole Authorization header. The signer takes
** one parameter of a query at most, as its requests have.
*/
#include "account/signature.h"
#include "sign.h"

bool sign(const struct sign_request *request, char *out, size_t size) {
  struct signed_header headers[SIGN_PAIRS_MAX];
  struct signature_request signed_request = {.method = request->method,
                                             .path = request->path,
                                             .headers = headers,
                                             .header_count = request->header_count};

  if (request->query_count > 1) return false;
  if (request->query_count == 1) {
    signed_request.query_name = request->query[0].name;
    signed_request.query_value = request->query[0].value;
  }
  for (size_t i = 0; i < request->header_count; i++) {
    headers[i].name = request->headers[i].name;
    headers[i].value = request->headers[i].value;
  }
  return signature_authorization(&signed_request, request->date, request->access_key,
                                 request->secret_key, out, size);
}
