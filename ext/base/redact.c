/*
** The one place where foreign text becomes part of a message: see redact.h.
*/
#include "base/redact.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

#define MASK "***"
#define KEY_LIKE_MIN 16 /* characters; access keys have 20, secret keys 40 */

struct output {
  char *bytes;
  size_t size; /* without the NUL */
  size_t room; /* bytes that may still come before the NUL */
  bool full;
};

static void put(struct output *output, const char *bytes, size_t size) {
  if (output->full || size > output->room) {
    output->full = true;
    return;
  }
  memcpy(output->bytes + output->size, bytes, size);
  output->size += size;
  output->room -= size;
}

static bool is_key_char(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/' || c == '=' || c == '_' || c == '-';
}

/* In any case; `word` begins with a small letter. Most texts differ in the first one. */
static bool starts_with(const char *text, size_t size, const char *word) {
  size_t length;

  if (size == 0 || (*text | 0x20) != *word) return false;
  length = strlen(word);
  return size >= length && !strncasecmp(text, word, length);
}

/* Where a service begins to repeat what was signed; nothing behind it is fit to be shown. */
static bool starts_signed_material(const char *text, size_t size) {
  static const char *const marks[] = {"canonicalrequest", "canonical request", "stringtosign",
                                      "string to sign",   "signature=",        "signature:"};

  for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
    if (starts_with(text, size, marks[i])) return true;
  }
  return false;
}

/* The length of `ak ` or `access key ` at `text`, 0 if neither stands there. */
static size_t access_key_label(const char *text, size_t size) {
  static const char *const labels[] = {"ak ", "ak:", "ak=", "access key ", "access=", "accesskey="};

  for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
    if (starts_with(text, size, labels[i])) return strlen(labels[i]);
  }
  return 0;
}

/* The length of the run of key characters at `text`, and whether it looks like a key. */
static size_t key_run(const char *text, size_t size, bool *key_like) {
  size_t length = 0;
  bool digit = false;
  bool capital = false;

  while (length < size && is_key_char(text[length])) {
    char c = text[length++];
    digit = digit || (c >= '0' && c <= '9');
    capital = capital || (c >= 'A' && c <= 'Z');
  }
  *key_like = length >= KEY_LIKE_MIN && digit && capital;
  return length;
}

static size_t put_character(struct output *output, const char *text, size_t size) {
  unsigned char first = (unsigned char)text[0];
  size_t length = utf8_character(text, size);

  if (length == 0) {
    put(output, "?", 1);
    return 1;
  }
  if (first < 0x20 || first == 0x7f || (first == 0xc2 && (unsigned char)text[1] < 0xa0)) {
    put(output, " ", 1); /* C0, DEL and C1 controls */
  } else {
    put(output, text, length);
  }
  return length;
}

/* Puts the word or character at `text`, masked where that is due; returns what it took. */
static size_t put_next(struct output *output, const char *text, size_t size, bool word_start) {
  size_t label = word_start ? access_key_label(text, size) : 0;
  bool key_like = false;
  size_t run;

  if (label) {
    run = key_run(text + label, size - label, &key_like);
    if (run >= 8) { /* shorter: a word of the sentence, as in `ak is missing` */
      put(output, text, label);
      put(output, MASK, strlen(MASK));
      return label + run;
    }
  }
  run = word_start ? key_run(text, size, &key_like) : 0;
  if (key_like) {
    put(output, MASK, strlen(MASK));
    return run;
  }
  return put_character(output, text, size);
}

void secrets_add(struct secrets *secrets, const char *text) {
  if (text && text[0] && secrets->count < SECRETS_MAX) secrets->texts[secrets->count++] = text;
}

/* The length of the longest secret that stands at the beginning of `text`; 0 if none does. */
static size_t longest_at(const struct secrets *secrets, const char *text, size_t size) {
  size_t longest = 0;

  for (size_t i = 0; i < secrets->count; i++) {
    size_t length = strlen(secrets->texts[i]);
    if (length > longest && length <= size && !memcmp(text, secrets->texts[i], length)) {
      longest = length;
    }
  }
  return longest;
}

size_t secrets_at(const struct secrets *secrets, const char *text, size_t size) {
  size_t run = secrets ? longest_at(secrets, text, size) : 0;

  for (size_t at = 1; at < run; at++) {
    size_t length = longest_at(secrets, text + at, size - at);
    if (at + length > run) run = at + length;
  }
  return run;
}

/* `...` where something did not fit; there is room for it. */
static void mark_end(struct output *output) {
  if (!output->full) return;
  memcpy(output->bytes + output->size, "...", 3);
  output->size += 3;
}

void secrets_mask(const char *text, const struct secrets *secrets, char *out, size_t out_size) {
  struct output output = {out, 0, out_size - 4, false}; /* less `...` and NUL */
  size_t size = strlen(text);

  for (size_t at = 0; at < size && !output.full;) {
    size_t run = secrets_at(secrets, text + at, size - at);
    if (run) put(&output, MASK, strlen(MASK));
    at += run ? run : put_character(&output, text + at, size - at);
  }
  mark_end(&output);
  out[output.size] = '\0';
}

void redact(const char *text, size_t size, const struct secrets *secrets, char *out,
            size_t out_size) {
  struct output output = {out, 0, out_size < 4 ? 0 : out_size - 4, false}; /* less `...` and NUL */
  size_t hidden = 0; /* where the next secret begins, */
  size_t run = 0;    /* and how long it is */
  bool word_start = true;
  bool cut = false; /* the rest was left out: what led to it is of no use */

  if (out_size < 4) {
    if (out_size) out[0] = '\0';
    return;
  }
  for (size_t at = 0; at < size && !output.full;) {
    size_t taken;

    while (hidden < size && !run) {
      run = secrets_at(secrets, text + hidden, size - hidden);
      if (!run) hidden++;
    }
    if (run && hidden == at) {
      put(&output, MASK, strlen(MASK));
      at += run;
      hidden = at;
      run = 0;
      word_start = true;
      continue;
    }
    if (starts_signed_material(text + at, size - at)) {
      cut = true;
      break;
    }
    taken =
        put_next(&output, text + at, hidden - at, word_start); /* no word may take its beginning */
    word_start = !is_key_char(text[at + taken - 1]);
    at += taken;
  }
  mark_end(&output);
  while (output.size && strchr(cut ? " ,:;" : " ", output.bytes[output.size - 1])) output.size--;
  output.bytes[output.size] = '\0';
}
