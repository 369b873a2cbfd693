/*
** Who a request is from: its token, or its signature by an access key. Stricter than the service
** where that finds errors of a client: what it sends for the gateway has to be signed.
** Must not know what is asked for nor how the answer is written.
*/
#include "authentication.h"
#include "signature.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { CLOCK_TOLERANCE = 15 * 60, BAD_IN_A_ROW_MAX = 5, DATE_LENGTH = 16 };

static const char scheme[] = "SDK-HMAC-SHA256 ";

/* The parts of an Authorization header. */
struct credentials {
  char *copy;
  const char *access;
  char *names; /* SignedHeaders, split at its semicolons by find_signed() */
  const char *signature;
};

/* What the checks of one signed request share. */
struct proof {
  const struct api_request *request;
  const struct options *options;
  struct key_guard *guard;
  struct verdict *verdict;
  struct credentials credentials;
  struct pair *headers; /* the signed ones, sorted by name */
  size_t count;
};

static bool refuse(struct verdict *verdict, const char *message, const char *detail) {
  text_str(&verdict->refusal, "Incorrect IAM authentication information: ");
  text_str(&verdict->refusal, message);
  text_str(&verdict->refusal, detail);
  return false;
}

static bool check_token(const struct api_request *request, const struct options *options,
                        struct iam *iam, struct verdict *verdict) {
  uint64_t number = 0;
  char expires[32];
  enum token_state state;
  if (!request->token) return refuse(verdict, "x-auth-token not found", "");
  if (strcmp(request->token, options->token) == 0) return true;
  state = iam_use(iam, request->token, options, &number, expires);
  if (state == TOKEN_UNKNOWN) return refuse(verdict, "decrypt token fail", "");
  snprintf(verdict->issued, sizeof verdict->issued, "issued-%llu", (unsigned long long)number);
  verdict->token = verdict->issued;
  if (state == TOKEN_EXPIRED) return refuse(verdict, "token expires, expires_at: ", expires);
  return state == TOKEN_GOOD || refuse(verdict, "Unauthorized", "");
}

/* Access=…, SignedHeaders=…, Signature=…: these, all of them, in this order. */
static bool split_credentials(const char *authorization, struct credentials *parts) {
  const char *text = authorization + sizeof scheme - 1;
  size_t room = strlen(text) + 1;
  char *at = parts->copy = memcpy(memory_or_exit(NULL, room), text, room);
  static const char *const keys[] = {"Access=", "SignedHeaders=", "Signature="};
  char *value[3];
  size_t i;
  for (i = 0; i < 3; i++) {
    at += strspn(at, " ");
    if (strncmp(at, keys[i], strlen(keys[i])) != 0) return false;
    at += strlen(keys[i]);
    value[i] = at;
    at += strcspn(at, ", ");
    if (at == value[i] || *at != (i < 2 ? ',' : '\0')) return false;
    if (i < 2) *at++ = '\0';
  }
  parts->access = value[0];
  parts->names = value[1];
  parts->signature = value[2];
  return true;
}

static bool check_key(struct proof *proof) {
  struct key_guard *guard = proof->guard;
  const char *access = proof->credentials.access;
  if (strcmp(access, proof->options->access_key) != 0) {
    refuse(proof->verdict, "ak ", access);
    text_str(&proof->verdict->refusal, " not exist");
    return false;
  }
  if (strcmp(guard->access_key, access) != 0) {
    memcpy(guard->access_key, access, strlen(access) + 1);
    guard->bad_in_a_row = 0;
  }
  if (guard->bad_in_a_row > BAD_IN_A_ROW_MAX) {
    return refuse(proof->verdict, "AK access failed to reach the limit,forbidden", "");
  }
  return true;
}

static void write_date(time_t seconds, char out[DATE_LENGTH + 1]) {
  struct tm parts;
  if (!gmtime_r(&seconds, &parts) || !strftime(out, DATE_LENGTH + 1, "%Y%m%dT%H%M%SZ", &parts)) {
    out[0] = '\0';
  }
}

static int two_digits(const char *at) { return (at[0] - '0') * 10 + at[1] - '0'; }

/* YYYYMMDDTHHMMSSZ and nothing else; a day that is none does not come back as it went in. */
static bool read_date(const char *date, time_t *seconds) {
  struct tm parts;
  char again[DATE_LENGTH + 1];
  if (strlen(date) != DATE_LENGTH || strspn(date, "0123456789") != 8 ||
      strspn(date + 9, "0123456789") != 6) {
    return false;
  }
  memset(&parts, 0, sizeof parts);
  parts.tm_year = two_digits(date) * 100 + two_digits(date + 2) - 1900;
  parts.tm_mon = two_digits(date + 4) - 1;
  parts.tm_mday = two_digits(date + 6);
  parts.tm_hour = two_digits(date + 9);
  parts.tm_min = two_digits(date + 11);
  parts.tm_sec = two_digits(date + 13);
  *seconds = timegm(&parts);
  write_date(*seconds, again);
  return strcmp(again, date) == 0;
}

static bool check_date(struct proof *proof) {
  const char *date = proof->request->sdk_date;
  time_t now = time(NULL) + proof->options->clock;
  time_t then;
  char now_text[DATE_LENGTH + 1];
  if (!date) return refuse(proof->verdict, "signature expired, x-sdk-date not found", "");
  if (!read_date(date, &then)) {
    return refuse(proof->verdict, "signature expired, x-sdk-date cannot be read", "");
  }
  if (then - now <= CLOCK_TOLERANCE && now - then <= CLOCK_TOLERANCE) return true;
  write_date(now, now_text);
  refuse(proof->verdict, "signature expired, signature time:", date);
  text_str(&proof->verdict->refusal, ",server time:");
  text_str(&proof->verdict->refusal, now_text);
  return false;
}

/* The value of a header that was sent once, else NULL: which of two was meant cannot be known. */
static const char *single_value(const struct api_request *request, const char *name) {
  const char *found = NULL;
  size_t i;
  for (i = 0; i < request->header_count; i++) {
    if (strcasecmp(request->headers[i].name, name) != 0) continue;
    if (found) return NULL;
    found = request->headers[i].value;
  }
  return found;
}

/* Names must rise, so each comes once, and there are no more of them than headers. */
static bool find_signed(struct proof *proof) {
  char *name = proof->credentials.names;
  bool last = false;
  proof->headers = memory_or_exit(NULL, proof->request->header_count * sizeof *proof->headers);
  while (!last) {
    size_t length = strcspn(name, ";");
    const char *value;
    last = name[length] == '\0';
    name[length] = '\0';
    if (strpbrk(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") ||
        (proof->count && strcmp(proof->headers[proof->count - 1].name, name) >= 0)) {
      return refuse(proof->verdict,
                    "authorization format is incorrect, SignedHeaders must be sorted and in lower "
                    "case",
                    "");
    }
    value = single_value(proof->request, name);
    if (!value) return refuse(proof->verdict, "no header, or more than one, of signed name ", name);
    proof->headers[proof->count].name = name;
    proof->headers[proof->count++].value = value;
    name += length + 1;
  }
  return true;
}

static bool is_signed(const struct proof *proof, const char *name) {
  size_t i;
  for (i = 0; i < proof->count; i++) {
    if (strcasecmp(proof->headers[i].name, name) == 0) return true;
  }
  return false;
}

static bool check_signed(struct proof *proof) {
  static const char complaint[] = "SignedHeaders lacks ";
  size_t i;
  if (!find_signed(proof)) return false;
  if (!is_signed(proof, "host")) return refuse(proof->verdict, complaint, "host");
  for (i = 0; i < proof->request->header_count; i++) {
    const char *name = proof->request->headers[i].name;
    if (strncasecmp(name, "x-", 2) != 0 || strcasecmp(name, "x-auth-token") == 0) continue;
    if (!is_signed(proof, name)) return refuse(proof->verdict, complaint, name);
  }
  return true;
}

static bool check_signature(struct proof *proof) {
  const struct api_request *request = proof->request;
  struct text canonical = {0};
  char expected[SIGNATURE_HEX + 1] = "";
  bool good =
      signature_canonical(request->method, request->uri, proof->headers, proof->count, &canonical);
  if (good) {
    signature_make(proof->options->secret_key, request->sdk_date, &canonical, expected);
    good = strcmp(proof->credentials.signature, expected) == 0;
  }
  if (good) {
    proof->guard->bad_in_a_row = 0;
  } else {
    size_t i;
    proof->guard->bad_in_a_row++;
    proof->guard->bad_signatures++;
    for (i = 0; i < canonical.length; i++) {
      if (canonical.at[i] == '\n') canonical.at[i] = '|';
    }
    refuse(proof->verdict, "verify aksk signature fail, canonicalRequest:", text_end(&canonical));
  }
  text_free(&canonical);
  return good;
}

static bool check_security_token(struct proof *proof) {
  const char *sent = proof->request->security_token;
  if (strcmp(sent ? sent : "", proof->options->security_token) == 0) return true;
  return refuse(proof->verdict,
                sent ? "x-security-token does not match" : "x-security-token not found", "");
}

static bool check_proof(struct proof *proof) {
  bool good;
  if (!split_credentials(proof->request->authorization, &proof->credentials)) {
    good = refuse(proof->verdict, "authorization format is incorrect", "");
  } else {
    good = check_key(proof) && check_date(proof) && check_signed(proof) && check_signature(proof) &&
           check_security_token(proof);
  }
  free(proof->headers);
  free(proof->credentials.copy);
  return good;
}

static const char *match(const char *sent, const char *expected) {
  if (!sent) return NULL;
  return strcmp(sent, expected) == 0 ? "match" : "mismatch";
}

void authenticate(const struct api_request *request, const struct options *options,
                  struct key_guard *guard, struct iam *iam, struct verdict *verdict) {
  bool is_proof =
      request->authorization && strncmp(request->authorization, scheme, sizeof scheme - 1) == 0;
  struct proof proof = {.request = request, .options = options, .guard = guard, .verdict = verdict};
  memset(verdict, 0, sizeof *verdict);
  verdict->token = match(request->token, options->token);
  verdict->security_token = match(request->security_token, options->security_token);
  verdict->good = is_proof ? check_proof(&proof) : check_token(request, options, iam, verdict);
  if (request->authorization) {
    verdict->authorization = is_proof && verdict->good ? "valid" : "invalid";
  }
}
