/*
** What became of an exchange that brought no whole answer, in sentences.
**
** It must not know what was asked, nor how often.
*/
#ifndef SWR_TRANSPORT_PROBLEM_H
#define SWR_TRANSPORT_PROBLEM_H

#include "base/redact.h"
#include "network/transport.h"
#include "request/verdict.h"

/*
** Writes and returns what a result that is neither complete nor out of memory comes to:
** VERDICT_AGAIN if another attempt may do better, else VERDICT_FAILED.
*/
enum verdict transport_problem(const struct transport_result *result, const struct secrets *secrets,
                               struct conclusion *end);

#endif
