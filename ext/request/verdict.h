/*
** What an answer, or a request through all its attempts, has come to.
*/
#ifndef SWR_VERDICT_H
#define SWR_VERDICT_H

enum verdict {
  VERDICT_READY,   /* what was asked for is there */
  VERDICT_ABSENT,  /* SWR itself says that there is no such repository or organization */
  VERDICT_AGAIN,   /* throttled, a fault of the server or of the way to it: may be tried again */
  VERDICT_REFUSED, /* IAM: name or password are wrong, and sending them again may lock the user */
  VERDICT_FAILED,  /* trying again would give the same */
  VERDICT_INTERRUPTED,
  VERDICT_NO_MEMORY
};

#endif
