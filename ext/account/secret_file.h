/*
** Files that hold secrets: read so that no copy is left, and looked at for who else may read
** them.
**
** It must not know what the secrets are.
*/
#ifndef SWR_SECRET_FILE_H
#define SWR_SECRET_FILE_H

#include "account/regular_file.h"
#include "base/status.h"

struct secret_file {
  char *content; /* owned: its bytes and a NUL; NULL if it was not read */
  size_t size;
  unsigned exposed; /* its mode, as chmod writes it, if other users may read or change it; else 0 */
  enum file_status status;
  char problem[FILE_PROBLEM_MAX]; /* why it was not read: `which cannot be read: %s` */
};

/*
** Reads a file into *file, which is to be freed in any case. SERVICE_OK, with a status that says
** whether it was read, or SERVICE_NO_MEMORY.
*/
enum service_status secret_file_read(struct secret_file *file, const char *path);

/* Wipes and frees its content. */
void secret_file_free(struct secret_file *file);

#endif
