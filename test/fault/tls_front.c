/*
** TLS before the server: see tls_front.h.
**
** Sessions are not resumed, so that each connection allocates as the one before it did.
*/
#include "tls_front.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define BACKLOG 64
#define SILENCE 20 /* seconds that the other side may say nothing within a handshake */
#define DAY 86400L

static SSL_CTX *settings;
static int behind; /* the server's port */
static int listener;

/* ---- the certificate ---- */

static bool add_extension(X509 *certificate, int name, const char *value) {
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, name, value);
  bool added = extension && X509_add_ext(certificate, extension, -1);

  X509_EXTENSION_free(extension);
  return added;
}

/* Of this machine, by itself, for a day. NULL if it cannot be made. */
static X509 *make_certificate(EVP_PKEY *key) {
  static const unsigned char name[] = "127.0.0.1";
  X509 *certificate = X509_new();
  X509_NAME *subject = certificate ? X509_get_subject_name(certificate) : NULL;

  if (subject && X509_set_version(certificate, X509_VERSION_3) &&
      ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) &&
      X509_gmtime_adj(X509_getm_notBefore(certificate), -DAY) &&
      X509_gmtime_adj(X509_getm_notAfter(certificate), DAY) &&
      X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, name, -1, -1, 0) &&
      X509_set_issuer_name(certificate, subject) && X509_set_pubkey(certificate, key) &&
      add_extension(certificate, NID_subject_alt_name, "IP:127.0.0.1") &&
      add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE") &&
      X509_sign(certificate, key, EVP_sha256())) {
    return certificate;
  }
  X509_free(certificate);
  return NULL;
}

static bool write_certificate(X509 *certificate, const char *path) {
  FILE *file = fopen(path, "w");
  bool written = file && PEM_write_X509(file, certificate);

  return file && !fclose(file) && written;
}

static bool make_settings(const char *certificate_file) {
  EVP_PKEY *key = EVP_EC_gen("P-256");
  X509 *certificate = key ? make_certificate(key) : NULL;
  bool made;

  settings = SSL_CTX_new(TLS_server_method());
  made = certificate && settings && SSL_CTX_use_certificate(settings, certificate) == 1 &&
         SSL_CTX_use_PrivateKey(settings, key) == 1 && SSL_CTX_set_num_tickets(settings, 0) == 1 &&
         write_certificate(certificate, certificate_file);
  if (settings) SSL_CTX_set_session_cache_mode(settings, SSL_SESS_CACHE_OFF);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return made;
}

/* ---- one connection ---- */

static int connect_behind(void) {
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)behind),
                                .sin_addr = {htonl(INADDR_LOOPBACK)}};
  int one = 1;
  int descriptor = socket(AF_INET, SOCK_STREAM, 0);

  if (descriptor < 0) return -1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (!connect(descriptor, (struct sockaddr *)&address, sizeof address)) return descriptor;
  close(descriptor);
  return -1;
}

/* What has come by TLS goes on. False at the end. */
static bool pass_on(SSL *tls, int server) {
  char bytes[16384];

  do {
    int got = SSL_read(tls, bytes, sizeof bytes);
    if (got <= 0 || send(server, bytes, (size_t)got, MSG_NOSIGNAL) != got) return false;
  } while (SSL_pending(tls));
  return true;
}

static bool pass_back(SSL *tls, int server) {
  char bytes[16384];
  ssize_t got = recv(server, bytes, sizeof bytes, 0);

  return got > 0 && SSL_write(tls, bytes, (int)got) == (int)got;
}

static void relay(SSL *tls, int client, int server) {
  struct pollfd ends[] = {{.fd = client, .events = POLLIN}, {.fd = server, .events = POLLIN}};

  for (;;) {
    if (poll(ends, 2, -1) < 0) return;
    if (ends[0].revents && !pass_on(tls, server)) return;
    if (ends[1].revents && !pass_back(tls, server)) break;
  }
  SSL_shutdown(tls);
}

/* `context` is its descriptor, owned. */
static void *serve_one(void *context) {
  struct timeval silence = {.tv_sec = SILENCE};
  int client = *(int *)context;
  SSL *tls = SSL_new(settings);
  int server = -1;

  setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof silence);
  if (tls && SSL_set_fd(tls, client) == 1 && SSL_accept(tls) == 1) server = connect_behind();
  if (server >= 0) {
    relay(tls, client, server);
    close(server);
  }
  SSL_free(tls);
  close(client);
  free(context);
  return NULL;
}

static void welcome(int client) {
  int *kept = malloc(sizeof *kept);
  int one = 1;
  pthread_t thread;

  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (kept) *kept = client;
  if (kept && !pthread_create(&thread, NULL, serve_one, kept)) {
    pthread_detach(thread);
  } else {
    close(client);
    free(kept);
  }
}

/* OpenSSL writes to connections that the other side has closed: that ends none of these threads. */
static void *welcome_all(void *context) {
  sigset_t broken_pipes;

  sigemptyset(&broken_pipes);
  sigaddset(&broken_pipes, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipes, NULL);
  for (;;) {
    int client = accept(listener, NULL, NULL);
    if (client >= 0) welcome(client);
  }
  return context;
}

int tls_front_start(int port, const char *certificate_file) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof address;
  pthread_t thread;

  behind = port;
  listener = socket(AF_INET, SOCK_STREAM, 0);
  if (!make_settings(certificate_file) || listener < 0 ||
      bind(listener, (struct sockaddr *)&address, size) || listen(listener, BACKLOG) ||
      getsockname(listener, (struct sockaddr *)&address, &size) ||
      pthread_create(&thread, NULL, welcome_all, NULL)) {
    exit(2);
  }
  pthread_detach(thread);
  return ntohs(address.sin_port);
}
