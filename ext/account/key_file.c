/*
** Files that other programs keep access keys in: see key_file.h.
*/
#include "account/key_file.h"

#include <stdlib.h>
#include <string.h>

#include "account/settings.h"
#include "base/ascii.h"
#include "base/json_body.h"
#include "base/secret.h"

#define BLANKS " \t\r\n"
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

void file_keys_free(struct file_keys *keys) {
  secret_free(keys->access_key);
  secret_free(keys->secret_key);
  secret_free(keys->security_token);
  memset(keys, 0, sizeof *keys);
}

/* ---- the SDKs' file ---- */

/* Where the reader is. */
struct reader {
  const char *path;
  const char *section; /* that is looked for */
  struct file_keys *keys;
  size_t line;  /* from 1 */
  bool inside;  /* of the section */
  bool begun;   /* there was a section */
  size_t stray; /* the first line with a key before any section; 0: none */
};

static char *trim(char *text) {
  size_t size;

  text += strspn(text, BLANKS);
  size = strlen(text);
  while (size && strchr(BLANKS, text[size - 1])) text[--size] = '\0';
  return text;
}

/* Quotes around a value are not a part of it: no key has them. */
static char *unquote(char *text) {
  size_t size = strlen(text);

  if (size < 2 || (*text != '"' && *text != '\'') || text[size - 1] != *text) return text;
  text[size - 1] = '\0';
  return text + 1;
}

/* The place of a key of that name; NULL: it is none that is needed. */
static char **find_key(struct file_keys *keys, const char *name) {
  size_t size = strlen(name);

  if (ascii_is(name, size, "ak")) return &keys->access_key;
  if (ascii_is(name, size, "sk")) return &keys->secret_key;
  if (ascii_is(name, size, "security_token")) return &keys->security_token;
  return NULL;
}

static enum service_status read_header(struct reader *reader, char *text,
                                       struct service_error *error) {
  size_t size = strlen(text);

  if (text[size - 1] != ']') {
    return service_fail(error, "the file '%.200s', line %zu: a section's name ends with ]",
                        reader->path, reader->line);
  }
  text[size - 1] = '\0';
  text = trim(text + 1);
  reader->begun = true;
  reader->inside = ascii_is(text, strlen(text), reader->section);
  if (reader->inside) reader->keys->found = true;
  return SERVICE_OK;
}

/* A line `key = value`, or `key: value`. */
static enum service_status read_entry(struct reader *reader, char *text,
                                      struct service_error *error) {
  char *sign = text + strcspn(text, "=:");
  char *value = sign;
  char **place;

  if (*sign) {
    *sign = '\0';
    value = unquote(trim(sign + 1));
  } else if (reader->inside) {
    service_fail(error, "the file '%.200s', line %zu: it has neither = nor :.", reader->path,
                 reader->line);
    return service_advise(error, "Write a key and its value (ak = ...) or a [section] there.");
  }
  place = find_key(reader->keys, trim(text));
  if (place && !reader->begun && !reader->stray) reader->stray = reader->line;
  if (!place || !reader->inside) return SERVICE_OK;
  if (!text_visible(value)) {
    return service_fail(error,
                        "the file '%.200s', line %zu: the value of %s takes visible ASCII "
                        "characters without spaces",
                        reader->path, reader->line, trim(text));
  }
  secret_free(*place);
  *place = *value ? secret_copy(value, strlen(value)) : NULL;
  return *value && !*place ? SERVICE_NO_MEMORY : SERVICE_OK;
}

static enum service_status read_line(struct reader *reader, char *text,
                                     struct service_error *error) {
  if (!*text || *text == '#' || *text == ';') return SERVICE_OK;
  if (*text == '[') return read_header(reader, text, error);
  return read_entry(reader, text, error);
}

enum service_status key_file_sections(char *content, size_t size, const char *path,
                                      const char *section, struct file_keys *keys,
                                      struct service_error *error) {
  struct reader reader = {.path = path, .section = section, .keys = keys};
  enum service_status status = SERVICE_OK;

  memset(keys, 0, sizeof *keys);
  if (strlen(content) != size) { /* UTF-16 has NULs, as editors of Windows write it */
    return service_fail(error, "the file '%.200s' is no text in UTF-8: a byte of it is zero", path);
  }
  if (!strncmp(content, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK))) {
    content += strlen(BYTE_ORDER_MARK);
  }
  while (content && status == SERVICE_OK) {
    char *line = strsep(&content, "\n");
    reader.line++;
    status = read_line(&reader, trim(line), error);
  }
  if (status == SERVICE_OK && !keys->found && reader.stray) {
    service_fail(error, "the file '%.200s', line %zu: a key stands before any section.", path,
                 reader.stray);
    return service_advise(error, "Write [%s] above it.", section);
  }
  return status;
}

/* ---- KooCLI's ---- */

/* *text is owned, NULL where there is no such member with a text. False when out of memory. */
static bool copy_member(const struct json_value *object, const char *name, char **text) {
  struct json_value value;
  size_t size;

  *text = NULL;
  if (!json_body_member(object, name, &value) || *value.at != '"' || value.size == 2) return true;
  *text = json_body_text(&value, &size);
  return *text != NULL;
}

/* Whether a text has so many characters, of these alone. */
static bool has_shape(const char *text, size_t least, size_t most, const char *characters) {
  size_t size = strlen(text);

  return size >= least && size <= most && strspn(text, characters) == size;
}

#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

/*
** An access key has 20 capital letters and digits and a secret key 40 letters and digits, as far as
** is known; what KooCLI has encrypted is longer or has other characters.
*/
static bool look_like_keys(const struct file_keys *keys) {
  return has_shape(keys->access_key, 10, 40, UPPER DIGITS) &&
         has_shape(keys->secret_key, 20, 80, UPPER LOWER DIGITS) &&
         (!keys->security_token || text_visible(keys->security_token));
}

static bool says_encrypted(const struct json_value *document) {
  struct json_value value;

  return json_body_member(document, "authEncrypt", &value) &&
         ((value.size == 4 && !memcmp(value.at, "true", 4)) ||
          (value.size == 6 && !memcmp(value.at, "\"true\"", 6)));
}

/* False when out of memory. */
static bool read_profile(const struct json_value *document, const struct json_value *profile,
                         struct file_keys *keys) {
  keys->found = true;
  if (!copy_member(profile, "accessKeyId", &keys->access_key) ||
      !copy_member(profile, "secretAccessKey", &keys->secret_key) ||
      !copy_member(profile, "securityToken", &keys->security_token)) {
    return false;
  }
  if (!keys->access_key || !keys->secret_key) return true;
  keys->encrypted = says_encrypted(document) || !look_like_keys(keys);
  return true;
}

/* Looks through the profiles for that of a name. False when out of memory. */
static bool find_profile(const struct json_value *document, const char *name,
                         struct file_keys *keys) {
  struct json_value profiles;
  struct json_value profile = {NULL, 0};
  bool enough = true;

  if (!json_body_member(document, "profiles", &profiles)) return true;
  while (enough && !keys->found && json_body_next(&profiles, &profile)) {
    char *said;
    enough = copy_member(&profile, "name", &said);
    if (said && !strcmp(said, name)) enough = read_profile(document, &profile, keys);
    free(said);
  }
  return enough;
}

enum service_status key_file_koocli(const char *content, size_t size, const char *path,
                                    const char *profile, struct file_keys *keys,
                                    struct service_error *error) {
  struct json_value document;
  char *current = NULL;
  bool enough = true;

  memset(keys, 0, sizeof *keys);
  if (!json_body_read(content, size, &document) || *document.at != '{') {
    return service_fail(error, "the file '%.200s' is not the JSON that KooCLI writes", path);
  }
  if (!profile) enough = copy_member(&document, "current", &current);
  if (enough && (profile || current)) {
    enough = find_profile(&document, profile ? profile : current, keys);
  }
  free(current);
  return enough ? SERVICE_OK : SERVICE_NO_MEMORY;
}
