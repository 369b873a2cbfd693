/*
** Answers that are far more than was asked for, of random shape: records by the million, padding,
** texts and nesting without measure, as some kilobytes of gzip.
**
** It must not know what comes of them.
*/
#ifndef SWR_FAULT_BOMB_H
#define SWR_FAULT_BOMB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "random.h"

struct bomb {
  /* How it was made. */
  int shape;            /* of a record */
  int64_t records;      /* in its array */
  int64_t text;         /* bytes of a text, or arrays in each other, in each record */
  int64_t blanks;       /* after each record */
  int64_t blanks_after; /* the array */
  int status;           /* of HTTP */
  int coding;           /* none, gzip, deflate, gzip twice */

  /* What it is. */
  int64_t size;    /* bytes, unpacked */
  int64_t largest; /* bytes of a record */
  bool valid;      /* records as documented */
  bool texts;      /* most of it are texts of columns, which rows hold */
  char *answer;    /* owned: the bytes on the wire */
  size_t answer_size;
  char words[120]; /* how it was made */
};

/* One of at most so many bytes, unpacked. */
void bomb_make(struct bomb *bomb, struct random *random, int64_t most);
void bomb_free(struct bomb *bomb);

#endif
