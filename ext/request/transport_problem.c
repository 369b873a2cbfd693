/*
** What became of an exchange that brought no whole answer: see transport_problem.h.
*/
#include "request/transport_problem.h"

#include <stdio.h>
#include <string.h>

static void describe_no_connection(const struct transport_result *result, const char *detail,
                                   char *text, size_t size) {
  bool final = result->outcome == TRANSPORT_UNREACHABLE;

  if (result->proxy) {
    snprintf(text, size, "no connection through the proxy that %s names: %s.%s%s%s", result->proxy,
             detail, final ? " Check its address and credentials in " : "",
             final ? result->proxy : "", final ? "." : "");
  } else {
    snprintf(text, size, "no connection: %s.%s", detail, final ? " Is that name right?" : "");
  }
}

static void describe_certificates(const struct transport_result *result, const char *detail,
                                  char *text, size_t size) {
  if (result->outcome == TRANSPORT_UNTRUSTED) {
    snprintf(text, size,
             "the server's certificate is not trusted: %s. Where the service has a certificate "
             "authority of its own, name its file by setting ca_file (SWR_CA_FILE).",
             detail);
  } else {
    snprintf(text, size,
             "the file of certificates cannot be used: %s. Name one in PEM form by setting ca_file "
             "(SWR_CA_FILE, SSL_CERT_FILE), or none.",
             detail);
  }
}

static void describe_refusal(const struct transport_result *result, const char *detail, char *text,
                             size_t size) {
  if (result->proxy) {
    /* Our own words are not redacted: it would tell what they have in common with a secret. */
    snprintf(text, size, "the proxy that %s names cannot be used: %s.", result->proxy,
             result->proxy_problem ? result->proxy_problem : detail);
  } else {
    snprintf(text, size, "the request cannot be made: %s.", detail);
  }
}

bool transport_problem(const struct transport_result *result, const struct secrets *secrets,
                       char *text, size_t size) {
  char detail[300];
  size_t length = strlen(result->detail);

  while (length && result->detail[length - 1] == '.') length--; /* sentences here have one */
  redact(result->detail, length, secrets, detail, sizeof detail);
  switch (result->outcome) {
    case TRANSPORT_TIMED_OUT:
      snprintf(text, size, "no answer in time: %s.", detail);
      return true;
    case TRANSPORT_UNTRUSTED:
    case TRANSPORT_BAD_CA_FILE:
      describe_certificates(result, detail, text, size);
      return false;
    case TRANSPORT_REFUSED:
      describe_refusal(result, detail, text, size);
      return false;
    case TRANSPORT_NOT_HTTP:
      snprintf(text, size, "the answer is not HTTP: %s. Does the endpoint name SWR's API?", detail);
      return false;
    case TRANSPORT_GARBLED:
      snprintf(text, size, "HTTP %d, but the body cannot be unpacked: %s.", result->status, detail);
      return false;
    case TRANSPORT_UNREACHABLE:
      describe_no_connection(result, detail, text, size);
      return false;
    default:
      if (result->status) {
        snprintf(text, size, "HTTP %d, then the body was cut short: %s.", result->status, detail);
      } else {
        describe_no_connection(result, detail, text, size);
      }
      return true;
  }
}
