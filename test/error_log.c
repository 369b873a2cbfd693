/*
** SQLite's error log for the tests in Tcl, which cannot set it: a library that Tcl loads before SQLite is
** used, and that writes the log to the file named by SWR_TEST_ERROR_LOG, one message a line.
**
** It must know nothing of the extension: what it writes is what SQLite was told.
*/
#include <fcntl.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Called by Tcl with its interpreter, which is not needed. 0 is Tcl's TCL_OK, 1 its TCL_ERROR. */
__attribute__((visibility("default"))) int Errorlog_Init(void *interpreter);

static void write_line(void *context, int code, const char *message) {
  dprintf((int)(intptr_t)context, "(%d) %s\n", code, message);
}

int Errorlog_Init(void *interpreter) {
  const char *path = getenv("SWR_TEST_ERROR_LOG");
  int file = path ? open(path, O_WRONLY | O_APPEND | O_CLOEXEC) : -1;

  (void)interpreter;
  if (file < 0) return 1;
  return sqlite3_config(SQLITE_CONFIG_LOG, write_line, (void *)(intptr_t)file) != SQLITE_OK;
}
