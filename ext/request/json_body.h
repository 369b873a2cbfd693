/*
** A whole body of JSON, as json-c reads it.
**
** It must not know what the body says.
*/
#ifndef SWR_JSON_BODY_H
#define SWR_JSON_BODY_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

/*
** Reads a body that is an object or an array, strict JSON nested less than 32 deep; *value, the
** caller's to put, is NULL for any other. False when out of memory.
*/
bool json_body_read(const char *body, size_t size, json_object **value);

#endif
