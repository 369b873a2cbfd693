/*
** Tests of ext/account/key_file: memory that runs out, and the odd ends of both files. What the
** files may look like is test/profile.test's.
*/
#include "account/key_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "unit.h"

#define SECRET "quietSECRETquiet0123456789abcdef"

static const char sections[] = "[basic]\nak = A\n[prod]\nAK: AKprod\nsk = \"" SECRET
                               "\"\nsecurity_token = t1\n"
                               "security_token = t2\n";
static const char koocli[] =
    "{\"current\":\"b\",\"authEncrypt\":\"false\",\"profiles\":[{\"name\":\"a\"},{\"name\":\"b\","
    "\"accessKeyId\":\"AKPROD0123456789\",\"secretAccessKey\":\"" SECRET
    "\",\"securityToken\":\"t2\"}]}";

/* One of the files, read; `profile` NULL is KooCLI's current one. */
static enum service_status read_file(bool json, const char *text, const char *profile,
                                     struct file_keys *keys, struct service_error *error) {
  size_t size = strlen(text);
  char *copy = malloc(size + 1);
  enum service_status status;

  if (!copy) return SERVICE_NO_MEMORY;
  memcpy(copy, text, size + 1);
  status = json ? key_file_koocli(copy, size, "path", profile, keys, error)
                : key_file_sections(copy, size, "path", profile, keys, error);
  free(copy);
  return status;
}

static void check_memory(bool json, const char *text, const char *profile) {
  long refused = 1;

  for (long nth = 2; refused > 0; nth++) { /* the first one is the copy of the text */
    struct service_error error = {.message = ""};
    struct file_keys keys;
    enum service_status status;
    unit_case("%s, allocation %ld", json ? "json" : "sections", nth);
    allocation_fail_at(nth, false);
    status = read_file(json, text, profile, &keys, &error);
    refused = allocation_stop();
    CHECK_INT(refused ? SERVICE_NO_MEMORY : SERVICE_OK, status);
    if (status == SERVICE_OK) {
      CHECK_TEXT(SECRET, keys.secret_key);
      CHECK_TEXT("t2", keys.security_token);
      CHECK(keys.found && !keys.encrypted);
    }
    file_keys_free(&keys);
    CHECK(!keys.access_key && !keys.secret_key && !keys.security_token);
  }
}

static const struct {
  const char *text;
  const char *secret_key; /* NULL: none */
  bool found;
} odd[] = {
    {"", NULL, false},
    {"\n\n\r\n", NULL, false},
    {"[prod]", NULL, true},
    {"[prod]\nsk=", NULL, true},
    {"[prod]\nsk=a\nsk=", NULL, true}, /* the last one counts, also if it is empty */
    {"[prod]\nsk=\"", "\"", true},
    {"[prod]\nsk=\"\"", NULL, true},
    {"[prod]\nsk='a\"", "'a\"", true},
    {"[prod]\nsk:a=b:c", "a=b:c", true},
    {"[prod]\nSK =a\n[ PROD ]\n[other]\nsk=b", "a", true},
    {"[prod]\nsk2 = a\n= b\n: c", NULL, true},
    {"[[prod]]\nsk=a", NULL, false},
    {"[]\nsk=a", NULL, false},
};

static void check_odd(void) {
  for (size_t i = 0; i < COUNT_OF(odd); i++) {
    struct service_error error = {.message = ""};
    struct file_keys keys = {0};
    unit_case("odd %zu", i);
    CHECK_INT(SERVICE_OK, read_file(false, odd[i].text, "prod", &keys, &error));
    CHECK_TEXT(odd[i].secret_key, keys.secret_key);
    CHECK_INT(odd[i].found, keys.found);
    file_keys_free(&keys);
  }
}

/* What is wrong is told with its line, and never repeated. */
static void check_wrong(void) {
  static const struct {
    const char *text;
    const char *said;
  } wrong[] = {
      {"[prod]\n\n" SECRET, "line 3: it has neither = nor :"},
      {"[prod]\nsk = " SECRET " " SECRET, "line 2: the value of sk takes visible ASCII"},
      {"[" SECRET "\nsk = a", "line 1: a section's name ends with ]"},
      {"\xef\xbb\xbfsk = " SECRET,
       "line 1: a key stands before any section.\nWrite [prod] above it."},
  };

  for (size_t i = 0; i < COUNT_OF(wrong); i++) {
    struct service_error error = {.message = ""};
    struct file_keys keys;
    unit_case("wrong %zu", i);
    CHECK_INT(SERVICE_FAILED, read_file(false, wrong[i].text, "prod", &keys, &error));
    CHECK_HAS(error.message, wrong[i].said);
    CHECK_HAS(error.message, "'path'");
    CHECK_LACKS(error.message, SECRET);
    file_keys_free(&keys);
  }
}

#define ACCESS "AKPROD0123456789"
#define PROFILE(access, secret, token) \
  "\"profiles\":[7,{\"name\":\"a\"},{\"name\":\"b\"" access secret token "}]"
#define A(text) ",\"accessKeyId\":\"" text "\""
#define S(text) ",\"secretAccessKey\":\"" text "\""
#define T(text) ",\"securityToken\":\"" text "\""
#define GOOD PROFILE(A(ACCESS), S(SECRET), T("t2"))
#define TEN "0123456789"

/*
** KooCLI encrypts what it keeps unless it is told not to, and does not always say so: what does not
** look like keys is none.
*/
static void check_koocli(void) {
  static const struct {
    const char *text;
    bool found;
    bool encrypted;
  } cases[] = {
      {"{" GOOD "}", true, false},
      {"{\"authEncrypt\":false," GOOD "}", true, false},
      {"{\"authEncrypt\":null," GOOD "}", true, false},
      {"{\"authEncrypt\":\"truE\"," GOOD "}", true, false},
      {"{\"authEncrypt\":true," GOOD "}", true, true},
      {"{\"authEncrypt\":\"true\"," GOOD "}", true, true},
      {"{}", false, false},
      {"{\"profiles\":7}", false, false},
      {"{" PROFILE("", S(SECRET), "") "}", true, false},
      {"{" PROFILE(A(ACCESS), "", "") "}", true, false},
      {"{" PROFILE(A(ACCESS), S(SECRET), "") "}", true, false},
      {"{" PROFILE(A("AK0123456"), S(SECRET), "") "}", true, true},
      {"{" PROFILE(A("AK" TEN TEN TEN TEN), S(SECRET), "") "}", true, true},
      {"{" PROFILE(A("AKProd0123456789"), S(SECRET), "") "}", true, true},
      {"{" PROFILE(A(ACCESS), S("quiet0123456789"), "") "}", true, true},
      {"{" PROFILE(A(ACCESS), S("quiet/0123456789abcdef=="), "") "}", true, true},
      {"{" PROFILE(A(ACCESS), S(SECRET), T("quiet word")) "}", true, true},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct service_error error = {.message = ""};
    struct file_keys keys;
    unit_case("%s", cases[i].text);
    memset(&keys, 0, sizeof keys);
    CHECK_INT(SERVICE_OK, read_file(true, cases[i].text, "b", &keys, &error));
    CHECK_INT(cases[i].found, keys.found);
    CHECK_INT(cases[i].encrypted, keys.encrypted);
    CHECK_LACKS(error.message, "quiet");
    file_keys_free(&keys);
  }
}

void key_file_test(void) {
  check_koocli();
  check_memory(false, sections, "prod");
  check_memory(true, koocli, "b");
  check_memory(true, koocli, NULL);
  check_odd();
  check_wrong();
}
