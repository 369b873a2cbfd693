/*
** References to images: see image_reference.h.
*/
#include "api/image_reference.h"

#include <string.h>

#include "api/place.h"

#define TAG_MAX 128
#define DIGEST_LEAST 32 /* hexadecimal digits; of sha256 there are 64 */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static bool is_hexadecimal(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static void trim(struct reference_part *part) {
  while (part->size && is_space(part->text[0])) {
    part->text++;
    part->size--;
  }
  while (part->size && is_space(part->text[part->size - 1])) part->size--;
}

/* Takes `word` off the front. */
static bool take(struct reference_part *part, const char *word) {
  size_t size = strlen(word);

  if (part->size < size || memcmp(part->text, word, size) != 0) return false;
  part->text += size;
  part->size -= size;
  return true;
}

/* Takes what stands before the first `mark` off the front, and the mark; false if there is none. */
static bool take_until(struct reference_part *part, char mark, struct reference_part *front) {
  const char *at = part->size ? memchr(part->text, mark, part->size) : NULL;

  if (!at) return false;
  front->text = part->text;
  front->size = (size_t)(at - part->text);
  part->size -= front->size + 1;
  part->text = at + 1;
  return true;
}

/* Moves what stands after the last `mark` out of *part, and the mark; *end is NULL without one. */
static void split_last(struct reference_part *part, char mark, struct reference_part *end) {
  size_t at = part->size;

  end->text = NULL;
  end->size = 0;
  while (at && part->text[at - 1] != mark) at--;
  if (!at) return;
  end->text = part->text + at;
  end->size = part->size - at;
  part->size = at - 1;
}

/* What containers' runtimes and inventories write in front. */
static void take_scheme(struct reference_part *part) {
  static const char *const schemes[] = {
      "docker-pullable://", "docker-image://", "docker://", "containerd://", "oci://",
      "https://",           "http://"};

  for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
    if (take(part, schemes[i])) return;
  }
}

/* `443`, where a host has a port. */
static bool port_valid(const struct reference_part *port) {
  if (!port->text) return true;
  if (port->size < 1 || port->size > 5) return false;
  for (size_t i = 0; i < port->size; i++) {
    if (!is_digit(port->text[i])) return false;
  }
  return true;
}

/* A domain of two labels at least. */
static bool cloud_valid(const struct reference_part *cloud) {
  size_t dots = 0;
  size_t label = 0;

  for (size_t i = 0; i < cloud->size; i++) {
    char c = cloud->text[i];
    if (c == '.') {
      if (!label) return false;
      dots++;
      label = 0;
    } else if (is_letter(c) || is_digit(c) || c == '-') {
      label++;
    } else {
      return false;
    }
  }
  return dots && label;
}

/* `swr.cn-north-4.myhuaweicloud.com`, with a port or without. */
static bool take_host(struct reference_part host, struct reference_part *region) {
  struct reference_part port;

  split_last(&host, ':', &port);
  if (!port_valid(&port) || !take(&host, "swr.")) return false;
  return take_until(&host, '.', region) && region_valid(region->text, region->size) &&
         cloud_valid(&host);
}

static bool tag_valid(const struct reference_part *tag) {
  if (!tag->text) return true;
  if (tag->size < 1 || tag->size > TAG_MAX) return false;
  for (size_t i = 0; i < tag->size; i++) {
    char c = tag->text[i];
    if (is_letter(c) || is_digit(c) || c == '_') continue;
    if (i == 0 || (c != '.' && c != '-')) return false;
  }
  return true;
}

/* `sha256:` and its digits. */
static bool digest_valid(const struct reference_part *digest) {
  struct reference_part rest = *digest;
  struct reference_part algorithm;

  if (!digest->text) return true;
  if (!take_until(&rest, ':', &algorithm) || !algorithm.size || rest.size < DIGEST_LEAST) {
    return false;
  }
  for (size_t i = 0; i < algorithm.size; i++) {
    char c = algorithm.text[i];
    if (!is_letter(c) && !is_digit(c) && c != '+' && c != '.' && c != '_' && c != '-') return false;
  }
  for (size_t i = 0; i < rest.size; i++) {
    if (!is_hexadecimal(rest.text[i])) return false;
  }
  return true;
}

bool image_reference_parse(const char *text, size_t size, struct image_reference *reference) {
  struct reference_part rest = {text, size};
  struct reference_part host;
  struct place place;

  memset(reference, 0, sizeof *reference);
  trim(&rest);
  take_scheme(&rest);
  if (!take_until(&rest, '/', &host) || !take_host(host, &reference->region)) return false;
  split_last(&rest, '@', &reference->digest);
  split_last(&rest, ':', &reference->tag);
  reference->name = rest;
  return digest_valid(&reference->digest) && tag_valid(&reference->tag) &&
         place_set_image(&place, rest.text, rest.size);
}
