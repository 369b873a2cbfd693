/*
** Tests of ext/request/agency: memory that runs out, and a user who stops, while the metadata
** service is asked; nothing is left, and the next statement has its key.
*/
#include "request/agency.h"

#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "fixture.h"
#include "unit.h"

#define KEY_BODY                                                                                  \
  "{\"credential\":{\"access\":\"AKquiet\",\"secret\":\"SKquiet\",\"securitytoken\":\"STquiet\"," \
  "\"expires_at\":\"2999-01-01T00:00:00.000000Z\"}}"

/* Both questions; a key is given only to who shows the token. */
static void answer(void *context, size_t number, const char *url, struct scripted_answer *answer) {
  struct fixture *fixture = context;
  const struct scripted_request *made = &fixture->transport->requests[number - 1];

  answer->status = 200;
  if (!strcmp(url, "http://127.0.0.1:1/meta-data/latest/api/token")) {
    CHECK_HAS(made->headers, "X-Metadata-Token-Ttl-Seconds: 21600");
    answer->body = "metaquiet\n";
    return;
  }
  CHECK_TEXT("http://127.0.0.1:1/openstack/latest/securitykey", url);
  CHECK_HAS(made->headers, "X-Metadata-Token: metaquiet\n");
  answer->body = KEY_BODY;
}

static void open_world(struct fixture *fixture) {
  fixture_open(fixture, answer, fixture);
  fixture_set(fixture, "endpoint", "http://127.0.0.1:2"); /* SQL may name no other host for it */
  setenv("SWR_AGENCY", "on", 1);
  setenv("SWR_METADATA_URL", "http://127.0.0.1:1", 1);
  CHECK(settings_look(&fixture->service->settings));
  CHECK_INT(SERVICE_OK, settings_set(&fixture->service->settings, SETTING_TOKEN, NULL,
                                     &fixture->service->error));
}

static void check_key(struct service *service) {
  struct access *access = NULL;

  CHECK_INT(SERVICE_OK, service_begin(service, &access));
  if (!access) return;
  CHECK_TEXT("AKquiet", access->credentials.access_key);
  CHECK_TEXT("SKquiet", access->credentials.secret_key);
  CHECK_TEXT("STquiet", access->credentials.security_token);
  access_release(access);
}

static void check_memory(void) {
  long refused = 1;

  for (long nth = 1; refused > 0; nth++) {
    struct fixture fixture;
    struct access *access;
    enum service_status status;
    unit_case("allocation %ld", nth);
    open_world(&fixture);
    allocation_fail_at(nth, false);
    status = service_begin(fixture.service, &access);
    refused = allocation_stop();
    CHECK_INT(refused ? SERVICE_NO_MEMORY : SERVICE_OK, status);
    CHECK((access != NULL) == (status == SERVICE_OK));
    access_release(access);
    check_key(fixture.service);
    fixture_close(&fixture);
  }
}

static bool interrupt_now(void *context) {
  long *left = context;

  return *left > 0 && --*left == 0;
}

static void check_interrupts(void) {
  enum service_status status = SERVICE_INTERRUPTED;

  for (long nth = 1; status == SERVICE_INTERRUPTED; nth++) {
    struct fixture fixture;
    struct access *access;
    long left = nth;
    unit_case("interrupt %ld", nth);
    open_world(&fixture);
    service_watch(fixture.service, interrupt_now, &left);
    status = service_begin(fixture.service, &access);
    CHECK_INT(left ? SERVICE_OK : SERVICE_INTERRUPTED, status);
    CHECK_INT(0, exchanges_under_way(&fixture.service->exchanges));
    access_release(access);
    left = 0;
    check_key(fixture.service);
    fixture_close(&fixture);
  }
}

/* Asked once, however many statements begin. */
static void check_kept(void) {
  struct fixture fixture;

  unit_case("kept");
  open_world(&fixture);
  for (int i = 0; i < 3; i++) check_key(fixture.service);
  CHECK_INT(2, fixture.transport->request_count);
  CHECK_INT(2000, fixture.transport->requests[0].time_limit);
  fixture_close(&fixture);
}

void agency_test(void) {
  check_kept();
  check_memory();
  check_interrupts();
  unit_clear_environment();
}
