/*
** A server of HTTP/1.1: see server.h.
*/
#include "server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#define CONNECTIONS_MAX 256
#define REQUEST_MAX 8192
#define CHUNK ((size_t)100) /* bytes */

struct client {
  char request[REQUEST_MAX];
  size_t size;
  bool ended; /* nothing more is sent */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of what the other thread sets */
static struct conduct conduct;
static int answers;
static bool was_cut;

static int port;
static struct pollfd sockets[CONNECTIONS_MAX]; /* the first one listens */
static struct client clients[CONNECTIONS_MAX];
static nfds_t socket_count;

int server_port(void) { return port; }

void server_conduct(const struct conduct *wanted) {
  static const struct conduct right;

  pthread_mutex_lock(&lock);
  conduct = wanted ? *wanted : right;
  answers = 0;
  was_cut = false;
  pthread_mutex_unlock(&lock);
}

bool server_cut(void) {
  bool cut;

  pthread_mutex_lock(&lock);
  cut = was_cut;
  pthread_mutex_unlock(&lock);
  return cut;
}

int server_answers(void) {
  int count;

  pthread_mutex_lock(&lock);
  count = answers;
  pthread_mutex_unlock(&lock);
  return count;
}

/* ---- what an answer is on the wire ---- */

static void append_chunks(struct world_text *wire, const struct world_text *body) {
  struct world_text chunk;
  char size[20];

  for (size_t at = 0; at < body->size; at += CHUNK) {
    size_t rest = body->size - at < CHUNK ? body->size - at : CHUNK;
    memcpy(chunk.bytes, body->bytes + at, rest);
    chunk.bytes[rest] = '\0';
    snprintf(size, sizeof size, "%zx\r\n", rest);
    world_append(wire, size);
    world_append(wire, chunk.bytes);
    world_append(wire, "\r\n");
  }
  world_append(wire, "0\r\n\r\n");
}

static void compress_body(struct world_text *body) {
  struct world_text plain = *body;
  z_stream stream = {0};

  if (deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) abort();
  stream.next_in = (unsigned char *)plain.bytes;
  stream.avail_in = (unsigned)plain.size;
  stream.next_out = (unsigned char *)body->bytes;
  stream.avail_out = sizeof body->bytes;
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) abort();
  body->size = stream.total_out;
  deflateEnd(&stream);
}

static void append_raw(struct world_text *wire, const struct world_text *body) {
  if (body->size > sizeof wire->bytes - wire->size) abort();
  memcpy(wire->bytes + wire->size, body->bytes, body->size);
  wire->size += body->size;
}

static void frame(struct world_answer *answer, const struct conduct *how, struct world_text *wire) {
  char line[80];

  wire->size = 0;
  snprintf(line, sizeof line, "HTTP/1.1 %d Words\r\n", how->status ? how->status : answer->status);
  world_append(wire, line);
  if (how->bare) answer->body.size = 0;
  if (how->framing == FRAMING_GZIP) {
    compress_body(&answer->body);
    world_append(wire, "Content-Encoding: gzip\r\n");
  }
  answer->headers.bytes[answer->headers.size] = '\0';
  world_append(wire, answer->headers.bytes);
  if (how->closing || how->framing == FRAMING_CLOSE) world_append(wire, "Connection: close\r\n");
  if (how->framing == FRAMING_CHUNKED) world_append(wire, "Transfer-Encoding: chunked\r\n");
  snprintf(line, sizeof line, "Content-Length: %zu\r\n", answer->body.size);
  if (how->framing == FRAMING_LENGTH || how->framing == FRAMING_GZIP) world_append(wire, line);
  world_append(wire, "\r\n");
  if (how->framing == FRAMING_CHUNKED) {
    append_chunks(wire, &answer->body);
  } else {
    append_raw(wire, &answer->body);
  }
}

/* ---- sending it ---- */

static void pause_for(int milliseconds) {
  struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};

  nanosleep(&time, NULL);
}

/* False if the other side is gone. */
static bool send_all(int descriptor, const char *bytes, size_t size) {
  while (size) {
    ssize_t sent = send(descriptor, bytes, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes += sent;
    size -= (size_t)sent;
  }
  return true;
}

/* False if the connection is to be closed. */
static bool end_early(int descriptor, struct client *client, enum ending ending) {
  const struct linger at_once = {.l_onoff = 1, .l_linger = 0};

  client->ended = true;
  if (ending == ENDING_HALF_CLOSED) shutdown(descriptor, SHUT_WR);
  if (ending == ENDING_RESET) {
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  return ending == ENDING_HALF_CLOSED || ending == ENDING_SILENT;
}

static bool is_accepted(const char *request) {
  return strcasestr(request, "\r\nX-Auth-Token: right-token\r\n") ||
         strcasestr(request, "\r\nAuthorization: SDK-HMAC-SHA256 ");
}

/* False if the connection is to be closed. */
static bool answer_request(int descriptor, struct client *client) {
  static struct world_answer answer;
  static struct world_text wire;
  struct conduct how;
  bool cut;
  bool other;

  pthread_mutex_lock(&lock);
  how = conduct;
  answers++;
  other = how.instead && (!how.answer || answers == how.answer);
  cut = how.ending != ENDING_WHOLE && answers == how.answer;
  pthread_mutex_unlock(&lock);
  if (other) return send_all(descriptor, how.instead, how.instead_size);
  world_ask(client->request, is_accepted(client->request), &how.change, &answer);
  frame(&answer, &how, &wire);
  if (how.delay) pause_for(how.delay);
  cut = cut && how.cut < wire.size;
  if (cut) wire.size = how.cut;
  pthread_mutex_lock(&lock);
  was_cut = was_cut || cut;
  pthread_mutex_unlock(&lock);
  if (!send_all(descriptor, wire.bytes, wire.size)) return false;
  if (cut) return end_early(descriptor, client, how.ending);
  return how.framing != FRAMING_CLOSE && !how.closing;
}

/* Bytes of the first request that is whole; 0: none is. */
static size_t request_size(const struct client *client) {
  const char *end = strstr(client->request, "\r\n\r\n");
  const char *length = strcasestr(client->request, "\r\nContent-Length: ");
  size_t size;

  if (!end) return 0;
  size = (size_t)(end + 4 - client->request);
  if (length && length < end) size += strtoul(length + 18, NULL, 10);
  return client->size >= size ? size : 0;
}

/* False if the connection is to be closed. */
static bool receive(int descriptor, struct client *client) {
  ssize_t got = recv(descriptor, client->request + client->size,
                     sizeof client->request - 1 - client->size, 0);
  size_t size;

  if (got <= 0) return false;
  if (client->ended) return true;
  client->size += (size_t)got;
  client->request[client->size] = '\0';
  while ((size = request_size(client)) != 0) {
    if (!answer_request(descriptor, client)) return false;
    memmove(client->request, client->request + size, client->size + 1 - size);
    client->size -= size;
  }
  return client->size + 1 < sizeof client->request;
}

/* ---- the connections ---- */

static void welcome(void) {
  int one = 1;
  int descriptor = accept(sockets[0].fd, NULL, NULL);

  if (descriptor < 0) return;
  if (socket_count == CONNECTIONS_MAX) {
    close(descriptor);
    return;
  }
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  sockets[socket_count] = (struct pollfd){.fd = descriptor, .events = POLLIN};
  clients[socket_count].size = 0;
  clients[socket_count++].ended = false;
}

static void dismiss(nfds_t index) {
  close(sockets[index].fd);
  socket_count--;
  sockets[index] = sockets[socket_count];
  clients[index] = clients[socket_count];
}

static void *serve(void *context) {
  for (;;) {
    if (poll(sockets, socket_count, -1) < 0) continue;
    for (nfds_t i = socket_count; i-- > 1;) {
      if (sockets[i].revents && !receive(sockets[i].fd, &clients[i])) dismiss(i);
    }
    if (sockets[0].revents) welcome();
  }
  return context;
}

void server_start(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof address;
  pthread_t thread;
  int listener = socket(AF_INET, SOCK_STREAM, 0);

  if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) ||
      listen(listener, CONNECTIONS_MAX) ||
      getsockname(listener, (struct sockaddr *)&address, &size)) {
    exit(2);
  }
  port = ntohs(address.sin_port);
  sockets[0] = (struct pollfd){.fd = listener, .events = POLLIN};
  socket_count = 1;
  if (pthread_create(&thread, NULL, serve, NULL)) exit(2);
  pthread_detach(thread);
}
