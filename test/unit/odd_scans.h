/*
** The scans of one statement in an odd world, one or two of them, in turns or one after the other:
** drawn, read, judged and shown. It must not know what the kinds are.
*/
#ifndef SWR_ODD_SCANS_H
#define SWR_ODD_SCANS_H

#include "odd_kind.h"

#define ODD_SCANS_MAX 2

struct odd_scans {
  struct odd_run run;
  struct odd_scan scans[ODD_SCANS_MAX];
  struct odd_result results[ODD_SCANS_MAX];
  enum odd_verdict verdicts[ODD_SCANS_MAX]; /* ODD_ALARMED until it was judged */
  size_t count;
  bool together; /* they take turns */
};

/* Opens the world, begins its statement and draws the scans. Ends with odd_world_close. */
void odd_scans_open(struct odd_scans *scans, struct odd_world *world, const struct odd_kind *kind,
                    uint64_t seed, const struct odd_settings *settings);

/* Reads and judges them. */
void odd_scans_read(struct odd_scans *scans);

/* True if one of them is neither right nor ended in an error that may be. */
bool odd_scans_wrong(const struct odd_scans *scans);

/* Prints what came of them, and in the long form what was asked and what happened. */
void odd_scans_show(const struct odd_scans *scans, bool long_form);

#endif
