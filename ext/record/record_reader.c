/*
** Reads the records of one answer: see record_reader.h.
*/
#include "record/record_reader.h"

/* Where records go. */
struct target {
  struct record_reader *reader;
  struct record_page *page;
  struct record_problem *problem;
};

void record_reader_init(struct record_reader *reader, const struct listing *listing,
                        uint32_t wanted) {
  record_splitter_init(&reader->splitter, listing->envelope);
  if (listing->single) record_splitter_single(&reader->splitter);
  reader->has_plain = plain_reader_init(&reader->plain, listing, wanted);
  json_reader_init(&reader->json, listing, wanted);
}

void record_reader_reset(struct record_reader *reader) {
  record_splitter_reset(&reader->splitter);
  json_reader_free(&reader->json);
}

static enum record_status take_plain(void *context, const char *bytes, size_t size, size_t *taken) {
  struct target *target = context;

  *taken = 0;
  if (!target->reader->has_plain) return RECORD_OK;
  return plain_record_take(&target->reader->plain, bytes, size, target->page, taken);
}

static enum record_status take(void *context, const char *record, size_t size) {
  struct target *target = context;

  return json_record_take(&target->reader->json, record, size, target->page, target->problem);
}

enum record_status record_reader_feed(struct record_reader *reader, const char *bytes, size_t size,
                                      struct record_page *page, struct record_problem *problem) {
  struct target target = {reader, page, problem};
  const struct record_sink sink = {take_plain, take, &target};

  return record_splitter_feed(&reader->splitter, bytes, size, &sink);
}

bool record_reader_finished(const struct record_reader *reader) {
  return record_splitter_finished(&reader->splitter);
}
