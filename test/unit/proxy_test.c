/*
** Tests of ext/network/proxy: which variable wins, which URLs are used, and what is kept secret of
** each; also where memory is short.
*/
#include "network/proxy.h"

#include <stdlib.h>

#include "allocation.h"
#include "base/environment.h"
#include "unit.h"

static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
                                    "no_proxy",    "NO_PROXY",    NULL};

static void clear_environment(void) {
  for (size_t i = 0; names[i]; i++) unsetenv(names[i]);
}

static long failures; /* allocations that failed in `find` */

/* By the environment as it is now; the nth allocation fails, 0: none does. */
static bool find(struct proxy *proxy, long nth) {
  struct environment *environment = environment_read(names, NULL);
  bool found;

  CHECK(environment);
  if (nth) allocation_fail_at(nth, false);
  found = proxy_find(proxy, environment);
  failures = nth ? allocation_stop() : 0;
  environment_release(environment);
  return found;
}

/* libcurl's order; set to nothing is as good as not set. */
static void check_variables(void) {
  struct proxy proxy;

  unit_case("none");
  CHECK(find(&proxy, 0));
  CHECK(!proxy.variable && !proxy.url && !proxy.exempt);
  proxy_free(&proxy);
  setenv("NO_PROXY", "b", 1);
  for (size_t i = 4; i-- > 0;) {
    unit_case("%s", names[i]);
    if (i < 3) setenv(names[i], "", 1);
    CHECK(i == 3 || find(&proxy, 0));
    if (i < 3) CHECK_TEXT(names[i + 1], proxy.variable);
    if (i < 3) proxy_free(&proxy);
    setenv(names[i], "proxy:3128", 1);
    CHECK(find(&proxy, 0));
    CHECK_TEXT(names[i], proxy.variable);
    CHECK_TEXT("proxy:3128", proxy.url);
    CHECK_TEXT("proxy port 3128", proxy.place);
    CHECK_TEXT("b", proxy.exempt);
    proxy_free(&proxy);
  }
  setenv("no_proxy", "a", 1);
  CHECK(find(&proxy, 0));
  CHECK_TEXT("a", proxy.exempt);
  proxy_free(&proxy);
  clear_environment();
}

static const struct url {
  const char *text;
  const char *place; /* NULL: it cannot be used */
  const char *secrets[PROXY_SECRETS];
} urls[] = {
    {"http://proxy", "proxy port 1080", {NULL}},
    {"http://proxy:80/", "proxy port 80", {NULL}},
    {"SOCKS5H://[::1]:9", "::1 port 9", {NULL}},
    {"http://name@proxy:1", "proxy port 1", {"name"}},
    {"http://name:@proxy:1", "proxy port 1", {"name:"}},
    {"http://name:p%23q@proxy:1", "proxy port 1", {"name:p%23q", "p%23q", "p#q"}},
    {"name:pass@proxy:1", "proxy port 1", {"name:pass", "pass", "pass"}},
    {"http:\\\\name:p q@proxy:1", NULL, {"name:p q", "p q", "p q"}},
    {"http:///name:pass@proxy:1", "proxy port 1", {"name:pass", "pass", "pass"}},
    {"x:name:pass@proxy:1", "proxy port 1", {"x:name:pass", "name:pass", "name:pass"}},
    {"http://name:p#q@proxy:1", NULL, {"name:p#q", "p#q", "p#q"}},
    {"http://name:1/q@proxy:1", NULL, {"name:1/q", "1/q", "1/q"}},
    {"http://name:p@q@proxy:1", NULL, {"name:p@q", "p@q", "p@q"}},
    {"http://name:p q@proxy:1", NULL, {"name:p q", "p q", "p q"}},
    {"http://name:pass%zz@proxy:70000", NULL, {"name:pass%zz", "pass%zz", "pass%zz"}},
    {"gopher://name:pass@proxy:1", NULL, {"name:pass", "pass", "pass"}},
    {"http://name:pass@", NULL, {"name:pass", "pass", "pass"}},
    {"://@", NULL, {NULL}},
};

static void check_url(const struct url *url) {
  struct secrets secrets = {.count = 0};
  struct proxy proxy;

  CHECK(find(&proxy, 0));
  CHECK(url->place ? !proxy.problem && proxy.url : proxy.problem && !proxy.url);
  if (url->place) CHECK_TEXT(url->place, proxy.place);
  for (size_t i = 0; i < PROXY_SECRETS; i++) {
    CHECK(!url->secrets[i] == !proxy.secrets[i]);
    if (url->secrets[i]) CHECK_TEXT(url->secrets[i], proxy.secrets[i]);
    if (url->secrets[i] && proxy.problem) CHECK_LACKS(proxy.problem, url->secrets[i]);
  }
  proxy_secrets(&proxy, &secrets);
  proxy_free(&proxy);
}

static void check_urls(void) {
  setenv("NO_PROXY", "localhost", 1);
  for (size_t i = 0; i < COUNT_OF(urls); i++) {
    long refused = 1;
    unit_case("%s", urls[i].text);
    setenv("HTTPS_PROXY", urls[i].text, 1);
    check_url(&urls[i]);
    for (long nth = 1; refused && nth < 30; nth++) {
      struct proxy proxy;
      bool found = find(&proxy, nth);
      refused = failures;
      CHECK(found != (refused > 0) || !proxy.place); /* which alone may be lacking */
      if (found && urls[i].place) CHECK(proxy.url);
      proxy_free(&proxy);
    }
    CHECK_INT(0, refused);
  }
  clear_environment();
}

void proxy_test(void) {
  clear_environment();
  check_variables();
  check_urls();
}
