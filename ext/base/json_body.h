/*
** A whole body of JSON: where its values stand.
**
** Nothing is built of it, so that no memory is needed: versions of json-c crash where there is none
** for the name of a member. It must not know what the body says.
*/
#ifndef SWR_JSON_BODY_H
#define SWR_JSON_BODY_H

#include <stdbool.h>
#include <stddef.h>

/* A value as it stands in a body, which has to outlive it. */
struct json_value {
  const char *at; /* its first byte tells its kind */
  size_t size;
};

/* Whether the body is an object or an array, strict JSON nested less than 32 deep. */
bool json_body_read(const char *body, size_t size, struct json_value *value);

/* The member of that name, the last one where there are several. False: none, or no object. */
bool json_body_member(const struct json_value *object, const char *name, struct json_value *member);

/* The first value of an array. False: none, or no array. */
bool json_body_first(const struct json_value *array, struct json_value *first);

/* The value after that one, of the same array; the first one where its `at` is NULL. */
bool json_body_next(const struct json_value *array, struct json_value *value);

bool json_body_is_integer(const struct json_value *value);

/*
** What a string says, with a blank for what cannot be told (see json_unescape), in memory that is
** the caller's to free; *size without the NUL at its end. NULL: out of memory.
*/
char *json_body_text(const struct json_value *string, size_t *size);

#endif
