/*
** The text of JSON strings. It must not know what the strings are for.
*/
#ifndef SWR_JSON_TEXT_H
#define SWR_JSON_TEXT_H

#include <stddef.h>

/*
** How many bytes at the beginning are plain: ASCII that stands for itself inside a JSON string, so no quotation
** mark, no backslash, no control character.
*/
size_t json_plain_run(const char *text, size_t size);

#endif
