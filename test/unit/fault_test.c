/*
** Fault loops: fail the Nth allocation, interrupt at the Nth look, cut the answer after the Nth
** byte. Allowed are the right rows or the error that the fault stands for, and nothing else; a loop
** ends when a run injected nothing. After each fault the service works as before.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocation.h"
#include "fixture.h"
#include "scan/page_map.h"
#include "simulated_server.h"
#include "unit.h"

#define JOBS 41

static const struct page_reader reader = {
    .offset = 12, .limit = -1, .reads = true, .ordered = true};

/* Reads all rows, forward and then a few again. SERVICE_OK only if all are right. */
static enum service_status read_all(const struct simulated_server *server, struct page_map *map) {
  for (int64_t step = 0;; step++) {
    int64_t position = step <= JOBS ? step : (step * 17) % JOBS;
    const struct record_page *page;
    size_t index;
    bool exists;
    enum service_status status = page_map_seek(map, &reader, position, &exists);
    if (status != SERVICE_OK) return status;
    if (exists != (position < JOBS)) {
      CHECK_INT(position < JOBS, exists);
      return SERVICE_FAILED;
    }
    if (step > JOBS + 5) return SERVICE_OK;
    if (!exists) continue;
    status = fixture_row(map, &reader, position, &page, &index);
    if (status != SERVICE_OK) return status;
    if (simulated_server_has(server, JOBS_DESCENDING, position, page, index)) continue;
    CHECK_INT(position, -1); /* a wrong row */
    return SERVICE_FAILED;
  }
}

static enum service_status scan(struct fixture *fixture, const struct simulated_server *server) {
  struct page_map *map = fixture_map(fixture, JOBS_DESCENDING);
  enum service_status status;

  if (!map) return SERVICE_NO_MEMORY;
  status = read_all(server, map);
  page_map_close(map);
  CHECK_INT(0, fixture_page_requests(fixture));
  return status;
}

static struct simulated_server troubled_server(enum range_style range) {
  struct simulated_server server = simulated_server_of(JOBS);

  server.range = range;
  server.chunk = 97; /* records are put together from pieces */
  server.trouble_from = 2;
  server.trouble_to = 2;
  server.trouble = (struct scripted_answer){.status = 503, .body = "busy"};
  return server;
}

static void open_fixture(struct fixture *fixture, struct simulated_server *server,
                         const char *retries) {
  fixture_open(fixture, simulated_server_answer, server);
  fixture_set(fixture, "page_size", "7");
  fixture_set(fixture, "retries", retries);
  fixture_begin(fixture);
}

static void check_allocations(enum range_style range, bool all_after) {
  long refused = 1;

  for (long nth = 1; refused > 0; nth++) {
    struct simulated_server server = troubled_server(range);
    struct fixture fixture;
    enum service_status status;
    unit_case("range %d, allocation %ld%s", (int)range, nth, all_after ? " and all after" : "");
    open_fixture(&fixture, &server, "3");
    allocation_fail_at(nth, all_after);
    status = scan(&fixture, &server);
    refused = allocation_stop();
    CHECK_INT(refused ? SERVICE_NO_MEMORY : SERVICE_OK, status);
    server.trouble_from = 0;
    CHECK_INT(SERVICE_OK, scan(&fixture, &server));
    fixture_close(&fixture);
    if (!CHECK(nth < 100000)) return;
  }
}

/* Whether a map that met the fault can be used on, as a cursor may. */
static void check_allocations_in_one_map(void) {
  long refused = 1;

  for (long nth = 1; refused > 0; nth++) {
    struct simulated_server server = troubled_server(RANGE_NONE);
    struct fixture fixture;
    struct page_map *map;
    enum service_status status;
    unit_case("one map, allocation %ld", nth);
    open_fixture(&fixture, &server, "3");
    map = fixture_map(&fixture, JOBS_DESCENDING);
    allocation_fail_at(nth, false);
    status = read_all(&server, map);
    refused = allocation_stop();
    CHECK_INT(refused ? SERVICE_NO_MEMORY : SERVICE_OK, status);
    server.trouble_from = 0;
    if (!CHECK_INT(SERVICE_OK, read_all(&server, map))) {
      CHECK_TEXT("", fixture.service->error.message);
    }
    page_map_close(map);
    fixture_close(&fixture);
  }
}

static enum service_status set_all(struct service *service, struct service_error *error) {
  static const struct {
    enum setting setting;
    const char *value;
  } values[] = {{SETTING_REGION, "xx-test-1"},
                {SETTING_CA_FILE, "some.pem"},
                {SETTING_TOKEN, "first"},
                {SETTING_TOKEN, "second"},
                {SETTING_TOKEN, NULL}};
  enum service_status status = SERVICE_OK;

  for (size_t i = 0; i < COUNT_OF(values) && status == SERVICE_OK; i++) {
    status = settings_set(&service->settings, values[i].setting, values[i].value, error);
  }
  return status;
}

/* From an empty service to one that is ready, with the token out of a file. */
static void check_begin(const char *token_file) {
  long refused = 1;

  unit_clear_environment();
  setenv("SWR_TOKEN_FILE", token_file, 1);
  for (long nth = 1; refused > 0; nth++) {
    struct simulated_server server = simulated_server_of(3);
    struct service_error error = {.message = ""};
    struct access *access = NULL;
    bool destroyed = false;
    struct scripted_transport *transport =
        scripted_transport_create(simulated_server_answer, &server);
    struct service *service;
    enum service_status status = SERVICE_NO_MEMORY;
    transport->destroyed = &destroyed;
    unit_case("begin, allocation %ld", nth);
    allocation_fail_at(nth, false);
    service = service_create(&transport->base);
    if (service) status = set_all(service, &error);
    if (service && status == SERVICE_OK && !settings_look(&service->settings)) {
      status = SERVICE_NO_MEMORY;
    }
    if (service && status == SERVICE_OK) status = service_begin(service, &access);
    refused = allocation_stop();
    CHECK_INT(refused ? SERVICE_NO_MEMORY : SERVICE_OK, status);
    if (service) {
      CHECK_INT(SERVICE_OK, set_all(service, &error));
      access_release(access);
      CHECK(settings_look(&service->settings));
      CHECK_INT(SERVICE_OK, service_begin(service, &access));
      CHECK_TEXT("from-a-file", access->credentials.token);
      CHECK_TEXT("some.pem", access->ca_file);
      access_release(access);
      service_destroy(service);
    } else {
      CHECK(!destroyed); /* it is still the caller's */
      transport->base.methods->destroy(&transport->base);
    }
    CHECK(destroyed);
  }
  unit_clear_environment();
}

/* A fault while settings are read again leaves what was begun before as it was. / */
static void check_begin_again(void) {
  long refused = 1;

  for (long nth = 1; refused > 0; nth++) {
    struct simulated_server server = troubled_server(RANGE_COUNT);
    struct fixture fixture;
    struct access *another;
    enum service_status status;
    unit_case("begin again, allocation %ld", nth);
    open_fixture(&fixture, &server, "3");
    fixture_set(&fixture, "token", "another");
    allocation_fail_at(nth, false);
    status = service_begin(fixture.service, &another);
    refused = allocation_stop();
    CHECK_INT(refused ? SERVICE_NO_MEMORY : SERVICE_OK, status);
    CHECK_TEXT(refused ? NULL : "another", another ? another->credentials.token : NULL);
    CHECK_TEXT(FIXTURE_TOKEN, fixture.access->credentials.token);
    access_release(another);
    CHECK_INT(SERVICE_OK, scan(&fixture, &server));
    fixture_close(&fixture);
  }
}

static bool interrupt_now(void *context) {
  long *left = context;

  return *left > 0 && --*left == 0;
}

static void check_interrupts(enum range_style range) {
  bool fired = true;

  for (long nth = 1; fired; nth++) {
    struct simulated_server server = troubled_server(range);
    struct fixture fixture;
    long left = nth;
    enum service_status status;
    unit_case("range %d, interrupt at look %ld", (int)range, nth);
    open_fixture(&fixture, &server, "3");
    service_watch(fixture.service, interrupt_now, &left);
    status = scan(&fixture, &server);
    fired = left == 0;
    CHECK_INT(fired ? SERVICE_INTERRUPTED : SERVICE_OK, status);
    service_watch(fixture.service, NULL, NULL);
    server.trouble_from = 0;
    CHECK_INT(SERVICE_OK, scan(&fixture, &server));
    fixture_close(&fixture);
  }
}

/* While nothing arrives at all, there is a look at least every 250 milliseconds. */
static void check_interrupt_in_silence(void) {
  struct simulated_server server = simulated_server_of(JOBS);
  struct fixture fixture;
  long left = 5;
  int64_t started;

  unit_case("interrupt while the server is silent");
  server.trouble_from = server.trouble_to = 1;
  server.trouble = (struct scripted_answer){.end = SCRIPTED_SILENCE};
  open_fixture(&fixture, &server, "3");
  service_watch(fixture.service, interrupt_now, &left);
  started = fixture.transport->clock;
  CHECK_INT(SERVICE_INTERRUPTED, scan(&fixture, &server));
  CHECK(fixture.transport->clock - started <= 1250);
  CHECK(fixture.transport->requests[0].cancelled);
  fixture_close(&fixture);
}

static void check_cuts(enum range_style range, size_t chunk) {
  size_t size = 1500; /* more than the first page has */

  for (size_t cut = 0; cut < size; cut++) {
    for (int retries = 0; retries <= 1; retries++) {
      struct simulated_server server = simulated_server_of(JOBS);
      struct fixture fixture;
      enum service_status status;
      server.range = range;
      server.chunk = chunk;
      server.cut_after = cut;
      unit_case("range %d, cut after %zu bytes, %d retries", (int)range, cut, retries);
      open_fixture(&fixture, &server, retries ? "1" : "0");
      status = scan(&fixture, &server);
      if (retries) {
        CHECK_INT(SERVICE_OK, status);
      } else if (CHECK_INT(SERVICE_FAILED, status)) {
        CHECK_HAS(fixture.service->error.message, "cut short");
      }
      fixture_close(&fixture);
    }
  }
}

void fault_test(void) {
  char token_file[200];
  const char *folder = getenv("TMPDIR");
  int file;

  for (int range = RANGE_COUNT; range <= RANGE_NONE; range++) {
    check_allocations((enum range_style)range, false);
    check_allocations((enum range_style)range, true);
    check_interrupts((enum range_style)range);
  }
  check_allocations_in_one_map();
  check_begin_again();
  check_interrupt_in_silence();
  check_cuts(RANGE_COUNT, 0);
  check_cuts(RANGE_NONE, 13);
  snprintf(token_file, sizeof token_file, "%s/swr-unit-XXXXXX", folder ? folder : P_tmpdir);
  file = mkstemp(token_file);
  CHECK(file >= 0);
  if (file < 0) return;
  CHECK_INT(11, write(file, "from-a-file", 11));
  close(file);
  check_begin(token_file);
  unlink(token_file);
}
