/*
** Answers of random shape: see bomb.h.
*/
#include "bomb.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST /* what is packed is only read */
#include <zlib.h>

#define RECORD_MAX 512 /* bytes without its text */
#define PIECE ((size_t)1 << 16)

/* # is the record's number, @ its text. */
static const struct {
  const char *name;
  const char *record;
  const char *text; /* repeated: what @ is made of, with its end */
  const char *text_end;
  bool valid;
} shapes[] = {
    {"equal", "{\"id\":1}", "", "", true},
    {"numbered", "{\"id\":#}", "", "", true},
    {"jobs",
     "{\"createdAt\":\"2026-01-01T00:00:00.#Z\",\"id\":#,\"namespace\":\"group\",\"repoName\":"
     "\"app1\",\"tag\":\"v#\",\"status\":\"success\"}",
     "", "", true},
    {"escaped", "{\"\\u0069d\":#,\"t\\u0061g\":\"\\n\"}", "", "", true},
    {"text", "{\"id\":#,\"tag\":\"@\"}", "x", "", true},
    {"escapes", "{\"id\":#,\"tag\":\"@\"}", "\\u00e9", "", true},
    {"unknown", "{\"id\":#,\"more\":\"@\"}", "x", "", true},
    {"numbers", "{\"id\":#,\"more\":[@0]}", "1e5,", "", true},
    {"digits", "{\"id\":#,\"more\":1@}", "0", "", true},
    {"nested", "{\"id\":#,\"more\":@0}", "[", "]", false},
    {"nameless", "{}", "", "", false},
    {"numbers-alone", "#", "", "", false},
    {"arrays", "[#]", "", "", false}};
#define SHAPES ((int64_t)(sizeof shapes / sizeof *shapes))
#define TEXTS 4   /* shapes from here on have a text that a column holds, */
#define UNKNOWN 6 /* and from here on, one that none does */

static const char *const codings[] = {"", "gzip", "deflate", "gzip, gzip"};

/* Bytes that are kept, packed where they are to be. */
struct sink {
  z_stream stream;
  char *bytes;
  size_t size;
  size_t room;
  bool packs;
};

static void grow(struct sink *sink, size_t more) {
  if (sink->room - sink->size >= more) return;
  sink->room = 2 * sink->room + more;
  sink->bytes = realloc(sink->bytes, sink->room);
  if (!sink->bytes) abort();
}

static void pack(struct sink *sink, const char *bytes, size_t size, int flush) {
  sink->stream.next_in = (const unsigned char *)bytes;
  sink->stream.avail_in = (unsigned)size;
  do {
    grow(sink, PIECE);
    sink->stream.next_out = (unsigned char *)sink->bytes + sink->size;
    sink->stream.avail_out = (unsigned)(sink->room - sink->size);
    if (deflate(&sink->stream, flush) == Z_STREAM_ERROR) abort();
    sink->size = sink->room - sink->stream.avail_out;
  } while (sink->stream.avail_out == 0);
}

static void begin(struct sink *sink, bool packs, bool zlib) {
  memset(sink, 0, sizeof *sink);
  sink->packs = packs;
  if (packs && deflateInit2(&sink->stream, 1, Z_DEFLATED, zlib ? 15 : 15 + 16, 8,
                            Z_DEFAULT_STRATEGY) != Z_OK) {
    abort();
  }
}

static void add(struct sink *sink, const char *bytes, size_t size) {
  if (sink->packs) {
    pack(sink, bytes, size, Z_NO_FLUSH);
    return;
  }
  grow(sink, size);
  memcpy(sink->bytes + sink->size, bytes, size);
  sink->size += size;
}

static void end(struct sink *sink) {
  if (!sink->packs) return;
  pack(sink, "", 0, Z_FINISH);
  deflateEnd(&sink->stream);
}

/* ---- the body ---- */

static void add_repeated(struct bomb *bomb, struct sink *sink, const char *words, int64_t times) {
  char piece[1024];
  size_t size = strlen(words);
  size_t whole = 0;

  if (!size) return;
  for (; whole < sizeof piece / size; whole++) {
    memcpy(piece + whole * size, words, size); /* NOLINT(bugprone-not-null-terminated-result) */
  }
  bomb->size += (int64_t)size * times;
  while (times > 0) {
    size_t now = times < (int64_t)whole ? (size_t)times : whole;
    add(sink, piece, now * size);
    times -= (int64_t)now;
  }
}

static void add_words(struct bomb *bomb, struct sink *sink, const char *words, size_t size) {
  bomb->size += (int64_t)size;
  add(sink, words, size);
}

static void add_record(struct bomb *bomb, struct sink *sink, int64_t number) {
  const char *at = shapes[bomb->shape].record;
  int64_t before = bomb->size;

  while (*at) {
    size_t plain = strcspn(at, "#@");
    char digits[24];
    add_words(bomb, sink, at, plain);
    at += plain;
    if (*at == '#') {
      int size = snprintf(digits, sizeof digits, "%06" PRId64, number + 100000);
      add_words(bomb, sink, digits, (size_t)size);
    } else if (*at == '@') {
      add_repeated(bomb, sink, shapes[bomb->shape].text, bomb->text);
      if (*shapes[bomb->shape].text_end) add_words(bomb, sink, "0", 1);
      add_repeated(bomb, sink, shapes[bomb->shape].text_end, bomb->text);
    }
    at += *at != '\0';
  }
  if (bomb->size - before > bomb->largest) bomb->largest = bomb->size - before;
}

static void add_body(struct bomb *bomb, struct sink *sink) {
  add_words(bomb, sink, "[", 1);
  for (int64_t i = 0; i < bomb->records; i++) {
    if (i) add_words(bomb, sink, ",", 1);
    add_record(bomb, sink, i);
    add_repeated(bomb, sink, "\n ", bomb->blanks / 2);
  }
  add_words(bomb, sink, "]", 1);
  add_repeated(bomb, sink, " ", bomb->blanks_after);
}

/* ---- its shape ---- */

/* Small, at the edge of what is taken, or as many as there is room for. */
static void choose(struct bomb *bomb, struct random *random, int64_t most) {
  static const int64_t counts[] = {0, 1, 3, 100, 999, 1000, 1001, 1002, 1003, 2000, 30000};
  static const int64_t texts[] = {0, 10, 1000, 100000, (1 << 20) - 40, 1 << 20, 3 << 20};
  static const int statuses[] = {200, 200, 200, 200, 200, 200, 200, 400, 403, 500};
  int64_t each = (int64_t)strlen(shapes[bomb->shape].record) + 24;

  if (bomb->shape >= TEXTS) bomb->text = RANDOM_PICK(random, texts);
  if (*shapes[bomb->shape].text_end) bomb->text = bomb->text / 100;
  if (random_chance(random, 25)) bomb->blanks = random_below(random, 5000);
  each += bomb->blanks + bomb->text * (int64_t)(strlen(shapes[bomb->shape].text) +
                                                strlen(shapes[bomb->shape].text_end));
  bomb->records = random_chance(random, 60) ? RANDOM_PICK(random, counts) : most / each;
  if (bomb->records > most / each) bomb->records = most / each;
  if (random_chance(random, 15)) bomb->blanks_after = random_below(random, most);
  bomb->status = RANDOM_PICK(random, statuses);
}

static void frame(struct bomb *bomb, const struct sink *body) {
  char head[400];
  const char *coding = codings[bomb->coding];
  int size =
      snprintf(head, sizeof head,
               "HTTP/1.1 %d Words\r\nContent-Type: application/json\r\nContent-Range: "
               "0-%" PRId64 "/%" PRId64 "\r\n%s%s%sContent-Length: %zu\r\n\r\n",
               bomb->status, bomb->records, bomb->records, *coding ? "Content-Encoding: " : "",
               coding, *coding ? "\r\n" : "", body->size);

  bomb->answer_size = (size_t)size + body->size;
  bomb->answer = malloc(bomb->answer_size);
  if (!bomb->answer) abort();
  memcpy(bomb->answer, head, (size_t)size);
  memcpy(bomb->answer + size, body->bytes, body->size);
}

void bomb_make(struct bomb *bomb, struct random *random, int64_t most) {
  struct sink body;
  struct sink again;

  memset(bomb, 0, sizeof *bomb);
  bomb->shape = (int)random_below(random, SHAPES);
  bomb->valid = shapes[bomb->shape].valid;
  bomb->texts = bomb->shape >= TEXTS && bomb->shape < UNKNOWN;
  bomb->coding = (int)random_below(random, most > (4 << 20) ? 3 : 4);
  /* What is not packed would be hundreds of megabytes on the wire. */
  if (most > (4 << 20)) bomb->coding++;
  choose(bomb, random, most);
  begin(&body, bomb->coding > 0, bomb->coding == 2);
  add_body(bomb, &body);
  end(&body);
  if (bomb->coding == 3) {
    begin(&again, true, false);
    add(&again, body.bytes, body.size);
    end(&again);
    free(body.bytes);
    body = again;
  }
  frame(bomb, &body);
  free(body.bytes);
  snprintf(bomb->words, sizeof bomb->words,
           "%d, %" PRId64 " of %s with %" PRId64 ", %" PRId64 " and %" PRId64 " blanks, as %s",
           bomb->status, bomb->records, shapes[bomb->shape].name, bomb->text, bomb->blanks,
           bomb->blanks_after, bomb->coding ? codings[bomb->coding] : "they are");
}

void bomb_free(struct bomb *bomb) {
  free(bomb->answer);
  bomb->answer = NULL;
}
