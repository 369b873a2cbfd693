/*
** Files that settings name: see regular_file.h.
*/
#include "account/regular_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "network/descriptors.h"

void file_error_words(int error, char problem[FILE_PROBLEM_MAX]) {
  static const struct {
    int error;
    const char *words;
  } known[] = {{ENOENT, "No such file or directory"},
               {EACCES, "Permission denied"},
               {EPERM, "Operation not permitted"},
               {ENOTDIR, "Not a directory"},
               {EISDIR, "Is a directory"},
               {ELOOP, "Too many levels of symbolic links"},
               {ENAMETOOLONG, "File name too long"},
               {EMFILE, "Too many open files"},
               {ENFILE, "Too many open files in system"},
               {ENXIO, "No such device or address"},
               {EIO, "Input/output error"},
               {EWOULDBLOCK, "another process has it in use"}};

  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    if (known[i].error != error) continue;
    snprintf(problem, FILE_PROBLEM_MAX, "%s", known[i].words);
    return;
  }
  snprintf(problem, FILE_PROBLEM_MAX, "error %d of the system", error);
}

static const char *kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISFIFO(mode)) return "a pipe";
  return "a device";
}

/* O_NONBLOCK: neither a pipe without a writer nor a lease is waited for. -1 with errno set. */
static int open_now(const char *path) {
  struct low_descriptors low;
  int descriptor;
  int error;

  low_descriptors_hold(&low);
  descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  error = errno;
  low_descriptors_release(&low);
  errno = error;
  return descriptor;
}

/* Whether it can be read to its end at once, and in so much memory. */
static bool is_fit(const struct stat *status, size_t most, char problem[FILE_PROBLEM_MAX]) {
  if (!S_ISREG(status->st_mode)) {
    snprintf(problem, FILE_PROBLEM_MAX, "it is %s, not a regular file", kind_of(status->st_mode));
    return false;
  }
  if (status->st_size > 0 && (unsigned long long)status->st_size > most) {
    snprintf(problem, FILE_PROBLEM_MAX, "it has more than %zu bytes", most);
    return false;
  }
  return true;
}

enum file_status regular_file_open(const char *path, size_t most, int *descriptor,
                                   struct stat *status, char problem[FILE_PROBLEM_MAX]) {
  *descriptor = open_now(path);
  if (*descriptor < 0) {
    bool absent = errno == ENOENT || errno == ENOTDIR || errno == EACCES;
    file_error_words(errno, problem);
    return absent ? FILE_ABSENT : FILE_UNFIT;
  }
  /* Asked of the file that is open, not of the name. */
  if (fstat(*descriptor, status)) {
    file_error_words(errno, problem);
  } else if (is_fit(status, most, problem)) {
    return FILE_OPEN;
  }
  close(*descriptor);
  *descriptor = -1;
  return FILE_UNFIT;
}
