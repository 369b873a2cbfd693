/*
** CREATE TABLE from a listing: see columns.h.
*/
#include "vtab/columns.h"

#include <sqlite3ext.h>

#include "api/keys.h"
#include "base/always.h"
#include "vtab/time_collation.h"

SQLITE_EXTENSION_INIT3

static bool never_null(const struct listing *listing, int column) {
  return listing->columns[column].flags & COLUMN_NOT_NULL || keys_echo(listing, column);
}

static const char *type_of(const struct column *column) {
  switch (column->kind) {
    case COLUMN_INTEGER:
    case COLUMN_BOOLEAN:
      return "INTEGER";
    case COLUMN_REAL:
      return "REAL";
    default:
      return "TEXT";
  }
}

static void append_column(sqlite3_str *text, const struct listing *listing, int index) {
  const struct column *column = &listing->columns[index];

  sqlite3_str_appendf(text, "%s\"%w\"%s %s%s%s", index ? ", " : "", column->name,
                      column->flags & COLUMN_HIDDEN ? " HIDDEN" : "", type_of(column),
                      never_null(listing, index) ? " NOT NULL" : "",
                      column->flags & COLUMN_TIME ? " COLLATE " TIME_COLLATION : "");
}

/* The columns of the primary key: the parts of the place, but for an image, which repeats them. */
static void append_key(sqlite3_str *text, const struct listing *listing) {
  static const enum place_key parts[] = {PLACE_REGION, PLACE_NAMESPACE, PLACE_REPOSITORY};
  const char *comma = "";

  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    for (int column = 0; column < listing->column_count; column++) {
      if (listing->columns[column].key != parts[i] || !keys_echo(listing, column)) continue;
      sqlite3_str_appendf(text, "%s\"%w\"", comma, listing->columns[column].name);
      comma = ", ";
    }
  }
  for (int column = 0; column < listing->column_count; column++) {
    if (!(listing->columns[column].flags & (COLUMN_IDENTITY | COLUMN_ORDINAL))) continue;
    /* What tells records of a place apart is their own, and never null. */
    if (NEVER(keys_echo(listing, column)) || NEVER(!never_null(listing, column))) continue;
    sqlite3_str_appendf(text, "%s\"%w\"", comma, listing->columns[column].name);
    comma = ", ";
  }
}

char *columns_declare(const struct listing *listing) {
  sqlite3_str *text = sqlite3_str_new(NULL);

  sqlite3_str_appendf(text, "CREATE TABLE \"%w\"(", listing->table);
  for (int i = 0; i < listing->column_count; i++) append_column(text, listing, i);
  sqlite3_str_appendall(text, ", PRIMARY KEY(");
  append_key(text, listing);
  sqlite3_str_appendall(text, ")) WITHOUT ROWID");
  return sqlite3_str_finish(text);
}

uint32_t columns_echoed(const struct listing *listing) {
  uint32_t echoes = 0;

  for (int i = 0; i < listing->column_count; i++) {
    if (keys_echo(listing, i)) echoes |= (uint32_t)1 << i;
  }
  return echoes;
}

uint32_t columns_plain(const struct listing *listing) {
  uint32_t texts = 0;

  for (int i = 0; i < listing->column_count; i++) {
    const struct column *column = &listing->columns[i];
    unsigned others = COLUMN_HIDDEN | COLUMN_ORDINAL | COLUMN_JSON_TEXT;
    if (column->kind != COLUMN_TEXT || column->flags & others) continue;
    if (!keys_echo(listing, i)) texts |= (uint32_t)1 << i;
  }
  return texts;
}
