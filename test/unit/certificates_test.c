/*
** Tests of ext/network/certificates: what is trusted, in which order it is looked through, and what
** an exchange teaches the next ones. That it is really so on the wire, ../certificates.test shows.
*/
#include "network/certificates.h"

#include <string.h>

#include "network/transport.h"
#include "refusal.h"
#include "unit.h"

static void check_names(void) {
  static const char *const hashed[] = {"5ad8a5d6.0", "00000000.12"};
  static const char *const others[] = {"",           "5ad8a5d6",    "5ad8a5d6.",  "5ad8a5d6.r0",
                                       "5ad8a5d.0",  "5ad8a5d60.0", "5AD8A5D6.0", "5ad8a5d6.0x",
                                       "5ad8a5d6.x", "some.pem",    "..",         "5ad8a5d6.0.0"};

  unit_case("hashed names");
  for (size_t i = 0; i < COUNT_OF(hashed); i++) CHECK(certificates_hashed_name(hashed[i]));
  for (size_t i = 0; i < COUNT_OF(others); i++) CHECK(!certificates_hashed_name(others[i]));
}

static void check_choice(void) {
  static const struct {
    struct certificates system;
    struct transport_request request;
    const char *directory;
    const char *file;
    bool by_directory;
  } cases[] = {
      {{NULL, NULL, false}, {0}, NULL, NULL, false},
      {{"b", NULL, false}, {0}, NULL, "b", false},
      {{"b", "d", false}, {0}, "d", "b", true},
      {{"b", "d", true}, {0}, "d", "b", false},
      {{NULL, "d", true}, {0}, "d", NULL, true},
      {{"b", "d", false}, {.ca_file = "f"}, NULL, "f", false},
      {{"b", "d", false}, {.ca_directory = "e"}, "e", "b", true},
      {{NULL, "d", false}, {.ca_directory = "e"}, "e", NULL, true},
      {{"b", "d", false}, {.ca_file = "f", .ca_directory = "e"}, "e", "f", true},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct trust trust;
    unit_case("choice %d", (int)i);
    trust_choose(&trust, &cases[i].system, &cases[i].request);
    CHECK_TEXT(cases[i].directory, trust.directory);
    CHECK_TEXT(cases[i].file, trust.file);
    CHECK_TEXT(cases[i].system.bundle, trust.bundle);
    CHECK_INT(cases[i].by_directory, trust.by_directory);
    CHECK(!trust.second);
  }
}

/* The other way is tried once, where it can make a difference; the next one begins with it. */
static void check_other(CURL *easy) {
  static const struct transport_request request = {0};
  struct certificates system = {"b", "d", false};
  struct trust trust;
  struct trust waiting;

  unit_case("the other way");
  trust_choose(&waiting, &system, &request);
  trust_choose(&trust, &system, &request);
  CHECK(!trust_try_other(&trust, easy, CURLE_OK));
  CHECK(!trust_try_other(&trust, easy, CURLE_COULDNT_CONNECT));
  CHECK(trust_try_other(&trust, easy, CURLE_PEER_FAILED_VERIFICATION));
  CHECK(!trust.by_directory);
  CHECK(!trust_try_other(&trust, easy, CURLE_PEER_FAILED_VERIFICATION));
  trust_follow(&waiting, &system, easy);
  CHECK(waiting.by_directory);
  unit_case("is learnt");
  trust_learn(&trust, &system);
  CHECK(system.bundle_first);
  trust_follow(&waiting, &system, easy);
  CHECK(!waiting.by_directory);
  trust_choose(&trust, &system, &request);
  CHECK(!trust.by_directory);
  trust_learn(&trust, &system);
  CHECK(system.bundle_first);
  unit_case("and unlearnt");
  CHECK(trust_try_other(&trust, easy, CURLE_PEER_FAILED_VERIFICATION));
  CHECK(trust.by_directory);
  trust_learn(&trust, &system);
  CHECK(!system.bundle_first);
  unit_case("a bundle that cannot be read is not helped by the directory");
  system.bundle_first = true;
  trust_choose(&trust, &system, &request);
  CHECK(!trust_try_other(&trust, easy, CURLE_SSL_CACERT_BADFILE));
  unit_case("there is no other way");
  system = (struct certificates){NULL, "d", false};
  trust_choose(&trust, &system, &request);
  CHECK(!trust_try_other(&trust, easy, CURLE_PEER_FAILED_VERIFICATION));
  system = (struct certificates){"b", NULL, false};
  trust_choose(&trust, &system, &request);
  CHECK(!trust_try_other(&trust, easy, CURLE_PEER_FAILED_VERIFICATION));
}

/* What a libcurl has that does not know its files, or reads them by another TLS library. */
static void check_found(CURL *easy) {
  struct certificates usual = {NULL, NULL, false};

  unit_case("found");
  certificates_find(&usual, easy);
  for (int error = 0; error < 2; error++) {
    struct certificates found = {NULL, NULL, false};
    unit_case("a TLS library that knows no hashed names %d", error);
    refusal_begin("curl_version_info", 1, false, error);
    certificates_find(&found, easy);
    CHECK_INT(1, refusal_stop());
    CHECK_TEXT(usual.bundle, found.bundle);
    CHECK_TEXT(NULL, found.directory);
    memset(&found, 0, sizeof found);
    unit_case("a libcurl that knows neither %d", error);
    refusal_begin("curl_easy_getinfo", 1, true, error);
    certificates_find(&found, easy);
    CHECK(refusal_stop() >= 1);
    CHECK_TEXT(NULL, found.bundle);
    CHECK_TEXT(NULL, found.directory);
  }
}

/* A libcurl that knows no directories is told the file, and one without a file fails. */
static void check_no_directories(CURL *easy) {
  struct trust trust = {.directory = "d", .file = "f", .by_directory = true};
  struct trust alone = {.directory = "d", .by_directory = true};
  struct trust none = {0};

  unit_case("no directories");
  refusal_begin("curl_easy_setopt", 1, false, 0);
  CHECK_INT(CURLE_OK, trust_set(&trust, easy));
  CHECK(!trust.by_directory);
  CHECK_TEXT(NULL, trust.directory);
  refusal_begin("curl_easy_setopt", 1, false, 0);
  CHECK_INT(CURLE_NOT_BUILT_IN, trust_set(&alone, easy));
  refusal_begin("curl_easy_setopt", 1, true, 0);
  CHECK_INT(CURLE_OK, trust_set(&none, easy)); /* nothing is set */
  CHECK_INT(0, refusal_stop());
  trust = (struct trust){.file = "f"};
  refusal_begin("curl_easy_setopt", 1, false, 0);
  CHECK_INT(CURLE_OUT_OF_MEMORY, trust_set(&trust, easy));
  CHECK_INT(1, refusal_stop());
}

/* A directory that cannot be used is no end where there is a file; who waits follows once. */
static void check_more_others(CURL *easy) {
  static const struct transport_request request = {0};
  static const struct certificates both = {"b", "d", false};
  struct trust trust;

  unit_case("other ends");
  trust_choose(&trust, &both, &request);
  CHECK(trust_try_other(&trust, easy, CURLE_SSL_CACERT_BADFILE));
  CHECK(!trust.by_directory);
  unit_case("one that was tried both ways follows nobody");
  trust_follow(&trust, &both, easy);
  CHECK(!trust.by_directory);
  trust_choose(&trust, &both, &request);
  CHECK(trust_try_other(&trust, easy, CURLE_SSL_ISSUER_ERROR));
  unit_case("nor does one with one way");
  for (int i = 0; i < 2; i++) {
    struct certificates one = {i ? "b" : NULL, i ? NULL : "d", false};
    trust_choose(&trust, &one, &request);
    trust_follow(&trust, &both, easy);
    CHECK_INT(!i, trust.by_directory);
  }
}

void certificates_test(void) {
  CURL *easy = curl_easy_init();

  check_names();
  check_choice();
  if (!CHECK(easy)) return;
  check_other(easy);
  check_more_others(easy);
  check_found(easy);
  check_no_directories(easy);
  curl_easy_cleanup(easy);
}
