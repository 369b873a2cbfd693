/*
** One call of the API while it is answered: what it is made from and into, error bodies of every
** shape, names in paths, and the checks that all lists share. Must not know which lists there are.
*/
#ifndef EMULATOR_CALL_H
#define EMULATOR_CALL_H

#include "contract.h"

/* What an answer is made from and into, so that the checks below can be short. */
struct call {
  const struct api_request *request;
  const struct dataset *data;
  const struct options *options;
  const char *request_id;
  uint64_t turn;
  struct answer *answer;
  bool in_repository;                     /* the path names one */
  char namespace_name[NAMESPACE_MAX + 2]; /* one more than allowed, so "too long" is still seen */
  char repository_name[REPOSITORY_MAX + 2];
};

/* These answer with an error and return false, so that a check can end with one of them. */
bool call_gateway_error(struct call *call, unsigned status, const char *code, const char *message);
bool call_service_error(struct call *call, unsigned status, const char *number,
                        const char *message);

/* A segment of a path as a name; what cannot be one becomes a text that no name rule accepts. */
void call_decode_name(const char *segment, size_t length, char *name, size_t room);

/* Move *at past a literal, or past a segment of a path. */
bool call_expect(const char **at, const char *literal);
bool call_segment(const char **at, const char **start, size_t *length);

bool call_check_content_type(struct call *call);
bool call_check_names(struct call *call);

/* The repository that the path names; NULL if it is not there: the call is then answered. */
const struct repository *call_find_repository(struct call *call);

/* Writes Content-Range; the total that is told may differ from the one that is. */
void call_describe_range(struct call *call, int64_t offset, int64_t total);
int64_t call_told_total(const struct options *options, int64_t total);

#endif
