/*
** Well-formed UTF-8, as RFC 3629 has it: no over-long forms, no surrogates, nothing beyond
** U+10FFFF. json-c's own check lets those through.
*/
#ifndef SWR_UTF8_H
#define SWR_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/*
** The length of the character at `text`, of which `size` bytes (at least one) are there; 0 if none.
*/
size_t utf8_character(const char *text, size_t size);

bool utf8_valid(const char *text, size_t size);

#endif
