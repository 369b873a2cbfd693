/*
** The HTTP side: libmicrohttpd glue with one thread per connection, so that a slow answer is a
** plain sleep. Must not know the API nor why an answer is as it is.
*/
#include "server.h"

#include "arrivals.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct server {
  struct MHD_Daemon *daemon;
  struct control *control;
  struct arrivals arrivals;
};

/* One request, from its first line to its end. */
struct exchange {
  char *uri; /* as sent: the library's own is decoded, and `$`, `%24`, `%2F` must differ */
  struct text body;
  bool begun;
  bool too_large;
};

/* Body of an answer that needs more than a buffer. */
struct slow_body {
  struct control *control;
  struct text text;
  size_t hang_at;
  int64_t hang;
  size_t end;  /* where it stops */
  bool broken; /* stopping there is an error, so the connection closes */
};

struct walk_body {
  struct walk walk;
  struct text text;
  size_t sent;
};

enum { BODY_MAX = 64 * 1024 * 1024, CONNECTION_MEMORY = 128 * 1024, SETTLE_MS = 200 };

static struct arrival *arrival_of(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info ? info->socket_context : NULL;
}

static void *begin_exchange(void *cls, const char *uri, struct MHD_Connection *connection) {
  struct server *server = cls;
  struct exchange *exchange = memory_or_exit(NULL, sizeof *exchange);
  size_t length = strlen(uri) + 1;
  arrivals_begin(&server->arrivals, arrival_of(connection));
  memset(exchange, 0, sizeof *exchange);
  exchange->uri = memcpy(memory_or_exit(NULL, length), uri, length);
  return exchange;
}

static void end_exchange(void *cls, struct MHD_Connection *connection, void **request,
                         enum MHD_RequestTerminationCode why) {
  struct server *server = cls;
  struct exchange *exchange = *request;
  (void)why;
  arrivals_end(&server->arrivals, arrival_of(connection));
  if (!exchange) return;
  text_free(&exchange->body);
  free(exchange->uri);
  free(exchange);
  *request = NULL;
}

static void notice_connection(void *cls, struct MHD_Connection *connection, void **mark,
                              enum MHD_ConnectionNotificationCode what) {
  struct server *server = cls;
  if (what == MHD_CONNECTION_NOTIFY_STARTED) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    *mark = arrivals_add(&server->arrivals, info ? info->connect_fd : -1);
  } else if (*mark) {
    arrivals_remove(&server->arrivals, *mark);
    *mark = NULL;
  }
}

static const char *header(struct MHD_Connection *connection, const char *name) {
  return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

struct header_list {
  struct pair *at;
  size_t count;
  size_t room;
};

static enum MHD_Result collect_header(void *cls, enum MHD_ValueKind kind, const char *name,
                                      const char *value) {
  struct header_list *list = cls;
  (void)kind;
  if (list->count == list->room) return MHD_NO;
  list->at[list->count].name = name;
  list->at[list->count++].value = value ? value : "";
  return MHD_YES;
}

static void collect_headers(struct MHD_Connection *connection, struct header_list *list) {
  int count = MHD_get_connection_values(connection, MHD_HEADER_KIND, NULL, NULL);
  list->count = 0;
  list->room = count > 0 ? (size_t)count : 0;
  list->at = memory_or_exit(NULL, list->room * sizeof *list->at);
  MHD_get_connection_values(connection, MHD_HEADER_KIND, collect_header, list);
}

static enum MHD_Result send_response(struct MHD_Connection *connection, unsigned status,
                                     struct MHD_Response *response) {
  enum MHD_Result result = MHD_queue_response(connection, status, response);
  MHD_destroy_response(response);
  return result;
}

/* Hands the buffer over to the library; an empty one is not freed by it. */
static struct MHD_Response *buffer_response(struct text *body) {
  struct MHD_Response *response;
  if (!body->length) {
    text_free(body);
    return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
  }
  response = MHD_create_response_from_buffer(body->length, body->at, MHD_RESPMEM_MUST_FREE);
  if (!response) text_free(body);
  memset(body, 0, sizeof *body);
  return response;
}

static ssize_t read_slow_body(void *cls, uint64_t position, char *out, size_t room) {
  struct slow_body *slow = cls;
  size_t at = (size_t)position;
  size_t stop = slow->end;
  if (at >= slow->end) {
    return slow->broken ? MHD_CONTENT_READER_END_WITH_ERROR : MHD_CONTENT_READER_END_OF_STREAM;
  }
  if (slow->hang) {
    if (at < slow->hang_at) {
      stop = slow->hang_at;
    } else {
      control_pause(slow->control, slow->hang);
      slow->hang = 0;
    }
  }
  if (room > stop - at) room = stop - at;
  memcpy(out, slow->text.at + at, room);
  return (ssize_t)room;
}

static void free_slow_body(void *cls) {
  struct slow_body *slow = cls;
  text_free(&slow->text);
  free(slow);
}

static struct MHD_Response *slow_response(struct control *control, struct delivery *delivery) {
  struct slow_body *slow = memory_or_exit(NULL, sizeof *slow);
  uint64_t promised;
  memset(slow, 0, sizeof *slow);
  slow->control = control;
  slow->text = delivery->answer.body;
  memset(&delivery->answer.body, 0, sizeof delivery->answer.body);
  promised = delivery->chunked ? MHD_SIZE_UNKNOWN : (uint64_t)slow->text.length;
  slow->end = slow->text.length;
  if (delivery->cut >= 0 && (uint64_t)delivery->cut < slow->end) {
    slow->end = (size_t)delivery->cut;
    slow->broken = true;
  }
  slow->hang = delivery->hang;
  slow->hang_at = slow->end / 2;
  return MHD_create_response_from_callback(promised, 16384, read_slow_body, slow, free_slow_body);
}

/* By the emulator's own clock, which may be off. */
static void add_date(struct MHD_Response *response, int clock) {
  time_t now = time(NULL) + clock;
  struct tm parts;
  char date[64];
  if (!gmtime_r(&now, &parts)) return;
  strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  MHD_add_response_header(response, "Date", date);
}

static void add_headers(struct MHD_Response *response, const struct delivery *delivery) {
  const struct text *own = &delivery->headers;
  const char *range = delivery->answer.content_range;
  size_t at = 0;
  if (!script_header(own, "date")) add_date(response, delivery->clock);
  if (!script_header(own, "x-request-id")) {
    MHD_add_response_header(response, "X-Request-Id", delivery->request_id);
  }
  if (*delivery->type && !script_header(own, "content-type")) {
    MHD_add_response_header(response, "Content-Type", delivery->type);
  }
  if (*range && !script_header(own, "content-range")) {
    MHD_add_response_header(response, "Content-Range", range);
  }
  while (at < own->length) {
    const char *name = own->at + at;
    const char *value = name + strlen(name) + 1;
    MHD_add_response_header(response, name, value);
    at = (size_t)(value - own->at) + strlen(value) + 1;
  }
}

static enum MHD_Result serve_api(struct server *server, struct MHD_Connection *connection,
                                 const char *method, struct exchange *exchange) {
  struct api_request request = {
      .method = method,
      .uri = exchange->uri,
      .content_type = header(connection, "Content-Type"),
      .accept = header(connection, "Accept"),
      .accept_encoding = header(connection, "Accept-Encoding"),
      .user_agent = header(connection, "User-Agent"),
      .token = header(connection, "X-Auth-Token"),
      .authorization = header(connection, "Authorization"),
      .sdk_date = header(connection, "X-Sdk-Date"),
      .security_token = header(connection, "X-Security-Token"),
      .body = &exchange->body,
  };
  struct arrival *arrival = arrival_of(connection);
  struct header_list headers;
  struct delivery delivery;
  struct MHD_Response *response = NULL;
  unsigned status;
  collect_headers(connection, &headers);
  request.headers = headers.at;
  request.header_count = headers.count;
  control_serve(server->control, &request, arrival ? arrival->number : 0, &delivery);
  arrivals_logged(&server->arrivals, arrival);
  free(headers.at);
  if (delivery.delay) control_pause(server->control, delivery.delay);
  /* Before the answer leaves, else a quick client's next request would seem to overlap this one. */
  control_served(server->control);
  if (!delivery.reset) {
    bool slow = delivery.cut >= 0 || delivery.hang || delivery.chunked;
    response =
        slow ? slow_response(server->control, &delivery) : buffer_response(&delivery.answer.body);
    if (response) add_headers(response, &delivery);
  }
  status = delivery.answer.status;
  delivery_free(&delivery);
  return response ? send_response(connection, status, response) : MHD_NO;
}

static ssize_t read_walk(void *cls, uint64_t position, char *out, size_t room) {
  struct walk_body *body = cls;
  (void)position;
  if (body->sent == body->text.length) {
    body->sent = body->text.length = 0;
    if (!walk_next(&body->walk, &body->text)) return MHD_CONTENT_READER_END_OF_STREAM;
  }
  if (room > body->text.length - body->sent) room = body->text.length - body->sent;
  memcpy(out, body->text.at + body->sent, room);
  body->sent += room;
  return (ssize_t)room;
}

static void free_walk(void *cls) {
  struct walk_body *body = cls;
  text_free(&body->text);
  free(body);
}

/* "true" once all requests that have come are in the log. */
static enum MHD_Result serve_settle(struct server *server, struct MHD_Connection *connection) {
  struct text body;
  memset(&body, 0, sizeof body);
  text_str(&body, arrivals_settle(&server->arrivals, arrival_of(connection), SETTLE_MS)
                      ? "true\n"
                      : "false\n");
  struct MHD_Response *response = buffer_response(&body);
  return response ? send_response(connection, 200, response) : MHD_NO;
}

static enum MHD_Result serve_control(struct server *server, struct MHD_Connection *connection,
                                     const char *method, struct exchange *exchange) {
  struct MHD_Response *response;
  struct walk_body *body = memory_or_exit(NULL, sizeof *body);
  struct reply reply = {.status = 200, .is_json = true};
  memset(body, 0, sizeof *body);
  if (strcmp(method, "GET") == 0 && control_walk(server->control, exchange->uri, &body->walk)) {
    response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 65536, read_walk, body, free_walk);
  } else {
    free(body);
    control_call(server->control, method, exchange->uri, &exchange->body, &reply);
    response = buffer_response(&reply.body);
  }
  if (!response) return MHD_NO;
  MHD_add_response_header(response, "Content-Type",
                          reply.is_json ? "application/json" : "text/plain; charset=utf-8");
  return send_response(connection, reply.status, response);
}

static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **request) {
  struct server *server = cls;
  struct exchange *exchange = *request;
  (void)url;
  (void)version;
  if (!exchange) return MHD_NO;
  /* The first call is for the headers alone; answering there would drop a body unread. */
  if (!exchange->begun) {
    exchange->begun = true;
    return MHD_YES;
  }
  if (*upload_size) {
    if (exchange->body.length + *upload_size > BODY_MAX) {
      exchange->too_large = true;
    } else {
      text_add(&exchange->body, upload, *upload_size);
    }
    *upload_size = 0;
    return MHD_YES;
  }
  if (exchange->too_large) return MHD_NO;
  if (strcmp(exchange->uri, "/emulator/settle") == 0) return serve_settle(server, connection);
  if (strncmp(exchange->uri, "/emulator/", 10) == 0) {
    return serve_control(server, connection, method, exchange);
  }
  return serve_api(server, connection, method, exchange);
}

struct server *server_start(struct control *control, uint16_t port) {
  struct server *server = memory_or_exit(NULL, sizeof *server);
  const union MHD_DaemonInfo *listener;
  struct sockaddr_in address;
  memset(server, 0, sizeof *server);
  server->control = control;
  arrivals_init(&server->arrivals);
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  server->daemon = MHD_start_daemon(
      MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL |
          MHD_USE_SUPPRESS_DATE_NO_CLOCK,
      port, NULL, NULL, handle, server, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
      MHD_OPTION_URI_LOG_CALLBACK, begin_exchange, server, MHD_OPTION_NOTIFY_COMPLETED,
      end_exchange, server, MHD_OPTION_NOTIFY_CONNECTION, notice_connection, server,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, MHD_OPTION_LISTEN_BACKLOG_SIZE,
      1024u, MHD_OPTION_END);
  if (!server->daemon) {
    free(server);
    return NULL;
  }
  listener = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_LISTEN_FD);
  arrivals_listen(&server->arrivals, listener ? listener->listen_fd : -1);
  return server;
}

uint16_t server_port(const struct server *server) {
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
  return info ? info->port : 0;
}

void server_stop(struct server *server) {
  control_stop(server->control);
  MHD_stop_daemon(server->daemon);
  free(server);
}
