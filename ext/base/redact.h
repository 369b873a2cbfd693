/*
** The one place where foreign text becomes part of a message.
**
** What a service, a gateway or a library says can echo an access key, a canonical request or a
** token, and can hold bytes that break a terminal. This file must not know where a text comes from.
*/
#ifndef SWR_REDACT_H
#define SWR_REDACT_H

#include <stddef.h>

#include "base/secrets.h"

/*
** Copies a text of the user's own, such as a name, to at most `out_size` bytes (four or more):
** without whole secrets and control characters, and cut with `...` where it does not fit.
*/
void secrets_mask(const char *text, const struct secrets *secrets, char *out, size_t out_size);

/*
** Copies `size` bytes of `text` to `out`, at most `out_size` bytes with the NUL, fit to be shown:
** - the secrets (NULL: none) become `***`, in every form that secrets.h says;
** - the text ends where it begins to quote a canonical request, a string to sign or a signature;
** - the word after `ak` or `access key`, and any run of sixteen or more characters of the Base64
**   alphabet with a digit and a capital letter in it, become `***`;
** - control characters become spaces, and bytes that are not UTF-8 become `?`;
** - what does not fit is cut, with `...` at the end.
*/
void redact(const char *text, size_t size, const struct secrets *secrets, char *out,
            size_t out_size);

#endif
