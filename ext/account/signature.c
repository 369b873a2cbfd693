/*
** Signatures of requests with an access key: see signature.h.
*/
#include "account/signature.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#include "base/always.h"
#include "base/buffer.h"
#include "base/memory_bounds.h"

#define ALGORITHM "SDK-HMAC-SHA256"
#define HASH_SIZE 32

/* SHA-256 of nothing, the body of a GET. */
#define EMPTY_HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

bool signature_prepare(void) {
  unsigned char hash[HASH_SIZE];
  unsigned int size = sizeof hash;

  return EVP_Digest("", 0, hash, NULL, EVP_sha256(), NULL) &&
         HMAC(EVP_sha256(), "", 0, (const unsigned char *)"", 0, hash, &size);
}

void signature_date(time_t time, char date[SIGNATURE_DATE_SIZE]) {
  struct tm utc;

  date[0] = '\0';
  if (!gmtime_r(&time, &utc)) return; /* a clock that is set to a year no calendar has */
  /* strftime() would read the environment, for the time zone. */
  snprintf(date, SIGNATURE_DATE_SIZE, "%04u%02u%02uT%02u%02u%02uZ",
           (unsigned)(utc.tm_year + 1900) % 10000, (unsigned)(utc.tm_mon + 1) % 100,
           (unsigned)utc.tm_mday % 100, (unsigned)utc.tm_hour % 100, (unsigned)utc.tm_min % 100,
           (unsigned)utc.tm_sec % 100);
}

static bool append(struct buffer *buffer, const char *text) {
  return buffer_append(buffer, text, strlen(text)) == BUFFER_OK;
}

/*
** Appends a text with all but letters, digits and `-_.~` percent-encoded; `kept` stays as it is,
** too.
*/
static bool append_encoded(struct buffer *buffer, const char *text, char kept) {
  for (; *text; text++) {
    unsigned char c = (unsigned char)*text;
    bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                 strchr("-_.~", c) || *text == kept;
    char encoded[4];

    if (plain) {
      if (buffer_append(buffer, text, 1) != BUFFER_OK) return false;
      continue;
    }
    snprintf(encoded, sizeof encoded, "%%%02X", c);
    if (!append(buffer, encoded)) return false;
  }
  return true;
}

static bool append_header_names(struct buffer *buffer, const struct signature_request *request) {
  for (size_t i = 0; i < request->header_count; i++) {
    if (i && !append(buffer, ";")) return false;
    if (!append(buffer, request->headers[i].name)) return false;
  }
  return true;
}

static bool append_headers(struct buffer *buffer, const struct signature_request *request) {
  for (size_t i = 0; i < request->header_count; i++) {
    if (!append(buffer, request->headers[i].name) || !append(buffer, ":") ||
        !append(buffer, request->headers[i].value) || !append(buffer, "\n")) {
      return false;
    }
  }
  return true;
}

/* With a slash at its end. */
static bool append_path(struct buffer *buffer, const char *path) {
  size_t size = strlen(path);
  bool slash = ALWAYS(size) && path[size - 1] == '/';

  return append_encoded(buffer, path, '/') && (slash || append(buffer, "/"));
}

static bool append_query(struct buffer *buffer, const struct signature_request *request) {
  if (!request->query_name) return true;
  return append_encoded(buffer, request->query_name, '-') && append(buffer, "=") &&
         append_encoded(buffer, request->query_value, '-');
}

/* Method, path, query, headers and their names, and the hash of the body: a line each. */
static bool canonical_request(const struct signature_request *request, struct buffer *buffer) {
  return append(buffer, request->method) && append(buffer, "\n") &&
         append_path(buffer, request->path) && append(buffer, "\n") &&
         append_query(buffer, request) && append(buffer, "\n") && append_headers(buffer, request) &&
         append(buffer, "\n") && append_header_names(buffer, request) && append(buffer, "\n") &&
         append(buffer, EMPTY_HASH);
}

static void to_hex(const unsigned char hash[HASH_SIZE], char hex[SIGNATURE_HEX_SIZE]) {
  for (size_t i = 0; i < HASH_SIZE; i++) {
    snprintf(hex + 2 * i, SIGNATURE_HEX_SIZE - 2 * i, "%02x", hash[i]);
  }
}

bool signature_make(const struct signature_request *request, const char *date,
                    const char *secret_key, char signature[SIGNATURE_HEX_SIZE]) {
  struct buffer canonical;
  unsigned char hash[HASH_SIZE];
  unsigned int size = sizeof hash;
  char hex[SIGNATURE_HEX_SIZE];
  char text[160];
  bool done;

  buffer_init(&canonical, CANONICAL_MAX);
  done = canonical_request(request, &canonical) &&
         EVP_Digest(canonical.bytes, canonical.size, hash, NULL, EVP_sha256(), NULL);
  if (canonical.bytes) OPENSSL_cleanse(canonical.bytes, canonical.size); /* a security token */
  buffer_free(&canonical);
  if (!done) return false;
  to_hex(hash, hex);
  snprintf(text, sizeof text, ALGORITHM "\n%s\n%s", date, hex);
  if (!HMAC(EVP_sha256(), secret_key, (int)strlen(secret_key), (const unsigned char *)text,
            strlen(text), hash, &size)) {
    return false;
  }
  to_hex(hash, signature);
  return true;
}

bool signature_authorization(const struct signature_request *request, const char *date,
                             const char *access_key, const char *secret_key, char *value,
                             size_t size) {
  char signature[SIGNATURE_HEX_SIZE];
  struct buffer names;
  int written = -1;

  buffer_init(&names, CANONICAL_MAX);
  if (append_header_names(&names, request) &&
      signature_make(request, date, secret_key, signature)) {
    written = snprintf(value, size, ALGORITHM " Access=%s, SignedHeaders=%s, Signature=%s",
                       access_key, ALWAYS(names.bytes) ? names.bytes : "", signature);
  }
  buffer_free(&names);
  return written > 0 && (size_t)written < size;
}

const char *signature_library(void) { return OpenSSL_version(OPENSSL_VERSION); }
