/*
** A server of HTTP/1.1 on a port of this machine, in a thread of this process: fast, and it can end
** an answer at any byte in any way.
**
** It must not know what is asked for by SQL.
*/
#ifndef SWR_FAULT_SERVER_H
#define SWR_FAULT_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "world.h"

enum framing { FRAMING_LENGTH, FRAMING_CHUNKED, FRAMING_CLOSE, FRAMING_GZIP, FRAMINGS };

enum ending {
  ENDING_WHOLE,
  ENDING_CLOSED,      /* the connection, in order */
  ENDING_RESET,       /* by a packet that says so */
  ENDING_HALF_CLOSED, /* nothing more is sent; what comes is still taken */
  ENDING_SILENT,      /* nothing more is sent */
  ENDINGS
};

/* How it answers. All zero: rightly. */
struct conduct {
  enum framing framing;
  enum ending ending;         /* of one answer */
  int answer;                 /* which one, from 1 */
  size_t cut;                 /* after so many of its bytes */
  int status;                 /* of all answers; 0: the right one */
  bool bare;                  /* no body */
  bool closing;               /* each answer is the last of its connection */
  int delay;                  /* milliseconds before each answer */
  struct world_change change; /* of records */
  const char *instead; /* all bytes of an answer, or of each where `answer` is 0; NULL: none */
  size_t instead_size;
};

/* Starts it; ends the process with 2 if that fails. */
void server_start(void);
int server_port(void);

/* From now on; answers are counted from 1 again. NULL: rightly. */
void server_conduct(const struct conduct *conduct);

/* Whether an answer was so long that it was cut. */
bool server_cut(void);

/* Answers since then. */
int server_answers(void);

#endif
