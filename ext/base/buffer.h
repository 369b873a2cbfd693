/*
** A byte buffer with an upper size.
**
** It frees itself when an append fails, so that a caller only has to look at the status. It must
** not know what the bytes mean.
*/
#ifndef SWR_BUFFER_H
#define SWR_BUFFER_H

#include <stddef.h>

enum buffer_status {
  BUFFER_OK,
  BUFFER_FULL, /* the append would pass the limit */
  BUFFER_NO_MEMORY
};

struct buffer {
  char *bytes; /* owned; NUL-terminated when not NULL */
  size_t size; /* bytes used, without the NUL */
  size_t capacity;
  size_t limit; /* the largest size allowed */
};

/* An empty buffer that holds at most `limit` bytes. Allocates nothing. */
void buffer_init(struct buffer *buffer, size_t limit);

/*
** Makes room for `size` bytes in all, or as many as the limit allows, so that appending them moves
** nothing. On BUFFER_NO_MEMORY the buffer is empty and freed.
*/
enum buffer_status buffer_reserve(struct buffer *buffer, size_t size);

/* Appends `size` bytes. On BUFFER_FULL and BUFFER_NO_MEMORY the buffer is empty and freed. */
enum buffer_status buffer_append(struct buffer *buffer, const char *bytes, size_t size);

/* Makes the buffer empty and keeps its memory. */
void buffer_clear(struct buffer *buffer);

/* Gives the memory back; the buffer stays usable, with the same limit. */
void buffer_free(struct buffer *buffer);

#endif
