/*
** What the service has, and its answers: three repositories of the organization `group`, and the
** other lists, small and always the same.
**
** It must not know how an answer travels, nor what is asked for by SQL.
*/
#ifndef SWR_FAULT_WORLD_H
#define SWR_FAULT_WORLD_H

#include <stdbool.h>
#include <stddef.h>

#define WORLD_REPOSITORIES 3 /* app1 to app3; the records of the last are not plain */
#define WORLD_TEXT_MAX 65536

/* A member of a record; in its value # is the record's number, from 1, and @ its repository's. */
struct world_member {
  const char *name;
  const char *value;
};

/* One of the lists. */
struct world_list {
  const char *table;    /* in SQL */
  const char *path;     /* how the path of a request for it ends */
  const char *envelope; /* member that holds the array; NULL: none. "" where the record is all */
  const char *where;    /* one place of it, in SQL */
  const struct world_member *members;
  int records; /* of a place */
  int member_count;
};

extern const struct world_list world_lists[];
extern const int world_list_count;

/* What is not as documented: a member of the first record of each answer. */
struct world_change {
  const struct world_list *list; /* NULL: nothing */
  const char *member;
  const char *value; /* NULL: the member is missing */
};

struct world_text {
  char bytes[WORLD_TEXT_MAX];
  size_t size;
};

/* An answer without what its framing adds. */
struct world_answer {
  int status;
  struct world_text headers; /* lines with their ends */
  struct world_text body;
};

void world_append(struct world_text *text, const char *more);

/* The answer to a request: its first line as sent, and whether the token it brings is right. */
void world_ask(const char *line, bool accepted, const struct world_change *change,
               struct world_answer *answer);

#endif
