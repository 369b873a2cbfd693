/*
** The emulator's one shared state and its single lock: options, repositories, scripted answers,
** delayed changes, the log. Turns API requests into deliveries and runs the control calls.
** Must not know the HTTP library.
*/
#ifndef EMULATOR_CONTROL_H
#define EMULATOR_CONTROL_H

#include "authentication.h"
#include "contract.h"
#include "dataset.h"
#include "options.h"
#include "script.h"

#include <pthread.h>

struct change;

struct control {
  pthread_mutex_t lock;
  int stop_pipe[2]; /* closing the write end wakes every pause at once */
  struct dataset data;
  struct options initial; /* the command line's */
  struct options now;
  struct script *scripts;
  struct change *changes;
  struct key_guard guard;
  struct iam iam;
  uint64_t requests;
  int64_t rate_since; /* when the window of requests began that are counted; milliseconds */
  int64_t rate_count;
  int64_t in_flight;
  int64_t most_in_flight;
  struct text log_line; /* kept between requests for its memory */
  int log_file;         /* -1 = none */
};

/* One answer, decided: everything the HTTP side needs, copied out of the shared state. */
struct delivery {
  struct answer answer;
  char request_id[33];
  char *type;          /* the whole Content-Type; empty = none */
  struct text headers; /* as in struct script */
  bool reset;
  bool chunked;
  int64_t cut;
  int64_t hang;
  int64_t delay;
  int clock; /* seconds by which the answer's date is ahead */
};

struct reply {
  unsigned status;
  struct text body;
  bool is_json;
};

/* Where /emulator/jobs and --dump are in a repository's records. */
struct walk {
  struct control *control;
  char image[IMAGE_MAX + 1];
  int64_t position;
  bool opened;
  bool closed;
};

bool control_open(struct control *control, const char *log_name);
void control_stop(struct control *control);
void control_close(struct control *control);

void control_serve(struct control *control, const struct api_request *request,
                   uint64_t connection_number, struct delivery *delivery);
void control_served(struct control *control);
void delivery_free(struct delivery *delivery);

void control_call(struct control *control, const char *method, const char *uri,
                  const struct text *body, struct reply *reply);

bool control_walk(struct control *control, const char *uri, struct walk *walk);
bool walk_begin(struct walk *walk, struct control *control, const char *image);
bool walk_next(struct walk *walk, struct text *out);

void control_pause(struct control *control, int64_t milliseconds);

#endif
