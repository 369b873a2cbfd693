/*
** Sync jobs, decoded: see job.h.
*/
#include "record/json_record.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "record/plain_record.h"

#define RECORD_DEPTH 32 /* of fields that are not ours; a record itself is flat */

struct job_decoder {
  json_tokener *tokener; /* NULL behind a record that it could not parse */
  int flags;
  struct plain_reader plain;
};

/*
** json-c 0.18 rejects every string that is not ASCII in strict mode; there, leniency is the lesser
** fault. The splitter has made sure of the record's outer form by then.
*/
static int tokener_flags(void) {
  static const char sample[] = "{\"a\":\"\xc3\xa9\"}";
  json_tokener *tokener = json_tokener_new();
  json_object *value;
  int flags = JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8;

  if (!tokener) return flags;
  json_tokener_set_flags(tokener, flags);
  value = json_tokener_parse_ex(tokener, sample, (int)(sizeof sample - 1));
  if (!value) flags = JSON_TOKENER_VALIDATE_UTF8;
  json_object_put(value);
  json_tokener_free(tokener);
  return flags;
}

/*
** A tokener for the next record. One that has met an error is not used again: json_tokener_reset leaves half
** of a surrogate pair in it, which would come out in front of the next record's first `\u`.
*/
static bool prepare_tokener(struct job_decoder *decoder) {
  if (decoder->tokener) {
    json_tokener_reset(decoder->tokener);
    return true;
  }
  decoder->tokener = json_tokener_new_ex(RECORD_DEPTH);
  if (decoder->tokener) json_tokener_set_flags(decoder->tokener, decoder->flags);
  return decoder->tokener != NULL;
}

struct job_decoder *job_decoder_create(void) {
  struct job_decoder *decoder = malloc(sizeof *decoder);

  if (!decoder) return NULL;
  decoder->tokener = NULL;
  decoder->flags = tokener_flags();
  if (!prepare_tokener(decoder)) {
    free(decoder);
    return NULL;
  }
  plain_reader_init(&decoder->plain);
  return decoder;
}

void job_decoder_destroy(struct job_decoder *decoder) {
  if (!decoder) return;
  if (decoder->tokener) json_tokener_free(decoder->tokener);
  free(decoder);
}

static enum job_status wrong_type(struct job_problem *problem, enum job_field field,
                                  const char *expected) {
  snprintf(problem->text, sizeof problem->text, "field %s is not %s", job_field_name(field),
           expected);
  return JOB_WRONG;
}

static enum job_status take_text(struct record_page *page, struct record_row *row,
                                 enum job_field field, json_object *value,
                                 struct job_problem *problem) {
  if (!json_object_is_type(value, json_type_string)) {
    return wrong_type(problem, field, "a string");
  }
  return record_page_add(page, row, field, json_object_get_string(value),
                         (size_t)json_object_get_string_len(value))
             ? JOB_DECODED
             : JOB_NO_MEMORY;
}

/* json-c keeps what lies beyond 64 bits at the bound, so that the bounds themselves are refused. */
static enum job_status take_id(struct record_row *row, json_object *value,
                               struct job_problem *problem) {
  if (!json_object_is_type(value, json_type_int)) return wrong_type(problem, JOB_ID, "an integer");
  row->id = json_object_get_int64(value);
  if (row->id == INT64_MAX || row->id == INT64_MIN) {
    return wrong_type(problem, JOB_ID, "an integer of 64 bits");
  }
  return JOB_DECODED;
}

static enum job_status take_field(struct record_page *page, struct record_row *row,
                                  enum job_field field, json_object *value,
                                  struct job_problem *problem) {
  switch (field) {
    case JOB_ID:
      return take_id(row, value, problem);
    case JOB_OVERRIDE:
      if (!json_object_is_type(value, json_type_boolean)) {
        return wrong_type(problem, field, "a boolean");
      }
      row->override_flag = json_object_get_boolean(value) ? 1 : 0;
      return JOB_DECODED;
    default:
      return take_text(page, row, field, value, problem);
  }
}

static enum job_status take_record(json_object *record, struct record_page *page,
                                   struct job_problem *problem) {
  struct record_row *row = record_page_begin(page);
  size_t text_size = page->text_size;
  enum job_status status = JOB_DECODED;
  bool has_id = false;

  if (!row) return JOB_NO_MEMORY;
  for (int i = 0; i < JOB_FIELD_COUNT && status == JOB_DECODED; i++) {
    enum job_field field = (enum job_field)i;
    json_object *value = NULL;
    json_object_object_get_ex(record, job_field_name(field), &value);
    if (!value) continue;
    if (field == JOB_ID) has_id = true;
    status = take_field(page, row, field, value, problem);
  }
  if (status == JOB_DECODED && !has_id) status = wrong_type(problem, JOB_ID, "an integer");
  if (status == JOB_DECODED) {
    record_page_commit(page);
  } else {
    page->text_size = text_size;
  }
  return status;
}

enum job_status job_decode(struct job_decoder *decoder, const char *record, size_t size,
                           struct record_page *page, struct job_problem *problem) {
  json_object *value;
  enum job_status status;

  if (!utf8_valid(record, size)) {
    snprintf(problem->text, sizeof problem->text, "it is not valid UTF-8");
    return JOB_WRONG;
  }
  if (!prepare_tokener(decoder)) return JOB_NO_MEMORY;
  value = json_tokener_parse_ex(decoder->tokener, record, (int)size);
  if (!value) {
    enum json_tokener_error error = json_tokener_get_error(decoder->tokener);
    snprintf(problem->text, sizeof problem->text, "it is not valid JSON: %s",
             error == json_tokener_success ? "null" : json_tokener_error_desc(error));
    json_tokener_free(decoder->tokener);
    decoder->tokener = NULL;
    return JOB_WRONG;
  }
  if (json_tokener_get_parse_end(decoder->tokener) != size ||
      !json_object_is_type(value, json_type_object)) {
    snprintf(problem->text, sizeof problem->text, "it is not one JSON object");
    status = JOB_WRONG;
  } else {
    status = take_record(value, page, problem);
  }
  json_object_put(value);
  return status;
}

enum job_status job_decode_plain(struct job_decoder *decoder, const char *bytes, size_t size,
                                 struct record_page *page, size_t *taken) {
  *taken = 0;
  return plain_record_take(&decoder->plain, bytes, size, page, taken) == PLAIN_NO_MEMORY
             ? JOB_NO_MEMORY
             : JOB_DECODED;
}
