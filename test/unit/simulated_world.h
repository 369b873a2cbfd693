/*
** Several repositories behind one scripted transport, each a simulated server of its own, and a
** statement that asks for them: what the tests of statements, scans and searches share.
*/
#ifndef SWR_SIMULATED_WORLD_H
#define SWR_SIMULATED_WORLD_H

#include "fixture.h"
#include "scan/places.h"
#include "scan/statement.h"
#include "simulated_server.h"

#define WORLD_MAX 40

struct simulated_world {
  struct fixture fixture;
  struct place places[WORLD_MAX]; /* group/a, group/b, …; group/n26 and so on */
  struct simulated_server servers[WORLD_MAX];
  /*
  ** Answers in place of `servers`, to the request of that number for the repository of that index;
  ** NULL: nobody.
  */
  void (*serve)(void *context, size_t place, size_t number, const char *url,
                struct scripted_answer *answer);
  void *serve_context;
  size_t count;
  int64_t delay;               /* milliseconds until an answer begins */
  size_t trouble;              /* number of the request that gets 503; 0: none */
  size_t chunk;                /* see struct scripted_answer */
  struct statement *statement; /* of world_begin; NULL before */
  struct world_list *lists;    /* of world_list */
};

/* With so many repositories of no jobs, and the settings of fixture_open. */
void world_open(struct simulated_world *world, size_t count);

/*
** Begins a statement, which must succeed and reach the repositories' regions. Those without one get
** the one that is set.
*/
void world_begin(struct simulated_world *world);

/* Ends the statement, if one was begun. */
void world_end(struct simulated_world *world);

/* Ends all. */
void world_close(struct simulated_world *world);

/*
** The list of `count` repositories from index `first` on, as they are called now; the world's,
** until it is closed. Once made, it allocates nothing.
*/
struct places *world_list(struct simulated_world *world, size_t first, size_t count);

/* The index of a repository. */
size_t world_index(const struct simulated_world *world, const struct place *place);

/* The requests from the one of index `from` on: `a:100@0 b:100@0`. Valid until the next call. */
const char *world_requests(const struct simulated_world *world, size_t from);

#endif
