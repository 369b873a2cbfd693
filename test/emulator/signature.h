/*
** The computation behind SDK-HMAC-SHA256: from a request's parts to its canonical form, and from
** that to the signature. Must not know who signs, which headers have to be signed, nor HTTP.
*/
#ifndef EMULATOR_SIGNATURE_H
#define EMULATOR_SIGNATURE_H

#include "text.h"

enum { SIGNATURE_HEX = 64 }; /* digits of a SHA-256 */

bool signature_canonical(const char *method, const char *uri, const struct pair *headers,
                         size_t count, struct text *out);
void signature_digest(const char *bytes, size_t length, char hex[SIGNATURE_HEX + 1]);
void signature_make(const char *secret, const char *date, const struct text *canonical,
                    char hex[SIGNATURE_HEX + 1]);

#endif
