/*
** Every allocation of the process: see allocations.h.
*/
#include "allocations.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <link.h>
#include <malloc.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define EXPORTED __attribute__((visibility("default")))
#define CALLER __builtin_return_address(0)

#define RANGES_MAX 16
#define HELD_SLOTS ((size_t)1 << 20) /* more than blocks are ever held at once */
#define EARLY_MAX 4096

/* ---- which one fails ---- */

/* Of this thread; nobody else's allocations fail. */
static _Thread_local struct {
  bool armed;
  enum owner owner;
  int64_t countdown;
  bool for_ever;
  bool failed;
  bool counted; /* what this thread allocates is looked for among what is freed */
} faults;

static bool telling;

void allocations_tell(bool tell) { telling = tell; }

static void tell(void) {
  void *frames[40];
  bool armed = faults.armed;

  faults.armed = false;
  backtrace_symbols_fd(frames, backtrace(frames, 40), 2);
  faults.armed = armed;
}

static bool fails(enum owner owner) {
  if (!faults.armed) return false;
  if (faults.failed) return faults.for_ever && (owner == faults.owner || owner == OWNER_LIBRARIES);
  if (faults.owner != owner) return false;
  if (--faults.countdown > 0) return false;
  faults.failed = true;
  if (telling) tell();
  return true;
}

void allocations_fail(enum owner owner, int64_t number, bool for_ever) {
  faults.owner = owner;
  faults.countdown = number;
  faults.for_ever = for_ever;
  faults.failed = false;
  faults.armed = true;
}

bool allocations_end(void) {
  faults.armed = false;
  return faults.failed;
}

/* ---- SQLite's ---- */

static sqlite3_mem_methods sqlite_memory;

static void *sqlite_malloc(int size) {
  return fails(OWNER_SQLITE) ? NULL : sqlite_memory.xMalloc(size);
}

static void *sqlite_realloc(void *old, int size) {
  return fails(OWNER_SQLITE) ? NULL : sqlite_memory.xRealloc(old, size);
}

bool allocations_begin(void) {
  sqlite3_mem_methods methods;

  if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &sqlite_memory)) return false;
  methods = sqlite_memory;
  methods.xMalloc = sqlite_malloc;
  methods.xRealloc = sqlite_realloc;
  return sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) == SQLITE_OK;
}

/* ---- the libraries' ---- */

static struct {
  uintptr_t begin;
  uintptr_t end;
  enum owner owner;
} ranges[RANGES_MAX];
static int range_count;

static const struct {
  const char *name; /* a part of the file's */
  enum owner owner;
} libraries[] = {{"swr_sync_job", OWNER_LIBRARIES}, {"libcurl", OWNER_LIBRARIES},
                 {"libjson-c", OWNER_LIBRARIES},    {"libcrypto", OWNER_SYSTEM},
                 {"libssl", OWNER_SYSTEM},          {"libc.so", OWNER_SYSTEM},
                 {"libz.so", OWNER_SYSTEM}};

static void add_ranges(const struct dl_phdr_info *info, enum owner owner) {
  for (int i = 0; i < info->dlpi_phnum && range_count < RANGES_MAX; i++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[i];
    if (header->p_type != PT_LOAD || !(header->p_flags & PF_X)) continue;
    ranges[range_count].begin = info->dlpi_addr + header->p_vaddr;
    ranges[range_count].end = info->dlpi_addr + header->p_vaddr + header->p_memsz;
    ranges[range_count++].owner = owner;
  }
}

static int look_at(struct dl_phdr_info *info, size_t size, void *context) {
  const char *file = strrchr(info->dlpi_name, '/');

  (void)size, (void)context;
  for (size_t i = 0; file && i < sizeof libraries / sizeof *libraries; i++) {
    if (strstr(file, libraries[i].name)) add_ranges(info, libraries[i].owner);
  }
  return 0;
}

void allocations_find_libraries(void) {
  range_count = 0;
  dl_iterate_phdr(look_at, NULL);
  faults.counted = true;
}

/* OWNERS: somebody else's. */
static enum owner owner_of(const void *caller) {
  uintptr_t address = (uintptr_t)caller;

  for (int i = 0; i < range_count; i++) {
    if (address >= ranges[i].begin && address < ranges[i].end) return ranges[i].owner;
  }
  return OWNERS;
}

static bool caller_fails(const void *caller) {
  return faults.armed && faults.owner != OWNER_SQLITE && fails(owner_of(caller));
}

/* ---- those that are held ---- */

static atomic_flag held_lock = ATOMIC_FLAG_INIT;
static void *held[HELD_SLOTS]; /* by their address; a slot that is free after one ends a search */
static int64_t held_count;
static int64_t held_bytes;
static int64_t held_before; /* when the peak was asked for last */
static int64_t held_most;   /* bytes, since then */

static size_t slot_of(const void *block) {
  return (size_t)(((uintptr_t)block >> 4) * 0x9E3779B97F4A7C15u) % HELD_SLOTS;
}

static void lock_held(void) {
  while (atomic_flag_test_and_set_explicit(&held_lock, memory_order_acquire)) {
  }
}

static void unlock_held(void) { atomic_flag_clear_explicit(&held_lock, memory_order_release); }

static void *hold(void *block, const void *caller) {
  size_t slot;

  if (!block || !faults.counted || owner_of(caller) != OWNER_LIBRARIES) return block;
  lock_held();
  for (slot = slot_of(block); held[slot]; slot = (slot + 1) % HELD_SLOTS) {
  }
  held[slot] = block;
  held_count++;
  held_bytes += (int64_t)malloc_usable_size(block);
  if (held_bytes > held_most) held_most = held_bytes;
  unlock_held();
  return block;
}

/* Moves what would not be found any more, now that this slot ends a search. */
static void close_gap(size_t gap) {
  for (size_t slot = (gap + 1) % HELD_SLOTS; held[slot]; slot = (slot + 1) % HELD_SLOTS) {
    size_t wanted = slot_of(held[slot]);
    if ((slot - wanted) % HELD_SLOTS < (slot - gap) % HELD_SLOTS) continue;
    held[gap] = held[slot];
    held[slot] = NULL;
    gap = slot;
  }
}

static void let_go(void *block) {
  size_t slot;

  if (!block || !range_count) return;
  lock_held();
  for (slot = slot_of(block); held[slot] && held[slot] != block; slot = (slot + 1) % HELD_SLOTS) {
  }
  if (held[slot]) {
    held[slot] = NULL;
    held_count--;
    held_bytes -= (int64_t)malloc_usable_size(block);
    close_gap(slot);
  }
  unlock_held();
}

int64_t allocations_held(void) {
  int64_t count;

  lock_held();
  count = held_count;
  unlock_held();
  return count;
}

int64_t allocations_peak(void) {
  int64_t more;

  lock_held();
  more = held_most - held_before;
  held_before = held_most = held_bytes;
  unlock_held();
  return more;
}

/* ---- the functions ---- */

static void *(*next_malloc)(size_t size);
static void *(*next_calloc)(size_t count, size_t size);
static void *(*next_realloc)(void *block, size_t size);
static void (*next_free)(void *block);

/* What is asked for while the functions are looked up. */
static _Alignas(16) unsigned char early[EARLY_MAX];
static size_t early_used;

static bool is_early(const void *block) {
  return (uintptr_t)block - (uintptr_t)early < sizeof early;
}

static void *take_early(size_t size) {
  unsigned char *block = early + early_used;

  size = (size + 15) & ~(size_t)15;
  if (size > sizeof early - early_used) abort();
  early_used += size;
  return block;
}

static bool is_ready(void) {
  static bool looking;

  if (next_free) return true;
  if (looking) return false;
  looking = true;
  *(void **)&next_malloc = dlsym(RTLD_NEXT, "malloc");
  *(void **)&next_calloc = dlsym(RTLD_NEXT, "calloc");
  *(void **)&next_realloc = dlsym(RTLD_NEXT, "realloc");
  *(void **)&next_free = dlsym(RTLD_NEXT, "free");
  if (!next_malloc || !next_calloc || !next_realloc || !next_free) abort();
  return true;
}

static void *none(void) {
  errno = ENOMEM;
  return NULL;
}

EXPORTED void *malloc(size_t size) {
  if (!is_ready()) return take_early(size);
  return caller_fails(CALLER) ? none() : hold(next_malloc(size), CALLER);
}

EXPORTED void *calloc(size_t count, size_t size) {
  if (!is_ready()) return take_early(count * size);
  return caller_fails(CALLER) ? none() : hold(next_calloc(count, size), CALLER);
}

EXPORTED void *realloc(void *block, size_t size) {
  void *moved;

  if (caller_fails(CALLER)) return none();
  let_go(block);
  moved = next_realloc(block, size);
  return hold(moved ? moved : size ? block : NULL, CALLER) ? moved : NULL;
}

EXPORTED void free(void *block) {
  if (!block || is_early(block)) return;
  let_go(block);
  next_free(block);
}

static char *copy(const char *text, size_t size, const void *caller) {
  char *block;

  if (!is_ready() || caller_fails(caller)) return none();
  block = hold(next_malloc(size + 1), caller);
  if (!block) return NULL;
  memcpy(block, text, size);
  block[size] = '\0';
  return block;
}

/* strdup is a macro in some headers. */
EXPORTED char *(strdup)(const char *text) { return copy(text, strlen(text), CALLER); }

EXPORTED char *(strndup)(const char *text, size_t most) {
  return copy(text, strnlen(text, most), CALLER);
}
