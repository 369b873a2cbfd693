/*
** Files that settings name, opened so that none can hold a statement up or fill the memory: a named
** pipe that nobody writes to, a device without end, a file that another process has locked with a
** lease.
**
** It must not know what the files are for.
*/
#ifndef SWR_REGULAR_FILE_H
#define SWR_REGULAR_FILE_H

#include <stddef.h>
#include <sys/stat.h>

#define FILE_PROBLEM_MAX 128 /* bytes, NUL included */

enum file_status {
  FILE_OPEN,
  FILE_ABSENT, /* there is none, or this user may not read it */
  FILE_UNFIT   /* it is no regular file, too large, in another's use, or could not be opened now */
};

/* What errno says, in English whatever the host's locale is: some of strerror's are not ASCII. */
void file_error_words(int error, char problem[FILE_PROBLEM_MAX]);

/*
** Opens a file of at most `most` bytes for reading. The caller closes *descriptor, which is none of
** 0 to 2 and closed on exec; *status is of the file that is open. If it is not open, `problem` says
** why, as the end of a sentence about the file: `which cannot be read: %s`.
*/
enum file_status regular_file_open(const char *path, size_t most, int *descriptor,
                                   struct stat *status, char problem[FILE_PROBLEM_MAX]);

#endif
