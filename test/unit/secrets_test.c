/*
** Tests of ext/base/secrets: a secret is hidden in every form in which it may be echoed.
**
** Random secrets are planted in random texts, whole and in parts, in every way of writing. What is
** shown is then read by other means, and must not hold eight characters of the secret in a row.
*/
#include "base/secrets.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/redact.h"
#include "unit.h"

#define TOKEN "MIIa/Bc+Dd=ee.Ff~Gg"
#define HIDDEN "x *** y"

static const struct secrets hidden = {
    {TOKEN, "p\xc3\xa4ss\"word & more", "short7!", "\xe2\x82\xac-\xf0\x9f\x98\x80-secret",
     "\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbd\xf0\x90\x80\x80"},
    5};
static const struct {
  const char *text;
  const char *shown;
} forms[] = {
    {"x " TOKEN " y", HIDDEN},
    {"x miia/bc+dd=ee.ff~gg y", HIDDEN},
    {"x MIIA/BC+DD=EE.FF~GG y", HIDDEN},
    {"x MIIa\\/Bc+Dd=ee.Ff~Gg y", HIDDEN},
    {"x MIIa\\u002fBc+Dd=ee.Ff~Gg y", HIDDEN},
    {"x MIIa\\u002FBc\\u002bDd\\u003dee.Ff~Gg y", HIDDEN},
    {"x MIIa%2fBc%2bDd%3dee.Ff~Gg y", HIDDEN},
    {"x MIIa%2FBc%2BDd%3Dee.Ff%7EGg y", HIDDEN},
    {"x MIIa%252FBc%252BDd%253Dee.Ff~Gg y", HIDDEN},
    {"x MIIa\\\\\\/Bc+Dd=ee.Ff~Gg y", HIDDEN},
    {"x MIIa%5C%2FBc+Dd=ee.Ff~Gg y", HIDDEN},
    {"x MIIa%5cu002fBc+Dd=ee.Ff~Gg y", HIDDEN},
    {"x MIIa&#47;Bc&#43;Dd&#x3d;ee.Ff~Gg y", HIDDEN},
    {"x MIIa/Bc Dd=ee.Ff~Gg y", HIDDEN},
    {"x %4D%49%49%61%2F%42%63%2B%44%64%3D%65%65%2E%46%66%7E%47%67 y", HIDDEN},
    {"x MIIa/Bc+ y", HIDDEN},
    {"x MIIa%2FBc+ y", HIDDEN},
    {"x ee.Ff~Gg y", HIDDEN},
    {"x MIIa/Bc, y", "x MIIa/Bc, y"},
    {"x MIIa/Bc-Dd=ee.F y", "x MIIa/Bc-Dd=ee.F y"},
    {"xMIIa/Bc+Dd=ee.Ff~Ggy", "x***y"},
    {TOKEN, "***"},
    {"x p\xc3\xa4ss\"word & more y", HIDDEN},
    {"x p\\u00e4ss\\\"word \\u0026 more y", HIDDEN},
    {"x p%C3%A4ss%22word+%26+more y", HIDDEN},
    {"x p\xc3\xa4ss&quot;word &amp; more y", HIDDEN},
    {"x p&#228;ss&quot;word &AMP; more y", HIDDEN},
    {"x p\xc3\xa4ss\"word\n&\tmore y", HIDDEN},
    {"x MIIa/Bc\x7f"
     "Dd=ee.Ff~Gg y",
     HIDDEN},
    {"x \xe2\x82\xac-\xf0\x9f\x98\x80-secret y", HIDDEN},
    {"x \\u20ac-\\ud83d\\ude00-secret y", HIDDEN},
    {"x &#8364;-&#x1f600;-secret y", HIDDEN},
    {"x &#x80;&#x7ff;&#x800;&#xfffd;&#x10000; y", HIDDEN},
    {"x \\u20ac-\\ud83d\\u0041-secret y", "x \\u20ac-\\ud83d\\u0041-secret y"},
    {"x \\u20ac-\\ud83d-secret y", "x \\u20ac-\\ud83d-secret y"},
    {"\\u12g4 \\ud83d \\ud83d\\x41 \\ud83d\\\\u0041 \\ud83dx short7! y",
     "\\u12g4 \\ud83d \\ud83d\\x41 \\ud83d\\\\u0041 \\ud83dx *** y"},
    {"\\ud83d\\u00g1 \\ud83d\\uffff \\ue000\\u0041 short7! y",
     "\\ud83d\\u00g1 \\ud83d\\uffff \\ue000\\u0041 *** y"},
    {"&#12345678; &#x110000; &#12345 &#; &#xg; short7! y",
     "&#12345678; &#x110000; &#12345 &#; &#xg; *** y"},
    {"short7! &#65", "*** &#65"},
    {"short7! \\u00", "*** \\u00"},
    {"short7! \\ud83d\\u00", "*** \\ud83d\\u00"},
    {"x short7! y", HIDDEN},
    {"x SHORT7%21 y", HIDDEN},
    {"xshort7!y", "x***y"},
    {"x short7 y", "x short7 y"},
    {"100% \\u00 \\ & &# &#; &#x; %4 %zz", "100% \\u00 \\ & &# &#; &#x; %4 %zz"},
};

static void check_forms(void) {
  for (size_t i = 0; i < COUNT_OF(forms); i++) {
    char out[200];
    unit_case("'%s'", forms[i].text);
    redact(forms[i].text, strlen(forms[i].text), &hidden, out, sizeof out);
    CHECK_TEXT(forms[i].shown, out);
  }
}

/* Words that messages are made of are shown, also where a password has them. */
static void check_words(void) {
  static const struct secrets secrets = {{"wrong-password9", "Username", "own-name-2026"}, 3};
  static const struct {
    const char *text;
    const char *shown;
  } cases[] = {
      {"The user name or password is wrong", "The user name or password is wrong"},
      {"Password, PASSWORD.", "Password, PASSWORD."},
      {"password9", "***"},
      {"-password", "***"},
      {"xpassword", "x***"},
      {"the username is wrong", "the *** is wrong"},
      {"own-name-2025", "***5"},
  };
  char out[100];

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    unit_case("'%s'", cases[i].text);
    redact(cases[i].text, strlen(cases[i].text), &secrets, out, sizeof out);
    CHECK_TEXT(cases[i].shown, out);
  }
  unit_case("a name of the user's own");
  secrets_mask("own-name-2025", &secrets, out, sizeof out);
  CHECK_TEXT("own-name-2025", out);
  secrets_mask("wrong%2dPassword9own\\u002dname-2026", &secrets, out, sizeof out);
  CHECK_TEXT("******", out);
}

/* What is masked only where it stands whole, in whatever form. */
static void check_whole(void) {
  static const struct secrets secrets = {{"Ke+y", "a&b %2F"}, 2};
  static const struct {
    const char *text;
    const char *shown;
  } cases[] = {
      {"/x/kE+Y", "/x/***"},
      {"/x/%4be%2By", "/x/***"},
      {"/x/%254be+y", "/x/***"},
      {"/x/%25%34be+y", "/x/***"},
      {"/x/%%34be+y", "/x/***"},
      {"/x/&#75;e+y", "/x/***"},
      {"/x/\\u004be+y", "/x/***"},
      {"/x/ke%0ay", "/x/***"},
      {"/x/ke%00y", "/x/***"},
      {"/x/a%26b+%252F", "/x/***"},
      {"/x/a&b %2F", "/x/***"},
      {"/x/y+ek%3A", "/x/y+ek%3A"},
      {"/x/key%", "/x/key%"},
      {"/x/e+y%4", "/x/e+y%4"},
      {"/x?filter=limit%3A%3A100%7Coffset%3A%3A0", "/x?filter=limit%3A%3A100%7Coffset%3A%3A0"},
  };
  char out[100];

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    unit_case("'%s'", cases[i].text);
    secrets_mask(cases[i].text, &secrets, out, sizeof out);
    CHECK_TEXT(cases[i].shown, out);
  }
}

/* ---- at random ---- */

#define SECRET_MAX 3000
#define TEXT_MAX 40000

static char secret[SECRET_MAX + 1];
static char text[TEXT_MAX];
static size_t used;

static void add(const char *bytes, size_t size) {
  if (used + size >= sizeof text) return;
  memcpy(text + used, bytes, size);
  used += size;
}

static char any_case(char c, uint32_t way) {
  bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

  if (letter && (way == 3 || (way == 4 && unit_random(1)))) c = (char)(c ^ 0x20);
  return c;
}

/* Some writers write all characters in another way, most only those that have to be. */
static void add_written(char c, size_t form, bool always) {
  static const char *const formats[] = {"%c",        "%%%02X",   "%%%02x",         "\\u%04x",
                                        "\\u%04X",   "%%25%02X", "%%5Cu%04x",      "&#%d;",
                                        "&#x%X;",    "\\x%02x",  "%%26%%23%d%%3b", "%%2525%02x",
                                        "\\\\u%04x", "\\%c",     "%%5c%c",         "\\\\\\%c"};
  bool slash = form > 12; /* nothing else is written so */
  char written[32];

  if (slash ? c != '/' : !always && !strchr("/+=.-_", c)) form = 0;
  snprintf(written, sizeof written, formats[form], c);
  add(written, strlen(written));
}

/* A secret of characters that tokens, keys and passwords have. */
static void make_secret(void) {
  static const char letters[] =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/+=.-_";
  uint32_t size = unit_random(9) ? 1 + unit_random(60) : 1 + unit_random(SECRET_MAX - 1);
  uint32_t few = unit_random(9) ? 0 : 1 + unit_random(6); /* one that repeats itself */

  for (uint32_t i = 0; i < size; i++)
    secret[i] = letters[unit_random(few ? few : sizeof letters - 2)];
  secret[size] = '\0';
  if (strspn(secret, ".") == size) secret[0] = 'x'; /* redact writes dots of its own */
}

static void add_filler(void) {
  static const char *const words[] = {"not",   " ",     "%",   "\\",           "&#",
                                      "%2",    "\\u00", "\n",  "***",          "<p>",
                                      "token", "%25",   "%5c", "\xe2\x82\xac", "ak "};

  for (uint32_t i = unit_random(9) ? unit_random(12) : unit_random(1500); i; i--) {
    const char *word = words[unit_random(COUNT_OF(words) - 1)];
    add(word, strlen(word));
  }
  add(" ",
      used && strchr("%\\&#205c", text[used - 1]) ? 1 : 0); /* nothing that takes what follows */
}

/* The secret, or a part of it, written in one way or in all of them. */
static void plant(void) {
  size_t length = strlen(secret);
  size_t from = unit_random(1) ? unit_random((uint32_t)length - 1) : 0;
  size_t to = unit_random(1) ? from + 1 + unit_random((uint32_t)(length - from) - 1) : length;
  uint32_t way = unit_random(4);
  uint32_t form = unit_random(17); /* 16: another one for each character */
  bool always = unit_random(2) == 0;

  for (size_t i = from; i < to; i++) {
    add_written(any_case(secret[i], way), form > 15 ? unit_random(15) : form, always);
  }
}

/* Reads what is between `before` and `after` as a number, wherever it stands. */
static void read_numbers(char *shown, const char *before, int base, size_t digits) {
  for (char *at = strstr(shown, before); at; at = strstr(at + 1, before)) {
    char number[12] = "";
    char *end;
    memcpy(number, at + strlen(before), strnlen(at + strlen(before), digits));
    long value = strtol(number, &end, base);
    size_t taken = strlen(before) + (size_t)(end - number);
    if (end == number || (before[0] != '&' && (size_t)(end - number) != digits)) continue;
    if (value < 1 || value > 126 || !strchr("0123456789abcdefABCDEF", number[0])) continue;
    if (before[0] == '&' && at[taken++] != ';') continue;
    *at = (char)value;
    memmove(at + 1, at + taken, strlen(at + taken) + 1);
  }
}

/* The most characters of the secret in a row, in any case. */
static size_t longest_run(const char *shown) {
  size_t length = strlen(secret);
  size_t longest = 0;

  for (const char *at = shown; *at; at++) {
    for (size_t i = 0; i < length; i++) {
      size_t equal = 0;
      while (at[equal] && secret[i + equal] && (at[equal] | 0x20) == (secret[i + equal] | 0x20)) {
        equal++;
      }
      if (equal > longest) longest = equal;
    }
  }
  return longest;
}

static void check_shown(char *shown) {
  size_t most = strlen(secret) < SECRET_PART_MIN ? strlen(secret) : SECRET_PART_MIN;

  for (int depth = 0; depth < 4; depth++) {
    if (longest_run(shown) >= most) CHECK_TEXT("none of the secret", shown);
    read_numbers(shown, "\\u", 16, 4);
    read_numbers(shown, "\\x", 16, 2);
    read_numbers(shown, "&#x", 16, 4);
    read_numbers(shown, "&#", 10, 4);
    read_numbers(shown, "%", 16, 2);
    for (char *at = strstr(shown, "\\/"); at; at = strstr(at, "\\/"))
      memmove(at, at + 1, strlen(at));
  }
}

static void check_planted(void) {
  struct secrets secrets = {{secret}, 1};
  static char shown[2100];

  for (int i = 0; i < 2000; i++) {
    make_secret();
    used = 0;
    for (uint32_t parts = 1 + unit_random(3); parts; parts--) {
      add_filler();
      plant();
      if (unit_random(1)) add_filler();
    }
    text[used] = '\0';
    unit_case("secret '%.60s' in text %d", secret, i);
    redact(text, used, &secrets, shown, sizeof shown);
    check_shown(shown);
  }
}

/* A text may have NUL bytes, also after a backslash; past its end nothing is hidden. */
static void check_ends(void) {
  static const struct secrets secrets = {{TOKEN}, 1};
  static const char zero[] = "\\\0" TOKEN "{";
  struct secrets_walk walk;

  unit_case("ends");
  secrets_walk(&walk, &secrets, zero, sizeof zero - 1, true);
  CHECK_INT(0, secrets_walk_run(&walk, 0));
  CHECK_INT(0, secrets_walk_run(&walk, 1));
  CHECK_INT(strlen(TOKEN), secrets_walk_run(&walk, 2));
  CHECK_INT(0, secrets_walk_run(&walk, sizeof zero - 1));
  CHECK_INT(0, secrets_walk_run(&walk, sizeof zero + 5));
}

/* A word of which messages are made, beside what no letter is. */
static void check_word_ends(void) {
  static const struct secrets secrets = {{"my-password-0"}, 1};
  char out[100];

  unit_case("a word in braces");
  redact("{password}", 10, &secrets, out, sizeof out);
  CHECK_TEXT("{password}", out);
}

void secrets_test(void) {
  check_ends();
  check_word_ends();
  check_forms();
  check_words();
  check_whole();
  check_planted();
}
