/*
** The service as one database connection sees it: see service.h.
*/
#include "request/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory_bounds.h"
#include "network/curl_transport.h"

#define WAIT_MAX 100 /* milliseconds between two looks for an interrupt; 250 are promised */

struct warned_file {
  struct warned_file *next;
  char *path;
};

struct service *service_create(struct transport *transport) {
  struct service *service = calloc(1, sizeof *service);

  if (!service) return NULL;
  if (!request_log_create(&service->exchanges.log)) {
    free(service);
    return NULL;
  }
  settings_init(&service->settings);
  service->exchanges.transport = transport;
  service->exchanges.lockout = lockout_of_process();
  service->exchanges.random_state = (uint64_t)time(NULL) ^ (uint64_t)(uintptr_t)service;
  return service;
}

void service_destroy(struct service *service) {
  if (!service) return;
  exchanges_destroy(&service->exchanges);
  spare_pages_free(&service->spares);
  settings_free(&service->settings);
  agency_free(service->agency);
  while (service->warned) {
    struct warned_file *file = service->warned;
    service->warned = file->next;
    free(file->path);
    free(file);
  }
  free(service);
}

void service_watch(struct service *service, bool (*interrupted)(void *context), void *context) {
  service->interrupted = interrupted;
  service->interrupt_context = context;
}

void service_show_by(struct service *service, void (*show)(void *context), void *context) {
  service->show = show;
  service->show_context = context;
}

struct service_tally service_tally(const struct service *service) {
  struct service_tally tally = service->tally;

  tally.requests = service->exchanges.sent;
  tally.again = service->exchanges.sent_again;
  return tally;
}

int64_t service_held(const struct service *service) {
  const struct exchanges *all = &service->exchanges;

  return all->transport ? throttle_window_wait(&all->throttle, exchanges_now(all)) : 0;
}

bool service_interrupted(const struct service *service) {
  return service->interrupted && service->interrupted(service->interrupt_context);
}

struct asker service_ask_more(struct service *service, struct asker asker) {
  struct asker before = service->asker;

  service->asker = asker;
  return before;
}

void service_warn_by(struct service *service, void (*warn)(void *context, const char *message),
                     void *context) {
  service->warn = warn;
  service->warn_context = context;
}

/* True if it was not there before; also where memory is short, which is no reason to be silent. */
static bool remember_warned(struct service *service, const char *path) {
  struct warned_file *file;

  for (file = service->warned; file; file = file->next) {
    if (!strcmp(file->path, path)) return false;
  }
  file = calloc(1, sizeof *file);
  if (!file) return true;
  file->path = strdup(path);
  if (!file->path) {
    free(file);
    return true;
  }
  file->next = service->warned;
  service->warned = file;
  return true;
}

static void warn_of_exposed_file(struct service *service, const struct credentials *credentials) {
  char message[1400];

  if (!service->warn || !credentials->exposed_file ||
      !remember_warned(service, credentials->exposed_file)) {
    return;
  }
  snprintf(
      message, sizeof message,
      "credentials were read from '%.1024s', which other users of this machine may read or change "
      "(mode %03o): chmod 600 it",
      credentials->exposed_file, credentials->exposed_mode);
  service->warn(service->warn_context, message);
}

void service_leave_out(struct service *service, int64_t statement, const struct listing *listing,
                       const struct place *place, const char *why) {
  char known[2 * REGION_MAX + IMAGE_MAX];
  char message[2200];

  request_log_note(&service->exchanges.log, statement, listing->table, place_label(place),
                   "left out: it may not be read, and unreadable is 'skip'");
  snprintf(known, sizeof known, "%s %s %s", listing->table, place->region, place->image);
  if (!service->warn || !remember_warned(service, known)) return;
  snprintf(message, sizeof message,
           "the %s of a repository are left out, since unreadable is 'skip': %.*s", listing->noun,
           (int)strcspn(why, "\n"), why);
  service->warn(service->warn_context, message);
}

static enum service_status wait_for_agency(void *context) { return service_wait(context); }

static enum service_status ask_agency(struct service *service, struct access *access) {
  if (!service->agency) {
    service->agency = agency_create(&service->exchanges, wait_for_agency, service);
  }
  return service->agency ? agency_find(service->agency, access, &service->error)
                         : SERVICE_NO_MEMORY;
}

enum service_status service_begin(struct service *service, struct access **access) {
  return service_begin_as(service, NULL, access);
}

enum service_status service_begin_as(struct service *service, const char *profile,
                                     struct access **access) {
  struct settings settings;
  struct transport **transport = &service->exchanges.transport;
  enum service_status status;
  char problem[CURL_PROBLEM_MAX];

  *access = NULL;
  if (!*transport) {
    if (!curl_transport_initialize(problem)) return service_fail(&service->error, "%s", problem);
    *transport = curl_transport_create();
  }
  if (!*transport) return SERVICE_NO_MEMORY;
  settings = service->settings;
  if (profile) settings_lend(&settings, profile);
  status = access_resolve(access, &settings, &service->error);
  if (status == SERVICE_OK) {
    struct limits *limits = &(*access)->limits;
    (*access)->statement = service->statement;
    if (limits->grows && service->first_page > 0) limits->page_size = service->first_page;
  }
  if (status == SERVICE_OK && (*access)->credentials.agency) {
    status = ask_agency(service, *access);
    if (status != SERVICE_OK) {
      access_release(*access);
      *access = NULL;
    }
  }
  if (status == SERVICE_OK) warn_of_exposed_file(service, &(*access)->credentials);
  return status;
}

struct lesson *service_lesson(struct service *service, const struct listing *listing) {
  struct lesson *lesson = service->lessons;

  while (lesson < service->lessons + LESSONS_MAX - 1 && lesson->listing &&
         lesson->listing != listing) {
    lesson++;
  }
  lesson->listing = listing;
  return lesson;
}

enum service_status service_wait(struct service *service) {
  struct exchanges *all = &service->exchanges;
  int64_t now;
  int64_t pace;

  if (service_interrupted(service)) return SERVICE_INTERRUPTED;
  if (service->show) service->show(service->show_context);
  now = exchanges_now(all);
  pace = throttle_wait(&all->throttle, now);
  exchanges_move(all, now, pace > 0 && pace < WAIT_MAX ? pace : WAIT_MAX);
  if (service->asker.ask) service->asker.ask(service->asker.context);
  return SERVICE_OK;
}

void service_move(struct service *service) {
  exchanges_move(&service->exchanges, exchanges_now(&service->exchanges), 0);
}

bool service_has_room(const struct service *service, const struct access *access) {
  const struct exchanges *all = &service->exchanges;
  bool one_first = access->credentials.access_key && !access_accepted(access);
  int64_t most = throttle_at_once(&all->throttle, one_first ? 1 : access->limits.concurrency);

  return exchanges_under_way(all) < most && throttle_wait(&all->throttle, exchanges_now(all)) == 0;
}

bool service_has_room_ahead(const struct service *service, const struct access *access) {
  return service_has_room(service, access) && exchanges_footprint(&service->exchanges) < AHEAD_MAX;
}
