/*
** Tables that a user makes: see own_table.h.
*/
#include "vtab/own_table.h"

#include <string.h>

#include "vtab/eponymous.h"
#include "vtab/prepared.h"

SQLITE_EXTENSION_INIT3

#define ARGUMENTS_BEGIN 3 /* argv: the module, the database, the table, arguments */
#define BLANKS " \t\r\n\f"
#define EXAMPLE "CREATE VIRTUAL TABLE temp.%s USING %s(region='...', profile='...')"

void own_table_free(struct own_table *own) {
  sqlite3_free(own->name);
  sqlite3_free(own->profile);
  memset(own, 0, sizeof *own);
}

static int fail(char **message, const char *module, const struct service_error *error) {
  *message = sqlite3_mprintf("%s: %s", module, error->message);
  return *message ? SQLITE_ERROR : SQLITE_NOMEM;
}

/* Copies what stands within quotes, with two of them for one, or what has none. */
static void unquote(char *to, const char *text, size_t size, char quote) {
  size_t used = 0;

  for (size_t i = 0; i < size; i++) {
    if (quote && text[i] == quote && text[i + 1] == quote) i++;
    to[used++] = text[i];
  }
  to[used] = '\0';
}

/*
** The value of an argument as SQL has it: bare, or in quotes that are doubled inside. To be freed
** with sqlite3_free; NULL when out of memory, or where it is no value, which is told by *wrong.
*/
static char *read_value(const char *text, bool *wrong) {
  size_t size;
  char quote = '\0';
  char *value;

  text += strspn(text, BLANKS);
  size = strlen(text);
  while (size && strchr(BLANKS, text[size - 1])) size--;
  if (size && (*text == '\'' || *text == '"')) quote = *text;
  *wrong = size == 0 || (quote && (size < 3 || text[size - 1] != quote));
  if (*wrong) return NULL;
  value = sqlite3_malloc64(size + 1);
  if (!value) return NULL;
  if (quote) {
    text++;
    size -= 2;
  }
  unquote(value, text, size, quote);
  return value;
}

/* Whether an argument begins with this name and a sign of equality; *value is what comes then. */
static bool is_named(const char *argument, const char *name, const char **value) {
  size_t size = strlen(name);

  argument += strspn(argument, BLANKS);
  if (sqlite3_strnicmp(argument, name, (int)size) != 0) return false;
  argument += size;
  argument += strspn(argument, BLANKS);
  *value = argument + 1;
  return *argument == '=';
}

/* What an argument says is not repeated: it may be a secret that was put in the wrong place. */
static int refuse_argument(const char *const *argv, int index, char **message) {
  struct service_error error;

  service_fail(&error,
               "argument %d of the table is neither region='...' nor profile='...', each once.",
               index - ARGUMENTS_BEGIN + 1);
  service_advise(&error,
                 "Credentials are no arguments: they come from the environment, swr_config or a "
                 "profile's file.");
  return fail(message, argv[0], &error);
}

static int take_region(const char *const *argv, const char *value, struct own_table *own,
                       char **message) {
  struct service_error error;

  if (!region_valid(value, strlen(value))) {
    service_fail(&error, "region takes lower-case letters, digits and '-', such as cn-north-4");
    return fail(message, argv[0], &error);
  }
  sqlite3_snprintf((int)sizeof own->region, own->region, "%s", value);
  return SQLITE_OK;
}

/* Whoever must not set a profile by swr_config must not by a table either. */
static int take_profile(struct settings *settings, const char *const *argv, char *value,
                        struct own_table *own, char **message) {
  struct service_error error;

  own->profile = value;
  if (!settings_look(settings)) return SQLITE_NOMEM;
  if (settings_writable(settings, &error) == SERVICE_OK) return SQLITE_OK;
  *message = sqlite3_mprintf("%s: no profile can be chosen: %s", argv[0], error.message);
  return *message ? SQLITE_ERROR : SQLITE_NOMEM;
}

static int read_argument(struct settings *settings, const char *const *argv, int index,
                         struct own_table *own, char **message) {
  const char *text;
  bool of_region = is_named(argv[index], "region", &text);
  bool wrong = false;
  char *value;
  int rc;

  if (!of_region && !is_named(argv[index], "profile", &text)) {
    return refuse_argument(argv, index, message);
  }
  if (of_region ? own->region[0] != '\0' : own->profile != NULL) {
    return refuse_argument(argv, index, message);
  }
  value = read_value(text, &wrong);
  if (!value) return wrong ? refuse_argument(argv, index, message) : SQLITE_NOMEM;
  if (!of_region) return take_profile(settings, argv, value, own, message);
  rc = take_region(argv, value, own, message);
  sqlite3_free(value);
  return rc;
}

static int read_own(struct settings *settings, int argc, const char *const *argv,
                    struct own_table *own, char **message) {
  int rc = SQLITE_OK;

  own->name = sqlite3_mprintf("%s", argv[2]);
  if (!own->name) return SQLITE_NOMEM;
  /* `USING swr_sync_job()` has one argument, which is empty, in some versions of SQLite. */
  if (argc == ARGUMENTS_BEGIN + 1 && !argv[ARGUMENTS_BEGIN][strspn(argv[ARGUMENTS_BEGIN], BLANKS)])
    argc--;
  for (int i = ARGUMENTS_BEGIN; i < argc && rc == SQLITE_OK; i++) {
    rc = read_argument(settings, argv, i, own, message);
  }
  return rc;
}

int own_table_read(sqlite3 *db, struct settings *settings, int argc, const char *const *argv,
                   struct own_table *own, char **message) {
  struct service_error error;
  int rc;

  memset(own, 0, sizeof *own);
  if (!sqlite3_stricmp(argv[1], "temp")) {
    rc = read_own(settings, argc, argv, own, message);
    if (rc != SQLITE_OK) own_table_free(own);
    return rc;
  }
  if (!prepared_creates(db)) return eponymous_check(argc, argv, message);
  service_fail(&error,
               "a table of one's own is made in TEMP alone, since a database file goes to others.");
  service_advise(&error, EXAMPLE, sqlite3_stricmp(argv[2], argv[0]) ? argv[2] : "jobs", argv[0]);
  return fail(message, argv[0], &error);
}
