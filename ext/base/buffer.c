/*
** A byte buffer with an upper size: see buffer.h.
*/
#include "base/buffer.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

#define FIRST_CAPACITY 256

void buffer_init(struct buffer *buffer, size_t limit) {
  buffer->bytes = NULL;
  buffer->size = 0;
  buffer->capacity = 0;
  buffer->limit = limit;
}

/* Makes room for `needed` bytes and the NUL, and for as many again, as more may come. */
static enum buffer_status grow(struct buffer *buffer, size_t needed) {
  size_t room = needed < FIRST_CAPACITY ? FIRST_CAPACITY : needed + 1;
  char *bytes = array_reserve(buffer->bytes, &buffer->capacity, room, 1);

  if (!bytes) return BUFFER_NO_MEMORY;
  buffer->bytes = bytes;
  return BUFFER_OK;
}

enum buffer_status buffer_reserve(struct buffer *buffer, size_t size) {
  char *bytes;

  if (size > buffer->limit) size = buffer->limit;
  if (size < buffer->capacity) return BUFFER_OK;
  bytes = realloc(buffer->bytes, size + 1);
  if (!bytes) {
    buffer_free(buffer);
    return BUFFER_NO_MEMORY;
  }
  buffer->bytes = bytes;
  buffer->capacity = size + 1;
  buffer->bytes[buffer->size] = '\0';
  return BUFFER_OK;
}

enum buffer_status buffer_append(struct buffer *buffer, const char *bytes, size_t size) {
  enum buffer_status status;

  if (size > buffer->limit - buffer->size) {
    buffer_free(buffer);
    return BUFFER_FULL;
  }
  status = grow(buffer, buffer->size + size);
  if (status != BUFFER_OK) {
    buffer_free(buffer);
    return status;
  }
  if (size) memcpy(buffer->bytes + buffer->size, bytes, size);
  buffer->size += size;
  buffer->bytes[buffer->size] = '\0';
  return BUFFER_OK;
}

void buffer_clear(struct buffer *buffer) {
  buffer->size = 0;
  if (buffer->bytes) buffer->bytes[0] = '\0';
}

void buffer_free(struct buffer *buffer) {
  free(buffer->bytes);
  buffer_init(buffer, buffer->limit);
}
