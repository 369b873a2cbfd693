/*
** A growing byte buffer, decimal numbers, percent-decoding and query strings: the plain text work
** that every other file of the emulator needs. Must not know HTTP, the API or its records.
*/
#ifndef EMULATOR_TEXT_H
#define EMULATOR_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
  char *at; /* not NUL-terminated unless text_end() was called */
  size_t length;
  size_t room;
};

struct pair {
  const char *name;
  const char *value;
};

/* More parameters than any caller uses; a request with more is refused, not truncated. */
enum { QUERY_MAX = 32 };

struct query {
  char *copy; /* the decoded storage that names and values point into */
  size_t count;
  const char *name[QUERY_MAX];
  const char *value[QUERY_MAX];
};

void *memory_or_exit(void *old, size_t size);

void text_add(struct text *out, const char *bytes, size_t length);
void text_str(struct text *out, const char *string);
void text_json(struct text *out, const char *string);
void text_number(struct text *out, int64_t number);
void text_digits(struct text *out, uint64_t number, unsigned width);
const char *text_end(struct text *out);
void text_free(struct text *out);

bool number_parse(const char *string, int64_t largest, int64_t *number);
bool percent_decode(const char *from, size_t length, char *to);
bool query_parse(const char *string, struct query *query);
const char *query_value(const struct query *query, const char *name);
void query_free(struct query *query);

#endif
