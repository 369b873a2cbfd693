/*
** Files that hold secrets: see secret_file.h.
*/
#include "account/secret_file.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory_bounds.h"

/* Without a buffer of the C library, which would keep a copy. */
static void read_content(struct secret_file *file, int descriptor) {
  ssize_t got = 1;

  while (got > 0 && file->size <= SECRET_FILE_MAX) {
    got = read(descriptor, file->content + file->size, SECRET_FILE_MAX + 1 - file->size);
    if (got > 0) file->size += (size_t)got;
    if (got < 0 && errno == EINTR) got = 1;
  }
  if (got < 0) {
    file->status = FILE_UNFIT;
    file_error_words(errno, file->problem);
  } else if (file->size > SECRET_FILE_MAX) { /* it grows, or is one of those that tell no size */
    file->status = FILE_UNFIT;
    snprintf(file->problem, sizeof file->problem, "it has more than %zu bytes", SECRET_FILE_MAX);
  }
}

enum service_status secret_file_read(struct secret_file *file, const char *path) {
  struct stat status;
  int descriptor;

  memset(file, 0, sizeof *file);
  file->status = regular_file_open(path, SECRET_FILE_MAX, &descriptor, &status, file->problem);
  if (file->status != FILE_OPEN) return SERVICE_OK;
  file->content = malloc(SECRET_FILE_MAX + 2);
  if (file->content) {
    read_content(file, descriptor);
    file->content[file->size] = '\0';
  }
  if (status.st_mode & (S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH)) {
    file->exposed = status.st_mode & 0777;
  }
  close(descriptor);
  return file->content ? SERVICE_OK : SERVICE_NO_MEMORY;
}

void secret_file_free(struct secret_file *file) {
  if (file->content) OPENSSL_cleanse(file->content, file->size);
  free(file->content);
  file->content = NULL;
  file->size = 0;
}
