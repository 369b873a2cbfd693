/*
** The one place where foreign text becomes part of a message: see redact.h.
*/
#include "base/redact.h"

#include <stdbool.h>
#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"

#define MASK "***"
#define REDACT_TEXT_MAX 131072 /* bytes that are looked at: far more than anything shows */
#define KEY_LIKE_MIN 16        /* characters; access keys have 20, secret keys 40 */

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

/* Where a service begins to repeat what was signed; nothing after it is fit to be shown. */
static bool starts_signed_material(const char *text, size_t size) {
  static const char *const marks[] = {"canonicalrequest", "canonical request", "stringtosign",
                                      "string to sign",   "signature=",        "signature:"};
  char first = '\0';

  if (size) first = ascii_lower(*text);
  if (first != 'c' && first != 's') return false; /* as at most places */
  for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
    if (ascii_starts(text, size, marks[i])) return true;
  }
  return false;
}

/* The length of `ak ` or `access key ` at `text`, 0 if neither stands there. */
static size_t access_key_label(const char *text, size_t size) {
  static const char *const labels[] = {"ak ", "ak:", "ak=", "access key ", "access=", "accesskey="};

  for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
    if (ascii_starts(text, size, labels[i])) return strlen(labels[i]);
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

/* How many characters there are that are shown as they are, a byte each. */
static size_t plain_run(const char *text, size_t size) {
  size_t run = 0;

  while (run < size && text[run] >= ' ' && text[run] <= '~') run++;
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
  struct secrets_walk walk;
  size_t size = strlen(text);

  secrets_walk(&walk, secrets, text, size, false);
  for (size_t at = 0; at < size && !output.full;) {
    size_t run = walk.secrets ? 0 : plain_run(text + at, size - at);
    if (run > 1 && run <= output.room) { /* nothing is hidden in all of it */
      put(&output, text + at, run);
      at += run;
      continue;
    }
    run = secrets_walk_run(&walk, at);
    if (run) put(&output, MASK, strlen(MASK));
    at += run ? run : put_character(&output, text + at, size - at);
  }
  mark_end(&output);
  out[output.size] = '\0';
}

/* Where the next secret begins, and how long it is; the size of the text and 0 if none comes. */
struct hidden {
  size_t at;
  size_t run;
};

static void find_hidden(struct hidden *hidden, struct secrets_walk *walk) {
  while (hidden->at < walk->size && !hidden->run) {
    hidden->run = secrets_walk_run(walk, hidden->at);
    if (!hidden->run) hidden->at++;
  }
}

/* Puts what may be shown. True if the rest was left out: what led to it is of no use. */
static bool put_all(struct output *output, struct secrets_walk *walk) {
  struct hidden hidden = {0, 0};
  bool word_start = true;
  size_t at = 0;

  while (at < walk->size && !output->full) {
    const char *text = walk->text + at;
    find_hidden(&hidden, walk);
    if (hidden.run && hidden.at == at) {
      put(output, MASK, strlen(MASK));
      at += hidden.run;
      hidden = (struct hidden){at, 0};
      word_start = true;
      continue;
    }
    if (starts_signed_material(text, walk->size - at)) return true;
    /* No word may take the beginning of a secret. */
    at += put_next(output, text, hidden.at - at, word_start);
    word_start = !is_key_char(walk->text[at - 1]);
  }
  return false;
}

void redact(const char *text, size_t size, const struct secrets *secrets, char *out,
            size_t out_size) {
  struct output output = {out, 0, out_size < 4 ? 0 : out_size - 4, false}; /* less `...` and NUL */
  struct secrets_walk walk;
  bool cut;

  if (out_size < 4) {
    if (out_size) out[0] = '\0';
    return;
  }
  secrets_walk(&walk, secrets, text, size < REDACT_TEXT_MAX ? size : REDACT_TEXT_MAX, true);
  cut = put_all(&output, &walk);
  output.full = output.full || size > REDACT_TEXT_MAX;
  mark_end(&output);
  while (output.size && strchr(cut ? " ,:;" : " ", output.bytes[output.size - 1])) output.size--;
  output.bytes[output.size] = '\0';
}
