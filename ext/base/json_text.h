/*
** The text of JSON: what stands in strings, and where values end. It must not know what they are
** for.
**
** What is JSON is decided here, by RFC 8259 and nothing else: how strict json-c is depends on its
** version.
*/
#ifndef SWR_JSON_TEXT_H
#define SWR_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
** How many bytes at the beginning are plain: ASCII that stands for itself inside a JSON string, so
** no quotation mark, no backslash, no control character.
*/
size_t json_plain_run(const char *text, size_t size);

/*
** Writes what stands between the quotation marks of a JSON string as UTF-8: at most `size` bytes to
** `out`, and their number to *written. False for what is not to be written by RFC 8259 and RFC
** 3629, and for what readers of JSON do not agree on: \u0000, halves of surrogate pairs, and pairs
** for a character whose lower 16 bits are those of a half. `out` is then undefined.
*/
bool json_unescape(const char *text, size_t size, char *out, size_t *written);

/* The place after white space. */
const char *json_pass_space(const char *at, const char *end);

/*
** What is left of a string after its first quotation mark, in valid UTF-8: returns the place after
** the second one, NULL if it is not there or something may not stand in a string.
*/
const char *json_pass_string(const char *at, const char *end);

/*
** The place after one value that begins at `at`, white space before it included, with at most
** `depth` (up to 64) arrays and objects inside each other; NULL if there is no such value. *seen is
** how far it was right.
*/
const char *json_pass_value(const char *at, const char *end, int depth, const char **seen);

#endif
