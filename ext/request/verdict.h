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

/* A verdict, and the sentence that goes with it: status, code, advice. */
struct conclusion {
  enum verdict verdict;
  char problem[1200]; /* of VERDICT_ABSENT, VERDICT_AGAIN, VERDICT_REFUSED and VERDICT_FAILED */
};

/* Writes the sentence, cut where it does not fit, and returns the verdict. */
__attribute__((format(printf, 3, 4))) enum verdict conclude(struct conclusion *end,
                                                            enum verdict verdict,
                                                            const char *format, ...);

#endif
