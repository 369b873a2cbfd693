/*
** Tests of ext/network/certificates: what is trusted, in which order it is looked through, and what
** an exchange teaches the next ones. That it is really so on the wire, ../certificates.test shows.
*/
#include "network/certificates.h"

#include "network/transport.h"
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

void certificates_test(void) {
  CURL *easy = curl_easy_init();

  check_names();
  check_choice();
  if (CHECK(easy)) check_other(easy);
  curl_easy_cleanup(easy);
}
