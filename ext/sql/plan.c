/*
** A plan as text: see plan.h for the grammar.
*/
#include "sql/plan.h"

#include <stdio.h>
#include <string.h>

static const struct {
  enum plan_key key;
  const char *text;
} key_words[] = {
    {PLAN_NAMESPACE, "namespace=? "}, {PLAN_REPO_NAME, "repoName=? "}, {PLAN_IMAGE, "image=? "}};

#define KEY_WORDS (sizeof key_words / sizeof key_words[0])

bool plan_keys_complete(unsigned keys) {
  return (keys & PLAN_IMAGE) ||
         (keys & (PLAN_NAMESPACE | PLAN_REPO_NAME)) == (PLAN_NAMESPACE | PLAN_REPO_NAME);
}

unsigned plan_keys(const struct plan *plan) {
  unsigned keys = 0;

  for (size_t i = 0; i < plan->key_count; i++) keys |= (unsigned)plan->keys[i];
  return keys;
}

int plan_number(const struct plan *plan) {
  return (plan_keys_complete(plan_keys(plan)) ? PLAN_KEYED : 0) |
         (plan->limit || plan->offset ? PLAN_HINTED : 0) | (plan->ordered ? PLAN_ORDERED : 0);
}

static const char *missing_words(unsigned keys) {
  if (keys & PLAN_NAMESPACE) return "missing: repoName=?";
  if (keys & PLAN_REPO_NAME) return "missing: namespace=?";
  return "missing: namespace=? and repoName=?, or image=?";
}

void plan_encode(const struct plan *plan, char text[PLAN_TEXT_MAX]) {
  size_t used = 0;

  text[0] = '\0';
  for (size_t i = 0; i < plan->key_count; i++) {
    for (size_t j = 0; j < KEY_WORDS; j++) {
      if (key_words[j].key != plan->keys[i]) continue;
      used += (size_t)snprintf(text + used, PLAN_TEXT_MAX - used, "%s", key_words[j].text);
    }
  }
  if (!plan_keys_complete(plan_keys(plan))) {
    snprintf(text + used, PLAN_TEXT_MAX - used, "%s", missing_words(plan_keys(plan)));
    return;
  }
  snprintf(text + used, PLAN_TEXT_MAX - used, "filter=limit::%s|offset::%s|order::%s",
           plan->limit ? "?" : (plan->count_only ? "1" : "page_size"), plan->offset ? "?" : "0",
           plan->descending ? "desc" : "asc");
}

/* Moves *text behind `word` if it starts with it. */
static bool take(const char **text, const char *word) {
  size_t size = strlen(word);

  if (strncmp(*text, word, size) != 0) return false;
  *text += size;
  return true;
}

static bool decode_key(const char **text, struct plan *plan) {
  for (size_t i = 0; i < KEY_WORDS; i++) {
    if (plan->key_count == PLAN_KEYS_MAX || !take(text, key_words[i].text)) continue;
    plan->keys[plan->key_count++] = key_words[i].key;
    return true;
  }
  return false;
}

bool plan_decode(int number, const char *text, struct plan *plan) {
  memset(plan, 0, sizeof *plan);
  plan->ordered = (number & PLAN_ORDERED) != 0;
  while (decode_key(&text, plan)) {
  }
  if (take(&text, "missing: ")) return true;
  if (!take(&text, "filter=limit::")) return false;
  plan->limit = take(&text, "?");
  if (!plan->limit) {
    plan->count_only = take(&text, "1");
    if (!plan->count_only && !take(&text, "page_size")) return false;
  }
  if (!take(&text, "|offset::")) return false;
  plan->offset = take(&text, "?");
  if (!plan->offset && !take(&text, "0")) return false;
  if (take(&text, "|order::desc")) {
    plan->descending = true;
  } else if (!take(&text, "|order::asc")) {
    return false;
  }
  return !*text && plan_keys_complete(plan_keys(plan));
}
