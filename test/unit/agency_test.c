/*
** Tests of ext/request/agency: memory that runs out, and a user who stops, while the metadata
** service is asked; nothing is left, and the next statement has its key.
*/
#include "request/agency.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocation.h"
#include "fixture.h"
#include "refusal.h"
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

static void open_world_of(struct fixture *fixture, scripted_source source) {
  fixture_open(fixture, source, fixture);
  fixture_set(fixture, "endpoint", "http://127.0.0.1:2"); /* SQL may name no other host for it */
  setenv("SWR_AGENCY", "on", 1);
  setenv("SWR_METADATA_URL", "http://127.0.0.1:1", 1);
  CHECK(settings_look(&fixture->service->settings));
  CHECK_INT(SERVICE_OK, settings_set(&fixture->service->settings, SETTING_TOKEN, NULL,
                                     &fixture->service->error));
}

static void open_world(struct fixture *fixture) { open_world_of(fixture, answer); }

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

/* ---- what a metadata service may say ---- */

#define LONG_600                                                                                 \
  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab" \
  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab" \
  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab" \
  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab" \
  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab" \
  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab" \
  "0123456789abcdef0123456789abcdef0123456789abcdef"
#define KEY_OF(access, secret, token)                                                     \
  "{\"credential\":{\"access\":" access ",\"secret\":" secret ",\"securitytoken\":" token \
  ",\"expires_at\":\"2999-01-01T00:00:00.000000Z\"}}"

struct saying {
  const char *token; /* NULL: the one above */
  size_t token_size; /* 0: up to its NUL */
  const char *key;   /* NULL: it is not asked */
  const char *says;  /* a part of the error; NULL: the key is taken */
};

static const struct saying *saying;

static void say(void *context, size_t number, const char *url, struct scripted_answer *answer) {
  (void)context;
  (void)number;
  answer->status = 200;
  if (strstr(url, "/api/token")) {
    answer->body = saying->token ? saying->token : "metaquiet";
    answer->size = saying->token_size;
  } else {
    CHECK(saying->key != NULL);
    answer->body = saying->key;
  }
}

/* Whatever it is, it is a key or an error that repeats none of it. */
static void check_sayings(void) {
  static const struct saying sayings[] = {
      {"metaquiet\r\n", 0, KEY_BODY, NULL},
      {"", 0, NULL, "without a token"},
      {"\n\r\n", 0, NULL, "without a token"},
      {"meta\0quiet", 10, NULL, "without a token"},
      {"meta quiet", 0, NULL, "without a token"},
      {LONG_600 LONG_600, 0, NULL, "without a token"},
      {NULL, 0, "", "without a key"},
      {NULL, 0, "no", "without a key"},
      {NULL, 0, "{\"quiet\":1}", "without a key"},
      {NULL, 0, "{\"credential\":1}", "without a key"},
      {NULL, 0, "{\"credential\":{}}", "without a key"},
      {NULL, 0,
       "{\"credentials\":{\"access\":\"AKquiet\",\"secret\":\"SKquiet\",\"securitytoken\":"
       "\"STquiet\"}}",
       NULL}, /* without an end, by the name that others use */
      {NULL, 0,
       "{\"credential\":{\"access\":\"AKquiet\",\"secret\":\"SKquiet\",\"securitytoken\":"
       "\"STquiet\",\"expires_at\":7}}",
       NULL},
      {NULL, 0,
       "{\"credential\":{\"access\":\"AKquiet\",\"secret\":\"SKquiet\",\"securitytoken\":"
       "\"STquiet\",\"expires_at\":\"soon\"}}",
       NULL},
      {NULL, 0, KEY_OF("7", "\"SKquiet\"", "\"STquiet\""), "without a key"},
      {NULL, 0, KEY_OF("\"\"", "\"SKquiet\"", "\"STquiet\""), "without a key"},
      {NULL, 0, KEY_OF("\"AKquiet\"", "\"SK quiet\"", "\"STquiet\""), "without a key"},
      {NULL, 0, KEY_OF("\"AKquiet\"", "\"SK\\u0000quiet\"", "\"STquiet\""), "without a key"},
      {NULL, 0, KEY_OF("\"" LONG_600 "\"", "\"SKquiet\"", "\"STquiet\""), "without a key"},
      {NULL, 0, KEY_OF("\"AKquiet\"", "\"SKquiet\"", "null"), "without a key"},
  };

  for (size_t i = 0; i < COUNT_OF(sayings); i++) {
    struct fixture fixture;
    struct access *access;
    unit_case("saying %zu", i);
    saying = &sayings[i];
    open_world_of(&fixture, say);
    if (!saying->says) {
      check_key(fixture.service);
    } else {
      CHECK_INT(SERVICE_FAILED, service_begin(fixture.service, &access));
      CHECK_HAS(fixture.service->error.message, saying->says);
      CHECK_LACKS(fixture.service->error.message, "quiet");
      CHECK(!access);
    }
    CHECK_INT(saying->key ? 2 : 1, fixture.transport->request_count);
    fixture_close(&fixture);
  }
}

static struct scripted_answer ending; /* of the question for the key */

static void end_so(void *context, size_t number, const char *url, struct scripted_answer *answer) {
  if (strstr(url, "/api/token")) {
    answer->status = 404; /* it knows of none */
  } else {
    say(context, number, url, answer);
    *answer = ending;
  }
}

/* An answer without end, none at all, and one that there is no memory for. */
static void check_ends(void) {
  static char endless[100000];
  static const struct {
    struct scripted_answer answer;
    enum service_status status;
    const char *says;
  } cases[] = {
      {{.status = 200, .body = endless, .size = sizeof endless},
       SERVICE_FAILED,
       "an answer without end"},
      {{.status = 0, .end = SCRIPTED_CUT}, SERVICE_FAILED, "the metadata service gave no key"},
      {{.status = 200, .end = SCRIPTED_NO_MEMORY}, SERVICE_NO_MEMORY, NULL},
      {{.status = 500, .body = "quiet"}, SERVICE_FAILED, "HTTP 500"}};
  static const struct saying nothing = {.key = ""};

  saying = &nothing;
  memset(endless, 'x', sizeof endless);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct fixture fixture;
    struct access *access;
    unit_case("end %zu", i);
    ending = cases[i].answer;
    open_world_of(&fixture, end_so);
    CHECK_INT(cases[i].status, service_begin(fixture.service, &access));
    if (cases[i].says) CHECK_HAS(fixture.service->error.message, cases[i].says);
    CHECK(!access);
    fixture_close(&fixture);
  }
}

/* A key larger than what there is room for from the start: that room must be had, too. */
static void check_large(void) {
  static char body[40000];
  static const struct saying large = {.key = body};
  long refused = 1;

  memset(body, ' ', sizeof body - 1);
  memcpy(body, KEY_BODY, strlen(KEY_BODY)); /* NOLINT(bugprone-not-null-terminated-result) */
  saying = &large;
  for (long nth = 1; refused > 0; nth++) {
    struct fixture fixture;
    struct access *access;
    enum service_status status;
    unit_case("large, allocation %ld", nth);
    open_world_of(&fixture, say);
    allocation_fail_at(nth, false);
    status = service_begin(fixture.service, &access);
    refused = allocation_stop();
    CHECK_INT(refused ? SERVICE_NO_MEMORY : SERVICE_OK, status);
    access_release(access);
    fixture_close(&fixture);
  }
}

/* ---- where it is asked ---- */

static void answer_anywhere(void *context, size_t number, const char *url,
                            struct scripted_answer *answer) {
  (void)context;
  (void)number;
  CHECK_HAS(url, "http://169.254.169.254/");
  answer->status = 200;
  answer->body = strstr(url, "/api/token") ? "metaquiet" : KEY_BODY;
}

/* The metadata service's own address, named or not; and no memory to read what is named. */
static void check_addresses(void) {
  struct fixture fixture;

  for (int named = 0; named <= 1; named++) {
    unit_case("the service's own address, named %d", named);
    open_world_of(&fixture, answer_anywhere);
    unsetenv("SWR_METADATA_URL");
    if (named) setenv("SWR_METADATA_URL", "http://169.254.169.254", 1);
    CHECK(settings_look(&fixture.service->settings));
    check_key(fixture.service);
    fixture_close(&fixture);
  }
  for (long nth = 1, refused = 1; refused > 0; nth++) {
    struct access *access;
    enum service_status status;
    unit_case("part %ld of a URL", nth);
    open_world(&fixture);
    refusal_begin("curl_url_get", nth, true, 0);
    status = service_begin(fixture.service, &access);
    refused = refusal_stop();
    CHECK(refused ? status != SERVICE_OK : status == SERVICE_OK);
    access_release(access);
    fixture_close(&fixture);
  }
}

#ifdef __linux__
/* Without a word of the user, only a server of the cloud asks: its board says that it is one. */
static void check_auto(void) {
  static const struct {
    const char *board;
    bool asks;
  } cases[] = {{"HUAWEICLOUD\n", true},
               {"OpenTelekomCloud", true},
               {"7783-7084-3265-9085-8269-3286-77\n", false},
               {"", false}};
  char path[] = "/tmp/swr-unit-XXXXXX";
  int file = mkstemp(path);

  CHECK(file >= 0);
  if (file < 0) return;
  close(file);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct fixture fixture;
    struct access *access;
    FILE *board = fopen(path, "w");
    unit_case("a board that says '%s'", cases[i].board);
    CHECK(board);
    if (!board) break;
    fputs(cases[i].board, board);
    fclose(board);
    open_world(&fixture);
    setenv("SWR_AGENCY", "auto", 1);
    CHECK(settings_look(&fixture.service->settings));
    refusal_path("/sys/class/dmi/id/chassis_asset_tag", path);
    CHECK_INT(cases[i].asks ? SERVICE_OK : SERVICE_FAILED, service_begin(fixture.service, &access));
    refusal_path(NULL, NULL);
    CHECK_INT(cases[i].asks ? 2 : 0, fixture.transport->request_count);
    access_release(access);
    fixture_close(&fixture);
  }
  unlink(path);
}
#endif

void agency_test(void) {
#ifdef __linux__
  check_auto();
#endif
  check_sayings();
  check_ends();
  check_large();
  check_addresses();
  check_kept();
  check_memory();
  check_interrupts();
  unit_clear_environment();
}
