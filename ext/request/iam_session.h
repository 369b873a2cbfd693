/*
** The tokens that IAM gives for names and passwords: each got when it is first needed, kept until
** five minutes before its end, and shared by all requests of the database connection.
**
** One exchange with IAM is under way for a login at most; all who need its token wait for it. It
** must not know what tokens are used for.
*/
#ifndef SWR_IAM_SESSION_H
#define SWR_IAM_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "account/access.h"
#include "request/service.h"

/* A login with IAM for one project; owned by the service, in whose list of exchanges it stands. */
struct iam_session;

/* A token; lives, and can be compared by its address, as long as someone refers to it. */
struct iam_token {
  int references;
  char text[]; /* wiped with the last reference */
};

/*
** The service's session for the login of `access`, with one reference more, the caller's. Logins
** are the same if address, user, account, project and password are. NULL when out of memory.
*/
struct iam_session *iam_session_open(struct service *service, const struct access *access);

/* One reference less. NULL is fine. */
void iam_session_close(struct iam_session *session);

/*
** From now on the caller waits for a token: one is asked for, by the time limits of `access`,
** unless a good one is there or on its way, or IAM has just refused this login.
*/
void iam_session_join(struct iam_session *session, struct access *access);

/* For one who has joined: whether a token is still being got. It moves on in service_wait. */
bool iam_session_under_way(const struct iam_session *session);

/*
** What came of it, once nothing is under way: VERDICT_READY, VERDICT_FAILED or VERDICT_NO_MEMORY.
*/
enum verdict iam_session_verdict(const struct iam_session *session);

/* The caller waits no more; where nobody does, an exchange is ended. */
void iam_session_leave(struct iam_session *session);

/* The token of a session that is ready, with one reference more, the caller's. */
struct iam_token *iam_session_token(const struct iam_session *session);

/* One reference less. NULL is fine. */
void iam_token_release(struct iam_token *token);

/* The service has refused this token: whoever joins next waits for another one. */
void iam_session_discard(struct iam_session *session, const struct iam_token *token);

/* Why it failed last, in sentences: what was asked, what came back, what to do. */
const struct conclusion *iam_session_problem(const struct iam_session *session);

/* Its last attempt, by its number in the log; 0: there was none. */
int64_t iam_session_logged(const struct iam_session *session);

#endif
