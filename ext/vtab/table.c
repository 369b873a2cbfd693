/*
** The table of a listing: see table.h, and plan.h for what xBestIndex hands to xFilter.
**
** A cursor is a scan, which fetches what is read, in the statement of its run (see run.h).
*/
#include "vtab/table.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "api/keys.h"
#include "base/always.h"
#include "record/record_reader.h"
#include "scan/scan.h"
#include "vtab/arguments.h"
#include "vtab/best_index.h"
#include "vtab/columns.h"
#include "vtab/eponymous.h"
#include "vtab/number_key.h"
#include "vtab/own_table.h"
#include "vtab/plan.h"
#include "vtab/prepared.h"
#include "vtab/time_argument.h"

SQLITE_EXTENSION_INIT3

/* What SQLite keeps for a module. */
struct source {
  const struct listing *listing;
  struct connection *connection; /* referenced */
};

struct table {
  sqlite3_vtab base;
  sqlite3 *db;
  const struct listing *listing;
  struct connection *connection; /* joined */
  struct own_table own;
  uint32_t texts;  /* a bit for each column that is a text of the record, no more; */
  uint32_t echoes; /* and that is a part of the place that was asked */
};

struct cursor {
  sqlite3_vtab_cursor base;
  struct seat seat;
  struct scan *scan; /* NULL: no rows */
  struct name_check names;
  struct announcement announcement;
  /* The row, once a column of it was read; valid while *version is `seen`. */
  const struct record_page *page; /* NULL if none was */
  size_t row;
  const uint32_t *words; /* of the row in its page: looked up once for all its columns */
  bool plain;            /* see record_page_plain */
  const uint64_t *version;
  uint64_t seen;
};

static struct table *table_of(struct cursor *cursor) { return (struct table *)cursor->base.pVtab; }

static const char *name_of(const struct table *table) {
  return table->own.name ? table->own.name : table->listing->table;
}

/*
** The end of a call of the service layer as a result code; the service's error goes to zErrMsg.
** Whoever prints something next finds the terminal as it was.
*/
static int report(struct table *table, enum service_status status) {
  progress_hide(&table->connection->progress);
  switch (status) {
    case SERVICE_OK:
      return SQLITE_OK;
    case SERVICE_INTERRUPTED:
      return SQLITE_INTERRUPT;
    case SERVICE_NO_MEMORY:
      return SQLITE_NOMEM;
    default:
      failure_note(&table->connection->failure, name_of(table), &table->connection->service->error,
                   &table->connection->service->exchanges.log);
      sqlite3_free(table->base.zErrMsg);
      table->base.zErrMsg = failure_message(&table->connection->failure);
      return table->base.zErrMsg ? SQLITE_ERROR : SQLITE_NOMEM;
  }
}

/* xConnect, and xCreate of a table in TEMP: see own_table.h. */
static int table_connect(sqlite3 *db, void *context, int argc, const char *const *argv,
                         sqlite3_vtab **result, char **message) {
  const struct source *source = context;
  struct own_table own;
  struct table *table = NULL;
  char *declaration = NULL;
  int rc = own_table_read(db, &source->connection->service->settings, argc, argv, &own, message);

  if (rc != SQLITE_OK) return rc;
  declaration = columns_declare(source->listing);
  rc = declaration ? table_declare(db, declaration) : SQLITE_NOMEM;
  sqlite3_free(declaration);
  if (rc == SQLITE_OK) table = sqlite3_malloc(sizeof *table);
  if (!table) {
    own_table_free(&own);
    return rc == SQLITE_OK ? SQLITE_NOMEM : rc;
  }
  memset(table, 0, sizeof *table);
  table->db = db;
  table->listing = source->listing;
  table->own = own;
  table->texts = columns_plain(source->listing);
  table->echoes = columns_echoed(source->listing);
  table->connection = source->connection;
  connection_join(table->connection);
  *result = &table->base;
  return SQLITE_OK;
}

static int table_disconnect(sqlite3_vtab *base) {
  struct table *table = (struct table *)base;

  connection_leave(table->connection);
  own_table_free(&table->own);
  sqlite3_free(table);
  return SQLITE_OK;
}

static int cursor_open(sqlite3_vtab *base, sqlite3_vtab_cursor **result) {
  struct table *table = (struct table *)base;
  struct cursor *cursor = sqlite3_malloc(sizeof *cursor);

  if (!cursor) return SQLITE_NOMEM;
  memset(cursor, 0, sizeof *cursor);
  run_opened(&table->connection->runs, &cursor->seat);
  *result = &cursor->base;
  return SQLITE_OK;
}

/* As it was when it was opened; xFilter may run many times. */
static void cursor_reset(struct cursor *cursor) {
  scan_close(cursor->scan);
  cursor->scan = NULL;
  cursor->page = NULL;
  cursor->names.allowed = NAMES_ANY;
}

static int cursor_close(sqlite3_vtab_cursor *base) {
  struct cursor *cursor = (struct cursor *)base;

  cursor_reset(cursor);
  announcement_free(&cursor->announcement);
  run_closed(&table_of(cursor)->connection->runs, &cursor->seat);
  sqlite3_free(cursor);
  return SQLITE_OK;
}

/* After each step of the scan: a row may be of a name that it must not be of. */
static enum service_status check_name(struct cursor *cursor, enum service_status status) {
  const struct table *table = table_of(cursor);

  if (!cursor->names.allowed || status != SERVICE_OK || scan_ended(cursor->scan)) return status;
  return name_check(&cursor->names, scan_repository(cursor->scan), table->listing,
                    &table->connection->service->error);
}

static int cursor_next(sqlite3_vtab_cursor *base) {
  struct cursor *cursor = (struct cursor *)base;
  struct table *table = table_of(cursor);

  cursor->page = NULL;
  return report(table, check_name(cursor, scan_next(cursor->scan)));
}

static int cursor_eof(sqlite3_vtab_cursor *base) {
  struct cursor *cursor = (struct cursor *)base;

  return !cursor->scan || scan_ended(cursor->scan);
}

/* A text of the record; of JSON without one, NULL. */
static void result_text(sqlite3_context *context, const struct record_page *page, size_t row,
                        int column) {
  size_t size;
  const char *text = record_page_text(page, row, column, &size);
  bool nul;

  if (!text || (!size && page->listing->columns[column].flags & COLUMN_JSON_TEXT)) return;
  /*
  ** With a length SQLite copies once more, to add the NUL; where one is inside, it must be given.
  */
  nul = !record_page_plain(page, row) && memchr(text, 0, size);
  sqlite3_result_text(context, text, nul ? (int)size : -1, SQLITE_TRANSIENT);
}

/* A number of the record. NULL is the default. */
static void result_number(sqlite3_context *context, const struct record_page *page, size_t row,
                          int column) {
  enum column_kind kind = page->listing->columns[column].kind;
  bool present;

  if (kind == COLUMN_INTEGER) {
    sqlite3_int64 number = record_page_integer(page, row, column, &present);
    if (present) sqlite3_result_int64(context, number);
  } else if (kind == COLUMN_BOOLEAN) {
    int flag = record_page_boolean(page, row, column, &present);
    if (present) sqlite3_result_int(context, flag);
  } else {
    double real = record_page_real(page, row, column, &present);
    if (present) sqlite3_result_double(context, real);
  }
}

/* A value of the record at the cursor's position. */
static inline void result_field(sqlite3_context *context, const struct record_page *page,
                                size_t row, int column) {
  enum column_kind kind = page->listing->columns[column].kind;

  if (kind == COLUMN_TEXT || kind == COLUMN_JSON) {
    result_text(context, page, row, column);
  } else {
    result_number(context, page, row, column);
  }
}

/*
** A hidden column of a list that tells in each record what it is of: the part of the place that the
** record has in another column, or both of them as an image.
*/
static void result_told(sqlite3_context *context, const struct record_page *page, size_t row,
                        unsigned key) {
  int space = listing_key_column(page->listing, PLACE_NAMESPACE);
  int name = listing_key_column(page->listing, PLACE_REPOSITORY);
  const char *space_text;
  const char *name_text;
  size_t size;
  char *image;

  if (key != PLACE_IMAGE) {
    int column = key == PLACE_NAMESPACE ? space : name;
    if (ALWAYS(column >= 0)) result_field(context, page, row, column); /* what is no echo is told */
    return;
  }
  space_text = NEVER(space < 0) ? NULL : record_page_text(page, row, space, &size);
  name_text = NEVER(name < 0) ? NULL : record_page_text(page, row, name, &size);
  if (NEVER(!space_text) || NEVER(!name_text)) return; /* what tells images is never null */
  image = sqlite3_mprintf("%s/%s", space_text, name_text);
  if (image) sqlite3_result_text(context, image, -1, sqlite3_free);
  if (!image) sqlite3_result_error_nomem(context);
}

/* A part of the place that was asked. */
static void result_key(sqlite3_context *context, struct cursor *cursor, unsigned key) {
  const struct place *place = scan_repository(cursor->scan);

  switch (key) {
    case PLACE_NAMESPACE:
      sqlite3_result_text(context, place->name_space, -1, SQLITE_TRANSIENT);
      return;
    case PLACE_REPOSITORY:
      sqlite3_result_text(context, place->name, -1, SQLITE_TRANSIENT);
      return;
    case PLACE_IMAGE:
      sqlite3_result_text(context, place->image, -1, SQLITE_TRANSIENT);
      return;
    default:
      sqlite3_result_text(context, place->region, -1, SQLITE_TRANSIENT);
  }
}

/*
** Looks for the row, which another cursor of the statement may have let go of since the last
** column.
*/
static int find_row(struct cursor *cursor, sqlite3_context *context) {
  struct table *table = table_of(cursor);
  enum service_status status = scan_row(cursor->scan, &cursor->page, &cursor->row);
  int rc;

  if (status == SERVICE_OK) {
    progress_hide(&table->connection->progress);
    cursor->version = scan_version(cursor->scan);
    cursor->seen = *cursor->version;
    cursor->words = record_page_row(cursor->page, cursor->row);
    cursor->plain = record_page_plain(cursor->page, cursor->row);
    return SQLITE_OK;
  }
  cursor->page = NULL;
  rc = report(table, status);
  if (rc == SQLITE_ERROR) sqlite3_result_error(context, table->base.zErrMsg, -1);
  sqlite3_result_error_code(context, rc);
  return rc;
}

/* A text of a plain row that was looked up, in a column of table->texts. */
static inline void result_plain_text(sqlite3_context *context, const struct cursor *cursor,
                                     int column) {
  uint32_t start = cursor->words[cursor->page->offsets[column]];
  size_t size;

  if (start == RECORD_NULL) return;
  sqlite3_result_text(context, record_page_stored(cursor->page, start, &size), -1,
                      SQLITE_TRANSIENT);
}

/*
** Any column, and the first of a row. Not inline: what it takes of registers would be saved for
** each value.
*/
__attribute__((noinline)) static int any_column(struct cursor *cursor, sqlite3_context *context,
                                                int column) {
  const struct table *table = table_of(cursor);
  const struct column *definition = &table->listing->columns[column];

  if (table->echoes >> column & 1) {
    result_key(context, cursor, definition->key);
    return SQLITE_OK;
  }
  if (definition->flags & COLUMN_ORDINAL) {
    sqlite3_result_int64(context, scan_position(cursor->scan));
    return SQLITE_OK;
  }
  if (!cursor->page || *cursor->version != cursor->seen) {
    int rc = find_row(cursor, context);
    if (rc != SQLITE_OK) return rc;
  }
  if (table->texts >> column & 1 && cursor->plain) {
    result_plain_text(context, cursor, column);
  } else if (definition->flags & COLUMN_HIDDEN) {
    result_told(context, cursor->page, cursor->row, definition->key);
  } else {
    result_field(context, cursor->page, cursor->row, column);
  }
  return SQLITE_OK;
}

/* Nearly each value of each row is a text of a row that was looked up, with nothing odd in it. */
static int cursor_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column) {
  struct cursor *cursor = (struct cursor *)base;

  if (!(table_of(cursor)->texts >> column & 1) || !cursor->page || !cursor->plain ||
      *cursor->version != cursor->seen) {
    return any_column(cursor, context, column);
  }
  result_plain_text(context, cursor, column);
  return SQLITE_OK;
}

/* A plan says too little; `finds`: but for the region, that would be enough. */
static int missing_keys(struct table *table, const struct plan *plan, bool finds) {
  struct service_error *error = &table->connection->service->error;
  const struct listing *listing = table->listing;
  unsigned keys = plan_keys(plan);
  const char *where = "to the WHERE clause (in an outer join, to the ON clause of this table)";
  const char *region = keys_name(listing, PLACE_REGION);
  char add[KEYS_TEXT_MAX];

  if (finds || keys_complete(listing, keys)) {
    service_fail(error,
                 "the region must be known before its %s are asked for, and compared byte by byte.",
                 listing->records);
    service_advise(error, "Add %s = ... or %s IN (...) %s.", region, region, where);
  } else {
    keys_missing(listing, keys, " = ...", " AND ", add);
    /* Below 3.39 no join is of these kinds. */
    service_fail(error, "a query must say which %s it asks: add %s %s", keys_place(listing), add,
                 where);
    service_advise(
        error,
        "Keys within an expression or an OR, and those of a RIGHT or FULL JOIN, come too late: "
        "name them by IN (SELECT ...)%s",
        listing->found_by ? ", or have all of them found: swr_config('discovery', 'on')" : "");
  }
  return report(table, SERVICE_FAILED);
}

/*
** Says where places come from that a plan does not name; the filter is the request's from now on.
*/
static enum service_status request_found(struct table *table, struct arguments *arguments,
                                         struct scan_request *request) {
  const struct settings *settings = &table->connection->service->settings;
  bool fails;
  enum service_status status =
      settings_first(settings, SETTING_UNREADABLE, &fails, &table->connection->service->error);

  if (status != SERVICE_OK) return status;
  request->leaves_out = !fails;
  request->lists = arguments->places;
  request->filter = (struct place_filter){
      .accepts = found_places_accept, .release = found_places_free, .context = arguments->wanted};
  arguments->wanted = NULL;
  return SERVICE_OK;
}

/* Once a scan has opened: what a number stands for may not leave as the plan says. */
static enum service_status begin_check(struct cursor *cursor, const struct plan *plan,
                                       const struct arguments *arguments, bool sorted,
                                       enum name_order names) {
  if (arguments->written[0]) {
    name_check_begin_written(&cursor->names, arguments->written);
  } else if (sorted) {
    name_check_begin(&cursor->names, names, scan_by_name(cursor->scan) && plan->ordered);
  }
  return check_name(cursor, SERVICE_OK);
}

/* Opens the scan that a plan and its arguments ask for. */
static int open_scan(struct cursor *cursor, const struct plan *plan, const char *text,
                     struct arguments *arguments) {
  struct table *table = table_of(cursor);
  struct scan_request request = {.listing = table->listing,
                                 .places = arguments->places,
                                 .announced = arguments->announced.places,
                                 .announced_begun = arguments->announced.begun,
                                 .order = plan->order,
                                 .ordered = plan->ordered,
                                 .ties = plan->ties,
                                 .tie_count = plan->tie_count,
                                 .wanted = plan->large ? EVERY_COLUMN : 0,
                                 .bounds = arguments->bounds,
                                 .offset = arguments->offset,
                                 .limit = arguments->limit,
                                 .count_only = plan->count_only,
                                 .may_stop = plan->limited};
  struct connection *connection = table->connection;
  struct statement *statement = NULL;
  bool sorted = false;
  enum service_status status =
      connection_begin(connection, cursor->seat.run, table->own.profile, &statement);

  if (status == SERVICE_OK && arguments->wanted) status = request_found(table, arguments, &request);
  if (status == SERVICE_OK) {
    if (table->listing->found_by && !request.lists) { /* those that are found count later */
      progress_add(&connection->progress, places_count(arguments->places));
    }
    if (arguments->names) sorted = best_index_sorts_names(text, &request.names);
    status = scan_open(statement, &request, &cursor->scan);
  }
  if (status == SERVICE_OK) {
    status = begin_check(cursor, plan, arguments, sorted, request.names);
  } else if (arguments->found_by_number >= 0) {
    number_key_explain(table->listing, arguments->found_by_number, status,
                       &connection->service->error);
  }
  return report(table, status);
}

/*
** Whether places that are not named are found, by the setting. A failure's message says what it
** takes.
*/
static enum service_status finds_places(struct table *table, bool *finds) {
  return settings_first(&table->connection->service->settings, SETTING_DISCOVERY, finds,
                        &table->connection->service->error);
}

static int table_best_index(sqlite3_vtab *base, sqlite3_index_info *info) {
  struct table *table = (struct table *)base;
  struct settings *settings = &table->connection->service->settings;
  bool finds;

  /* The environment as a run has seen it last, or as it is before the first one. */
  if (!settings->environment && !settings_look(settings)) return SQLITE_NOMEM;
  /* What is wrong with the setting is said where it matters, when the query is run. */
  if (finds_places(table, &finds) != SERVICE_OK) finds = true;
  return best_index(table->listing, info, finds, table->db);
}

/* What is compared with a time must be one, before anything is asked. */
static int check_times(struct table *table, const struct plan *plan, const char *text,
                       sqlite3_value **values) {
  int columns[BEST_INDEX_CHECKS_MAX];
  int count = best_index_checks(text, columns);

  return report(table, time_arguments_check(plan, count, columns, values,
                                            &table->connection->service->error));
}

/*
** A plan does not name its places: fails where they are not to be found either, or their region is
** not known.
*/
static int look_for_places(struct table *table, const struct plan *plan) {
  bool finds = false;
  enum service_status status = SERVICE_OK;

  if (table->listing->found_by) status = finds_places(table, &finds);
  if (status != SERVICE_OK) return report(table, status);
  return finds && !plan->region_unknown ? SQLITE_OK : missing_keys(table, plan, finds);
}

/* Reads the arguments, where a number may take that places are found. */
static int read_arguments(struct cursor *cursor, const struct plan *plan, const char *text,
                          sqlite3_value **values, struct arguments *arguments) {
  struct table *table = table_of(cursor);
  struct connection *connection = table->connection;
  struct run *run = cursor->seat.run;
  struct service_error *error = &connection->service->error;
  struct skips skips = {&connection->service->exchanges.log, run->serial, table->listing->table};
  struct comparison comparison = {table->db, name_of(table), text};
  struct argument_source source = {&comparison, table->own.region, &connection->interrupt, &skips,
                                   &cursor->announcement};
  enum service_status status;
  bool finds;
  int rc;

  if (!*source.region) source.region = connection_region(connection, run, table->own.profile);
  rc = arguments_read(plan, values, &source, arguments);
  if (rc != SQLITE_OK || arguments->found_by_number < 0) return rc;
  status = finds_places(table, &finds);
  if (status == SERVICE_OK && !finds) {
    status = number_key_refuse(table->listing, arguments->found_by_number, error);
  }
  if (status != SERVICE_OK) arguments_free(arguments);
  return report(table, status);
}

static int cursor_filter(sqlite3_vtab_cursor *base, int number, const char *text, int argc,
                         sqlite3_value **argv) {
  struct cursor *cursor = (struct cursor *)base;
  struct table *table = table_of(cursor);
  struct connection *connection = table->connection;
  struct arguments arguments;
  struct plan plan;
  bool decoded = plan_decode(table->listing, number, text, &plan);
  int rc;

  (void)argc;
  cursor_reset(cursor);
  if (NEVER(!decoded)) return SQLITE_INTERNAL; /* SQLite hands over what it was given */
  if (!plan_complete(&plan) && (plan.region_unknown || !table->listing->found_by)) {
    return look_for_places(table, &plan);
  }
  rc = check_times(table, &plan, text, argv);
  if (rc != SQLITE_OK) return rc;
  if (!run_filtered(&connection->runs, &cursor->seat, best_index_number(text))) return SQLITE_NOMEM;
  rc = report(table, connection_look(connection, cursor->seat.run));
  if (rc == SQLITE_OK && !plan_complete(&plan)) rc = look_for_places(table, &plan);
  if (rc != SQLITE_OK) return rc;
  rc = read_arguments(cursor, &plan, text, argv, &arguments);
  if (rc != SQLITE_OK) return rc;
  if (arguments.places) rc = open_scan(cursor, &plan, text, &arguments);
  arguments_free(&arguments);
  return rc;
}

static const sqlite3_module module = {
    .iVersion = 0,
    .xCreate = table_connect, /* the same: the table is there by itself, and more in TEMP */
    .xConnect = table_connect,
    .xBestIndex = table_best_index,
    .xDisconnect = table_disconnect,
    .xDestroy = table_disconnect,
    .xOpen = cursor_open,
    .xClose = cursor_close,
    .xFilter = cursor_filter,
    .xNext = cursor_next,
    .xEof = cursor_eof,
    .xColumn = cursor_column,
    .xRowid = NEVER_CALLED(eponymous_rowid),
    .xUpdate = NULL, /* read-only */
};

static void source_free(void *context) {
  struct source *source = context;

  connection_release(source->connection);
  sqlite3_free(source);
}

static int register_one(sqlite3 *db, struct connection *connection, const struct listing *listing) {
  struct source *source = sqlite3_malloc(sizeof *source);

  if (!source) return SQLITE_NOMEM;
  source->listing = listing;
  source->connection = connection_retain(connection);
  return sqlite3_create_module_v2(db, listing->table, &module, source, source_free);
}

static const struct listing *const listings[] = {
#define LISTING(name) &(name),
#include "api/tables.h"
#undef LISTING
    NULL};

int tables_register(sqlite3 *db, struct connection *connection) {
  int rc = SQLITE_OK;

  for (size_t i = 0; listings[i] && rc == SQLITE_OK; i++) {
    rc = register_one(db, connection, listings[i]);
  }
  return rc;
}

void tables_unregister(sqlite3 *db) {
  for (size_t i = 0; listings[i]; i++) {
    sqlite3_create_module_v2(db, listings[i]->table, NULL, NULL, NULL);
  }
}
