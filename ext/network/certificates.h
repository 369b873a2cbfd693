/*
** Which certificates of authorities are trusted, and in which of two ways they are read: one at a
** time by its name in a hashed directory, or all of a bundle at once.
**
** A bundle of 140 certificates takes libcurl some 40 ms for the first connection of a process, one
** certificate of a directory a tenth of one. What is trusted is the same either way: where the
** directory does not have the certificate that is needed, the bundle is asked before the server is
** refused. Within the transport over libcurl only.
*/
#ifndef SWR_CERTIFICATES_H
#define SWR_CERTIFICATES_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

struct transport_request;

/* Those that libcurl was built to trust: names that are its own, NULL for what is not there. */
struct certificates {
  const char *bundle;    /* a file that can be read */
  const char *directory; /* one with hashed names, and libcurl's TLS library looks them up */
  bool bundle_first;     /* the bundle had what the directory had not */
};

/* What one exchange trusts. */
struct trust {
  const char *directory; /* NULL: the file alone */
  const char *file;      /* of the request, or the bundle; NULL: the directory alone */
  const char *bundle;    /* for a proxy, which a file of the request says nothing of */
  bool by_directory;     /* it is the directory that is asked now */
  bool second;           /* the other of the two was asked before */
};

/* True for the name of a certificate in such a directory: 5ad8a5d6.0 */
bool certificates_hashed_name(const char *name);

/* Looks for those of the system. `easy`: any handle. */
void certificates_find(struct certificates *certificates, CURL *easy);

/* What a request trusts. Its texts stay the request's. */
void trust_choose(struct trust *trust, const struct certificates *certificates,
                  const struct transport_request *request);

/* Tells the handle where it finds them. */
CURLcode trust_set(struct trust *trust, CURL *easy);

/*
** True if an exchange that ended so is to be tried again with the other of the two, which it is
** told: nothing was sent yet.
*/
bool trust_try_other(struct trust *trust, CURL *easy, CURLcode code);

/* The server of an exchange is trusted: says for the next ones which of the two to ask first. */
void trust_learn(const struct trust *trust, struct certificates *certificates);

/* Tells one that was not begun yet. */
void trust_follow(struct trust *trust, const struct certificates *certificates, CURL *easy);

/* Adds to the words of libcurl where the certificate that it misses was looked for. */
void trust_describe(const struct trust *trust, CURLcode code, char *detail, size_t size);

#endif
