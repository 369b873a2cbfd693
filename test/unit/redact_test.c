/*
** Tests of ext/base/redact: what may be shown of foreign text, and in how many bytes.
*/
#include "base/redact.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

#define REDACT_TEXT_MAX 131072 /* as in redact.c */

#define SECRET "mii.Token-7"
#define ACCESS_KEY "AKEXAMPLE00000000001"
#define SECRET_KEY "SKexample0123456789abcdefghijklmnopqrstu"

static const struct secrets one = {{SECRET}, 1};

struct redact_case {
  const char *text;
  const char *expected;
};

static void check_cases(const struct redact_case *cases, size_t count,
                        const struct secrets *secrets) {
  for (size_t i = 0; i < count; i++) {
    char out[200];
    unit_case("'%s'", cases[i].text);
    redact(cases[i].text, strlen(cases[i].text), secrets, out, sizeof out);
    CHECK_TEXT(cases[i].expected, out);
  }
}

static void check_secret(void) {
  static const struct redact_case cases[] = {
      {"", ""},
      {"nothing to hide", "nothing to hide"},
      {SECRET, "***"},
      {SECRET " at the start", "*** at the start"},
      {"in the " SECRET " middle", "in the *** middle"},
      {"at the end " SECRET, "at the end ***"},
      {SECRET SECRET, "******"},
      {"twice " SECRET ", " SECRET ".", "twice ***, ***."},
      {"x" SECRET "x", "x***x"},
      {"mii.Token-", "***"},
      {"mii.Token-mii.Token-7", "******"},
      {"MII.TOKEN-7", "***"},
      {"mii.Tok", "mii.Tok"},
      {"ii.Token", "***"},
  };
  struct secrets none = {{NULL}, 0};
  char out[40];

  check_cases(cases, COUNT_OF(cases), &one);
  unit_case("no secret");
  redact("plain", 5, NULL, out, sizeof out);
  CHECK_TEXT("plain", out);
  secrets_add(&none, NULL);
  secrets_add(&none, "");
  redact("plain", 5, &none, out, sizeof out);
  CHECK_TEXT("plain", out);
}

static void check_keys(void) {
  static const struct redact_case cases[] = {
      {"ak " ACCESS_KEY " not exist", "ak *** not exist"},
      {"AK " ACCESS_KEY " not exist", "AK *** not exist"},
      {"ak:" ACCESS_KEY, "ak:***"},
      {"ak=lowercase1", "ak=***"},
      {"Access=" ACCESS_KEY ", SignedHeaders=host", "Access=***, SignedHeaders=host"},
      {"access key somekey12 is wrong", "access key *** is wrong"},
      {"ak is missing", "ak is missing"},
      {"the peak is missing", "the peak is missing"},
      {"(" ACCESS_KEY ")", "(***)"},
      {"(AKEXAMPLE_0000-0001)", "(***)"},
      {"key " SECRET_KEY ".", "key ***."},
      {"Short1Short1Sho", "Short1Short1Sho"},
      {"Short1Short1Shor", "***"},
      {"0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef"},
      {"ABCDEFGHIJKLMNOPQRSTUVWXYZ", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
      {"policy user over ratelimit,limit:200,time:5 minute",
       "policy user over ratelimit,limit:200,time:5 minute"},
      {"Incorrect IAM authentication information: Unauthorized",
       "Incorrect IAM authentication information: Unauthorized"},
  };

  check_cases(cases, COUNT_OF(cases), &one);
}

static void check_signed_material(void) {
  static const struct redact_case cases[] = {
      {"verify aksk signature fail, canonicalRequest:GET\n/v2/\nx", "verify aksk signature fail"},
      {"fail, Canonical Request: GET", "fail"},
      {"fail, CANONICALREQUEST", "fail"},
      {"fail; string to sign: SDK", "fail"},
      {"fail; StringToSign=SDK", "fail"},
      {"SignedHeaders=host, Signature=0123456789abcdef", "SignedHeaders=host"},
      {"signature: 0123", ""},
      {"canonicalRequest", ""},
      {"the signature is wrong", "the signature is wrong"},
      {SECRET " signature=" SECRET, "***"},
  };

  check_cases(cases, COUNT_OF(cases), &one);
}

static void check_bytes(void) {
  static const struct redact_case cases[] = {
      {"a\x01"
       "b\x1b[31mc\x7f"
       "d",
       "a b [31mc d"},
      {"line\r\nnext\ttab", "line  next tab"},
      {"trailing\n", "trailing"},
      {"\n\n", ""},
      {"c1 \xc2\x85\xc2\x9b.", "c1   ."},
      {"\xc2\xa0", "\xc2\xa0"},
      {"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"},
      {"\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"},
      {"\xff|\x80|\xfe", "?|?|?"},
      {"\xe2\x82", "??"},
      {"\xe2\x82x", "??x"},
      {"\xc3", "?"},
      {"\xc0\x80|\xc1\xbf", "??|??"},
      {"\xe0\x80\x80", "???"},
      {"\xed\xa0\x80", "???"},
      {"\xf0\x80\x80\x80", "????"},
      {"\xf4\x90\x80\x80|\xf5\x80\x80\x80", "????|????"},
  };
  char out[40];

  check_cases(cases, COUNT_OF(cases), &one);
  unit_case("a NUL inside");
  redact("a\0b", 3, &one, out, sizeof out);
  CHECK_TEXT("a b", out);
  redact("a\0" SECRET, 2 + strlen(SECRET), &one, out, sizeof out);
  CHECK_TEXT("a ***", out);
}

/* Into a buffer of every size: within it, with a NUL, the beginning of the whole and `...`. */
static void check_sizes(void) {
  static const char *const texts[] = {
      "",
      "a",
      "abc",
      "abcd",
      "a text with " SECRET " in it",
      SECRET SECRET SECRET,
      "\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xe2\x82\xac\xc3\xa9\xf0\x9f\x98\x80",
      "ak " ACCESS_KEY " " SECRET_KEY,
      "spaces          and         more",
  };

  for (size_t i = 0; i < COUNT_OF(texts); i++) {
    char whole[300];
    redact(texts[i], strlen(texts[i]), &one, whole, sizeof whole);
    for (size_t size = 4; size < 90; size++) {
      char out[400];
      size_t length;
      unit_case("'%s' into %zu bytes", texts[i], size);
      memset(out, 0x55, sizeof out);
      redact(texts[i], strlen(texts[i]), &one, out, size);
      CHECK_INT(0x55, out[size]);
      if (!CHECK(memchr(out, 0, size) != NULL)) continue;
      length = strlen(out);
      if (strcmp(out, whole) == 0) continue;
      CHECK(strlen(whole) + 4 > size); /* cut only where it has to be */
      if (!CHECK(length >= 3 && strcmp(out + length - 3, "...") == 0)) continue;
      CHECK_BYTES(whole, length - 3, out, length - 3);
    }
  }
}

/* Buffers too small for the mark of a cut. */
static void check_tiny_sizes(void) {
  for (size_t size = 1; size < 4; size++) {
    char out[100];
    unit_case("into %zu bytes", size);
    memset(out, 0x55, sizeof out);
    redact("some text", 9, &one, out, size);
    CHECK_INT(0x55, out[size]);
    CHECK(memchr(out, 0, size) != NULL);
  }
}

/* A secret is cut out whatever stands around it, dotted and joined as tokens can be. */
static void check_secret_beside_keys(void) {
  static const struct secrets secret = {{"Gw1Gw1Gw1Gw1.quietpartofit"}, 1};
  static const struct redact_case cases[] = {
      {"Gw1Gw1Gw1Gw1.quietpartofit", "***"},
      {"ak Gw1Gw1Gw1Gw1.quietpartofit", "ak ***"},
      {"access key Gw1Gw1Gw1Gw1.quietpartofit", "access key ***"},
  };
  static const char *const joined[] = {
      "token=Gw1Gw1Gw1Gw1.quietpartofit",
      "Token/Gw1Gw1Gw1Gw1.quietpartofit",
      "AbCdEfGh12345678Gw1Gw1Gw1Gw1.quietpartofit",
      "ak AKEXAMPLE00000000001Gw1Gw1Gw1Gw1.quietpartofit",
  };

  check_cases(cases, COUNT_OF(cases), &secret);
  for (size_t i = 0; i < COUNT_OF(joined); i++) {
    char out[100];
    unit_case("'%s'", joined[i]);
    redact(joined[i], strlen(joined[i]), &secret, out, sizeof out);
    CHECK_LACKS(out, "quiet");
  }
}

/* Several secrets, also where one is inside another or begins before another has ended. */
static void check_several(void) {
  static const struct secrets several = {{"quiet", "quietword", "word99", "aXa", "99"}, 5};
  static const struct redact_case cases[] = {
      {"a quiet word", "a *** word"},
      {"a quietword here", "a *** here"},
      {"quietword99", "***"},
      {"xquietword99x", "x***x"},
      {"quietquiet", "******"},
      {"aXaXaXa.", "***."},
      {"9", "9"},
      {"99 and quiet", "*** and ***"},
      {"word9quiet", "word9***"},
  };
  char out[20];

  check_cases(cases, COUNT_OF(cases), &several);
  unit_case("a name");
  secrets_mask("al\nice quietword99 Ab1Ab1Ab1Ab1Ab1Ab1", &several, out, sizeof out);
  CHECK_TEXT("al ice *** Ab1Ab...", out);
  secrets_mask("", &several, out, sizeof out);
  CHECK_TEXT("", out);
  secrets_mask("Ab1Ab1Ab1Ab1Ab1", &several, out, sizeof out);
  CHECK_TEXT("Ab1Ab1Ab1Ab1Ab1", out); /* the user's own */
}

/* Random texts made of the secret and of all that redact looks for. */
static void check_random(void) {
  static const char *const pieces[] = {SECRET, SECRET, " ",       "x",           "=",
                                       ".",    "ak ",  "Ab1",     "access key ", "\xe2\x82\xac",
                                       "\xff", "\n",   ACCESS_KEY};

  for (int i = 0; i < 5000; i++) {
    char text[400] = "";
    char out[300];
    size_t used = 0;
    size_t size = 4 + unit_random(sizeof out - 4);
    for (uint32_t count = unit_random(14); count; count--) {
      const char *piece = pieces[unit_random(COUNT_OF(pieces) - 1)];
      used += (size_t)snprintf(text + used, sizeof text - used, "%s", piece);
    }
    unit_case("'%s'", text);
    redact(text, used, &one, out, size);
    CHECK(strlen(out) < size);
    CHECK_LACKS(out, "mii.");
    CHECK_LACKS(out, "Token-7");
    CHECK_LACKS(out, "EXAMPLE0");
    CHECK_LACKS(out, "\xff");
  }
}

/* No more is looked at than a bound, whatever room there is; of nothing, nothing is made. */
static void check_bounds(void) {
  static char text[2 * REDACT_TEXT_MAX];
  static char out[3 * REDACT_TEXT_MAX];
  char none[1] = {'x'};

  unit_case("bounds");
  memset(text, 'a', sizeof text);
  redact(text, sizeof text, NULL, out, sizeof out);
  CHECK_INT(REDACT_TEXT_MAX + 3, strlen(out));
  CHECK_TEXT("...", out + REDACT_TEXT_MAX);
  redact(text, REDACT_TEXT_MAX, NULL, out, sizeof out);
  CHECK_INT(REDACT_TEXT_MAX, strlen(out));
  redact(text, 5, NULL, none, 0);
  CHECK_INT('x', none[0]);
  redact("a~\x7f{", 4, NULL, out, sizeof out);
  CHECK_HAS(out, "a~");
  CHECK_HAS(out, "{");
}

void redact_test(void) {
  check_bounds();
  check_secret();
  check_several();
  check_keys();
  check_signed_material();
  check_bytes();
  check_sizes();
  check_tiny_sizes();
  check_secret_beside_keys();
  check_random();
}
