/*
** Scripted answers: what a test ordered to be sent instead of, or as a change to, the contract's
** answers. Must not know the contract, the HTTP library or the log.
*/
#ifndef EMULATOR_SCRIPT_H
#define EMULATOR_SCRIPT_H

#include "text.h"

/* Given header lines, as name NUL value NUL pairs. */
struct script {
  struct script *next;
  int64_t after; /* requests still to be served as usual before this one begins */
  int64_t times; /* answers still to be given; 0 = for ever */
  bool altered;  /* the contract's answer, changed; else the one given here */
  unsigned status;
  bool has_type;
  char *type; /* empty = no Content-Type at all */
  struct text headers;
  struct text body;
  int64_t cut;  /* bytes of the body after which the connection closes; -1 = none */
  int64_t hang; /* milliseconds of silence in the middle of the body */
  bool reset;
  bool chunked;
};

struct script *script_parse(const struct query *query, const struct text *body, const char **fault);
void script_free(struct script *script);
void script_queue(struct script **queue, struct script *script);
struct script *script_due(struct script **queue);
void script_used(struct script **queue);
const char *script_header(const struct text *headers, const char *name);

#endif
