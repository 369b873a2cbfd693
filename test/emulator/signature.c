/*
** The computation behind SDK-HMAC-SHA256. Written apart from the extension's, so that an error in
** one of them shows. Must not know who signs, which headers have to be signed, nor HTTP.
*/
#include "signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

static void add_encoded(struct text *out, const char *string, char kept) {
  static const char digits[] = "0123456789ABCDEF";
  for (; *string; string++) {
    unsigned char c = (unsigned char)*string;
    if (is_unreserved(*string) || (kept && *string == kept)) {
      text_add(out, string, 1);
    } else {
      char escape[3] = {'%', digits[c >> 4], digits[c & 15]};
      text_add(out, escape, sizeof escape);
    }
  }
}

/* Decoded as a whole first: for the signature, an encoded slash is one like any other. */
static bool add_path(struct text *out, const char *uri) {
  size_t length = strcspn(uri, "?");
  char *decoded = memory_or_exit(NULL, length + 1);
  bool usable = percent_decode(uri, length, decoded);
  if (usable) {
    size_t decoded_length = strlen(decoded);
    add_encoded(out, decoded, '/');
    if (!decoded_length || decoded[decoded_length - 1] != '/') text_str(out, "/");
    text_str(out, "\n");
  }
  free(decoded);
  return usable;
}

static int compare_pairs(const void *a, const void *b) {
  const struct pair *left = a;
  const struct pair *right = b;
  int order = strcmp(left->name, right->name);
  return order ? order : strcmp(left->value, right->value);
}

/* Sorted as they were before they are encoded: the guide leaves that open, and the SDKs do so. */
static bool add_query(struct text *out, const char *uri) {
  const char *mark = strchr(uri, '?');
  struct query query;
  struct pair sorted[QUERY_MAX];
  bool usable = query_parse(mark ? mark + 1 : "", &query);
  size_t i;
  if (usable) {
    for (i = 0; i < query.count; i++) {
      sorted[i].name = query.name[i];
      sorted[i].value = query.value[i];
    }
    if (query.count) qsort(sorted, query.count, sizeof sorted[0], compare_pairs);
    for (i = 0; i < query.count; i++) {
      if (i) text_str(out, "&");
      add_encoded(out, sorted[i].name, '\0');
      text_str(out, "=");
      add_encoded(out, sorted[i].value, '\0');
    }
    text_str(out, "\n");
  }
  query_free(&query);
  return usable;
}

static void add_lower(struct text *out, const char *name) {
  for (; *name; name++) {
    char c = *name;
    if (c >= 'A' && c <= 'Z') c = (char)(c | 0x20);
    text_add(out, &c, 1);
  }
}

static void add_trimmed(struct text *out, const char *value) {
  size_t length;
  value += strspn(value, " \t");
  length = strlen(value);
  while (length && (value[length - 1] == ' ' || value[length - 1] == '\t')) length--;
  text_add(out, value, length);
}

/*
** `headers` are the signed ones, sorted by name; the body counts as empty. False if the URI cannot
** be decoded.
*/
bool signature_canonical(const char *method, const char *uri, const struct pair *headers,
                         size_t count, struct text *out) {
  char hex[SIGNATURE_HEX + 1];
  size_t i;
  text_str(out, method);
  text_str(out, "\n");
  if (!add_path(out, uri) || !add_query(out, uri)) return false;
  for (i = 0; i < count; i++) {
    add_lower(out, headers[i].name);
    text_str(out, ":");
    add_trimmed(out, headers[i].value);
    text_str(out, "\n");
  }
  text_str(out, "\n");
  for (i = 0; i < count; i++) {
    if (i) text_str(out, ";");
    add_lower(out, headers[i].name);
  }
  text_str(out, "\n");
  signature_digest("", 0, hex);
  text_str(out, hex);
  return true;
}

static void write_hex(const unsigned char *bytes, char hex[SIGNATURE_HEX + 1]) {
  static const char digits[] = "0123456789abcdef";
  size_t i;
  for (i = 0; i < SHA256_DIGEST_LENGTH; i++) {
    hex[2 * i] = digits[bytes[i] >> 4];
    hex[2 * i + 1] = digits[bytes[i] & 15];
  }
  hex[SIGNATURE_HEX] = '\0';
}

static void require(const void *result) {
  if (result) return;
  fputs("swr-emulator: libcrypto cannot compute a SHA-256\n", stderr);
  exit(3);
}

void signature_digest(const char *bytes, size_t length, char hex[SIGNATURE_HEX + 1]) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  require(SHA256((const unsigned char *)bytes, length, digest));
  write_hex(digest, hex);
}

/* The secret is the key of the HMAC as it is; no other key is derived from it. */
void signature_make(const char *secret, const char *date, const struct text *canonical,
                    char hex[SIGNATURE_HEX + 1]) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  unsigned length = sizeof digest;
  struct text signed_text = {0};
  text_str(&signed_text, "SDK-HMAC-SHA256\n");
  text_str(&signed_text, date);
  text_str(&signed_text, "\n");
  signature_digest(canonical->at, canonical->length, hex);
  text_str(&signed_text, hex);
  require(HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)signed_text.at,
               signed_text.length, digest, &length));
  write_hex(digest, hex);
  text_free(&signed_text);
}
