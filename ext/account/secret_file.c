/*
** Files that hold secrets: see secret_file.h.
*/
#include "account/secret_file.h"

#include <sys/stat.h>

FILE *secret_file_open(const char *path, unsigned *exposed) {
  FILE *file = fopen(path, "re");
  struct stat status;

  *exposed = 0;
  if (!file) return NULL;
  setvbuf(file, NULL, _IONBF, 0);
  /* Asked of the file that is open, not of the name; a pipe or a terminal is no file to be read twice. */
  if (fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode) &&
      (status.st_mode & (S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH))) {
    *exposed = status.st_mode & 0777;
  }
  return file;
}
