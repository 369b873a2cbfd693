/*
** A byte buffer with an upper size: see buffer.h.
*/
#include "base/buffer.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 256

void buffer_init(struct buffer *buffer, size_t limit) {
  buffer->bytes = NULL;
  buffer->size = 0;
  buffer->capacity = 0;
  buffer->limit = limit;
}

static enum buffer_status resize(struct buffer *buffer, size_t capacity) {
  char *bytes = realloc(buffer->bytes, capacity);

  if (!bytes) return BUFFER_NO_MEMORY;
  buffer->bytes = bytes;
  buffer->capacity = capacity;
  return BUFFER_OK;
}

/* Makes room for `needed` bytes and the NUL, and for as many again, as more may come. */
static enum buffer_status grow(struct buffer *buffer, size_t needed) {
  size_t capacity = buffer->capacity ? buffer->capacity : FIRST_CAPACITY;

  if (needed < buffer->capacity) return BUFFER_OK;
  while (capacity <= needed) capacity *= 2; /* needed <= limit, far below SIZE_MAX / 2 */
  return resize(buffer, capacity);
}

enum buffer_status buffer_reserve(struct buffer *buffer, size_t size) {
  if (size > buffer->limit) size = buffer->limit;
  if (size < buffer->capacity) return BUFFER_OK;
  if (resize(buffer, size + 1) != BUFFER_OK) {
    buffer_free(buffer);
    return BUFFER_NO_MEMORY;
  }
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
