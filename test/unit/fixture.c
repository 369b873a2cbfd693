/*
** A service over the scripted transport: see fixture.h.
*/
#include "fixture.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "simulated_server.h"
#include "unit.h"

enum service_status fixture_resolve(struct access **access, struct settings *settings,
                                    struct service_error *error) {
  enum service_status status;

  CHECK(settings_look(settings));
  status = access_resolve(access, settings, error);
  environment_release(settings->environment);
  settings->environment = NULL;
  return status;
}

void fixture_open(struct fixture *fixture, scripted_source source, void *context) {
  memset(fixture, 0, sizeof *fixture);
  fixture->transport = scripted_transport_create(source, context);
  fixture->service = service_create(&fixture->transport->base);
  fixture->service->exchanges.lockout = &fixture->lockout;
  CHECK(place_set_image(&fixture->place, "group/library/busybox", 21));
  fixture_set(fixture, "endpoint", "https://swr.example");
  fixture_set(fixture, "token", FIXTURE_TOKEN);
}

void fixture_set(struct fixture *fixture, const char *name, const char *value) {
  enum setting setting;

  if (!CHECK_INT(SERVICE_OK, settings_find(name, &setting, &fixture->service->error))) return;
  CHECK_INT(SERVICE_OK,
            settings_set(&fixture->service->settings, setting, value, &fixture->service->error));
}

void fixture_begin(struct fixture *fixture) {
  CHECK(!fixture->access);
  CHECK_INT(SERVICE_OK, service_begin(fixture->service, &fixture->access));
}

struct page_map *fixture_map(struct fixture *fixture, const struct order *order) {
  return page_map_open(fixture->service, fixture->access, &sync_job_listing, &fixture->place, order,
                       &fixture->footprint);
}

enum service_status fixture_row(struct page_map *map, const struct page_reader *reader,
                                int64_t position, const struct record_page **page, size_t *index) {
  struct page_run run;
  enum service_status status = page_map_run(map, reader, position, &run);

  if (status != SERVICE_OK) return status;
  if (!run.here) return page_map_fail_gone(map, position);
  *page = run.page;
  *index = page_run_index(&run, position);
  return SERVICE_OK;
}

int fixture_page_requests(const struct fixture *fixture) {
  int count = 0;

  for (struct exchange *exchange = fixture->service->exchanges.first; exchange;
       exchange = exchange->next) {
    count += exchange->methods->paced; /* logins with IAM are not, and are kept */
  }
  return count;
}

void fixture_close(struct fixture *fixture) {
  CHECK_INT(0, fixture_page_requests(fixture));
  CHECK_INT(0, fixture->footprint);
  CHECK_INT(0, exchanges_footprint(&fixture->service->exchanges));
  if (fixture->access) CHECK_INT(1, fixture->access->references);
  access_release(fixture->access);
  service_destroy(fixture->service);
}

const char *fixture_requests(const struct fixture *fixture, size_t from) {
  static char text[20000];
  size_t used = 0;

  text[0] = '\0';
  for (size_t i = from; i < fixture->transport->request_count; i++) {
    int64_t limit = -1;
    int64_t offset = -1;
    bool descending;
    simulated_window(fixture->transport->requests[i].url, &limit, &offset, &descending);
    if (used + 60 > sizeof text) break;
    used += (size_t)snprintf(text + used, sizeof text - used, "%s%" PRId64 "@%" PRId64,
                             i > from ? " " : "", limit, offset);
  }
  return text;
}
