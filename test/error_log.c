/*
** SQLite's error log for the tests in Tcl, which cannot set it: a library that Tcl loads before
** SQLite is used, and that writes the log to the file named by SWR_TEST_ERROR_LOG, one message a
** line.
**
** It must know nothing of the extension: what it writes is what SQLite was told.
*/
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

/* Called by Tcl with its interpreter, which is not needed. 0 is Tcl's TCL_OK, 1 its TCL_ERROR. */
__attribute__((visibility("default"))) int Errorlog_Init(void *interpreter);

static void write_line(void *context, int code, const char *message) {
  fprintf(context, "(%d) %s\n", code, message);
}

int Errorlog_Init(void *interpreter) {
  const char *path = getenv("SWR_TEST_ERROR_LOG");
  FILE *file = path ? fopen(path, "ae") : NULL;

  (void)interpreter;
  if (!file) return 1;
  setvbuf(file, NULL, _IOLBF, 0); /* tests read it while it is written */
  return sqlite3_config(SQLITE_CONFIG_LOG, write_line, file) != SQLITE_OK;
}
