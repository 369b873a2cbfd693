/*
** Another system's certificates: a library to be preloaded, by which libcurl says that it was built
** to trust the file SWR_TEST_BUNDLE and the directory SWR_TEST_DIRECTORY.
*/
#include <curl/curl.h>
#include <dlfcn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#undef curl_easy_getinfo

typedef CURLcode (*getinfo)(CURL *easy, CURLINFO info, ...);

__attribute__((visibility("default"))) CURLcode curl_easy_getinfo(CURL *easy, CURLINFO info, ...) {
  void *symbol = dlsym(RTLD_NEXT, "curl_easy_getinfo");
  getinfo next;
  va_list arguments;
  void *out;

  va_start(arguments, info);
  out = va_arg(arguments, void *);
  va_end(arguments);
  if (info == CURLINFO_CAINFO || info == CURLINFO_CAPATH) {
    const char *name = info == CURLINFO_CAINFO ? "SWR_TEST_BUNDLE" : "SWR_TEST_DIRECTORY";
    *(const char **)out = getenv(name);
    return CURLE_OK;
  }
  memcpy(&next, &symbol, sizeof next); /* C has no cast from an object to a function */
  return next(easy, info, out);
}
