/*
** The environment of the process: see environment.h.
**
** Of memory that may be gone the kernel makes a copy, a page at a time, or says that it is gone.
** The list of variables is looked at until it was seen twice as it is. That is not enough where the
** thread that changes it was stopped between freeing the old list and naming the new one: the
** allocator writes into what was freed, at its beginning, a NULL (then the list seems empty) or
** addresses of its own (then it has entries that are no `NAME=value`). Such a list is given time.
*/
#include "base/environment.h"

#include <openssl/crypto.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/always.h"

#ifdef __linux__
#include <sys/uio.h>
#endif
#ifdef __APPLE__
#include <crt_externs.h>
#define environ (*_NSGetEnviron())
#elif !defined(__linux__)
extern char **environ; /* POSIX has no header that says so */
#endif

#define PAGE 4096           /* bytes, or a part of what the system has for one */
#define LIST_MAX (1 << 16)  /* variables of the process that are looked at */
#define FOUND_MAX 256       /* of those that are asked for */
#define HEAD_MAX 64         /* bytes that tell whether a name is asked for */
#define VALUE_MAX (1 << 20) /* bytes of a variable */
#define TRIES 50
#define REST 1000000 /* nanoseconds before a list that looks freed is looked at again */

struct environment {
  int references;
  size_t size;
  char texts[]; /* `NAME=value`, each with its NUL */
};

/* A page of the process. */
struct copy {
  const char *page;
  bool there;
  char bytes[PAGE];
};

/* What is asked for, and where it was found. */
struct search {
  bool copies;  /* of pages; the system can make them */
  bool strange; /* an entry is no `NAME=value` */
  struct copy list;
  struct copy texts;
  const char *const *names;
  size_t count;
  struct {
    const char *text;
    size_t size; /* without its NUL */
  } found[FOUND_MAX];
};

#ifdef __linux__
static bool copy_memory(void *to, const void *from, size_t size) {
  struct iovec here = {to, size};
  struct iovec there = {(void *)from, size};

  return process_vm_readv(getpid(), &here, 1, &there, 1, 0) == (ssize_t)size;
}
#else
static bool copy_memory(void *to, const void *from, size_t size) {
  (void)to;
  (void)from;
  (void)size;
  return false;
}
#endif

/* The bytes at a place, to the end of the page; NULL if they are gone. */
static const char *look(struct copy *copy, const void *place, size_t *left) {
  size_t at = (uintptr_t)place & (PAGE - 1);
  const char *page = (const char *)place - at;

  if (!copy->there || copy->page != page) {
    copy->page = page;
    copy->there = copy_memory(copy->bytes, page, PAGE);
  }
  *left = PAGE - at;
  return copy->there ? copy->bytes + at : NULL;
}

static bool read_pointer(struct search *search, char *const *place, const char **text) {
  const char *bytes;
  size_t left;

  if (!search->copies) {
    *text = *place;
    return true;
  }
  bytes = look(&search->list, place, &left);
  if (!bytes || NEVER(left < sizeof *text)) return false; /* what is aligned lies in one page */
  memcpy(text, bytes, sizeof *text);
  return true;
}

/*
** Copies the beginning of a text to `to`, if that is not NULL; returns how many bytes there were.
*/
static size_t read_text(struct search *search, const char *text, char *to, size_t most) {
  size_t size = 0;

  if (!search->copies) {
    size = strnlen(text, most);
    if (to) memcpy(to, text, size);
    return size;
  }
  while (size < most) {
    size_t left;
    size_t part;
    const char *bytes = look(&search->texts, text + size, &left);
    if (!bytes) return size;
    if (left > most - size) left = most - size;
    part = strnlen(bytes, left);
    if (to) memcpy(to + size, bytes, part);
    size += part;
    if (part < left) break;
  }
  return size;
}

/* True if a text begins with a name that is asked for. */
static bool is_wanted(const char *const *names, const char *head, size_t size) {
  for (; *names; names++) {
    size_t length;
    if (**names != *head) continue;
    length = strlen(*names);
    if ((*names)[length - 1] == '*') {
      if (size >= length && !memcmp(head, *names, length - 1)) return true;
    } else if (size > length && head[length] == '=' && !memcmp(head, *names, length)) {
      return true;
    }
  }
  return false;
}

static void consider(struct search *search, const char *text) {
  char head[HEAD_MAX];
  size_t size = read_text(search, text, head, sizeof head);

  if (size < sizeof head && !memchr(head, '=', size)) search->strange = true;
  if (size == 0 || search->count == FOUND_MAX || !is_wanted(search->names, head, size)) return;
  size = read_text(search, text, NULL, VALUE_MAX);
  if (size == VALUE_MAX) return; /* a copy of what is no text ends nowhere */
  search->found[search->count].text = text;
  search->found[search->count++].size = size;
}

/* Walks over the list; false if it is gone. *seen is a sum of it (FNV-1a of its pointers). */
static bool walk(struct search *search, bool consider_all, uint64_t *seen) {
  char **list = environ;

  search->list.there = false;
  *seen = (uint64_t)(uintptr_t)list;
  for (size_t i = 0; list && i < LIST_MAX; i++) {
    const char *text;
    if (!read_pointer(search, list + i, &text)) return false;
    if (!text) break;
    *seen = (*seen ^ (uint64_t)(uintptr_t)text) * UINT64_C(0x100000001b3);
    if (consider_all) consider(search, text);
  }
  return true;
}

/*
** Finds what is asked for in a list that stays as it is meanwhile, as far as can be had. Where
** `some` is to be found, a list without any is as strange as one with entries that are none.
*/
static void find(struct search *search, bool some) {
  const struct timespec rest = {0, REST};
  uint64_t first;
  uint64_t second;

  for (int try = 0; try < TRIES; try++) {
    search->count = 0;
    search->strange = false;
    search->texts.there = false;
    if (!walk(search, true, &first) || !walk(search, false, &second) || first != second) continue;
    if (!search->strange && (search->count || !some)) return;
    nanosleep(&rest, NULL);
  }
}

/* Copies what was found, once more from where it is. */
static struct environment *collect(struct search *search) {
  struct environment *environment;
  size_t size = 0;

  for (size_t i = 0; i < search->count; i++) size += search->found[i].size + 1;
  environment = calloc(1, sizeof *environment + size);
  if (!environment) return NULL;
  environment->references = 1;
  for (size_t i = 0; i < search->count; i++) {
    char *to = environment->texts + environment->size;
    environment->size += read_text(search, search->found[i].text, to, search->found[i].size) + 1;
  }
  return environment;
}

struct environment *environment_read(const char *const *names, const struct environment *before) {
  struct environment *environment;
  struct search search;
  char probe = 0;
  char probed = 0;

  search.copies = copy_memory(&probed, &probe, 1);
  search.names = names;
  find(&search, before && before->size);
  environment = collect(&search);
  OPENSSL_cleanse(&search.texts, sizeof search.texts);
  return environment;
}

const char *environment_value(const struct environment *environment, const char *name) {
  size_t length = strlen(name);
  size_t size;

  for (size_t at = 0; environment && at < environment->size; at += size + 1) {
    const char *text = environment->texts + at;
    size = strlen(text);
    if (size <= length || text[length] != '=' || memcmp(text, name, length) != 0) continue;
    return text[length + 1] ? text + length + 1 : NULL;
  }
  return NULL;
}

struct environment *environment_retain(struct environment *environment) {
  if (environment) environment->references++;
  return environment;
}

void environment_release(struct environment *environment) {
  if (!environment || --environment->references) return;
  OPENSSL_cleanse(environment->texts, environment->size);
  free(environment);
}
