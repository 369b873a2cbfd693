/*
** Access keys and passwords that the service has refused: see lockout.h.
*/
#include "account/lockout.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

/*
** Six wrong signatures lock a key. Three leave as many to other programs with the same key, and are
** enough for someone who tries what else may be wrong.
*/
#define REFUSALS_MAX 3
#define PAUSE 300000 /* milliseconds; what the gateway locks a key for */

/*
** One mutex for all tables: it is held for less than a look at a table takes, and there is one
** table.
*/
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t fork_once = PTHREAD_ONCE_INIT;
static struct lockout of_process;

static void lock(void) { pthread_mutex_lock(&mutex); }
static void unlock(void) { pthread_mutex_unlock(&mutex); }

/* What was under way is the parent's, whose answers never come here. */
static void forget_tries(void) {
  for (size_t i = 0; i < LOCKOUT_ENTRIES; i++) of_process.entries[i].trying = 0;
  unlock();
}

/* A child that is forked while another thread looks would wait for that for ever. */
static void prepare_for_forks(void) { pthread_atfork(lock, unlock, forget_tries); }

struct lockout *lockout_of_process(void) {
  pthread_once(&fork_once, prepare_for_forks);
  return &of_process;
}

/* A text with its NUL, so that what belongs to which text is part of the hash. */
static bool add(EVP_MD_CTX *context, const char *text) {
  return EVP_DigestUpdate(context, text ? text : "", (text ? strlen(text) : 0) + 1) == 1;
}

static bool can_be_locked(const struct credentials *credentials) {
  return credentials->access_key || credentials->login.user_password;
}

bool lockout_hash(const struct credentials *credentials, unsigned char hash[LOCKOUT_HASH_SIZE]) {
  const struct iam_login *login = &credentials->login;
  const char *const key[] = {credentials->access_key, credentials->secret_key,
                             credentials->security_token};
  const char *const password[] = {login->auth_url, login->user_name, login->user_password,
                                  login->domain_name, login->project_name};
  const char *const *texts = credentials->access_key ? key : password;
  size_t count =
      credentials->access_key ? sizeof key / sizeof key[0] : sizeof password / sizeof password[0];
  EVP_MD_CTX *context;
  bool done;

  if (!can_be_locked(credentials)) return false;
  context = EVP_MD_CTX_new();
  done = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;
  for (size_t i = 0; done && i < count; i++) done = add(context, texts[i]);
  done = done && EVP_DigestFinal_ex(context, hash, NULL) == 1;
  EVP_MD_CTX_free(context);
  return done;
}

/* ---- the table, while the mutex is held ---- */

static struct lockout_entry *find(struct lockout *lockout,
                                  const unsigned char hash[LOCKOUT_HASH_SIZE]) {
  for (size_t i = 0; i < LOCKOUT_ENTRIES; i++) {
    struct lockout_entry *entry = &lockout->entries[i];
    if (!entry->used || memcmp(entry->hash, hash, LOCKOUT_HASH_SIZE) != 0) continue;
    entry->used = ++lockout->count;
    return entry;
  }
  return NULL;
}

/* In the place of what was used longest ago and is not under way; NULL if all are. */
static struct lockout_entry *enter(struct lockout *lockout,
                                   const unsigned char hash[LOCKOUT_HASH_SIZE]) {
  struct lockout_entry *oldest = NULL;

  for (size_t i = 0; i < LOCKOUT_ENTRIES; i++) {
    struct lockout_entry *entry = &lockout->entries[i];
    if (!entry->trying && (!oldest || entry->used < oldest->used)) oldest = entry;
  }
  if (!oldest) return NULL;
  memset(oldest, 0, sizeof *oldest);
  memcpy(oldest->hash, hash, LOCKOUT_HASH_SIZE);
  oldest->used = ++lockout->count;
  return oldest;
}

static int64_t wait_of(const struct lockout_entry *entry, int64_t now) {
  int64_t wait = entry ? entry->refused_at + PAUSE - now : 0;

  return wait > 0 && entry->refusals >= REFUSALS_MAX ? wait : 0;
}

/* When the pause is over there is one try more. */
static bool has_room(const struct lockout_entry *entry) {
  int64_t most = entry->refusals < REFUSALS_MAX ? REFUSALS_MAX - entry->refusals : 1;

  return entry->accepted || entry->trying < most;
}

static void note(struct lockout_entry *entry, enum lockout_answer answer, int64_t now) {
  if (entry->trying) entry->trying--;
  if (answer == LOCKOUT_UNKNOWN) return;
  entry->accepted = answer == LOCKOUT_ACCEPTED;
  entry->refusals = entry->accepted ? 0 : entry->refusals + 1;
  if (!entry->accepted) entry->refused_at = now;
}

/* ---- the calls ---- */

int64_t lockout_wait(struct lockout *lockout, const struct credentials *credentials, int64_t now) {
  unsigned char hash[LOCKOUT_HASH_SIZE];
  int64_t wait;

  if (!lockout_hash(credentials, hash)) return 0;
  lock();
  wait = wait_of(find(lockout, hash), now);
  unlock();
  return wait;
}

bool lockout_begin(struct lockout *lockout, const struct credentials *credentials, int64_t now,
                   struct lockout_try *attempt) {
  struct lockout_entry *entry;
  bool begun = true;

  *attempt = (struct lockout_try){.counted = can_be_locked(credentials)};
  if (!attempt->counted) return true;
  if (!lockout_hash(credentials, attempt->hash)) {
    attempt->no_memory = true;
    return false;
  }
  lock();
  entry = find(lockout, attempt->hash);
  if (!entry) entry = enter(lockout, attempt->hash);
  if (entry) begun = !wait_of(entry, now) && has_room(entry);
  if (entry && begun) entry->trying++;
  unlock();
  return begun;
}

void lockout_end(struct lockout *lockout, const struct lockout_try *attempt,
                 enum lockout_answer answer, int64_t now) {
  struct lockout_entry *entry;

  if (!attempt->counted) return;
  lock();
  entry = find(lockout, attempt->hash); /* not there if others have taken its place */
  if (!entry && answer == LOCKOUT_REFUSED) entry = enter(lockout, attempt->hash);
  if (entry) note(entry, answer, now);
  unlock();
}

void lockout_explain(struct lockout *lockout, const struct credentials *credentials, int64_t wait,
                     char *out, size_t size) {
  unsigned char hash[LOCKOUT_HASH_SIZE];
  const struct lockout_entry *entry = NULL;
  bool is_key = credentials->access_key != NULL;
  int64_t refusals;

  lock();
  if (lockout_hash(credentials, hash)) entry = find(lockout, hash);
  refusals = entry ? entry->refusals : REFUSALS_MAX;
  unlock();
  snprintf(out, size,
           "the %s was refused %" PRId64
           " times in a row (HTTP 401), and is not sent by this process for another %" PRId64
           " s: some more wrong %s would lock %s at the service.",
           is_key ? "access key" : "password", refusals, (wait + 999) / 1000,
           is_key ? "signatures" : "ones", is_key ? "it" : "the user");
}

const char *lockout_advice(const struct credentials *credentials) {
  if (credentials->access_key) {
    return "Check access key, secret key, security token and this machine's clock. Other "
           "credentials are sent at once.";
  }
  return "Check user_name, user_password, domain_name (the account's name) and project_name. Other "
         "credentials are sent at once.";
}
