/*
** Jobs and repositories that appear or vanish, at once or right after a number of further API
** requests. Must not know who orders it nor what the requests were.
*/
#ifndef EMULATOR_CHANGE_H
#define EMULATOR_CHANGE_H

#include "dataset.h"

enum change_kind {
  CHANGE_INSERT,
  CHANGE_PURGE,
  CHANGE_HIDE,
  CHANGE_SHOW,
  CHANGE_REMOVE,
  CHANGE_CREATE
};

struct change {
  struct change *next;
  int64_t after;
  enum change_kind kind;
  int64_t count; /* of CHANGE_HIDE: the job, see repository_position */
  char image[IMAGE_MAX + 1];
};

bool change_order(struct change **queue, struct dataset *data, const struct change *change);
void change_tick(struct change **queue, struct dataset *data);
void change_drop(struct change **queue);

#endif
