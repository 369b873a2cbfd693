/*
** The transport over libcurl: one multi handle, whose connections, TLS sessions, name look-ups and
** certificates are kept as long as it lives.
*/
#ifndef SWR_CURL_TRANSPORT_H
#define SWR_CURL_TRANSPORT_H

#include "network/transport.h"

/* Once before anything else of libcurl, on one thread. False if libcurl cannot be used. */
bool curl_transport_initialize(void);

/* NULL when out of memory. Ends with its `destroy`. */
struct transport *curl_transport_create(void);

/* Name and version of the library, such as `libcurl/7.88.1 OpenSSL/3.0.15 …`. Static. */
const char *curl_transport_version(void);

#endif
