/*
** The text of JSON strings. It must not know what the strings are for.
*/
#ifndef SWR_JSON_TEXT_H
#define SWR_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
** How many bytes at the beginning are plain: ASCII that stands for itself inside a JSON string, so no quotation
** mark, no backslash, no control character.
*/
size_t json_plain_run(const char *text, size_t size);

/*
** Writes what stands between the quotation marks of a JSON string as UTF-8: at most `size` bytes to `out`, and
** their number to *written. False for what is not to be written by RFC 8259 and RFC 3629, and for what readers
** of JSON do not agree on: \u0000, halves of surrogate pairs, and pairs for a character whose lower 16 bits
** are those of a half. `out` is then undefined.
*/
bool json_unescape(const char *text, size_t size, char *out, size_t *written);

#endif
