/*
** Tests of ext/record/record_splitter: the records of an array are the same wherever its bytes are
** split, and what is no array of objects is told from one that is cut short.
*/
#include "record/record_splitter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "base/memory_bounds.h"
#include "unit.h"

static const char *envelope; /* of the texts that are read */

/* The records that came, each with a newline after it. */
struct records {
  char text[4000];
  size_t size;
  size_t count;
  size_t plain;     /* those that were taken where they began */
  size_t refuse_at; /* the record that is refused, from 1; 0 for none */
};

static enum record_status take(void *context, const char *record, size_t size) {
  struct records *records = context;

  if (++records->count == records->refuse_at) return RECORD_WRONG;
  if (records->size + size + 1 < sizeof records->text) {
    memcpy(records->text + records->size, record, size);
    records->size += size;
    records->text[records->size++] = '\n';
    records->text[records->size] = '\0';
  }
  return RECORD_OK;
}

/* Takes `{}` only. */
static enum record_status take_empty(void *context, const char *bytes, size_t size, size_t *taken) {
  struct records *records = context;

  CHECK(size <= RECORD_SIZE_MAX);
  CHECK_INT('{', bytes[0]);
  *taken = size >= 2 && bytes[1] == '}' ? 2 : 0;
  records->plain += *taken > 0;
  return *taken ? take(context, bytes, *taken) : RECORD_OK;
}

static enum record_status feed_piece(struct record_splitter *splitter, const char *bytes,
                                     size_t size, struct records *records) {
  const struct record_sink sink = {take_empty, take, records};

  return record_splitter_feed(splitter, bytes, size, &sink);
}

static bool single; /* the texts are not lists, but records */

/* Feeds a text in pieces of `first` bytes and then of `step` bytes each. */
static enum record_status feed(const char *text, size_t size, size_t first, size_t step,
                               struct records *records, bool *finished) {
  struct record_splitter splitter;
  enum record_status status = RECORD_OK;

  memset(records, 0, sizeof *records);
  record_splitter_init(&splitter, envelope);
  if (single) record_splitter_single(&splitter);
  for (size_t at = 0; at < size && status == RECORD_OK;) {
    size_t piece = at == 0 && first ? first : step;
    char *copy;
    if (piece > size - at) piece = size - at;
    copy = plain_resize(NULL, piece); /* of just this size, so that a sanitizer sees every excess */
    memcpy(copy, text + at, piece);
    status = feed_piece(&splitter, copy, piece, records);
    free(copy);
    at += piece;
  }
  *finished = status == RECORD_OK && record_splitter_finished(&splitter);
  record_splitter_reset(&splitter);
  return status;
}

/* Whole, byte by byte, and in two pieces at every point. */
static void check_everywhere(const char *text, enum record_status expected, bool complete,
                             const char *expected_records) {
  size_t size = strlen(text);

  for (size_t first = 0; first <= size; first++) {
    struct records records;
    bool finished;
    enum record_status status =
        feed(text, size, first, first == size ? 1 : size, &records, &finished);
    unit_case("'%s' split at %zu", text, first);
    CHECK_INT(expected, status);
    CHECK_INT(complete, finished);
    CHECK_TEXT(expected_records, records.text);
  }
  {
    struct records records;
    bool finished;
    unit_case("'%s' byte by byte", text);
    CHECK_INT(expected, feed(text, size, 1, 1, &records, &finished));
    CHECK_INT(complete, finished);
    CHECK_TEXT(expected_records, records.text);
  }
}

/* A text, and what is seen of it, each record on a line. */
struct list_case {
  const char *text;
  const char *records;
};

static void check_lists(const struct list_case *cases, size_t count, enum record_status status) {
  for (size_t i = 0; i < count; i++) {
    check_everywhere(cases[i].text, status, status == RECORD_OK, cases[i].records);
  }
}

static void check_arrays(void) {
  static const struct list_case cases[] = {
      {"[]", ""},
      {" \r\n\t[ \n ] \n", ""},
      {"[{}]", "{}\n"},
      {"[{},{}]", "{}\n{}\n"},
      {" [ {} , {} ] ", "{}\n{}\n"},
      {"[{\"a\":1},{\"b\":[1,{\"c\":{}}]},{\"d\":[]}]",
       "{\"a\":1}\n{\"b\":[1,{\"c\":{}}]}\n{\"d\":[]}\n"},
      {"[{\"a\":\"}\"},{\"a\":\"{\"},{\"a\":\"]\"},{\"a\":\"[\"},{\"a\":\",\"}]",
       "{\"a\":\"}\"}\n{\"a\":\"{\"}\n{\"a\":\"]\"}\n{\"a\":\"[\"}\n{\"a\":\",\"}\n"},
      {"[{\"a\":\"\\\"}\"},{\"a\":\"\\\\\"},{\"\\\\\\\"}\":1}]",
       "{\"a\":\"\\\"}\"}\n{\"a\":\"\\\\\"}\n{\"\\\\\\\"}\":1}\n"},
      {"[{\"a\":\"\\u007d\\u0022\"}]", "{\"a\":\"\\u007d\\u0022\"}\n"},
      {"[{\"a\":\"\xe2\x82\xac\xf0\x9f\x98\x80\"}]", "{\"a\":\"\xe2\x82\xac\xf0\x9f\x98\x80\"}\n"},
      /* Whether a record is right JSON is for the decoder. */
      {"[{nonsense},{\"a\" 1}]", "{nonsense}\n{\"a\" 1}\n"},
      {"[{\"a\":[}},{}]", "{\"a\":[}}\n{}\n"},
  };

  check_lists(cases, COUNT_OF(cases), RECORD_OK);
}

static void check_others(void) {
  static const struct list_case cases[] = {
      {"{}", ""},
      {"null", ""},
      {"\"text\"", ""},
      {"1", ""},
      {"<html>", ""},
      {"\xef\xbb\xbf[]", ""},
      {"[1]", ""},
      {"[null]", ""},
      {"[\"a\"]", ""},
      {"[[]]", ""},
      {"[[{}]]", ""},
      {"[,{}]", ""},
      {"[{},]", "{}\n"},
      {"[{}{}]", "{}\n"},
      {"[{},,{}]", "{}\n"},
      {"[{}}", "{}\n"},
      {"[{}]]", "{}\n"},
      {"[{}],", "{}\n"},
      {"[{}] x", "{}\n"},
      {"[{}][{}]", "{}\n"},
      {"[{} \f]", "{}\n"},
      {"]", ""},
      {"[}", ""},
      {"[{}:", "{}\n"},
      {"[{},null]", "{}\n"},
      {"[{'id':1}]", ""},
      {"[{\"id\":'x'}]", ""},
      {"{\"jobs\":[{}]}", ""},
  };

  check_lists(cases, COUNT_OF(cases), RECORD_NOT_A_LIST);
}

/* The same, and how it ends. */
struct ended_case {
  const char *text;
  enum record_status status;
  bool complete;
  const char *records;
};

/* The text is itself the record. */
static void check_single(void) {
  static const struct ended_case cases[] = {
      {"{}", RECORD_OK, true, "{}\n"},
      {" {\"a\":[{}]} ", RECORD_OK, true, "{\"a\":[{}]}\n"},
      {"", RECORD_OK, false, ""},
      {"{\"a\":1", RECORD_OK, false, ""},
      {"{}{}", RECORD_NOT_A_LIST, false, "{}\n"},
      {"{},{}", RECORD_NOT_A_LIST, false, "{}\n"},
      {"{}]", RECORD_NOT_A_LIST, false, "{}\n"},
      {"[{}]", RECORD_NOT_A_LIST, false, ""},
      {"null", RECORD_NOT_A_LIST, false, ""},
  };

  single = true;
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    check_everywhere(cases[i].text, cases[i].status, cases[i].complete, cases[i].records);
  }
  single = false;
}

/* An array that is a member of an object, whatever else that has. */
static void check_envelopes(void) {
  static const struct ended_case cases[] = {
      {"{\"list\":[]}", RECORD_OK, true, ""},
      {" { \"list\" : [ {} , {} ] } ", RECORD_OK, true, "{}\n{}\n"},
      {"{\"total\":2,\"list\":[{}],\"more\":{\"list\":[1,{}]}}", RECORD_OK, true, "{}\n"},
      {"{\"a\":[{\"list\":[{}]}],\"list\":[{\"list\":[{}]}]}", RECORD_OK, true,
       "{\"list\":[{}]}\n"},
      {"{\"a\":\"\\\"list\\\":[{}]\",\"list\":[{}]}", RECORD_OK, true, "{}\n"},
      {"{\"a\":\"list\",\"list\":[{}],\"b\":\"]}\"}", RECORD_OK, true, "{}\n"},
      {"{\"list\":[{}]", RECORD_OK, false, "{}\n"},
      {"{\"list\":[{}", RECORD_OK, false, "{}\n"},
      {"{\"a\":1", RECORD_OK, false, ""},
      {"", RECORD_OK, false, ""},
      {"[]", RECORD_NOT_A_LIST, false, ""},
      {"null", RECORD_NOT_A_LIST, false, ""},
      {"{}", RECORD_OK, true, ""},
      {"{\"total\":0}", RECORD_OK, true, ""},
      {"{\"total\":\"0\"}", RECORD_NOT_A_LIST, false, ""},
      {"{\"a\":[]}", RECORD_NOT_A_LIST, false, ""},
      {"{\"list\":null}", RECORD_OK, true, ""},
      {"{\"a\":\"x\",\"list\":null}", RECORD_OK, true, ""},
      {"{\"list\":false}", RECORD_NOT_A_LIST, false, ""},
      {"{\"list\":{}}", RECORD_NOT_A_LIST, false, ""},
      {"{\"lists\":[{}]}", RECORD_NOT_A_LIST, false, ""},
      {"{\"a list\":[{}]}", RECORD_NOT_A_LIST, false, ""},
      {"{\" list\":[{}]}", RECORD_NOT_A_LIST, false, ""},
      {"{\"list \":[{}]}", RECORD_NOT_A_LIST, false, ""},
      {"{\"a\":{\"list\":[{}]}}", RECORD_NOT_A_LIST, false, ""},
      {"{\"list\":[1]}", RECORD_NOT_A_LIST, false, ""},
      {"{\"list\":[{}],\"list\":[]}", RECORD_NOT_A_LIST, false, "{}\n"},
      {"{\"list\":[{}]]", RECORD_NOT_A_LIST, false, "{}\n"},
      {"{\"list\":[{}]}}", RECORD_NOT_A_LIST, false, "{}\n"},
      {"{\"list\":[{}],}", RECORD_NOT_A_LIST, false, "{}\n"},
      {"{\"list\":[{}] \"a\":1}", RECORD_NOT_A_LIST, false, "{}\n"},
      {"{\"a\":01,\"list\":[{}]}", RECORD_NOT_A_LIST, false, "{}\n"},
      {"{\"a\":\"\t\",\"list\":[{}]}", RECORD_NOT_A_LIST, false, "{}\n"},
      {"{\"a\" \"b\",\"list\":[{}]}", RECORD_NOT_A_LIST, false, "{}\n"},
      {"{list:[{}]}", RECORD_NOT_A_LIST, false, ""},
  };
  static char long_text[70000] = "{\"a\":\"";
  struct records records;
  bool finished;

  envelope = "list";
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    check_everywhere(cases[i].text, cases[i].status, cases[i].complete, cases[i].records);
  }
  unit_case("an envelope without end");
  memset(long_text + 6, 'x', sizeof long_text - 6);
  CHECK_INT(RECORD_NOT_A_LIST,
            feed(long_text, sizeof long_text, 0, sizeof long_text, &records, &finished));
  envelope = NULL;
}

/* What is taken where it begins, and in pieces once it is whole; everything else is cut out. */
static void check_plain(void) {
  static const char text[] = "[{},{\"a\":{}},{ },{}]";

  for (size_t first = 0; first < sizeof text - 1; first++) {
    struct records records;
    bool finished;
    unit_case("split at %zu", first);
    CHECK_INT(RECORD_OK, feed(text, sizeof text - 1, first, sizeof text, &records, &finished));
    CHECK(finished);
    CHECK_INT(4, records.count);
    CHECK_INT(2, records.plain);
  }
}

/* Every text that ends too early is no complete array, and gives the records that were whole. */
static void check_cut(void) {
  static const char text[] = "[ {\"a\":\"]}\"} , {\"b\":[{}]} ]";

  for (size_t size = 0; size < sizeof text - 1; size++) {
    char cut[sizeof text];
    size_t count = (size_t)(size >= 12) + (size_t)(size >= 25);
    static const char *const records[] = {"", "{\"a\":\"]}\"}\n", "{\"a\":\"]}\"}\n{\"b\":[{}]}\n"};
    snprintf(cut, sizeof cut, "%.*s", (int)size, text);
    check_everywhere(cut, RECORD_OK, false, records[count]);
  }
}

/* A control character inside a string is no JSON, and json-c would let it through. */
static void check_control_characters(void) {
  for (char c = 0; c < 0x20; c++) {
    char text[] = "[{\"a\":\"x\"}]";
    struct records records;
    bool finished;
    text[7] = c;
    unit_case("character %d inside a string", c);
    for (size_t first = 0; first < sizeof text - 1; first++) {
      CHECK_INT(RECORD_NOT_A_LIST, feed(text, sizeof text - 1, first, 20, &records, &finished));
      CHECK_TEXT("", records.text);
    }
  }
}

static void check_nul(void) {
  struct records records;
  bool finished;

  unit_case("a NUL between records");
  CHECK_INT(RECORD_NOT_A_LIST, feed("[\0{}]", 5, 0, 5, &records, &finished));
  unit_case("a NUL inside a string, after a backslash");
  CHECK_INT(RECORD_NOT_A_LIST, feed("[{\"a\":\"\\\0\"}]", 12, 0, 1, &records, &finished));
}

/* Records of a size about the largest that is allowed, whole and in pieces. */
static void check_large(void) {
  static const size_t steps[] = {1000, 65536, RECORD_SIZE_MAX * 2};

  for (size_t size = RECORD_SIZE_MAX - 1; size <= RECORD_SIZE_MAX + 1; size++) {
    char *text = plain_resize(NULL, size + 2);
    text[0] = '[';
    text[1] = '{';
    text[2] = '"';
    memset(text + 3, 'x', size - 4);
    text[size - 1] = '"';
    text[size] = '}';
    text[size + 1] = ']';
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
      struct records records;
      bool finished;
      unit_case("a record of %zu bytes in pieces of %zu", size, steps[i]);
      CHECK_INT(size > RECORD_SIZE_MAX ? RECORD_TOO_LARGE : RECORD_OK,
                feed(text, size + 2, 0, steps[i], &records, &finished));
      CHECK_INT(size <= RECORD_SIZE_MAX, finished);
      CHECK_INT(size <= RECORD_SIZE_MAX, records.count);
    }
    free(text);
  }
}

static void check_refusal_and_memory(void) {
  struct record_splitter splitter;
  struct records records = {.refuse_at = 2};

  unit_case("a record that is refused");
  record_splitter_init(&splitter, envelope);
  CHECK_INT(RECORD_WRONG, feed_piece(&splitter, "[{},{},{}]", 10, &records));
  CHECK_INT(2, records.count);
  record_splitter_reset(&splitter);
  records.refuse_at = 3;
  CHECK_INT(RECORD_WRONG, feed_piece(&splitter, "[{ },{}]", 8, &records));
  CHECK_INT(3, records.count);
  record_splitter_reset(&splitter);
  records.refuse_at = 5;
  CHECK_INT(RECORD_OK, feed_piece(&splitter, "[{},{", 5, &records));
  CHECK_INT(RECORD_WRONG, feed_piece(&splitter, "},{}]", 5, &records));
  CHECK_INT(5, records.count);
  record_splitter_reset(&splitter);
  records.refuse_at = 0;
  CHECK_INT(RECORD_OK, feed_piece(&splitter, "[{}]", 4, &records));
  CHECK(record_splitter_finished(&splitter));
  record_splitter_reset(&splitter);
  CHECK(!record_splitter_finished(&splitter));
  unit_case("out of memory");
  allocation_fail_at(1, true);
  CHECK_INT(RECORD_NO_MEMORY, feed_piece(&splitter, "[{\"a\"", 5, &records));
  CHECK_INT(1, allocation_stop());
  record_splitter_reset(&splitter);
  unit_case("records that lie whole in the input need no memory");
  allocation_fail_at(1, true);
  CHECK_INT(RECORD_OK, feed_piece(&splitter, "[{},{}]", 7, &records));
  CHECK_INT(0, allocation_stop());
  record_splitter_reset(&splitter);
}

void record_splitter_test(void) {
  check_arrays();
  check_others();
  check_envelopes();
  check_single();
  check_plain();
  check_cut();
  check_control_characters();
  check_nul();
  check_large();
  check_refusal_and_memory();
}
