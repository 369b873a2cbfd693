/*
** Fuzz target: scans against a hostile server. The fuzzer's bytes choose settings, scans, and every
** answer: status, Content-Range, records and their order, errors, ends and delays; once they are
** used up, the answers come again in the same order, for ever.
**
** Whatever it does, a scan ends within a bounded number of requests and waits for each row, asks
** for the interrupt and obeys it, returns no row twice and none of another repository, and keeps
** the order that it promises. In one run of four an allocation fails.
*/
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/allocation.h"
#include "../unit/simulated_world.h"
#include "../unit/sync_job_columns.h"
#include "../unit/text_out.h"
#include "base/timestamp.h"
#include "harness.h"
#include "scan/scan.h"

#define PLACES_MAX 3
#define SCANS_MAX 2
#define ROWS_MAX 150      /* of a scan */
#define REQUESTS_MAX 1500 /* between two rows; giving up takes some 24 for each position */
#define WAITS_MAX 40000
#define ROWS_OF_PAGE 12
#define BODY_ROOM (ROWS_OF_PAGE * 300 + 100)
#define TIME_ROOM 40
#define STATUSES_OF_ERRORS 8

struct seen {
  size_t place;
  int64_t id;
  char time[TIME_ROOM]; /* empty: NULL */
  char tag[16];
};

struct reading {
  struct scan *scan; /* NULL: not open */
  struct scan_request request;
  size_t first; /* place of the request's first */
  bool open;
  struct seen rows[ROWS_MAX];
  size_t count;
};

struct hostile {
  struct simulated_world world;
  struct fuzz_bytes answers; /* what is left, */
  struct fuzz_bytes again;   /* and what to begin with again */
  size_t requests;           /* since the last row */
  size_t waits;
  size_t interrupt_at; /* the wait that is interrupted, of all; 0: none */
  size_t asked;
  bool interrupted; /* from then on */
  bool heard;       /* the call has asked, and was told so */
  bool starved;     /* an allocation may have failed */
  bool disordered;  /* a page was not sorted as it was asked to be */
  struct reading readings[SCANS_MAX];
  size_t reading_count;
  size_t rows_most; /* of a scan, then its reader stops */
};

static struct hostile hostile;

/* ---- the server ---- */

/* A number for an answer: as fuzz_number, from the beginning again once all bytes were used. */
static uint32_t draw(uint32_t most) {
  if (hostile.answers.left == 0) hostile.answers = hostile.again;
  return fuzz_number(&hostile.answers, most);
}

/* Seconds from 0 on, as a text of the listing's kind. */
static void write_time(uint32_t second, struct text_out *out) {
  text_out_text(out, "\"2024-01-01T00:");
  text_out_two(out, second / 60 % 60);
  text_out_text(out, ":");
  text_out_two(out, second % 60);
  text_out_text(out, "Z\"");
}

static void write_record(const struct place *place, uint32_t id, int64_t time,
                         struct text_out *out) {
  text_out_text(out, "{\"id\":");
  text_out_number(out, id);
  text_out_text(out, ",\"createdAt\":");
  if (time >= 0) {
    write_time((uint32_t)time, out);
  } else {
    text_out_text(out, "null");
  }
  text_out_text(out, ",\"namespace\":\"");
  text_out_text(out, place->name_space);
  text_out_text(out, "\",\"repoName\":\"");
  text_out_text(out, place->name);
  text_out_text(out, "\",\"tag\":\"t");
  text_out_number(out, id % 3);
  text_out_text(out, "\"}");
}

struct asked {
  int64_t limit;
  int64_t offset;
  bool descending;
};

/* Rows as an honest list of 200 would have them there, or from a number that is drawn. */
static void write_page(const struct place *place, const struct asked *asked, uint32_t count,
                       struct scripted_answer *answer) {
  bool honest = draw(2) > 0;
  uint32_t first = honest ? (uint32_t)(asked->offset % 1000) : draw(40);
  uint32_t odd = draw(3) ? UINT32_MAX : draw(ROWS_OF_PAGE); /* one row is another */
  uint32_t twins = 1 + (draw(3) ? 0 : draw(4));             /* so many share a time */
  char *body = plain_resize(NULL, BODY_ROOM);
  struct text_out out = text_out_of(body, BODY_ROOM);
  int64_t before = -1;

  text_out_text(&out, "[");
  for (uint32_t i = 0; i < count; i++) {
    uint32_t number = i == odd ? draw(60) : first + i;
    uint32_t at = asked->descending && number < 1000 ? 1000 - number : number;
    int64_t time = i == odd && draw(3) == 3 ? -1 : (int64_t)(at / twins);
    if (time < 0 || (before >= 0 && (asked->descending ? time > before : time < before))) {
      hostile.disordered = true;
    }
    before = time;
    if (i) text_out_text(&out, ",");
    write_record(place, number, time, &out);
  }
  text_out_text(&out, "]");
  answer->body = body;
  answer->owned = body;
  answer->size = (size_t)(out.at - body);
}

static void write_range(const struct asked *asked, uint32_t count, struct scripted_answer *answer) {
  static const char *const totals[] = {
      "0", "1", "1000000000", "1000000001", "9223372036854775807", "9223372036854775808"};
  int64_t offset = draw(7) ? asked->offset : (int64_t)draw(60);
  uint32_t said = draw(7) ? count : draw(60);
  uint32_t kind = draw(7);

  if (kind == 0) return;
  if (kind == 7) {
    snprintf(answer->headers, sizeof answer->headers, "Content-Range: %" PRId64 "-%u/%s\n", offset,
             said, totals[draw(COUNT_OF(totals) - 1)]);
  } else {
    int64_t total = kind < 4 ? 200 : kind == 4 ? asked->offset + count : (int64_t)draw(60);
    snprintf(answer->headers, sizeof answer->headers, "Content-Range: %" PRId64 "-%u/%" PRId64 "\n",
             offset, said, total);
  }
}

/* An answer that is no page. */
static void write_trouble(struct scripted_answer *answer) {
  static const struct scripted_answer troubles[] = {
      {.status = 503, .body = "busy"},
      {.status = 429, .body = "", .retry_after = 1000},
      {.status = 404, .body = "{\"errors\":[{\"errorCode\":\"SVCSTG.SWR.4040010\"}]}"},
      {.status = 400, .body = "{\"errors\":[{\"errorCode\":\"SVCSTG.SWR.4000018\"}]}"},
      {.status = 401, .body = "{\"error_code\":\"APIGW.0301\",\"error_msg\":\"no\"}"},
      {.status = 200, .body = "[{\"id\":1,\"createdAt\":\"2024-01-01T00:00:01Z\"", .chunk = 7},
      {.status = 200, .body = "{\"not\":\"a list\"}"},
      {.status = 200, .body = "[{\"id\":\"1\"}]"},
      {.end = SCRIPTED_CUT},
      {.end = SCRIPTED_SILENCE},
      {.end = SCRIPTED_SILENCE, .status = 200, .body = "["},
      {.end = SCRIPTED_CUT, .status = 200, .body = "[]"},
      {.end = SCRIPTED_UNTRUSTED},
      {.status = 408},
      {.status = 200, .body = " [ ] "},
      {.status = 304}};

  *answer = troubles[draw(COUNT_OF(troubles) - 1)];
}

static void serve(void *context, size_t place, size_t number, const char *url,
                  struct scripted_answer *answer) {
  struct asked asked;
  uint32_t kind = draw(7);
  uint32_t count;

  (void)context;
  hostile.requests++;
  CHECK(simulated_window(url, &asked.limit, &asked.offset, &asked.descending));
  CHECK(asked.offset >= 0 && asked.offset <= JOBS_OFFSET_MAX);
  if (kind == 7) {
    write_trouble(answer);
  } else {
    count = kind < 4 ? (uint32_t)asked.limit : kind == 4 ? 0 : draw(ROWS_OF_PAGE);
    if (count > ROWS_OF_PAGE) count = ROWS_OF_PAGE;
    if (kind < 4 && asked.offset + count > 200) {
      count = asked.offset < 200 ? (uint32_t)(200 - asked.offset) : 0;
    }
    answer->status = 200;
    write_page(&hostile.world.places[place], &asked, count, answer);
    write_range(&asked, count, answer);
  }
  if (draw(7) == 7) answer->delay = draw(3000);
  fuzz_trace("%zu. %s %" PRId64 "@%" PRId64 " -> %d %s after %" PRId64 ": %s%.*s\n", number,
             hostile.world.places[place].name, asked.limit, asked.offset, answer->status,
             answer->end == SCRIPTED_WHOLE ? "" : "(broken)", answer->delay, answer->headers,
             answer->size ? (int)answer->size : 99, answer->body ? answer->body : "");
}

static int64_t latency(void *context, size_t number) {
  (void)context;
  (void)number;
  return draw(3) ? 0 : draw(40);
}

/* ---- the reader ---- */

static bool interrupt(void *context) {
  (void)context;
  hostile.waits++;
  hostile.asked++;
  CHECK(hostile.waits < WAITS_MAX);
  if (hostile.interrupt_at && hostile.asked >= hostile.interrupt_at) hostile.interrupted = true;
  hostile.heard = hostile.heard || hostile.interrupted;
  return hostile.interrupted;
}

static void check_status(enum service_status status) {
  const char *message = hostile.world.fixture.service->error.message;

  switch (status) {
    case SERVICE_OK:
      CHECK(!hostile.heard);
      break;
    case SERVICE_FAILED:
    case SERVICE_FORBIDDEN:
    case SERVICE_GONE:
      CHECK(message[0] != '\0');
      CHECK(fuzz_is_message(message));
      CHECK_LACKS(message, FIXTURE_TOKEN);
      break;
    case SERVICE_INTERRUPTED:
      CHECK(hostile.heard);
      break;
    default:
      CHECK(hostile.starved);
  }
  CHECK(hostile.requests <= REQUESTS_MAX);
  hostile.requests = hostile.waits = 0;
  hostile.heard = false;
}

static void copy_text(const struct record_page *page, size_t index, int column, char *out,
                      size_t room) {
  size_t size;
  const char *text = record_page_text(page, index, column, &size);

  text_copy(out, room, text ? text : "");
}

static void check_order(const struct reading *reading, const struct seen *row) {
  bool descending = reading->request.order->descending;

  if (!reading->request.ordered || !row->time[0]) return;
  for (size_t i = reading->count; i > 0; i--) {
    const struct seen *before = &reading->rows[i - 1];
    int order;
    if (!before->time[0]) continue;
    order = timestamp_compare(before->time, strlen(before->time), row->time, strlen(row->time));
    CHECK(descending ? order >= 0 : order <= 0);
    return;
  }
}

static void check_row(struct reading *reading) {
  struct seen *row = &reading->rows[reading->count];
  const struct record_page *page;
  size_t index;
  enum service_status status = scan_row(reading->scan, &page, &index);

  check_status(status);
  if (status != SERVICE_OK) {
    reading->open = false;
    return;
  }
  CHECK(index < page->row_count);
  row->place = world_index(&hostile.world, scan_repository(reading->scan));
  CHECK(row->place >= reading->first);
  CHECK(row->place < reading->first + places_count(reading->request.places));
  row->id = record_page_id(page, index);
  copy_text(page, index, JOB_CREATED_AT, row->time, sizeof row->time);
  copy_text(page, index, JOB_TAG, row->tag, sizeof row->tag);
  fuzz_trace("row %zu: %s id %" PRId64 " at %s, position %" PRId64 "\n", reading->count,
             hostile.world.places[row->place].name, row->id, row->time,
             scan_position(reading->scan));
  for (size_t i = 0; i < reading->count; i++) {
    const struct seen *other = &reading->rows[i];
    if (other->place != row->place || other->id != row->id) continue;
    unit_case("row %zu, id %" PRId64, reading->count, row->id);
    CHECK(strcmp(other->time, row->time) != 0);
  }
  check_order(reading, row);
  reading->count++;
}

static void open_reading(struct reading *reading) {
  enum service_status status =
      scan_open(hostile.world.statement, &reading->request, &reading->scan);

  reading->open = status == SERVICE_OK;
  if (!reading->open) CHECK(!reading->scan);
  fuzz_trace("opened: %d, %s, %s, %zu places, bounds %zu, offset %" PRId64 ", limit %" PRId64 "\n",
             status, reading->request.order->words, reading->request.ordered ? "ordered" : "any",
             places_count(reading->request.places), reading->request.bounds.count,
             reading->request.offset, reading->request.limit);
  check_status(status);
}

static void step(struct reading *reading) {
  enum service_status status;

  if (scan_ended(reading->scan) || reading->count == hostile.rows_most) {
    reading->open = false;
    return;
  }
  if (!reading->request.count_only) check_row(reading);
  if (reading->request.count_only) reading->count++;
  if (!reading->open) return;
  status = scan_next(reading->scan);
  check_status(status);
  if (status != SERVICE_OK) reading->open = false;
}

static void close_reading(struct reading *reading) {
  scan_close(reading->scan);
  reading->scan = NULL;
}

/* One after the other, or in turns. */
static void read_all(bool together) {
  struct reading *readings = hostile.readings;

  for (size_t i = 0; i < hostile.reading_count; i++) {
    if (!hostile.interrupted) open_reading(&readings[i]);
    while (!together && readings[i].open) step(&readings[i]);
    if (!together) close_reading(&readings[i]);
  }
  while (together && (readings[0].open || readings[1].open)) {
    struct reading *reading = &readings[draw(1)];
    if (!reading->open) reading = reading == readings ? readings + 1 : readings;
    step(reading);
    if (hostile.interrupted) readings[0].open = readings[1].open = false;
  }
  for (size_t i = 0; together && i < hostile.reading_count; i++) close_reading(&readings[i]);
}

/* ---- what is drawn before ---- */

static void set_number(const char *name, uint32_t value) {
  char text[24];

  snprintf(text, sizeof text, "%u", value);
  fixture_set(&hostile.world.fixture, name, text);
}

static void draw_bounds(struct fuzz_bytes *bytes, struct time_bounds *bounds) {
  static char texts[SCANS_MAX * 2][TIME_ROOM];
  static size_t next;

  for (uint32_t count = fuzz_number(bytes, 2); count > 0; count--) {
    char *text = texts[next++ % COUNT_OF(texts)];
    struct text_out out = text_out_of(text, TIME_ROOM);
    write_time(fuzz_number(bytes, 1100), &out);
    text_out_end(&out);
    time_bounds_add(bounds, (enum bound_operator)fuzz_number(bytes, 3), text + 1, strlen(text) - 2);
  }
}

static void draw_reading(struct fuzz_bytes *bytes, struct reading *reading) {
  struct scan_request *request = &reading->request;
  size_t places = hostile.world.count;
  size_t count;

  memset(reading, 0, sizeof *reading);
  reading->first = fuzz_number(bytes, (uint32_t)places - 1);
  count = 1 + fuzz_number(bytes, (uint32_t)(places - reading->first) - 1);
  request->listing = &sync_job_listing;
  request->places = world_list(&hostile.world, reading->first, count);
  if (fuzz_number(bytes, 3) == 3) request->announced = world_list(&hostile.world, 0, places);
  request->order = fuzz_number(bytes, 1) ? JOBS_DESCENDING : JOBS_ASCENDING;
  request->ordered = fuzz_number(bytes, 2) > 0;
  request->limit = -1;
  if (fuzz_number(bytes, 3) == 3) draw_bounds(bytes, &request->bounds);
  if (fuzz_number(bytes, 3) == 3) request->offset = fuzz_number(bytes, 250);
  if (fuzz_number(bytes, 3) == 3) request->limit = fuzz_number(bytes, 30);
  request->may_stop = fuzz_number(bytes, 1);
  request->count_only = fuzz_number(bytes, 7) == 7 && request->bounds.count == 0;
}

/* True if scans take turns. */
static bool draw_all(struct fuzz_bytes *bytes) {
  uint32_t scans = fuzz_number(bytes, 7);
  uint32_t interrupted = fuzz_number(bytes, 3);

  set_number("page_size", 1 + fuzz_number(bytes, 5));
  set_number("concurrency", 1 + fuzz_number(bytes, 1) * fuzz_number(bytes, 7));
  set_number("timeout", 1 + fuzz_number(bytes, 2));
  set_number("deadline", 2 + fuzz_number(bytes, 4));
  set_number("retries", fuzz_number(bytes, 2));
  hostile.interrupt_at = interrupted == 3 ? 1 + fuzz_number(bytes, 250) : 0;
  hostile.reading_count = scans >= 6 ? 2 : 1;
  for (size_t i = 0; i < hostile.reading_count; i++) draw_reading(bytes, &hostile.readings[i]);
  return scans == 7;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const uint8_t nothing[1];
  static const size_t rows_most[] = {8, 20, 40, ROWS_MAX}; /* most need few */
  struct fuzz_bytes bytes = {data, size};
  uint32_t first = fuzz_number(&bytes, PLACES_MAX * COUNT_OF(rows_most) - 1);
  bool together;
  uint32_t fails;

  memset(hostile.readings, 0, sizeof hostile.readings);
  world_open(&hostile.world, 1 + first % PLACES_MAX);
  hostile.rows_most = rows_most[first / PLACES_MAX];
  hostile.world.serve = serve;
  hostile.requests = hostile.waits = hostile.asked = 0;
  hostile.interrupted = hostile.heard = hostile.disordered = false;
  fails = fuzz_number(&bytes, 3) == 3 ? 1 + fuzz_number(&bytes, 1023) : 0;
  if (fuzz_number(&bytes, 1)) hostile.world.fixture.transport->latency = latency;
  together = draw_all(&bytes);
  service_watch(hostile.world.fixture.service, interrupt, NULL);
  world_begin(&hostile.world);
  hostile.again = bytes.left ? bytes : (struct fuzz_bytes){nothing, 1};
  hostile.answers = hostile.again;
  hostile.starved = fails > 0;
  if (fails) allocation_fail_at(fails, false);
  read_all(together);
  allocation_stop();
  world_close(&hostile.world);
  return 0;
}
