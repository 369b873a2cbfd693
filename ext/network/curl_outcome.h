/*
** How a transfer of libcurl has ended, in the words of transport.h: what may be tried again, what
** would come the same, and whether a proxy is the cause.
**
** It must not know what was asked.
*/
#ifndef SWR_CURL_OUTCOME_H
#define SWR_CURL_OUTCOME_H

#include <curl/curl.h>
#include <stdbool.h>

#include "network/proxy.h"
#include "network/transport.h"

/*
** Has libcurl take this proxy and no other, or none where it is NULL. What it must not see, since
** it quotes what it cannot use, is put in its place by a text that curl_outcome knows.
*/
CURLcode curl_set_proxy(CURL *easy, const struct proxy *proxy);

/*
** Sets outcome, proxy and proxy_problem of *result. `name_known`: the server was reached before, so
** that its name, or the proxy's, is there. `detail` is libcurl's sentence.
*/
void curl_outcome(CURL *easy, CURLcode code, const struct proxy *proxy, bool name_known,
                  const char *detail, struct transport_result *result);

#endif
