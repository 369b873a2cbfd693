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

#define ADVICE_MAX 640 /* bytes, NUL included */

/* A verdict, and the sentences that go with VERDICT_ABSENT, _AGAIN, _REFUSED and _FAILED. */
struct conclusion {
  enum verdict verdict;
  char problem[1200];      /* what came: status, code, what the service said */
  char advice[ADVICE_MAX]; /* what to do; empty: nothing that is known here */
};

/* Writes the problem, cut where it does not fit, without advice, and returns the verdict. */
__attribute__((format(printf, 3, 4))) enum verdict conclude(struct conclusion *end,
                                                            enum verdict verdict,
                                                            const char *format, ...);

/* Writes the advice, cut where it does not fit, and returns the verdict. */
__attribute__((format(printf, 2, 3))) enum verdict conclude_advice(struct conclusion *end,
                                                                   const char *format, ...);

#endif
