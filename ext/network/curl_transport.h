/*
** The transport over libcurl: one multi handle, whose connections, TLS sessions, name look-ups and
** certificates are kept as long as it lives.
*/
#ifndef SWR_CURL_TRANSPORT_H
#define SWR_CURL_TRANSPORT_H

#include "network/transport.h"

#define CURL_PROBLEM_MAX 200 /* bytes */

/*
** Before anything else of libcurl and OpenSSL: the set-up of both, once in a process, on any
** thread. Best done early: where memory is short in the midst of it, OpenSSL may stay unusable.
** False if libcurl cannot be used, and a sentence without its end in `problem`.
*/
bool curl_transport_initialize(char problem[CURL_PROBLEM_MAX]);

/* NULL when out of memory. Ends with its `destroy`. */
struct transport *curl_transport_create(void);

/* Name and version of the library, such as `libcurl/7.88.1 OpenSSL/3.0.15 …`. Static. */
const char *curl_transport_version(void);

#endif
