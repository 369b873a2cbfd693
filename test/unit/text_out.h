/*
** Texts that servers of the tests write by the thousand: a fuzzer spends a third of its time in
** snprintf otherwise. It must not know what is written.
*/
#ifndef SWR_TEXT_OUT_H
#define SWR_TEXT_OUT_H

#include <stddef.h>
#include <stdint.h>

/* Room for a text; the program ends where one does not fit. */
struct text_out {
  char *at;        /* where the next byte goes, not NUL-terminated */
  const char *end; /* past the room */
};

struct text_out text_out_of(char *room, size_t size);

void text_out_bytes(struct text_out *out, const char *bytes, size_t size);

void text_out_text(struct text_out *out, const char *text);

void text_out_number(struct text_out *out, int64_t number);

/* Two digits, of a number below 100. */
void text_out_two(struct text_out *out, unsigned number);

/* The NUL after it, over which what comes next is written. */
void text_out_end(struct text_out *out);

/* Copies a text, as much as fits, and a NUL. */
void text_copy(char *room, size_t size, const char *text);

#endif
