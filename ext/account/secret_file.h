/*
** Files that hold secrets: opened so that no copy stays behind, and looked at for who else may read them.
**
** It must not know what the secrets are.
*/
#ifndef SWR_SECRET_FILE_H
#define SWR_SECRET_FILE_H

#include <stdio.h>

/*
** Opens a file for reading, without a buffer of the C library, which would keep a copy. *exposed is its
** mode (as chmod writes it) if users other than its owner may read or change it, and 0 otherwise. The
** caller closes it; NULL with errno set if it cannot be opened.
*/
FILE *secret_file_open(const char *path, unsigned *exposed);

#endif
