/*
** A transport whose answers a test writes: see scripted_transport.h.
*/
#include "scripted_transport.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "text_out.h"
#include "unit.h"

#define NEVER INT64_MAX

struct transfer {
  struct transfer *next;
  const struct transport_handler *handler;
  void *context;
  size_t request; /* index of its record */
  struct scripted_answer answer;
  size_t given; /* bytes of the body */
  bool served;  /* the server has looked at it */
  bool begun;
  int64_t started;
  int64_t due;  /* when the answer goes on; NEVER once it is silent */
  int64_t stop; /* when a limit of the request ends it */
  bool stepped; /* in this drive */
};

static struct scripted_transport *scripted(struct transport *base) {
  return (struct scripted_transport *)base;
}

static void record(struct scripted_transport *transport, const struct transport_request *request) {
  struct scripted_request *made;
  size_t used = 0; /* of the headers */

  if (transport->request_count == transport->request_capacity) {
    transport->request_capacity = 2 * transport->request_capacity + 8;
    transport->requests = plain_resize(transport->requests,
                                       transport->request_capacity * sizeof *transport->requests);
  }
  made = &transport->requests[transport->request_count++];
  text_copy(made->url, sizeof made->url, request->url);
  made->headers[0] = '\0';
  for (size_t i = 0; i < request->header_count && used < sizeof made->headers; i++) {
    text_copy(made->headers + used, sizeof made->headers - used, request->headers[i]);
    used += strlen(made->headers + used);
    text_copy(made->headers + used, sizeof made->headers - used, "\n");
    used++;
  }
  made->body[0] = '\0';
  if (request->body) {
    snprintf(made->body, sizeof made->body, "%.*s", (int)request->body_size, request->body);
  }
  text_copy(made->user_agent, sizeof made->user_agent, request->user_agent);
  text_copy(made->ca_file, sizeof made->ca_file, request->ca_file ? request->ca_file : "");
  made->idle_timeout = request->idle_timeout;
  made->time_limit = request->time_limit;
  made->at = transport->clock;
  made->cancelled = false;
}

static void serve(struct scripted_transport *transport, struct transfer *transfer) {
  struct scripted_answer *answer = &transfer->answer;

  transport->source(transport->source_context, transfer->request + 1,
                    transport->requests[transfer->request].url, answer);
  if (answer->body && !answer->size) answer->size = strlen(answer->body);
  transfer->due += answer->delay;
  transfer->served = true;
}

static struct transfer *start(struct transport *base, const struct transport_request *request,
                              const struct transport_handler *handler, void *context) {
  struct scripted_transport *transport = scripted(base);
  struct transfer *transfer;
  int64_t idle = (int64_t)request->idle_timeout * 1000;

  if (allocation_refused()) return NULL;
  record(transport, request);
  transfer = plain_resize(NULL, sizeof *transfer);
  memset(transfer, 0, sizeof *transfer);
  transfer->handler = handler;
  transfer->context = context;
  transfer->request = transport->request_count - 1;
  transfer->stop = transport->clock + (idle < request->time_limit ? idle : request->time_limit);
  transfer->started = transport->clock;
  transfer->due = transport->clock;
  if (transport->latency) {
    transfer->due += transport->latency(transport->source_context, transport->request_count);
  } else {
    serve(transport, transfer);
  }
  transfer->next = transport->transfers;
  transport->transfers = transfer;
  if (++transport->in_flight > transport->most_in_flight) {
    transport->most_in_flight = transport->in_flight;
  }
  return transfer;
}

static void discard(struct scripted_transport *transport, struct transfer *transfer) {
  struct transfer **link = &transport->transfers;

  while (*link && *link != transfer) link = &(*link)->next;
  CHECK(*link == transfer); /* it is in flight */
  if (*link) *link = transfer->next;
  transport->in_flight--;
  free(transfer->answer.owned);
  free(transfer);
}

static void cancel(struct transport *base, struct transfer *transfer) {
  scripted(base)->requests[transfer->request].cancelled = true;
  discard(scripted(base), transfer);
}

static void finish(struct scripted_transport *transport, struct transfer *transfer,
                   enum transport_outcome outcome, const char *detail) {
  struct transport_result result = {
      outcome, transfer->answer.status, transfer->answer.retry_after, 0, NULL, NULL, detail};

  transfer->handler->done(transfer->context, &result);
  discard(transport, transfer);
}

static void give_headers(struct transfer *transfer) {
  for (const char *line = transfer->answer.headers; *line;) {
    const char *end = strchr(line, '\n');
    const char *colon = strchr(line, ':');
    if (!CHECK(end && colon && colon < end)) return;
    transfer->handler->header(transfer->context, line, (size_t)(colon - line), colon + 2,
                              (size_t)(end - colon - 2));
    line = end + 1;
  }
}

/* Gives the next piece of the body, copied so that a sanitizer sees every excess. */
static bool give_chunk(struct transfer *transfer) {
  const struct scripted_answer *answer = &transfer->answer;
  size_t size = answer->size - transfer->given;
  char *copy;
  bool taken;

  if (answer->chunk && size > answer->chunk) size = answer->chunk;
  if (size == 0) return true;
  copy = plain_resize(NULL, size);
  memcpy(copy, answer->body + transfer->given, size);
  taken = transfer->handler->body(transfer->context, answer->status, copy, size);
  free(copy);
  transfer->given += size;
  return taken;
}

static void step(struct scripted_transport *transport, struct transfer *transfer) {
  const struct scripted_answer *answer = &transfer->answer;

  if (!transfer->begun && answer->status) give_headers(transfer);
  transfer->begun = true;
  if (answer->status && !give_chunk(transfer)) {
    finish(transport, transfer, TRANSPORT_STOPPED, "Failed writing received data");
    return;
  }
  if (answer->status && transfer->given < answer->size) return;
  switch (answer->end) {
    case SCRIPTED_WHOLE:
      finish(transport, transfer, TRANSPORT_COMPLETE, "No error");
      break;
    case SCRIPTED_SILENCE:
      transfer->due = NEVER;
      break;
    case SCRIPTED_UNTRUSTED:
      finish(transport, transfer, TRANSPORT_UNTRUSTED, "self-signed certificate");
      break;
    case SCRIPTED_REFUSED:
      finish(transport, transfer, TRANSPORT_REFUSED, "URL using bad/illegal format");
      break;
    case SCRIPTED_NO_MEMORY:
      finish(transport, transfer, TRANSPORT_NO_MEMORY, "Out of memory");
      break;
    default:
      finish(transport, transfer, TRANSPORT_FAILED,
             answer->status ? "transfer closed with outstanding read data remaining"
                            : "Could not connect to server");
  }
}

/* When something happens to a transfer next. */
static int64_t next_event(const struct transfer *transfer) {
  return transfer->due < transfer->stop ? transfer->due : transfer->stop;
}

/* No limit counts the time since the last drive. */
static void forgive_absence(struct scripted_transport *transport) {
  for (struct transfer *transfer = transport->transfers; transfer; transfer = transfer->next) {
    int64_t from =
        transfer->started > transport->driven_until ? transfer->started : transport->driven_until;
    transfer->stop += transport->clock - from;
  }
}

static void drive(struct transport *base, int64_t milliseconds) {
  struct scripted_transport *transport = scripted(base);
  int64_t until = transport->clock + milliseconds;
  struct transfer *transfer;

  forgive_absence(transport);
  for (transfer = transport->transfers; transfer; transfer = transfer->next) {
    transfer->stepped = false;
    if (next_event(transfer) < until) until = next_event(transfer);
  }
  if (until > transport->clock) transport->clock = until;
  for (transfer = transport->transfers; transfer;) {
    if (transfer->stepped || next_event(transfer) > transport->clock) {
      transfer = transfer->next;
      continue;
    }
    transfer->stepped = true;
    if (!transfer->served && transfer->due < transfer->stop) serve(transport, transfer);
    if (transfer->due > transport->clock && transport->clock < transfer->stop) {
      transfer = transfer->next;
      continue;
    }
    if (transfer->due < transfer->stop) {
      step(transport, transfer);
    } else {
      if (!transfer->begun) transfer->answer.status = 0;
      finish(transport, transfer, TRANSPORT_TIMED_OUT, "Operation timed out");
    }
    transfer = transport->transfers; /* any of them may be gone by now */
  }
  transport->driven_until = transport->clock;
}

static int64_t now(struct transport *base) { return scripted(base)->clock; }

static void destroy(struct transport *base) {
  struct scripted_transport *transport = scripted(base);

  CHECK(!transport->transfers); /* all requests were ended before */
  while (transport->transfers) discard(transport, transport->transfers);
  if (transport->destroyed) *transport->destroyed = true;
  free(transport->requests);
  free(transport);
}

static const struct transport_methods methods = {
    .start = start, .cancel = cancel, .drive = drive, .now = now, .destroy = destroy};

struct scripted_transport *scripted_transport_create(scripted_source source, void *context) {
  struct scripted_transport *transport = plain_resize(NULL, sizeof *transport);

  memset(transport, 0, sizeof *transport);
  transport->base.methods = &methods;
  transport->source = source;
  transport->source_context = context;
  transport->clock = 1000000;
  return transport;
}

void scripted_transport_pause(struct scripted_transport *transport, int64_t milliseconds) {
  transport->clock += milliseconds;
}

void scripted_list_answer(void *context, size_t number, const char *url,
                          struct scripted_answer *answer) {
  const struct scripted_list *list = context;

  (void)url;
  *answer = list->answers[number <= list->count ? number - 1 : list->count - 1];
}
