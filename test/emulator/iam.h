/*
** IAM as far as clients of the emulated service need it: a token for a user's name and password
** (`POST /v3/auth/tokens`), and which of the tokens are good.
** Must not know what tokens are used for, sockets, the HTTP library or the log.
*/
#ifndef EMULATOR_IAM_H
#define EMULATOR_IAM_H

#include "contract.h"
#include "options.h"

struct issued_token;

struct iam {
  struct issued_token *tokens; /* since the last reset, the newest first */
  uint64_t serial;             /* makes each token another one, over resets too */
  uint64_t issued;             /* since the last reset, as are the next two */
  uint64_t wrong;
  unsigned wrong_in_a_row;
};

enum token_state { TOKEN_UNKNOWN, TOKEN_GOOD, TOKEN_EXPIRED, TOKEN_REVOKED };

/* True if the request is one for a token, by its path. */
bool iam_asked(const struct api_request *request);

/* `headers` gets X-Subject-Token, as name NUL value NUL. */
void iam_answer(struct iam *iam, const struct api_request *request, const struct options *options,
                struct answer *answer, struct text *headers);

/* Uses a token once. Its number, from 1, and its end as text, if it is known. */
enum token_state iam_use(struct iam *iam, const char *token, const struct options *options,
                         uint64_t *number, char expires[32]);

void iam_revoke(struct iam *iam);
void iam_reset(struct iam *iam);

#endif
