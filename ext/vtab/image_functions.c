/*
** Functions on references to images: see image_functions.h.
*/
#include "vtab/image_functions.h"

#include <stddef.h>

#include "api/image_reference.h"

SQLITE_EXTENSION_INIT3

/* A name in SQL, and the part of a reference that it gives; also the function's user data. */
static const struct image_function {
  const char *name;
  size_t part; /* offset in struct image_reference */
} functions[] = {
    {"swr_image_name", offsetof(struct image_reference, name)},
    {"swr_image_tag", offsetof(struct image_reference, tag)},
    {"swr_image_digest", offsetof(struct image_reference, digest)},
    {"swr_image_region", offsetof(struct image_reference, region)},
};

#define FUNCTIONS (sizeof functions / sizeof functions[0])

/* They depend on their argument alone, so that views and indexes may use them. */
#define FLAGS (SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS)

static void image_part(sqlite3_context *context, int argc, sqlite3_value **argv) {
  const struct image_function *function = sqlite3_user_data(context);
  const struct reference_part *part;
  struct image_reference reference;
  const char *text;

  (void)argc;
  if (sqlite3_value_type(argv[0]) != SQLITE_TEXT) return; /* NULL is the default */
  text = (const char *)sqlite3_value_text(argv[0]);
  if (!text) {
    sqlite3_result_error_nomem(context);
    return;
  }
  if (!image_reference_parse(text, (size_t)sqlite3_value_bytes(argv[0]), &reference)) return;
  part = (const struct reference_part *)(const void *)((const char *)&reference + function->part);
  if (part->text) sqlite3_result_text(context, part->text, (int)part->size, SQLITE_TRANSIENT);
}

int image_functions_register(sqlite3 *db) {
  int rc = SQLITE_OK;

  for (size_t i = 0; i < FUNCTIONS && rc == SQLITE_OK; i++) {
    rc = sqlite3_create_function_v2(db, functions[i].name, 1, FLAGS, (void *)&functions[i],
                                    image_part, NULL, NULL, NULL);
  }
  return rc;
}

void image_functions_unregister(sqlite3 *db) {
  for (size_t i = 0; i < FUNCTIONS; i++) {
    sqlite3_create_function_v2(db, functions[i].name, 1, FLAGS, NULL, NULL, NULL, NULL, NULL);
  }
}
