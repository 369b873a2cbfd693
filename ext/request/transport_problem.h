/*
** What became of an exchange that brought no whole answer, as a sentence.
**
** It must not know what was asked, nor how often.
*/
#ifndef SWR_TRANSPORT_PROBLEM_H
#define SWR_TRANSPORT_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/redact.h"
#include "network/transport.h"

/*
** Writes the sentence, of at most `size` bytes with the NUL, for a result that is neither complete
** nor out of memory. True if another attempt may do better.
*/
bool transport_problem(const struct transport_result *result, const struct secrets *secrets,
                       char *text, size_t size);

#endif
