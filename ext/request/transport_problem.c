/*
** What became of an exchange that brought no whole answer: see transport_problem.h.
*/
#include "request/transport_problem.h"

#include <string.h>

static enum verdict describe_no_connection(const struct transport_result *result,
                                           const char *detail, struct conclusion *end) {
  bool final = result->outcome == TRANSPORT_UNREACHABLE;
  enum verdict verdict = final ? VERDICT_FAILED : VERDICT_AGAIN;

  if (!result->proxy) {
    conclude(end, verdict, "no connection: %s.", detail);
    return final ? conclude_advice(end, "Is that name right? Check endpoint, region and cloud.")
                 : verdict;
  }
  conclude(end, verdict, "no connection through the proxy that %s names: %s.", result->proxy,
           detail);
  return final ? conclude_advice(end, "Check its address and credentials in %s.", result->proxy)
               : verdict;
}

static enum verdict describe_certificates(const struct transport_result *result, const char *detail,
                                          struct conclusion *end) {
  if (result->outcome == TRANSPORT_UNTRUSTED) {
    conclude(end, VERDICT_FAILED, "the server's certificate is not trusted: %s.", detail);
    return conclude_advice(
        end,
        "Where the service has a certificate authority of its own, name its file by setting "
        "ca_file (SWR_CA_FILE).");
  }
  conclude(end, VERDICT_FAILED, "the file of certificates cannot be used: %s.", detail);
  return conclude_advice(
      end, "Name one in PEM form by setting ca_file (SWR_CA_FILE, SSL_CERT_FILE), or none.");
}

static enum verdict describe_refusal(const struct transport_result *result, const char *detail,
                                     struct conclusion *end) {
  if (!result->proxy) {
    return conclude(end, VERDICT_FAILED, "the request cannot be made: %s.", detail);
  }
  /* Our own words are not redacted: it would tell what they have in common with a secret. */
  conclude(end, VERDICT_FAILED, "the proxy that %s names cannot be used: %s.", result->proxy,
           result->proxy_problem ? result->proxy_problem : detail);
  return conclude_advice(end, "Set %s to another one, or unset it.", result->proxy);
}

/* Came so far, and no further: another attempt may bring it whole. */
static enum verdict describe_cut(const struct transport_result *result, const char *detail,
                                 struct conclusion *end) {
  if (!result->status) return describe_no_connection(result, detail, end);
  return conclude(end, VERDICT_AGAIN, "HTTP %d, then the body was cut short: %s.", result->status,
                  detail);
}

enum verdict transport_problem(const struct transport_result *result, const struct secrets *secrets,
                               struct conclusion *end) {
  char detail[300];
  size_t length = strlen(result->detail);

  while (length && result->detail[length - 1] == '.') length--; /* sentences here have one */
  redact(result->detail, length, secrets, detail, sizeof detail);
  switch (result->outcome) {
    case TRANSPORT_TIMED_OUT:
      return conclude(end, VERDICT_AGAIN, "no answer in time: %s.", detail);
    case TRANSPORT_UNTRUSTED:
    case TRANSPORT_BAD_CA_FILE:
      return describe_certificates(result, detail, end);
    case TRANSPORT_REFUSED:
      return describe_refusal(result, detail, end);
    case TRANSPORT_NOT_HTTP:
      conclude(end, VERDICT_FAILED, "the answer is not HTTP: %s.", detail);
      return conclude_advice(end, "Does the endpoint name SWR's API? Check endpoint and region.");
    case TRANSPORT_GARBLED:
      return conclude(end, VERDICT_FAILED, "HTTP %d, but the body cannot be unpacked: %s.",
                      result->status, detail);
    case TRANSPORT_UNREACHABLE:
      return describe_no_connection(result, detail, end);
    default:
      return describe_cut(result, detail, end);
  }
}
