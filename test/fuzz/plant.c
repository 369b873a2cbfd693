/*
** Secrets that are planted and looked for: see plant.h.
*/
#include "plant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/allocation.h"

#define ROOM 4096   /* bytes of a secret as it is written */
#define BEFORE 1500 /* bytes of text before it, more than are looked at together */
#define PART 8      /* characters that must not be shown */
#define WAYS 3      /* around each other */
#define OURS "*.?"  /* written by redact itself */

enum way { AS_IS, JSON, URL, HTML, WAY_COUNT };

void plant_draw(struct plant *plant, struct fuzz_bytes *bytes) {
  uint32_t length = 3 + fuzz_number(bytes, PLANT_SECRET_MAX - 3);

  for (uint32_t i = 0; i < length; i++) {
    char c = (char)('!' + fuzz_number(bytes, '~' - '!'));
    bool begins = i > 0 && strchr("%&\\", plant->secret[i - 1]);
    if (i % 5 == 4) c = (char)('0' + c % 10);             /* no word of which messages are made */
    if (strchr(OURS, c) || (i == 0 && c == '+')) c = '-'; /* `+++` is read as blanks */
    if (begins) c = '!';
    plant->secret[i] = c;
  }
  plant->secret[length] = '\0';
  if (strchr("%&\\", plant->secret[length - 1])) plant->secret[length - 1] = '!';
  plant->secrets = (struct secrets){.count = 0};
  secrets_add(&plant->secrets, plant->secret);
}

/* ---- writing ---- */

/* What a way must write in another form, so that it can be read back. */
static bool must_write(enum way way, char c) {
  return way == JSON ? c == '"' || c == '\\' : way == URL ? c == '%' : c == '&';
}

static size_t write_json(char c, uint32_t form, char *out, size_t room) {
  if (form % 2 && strchr("\"\\/", c)) return (size_t)snprintf(out, room, "\\%c", c);
  return (size_t)snprintf(out, room, form & 2 ? "\\u%04x" : "\\u%04X", c);
}

static size_t write_html(char c, uint32_t form, char *out, size_t room) {
  static const char marks[] = "&<>\"'";
  static const char *const names[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
  const char *mark = strchr(marks, c);

  if (mark && form % 2) return (size_t)snprintf(out, room, "%s", names[mark - marks]);
  return (size_t)snprintf(out, room, form & 2 ? "&#%d;" : "&#x%x;", c);
}

static size_t write_character(enum way way, char c, uint32_t form, char *out, size_t room) {
  if (way == JSON) return write_json(c, form, out, room);
  if (way == HTML) return write_html(c, form, out, room);
  return (size_t)snprintf(out, room, form & 1 ? "%%%02x" : "%%%02X", c);
}

/*
** Writes all of a text in one way: what it must, and of the secret's own characters what is drawn.
*/
static void write_in(enum way way, struct fuzz_bytes *bytes, bool any, char text[ROOM]) {
  char out[ROOM];
  size_t used = 0;

  for (const char *at = text; *at && used + 16 < ROOM; at++) {
    uint32_t form = fuzz_number(bytes, 7);
    if (way != AS_IS && (must_write(way, *at) || (any && form >= 4))) {
      used += write_character(way, *at, form, out + used, ROOM - used);
    } else {
      out[used++] = *at;
    }
  }
  out[used] = '\0';
  memcpy(text, out, used + 1);
}

static void change_case(struct fuzz_bytes *bytes, char *text) {
  for (; *text; text++) {
    bool letter = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z');
    if (letter && fuzz_number(bytes, 3) == 3) *text = (char)(*text ^ 0x20);
  }
}

char *plant_text(const struct plant *plant, struct fuzz_bytes *bytes, size_t *size) {
  char written[ROOM];
  char *before;
  char *text;
  uint32_t ways = fuzz_number(bytes, WAYS);
  size_t before_size;
  size_t written_size;

  snprintf(written, sizeof written, "%s", plant->secret);
  if (fuzz_number(bytes, 1)) change_case(bytes, written);
  for (uint32_t i = 0; i < ways; i++) {
    write_in((enum way)fuzz_number(bytes, WAY_COUNT - 1), bytes, i == 0, written);
  }
  before = fuzz_text(bytes, fuzz_number(bytes, BEFORE));
  before_size = strlen(before);
  written_size = strlen(written);
  *size = before_size + 1 + written_size + 1 + bytes->left;
  text = plain_resize(NULL, *size + 1);
  memcpy(text, before, before_size);
  text[before_size] = ' ';
  memcpy(text + before_size + 1, written, written_size);
  text[before_size + 1 + written_size] = ' ';
  if (bytes->left) memcpy(text + before_size + written_size + 2, bytes->at, bytes->left);
  text[*size] = '\0';
  free(before);
  return text;
}

/* ---- looking ---- */

static char fold(char c) {
  if (c == '+') return ' ';
  return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

static void fold_text(const char *text, char *out) {
  while (*text) *out++ = fold(*text++);
  *out = '\0';
}

/* Reads one character at *text, written or not, which moves on; only ASCII is of interest. */
static char read_character(const char **text) {
  static const struct {
    const char *format;
    bool hexadecimal;
  } forms[] = {{"%%%2x%n", true},
               {"\\u%4x%n", true},
               {"\\x%2x%n", true},
               {"&#x%7x;%n", true},
               {"&#%7u;%n", false}};
  static const char *const names[] = {"&amp;&",  "&lt;<",  "&gt;>",  "&quot;\"",
                                      "&apos;'", "\\\"\"", "\\\\\\", "\\//"};

  if (!strchr("%\\&", **text)) return *(*text)++; /* at most places; sscanf takes long */
  for (size_t i = 0; i < COUNT_OF(forms); i++) {
    unsigned code;
    int taken = 0;
    if (sscanf(*text, forms[i].format, &code, &taken) == 1 && taken && code && code < 0x80) {
      *text += taken;
      return (char)code;
    }
  }
  for (size_t i = 0; i < COUNT_OF(names); i++) {
    size_t length = strlen(names[i]) - 1;
    if (strncmp(*text, names[i], length) != 0) continue;
    *text += length;
    return names[i][length];
  }
  return *(*text)++;
}

static void look(const struct plant *plant, const char *text) {
  char secret[PLANT_SECRET_MAX + 1];
  size_t length = strlen(plant->secret);
  size_t part = length < PART ? length : PART;

  fold_text(plant->secret, secret);
  for (size_t i = 0; i + part <= length; i++) {
    char piece[PART + 1];
    snprintf(piece, sizeof piece, "%.*s", (int)part, secret + i);
    CHECK_LACKS(text, piece);
  }
}

void plant_check(const struct plant *plant, const char *shown) {
  size_t size = strlen(shown) + 1;
  char *read = plain_resize(NULL, size);
  char *folded = plain_resize(NULL, size);

  memcpy(read, shown, size);
  for (int depth = 0; depth <= WAYS; depth++) {
    char *to = read;
    fold_text(read, folded);
    look(plant, folded);
    for (const char *from = read; *from;) *to++ = read_character(&from);
    *to = '\0';
  }
  free(read);
  free(folded);
}
