/*
** Tests of ext/network/curl_transport beside a server in this process, which answers as it is told:
** what libcurl refuses, what a child of the process has of its parent's connections, what ends how.
** All else of it is tested against the emulator, by ../tls.test and others.
*/
#include "network/curl_transport.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "network/curl_outcome.h"
#include "network/curl_transfer.h"
#include "network/descriptors.h"
#include "refusal.h"
#include "unit.h"

#define TURNS 500 /* of 10 milliseconds, after which nothing more is expected */

/* What a transfer came to. */
struct seen {
  size_t body;
  int64_t retry_after;
  int sent;
  int done;
  int status; /* as the body was told */
  enum transport_outcome outcome;
  bool stops; /* the body is refused */
  char header[100];
  char detail[200];
};

struct world {
  int listening;
  int connection; /* -1: none */
  char url[100];
  struct transport *transport;
};

static void on_sent(void *context, bool reused) {
  (void)reused;
  ((struct seen *)context)->sent++;
}

static void on_header(void *context, const char *name, size_t name_size, const char *value,
                      size_t value_size) {
  struct seen *seen = context;

  if (name_size != 5 || strncmp(name, "X-One", 5) != 0) return;
  snprintf(seen->header, sizeof seen->header, "[%.*s]", (int)value_size, value);
}

static bool on_body(void *context, int status, const char *bytes, size_t size) {
  struct seen *seen = context;

  (void)bytes;
  seen->status = status;
  seen->body += size;
  return !seen->stops;
}

static void on_done(void *context, const struct transport_result *result) {
  struct seen *seen = context;

  seen->done++;
  seen->outcome = result->outcome;
  seen->retry_after = result->retry_after;
  snprintf(seen->detail, sizeof seen->detail, "%s", result->detail);
}

static const struct transport_handler handler = {on_sent, on_header, on_body, on_done};
static const struct transport_handler silent = {NULL, on_header, on_body, on_done};

static bool open_world(struct world *world) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  socklen_t size = sizeof address;
  char problem[CURL_PROBLEM_MAX];

  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  world->connection = -1;
  world->listening = socket(AF_INET, SOCK_STREAM, 0);
  if (!CHECK(!bind(world->listening, (struct sockaddr *)&address, size) &&
             !listen(world->listening, 10) &&
             !getsockname(world->listening, (struct sockaddr *)&address, &size))) {
    return false;
  }
  snprintf(world->url, sizeof world->url, "http://127.0.0.1:%d", ntohs(address.sin_port));
  CHECK(curl_transport_initialize(problem));
  world->transport = curl_transport_create();
  return CHECK(world->transport != NULL);
}

static void close_world(struct world *world) {
  world->transport->methods->destroy(world->transport);
  if (world->connection >= 0) close(world->connection);
  close(world->listening);
}

static struct transport_request request_of(const struct world *world) {
  static const char *const headers[] = {"X-Two: 2"};

  return (struct transport_request){.url = world->url,
                                    .headers = headers,
                                    .header_count = 1,
                                    .user_agent = "unit",
                                    .idle_timeout = 20,
                                    .time_limit = 20000};
}

static struct transfer *start(struct world *world, struct seen *seen) {
  struct transport_request request = request_of(world);

  /* cppcheck-suppress returnDanglingLifetime ; it is looked at only while the transfer starts */
  return world->transport->methods->start(world->transport, &request, &handler, seen);
}

/* Reads what was asked, once it is there, and answers it. */
static void serve(struct world *world, const char *answer) {
  struct pollfd ready = {world->connection >= 0 ? world->connection : world->listening, POLLIN, 0};
  char asked[4000];

  if (poll(&ready, 1, 0) != 1) return;
  if (world->connection < 0) {
    world->connection = accept(world->listening, NULL, NULL);
    return;
  }
  if (recv(world->connection, asked, sizeof asked, 0) <= 0) { /* it is over */
    close(world->connection);
    world->connection = -1;
    return;
  }
  (void)!send(world->connection, answer, strlen(answer), MSG_NOSIGNAL);
}

/* Moves on until a transfer is over. */
static void finish(struct world *world, const struct seen *seen, const char *answer) {
  for (int turn = 0; turn < TURNS && !seen->done; turn++) {
    world->transport->methods->drive(world->transport, 10);
    serve(world, answer);
  }
  CHECK_INT(1, seen->done);
}

#define SIX_HOURS 21600000 /* ms */

static void check_answers(void) {
  static const struct {
    const char *answer;
    enum transport_outcome outcome;
    int64_t retry_after;
    const char *header;
  } cases[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-One: \t a b \r\n\r\nhi", TRANSPORT_COMPLETE, 0,
       "[a b]"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-One:\r\n\r\nhi", TRANSPORT_COMPLETE, 0, "[]"},
      {"HTTP/1.1 503 no\r\nContent-Length: 0\r\nRetry-After: 7\r\n\r\n", TRANSPORT_COMPLETE, 7000,
       ""},
      {"HTTP/1.1 503 no\r\nContent-Length: 0\r\nRetry-After: 90000\r\n\r\n", TRANSPORT_COMPLETE,
       86400000, ""},
      {"HTTP/1.1 503 no\r\nContent-Length: 0\r\nRetry-After: 86400\r\n\r\n", TRANSPORT_COMPLETE,
       86400000, ""},
  };

  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct seen seen = {0};
    struct world world;
    unit_case("answer %d", (int)i);
    if (!open_world(&world)) return;
    CHECK(start(&world, &seen) != NULL);
    finish(&world, &seen, cases[i].answer);
    CHECK_INT(cases[i].outcome, seen.outcome);
    /* A newer libcurl (8.14) keeps to six hours itself. */
    if (cases[i].retry_after <= SIX_HOURS || seen.retry_after != SIX_HOURS) {
      CHECK_INT(cases[i].retry_after, seen.retry_after);
    }
    CHECK_TEXT(cases[i].header, seen.header);
    CHECK_INT(1, seen.sent);
    CHECK_INT(i < 2 ? 2 : 0, seen.body);
    close_world(&world);
  }
}

/* Who asks for no word of the moment that it is sent, gets none. */
static void check_silent_handler(void) {
  struct seen seen = {0};
  struct world world;
  struct transport_request request;

  unit_case("a handler without `sent`, and a body that is refused");
  if (!open_world(&world)) return;
  seen.stops = true;
  request = request_of(&world);
  CHECK(world.transport->methods->start(world.transport, &request, &silent, &seen) != NULL);
  finish(&world, &seen, "HTTP/1.1 201 OK\r\nContent-Length: 2\r\n\r\nhi");
  CHECK_INT(0, seen.sent);
  CHECK_INT(201, seen.status);
  CHECK_INT(TRANSPORT_STOPPED, seen.outcome);
  close_world(&world);
}

/*
** Whatever call of libcurl fails while a transfer is set up, it is not begun, or as it should;
** the next one is.
*/
static void check_refused_starts(const char *name, const char *body) {
  long refused = 1;
  int not_begun = 0;

  for (long nth = 1; refused > 0; nth++) {
    struct seen seen = {0};
    struct world world;
    struct transport_request request;
    struct transfer *transfer;
    struct transfer *first; /* takes the handle that is there from the beginning */
    unit_case("%s number %ld%s", name, nth, body ? " of a POST" : "");
    if (!open_world(&world)) return;
    request = request_of(&world);
    request.body = body;
    request.body_size = body ? strlen(body) : 0;
    first = start(&world, &seen);
    CHECK(first != NULL);
    refusal_begin(name, nth, false, ENOMEM);
    transfer = world.transport->methods->start(world.transport, &request, &handler, &seen);
    refused = refusal_stop();
    if (transfer) {
      world.transport->methods->cancel(world.transport, transfer);
    } else {
      not_begun++;
      CHECK_INT(1, refused);
    }
    if (first) world.transport->methods->cancel(world.transport, first);
    CHECK(start(&world, &seen) != NULL);
    finish(&world, &seen, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    CHECK_INT(TRANSPORT_COMPLETE, seen.outcome);
    CHECK_INT(1, seen.sent);
    close_world(&world);
    if (!CHECK(nth < 1000)) return;
  }
  CHECK(not_begun > 0);
}

/* The same of what libcurl keeps for all transfers. */
static void check_refused_creation(void) {
  static const char *const names[] = {"curl_multi_init", "curl_share_init", "curl_multi_setopt",
                                      "curl_share_setopt"};

  for (size_t i = 0; i < COUNT_OF(names); i++) {
    unit_case("created without %s", names[i]);
    refusal_begin(names[i], 1, false, ENOMEM);
    CHECK(!curl_transport_create());
    CHECK_INT(1, refusal_stop());
  }
  unit_case("created without curl_easy_init: no certificates are looked for");
  refusal_begin("curl_easy_init", 1, true, ENOMEM);
  {
    struct transport *transport = curl_transport_create();
    CHECK_INT(1, refusal_stop());
    if (CHECK(transport != NULL)) transport->methods->destroy(transport);
  }
}

/*
** What another process has begun is lost here: it ends, and what is asked anew goes its own way. As
** a child does, the transport forgets what it leaves; `left` has it for those who look for leaks.
*/
static void check_another_process(void) {
  static CURLM *left[2];
  static CURLSH *shares[2];
  static const char *const answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
  struct seen lost[2] = {{0}};
  struct seen seen = {0};
  struct world world;
  struct curl_transport *transport;

  unit_case("another process goes on");
  if (!open_world(&world)) return;
  transport = (struct curl_transport *)world.transport;
  for (int i = 0; i < 2; i++) CHECK(start(&world, &lost[i]) != NULL);
  for (int turn = 0; turn < TURNS && !lost[0].status; turn++) {
    world.transport->methods->drive(world.transport, 10);
    serve(&world, "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nthe beginning");
  }
  CHECK(transport->sockets.count > 0);
  left[0] = transport->multi;
  shares[0] = transport->share;
  refusal_begin("getpid", 1, true, 0);
  world.transport->methods->drive(world.transport, 10);
  for (int i = 0; i < 2; i++) {
    CHECK_INT(1, lost[i].done);
    CHECK_INT(TRANSPORT_FAILED, lost[i].outcome);
    CHECK_TEXT("another process, this one's parent, has asked", lost[i].detail);
  }
  CHECK_INT(0, transport->sockets.count);
  CHECK(start(&world, &seen) != NULL);
  finish(&world, &seen, answer);
  CHECK_INT(TRANSPORT_COMPLETE, seen.outcome);
  unit_case("and another one, which has no memory for connections of its own");
  memset(&seen, 0, sizeof seen);
  CHECK(start(&world, &seen) != NULL);
  left[1] = transport->multi;
  shares[1] = transport->share;
  refusal_begin("curl_multi_init", 1, true, ENOMEM); /* the process is the first one again */
  world.transport->methods->drive(world.transport, 10);
  CHECK_INT(1, seen.done);
  CHECK_INT(TRANSPORT_FAILED, seen.outcome);
  CHECK(!start(&world, &seen));
  CHECK_INT(2, refusal_stop());
  memset(&seen, 0, sizeof seen);
  CHECK(start(&world, &seen) != NULL);
  finish(&world, &seen, answer);
  CHECK_INT(TRANSPORT_COMPLETE, seen.outcome);
  CHECK(start(&world, &seen) != NULL); /* is ended with the transport */
  close_world(&world);
  CHECK(left[0] && left[1] && shares[0] && shares[1]);
}

/* More handles are idle at once than are kept, and libcurl resets one for which it lacks memory. */
static void check_handles(void) {
  struct seen seen[HANDLES_KEPT + 1] = {{0}};
  struct transfer *transfers[HANDLES_KEPT + 1];
  struct world world;
  struct curl_transport *transport;

  unit_case("idle handles");
  if (!open_world(&world)) return;
  transport = (struct curl_transport *)world.transport;
  for (size_t i = 0; i < COUNT_OF(seen); i++) transfers[i] = start(&world, &seen[i]);
  for (size_t i = 0; i < COUNT_OF(seen); i++) {
    if (CHECK(transfers[i])) world.transport->methods->cancel(world.transport, transfers[i]);
  }
  CHECK_INT(HANDLES_KEPT, transport->handle_count);
  close_world(&world);
}

/* What libcurl says of a transfer that no byte was sent for, with and without a proxy. */
static void check_outcomes(void) {
  static const struct {
    CURLcode code;
    enum transport_outcome outcome;
    enum transport_outcome known; /* where the name is known */
  } cases[] = {
      {CURLE_OK, TRANSPORT_COMPLETE, TRANSPORT_COMPLETE},
      {CURLE_WRITE_ERROR, TRANSPORT_STOPPED, TRANSPORT_STOPPED},
      {CURLE_OPERATION_TIMEDOUT, TRANSPORT_TIMED_OUT, TRANSPORT_TIMED_OUT},
      {CURLE_PEER_FAILED_VERIFICATION, TRANSPORT_UNTRUSTED, TRANSPORT_UNTRUSTED},
      {CURLE_SSL_ISSUER_ERROR, TRANSPORT_UNTRUSTED, TRANSPORT_UNTRUSTED},
      {CURLE_SSL_CACERT_BADFILE, TRANSPORT_BAD_CA_FILE, TRANSPORT_BAD_CA_FILE},
      {CURLE_UNSUPPORTED_PROTOCOL, TRANSPORT_REFUSED, TRANSPORT_REFUSED},
      {CURLE_URL_MALFORMAT, TRANSPORT_REFUSED, TRANSPORT_REFUSED},
      {CURLE_NOT_BUILT_IN, TRANSPORT_REFUSED, TRANSPORT_REFUSED},
      {CURLE_BAD_FUNCTION_ARGUMENT, TRANSPORT_REFUSED, TRANSPORT_REFUSED},
      {CURLE_COULDNT_RESOLVE_HOST, TRANSPORT_UNREACHABLE, TRANSPORT_FAILED},
      {CURLE_COULDNT_RESOLVE_PROXY, TRANSPORT_UNREACHABLE, TRANSPORT_FAILED},
      {CURLE_PROXY, TRANSPORT_FAILED, TRANSPORT_FAILED},
      {CURLE_OUT_OF_MEMORY, TRANSPORT_NO_MEMORY, TRANSPORT_NO_MEMORY},
      {CURLE_RECV_ERROR, TRANSPORT_FAILED, TRANSPORT_FAILED},
  };
  static const struct proxy none = {0};
  static const struct proxy bad = {.variable = "HTTPS_PROXY", .problem = "why"};
  static const struct proxy good = {.variable = "HTTPS_PROXY", .place = (char *)"p port 1"};
  CURL *easy = curl_easy_init();
  struct transport_result result;

  if (!CHECK(easy)) return;
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    for (int known = 0; known < 2; known++) {
      unit_case("libcurl's %d, known %d", (int)cases[i].code, known);
      curl_outcome(easy, cases[i].code, &none, known, "", &result);
      CHECK_INT(known ? cases[i].known : cases[i].outcome, result.outcome);
      CHECK_TEXT(NULL, result.proxy);
      CHECK_TEXT(NULL, result.proxy_problem);
    }
  }
  unit_case("a proxy that cannot be used");
  curl_outcome(easy, CURLE_COULDNT_RESOLVE_PROXY, &bad, false, "unusable-proxy://unusable",
               &result);
  CHECK_INT(TRANSPORT_REFUSED, result.outcome);
  CHECK_TEXT("HTTPS_PROXY", result.proxy);
  CHECK_TEXT("why", result.proxy_problem);
  unit_case("something else at it");
  curl_outcome(easy, CURLE_COULDNT_RESOLVE_PROXY, &bad, false, "no", &result);
  CHECK_INT(TRANSPORT_UNREACHABLE, result.outcome);
  CHECK_TEXT("HTTPS_PROXY", result.proxy);
  CHECK_TEXT(NULL, result.proxy_problem);
  unit_case("a proxy that can");
  curl_outcome(easy, CURLE_COULDNT_CONNECT, &good, false, "Failed to connect to p port 1", &result);
  CHECK_INT(TRANSPORT_FAILED, result.outcome);
  CHECK_TEXT("HTTPS_PROXY", result.proxy);
  curl_outcome(easy, CURLE_COULDNT_CONNECT, &good, false, "Failed to connect to q port 1", &result);
  CHECK_TEXT(NULL, result.proxy);
  curl_easy_cleanup(easy);
}

/* ---- descriptors ---- */

static void check_low_descriptors(void) {
  struct low_descriptors low;
  struct rlimit before;
  struct rlimit few;

  unit_case("fewer descriptors than can be looked at");
  if (!CHECK(!getrlimit(RLIMIT_NOFILE, &before))) return;
  few = before;
  few.rlim_cur = 2; /* poll(2) refuses three */
  CHECK(!setrlimit(RLIMIT_NOFILE, &few));
  low_descriptors_hold(&low);
  CHECK(!setrlimit(RLIMIT_NOFILE, &before));
  for (int i = 0; i < LOW_DESCRIPTORS; i++) CHECK_INT(-1, low.held[i]);
  low_descriptors_release(&low);
}

static int lowest = -1;

static void take_lowest(void) { lowest = open("/dev/null", O_RDONLY); }

/* What other threads of the host do meanwhile to a descriptor that it had closed. */
static void check_contended_descriptors(void) {
  int kept = fcntl(STDIN_FILENO, F_DUPFD, 10);
  struct low_descriptors low;

  if (!CHECK(kept >= 0)) return;
  unit_case("somebody is faster");
  close(STDIN_FILENO);
  refusal_hook("open", 1, take_lowest);
  low_descriptors_hold(&low);
  CHECK_INT(1, refusal_stop());
  CHECK_INT(STDIN_FILENO, lowest);
  CHECK_INT(-1, low.held[0]);
  low_descriptors_release(&low);
  CHECK_INT(0, close(lowest)); /* it was left */
  unit_case("nothing can be opened");
  refusal_begin("open", 1, true, EMFILE);
  low_descriptors_hold(&low);
  CHECK_INT(1, refusal_stop());
  CHECK_INT(-1, low.held[0]);
  low_descriptors_release(&low);
  unit_case("somebody closes what is held");
  low_descriptors_hold(&low);
  CHECK_INT(0, low.held[0]);
  close(STDIN_FILENO);
  low_descriptors_release(&low);
  CHECK_INT(-1, close(STDIN_FILENO));
  CHECK_INT(STDIN_FILENO, dup2(kept, STDIN_FILENO));
  close(kept);
}

/* What is held is released, but what the host has put there meanwhile is the host's. */
static void check_held_descriptor(bool taken) {
  struct low_descriptors low;
  int saved = dup(STDIN_FILENO);
  int file = open("/dev/null", O_RDONLY);

  unit_case("a low descriptor, taken %d", taken);
  close(STDIN_FILENO);
  low_descriptors_hold(&low);
  CHECK_INT(STDIN_FILENO, low.held[STDIN_FILENO]);
  if (taken) CHECK_INT(STDIN_FILENO, dup2(file, STDIN_FILENO));
  low_descriptors_release(&low);
  CHECK(taken == (fcntl(STDIN_FILENO, F_GETFD) >= 0));
  close(file);
  if (!CHECK_INT(STDIN_FILENO, dup2(saved, STDIN_FILENO))) return;
  close(saved);
}

/* Of sockets that the kernel does not tell of, none is opened; what is none is closed as well. */
static void check_own_sockets(void) {
  struct own_sockets sockets = {0};
  int other;
  int own;

  unit_case("sockets");
  if (REFUSES_SYSTEM) {
    refusal_begin("fstat", 1, false, EIO);
    CHECK_INT(-1, own_sockets_open(&sockets, AF_INET, SOCK_STREAM, 0));
    CHECK_INT(EIO, errno);
    CHECK_INT(1, refusal_stop());
  }
  CHECK_INT(0, sockets.count);
  CHECK(!sockets.no_memory);
  CHECK_INT(-1, own_sockets_open(&sockets, -1, SOCK_STREAM, 0));
  own = own_sockets_open(&sockets, AF_INET, SOCK_STREAM, 0);
  other = socket(AF_INET, SOCK_STREAM, 0);
  CHECK(own >= 0 && other >= 0);
  CHECK_INT(1, sockets.count);
  CHECK_INT(0, own_sockets_close(&sockets, other));
  CHECK_INT(1, sockets.count);
  unit_case("a number that is something else by now stays open");
  close(own);
  CHECK_INT(own, dup(STDERR_FILENO));
  own_sockets_leave(&sockets);
  CHECK_INT(0, close(own));
  CHECK_INT(0, sockets.count);
  unit_case("so do another socket, and one that was closed");
  for (int closed = 0; closed < 2; closed++) {
    own = own_sockets_open(&sockets, AF_INET, SOCK_STREAM, 0);
    close(own);
    if (!closed) CHECK_INT(own, socket(AF_INET, SOCK_STREAM, 0));
    own_sockets_leave(&sockets);
    CHECK_INT(closed ? -1 : 0, close(own));
  }
  unit_case("one of ours is closed");
  own = own_sockets_open(&sockets, AF_INET, SOCK_STREAM, 0);
  own_sockets_leave(&sockets);
  CHECK_INT(-1, close(own));
}

void curl_transport_test(void) {
  char problem[CURL_PROBLEM_MAX] = "";

  unit_case("libcurl does not begin");
  refusal_begin("curl_global_init", 1, false, 0);
  if (!curl_transport_initialize(problem)) { /* unless another group has begun it */
    CHECK_TEXT("libcurl cannot be used here", problem);
    CHECK_INT(1, refusal_stop());
  }
  refusal_stop();
  unit_case("the oldest libcurl");
  refusal_begin("curl_version_info", 1, false, 0);
  CHECK(curl_transport_initialize(problem));
  CHECK_INT(1, refusal_stop());
  check_answers();
  check_silent_handler();
  check_refused_creation();
  check_refused_starts("curl_easy_setopt", NULL);
  check_refused_starts("curl_easy_setopt", "a=b");
  check_refused_starts("curl_easy_init", NULL);
  check_refused_starts("curl_slist_append", NULL);
  check_refused_starts("curl_multi_add_handle", NULL);
  check_another_process();
  check_handles();
  check_outcomes();
  check_low_descriptors();
  check_contended_descriptors();
  check_held_descriptor(false);
#ifdef O_PATH
  check_held_descriptor(true);
#endif
  check_own_sockets();
}
