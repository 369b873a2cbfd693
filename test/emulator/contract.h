/*
** The contract of the emulated call: from a request to the answer that the documents promise,
** bent by the options. Must not know sockets, the HTTP library, the log or scripted answers.
*/
#ifndef EMULATOR_CONTRACT_H
#define EMULATOR_CONTRACT_H

#include "dataset.h"
#include "options.h"
#include "text.h"

/* As it came over the wire; NULL for a header that was not sent. */
struct api_request {
  const char *method;
  const char *uri;
  const char *content_type;
  const char *accept;
  const char *accept_encoding;
  const char *user_agent;
  const char *token;
  const char *authorization;
  const char *sdk_date;
  const char *security_token;
  const struct text *body;
  const struct pair *headers; /* all of them, those above too */
  size_t header_count;
};

struct answer {
  unsigned status;
  struct text body;
  char content_range[96]; /* empty = no such header */
  int64_t records;
};

bool namespace_name_valid(const char *name);
bool repository_name_valid(const char *name);

/*
** `turn` differs from request to request: the place in their order that jobs of one time have,
** where it is not fixed. `refusal` is what the gateway says of who the request is from; NULL =
** nothing against it.
*/
void contract_answer(const struct api_request *request, const char *refusal,
                     const struct dataset *data, const struct options *options,
                     const char *request_id, uint64_t turn, struct answer *answer);

/* What the gateway answers where too much is asked. */
void contract_throttle(const char *message, const char *request_id, struct answer *answer);

#endif
