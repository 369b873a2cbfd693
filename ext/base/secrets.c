/*
** Secrets inside foreign text: see secrets.h.
**
** The text is looked at in windows that overlap by more than the shortest run to be found takes,
** so that each is whole in one of them. A window is searched as it stands, and again each time
** that what is written in another way was read. Of the secrets, which may have kilobytes, every
** fifth group of four characters is looked up among the groups of the window: any eight
** characters in a row hold one.
*/
#include "base/secrets.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/always.h"
#include "base/ascii.h"

#define WINDOW SECRETS_WINDOW
#define OVERLAP 160 /* bytes: a part of the least length, each character written in 16 and more */
#define DEPTH 3     /* ways of writing around each other that are read */
#define GROUP 4     /* characters that are looked up together */
#define STRIDE (SECRET_PART_MIN - GROUP + 1)
#define SLOT_BITS 14
#define TRIES 4096 /* a secret that repeats itself is equal to itself at many places */

/* Marks of a byte. */
#define HIDDEN 1
#define JOINED 2 /* to the byte before it */

/* A window as it is read: its characters, and where each of them begins in the window. */
struct reading {
  unsigned char *marks;
  bool found; /* something is marked */
  size_t count;
  char bytes[WINDOW];      /* as they are */
  char folded[WINDOW];     /* as they are compared */
  uint16_t at[WINDOW + 1]; /* and where the last one ends */
  int tries;               /* left for runs that may be longer than what was found there */
  bool known[256];
  uint64_t groups[(1 << SLOT_BITS) / 64];
};

void secrets_add(struct secrets *secrets, const char *text) {
  if (!text || !text[0] || NEVER(secrets->count == SECRETS_MAX)) return; /* see the header */
  secrets->texts[secrets->count++] = text;
}

/* Shown as a blank: what has one in a blank's place would come out whole. */
static bool is_control(char c) { return (unsigned char)c < ' ' || c == 0x7f; }

static char fold(char c) {
  if (c == '+' || is_control(c)) return ' ';
  return ascii_lower(c);
}

/* ---- ways to write a character ---- */

/* Writes a code point as UTF-8; returns its bytes. */
static size_t put_code(unsigned code, char out[4]) {
  if (code < 0x80) {
    out[0] = (char)code;
    return 1;
  }
  if (code < 0x800) {
    out[0] = (char)(0xc0 | code >> 6);
    out[1] = (char)(0x80 | (code & 0x3f));
    return 2;
  }
  if (code < 0x10000) {
    out[0] = (char)(0xe0 | code >> 12);
    out[1] = (char)(0x80 | (code >> 6 & 0x3f));
    out[2] = (char)(0x80 | (code & 0x3f));
    return 3;
  }
  out[0] = (char)(0xf0 | (code >> 18 & 7));
  out[1] = (char)(0x80 | (code >> 12 & 0x3f));
  out[2] = (char)(0x80 | (code >> 6 & 0x3f));
  out[3] = (char)(0x80 | (code & 0x3f));
  return 4;
}

/* Reads exactly `digits` hexadecimal digits. */
static bool read_hex(const char *text, size_t size, size_t digits, unsigned *value) {
  *value = 0;
  if (size < digits) return false;
  for (size_t i = 0; i < digits; i++) {
    int digit = ascii_hex(text[i]);
    if (digit < 0) return false;
    *value = *value * 16 + (unsigned)digit;
  }
  return true;
}

/*
** `\uXXXX`, or two of them for what needs two. Returns what was taken, 0 if it is something else.
*/
static size_t read_unicode(const char *text, size_t size, unsigned *code) {
  unsigned low;

  if (size < 6 || !read_hex(text + 2, size - 2, 4, code)) return 0;
  if (*code < 0xd800 || *code > 0xdbff || size < 12 || text[6] != '\\' || text[7] != 'u') return 6;
  if (!read_hex(text + 8, size - 8, 4, &low) || low < 0xdc00 || low > 0xdfff) return 6;
  *code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);
  return 12;
}

/* What a string of JSON, or of a language like it, has after a backslash. */
static size_t read_escape(const char *text, size_t size, unsigned *code) {
  static const char names[] = "\"\\/'bfnrt";
  static const char meanings[] = "\"\\/'\b\f\n\r\t";
  const char *name;

  if (size < 2) return 0;
  if (text[1] == 'u') return read_unicode(text, size, code);
  if (text[1] == 'x') return read_hex(text + 2, size - 2, 2, code) ? 4 : 0;
  name = text[1] ? strchr(names, text[1]) : NULL;
  if (!name) return 0;
  *code = (unsigned char)meanings[name - names];
  return 2;
}

/* `&#47;` and `&#x2f;`. */
static size_t read_reference(const char *text, size_t size, unsigned *code) {
  unsigned base = size > 2 && ascii_lower(text[2]) == 'x' ? 16 : 10;
  size_t at = base == 16 ? 3 : 2;
  size_t first = at;

  *code = 0;
  for (; at < size && at < first + 7; at++) {
    int digit = ascii_hex(text[at]);
    if (digit < 0 || digit >= (int)base) break;
    *code = *code * base + (unsigned)digit;
  }
  return at > first && at < size && text[at] == ';' && *code < 0x110000 ? at + 1 : 0;
}

static size_t read_entity(const char *text, size_t size, unsigned *code) {
  static const struct {
    const char *name;
    char meaning;
  } entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};

  if (size > 1 && text[1] == '#') return read_reference(text, size, code);
  for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++) {
    if (!ascii_starts(text, size, entities[i].name)) continue;
    *code = (unsigned char)entities[i].meaning;
    return strlen(entities[i].name);
  }
  return 0;
}

/*
** Reads a character that is written in another way; returns what it took, 0 if none is here. It is
** never shorter than what it means.
*/
static size_t read_written(const char *text, size_t size, char out[4], size_t *made) {
  unsigned code = 0;
  size_t taken = 0;

  if (*text == '%' && read_hex(text + 1, size - 1, 2, &code)) { /* a byte, not a code point */
    out[0] = (char)code;
    *made = 1;
    return 3;
  }
  if (*text == '\\') taken = read_escape(text, size, &code);
  if (*text == '&') taken = read_entity(text, size, &code);
  if (taken) *made = put_code(code, out);
  return taken;
}

/* Reads what is written in another way, once. False if nothing is. */
static bool read_again(struct reading *reading) {
  size_t kept = 0;
  size_t taken;
  bool changed = false;

  if (!memchr(reading->bytes, '%', reading->count) &&
      !memchr(reading->bytes, '&', reading->count) &&
      !memchr(reading->bytes, '\\', reading->count)) {
    return false;
  }

  for (size_t i = 0; i < reading->count; i += taken) {
    uint16_t start = reading->at[i];
    char out[4] = {reading->bytes[i]};
    size_t made = 1;
    taken = read_written(reading->bytes + i, reading->count - i, out, &made);
    changed = changed || taken;
    if (!taken) taken = 1;
    for (size_t j = 0; j < made; j++) {
      reading->bytes[kept] = out[j];
      reading->at[kept++] = start;
    }
  }
  reading->at[kept] = reading->at[reading->count];
  reading->count = kept;
  return changed;
}

/* ---- what is found ---- */

static void hide(struct reading *reading, size_t from, size_t to) {
  size_t first = reading->at[from];

  reading->found = true;

  for (size_t i = first; i < reading->at[to]; i++) {
    reading->marks[i] |= i == first ? HIDDEN : HIDDEN | JOINED;
  }
}

static bool is_hidden(const struct reading *reading, size_t from, size_t count) {
  for (size_t i = from; i < from + count; i++) {
    if (!(reading->marks[reading->at[i]] & HIDDEN)) return false;
  }
  return true;
}

static uint32_t group_of(const char *text) {
  uint32_t group;

  memcpy(&group, text, sizeof group);
  return group;
}

static uint32_t slot_of(uint32_t group) { return (group * 2654435761u) >> (32 - SLOT_BITS); }

/* What stands in the window: characters in both cases, and groups. */
static void note_characters(struct reading *reading) {
  memset(reading->known, 0, sizeof reading->known);
  memset(reading->groups, 0, sizeof reading->groups);
  for (size_t i = 0; i < reading->count; i++) {
    char c = reading->folded[i];
    reading->known[(unsigned char)c] = true;
    if (c >= 'a' && c <= 'z') reading->known[c ^ 0x20] = true;
    if (i + GROUP <= reading->count) {
      uint32_t slot = slot_of(group_of(reading->folded + i));
      reading->groups[slot / 64] |= UINT64_C(1) << slot % 64;
    }
  }
  if (!reading->known[' ']) return;
  reading->known['+'] = reading->known[0x7f] = true;
  memset(reading->known, true, ' ');
}

/* True if the group at `text` may stand in the window; most characters of a secret do not. */
static bool may_hold(const struct reading *reading, const char *text, uint32_t *group) {
  char folded[GROUP];
  uint32_t slot;

  for (size_t i = 0; i < GROUP; i++) {
    if (!reading->known[(unsigned char)text[i]]) return false;
    folded[i] = fold(text[i]);
  }
  *group = group_of(folded);
  slot = slot_of(*group);
  return reading->groups[slot / 64] >> slot % 64 & 1;
}

/* How many characters before these two places are equal, and how many from them on. */
static size_t equal_before(const char *text, size_t at, const char *secret, size_t secret_at) {
  size_t count = 0;

  while (count < at && count < secret_at &&
         fold(text[at - count - 1]) == fold(secret[secret_at - count - 1])) {
    count++;
  }
  return count;
}

static size_t equal_from(const char *text, size_t size, const char *secret) {
  size_t count = 0;

  while (count < size && secret[count] && fold(text[count]) == fold(secret[count])) count++;
  return count;
}

static bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

/*
** True for a part that is (in) a word of which messages are made: `password` in one that says
** that it is wrong gives nothing away, also where it is in the password.
*/
static bool is_common(const struct reading *reading, size_t from, size_t to) {
  static const char *const words[] = {
      "password",    "passwords", "username",   "security",       "identity",      "credential",
      "credentials", "signature", "incorrect",  "authentication", "authorization", "unauthorized",
      "permission",  "forbidden", "repository", "namespace",      "huaweicloud",   "myhuaweicloud"};

  for (size_t i = from; i < to; i++) {
    if (!is_letter(reading->folded[i])) return false;
  }
  while (from > 0 && is_letter(reading->folded[from - 1])) from--;
  while (to < reading->count && is_letter(reading->folded[to])) to++;
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    if (ascii_is(reading->folded + from, to - from, words[i])) return true;
  }
  return false;
}

/* Hides what is equal around a group of the secret, wherever that stands. */
static void search_group(struct reading *reading, const char *secret, size_t length, size_t at,
                         uint32_t group) {
  for (size_t i = 0; i + GROUP <= reading->count; i++) {
    size_t before;
    size_t after;
    if (group_of(reading->folded + i) != group) continue;
    if (reading->tries == 0 && is_hidden(reading, i, GROUP)) continue;
    if (reading->tries) reading->tries--;
    before = equal_before(reading->folded, i, secret, at);
    after = equal_from(reading->folded + i, reading->count - i, secret + at);
    if (before + after < SECRET_PART_MIN) continue;
    if (before + after < length && is_common(reading, i - before, i + after)) continue;
    hide(reading, i - before, i + after);
  }
}

static void search_parts(struct reading *reading, const char *secret, size_t length) {
  uint32_t group;

  for (size_t at = 0; at + GROUP <= length; at += STRIDE) {
    if (may_hold(reading, secret + at, &group)) search_group(reading, secret, length, at, group);
  }
}

static void search_whole(struct reading *reading, const char *secret, size_t length) {
  char first = fold(secret[0]);

  for (size_t i = 0; i + length <= reading->count; i++) {
    size_t equal;
    /* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): `count` were folded. */
    if (reading->folded[i] != first) continue;
    equal = equal_from(reading->folded + i, length, secret);
    if (equal == length) hide(reading, i, i + length);
  }
}

static void search(struct reading *reading, const struct secrets *secrets, bool parts) {
  for (size_t i = 0; i < reading->count; i++) reading->folded[i] = fold(reading->bytes[i]);
  if (parts) note_characters(reading);
  reading->tries = TRIES;
  for (size_t i = 0; i < secrets->count; i++) {
    size_t length = strlen(secrets->texts[i]);
    if (!parts || length < SECRET_PART_MIN) {
      search_whole(reading, secrets->texts[i], length);
    } else {
      search_parts(reading, secrets->texts[i], length);
    }
  }
}

/* ---- the walk ---- */

/* True if there is something in it. */
static bool search_window(struct secrets_walk *walk) {
  struct reading reading;
  size_t left = walk->size - walk->start;

  reading.marks = walk->marks;
  reading.found = false;
  reading.count = left < WINDOW ? left : WINDOW;
  memcpy(reading.bytes, walk->text + walk->start, reading.count);
  for (size_t i = 0; i <= reading.count; i++) reading.at[i] = (uint16_t)i;
  search(&reading, walk->secrets, walk->parts);
  for (int depth = 0; depth < DEPTH && read_again(&reading); depth++) {
    search(&reading, walk->secrets, walk->parts);
  }
  return reading.found;
}

/* True if the text is too short for a whole secret: however that is written, it is no shorter. */
static bool too_short(const struct secrets *secrets, size_t size) {
  for (size_t i = 0; i < secrets->count; i++) {
    if (strnlen(secrets->texts[i], size + 1) <= size) return false;
  }
  return true;
}

static bool begins_written(char c) { return c == '%' || c == '\\' || c == '&'; }

/*
** Notes the characters of a text, as they stand and as `%2F` means them. False if there may be more
** of them, since it can be read in another way.
*/
static bool note_all(bool known[256], const char *text, size_t size) {
  unsigned code;

  memset(known, 0, 256 * sizeof *known);
  for (size_t i = 0; i < size; i++) {
    known[(unsigned char)fold(text[i])] = true;
    if (!begins_written(text[i])) continue;
    if (text[i] != '%' || !read_hex(text + i + 1, size - i - 1, 2, &code)) return false;
    if (begins_written((char)code)) return false;
    known[(unsigned char)fold((char)code)] = true;
  }
  return true;
}

/*
** True if each secret has a character that is not in the text, so that none stands there whole. Of
** the address of a request, which is masked for each page, this is nearly always so.
*/
static bool lacks_each(const struct secrets *secrets, const char *text, size_t size) {
  bool known[256];

  if (!note_all(known, text, size)) return false;
  for (size_t i = 0; i < secrets->count; i++) {
    const char *at = secrets->texts[i];
    while (*at && known[(unsigned char)fold(*at)]) at++;
    if (!*at) return false;
  }
  return true;
}

void secrets_walk(struct secrets_walk *walk, const struct secrets *secrets, const char *text,
                  size_t size, bool parts) {
  walk->parts = parts;
  walk->secrets = secrets && secrets->count ? secrets : NULL;
  walk->text = text;
  walk->size = size;
  walk->start = 0;
  if (walk->secrets && !parts && (too_short(secrets, size) || lacks_each(secrets, text, size))) {
    walk->secrets = NULL;
  }
  if (!walk->secrets) return;
  memset(walk->marks, 0, sizeof walk->marks);
  /* As nearly always, of all of it: there is nothing to be asked for then. */
  if (size && !search_window(walk) && size <= WINDOW) walk->secrets = NULL;
}

/* The marks of a byte. What was found where windows overlap holds for the later one. */
static unsigned char marks_at(struct secrets_walk *walk, size_t at) {
  const size_t step = WINDOW - OVERLAP;

  while (at - walk->start >= step && walk->size - walk->start > WINDOW) {
    walk->start += step;
    memmove(walk->marks, walk->marks + step, OVERLAP);
    memset(walk->marks + OVERLAP, 0, sizeof walk->marks - OVERLAP);
    search_window(walk);
  }
  return walk->marks[at - walk->start];
}

size_t secrets_walk_run(struct secrets_walk *walk, size_t at) {
  size_t length = 1;

  if (!walk->secrets || at >= walk->size || !marks_at(walk, at)) return 0;
  while (at + length < walk->size && marks_at(walk, at + length) & JOINED) length++;
  return length;
}
