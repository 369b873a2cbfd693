/*
** Calls that fail on demand: see refusal.h.
*/
#include "refusal.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "allocation.h"

/* The names that the linker's --wrap makes. */
#define WRAPPED(type, name, ...)   \
  type __real_##name(__VA_ARGS__); \
  type __wrap_##name(__VA_ARGS__); \
  type __wrap_##name(__VA_ARGS__)

static struct {
  const char *name; /* NULL: none is refused */
  long left;        /* calls up to the one that fails; 0: it was */
  bool all_after;
  int error;
  long refused;
  void (*hook)(void);
} order;

void refusal_begin(const char *name, long nth, bool and_all_after, int error) {
  order.name = name;
  order.left = nth;
  order.all_after = and_all_after;
  order.error = error;
  order.refused = 0;
  order.hook = NULL;
}

void refusal_hook(const char *name, long nth, void (*hook)(void)) {
  refusal_begin(name, nth, false, 0);
  order.hook = hook;
}

long refusal_stop(void) {
  order.name = NULL;
  return order.refused;
}

static const char *hidden; /* a path, and what is opened instead */
static const char *shown;

void refusal_path(const char *path, const char *instead) {
  hidden = path;
  shown = instead;
}

static bool refuses(const char *name) {
  bool now;

  if (!order.name || strncmp(name, order.name, strlen(order.name)) != 0) return false;
  now = order.left ? --order.left == 0 : order.all_after;
  if (!now) return false;
  order.refused++;
  if (order.hook) {
    order.hook();
    return false;
  }
  errno = order.error;
  return true;
}

/* ---- libcurl ---- */

WRAPPED(CURL *, curl_easy_init, void) {
  return refuses("curl_easy_init") ? NULL : __real_curl_easy_init();
}

WRAPPED(CURLcode, curl_easy_setopt, CURL *easy, CURLoption option, ...) {
  CURLcode rc;
  va_list values;

  if (refuses("curl_easy_setopt")) return CURLE_OUT_OF_MEMORY;
  va_start(values, option);
  /* NOLINTNEXTLINE(bugprone-branch-clone): the types are the same on some systems only. */
  if (option >= CURLOPTTYPE_OFF_T && option < CURLOPTTYPE_BLOB) {
    rc = __real_curl_easy_setopt(easy, option, va_arg(values, curl_off_t));
  } else if (option < CURLOPTTYPE_OBJECTPOINT) {
    rc = __real_curl_easy_setopt(easy, option, va_arg(values, long));
  } else {
    rc = __real_curl_easy_setopt(easy, option, va_arg(values, void *));
  }
  va_end(values);
  return rc;
}

/* Without an error there is no such thing: NULL, or 0. */
WRAPPED(CURLcode, curl_easy_getinfo, CURL *easy, CURLINFO info, ...) {
  CURLcode rc;
  va_list values;
  void *value;

  va_start(values, info);
  value = va_arg(values, void *);
  va_end(values);
  if (!refuses("curl_easy_getinfo")) return __real_curl_easy_getinfo(easy, info, value);
  rc = errno ? CURLE_UNKNOWN_OPTION : CURLE_OK;
  if (!rc) memset(value, 0, sizeof(long));
  return rc;
}

/* The oldest, with another TLS library; with an error, without any; with ENOSYS, one too old. */
WRAPPED(curl_version_info_data *, curl_version_info, CURLversion version) {
  static curl_version_info_data other;

  if (!refuses("curl_version_info")) return __real_curl_version_info(version);
  other.version = errno == ENOSYS ? "7.84.0" : "7.85.0";
  other.version_num = errno == ENOSYS ? 0x075400 : 0x075500;
  other.ssl_version = errno ? NULL : "GnuTLS/3.7.9";
  return &other;
}

WRAPPED(CURLM *, curl_multi_init, void) {
  return refuses("curl_multi_init") ? NULL : __real_curl_multi_init();
}

WRAPPED(CURLSH *, curl_share_init, void) {
  return refuses("curl_share_init") ? NULL : __real_curl_share_init();
}

/* All options that are set here are numbers. */
WRAPPED(CURLMcode, curl_multi_setopt, CURLM *multi, CURLMoption option, ...) {
  CURLMcode rc = CURLM_OUT_OF_MEMORY;
  va_list values;

  va_start(values, option);
  if (!refuses("curl_multi_setopt")) {
    rc = __real_curl_multi_setopt(multi, option, va_arg(values, long));
  }
  va_end(values);
  return rc;
}

WRAPPED(CURLSHcode, curl_share_setopt, CURLSH *share, CURLSHoption option, ...) {
  CURLSHcode rc = CURLSHE_NOMEM;
  va_list values;

  va_start(values, option);
  if (!refuses("curl_share_setopt")) {
    rc = __real_curl_share_setopt(share, option, va_arg(values, int));
  }
  va_end(values);
  return rc;
}

WRAPPED(CURLMcode, curl_multi_add_handle, CURLM *multi, CURL *easy) {
  if (refuses("curl_multi_add_handle")) return CURLM_OUT_OF_MEMORY;
  return __real_curl_multi_add_handle(multi, easy);
}

WRAPPED(struct curl_slist *, curl_slist_append, struct curl_slist *list, const char *text) {
  return refuses("curl_slist_append") ? NULL : __real_curl_slist_append(list, text);
}

WRAPPED(CURLcode, curl_global_init, long flags) {
  return refuses("curl_global_init") ? CURLE_FAILED_INIT : __real_curl_global_init(flags);
}

WRAPPED(CURLUcode, curl_url_get, const CURLU *url, CURLUPart part, char **text, unsigned flags) {
  CURLUcode rc =
      refuses("curl_url_get") ? CURLUE_OUT_OF_MEMORY : __real_curl_url_get(url, part, text, flags);

  if (!rc) allocation_note(*text);
  return rc;
}

WRAPPED(void, curl_free, void *memory) {
  allocation_forget(memory);
  __real_curl_free(memory);
}

/* ---- OpenSSL ---- */

WRAPPED(int, EVP_DigestFinal_ex, EVP_MD_CTX *context, unsigned char *hash, unsigned *size) {
  return refuses("EVP_DigestFinal_ex") ? 0 : __real_EVP_DigestFinal_ex(context, hash, size);
}

/* ---- the system ---- */

WRAPPED(ssize_t, process_vm_readv, pid_t process, const struct iovec *here,
        unsigned long here_count, const struct iovec *there, unsigned long there_count,
        unsigned long flags) {
  if (refuses("process_vm_readv")) return -1;
  return __real_process_vm_readv(process, here, here_count, there, there_count, flags);
}

WRAPPED(ssize_t, read, int descriptor, void *bytes, size_t size) {
  return refuses("read") ? -1 : __real_read(descriptor, bytes, size);
}

#ifdef __GLIBC__
/* What the compiler makes of it where it knows how much there is room for. */
WRAPPED(ssize_t, __read_chk, int descriptor, void *bytes, size_t size, size_t room) {
  return refuses("read") ? -1 : __real___read_chk(descriptor, bytes, size, room);
}
#endif

/* Nothing that is tested makes a file. */
static const char *path_of(const char *path) {
  return hidden && !strcmp(path, hidden) ? shown : path;
}

WRAPPED(int, open, const char *path, int flags, ...) {
  return refuses("open") ? -1 : __real_open(path_of(path), flags);
}

#ifdef __GLIBC__
WRAPPED(int, open64, const char *path, int flags, ...) {
  return refuses("open") ? -1 : __real_open64(path_of(path), flags);
}
#endif

WRAPPED(int, fstat, int descriptor, struct stat *status) {
  return refuses("fstat") ? -1 : __real_fstat(descriptor, status);
}

/* As it is called where files may be large. */
#ifdef __GLIBC__
WRAPPED(int, fstat64, int descriptor, struct stat *status) {
  return refuses("fstat") ? -1 : __real_fstat64(descriptor, status);
}
#endif

/* In another process. */
WRAPPED(pid_t, getpid, void) { return refuses("getpid") ? __real_getpid() + 1 : __real_getpid(); }

/* Of a year that no calendar has. */
WRAPPED(struct tm *, gmtime_r, const time_t *time, struct tm *parts) {
  return refuses("gmtime_r") ? NULL : __real_gmtime_r(time, parts);
}
