/*
** Which certificates of authorities are trusted: see certificates.h.
*/
#include "network/certificates.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "network/transport.h"

#define HASH_DIGITS 8

bool certificates_hashed_name(const char *name) {
  size_t number;

  if (strspn(name, "0123456789abcdef") != HASH_DIGITS || name[HASH_DIGITS] != '.') return false;
  number = strspn(name + HASH_DIGITS + 1, "0123456789");
  return number > 0 && name[HASH_DIGITS + 1 + number] == '\0';
}

/* A directory may be there, and have nothing in it that is found by its hash. */
static bool is_hashed(const char *path) {
  DIR *directory = opendir(path);
  const struct dirent *entry;
  bool hashed = false;

  if (!directory) return false;
  /* cppcheck-suppress readdirCalled ; no other thread has this stream */
  while (!hashed && (entry = readdir(directory)) != NULL) {
    hashed = certificates_hashed_name(entry->d_name);
  }
  closedir(directory);
  return hashed;
}

/* Other TLS libraries read all files of a directory, or know none. */
static bool looks_up_by_hash(void) {
  const char *library = curl_version_info(CURLVERSION_NOW)->ssl_version;

  return library && !strncmp(library, "OpenSSL/", 8);
}

void certificates_find(struct certificates *certificates, CURL *easy) {
  char *path = NULL;

  if (!curl_easy_getinfo(easy, CURLINFO_CAINFO, &path) && path && !access(path, R_OK)) {
    certificates->bundle = path;
  }
  path = NULL;
  if (!looks_up_by_hash()) return;
  if (!curl_easy_getinfo(easy, CURLINFO_CAPATH, &path) && path && is_hashed(path)) {
    certificates->directory = path;
  }
}

void trust_choose(struct trust *trust, const struct certificates *certificates,
                  const struct transport_request *request) {
  trust->directory = request->ca_directory;
  if (!request->ca_file && !request->ca_directory) trust->directory = certificates->directory;
  trust->file = request->ca_file ? request->ca_file : certificates->bundle;
  trust->bundle = certificates->bundle;
  trust->by_directory = trust->directory && !(trust->file && certificates->bundle_first);
  trust->second = false;
}

/* libcurl keeps nothing of a directory: each connection looks up what it needs. */
static CURLcode set_directory(const struct trust *trust, CURL *easy) {
  CURLcode rc = curl_easy_setopt(easy, CURLOPT_CAPATH, trust->directory);

  if (!rc) rc = curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
  (void)curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, trust->directory);
  (void)curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, NULL);
  return rc;
}

/*
** libcurl keeps the certificates that it has read, for all connections of a multi handle, from 7.87
** on, but only where they come from one file and no folder beside it. Debian's libcurl looks into a
** folder, too, and so reads some 140 certificates again for each connection, in 26 ms. A `ca_file`
** is all that is trusted.
*/
static CURLcode set_file(const struct trust *trust, CURL *easy) {
  CURLcode rc = CURLE_OK;

  if (trust->file) rc = curl_easy_setopt(easy, CURLOPT_CAINFO, trust->file);
  if (rc) return rc;
  /* A libcurl that knows no folders, or no proxies, refuses these, and has nothing to be turned
  ** off. */
  if (trust->file) (void)curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
  if (trust->bundle) (void)curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, trust->bundle);
  if (trust->bundle) (void)curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, NULL);
  return CURLE_OK;
}

CURLcode trust_set(struct trust *trust, CURL *easy) {
  if (trust->by_directory && set_directory(trust, easy)) {
    if (!trust->file) return CURLE_NOT_BUILT_IN;
    trust->by_directory = false; /* this libcurl knows no directories */
    trust->directory = NULL;
  }
  return trust->by_directory ? CURLE_OK : set_file(trust, easy);
}

/* Such an end can have to do with where certificates were looked for. */
static bool is_distrust(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_ISSUER_ERROR;
}

bool trust_try_other(struct trust *trust, CURL *easy, CURLcode code) {
  bool unusable = trust->by_directory && code == CURLE_SSL_CACERT_BADFILE;

  if (trust->second || !trust->directory || !trust->file) return false;
  if (!is_distrust(code) && !unusable) return false;
  trust->second = true;
  trust->by_directory = !trust->by_directory;
  return trust_set(trust, easy) == CURLE_OK;
}

void trust_learn(const struct trust *trust, struct certificates *certificates) {
  if (trust->second) certificates->bundle_first = !trust->by_directory;
}

void trust_follow(struct trust *trust, const struct certificates *certificates, CURL *easy) {
  if (trust->second || !trust->directory || !trust->file) return;
  if (trust->by_directory != certificates->bundle_first) return;
  trust->by_directory = !trust->by_directory;
  (void)trust_set(trust, easy);
}

void trust_describe(const struct trust *trust, CURLcode code, char *detail, size_t size) {
  size_t used = strlen(detail);

  if (!is_distrust(code) || !trust->directory || !strstr(detail, "issuer")) return;
  snprintf(detail + used, size - used,
           trust->file ? " in the directory %.60s, nor in %.60s" : " in the directory %.60s",
           trust->directory, trust->file ? trust->file : "");
}
