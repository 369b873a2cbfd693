/*
** Several odd servers behind one scripted transport, whose lists change between requests, and a
** record of what was asked and what happened. It must not know what is right.
*/
#ifndef SWR_ODD_WORLD_H
#define SWR_ODD_WORLD_H

#include "odd_server.h"
#include "simulated_world.h"

#define ODD_PLACES_MAX 5
#define ODD_TRACE_MAX 12000
#define ODD_WAITS_MAX 50000 /* of one scan */

enum odd_event {
  ODD_NEWEST,   /* one is created that is newer than all others */
  ODD_EQUAL,    /* one is created at the time of the newest, and stands past it */
  ODD_TWIN,     /* one is created at the time of any */
  ODD_LATE,     /* one is created that is a little older than the newest */
  ODD_MIDDLE,   /* one is created anywhere */
  ODD_PURGE,    /* the oldest goes */
  ODD_RECALL,   /* the newest goes */
  ODD_REMOVE,   /* any goes */
  ODD_ANCHOR,   /* the last row of the answer before goes */
  ODD_FRONT,    /* the first row of the answer before goes */
  ODD_EXCHANGE, /* one is created, the oldest goes */
  ODD_RENEW,    /* one is created, any goes */
  ODD_CHANGE,   /* the status of one */
  ODD_EVENTS
};

/* How ids and tags are given. */
enum odd_ids {
  ODD_IDS_RISE,   /* with time, none twice */
  ODD_IDS_RANDOM, /* none twice */
  ODD_IDS_REUSED  /* few, again and again, told apart by time or tag */
};

/* What makes the lists of a world, and changes them. */
struct odd_shape {
  unsigned weights[ODD_EVENTS]; /* of the events; all 0: none ever */
  uint32_t rate;                /* events come before so many of 100 requests */
  uint32_t at_once;             /* up to so many then */
  int budget;                   /* events in all */
  enum odd_ids ids;
  bool tags_shared;
  uint32_t ties_most; /* jobs of equal time at most; 0, 1: none */
  uint32_t nulls;     /* jobs without a time at most */
};

struct odd_world {
  struct simulated_world world;
  struct odd_server servers[ODD_PLACES_MAX];
  struct odd_shape shape;
  struct odd_random random; /* of the events */
  uint32_t latency;         /* milliseconds at most until a request is looked at */
  uint32_t delay;           /* milliseconds at most from there until its answer arrives */
  size_t requests_most;     /* that are in order; more stop the scan */
  long waits;               /* of the scan */
  bool endless;             /* it was stopped */
  bool silent;              /* nobody reads the trace: none is kept */
  char trace[ODD_TRACE_MAX];
  size_t traced;
};

/* With so many places, none of which has a job yet. */
void odd_world_open(struct odd_world *world, size_t places, uint64_t seed);

/* Fills a list by the world's shape. */
void odd_world_fill(struct odd_world *world, struct odd_server *server, size_t jobs);

/* The lists count as those of the beginning, and a statement begins. */
void odd_world_begin(struct odd_world *world);

void odd_world_close(struct odd_world *world);

/* One line of the trace; cut where it is full. */
__attribute__((format(printf, 2, 3))) void odd_world_note(struct odd_world *world,
                                                          const char *format, ...);

/* True if its lists may change. */
bool odd_world_moves(const struct odd_world *world);

/* Lets one event happen. */
void odd_world_event(struct odd_world *world, struct odd_server *server, enum odd_event event);

#endif
