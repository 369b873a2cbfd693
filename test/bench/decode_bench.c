/*
** What decoding costs: processor time for each row, of every way that a record can take.
**
**   decode-bench [ROUNDS]
**
** Prints one `name value` a line: microseconds a row (`…_us`), the median of the rounds, in which
** all ways take turns; and ratios of these medians. Rows are those of pages of 100, with 14 columns
** and some 420 bytes each, in the pieces of 16 KB that libcurl hands over. It must not know how the
** decoder works.
**
**   boundaries_us    finding where records begin and end, and nothing else
**   plain_us         plain records
**   varied_us        plain records of which no two have a text in common
**   escape_5_us      5 of 100 records have an escape in a text
**   escape_us        every record has one
**   fallback_5_us    5 of 100 records have one for a NUL: json-c decides on these
**   fallback_us      every record has one
**   json_us          plain records by json-c alone, strict and with UTF-8 checked, each whole
**   json_escape_us   the same with an escape in every record
**   json_nul_us      the same with one for a NUL
**   plain_ratio      plain_us / json_us
**   varied_ratio     varied_us / json_us
**   escape_ratio     escape_us / json_escape_us
**   fallback_ratio   fallback_us / json_nul_us
*/
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <json-c/json.h>

#include "base/utf8.h"
#include "record/record_reader.h"

#define ROWS 4000 /* of a measurement: short, so that a busy moment hits all ways */
#define PAGE_ROWS 100
#define PIECE 16384
#define ROUNDS 51
#define ROUNDS_MAX 99

enum way {
  BOUNDARIES,
  PLAIN,
  VARIED,
  ESCAPE_5,
  ESCAPE,
  FALLBACK_5,
  FALLBACK,
  JSON,
  JSON_ESCAPE,
  JSON_NUL,
  WAY_COUNT
};

/* Each way's name, what stands in the tags of its records, and in one of how many. */
static const struct {
  const char *name;
  const char *escape;
  unsigned every;
} ways[WAY_COUNT] = {{"boundaries_us", NULL, 1},       {"plain_us", NULL, 1},
                     {"varied_us", NULL, 1},           {"escape_5_us", "\\u0031", 20},
                     {"escape_us", "\\u0031", 1},      {"fallback_5_us", "\\u0000", 20},
                     {"fallback_us", "\\u0000", 1},    {"json_us", NULL, 1},
                     {"json_escape_us", "\\u0031", 1}, {"json_nul_us", "\\u0000", 1}};

/* One page, as the service would send it. */
struct body {
  char bytes[PAGE_ROWS * 600];
  size_t size;
  size_t starts[PAGE_ROWS]; /* of the records */
  size_t ends[PAGE_ROWS];
};

struct reading {
  struct record_reader reader;
  json_tokener *tokener; /* for json-c alone */
  struct record_page page;
  size_t rows;
};

static void fail(const char *what) {
  fprintf(stderr, "decode-bench: %s\n", what);
  exit(1);
}

/*
** A record of a repository's page; `salt` makes texts differ from row to row, `escape` stands in
** its tag.
*/
static int write_record(char *out, size_t room, unsigned row, unsigned salt, const char *escape) {
  static const char *const regions[] = {"cn-north-1", "cn-east-3", "ap-southeast-1"};
  static const char *const states[] = {"success", "success", "success", "failed", "timeout"};
  unsigned varied = salt ? row : 0;

  return snprintf(
      out, room,
      "{\"createdAt\":\"2025-%02u-%02uT%02u:31:55.%06uZ\",\"updatedAt\":\"2025-12-31T%02u:32:09.%"
      "06uZ\","
      "\"domainID\":\"0657a4c8f0d2b3e1a9c7d5e3f1%06x\",\"domainName\":\"hw-platform-%u\",\"id\":%u,"
      "\"namespace\":\"group-%u\",\"override\":%s,\"remoteNamespace\":\"group-dr-%u\","
      "\"remoteRegionId\":\"%s%s\",\"repoName\":\"library-busybox-%u\",\"status\":\"%s%s\","
      "\"syncOperatorId\":\"06a1f3c0d7800f2a1f5ac01bd2%06x\",\"syncOperatorName\":\"release-bot-%"
      "u\","
      "\"tag\":\"v%u.%s%u.%u\"}",
      row % 12 + 1, row % 28 + 1, row % 24, row * 7 % 1000000, row % 24, row * 11 % 1000000, varied,
      varied, 48000000 + row, varied, row % 4 ? "false" : "true", varied, regions[row / 3 % 3],
      salt && row % 2 ? "-" : "", varied, states[row % 5], salt && row % 2 ? "-" : "",
      salt ? row : row / 6, salt ? row : row / 6, row % 30, escape ? escape : "100001", row,
      row % 7);
}

static void write_body(struct body *body, enum way way) {
  body->bytes[0] = '[';
  body->size = 1;
  for (unsigned i = 0; i < PAGE_ROWS; i++) {
    bool escaped = i % ways[way].every == ways[way].every / 2;
    int written;
    body->starts[i] = body->size;
    written = write_record(body->bytes + body->size, sizeof body->bytes - body->size, i,
                           way == VARIED, escaped ? ways[way].escape : NULL);
    if (written < 0 || (size_t)written + 2 > sizeof body->bytes - body->size) fail("no room");
    body->size += (size_t)written;
    body->ends[i] = body->size;
    body->bytes[body->size++] = i + 1 < PAGE_ROWS ? ',' : ']';
  }
}

static enum record_status pass_by(void *context, const char *bytes, size_t size, size_t *taken) {
  (void)context;
  (void)bytes;
  (void)size;
  *taken = 0;
  return RECORD_OK;
}

static enum record_status count(void *context, const char *record, size_t size) {
  struct reading *reading = context;

  (void)record;
  reading->rows += size > 0;
  return RECORD_OK;
}

static void find_boundaries(struct reading *reading, const struct body *body) {
  const struct record_sink sink = {pass_by, count, reading};
  struct record_splitter splitter;

  record_splitter_init(&splitter, NULL);
  for (size_t at = 0; at < body->size; at += PIECE) {
    size_t size = body->size - at < PIECE ? body->size - at : PIECE;
    if (record_splitter_feed(&splitter, body->bytes + at, size, &sink) != RECORD_OK) {
      fail("the records are not found");
    }
  }
  record_splitter_reset(&splitter);
}

/* One answer, with a reader of its own as every answer has. */
static void read_pieces(struct reading *reading, const struct body *body) {
  struct record_problem problem;

  record_reader_init(&reading->reader, &sync_job_listing, EVERY_COLUMN);
  for (size_t at = 0; at < body->size; at += PIECE) {
    size_t size = body->size - at < PIECE ? body->size - at : PIECE;
    if (record_reader_feed(&reading->reader, body->bytes + at, size, &reading->page, &problem) !=
        RECORD_OK) {
      fail("the records are not taken");
    }
  }
  record_reader_reset(&reading->reader);
  reading->rows += reading->page.row_count;
}

/* A column of a record that json-c has read; false if it has none. */
static bool take_column(struct record_page *page, uint32_t *row, int column, json_object *record) {
  json_object *value = NULL;

  json_object_object_get_ex(record, listing_member(&page->listing->columns[column]), &value);
  if (!value) return false;
  switch (page->listing->columns[column].kind) {
    case COLUMN_INTEGER:
      record_page_set_integer(page, row, column, json_object_get_int64(value));
      return true;
    case COLUMN_BOOLEAN:
      record_page_set_boolean(page, row, column, json_object_get_boolean(value));
      return true;
    default:
      return record_page_add(page, row, column, json_object_get_string(value),
                             (size_t)json_object_get_string_len(value));
  }
}

/* What a decoder would do that leaves all to json-c. */
static void read_by_json_c(struct reading *reading, const struct body *body) {
  for (size_t i = 0; i < PAGE_ROWS; i++) {
    const char *bytes = body->bytes + body->starts[i];
    size_t size = body->ends[i] - body->starts[i];
    uint32_t *row = record_page_begin(&reading->page);
    uint32_t set = 0;
    json_object *record;
    json_tokener_reset(reading->tokener);
    record =
        utf8_valid(bytes, size) ? json_tokener_parse_ex(reading->tokener, bytes, (int)size) : NULL;
    if (!row || !record) fail("json-c does not take the record");
    for (int column = 0; column < sync_job_listing.column_count; column++) {
      if (!(reading->page.held >> column & 1)) continue;
      if (take_column(&reading->page, row, column, record)) set |= UINT32_C(1) << column;
    }
    json_object_put(record);
    record_page_commit(&reading->page, row, set, false);
  }
  reading->rows += reading->page.row_count;
}

static double cpu_microseconds(void) {
  struct timespec time;

  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

/* Microseconds a row. */
static double measure(enum way way, const struct body *body, json_tokener *tokener) {
  struct reading reading = {.tokener = tokener};
  double start = cpu_microseconds();

  while (reading.rows < ROWS) {
    record_page_init(&reading.page, &sync_job_listing);
    if (way == BOUNDARIES) {
      find_boundaries(&reading, body);
    } else if (way == JSON || way == JSON_ESCAPE || way == JSON_NUL) {
      read_by_json_c(&reading, body);
    } else {
      read_pieces(&reading, body);
    }
    record_page_free(&reading.page);
  }
  return (cpu_microseconds() - start) / (double)reading.rows;
}

static int compare(const void *a, const void *b) {
  double left = *(const double *)a;
  double right = *(const double *)b;

  return left < right ? -1 : left > right;
}

int main(int argc, char **argv) {
  static struct body bodies[WAY_COUNT];
  static double costs[WAY_COUNT][ROUNDS_MAX];
  double medians[WAY_COUNT];
  long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : ROUNDS;
  json_tokener *tokener = json_tokener_new();

  if (!tokener) fail("out of memory");
  if (rounds < 1 || rounds > ROUNDS_MAX) fail("ROUNDS is from 1 to 99");
  json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
  for (int way = 0; way < WAY_COUNT; way++) write_body(&bodies[way], (enum way)way);
  for (long round = 0; round < rounds; round++) {
    for (int way = 0; way < WAY_COUNT; way++) {
      costs[way][round] = measure((enum way)way, &bodies[way], tokener);
    }
  }
  json_tokener_free(tokener);
  printf("rows %d\nbytes_a_row %zu\nrounds %ld\n", ROWS, bodies[PLAIN].size / PAGE_ROWS, rounds);
  for (int way = 0; way < WAY_COUNT; way++) {
    qsort(costs[way], (size_t)rounds, sizeof(double), compare);
    medians[way] = costs[way][rounds / 2];
    printf("%s %.3f\n", ways[way].name, medians[way]);
  }
  printf("plain_ratio %.3f\n", medians[PLAIN] / medians[JSON]);
  printf("varied_ratio %.3f\n", medians[VARIED] / medians[JSON]);
  printf("escape_ratio %.3f\n", medians[ESCAPE] / medians[JSON_ESCAPE]);
  printf("fallback_ratio %.3f\n", medians[FALLBACK] / medians[JSON_NUL]);
  return 0;
}
