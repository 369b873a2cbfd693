/*
** Tests of ext/network/origin: who goes out before it is known what a server speaks, and what is
** remembered.
*/
#include "network/origin.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static struct origins room[2]; /* where the first one ends, the second would seem to be free */
#define origins (room[0])
static int transfers[3]; /* their addresses stand for transfers */

static struct origin *enter(const char *url) {
  struct origin *origin = origins_find(&origins, url);

  if (origin) origin->transfers++;
  return origin;
}

static void check_names(void) {
  static const char *const same[] = {"https://a.example", "https://a.example/",
                                     "https://a.example/x", "https://a.example?x=https://b.example",
                                     "https://a.example#y"};
  static const char *const others[] = {"https://a.example:444/", "https://a.exampl/",
                                       "https://a.example.org/", "https://[::1]:8443/x"};
  char long_url[ENDPOINT_MAX + 10];
  struct origin *origin;

  memset(&origins, 0, sizeof origins);
  unit_case("one origin");
  origin = enter(same[0]);
  if (!CHECK(origin)) return;
  for (size_t i = 0; i < COUNT_OF(same); i++) CHECK(origins_find(&origins, same[i]) == origin);
  unit_case("other origins");
  for (size_t i = 0; i < COUNT_OF(others); i++) CHECK(enter(others[i]) != origin);
  unit_case("plain http, and what is too long");
  CHECK(!origins_find(&origins, "http://127.0.0.1:80/"));
  memset(long_url, 'a', sizeof long_url - 1);
  memcpy(long_url, "https://", 8);
  long_url[sizeof long_url - 1] = '\0';
  CHECK(!origins_find(&origins, long_url));
  CHECK(origin_admits(NULL, &transfers[0]));
  CHECK(!origin_reached(NULL, &transfers[0]));
  origin_release(NULL, &transfers[0]);
}

static void check_scout(void) {
  struct origin *origin;

  memset(&origins, 0, sizeof origins);
  origin = enter("https://a.example/");
  if (!CHECK(origin)) return;
  origin->transfers = 3;
  unit_case("one goes first");
  CHECK(origin_admits(origin, &transfers[0]));
  CHECK(!origin_admits(origin, &transfers[1]));
  CHECK(origin_admits(origin, &transfers[0]));
  CHECK(!origin_reached(origin, &transfers[1]));
  CHECK(!origin_admits(origin, &transfers[1]));
  unit_case("it is lost: the next one goes");
  origin_release(origin, &transfers[0]);
  CHECK(origin_admits(origin, &transfers[1]));
  CHECK(!origin_admits(origin, &transfers[2]));
  unit_case("its connection stands: all go");
  CHECK(origin_reached(origin, &transfers[1]));
  CHECK(origin_admits(origin, &transfers[2]));
  CHECK(!origin_reached(origin, &transfers[2]));
  origin_release(origin, &transfers[1]);
  origin_release(origin, &transfers[2]);
  CHECK_INT(0, origin->transfers);
  unit_case("what it speaks is remembered");
  origin->protocol = ORIGIN_ONE_EACH;
  CHECK(origins_find(&origins, "https://a.example/x") == origin);
  CHECK_INT(ORIGIN_ONE_EACH, origin->protocol);
  CHECK(origin_admits(origin, &transfers[0]));
}

static void check_places(void) {
  struct origin *entered[ORIGINS_MAX];
  char url[40];

  memset(&origins, 0, sizeof origins);
  unit_case("all places in use");
  for (int i = 0; i < ORIGINS_MAX; i++) {
    snprintf(url, sizeof url, "https://h%d.example/", i);
    entered[i] = enter(url);
    if (!CHECK(entered[i])) return;
    entered[i]->protocol = ORIGIN_MULTIPLEXED;
  }
  CHECK(!origins_find(&origins, "https://one.more/"));
  CHECK(origins_find(&origins, "https://h3.example/") == entered[3]);
  unit_case("the one that was not asked for longest gives way");
  origin_release(entered[3], &transfers[0]);
  origin_release(entered[7], &transfers[0]);
  CHECK(enter("https://one.more/") == entered[7]);
  CHECK_INT(ORIGIN_UNKNOWN, entered[7]->protocol);
  CHECK_TEXT("https://one.more", entered[7]->name);
  CHECK(origins_find(&origins, "https://h3.example/") == entered[3]);
  CHECK_INT(ORIGIN_MULTIPLEXED, entered[3]->protocol);
}

void origin_test(void) {
  check_names();
  check_scout();
  check_places();
}
