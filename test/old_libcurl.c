/*
** A libcurl that is too old: a library to be preloaded, by which it says that it is 7.84.0.
*/
#include <curl/curl.h>

__attribute__((visibility("default"))) curl_version_info_data *curl_version_info(
    CURLversion version) {
  static curl_version_info_data old = {.version = "7.84.0", .version_num = 0x075400};

  (void)version;
  return &old;
}
