/*
** Jobs and repositories that appear or vanish, at once or right after a number of further API
** requests. Must not know who orders it nor what the requests were.
*/
#include "change.h"

#include <stdlib.h>

static bool apply(struct dataset *data, const struct change *change) {
  struct repository *repository = dataset_find(data, change->image);
  if (change->kind == CHANGE_CREATE) return dataset_create(data, change->image, change->count);
  if (!repository) return false;
  switch (change->kind) {
    case CHANGE_INSERT:
      return repository_insert(repository, change->count);
    case CHANGE_HIDE:
      return repository_hide(repository, change->count);
    case CHANGE_REMOVE:
      return dataset_remove(data, change->image);
    case CHANGE_SHOW:
      repository_show(repository);
      return true;
    default:
      repository_purge(repository, change->count);
      return true;
  }
}

bool change_order(struct change **queue, struct dataset *data, const struct change *change) {
  struct change *copy;
  if (!change->after) return apply(data, change);
  if (change->kind != CHANGE_CREATE && !dataset_find(data, change->image)) return false;
  copy = memory_or_exit(NULL, sizeof *copy);
  *copy = *change;
  copy->next = NULL;
  while (*queue) queue = &(*queue)->next;
  *queue = copy;
  return true;
}

/* One API request was answered. All orders count at the same time, unlike scripted answers. */
void change_tick(struct change **queue, struct dataset *data) {
  while (*queue) {
    struct change *change = *queue;
    if (--change->after > 0) {
      queue = &change->next;
      continue;
    }
    apply(data, change);
    *queue = change->next;
    free(change);
  }
}

void change_drop(struct change **queue) {
  while (*queue) {
    struct change *next = (*queue)->next;
    free(*queue);
    *queue = next;
  }
}
