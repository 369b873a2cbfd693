/*
** Tests of ext/request/answer_error: every shape of an error body that SWR, its gateway and IAM are
** known to send, and bodies that are none of them.
*/
#include "request/answer_error.h"

#include <stdio.h>
#include <string.h>

#include "allocation.h"
#include "unit.h"

#define SECRET "tok.en-0815"

static const struct secrets one = {{SECRET}, 1};

struct shape {
  const char *body;
  const char *code;
  const char *message;
  const char *request_id;
};

static void check_shapes(const struct shape *shapes, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct answer_error error;
    unit_case("%s", shapes[i].body);
    answer_error_read(&error, shapes[i].body, strlen(shapes[i].body), &one);
    CHECK_TEXT(shapes[i].code, error.code);
    CHECK_TEXT(shapes[i].message, error.message);
    CHECK_TEXT(shapes[i].request_id, error.request_id);
  }
}

static void check_service(void) {
  static const struct shape shapes[] = {
      {"[{\"errorCode\":\"SVCSTG.SWR.4001035\",\"errorMessage\":\"Invalid filter\","
       "\"detail\":\"filter is invalid\"}]",
       "SVCSTG.SWR.4001035", "Invalid filter: filter is invalid", ""},
      {"[{\"errorCode\":\"SVCSTG.SWR.1\",\"errorMessage\":\"same\",\"detail\":\"same\"}]",
       "SVCSTG.SWR.1", "same", ""},
      {"[{\"errorCode\":\"SVCSTG.SWR.1\",\"detail\":\"only this\"}]", "SVCSTG.SWR.1", "only this",
       ""},
      {"[{\"errorCode\":\"first\"},{\"errorCode\":\"second\"}]", "first", "", ""},
      {"{\"errors\":[{\"errorCode\":\"SVCSTG.SWR.4001158\",\"errorMessage\":\"exists\"}]}",
       "SVCSTG.SWR.4001158", "exists", ""},
      {"{\"errors\":[{\"errorCode\":\"SVCSTG.SWR.1\"}],\"request_id\":\"0a1b\"}", "SVCSTG.SWR.1",
       "", "0a1b"},
      {"{\"errorCode\":\"SVCSTG.SWR.4001090\",\"errorMessage\":\"shared\"}", "SVCSTG.SWR.4001090",
       "shared", ""},
      {"{\"errors\":[]}", "", "", ""},
      {"{\"errors\":[],\"errorCode\":\"SVCSTG.SWR.2\"}", "SVCSTG.SWR.2", "", ""},
      {"{\"errors\":\"text\",\"errorCode\":\"SVCSTG.SWR.3\"}", "SVCSTG.SWR.3", "", ""},
      {"{\"errors\":[7],\"errorCode\":\"SVCSTG.SWR.4\"}", "SVCSTG.SWR.4", "", ""},
      {"{\"errorCode\":null,\"errorMessage\":null,\"detail\":null}", "", "", ""},
      {"{\"errorCode\":[1],\"errorMessage\":{},\"detail\":true}", "", "", ""},
  };

  check_shapes(shapes, COUNT_OF(shapes));
}

static void check_gateway(void) {
  static const struct shape shapes[] = {
      {"{\"error_msg\":\"Incorrect IAM authentication information: Unauthorized\","
       "\"error_code\":\"APIGW.0301\",\"request_id\":\"89a7ec1e8ef94a8bb1dcf1e8ef94a8bb\"}\n",
       "APIGW.0301", "Incorrect IAM authentication information: Unauthorized",
       "89a7ec1e8ef94a8bb1dcf1e8ef94a8bb"},
      {"{\"error_msg\":\"Incorrect IAM authentication information: "
       "ak AKEXAMPLE00000000001 not exist\",\"error_code\":\"APIGW.0301\"}",
       "APIGW.0301", "Incorrect IAM authentication information: ak *** not exist", ""},
      {"{\"error_msg\":\"Incorrect IAM authentication information: verify aksk signature fail, "
       "canonicalRequest:GET|/v2|host:x\",\"error_code\":\"APIGW.0301\"}",
       "APIGW.0301", "Incorrect IAM authentication information: verify aksk signature fail", ""},
      {"{\"error_msg\":\"token tok.en-0815 expires\",\"error_code\":\"APIGW.0301\"}", "APIGW.0301",
       "token *** expires", ""},
      {"{\"error_msg\":\"The throttling threshold has been reached: policy user over "
       "ratelimit,limit:200,time:5 minute\",\"error_code\":\"APIG.0308\"}",
       "APIG.0308",
       "The throttling threshold has been reached: policy user over "
       "ratelimit,limit:200,time:5 minute",
       ""},
      {"{\"error\":{\"message\":\"Unauthorized.\",\"code\":401,\"title\":\"Unauthorized\"}}", "401",
       "Unauthorized.", ""},
      {"{\"error\":{\"code\":403,\"title\":\"Forbidden\"}}", "403", "Forbidden", ""},
      {"{\"code\":\"APIGW.0101\",\"message\":\"no API\"}", "APIGW.0101", "no API", ""},
      {"{\"code\":-7,\"message\":\"negative\"}", "-7", "negative", ""},
      {"{\"code\":1090,\"message\":\"nine\"}", "1090", "nine", ""},
      {"{\"errorCode\":\"X.1\",\"errorMsg\":\"python's\",\"requestId\":\"r1\"}", "X.1", "python's",
       "r1"},
      {"{\"error\":\"text\",\"code\":\"X.2\"}", "X.2", "", ""},
      {"{\"error\":{\"code\":\"X.3\",\"details\":[{\"a\":1}]},\"request_id\":\"r2\"}", "X.3", "",
       "r2"},
      {"{\"error_msg\":\"a\\u0000b\\u001bc\\nd\",\"error_code\":\"X\\u00004\"}", "X 4", "a b c d",
       ""},
  };

  check_shapes(shapes, COUNT_OF(shapes));
}

static void check_plain(void) {
  static const struct shape shapes[] = {
      {"", "", "", ""},
      {"   ", "", "", ""},
      {"upstream connect error", "", "upstream connect error", ""},
      {"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad "
       "Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
       "", "502 Bad Gateway 502 Bad Gateway nginx", ""},
      {"<p>token tok.en-0815 is bad</p>", "", "token *** is bad", ""},
      {"<unclosed", "", "", ""},
      {"a<b>c", "", "a c", ""},
      {"[]", "", "[]", ""},
      {"[[]]", "", "[[]]", ""},
      {"[null]", "", "[null]", ""},
      {"null", "", "null", ""},
      {"\"text\"", "", "\"text\"", ""},
      {"42", "", "42", ""},
      {"true", "", "true", ""},
      {"{\"error_code\":\"APIGW.03", "", "{\"error_code\":\"APIGW.03", ""},
      {"{}", "", "", ""},
      {"{\"other\":1}", "", "", ""},
      {"\xff\xfe binary", "", "?? binary", ""},
  };
  struct answer_error error;

  check_shapes(shapes, COUNT_OF(shapes));
  unit_case("no secret");
  answer_error_read(&error, "words", 5, NULL);
  CHECK_TEXT("words", error.message);
  unit_case("a NUL inside");
  answer_error_read(&error, "a\0b", 3, &one);
  CHECK_TEXT("a b", error.message);
}

/* Every body that is cut short somewhere gives texts that end. */
static void check_cut(void) {
  static const char body[] =
      "{\"error\":{\"message\":\"M \xe2\x82\xac\",\"code\":\"APIGW.0301\",\"x\":[1,{\"y\":null}]},"
      "\"request_id\":\"r\"}";

  for (size_t size = 0; size < sizeof body; size++) {
    struct answer_error error;
    unit_case("%zu bytes", size);
    memset(&error, 0x55, sizeof error);
    answer_error_read(&error, body, size, &one);
    CHECK(memchr(error.code, 0, sizeof error.code) != NULL);
    CHECK(memchr(error.message, 0, sizeof error.message) != NULL);
    CHECK(memchr(error.request_id, 0, sizeof error.request_id) != NULL);
    if (size < sizeof body - 2) CHECK_TEXT("", error.code);
  }
}

static void check_large(void) {
  static char body[70000];
  struct answer_error error;
  size_t used;

  unit_case("deep nesting");
  memset(body, '[', sizeof body);
  answer_error_read(&error, body, sizeof body, &one);
  CHECK_TEXT("", error.code);
  CHECK_HAS(error.message, "[[[[");
  unit_case("deep nesting after the code");
  used = (size_t)snprintf(body, sizeof body, "{\"error_code\":\"A.1\",\"x\":");
  memset(body + used, '[', 40);
  memset(body + used + 40, ']', 40);
  body[used + 80] = '}';
  answer_error_read(&error, body, used + 81, &one);
  CHECK_HAS(error.message, "A.1"); /* as text at least */
  unit_case("a long message");
  used = (size_t)snprintf(body, sizeof body, "{\"error_code\":\"A.1\",\"error_msg\":\"");
  memset(body + used, 'm', 3000);
  snprintf(body + used + 3000, 10, "\"}");
  answer_error_read(&error, body, used + 3002, &one);
  CHECK_TEXT("A.1", error.code);
  CHECK_INT(sizeof error.message - 1, strlen(error.message));
  CHECK_HAS(error.message, "mmm...");
  unit_case("a long code");
  used = (size_t)snprintf(body, sizeof body, "{\"code\":\"%0300d\"}", 0);
  answer_error_read(&error, body, used, &one);
  CHECK(strlen(error.code) < sizeof error.code);
}

/* A proxy's page may quote the request, and a token has kilobytes. */
static void check_long_secret(void) {
  static char secret[2001];
  static const struct secrets secrets = {{secret}, 1};
  static const struct secrets marked = {{"ab<cd>efghij"}, 1};
  static char body[8000];
  struct answer_error error;

  for (size_t i = 0; i + 1 < sizeof secret; i++) secret[i] = "quiet."[i % 6];
  unit_case("a long token, in a page of HTML");
  snprintf(body, sizeof body, "<p>Bad token %s given</p>", secret);
  answer_error_read(&error, body, strlen(body), &secrets);
  CHECK_LACKS(error.message, "quiet.");
  unit_case("a long token, in JSON");
  snprintf(body, sizeof body, "{\"error_msg\":\"Bad token %s given\"}", secret);
  answer_error_read(&error, body, strlen(body), &secrets);
  CHECK_TEXT("Bad token *** given", error.message);
  unit_case("a token that holds < and >");
  snprintf(body, sizeof body, "Bad token ab<cd>efghij given");
  answer_error_read(&error, body, strlen(body), &marked);
  CHECK_LACKS(error.message, "efghij");
}

static void check_kinds(void) {
  static const struct {
    const char *code;
    bool swr;
    bool throttling;
  } cases[] = {
      {"SVCSTG.SWR.4040010", true, false},
      {"SWR.404", true, false},
      {"SVCSTG.SWR.4031032", true, true},
      {"SVCSTG.SWR.4031033", true, true},
      {"SVCSTG.SWR.4031042", true, true},
      {"SVCSTG.SWR.40310321", true, false},
      {"APIGW.0308", false, true},
      {"APIG.0308", false, true},
      {"APIGW.0101", false, false},
      {"APIGW.0301", false, false},
      {"SVCSTG.SWR", false, false},
      {"SVCSTG.XSWR.1", false, false},
      {"", false, false},
      {"404", false, false},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct answer_error error = {0};
    unit_case("%s", cases[i].code);
    snprintf(error.code, sizeof error.code, "%s", cases[i].code);
    CHECK_INT(cases[i].swr, answer_error_is_swr(&error));
    CHECK_INT(cases[i].throttling, answer_error_is_throttling(&error));
  }
}

/* A body that cannot be read for want of memory is not taken for one of words. */
static void check_no_memory(void) {
  static const char body[] = "[{\"errorCode\":\"SVCSTG.SWR.4001000\",\"errorMessage\":\"x\"}]";
  struct answer_error error;
  bool refused = true;

  for (long nth = 1; refused; nth++) {
    bool read;
    unit_case("allocation %ld", nth);
    allocation_fail_at(nth, false);
    read = answer_error_read(&error, body, sizeof body - 1, NULL);
    refused = allocation_stop() > 0;
    CHECK_INT(!refused, read);
  }
  CHECK_TEXT("SVCSTG.SWR.4001000", error.code);
}

void answer_error_test(void) {
  check_service();
  check_gateway();
  check_plain();
  check_cut();
  check_large();
  check_long_secret();
  check_kinds();
  check_no_memory();
}
